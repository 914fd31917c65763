core_libgodwit_la_SOURCES += \
	core/engine/engine.h

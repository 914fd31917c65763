core_libgodwit_la_SOURCES += \
	core/module/registry.h

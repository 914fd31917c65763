core_libgodwit_la_SOURCES += \
	core/config/config.h

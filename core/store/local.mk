core_libgodwit_la_SOURCES += \
	core/store/store.h

core_libgodwit_la_SOURCES += \
	core/storage/storage.h

core_libgodwit_la_SOURCES += \
	core/storage/local.c \
	core/storage/path.c \
	core/storage/path.h \
	core/storage/storage.c \
	core/storage/storage.h

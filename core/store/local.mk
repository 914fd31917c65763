core_libgodwit_la_SOURCES += \
	core/store/check.c \
	core/store/check.h \
	core/store/internal.h \
	core/store/signal.c \
	core/store/store.c \
	core/store/store.h \
	core/store/write.c

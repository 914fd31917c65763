core_libgodwit_la_SOURCES += \
	core/config/config.c \
	core/config/config.h \
	core/config/given.c \
	core/config/given.h \
	core/config/kestra.c \
	core/config/kestra.h \
	core/config/keys.c \
	core/config/keys.h \
	core/config/placeholder.c \
	core/config/print.c \
	core/config/value.c \
	core/config/value.h

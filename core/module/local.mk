core_libgodwit_la_SOURCES += \
	core/module/describe.c \
	core/module/load.c \
	core/module/module.c \
	core/module/registry.c \
	core/module/registry.h \
	core/module/shelf.h \
	core/module/valid.c

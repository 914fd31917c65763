core_libgodwit_la_SOURCES += \
	core/yaml/locate.c \
	core/yaml/print.c \
	core/yaml/scalar.c \
	core/yaml/scalar.h \
	core/yaml/split.c \
	core/yaml/yaml.c \
	core/yaml/yaml.h

core_libgodwit_la_SOURCES += \
	core/yaml/yaml.h

core_libgodwit_la_SOURCES += \
	core/check/check.h \
	core/check/flow.h \
	core/check/input.h \
	core/check/property.h

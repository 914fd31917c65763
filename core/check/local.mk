core_libgodwit_la_SOURCES += \
	core/check/check.h \
	core/check/convert.c \
	core/check/declared.c \
	core/check/defaults.c \
	core/check/defaults.h \
	core/check/flow.c \
	core/check/flow.h \
	core/check/input.h \
	core/check/input_type.c \
	core/check/input_type.h \
	core/check/near.c \
	core/check/near.h \
	core/check/property.h \
	core/check/regex.c \
	core/check/regex.h \
	core/check/report.c \
	core/check/rules.c \
	core/check/schema.c \
	core/check/schema.h \
	core/check/tables.c \
	core/check/tables.h \
	core/check/typed.c \
	core/check/violation.c \
	core/check/walk.c \
	core/check/walk.h

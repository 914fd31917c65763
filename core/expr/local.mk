core_libgodwit_la_SOURCES += \
	core/expr/expr.h

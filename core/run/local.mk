core_libgodwit_la_SOURCES += \
	core/run/plan.c \
	core/run/plan.h \
	core/run/run.c \
	core/run/run.h \
	core/run/trial.c

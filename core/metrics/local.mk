core_libgodwit_la_SOURCES += \
	core/metrics/metrics.c \
	core/metrics/metrics.h \
	core/metrics/process.c \
	core/metrics/process.h

core_libgodwit_la_SOURCES += \
	core/time/calendar.h \
	core/time/civil.c \
	core/time/cron.c \
	core/time/iso8601.c \
	core/time/names.c \
	core/time/names.h \
	core/time/pattern.h \
	core/time/pattern_item.c \
	core/time/pattern_item.h \
	core/time/pattern_print.c \
	core/time/pattern_read.c \
	core/time/pattern_resolve.c \
	core/time/posix_tz.c \
	core/time/posix_tz.h \
	core/time/tzif.c \
	core/time/week.c \
	core/time/zone.c \
	core/time/zone.h

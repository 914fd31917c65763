core_libgodwit_la_SOURCES += \
	core/time/calendar.h \
	core/time/civil.c \
	core/time/cron.c \
	core/time/iso8601.c \
	core/time/posix_tz.c \
	core/time/posix_tz.h \
	core/time/tzif.c \
	core/time/zone.c \
	core/time/zone.h

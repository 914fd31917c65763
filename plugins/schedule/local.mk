pkglib_LTLIBRARIES += plugins/schedule/schedule.la
plugins_schedule_schedule_la_SOURCES = \
	plugins/schedule/condition.c \
	plugins/schedule/dates.c \
	plugins/schedule/execution.c \
	plugins/schedule/schedule.c \
	plugins/schedule/schedule.h
plugins_schedule_schedule_la_LDFLAGS = $(MODULE_LDFLAGS)
plugins_schedule_schedule_la_LIBADD = $(MODULE_LIBADD) $(JANSSON_LIBS)

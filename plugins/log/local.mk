pkglib_LTLIBRARIES += plugins/log/log.la
plugins_log_log_la_SOURCES = plugins/log/log.c
plugins_log_log_la_LDFLAGS = $(MODULE_LDFLAGS)
plugins_log_log_la_LIBADD = $(MODULE_LIBADD) $(JANSSON_LIBS)

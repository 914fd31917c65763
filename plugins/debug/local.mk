pkglib_LTLIBRARIES += plugins/debug/debug.la
plugins_debug_debug_la_SOURCES = plugins/debug/debug.c
plugins_debug_debug_la_LDFLAGS = $(MODULE_LDFLAGS)
plugins_debug_debug_la_LIBADD = $(MODULE_LIBADD) $(JANSSON_LIBS)

pkglib_LTLIBRARIES += plugins/execution/execution.la
plugins_execution_execution_la_SOURCES = \
	plugins/execution/ask.c \
	plugins/execution/execution.c \
	plugins/execution/execution.h \
	plugins/execution/variables.c
plugins_execution_execution_la_LDFLAGS = $(MODULE_LDFLAGS)
plugins_execution_execution_la_LIBADD = $(MODULE_LIBADD) $(JANSSON_LIBS)

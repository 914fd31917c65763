pkglib_LTLIBRARIES += plugins/flow/flow.la
plugins_flow_flow_la_SOURCES = \
	plugins/flow/choice.c \
	plugins/flow/dag.c \
	plugins/flow/each.c \
	plugins/flow/flow.c \
	plugins/flow/flow.h \
	plugins/flow/list.c \
	plugins/flow/loop.c \
	plugins/flow/pause.c
plugins_flow_flow_la_LDFLAGS = $(MODULE_LDFLAGS)
plugins_flow_flow_la_LIBADD = $(MODULE_LIBADD) $(JANSSON_LIBS)

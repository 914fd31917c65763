if WITH_JQ
pkglib_LTLIBRARIES += plugins/jq/jq.la
plugins_jq_jq_la_SOURCES = plugins/jq/jq.c
plugins_jq_jq_la_LDFLAGS = $(MODULE_LDFLAGS)
plugins_jq_jq_la_LIBADD = $(MODULE_LIBADD) $(JANSSON_LIBS) $(JQ_LIBS)
endif

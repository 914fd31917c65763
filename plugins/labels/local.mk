pkglib_LTLIBRARIES += plugins/labels/labels.la
plugins_labels_labels_la_SOURCES = plugins/labels/labels.c
plugins_labels_labels_la_LDFLAGS = $(MODULE_LDFLAGS)
plugins_labels_labels_la_LIBADD = $(MODULE_LIBADD) $(JANSSON_LIBS)

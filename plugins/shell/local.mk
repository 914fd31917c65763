pkglib_LTLIBRARIES += plugins/shell/shell.la
plugins_shell_shell_la_SOURCES = plugins/shell/files.c plugins/shell/glob.c plugins/shell/script.c \
	plugins/shell/script.h plugins/shell/shell.c
plugins_shell_shell_la_LDFLAGS = $(MODULE_LDFLAGS)
plugins_shell_shell_la_LIBADD = $(MODULE_LIBADD) $(JANSSON_LIBS)

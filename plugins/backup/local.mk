pkglib_LTLIBRARIES += plugins/backup/backup.la
plugins_backup_backup_la_SOURCES = plugins/backup/backup.c
plugins_backup_backup_la_LDFLAGS = $(MODULE_LDFLAGS)
plugins_backup_backup_la_LIBADD = $(MODULE_LIBADD) $(JANSSON_LIBS)

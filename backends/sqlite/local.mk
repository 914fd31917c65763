if WITH_SQLITE
backend_LTLIBRARIES += backends/sqlite/sqlite.la
endif
backends_sqlite_sqlite_la_SOURCES = \
	backends/sqlite/connection.c \
	backends/sqlite/migrate.c \
	backends/sqlite/read.c \
	backends/sqlite/sqlite.c \
	backends/sqlite/sqlite.h \
	backends/sqlite/statements.c \
	backends/sqlite/wal.c \
	backends/sqlite/write.c
backends_sqlite_sqlite_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
backends_sqlite_sqlite_la_LDFLAGS = $(MODULE_LDFLAGS)
backends_sqlite_sqlite_la_LIBADD = backends/sql/libsql.la $(MODULE_LIBADD) $(SQLITE_LIBS)

if WITH_POSTGRES
backend_LTLIBRARIES += backends/postgres/postgres.la
endif
backends_postgres_postgres_la_SOURCES = \
	backends/postgres/batch.c \
	backends/postgres/batch.h \
	backends/postgres/conninfo.c \
	backends/postgres/conninfo.h \
	backends/postgres/link.c \
	backends/postgres/link.h \
	backends/postgres/listen.c \
	backends/postgres/migrate.c \
	backends/postgres/params.c \
	backends/postgres/params.h \
	backends/postgres/postgres.c \
	backends/postgres/postgres.h \
	backends/postgres/read.c \
	backends/postgres/statements.c \
	backends/postgres/write.c
backends_postgres_postgres_la_CFLAGS = $(AM_CFLAGS) $(POSTGRES_CFLAGS)
backends_postgres_postgres_la_LDFLAGS = $(MODULE_LDFLAGS)
backends_postgres_postgres_la_LIBADD = backends/sql/libsql.la $(MODULE_LIBADD) $(POSTGRES_LIBS)

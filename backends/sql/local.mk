# Not a module: linked into each SQL backend.
noinst_LTLIBRARIES += backends/sql/libsql.la
backends_sql_libsql_la_SOURCES = \
	backends/sql/chunk.c \
	backends/sql/chunk.h \
	backends/sql/pool.c \
	backends/sql/pool.h \
	backends/sql/prefix.c \
	backends/sql/prefix.h \
	backends/sql/query.c \
	backends/sql/row.c \
	backends/sql/schema.c \
	backends/sql/settings.c \
	backends/sql/settings.h \
	backends/sql/sql.h \
	backends/sql/statement.c \
	backends/sql/url.c \
	backends/sql/url.h

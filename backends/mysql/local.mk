if WITH_MYSQL
backend_LTLIBRARIES += backends/mysql/mysql.la
endif
backends_mysql_mysql_la_SOURCES = \
	backends/mysql/address.c \
	backends/mysql/address.h \
	backends/mysql/asked.c \
	backends/mysql/batch.c \
	backends/mysql/batch.h \
	backends/mysql/claim.c \
	backends/mysql/error.c \
	backends/mysql/link.c \
	backends/mysql/link.h \
	backends/mysql/lookup.c \
	backends/mysql/migrate.c \
	backends/mysql/mysql.c \
	backends/mysql/mysql.h \
	backends/mysql/prepared.c \
	backends/mysql/prepared.h \
	backends/mysql/read.c \
	backends/mysql/wait.c \
	backends/mysql/write.c
backends_mysql_mysql_la_CFLAGS = $(AM_CFLAGS) $(MYSQL_CFLAGS)
backends_mysql_mysql_la_LDFLAGS = $(MODULE_LDFLAGS)
backends_mysql_mysql_la_LIBADD = backends/sql/libsql.la $(MODULE_LIBADD) $(MYSQL_LIBS)
EXTRA_DIST += backends/mysql/README.md

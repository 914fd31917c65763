# The definition of a backend: one suite, run once for each. GW_BUILD/tests/backend/suite [CASE]
# It is installed too, beside the modules, for "godwit backends test"; nothing links it.
suitedir = $(pkglibdir)
suite_PROGRAMS = tests/backend/suite
BACKEND_TESTS = tests/backend/memory.test
if WITH_SQLITE
BACKEND_TESTS += tests/backend/sqlite.test
endif
# Those that start a server of their own: make check-servers.
SERVER_TESTS =
if WITH_POSTGRES
SERVER_TESTS += tests/backend/postgres.test tests/backend/guest.test
endif
if WITH_MYSQL
SERVER_TESTS += tests/backend/mariadb.test tests/backend/mysql.test
endif
if WITH_ELASTICSEARCH
SERVER_TESTS += tests/backend/elasticsearch.test
endif
TESTS += $(BACKEND_TESTS)
dist_check_SCRIPTS += tests/backend/elasticsearch.test tests/backend/guest.test \
	tests/backend/mariadb.test \
	tests/backend/memory.test tests/backend/mysql.sh tests/backend/mysql.test \
	tests/backend/postgres.test tests/backend/sqlite.test tests/services/elasticsearch.sh \
	tests/services/mariadb.sh tests/services/mysql.sh tests/services/postgres.sh
tests_backend_suite_SOURCES = \
	tests/backend/alike.c \
	tests/backend/claim.c \
	tests/backend/faults.c \
	tests/backend/filter.c \
	tests/backend/indices.c \
	tests/backend/migrate.c \
	tests/backend/mysql.c \
	tests/backend/read.c \
	tests/backend/run.c \
	tests/backend/suite.c \
	tests/backend/suite.h \
	tests/backend/target.c \
	tests/backend/target.h \
	tests/backend/threads.c \
	tests/backend/write.c
tests_backend_suite_LDADD = tests/lib/libtest.la core/libgodwit.la $(JANSSON_LIBS)
# Runs from the build tree without libtool's wrapper script.
tests_backend_suite_LDFLAGS = $(AM_LDFLAGS) -no-fast-install

.PHONY: check-servers
check-servers:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(SERVER_TESTS)'

# The definition of a backend: one suite, run once for each. GW_BUILD/tests/backend/suite [CASE]
# It is installed too, beside the modules, for "godwit backends test"; nothing links it.
suitedir = $(pkglibdir)
suite_PROGRAMS = tests/backend/suite
BACKEND_TESTS = tests/backend/memory.test
if WITH_SQLITE
BACKEND_TESTS += tests/backend/sqlite.test
endif
# Those that want a server: make check-servers starts each server once.
POSTGRES_TESTS =
MARIADB_TESTS =
MYSQL_TESTS =
ELASTICSEARCH_TESTS =
OWN_SERVER_TESTS = # each starts one of its own
if WITH_POSTGRES
POSTGRES_TESTS += tests/backend/postgres.test
OWN_SERVER_TESTS += tests/backend/guest.test
endif
if WITH_MYSQL
MARIADB_TESTS += tests/backend/mariadb.test
MYSQL_TESTS += tests/backend/mysql.test
endif
if WITH_ELASTICSEARCH
ELASTICSEARCH_TESTS += tests/backend/elasticsearch.test
endif
TESTS += $(BACKEND_TESTS)
dist_check_SCRIPTS += tests/backend/elasticsearch.test tests/backend/guest.test \
	tests/backend/mariadb.test tests/backend/memory.test tests/backend/mysql.test \
	tests/backend/postgres.test tests/backend/sqlite.test tests/services/elasticsearch.sh \
	tests/services/mariadb.sh tests/services/mysql.sh tests/services/postgres.sh \
	tests/services/with.sh
EXTRA_DIST += tests/services/repository.py
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

# All tests on one server after the other; fails if one failed.
.PHONY: check-servers
check-servers:
	@failed=0; \
	on_server() { \
		server=$$1; \
		shift; \
		[ $$# = 0 ] || $(top_srcdir)/tests/services/with.sh "$$server" $(MAKE) \
			$(AM_MAKEFLAGS) check TESTS="$$*" || failed=1; \
	}; \
	on_server postgres $(POSTGRES_TESTS); \
	on_server mariadb $(MARIADB_TESTS); \
	on_server mysql $(MYSQL_TESTS); \
	on_server elasticsearch $(ELASTICSEARCH_TESTS); \
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(OWN_SERVER_TESTS)' || failed=1; \
	exit $$failed

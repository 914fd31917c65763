# The compatibility suite: cases/NAME.yaml, run by one program on each backend.
if HAVE_CMOCKA
check_PROGRAMS += tests/flows/flows
if WITH_SQLITE
TESTS += tests/flows/flows
endif
endif
tests_flows_flows_SOURCES = tests/flows/flows.c tests/flows/flows.h tests/flows/steps.c \
	tests/flows/view.c $(NODE_SOURCES)
tests_flows_flows_LDADD = tests/lib/libtest.la $(UNIT_LDADD)
EXTRA_DIST += tests/flows/cases
if HAVE_CMOCKA
if WITH_POSTGRES
POSTGRES_TESTS += tests/flows/postgres.test
endif
if WITH_MYSQL
MARIADB_TESTS += tests/flows/mariadb.test
endif
if WITH_ELASTICSEARCH
ELASTICSEARCH_TESTS += tests/flows/elasticsearch.test
endif
endif
dist_check_SCRIPTS += tests/flows/elasticsearch.test tests/flows/mariadb.test \
	tests/flows/postgres.test

# The compatibility suite: cases/NAME.yaml, run by one program on each backend that needs no server.
if HAVE_CMOCKA
if WITH_SQLITE
check_PROGRAMS += tests/flows/flows
TESTS += tests/flows/flows
endif
endif
tests_flows_flows_SOURCES = tests/flows/flows.c tests/flows/flows.h tests/flows/steps.c \
	tests/flows/view.c $(NODE_SOURCES)
tests_flows_flows_LDADD = tests/lib/libtest.la $(UNIT_LDADD)
EXTRA_DIST += tests/flows/cases

# Programs that measure: scripts/bench and people run them, check only sees that they work.
check_PROGRAMS += tests/bench/bare tests/bench/bench
check_LTLIBRARIES += tests/bench/nothing.la
EXTRA_PROGRAMS = tests/bench/load tests/bench/spawn
MEASURING_LIBS = tests/lib/libtest.la core/libgodwit.la $(JANSSON_LIBS)
# Those that start programs of the build tree, or themselves, are no wrapper scripts of libtool's.
MEASURING_LINK = $(AM_LDFLAGS) -no-fast-install
tests_bench_bench_SOURCES = \
	tests/bench/bench.c \
	tests/bench/bench.h \
	tests/bench/calls.c \
	tests/bench/client.c \
	tests/bench/client.h \
	tests/bench/node.c \
	tests/bench/node.h \
	tests/bench/plain.c \
	tests/bench/plain.h \
	tests/bench/process.c \
	tests/bench/quantile.h \
	tests/bench/rate.c \
	tests/bench/report.c \
	tests/bench/schedules.c \
	tests/bench/setup.c \
	tests/bench/shapes.c \
	tests/bench/stored.c \
	tests/bench/tasks.c \
	tests/bench/yardsticks.c
tests_bench_bench_LDADD = $(MEASURING_LIBS) -lm
tests_bench_bench_LDFLAGS = $(MEASURING_LINK)
tests_bench_nothing_la_SOURCES = tests/bench/nothing.c
tests_bench_nothing_la_LDFLAGS = $(FIXTURE_LDFLAGS)
tests_bench_bare_SOURCES = tests/bench/bare.c
tests_bench_bare_LDADD = $(MEASURING_LIBS)
tests_bench_bare_LDFLAGS = $(MEASURING_LINK)
tests_bench_load_SOURCES = tests/bench/client.c tests/bench/client.h tests/bench/load.c \
	tests/bench/quantile.h
tests_bench_load_LDADD = $(MEASURING_LIBS)
tests_bench_spawn_SOURCES = tests/bench/plain.c tests/bench/plain.h tests/bench/quantile.h \
	tests/bench/spawn.c $(RUN_SOURCES)
tests_bench_spawn_LDFLAGS = $(MEASURING_LINK)

if WITH_SQLITE
TESTS += tests/bench/bench.test
endif
dist_check_SCRIPTS += tests/bench/bench.test

.PHONY: bench-programs
bench-programs: all tests/bench/bare tests/bench/bench tests/bench/nothing.la

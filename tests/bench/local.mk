# Not run by check: programs that measure.
EXTRA_PROGRAMS = tests/bench/bare tests/bench/spawn
tests_bench_bare_SOURCES = tests/bench/bare.c
tests_bench_bare_LDADD = tests/lib/libtest.la core/libgodwit.la $(JANSSON_LIBS)
# Starts itself as task hosts, so it must not be libtool's wrapper script.
tests_bench_spawn_SOURCES = tests/bench/spawn.c $(RUN_SOURCES)
tests_bench_spawn_LDFLAGS = $(AM_LDFLAGS) -no-fast-install

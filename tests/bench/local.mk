# Not run by check: programs that measure.
EXTRA_PROGRAMS = tests/bench/bare
tests_bench_bare_SOURCES = tests/bench/bare.c
tests_bench_bare_LDADD = tests/lib/libtest.la core/libgodwit.la $(JANSSON_LIBS)

# What tests share: a convenience library; the suite of backends, which is installed, has it too.
noinst_LTLIBRARIES += tests/lib/libtest.la
tests_lib_libtest_la_SOURCES = \
	tests/lib/backend.c \
	tests/lib/backend.h \
	tests/lib/proxy.c \
	tests/lib/proxy.h
tests_lib_libtest_la_LIBADD = core/libgodwit.la -ldl
# Engines in the test's process; what uses it links libtest.la too.
NODE_SOURCES = tests/lib/node.c tests/lib/node.h tests/lib/repo.c tests/lib/repo.h tests/unit/test.h

# What tests share: a convenience library.
check_LTLIBRARIES += tests/lib/libtest.la
tests_lib_libtest_la_SOURCES = \
	tests/lib/backend.c \
	tests/lib/backend.h \
	tests/lib/proxy.c \
	tests/lib/proxy.h
tests_lib_libtest_la_LIBADD = core/libgodwit.la -ldl

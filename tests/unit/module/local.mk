UNIT_TESTS += tests/unit/module/test_registry tests/unit/module/test_load \
	tests/unit/module/test_describe
tests_unit_module_test_registry_SOURCES = tests/unit/module/test_registry.c tests/unit/test.h
tests_unit_module_test_load_SOURCES = tests/unit/module/test_load.c tests/unit/test.h
tests_unit_module_test_describe_SOURCES = tests/unit/module/test_describe.c tests/unit/test.h

# Modules that test_load opens, good and broken.
FIXTURE_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
check_LTLIBRARIES += tests/lib/good.la tests/lib/twin.la tests/lib/wrong_major.la \
	tests/lib/newer_minor.la tests/lib/older.la tests/lib/nothing.la tests/lib/unresolved.la \
	tests/lib/threads.la tests/lib/init_fails.la
tests_lib_good_la_SOURCES = tests/lib/module.c
tests_lib_good_la_LDFLAGS = $(FIXTURE_LDFLAGS)
tests_lib_twin_la_SOURCES = tests/lib/module.c
tests_lib_twin_la_CPPFLAGS = $(AM_CPPFLAGS) -DMODULE_NAME='"twin"'
tests_lib_twin_la_LDFLAGS = $(FIXTURE_LDFLAGS)
tests_lib_wrong_major_la_SOURCES = tests/lib/module.c
tests_lib_wrong_major_la_CPPFLAGS = $(AM_CPPFLAGS) -DMODULE_ABI='(7u << 16 | 3u)'
tests_lib_wrong_major_la_LDFLAGS = $(FIXTURE_LDFLAGS)
tests_lib_newer_minor_la_SOURCES = tests/lib/module.c
tests_lib_newer_minor_la_CPPFLAGS = $(AM_CPPFLAGS) -DMODULE_ABI='(GW_ABI_MAJOR << 16 | (GW_ABI_MINOR + 1))'
tests_lib_newer_minor_la_LDFLAGS = $(FIXTURE_LDFLAGS)
tests_lib_threads_la_SOURCES = tests/lib/module.c
tests_lib_threads_la_CPPFLAGS = $(AM_CPPFLAGS) -DMODULE_THREAD -DMODULE_TYPE='"test.Threads"'
tests_lib_threads_la_LDFLAGS = $(FIXTURE_LDFLAGS)
tests_lib_init_fails_la_SOURCES = tests/lib/module.c
tests_lib_init_fails_la_CPPFLAGS = $(AM_CPPFLAGS) -DMODULE_INIT_FAILS -DMODULE_TYPE='"test.Init"'
tests_lib_init_fails_la_LDFLAGS = $(FIXTURE_LDFLAGS)
tests_lib_older_la_SOURCES = tests/lib/module_older.c
tests_lib_older_la_LDFLAGS = $(FIXTURE_LDFLAGS)
tests_lib_nothing_la_SOURCES = tests/lib/module_nothing.c
tests_lib_nothing_la_LDFLAGS = $(FIXTURE_LDFLAGS)
tests_lib_unresolved_la_SOURCES = tests/lib/module_unresolved.c
tests_lib_unresolved_la_LDFLAGS = $(FIXTURE_LDFLAGS)

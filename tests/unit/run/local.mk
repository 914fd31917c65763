RUN_TESTS = tests/unit/run/test_death tests/unit/run/test_functions tests/unit/run/test_isolated \
	tests/unit/run/test_lines tests/unit/run/test_mask tests/unit/run/test_message \
	tests/unit/run/test_program
UNIT_TESTS += $(RUN_TESTS)
# Those that start task hosts.
RUN_SOURCES = tests/lib/runs.c tests/lib/runs.h tests/unit/test.h
tests_unit_run_test_death_SOURCES = tests/unit/run/test_death.c $(RUN_SOURCES)
tests_unit_run_test_functions_SOURCES = tests/unit/run/test_functions.c $(RUN_SOURCES)
tests_unit_run_test_isolated_SOURCES = tests/unit/run/test_isolated.c $(RUN_SOURCES)
tests_unit_run_test_lines_SOURCES = tests/unit/run/test_lines.c tests/unit/test.h
tests_unit_run_test_mask_SOURCES = tests/unit/run/test_mask.c tests/unit/test.h
tests_unit_run_test_message_SOURCES = tests/unit/run/test_message.c tests/unit/test.h
tests_unit_run_test_program_SOURCES = tests/unit/run/test_program.c $(RUN_SOURCES)

# A third party's module whose tasks misbehave, and modules that do not survive loading.
check_LTLIBRARIES += tests/lib/wild.la tests/lib/load_crash.la tests/lib/load_exit.la \
	tests/lib/load_thread.la
tests_lib_wild_la_SOURCES = tests/lib/wild.c
tests_lib_wild_la_LDFLAGS = $(FIXTURE_LDFLAGS)
tests_lib_load_crash_la_SOURCES = tests/lib/load.c
tests_lib_load_crash_la_CPPFLAGS = $(AM_CPPFLAGS) -DLOAD_HOW="'c'"
tests_lib_load_crash_la_LDFLAGS = $(FIXTURE_LDFLAGS)
tests_lib_load_exit_la_SOURCES = tests/lib/load.c
tests_lib_load_exit_la_CPPFLAGS = $(AM_CPPFLAGS) -DLOAD_HOW="'e'"
tests_lib_load_exit_la_LDFLAGS = $(FIXTURE_LDFLAGS)
tests_lib_load_thread_la_SOURCES = tests/lib/load.c
tests_lib_load_thread_la_CPPFLAGS = $(AM_CPPFLAGS) -DLOAD_HOW="'t'"
tests_lib_load_thread_la_LDFLAGS = $(FIXTURE_LDFLAGS)

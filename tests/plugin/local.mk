# Every type of the installation's own modules, as they are in build/modules.
PLUGIN_TESTS = tests/plugin/test_labels tests/plugin/test_log tests/plugin/test_debug \
	tests/plugin/test_execution tests/plugin/test_flow tests/plugin/test_schedule \
	tests/plugin/test_condition tests/plugin/test_tables tests/plugin/test_trial
PLUGIN_TEST_FILES = tests/plugin/plugin.c tests/plugin/plugin.h tests/unit/test.h
# The program's gw_check_fail stands in for the library's.
PLUGIN_TEST_LINK = $(AM_LDFLAGS) -export-dynamic
tests_plugin_test_labels_SOURCES = tests/plugin/test_labels.c $(PLUGIN_TEST_FILES)
tests_plugin_test_labels_LDFLAGS = $(PLUGIN_TEST_LINK)
tests_plugin_test_log_SOURCES = tests/plugin/test_log.c $(PLUGIN_TEST_FILES)
tests_plugin_test_log_LDFLAGS = $(PLUGIN_TEST_LINK)
tests_plugin_test_debug_SOURCES = tests/plugin/test_debug.c $(PLUGIN_TEST_FILES)
tests_plugin_test_debug_LDFLAGS = $(PLUGIN_TEST_LINK)
tests_plugin_test_execution_SOURCES = tests/plugin/test_execution.c $(PLUGIN_TEST_FILES)
tests_plugin_test_execution_LDFLAGS = $(PLUGIN_TEST_LINK)
tests_plugin_test_flow_SOURCES = tests/plugin/test_flow.c $(PLUGIN_TEST_FILES)
tests_plugin_test_flow_LDFLAGS = $(PLUGIN_TEST_LINK)
tests_plugin_test_schedule_SOURCES = tests/plugin/test_schedule.c $(PLUGIN_TEST_FILES)
tests_plugin_test_schedule_LDFLAGS = $(PLUGIN_TEST_LINK)
tests_plugin_test_condition_SOURCES = tests/plugin/test_condition.c $(PLUGIN_TEST_FILES)
tests_plugin_test_condition_LDFLAGS = $(PLUGIN_TEST_LINK)
tests_plugin_test_tables_SOURCES = tests/plugin/test_tables.c $(PLUGIN_TEST_FILES)
tests_plugin_test_tables_LDFLAGS = $(PLUGIN_TEST_LINK)
tests_plugin_test_trial_SOURCES = tests/plugin/test_trial.c $(PLUGIN_TEST_FILES)
tests_plugin_test_trial_LDFLAGS = $(PLUGIN_TEST_LINK)
# These run in task hosts as they do in a server.
PLUGIN_TESTS += tests/plugin/test_shell tests/plugin/test_glob
tests_plugin_test_glob_SOURCES = tests/plugin/test_glob.c plugins/shell/glob.c plugins/shell/script.h \
	tests/unit/test.h
tests_plugin_test_glob_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_shell_SOURCES = tests/plugin/test_shell.c $(RUN_SOURCES)
if WITH_JQ
PLUGIN_TESTS += tests/plugin/test_jq
tests_plugin_test_jq_SOURCES = tests/plugin/test_jq.c $(RUN_SOURCES)
endif
if HAVE_CMOCKA
check_PROGRAMS += $(PLUGIN_TESTS)
TESTS += $(PLUGIN_TESTS)
endif

check_PROGRAMS += tests/lib/show_modules
tests_lib_show_modules_SOURCES = tests/lib/show_modules.c
tests_lib_show_modules_LDADD = core/libgodwit.la $(JANSSON_LIBS)
dist_check_SCRIPTS += tests/plugin/follow_docs.test
TESTS += tests/plugin/follow_docs.test
# After all others: for a moment an installation takes modules of the build tree away to link them.
tests/plugin/follow_docs.log: $(filter-out tests/plugin/follow_docs.log,$(TEST_LOGS))

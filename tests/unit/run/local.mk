RUN_TESTS = tests/unit/run/test_lines tests/unit/run/test_message
UNIT_TESTS += $(RUN_TESTS)
tests_unit_run_test_lines_SOURCES = tests/unit/run/test_lines.c tests/unit/test.h
tests_unit_run_test_message_SOURCES = tests/unit/run/test_message.c tests/unit/test.h

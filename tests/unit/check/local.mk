UNIT_TESTS += tests/unit/check/test_flow
CHECK_TYPES = tests/unit/check/types.c tests/unit/check/types.h tests/unit/test.h
tests_unit_check_test_flow_SOURCES = tests/unit/check/test_flow.c $(CHECK_TYPES)

CHECK_TYPES = tests/unit/check/types.c tests/unit/check/types.h tests/unit/test.h
UNIT_TESTS += tests/unit/check/test_compile
tests_unit_check_test_compile_SOURCES = tests/unit/check/test_compile.c $(CHECK_TYPES)
UNIT_TESTS += tests/unit/check/test_flow
tests_unit_check_test_flow_SOURCES = tests/unit/check/test_flow.c $(CHECK_TYPES)
UNIT_TESTS += tests/unit/check/test_schema
tests_unit_check_test_schema_SOURCES = tests/unit/check/test_schema.c tests/unit/test.h

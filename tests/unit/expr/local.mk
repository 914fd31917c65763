# UNIT_TESTS += tests/unit/expr/test_NAME

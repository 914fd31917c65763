# UNIT_TESTS += tests/unit/api/test_NAME

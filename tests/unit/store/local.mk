# UNIT_TESTS += tests/unit/store/test_NAME

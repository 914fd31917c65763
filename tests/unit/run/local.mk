# UNIT_TESTS += tests/unit/run/test_NAME

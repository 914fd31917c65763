# UNIT_TESTS += tests/unit/time/test_NAME

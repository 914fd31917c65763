# UNIT_TESTS += tests/unit/storage/test_NAME

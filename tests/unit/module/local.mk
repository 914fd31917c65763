# UNIT_TESTS += tests/unit/module/test_NAME

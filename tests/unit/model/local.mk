# UNIT_TESTS += tests/unit/model/test_NAME

# UNIT_TESTS += tests/unit/engine/test_NAME

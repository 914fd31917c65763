# UNIT_TESTS += tests/unit/yaml/test_NAME

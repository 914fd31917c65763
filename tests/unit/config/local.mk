UNIT_TESTS += tests/unit/config/test_config
tests_unit_config_test_config_SOURCES = tests/unit/config/test_config.c tests/unit/test.h tests/unit/stored.h

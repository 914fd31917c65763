UNIT_TESTS += tests/unit/storage/test_local
tests_unit_storage_test_local_SOURCES = tests/unit/storage/test_local.c tests/unit/test.h

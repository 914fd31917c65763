UNIT_TESTS += tests/unit/store/test_check tests/unit/store/test_signal tests/unit/store/test_store \
	tests/unit/store/test_write
STORE_LDADD = tests/lib/libtest.la $(UNIT_LDADD)
tests_unit_store_test_check_SOURCES = tests/unit/store/fixture.h tests/unit/store/test_check.c
tests_unit_store_test_check_LDADD = $(STORE_LDADD)
tests_unit_store_test_signal_SOURCES = tests/unit/store/fixture.h tests/unit/store/test_signal.c
tests_unit_store_test_signal_LDADD = $(STORE_LDADD)
tests_unit_store_test_store_SOURCES = tests/unit/store/fixture.h tests/unit/store/test_store.c
tests_unit_store_test_store_LDADD = $(STORE_LDADD)
tests_unit_store_test_write_SOURCES = tests/unit/store/fixture.h tests/unit/store/test_write.c
tests_unit_store_test_write_LDADD = $(STORE_LDADD)

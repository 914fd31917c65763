# Internal storage in a bucket: each test starts a server of its own.
if WITH_S3
OWN_SERVER_TESTS += tests/storage/s3.test tests/storage/copy.test
if HAVE_CMOCKA
check_PROGRAMS += tests/storage/s3
endif
endif
dist_check_SCRIPTS += tests/storage/s3.test tests/storage/copy.test tests/services/s3.sh
tests_storage_s3_SOURCES = tests/storage/s3.c tests/unit/test.h
tests_storage_s3_LDADD = tests/lib/libtest.la $(UNIT_LDADD)

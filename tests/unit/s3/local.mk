# What the storage in S3 consists of, without a server.
UNIT_TESTS += tests/unit/s3/test_keys tests/unit/s3/test_sign
S3_TEST_SOURCES = backends/s3/keys.c backends/s3/keys.h backends/s3/sign.c backends/s3/sign.h \
	backends/s3/xml.c backends/s3/xml.h tests/unit/test.h
tests_unit_s3_test_keys_SOURCES = tests/unit/s3/test_keys.c $(S3_TEST_SOURCES)
tests_unit_s3_test_keys_LDADD = $(UNIT_LDADD) $(CRYPTO_LIBS)
tests_unit_s3_test_sign_SOURCES = tests/unit/s3/test_sign.c $(S3_TEST_SOURCES)
tests_unit_s3_test_sign_LDADD = $(UNIT_LDADD) $(CRYPTO_LIBS)

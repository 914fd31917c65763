if WITH_S3
backend_LTLIBRARIES += backends/s3/s3.la
endif
backends_s3_s3_la_SOURCES = \
	backends/s3/http.c \
	backends/s3/keys.c \
	backends/s3/keys.h \
	backends/s3/s3.c \
	backends/s3/s3.h \
	backends/s3/sign.c \
	backends/s3/sign.h \
	backends/s3/write.c \
	backends/s3/xml.c \
	backends/s3/xml.h
backends_s3_s3_la_CFLAGS = $(AM_CFLAGS) $(S3_CFLAGS) $(CRYPTO_CFLAGS)
backends_s3_s3_la_LDFLAGS = $(MODULE_LDFLAGS)
backends_s3_s3_la_LIBADD = backends/sql/libsql.la $(MODULE_LIBADD) $(S3_LIBS) $(CRYPTO_LIBS)

if WITH_ELASTICSEARCH
backend_LTLIBRARIES += backends/elasticsearch/elasticsearch.la
endif
backends_elasticsearch_elasticsearch_la_SOURCES = \
	backends/elasticsearch/call.c \
	backends/elasticsearch/claim.c \
	backends/elasticsearch/document.c \
	backends/elasticsearch/elasticsearch.c \
	backends/elasticsearch/elasticsearch.h \
	backends/elasticsearch/http.c \
	backends/elasticsearch/http.h \
	backends/elasticsearch/migrate.c \
	backends/elasticsearch/query.c \
	backends/elasticsearch/read.c \
	backends/elasticsearch/scan.c \
	backends/elasticsearch/snapshot.c \
	backends/elasticsearch/write.c
backends_elasticsearch_elasticsearch_la_CFLAGS = $(AM_CFLAGS) $(ELASTICSEARCH_CFLAGS) \
	$(CRYPTO_CFLAGS)
backends_elasticsearch_elasticsearch_la_LDFLAGS = $(MODULE_LDFLAGS)
backends_elasticsearch_elasticsearch_la_LIBADD = backends/sql/libsql.la $(MODULE_LIBADD) \
	$(ELASTICSEARCH_LIBS) $(CRYPTO_LIBS)

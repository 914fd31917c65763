# The built program over loopback: cases as text files, and clients that mean no good.
API_TESTS = tests/api/api.test tests/api/hostile.test tests/api/kestrapy.test
dist_check_SCRIPTS += $(API_TESTS)
TESTS += $(API_TESTS)
dist_check_SCRIPTS += tests/api/elasticsearch.test tests/api/kestrapy-elasticsearch.test \
	tests/api/kestrapy-mariadb.test tests/api/kestrapy-postgres.test tests/api/mariadb.test \
	tests/api/postgres.test
if WITH_POSTGRES
POSTGRES_TESTS += tests/api/postgres.test tests/api/kestrapy-postgres.test
endif
if WITH_MYSQL
MARIADB_TESTS += tests/api/mariadb.test tests/api/kestrapy-mariadb.test
endif
if WITH_ELASTICSEARCH
ELASTICSEARCH_TESTS += tests/api/elasticsearch.test tests/api/kestrapy-elasticsearch.test
endif
EXTRA_DIST += tests/api/cases tests/api/cases.py tests/api/godwit.py tests/api/kestrapy_cases.py

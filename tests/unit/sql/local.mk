# What the SQL backends consist of, without a database.
UNIT_TESTS += tests/unit/sql/test_address tests/unit/sql/test_conninfo tests/unit/sql/test_prefix \
	tests/unit/sql/test_row tests/unit/sql/test_settings
SQL_LDADD = backends/sql/libsql.la $(UNIT_LDADD)
tests_unit_sql_test_address_SOURCES = tests/unit/sql/test_address.c \
	backends/mysql/address.c backends/mysql/address.h tests/unit/test.h
tests_unit_sql_test_address_LDADD = $(SQL_LDADD)
tests_unit_sql_test_conninfo_SOURCES = tests/unit/sql/test_conninfo.c \
	backends/postgres/conninfo.c backends/postgres/conninfo.h tests/unit/test.h
tests_unit_sql_test_conninfo_LDADD = $(SQL_LDADD)
tests_unit_sql_test_prefix_SOURCES = tests/unit/sql/test_prefix.c tests/unit/test.h
tests_unit_sql_test_prefix_LDADD = $(SQL_LDADD)
tests_unit_sql_test_row_SOURCES = tests/unit/sql/test_row.c tests/unit/test.h
tests_unit_sql_test_row_LDADD = $(SQL_LDADD)
tests_unit_sql_test_settings_SOURCES = tests/unit/sql/test_settings.c tests/unit/test.h
tests_unit_sql_test_settings_LDADD = $(SQL_LDADD)

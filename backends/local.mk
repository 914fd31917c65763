# Each backend is a module of its own; those that speak SQL share backends/sql,
# whose way of reading settings all use.
include backends/memory/local.mk
include backends/sql/local.mk
include backends/sqlite/local.mk
include backends/postgres/local.mk
include backends/elasticsearch/local.mk
include backends/mysql/local.mk
include backends/s3/local.mk

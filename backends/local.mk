# Each backend is a module of its own; those that speak SQL share backends/sql, whose settings.h is
# for all.
include backends/memory/local.mk
include backends/sql/local.mk
include backends/sqlite/local.mk
include backends/postgres/local.mk
include backends/elasticsearch/local.mk
include backends/mysql/local.mk

# A server under faults: storms of load, judged by what its clients were answered; and one that is
# asked for too much.
CHAOS_TESTS = tests/chaos/checker.test
if WITH_SQLITE
CHAOS_TESTS += tests/chaos/bombs.test tests/chaos/node.test tests/chaos/sqlite.test
endif
TESTS += $(CHAOS_TESTS)
if WITH_POSTGRES
POSTGRES_TESTS += tests/chaos/postgres.test
endif
if WITH_MYSQL
MARIADB_TESTS += tests/chaos/mariadb.test
endif
# Not yet among those of check-servers: tests/chaos/elasticsearch.test finds a known defect now and
# then (docs/backends.md).
dist_check_SCRIPTS += tests/chaos/bombs.test tests/chaos/checker.test tests/chaos/elasticsearch.test \
	tests/chaos/mariadb.test tests/chaos/node.test tests/chaos/postgres.test \
	tests/chaos/server.py tests/chaos/sqlite.test tests/chaos/storm.py
EXTRA_DIST += tests/chaos/aftermath.py tests/chaos/checker.py tests/chaos/cluster.py \
	tests/chaos/faults.py tests/chaos/load.py tests/chaos/proxy.py tests/chaos/task.sh

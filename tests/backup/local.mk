# A whole installation moves from one backend to another and back, while servers run.
if WITH_SQLITE
TESTS += tests/backup/sqlite.test tests/backup/incremental.test
endif
if WITH_SQLITE
if WITH_POSTGRES
POSTGRES_TESTS += tests/backup/postgres.test tests/backup/dump.test
endif
endif
dist_check_SCRIPTS += tests/backup/incremental.test tests/backup/sqlite.test tests/backup/postgres.test tests/backup/dump.test
EXTRA_DIST += tests/backup/circle.sh

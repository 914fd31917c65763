UNIT_TESTS += \
	tests/unit/time/test_cron \
	tests/unit/time/test_iso8601 \
	tests/unit/time/test_pattern \
	tests/unit/time/test_zone
tests_unit_time_test_cron_SOURCES = tests/unit/time/test_cron.c tests/unit/table.h tests/unit/test.h
tests_unit_time_test_iso8601_SOURCES = tests/unit/time/test_iso8601.c tests/unit/test.h
tests_unit_time_test_pattern_SOURCES = tests/unit/time/test_pattern.c tests/unit/table.h \
	tests/unit/test.h
tests_unit_time_test_zone_SOURCES = tests/unit/time/test_zone.c tests/unit/test.h
EXTRA_DIST += tests/unit/time/cron.tsv tests/unit/time/pattern.tsv

# All zones against another implementation.
check_PROGRAMS += tests/unit/time/zone_dump
tests_unit_time_zone_dump_SOURCES = tests/unit/time/zone_dump.c
TESTS += tests/unit/time/check_zones.py
dist_check_SCRIPTS += tests/unit/time/check_zones.py

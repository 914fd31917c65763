UNIT_TESTS += tests/unit/metrics/test_metrics
tests_unit_metrics_test_metrics_SOURCES = tests/unit/metrics/test_metrics.c tests/unit/test.h

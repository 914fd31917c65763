# Parsers fed with anything. "make check" replays the inputs of corpus/NAME with each fuzz_NAME;
# "scripts/fuzz NAME [SECONDS]" looks for new ones with clang's libFuzzer.
#
# To add a target: write fuzz_NAME.c with LLVMFuzzerTestOneInput, put a few small inputs into
# corpus/NAME, and add two lines:
#   FUZZ_TESTS += tests/fuzz/fuzz_NAME
#   tests_fuzz_fuzz_NAME_SOURCES = tests/fuzz/fuzz_NAME.c $(FUZZ_MAIN)
FUZZ_TESTS =
FUZZ_MAIN = tests/fuzz/fuzz.h tests/fuzz/replay.c

FUZZ_TESTS += tests/fuzz/fuzz_archive
tests_fuzz_fuzz_archive_SOURCES = tests/fuzz/fuzz_archive.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_base64
tests_fuzz_fuzz_base64_SOURCES = tests/fuzz/fuzz_base64.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_cron
tests_fuzz_fuzz_cron_SOURCES = tests/fuzz/fuzz_cron.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_expr
tests_fuzz_fuzz_expr_SOURCES = tests/fuzz/fuzz_expr.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_filters
tests_fuzz_fuzz_filters_SOURCES = tests/fuzz/fuzz_filters.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_iso8601
tests_fuzz_fuzz_iso8601_SOURCES = tests/fuzz/fuzz_iso8601.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_json
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_multipart
tests_fuzz_fuzz_multipart_SOURCES = tests/fuzz/fuzz_multipart.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_pattern
tests_fuzz_fuzz_pattern_SOURCES = tests/fuzz/fuzz_pattern.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_search
tests_fuzz_fuzz_search_SOURCES = tests/fuzz/fuzz_search.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_tzif
tests_fuzz_fuzz_tzif_SOURCES = tests/fuzz/fuzz_tzif.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_utf8
tests_fuzz_fuzz_utf8_SOURCES = tests/fuzz/fuzz_utf8.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_yaml
tests_fuzz_fuzz_yaml_SOURCES = tests/fuzz/fuzz_yaml.c $(FUZZ_MAIN)
FUZZ_TESTS += tests/fuzz/fuzz_zone
tests_fuzz_fuzz_zone_SOURCES = tests/fuzz/fuzz_zone.c $(FUZZ_MAIN)

check_PROGRAMS += $(FUZZ_TESTS)
TESTS += $(FUZZ_TESTS)
EXTRA_DIST += tests/fuzz/corpus

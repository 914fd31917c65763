UNIT_TESTS += \
	tests/unit/base/test_base64 \
	tests/unit/base/test_clock \
	tests/unit/base/test_error \
	tests/unit/base/test_fd \
	tests/unit/base/test_id \
	tests/unit/base/test_json \
	tests/unit/base/test_map \
	tests/unit/base/test_str \
	tests/unit/base/test_utf8
tests_unit_base_test_base64_SOURCES = tests/unit/base/test_base64.c tests/unit/test.h
tests_unit_base_test_clock_SOURCES = tests/unit/base/test_clock.c tests/unit/test.h
tests_unit_base_test_error_SOURCES = tests/unit/base/test_error.c tests/unit/test.h
tests_unit_base_test_fd_SOURCES = tests/unit/base/test_fd.c tests/unit/test.h
tests_unit_base_test_id_SOURCES = tests/unit/base/test_id.c tests/unit/test.h
tests_unit_base_test_json_SOURCES = tests/unit/base/test_json.c tests/unit/test.h
tests_unit_base_test_map_SOURCES = tests/unit/base/test_map.c tests/unit/test.h
tests_unit_base_test_str_SOURCES = tests/unit/base/test_str.c tests/unit/test.h
tests_unit_base_test_utf8_SOURCES = tests/unit/base/test_utf8.c tests/unit/test.h

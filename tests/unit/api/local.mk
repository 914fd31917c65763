UNIT_TESTS += \
	tests/unit/api/test_http \
	tests/unit/api/test_multipart \
	tests/unit/api/test_request \
	tests/unit/api/test_router \
	tests/unit/api/test_search
tests_unit_api_test_http_SOURCES = tests/unit/api/test_http.c tests/unit/test.h
tests_unit_api_test_multipart_SOURCES = tests/unit/api/test_multipart.c tests/unit/test.h
tests_unit_api_test_request_SOURCES = tests/unit/api/test_request.c tests/unit/test.h
tests_unit_api_test_router_SOURCES = tests/unit/api/test_router.c tests/unit/test.h
tests_unit_api_test_search_SOURCES = tests/unit/api/test_search.c tests/unit/test.h

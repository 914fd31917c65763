/* test_request.c - targets, parameters, bodies and the bodies of errors */
#include "tests/unit/test.h"

#include "api/guard.h"
#include "api/request.h"

static int set_up(void **state)
{
	struct gw_http_request *rq = gw_new(struct gw_http_request);
	rq->out.fd = -1;
	*state = rq;
	return 0;
}

static int tear_down(void **state)
{
	gw_request_clear(*state);
	free(*state);
	return 0;
}

static bool read_target(struct gw_http_request *rq, const char *target, struct gw_error *err)
{
	rq->target = gw_slice_of(target);
	rq->query = NULL;
	rq->n_query = 0;
	return gw_request_read_target(rq, 3, err);
}

static void parameters_are_decoded(void **state)
{
	struct gw_http_request *rq = *state;
	struct gw_error err;
	assert_true(read_target(rq, "/a?filters%5Bq%5D%5BEQUALS%5D=a+b%2Bc%&flag&=x", &err));
	assert_true(gw_slice_is(rq->path, "/a"));
	assert_string_equal(gw_request_param(rq, "filters[q][EQUALS]"), "a b+c%");
	assert_string_equal(gw_request_param(rq, "flag"), "");
	assert_null(gw_request_param(rq, "other"));
	assert_true(read_target(rq, "/a?", &err));
	assert_int_equal(rq->n_query, 0);
	assert_true(read_target(rq, "/a?&&x=1", &err));
	assert_int_equal(rq->n_query, 1);
}

static void parameters_that_are_no_text_are_refused(void **state)
{
	struct gw_error err;
	assert_false(read_target(*state, "/a?x=%ff", &err));
	assert_int_equal(err.code, GW_BAD_REQUEST);
	assert_false(read_target(*state, "/a?x=%00", &err));
	assert_false(read_target(*state, "/a?x=1&y=2&z=3&w=4", &err));
	assert_string_equal(err.message, "at most 3 parameters are allowed");
}

static void numbers_and_flags_are_checked(void **state)
{
	struct gw_http_request *rq = *state;
	struct gw_error err;
	bool flag = false;
	int64_t number = 7;
	assert_true(read_target(rq, "/a?n=12&f=TRUE&bad=1x", &err));
	assert_true(gw_request_flag(rq, "f", false, &flag, &err));
	assert_true(flag);
	assert_true(gw_request_flag(rq, "absent", true, &flag, &err));
	assert_true(flag);
	assert_false(gw_request_flag(rq, "n", true, &flag, &err));
	assert_true(gw_request_int(rq, "absent", &number, &err));
	assert_int_equal(number, 7);
	assert_true(gw_request_int(rq, "n", &number, &err));
	assert_int_equal(number, 12);
	assert_false(gw_request_int(rq, "bad", &number, &err));
	assert_string_equal(err.message, "bad must be a whole number, not '1x'");
}

static void a_tenant_in_the_body_must_agree(void **state)
{
	struct gw_http_request *rq = *state;
	struct gw_error err;
	rq->tenant = "main";
	gw_str_puts(&rq->body, "[{\"tenantId\":\"main\"},{\"tenantId\":\"other\"}]");
	assert_null(gw_request_json(rq, &err));
	assert_int_equal(err.code, GW_INVALID);
	gw_str_reset(&rq->body);
	gw_str_puts(&rq->body, "{\"tenantId\":\"main\"}");
	json_t *body = gw_request_json(rq, &err);
	assert_non_null(body);
	json_decref(body);
	gw_str_reset(&rq->body);
	gw_str_puts(&rq->body, "{");
	assert_null(gw_request_json(rq, &err));
	assert_memory_equal(err.message, "Invalid json: ", 14);
}

static void errors_have_kestras_shape(void **state)
{
	struct gw_http_request *rq = *state;
	rq->target = gw_slice_of("/api/v1/flows?a=\"\xff");
	gw_reply_error(rq, &(struct gw_error){ GW_CONFLICT, "it is \"so\"" });
	assert_int_equal(rq->out.status, 409);
	assert_string_equal(gw_str_text(&rq->out.body),
		"{\"message\":\"Illegal state: it is \\\"so\\\"\",\"_links\":{\"self\":[{\"href\":"
		"\"/api/v1/flows?a=\\\"\xef\xbf\xbd\",\"templated\":false}]}}");
	gw_reply_error(rq, &(struct gw_error){ GW_NOT_FOUND, "" });
	assert_int_equal(rq->out.status, 404);
	assert_non_null(strstr(gw_str_text(&rq->out.body), "{\"message\":\"Not Found\","));
	gw_reply_error(rq, &(struct gw_error){ GW_BUSY, "later" });
	assert_int_equal(rq->out.status, 429);
	assert_true(rq->out.retry_after_s > 0);
	gw_reply_error(rq, &(struct gw_error){ GW_INVALID, "Invalid json: x" });
	assert_int_equal(rq->out.status, 422);
	assert_non_null(strstr(gw_str_text(&rq->out.body), "{\"message\":\"Invalid json: x\","));
}

static void violations_are_listed(void **state)
{
	struct gw_http_request *rq = *state;
	char path[] = "flow.id", message[] = "Flow id already exists";
	struct gw_violation one = { .shown = path, .message = message };
	const struct gw_violations violations = { .items = &one, .n = 1 };
	rq->target = gw_slice_of("/x");
	gw_reply_invalid(rq, "flow.id: Flow id already exists", &violations);
	assert_string_equal(gw_str_text(&rq->out.body),
		"{\"message\":\"Invalid entity: flow.id: Flow id already exists\",\"_links\":{"
		"\"self\":[{\"href\":\"/x\",\"templated\":false}]},\"_embedded\":{\"errors\":[{"
		"\"message\":\"Flow id already exists\",\"path\":\"flow.id\"}]}}");
}

static void only_own_names_and_own_pages_are_answered(void **state)
{
	(void)state;
	static const struct {
		const char *host, *origin, *url;
		bool allowed;
	} cases[] = {
		{ "localhost", NULL, NULL, true },
		{ "LOCALHOST:8080", NULL, NULL, true },
		{ "127.0.0.1:8080", NULL, NULL, true },
		{ "[::1]:8080", NULL, NULL, true },
		{ "[::1]", NULL, NULL, true },
		{ NULL, NULL, NULL, false },
		{ "", NULL, NULL, false },
		{ "evil.example", NULL, NULL, false },
		{ "localhost.evil.example", NULL, NULL, false },
		{ "127.0.0.1.evil.example:8080", NULL, NULL, false },
		{ "[::1].evil.example", NULL, NULL, false },
		{ "godwit.example", NULL, "https://godwit.example/x", true },
		{ "godwit.example", NULL, "https://other.example", false },
		{ "localhost:8080", "http://localhost:8080", NULL, true },
		{ "localhost:8080", "http://localhost:3000", NULL, false },
		{ "localhost:8080", "http://127.0.0.1:8080", NULL, false },
		{ "localhost:8080", "null", NULL, false },
		{ "localhost:8080", "https://evil.example", NULL, false },
		{ "localhost:8080", "https://godwit.example", "https://godwit.example", true },
	};
	for (size_t i = 0; i < GW_LEN(cases); i++) {
		struct gw_error err = { 0 };
		bool allowed = gw_guard_check(cases[i].host, cases[i].origin, cases[i].url, &err);
		if (allowed != cases[i].allowed)
			fail_msg("Host: %s, Origin: %s", cases[i].host, cases[i].origin);
		assert_int_equal(err.code, allowed ? GW_OK : GW_DENIED);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(parameters_are_decoded),
		TEST(parameters_that_are_no_text_are_refused),
		TEST(numbers_and_flags_are_checked),
		TEST(a_tenant_in_the_body_must_agree),
		TEST(errors_have_kestras_shape),
		TEST(violations_are_listed),
		TEST(only_own_names_and_own_pages_are_answered),
	};
	return RUN(tests);
}

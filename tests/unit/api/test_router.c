/* test_router.c - paths find their routes, tenants and arguments */
#include "tests/unit/test.h"

#include "api/router.h"

static bool nothing(struct gw_http_request *rq, struct gw_error *err)
{
	(void)rq;
	(void)err;
	return true;
}

static const struct gw_route routes[] = {
	{ GW_HTTP_GET, "~/flows/search", nothing, 1 },
	{ GW_HTTP_GET, "~/flows/{namespace}", nothing, 2 },
	{ GW_HTTP_GET, "~/flows/{namespace}/{id}", nothing, 3 },
	{ GW_HTTP_DELETE, "~/flows/{namespace}/{id}", nothing, 4 },
	{ GW_HTTP_POST, "~/executions/{namespace}/{id}", nothing, 5 },
	{ GW_HTTP_POST, "~/executions/{id}/restart", nothing, 6 },
	{ GW_HTTP_POST, "~/executions/labels/by-ids", nothing, 7 },
	{ GW_HTTP_GET, "/plugins/{type}", nothing, 8 },
	{ GW_HTTP_GET, "//ping", nothing, 9 },
	{ 0 },
};

static struct gw_router *router;

static int set_up(void **state)
{
	static const struct gw_route *const tables[] = { routes, NULL };
	router = gw_router_new(tables);
	*state = gw_new(struct gw_http_request);
	return 0;
}

static int tear_down(void **state)
{
	gw_request_clear(*state);
	free(*state);
	gw_router_free(router);
	return 0;
}

static unsigned find(struct gw_http_request *rq, enum gw_method method, const char *path)
{
	rq->method = method;
	rq->path = gw_slice_of(path);
	rq->tenant = NULL;
	rq->out.fd = -1;
	return gw_router_find(router, rq) == GW_ROUTED ? rq->route->flags : 0;
}

static void a_fixed_segment_wins_over_a_variable_one(void **state)
{
	assert_int_equal(find(*state, GW_HTTP_GET, "/api/v1/main/flows/search"), 1);
	assert_int_equal(find(*state, GW_HTTP_GET, "/api/v1/main/flows/company"), 2);
	assert_int_equal(find(*state, GW_HTTP_POST, "/api/v1/main/executions/labels/by-ids"), 7);
	assert_int_equal(find(*state, GW_HTTP_POST, "/api/v1/main/executions/labels/other"), 5);
	assert_int_equal(find(*state, GW_HTTP_POST, "/api/v1/main/executions/abc/restart"), 6);
}

static void a_fixed_segment_that_leads_nowhere_is_taken_back(void **state)
{
	struct gw_http_request *rq = *state;
	assert_int_equal(find(rq, GW_HTTP_GET, "/api/v1/main/flows/search/x"), 3);
	assert_string_equal(rq->args[0], "search");
	assert_string_equal(rq->args[1], "x");
}

static void a_path_without_tenant_is_about_main(void **state)
{
	struct gw_http_request *rq = *state;
	assert_int_equal(find(rq, GW_HTTP_GET, "/api/v1/flows/a.b/c"), 3);
	assert_string_equal(rq->tenant, "main");
	assert_string_equal(rq->args[0], "a.b");
	assert_int_equal(find(rq, GW_HTTP_GET, "/api/v1/other/flows/a.b/c"), 3);
	assert_string_equal(rq->tenant, "other");
}

static void what_belongs_to_the_instance_has_no_tenant(void **state)
{
	struct gw_http_request *rq = *state;
	assert_int_equal(find(rq, GW_HTTP_GET, "/api/v1/plugins/io.kestra.Log"), 8);
	assert_null(rq->tenant);
	assert_int_equal(find(rq, GW_HTTP_GET, "/api/v1/main/plugins/io.kestra.Log"), 0);
	assert_int_equal(find(rq, GW_HTTP_GET, "/ping"), 9);
	assert_true(gw_router_reserves(router, "plugins"));
	assert_true(gw_router_reserves(router, "flows"));
	assert_false(gw_router_reserves(router, "main"));
}

static void segments_are_decoded_after_they_are_split(void **state)
{
	struct gw_http_request *rq = *state;
	assert_int_equal(find(rq, GW_HTTP_GET, "/api/v1/main/flows/a%2Fb/c%20d+e"), 3);
	assert_string_equal(rq->args[0], "a/b");
	assert_string_equal(rq->args[1], "c d+e");
	assert_int_equal(find(rq, GW_HTTP_GET, "/api/v1//main/flows/a/b/"), 3);
}

static void unreadable_segments_are_refused(void **state)
{
	struct gw_http_request *rq = *state;
	rq->method = GW_HTTP_GET;
	rq->path = gw_slice_of("/api/v1/main/flows/%ff");
	assert_int_equal(gw_router_find(router, rq), GW_ROUTE_UNREADABLE);
	rq->path = gw_slice_of("/api/v1/main/flows/a%00b");
	assert_int_equal(gw_router_find(router, rq), GW_ROUTE_UNREADABLE);
}

static void another_method_is_told_which_there_are(void **state)
{
	struct gw_http_request *rq = *state;
	rq->method = GW_HTTP_PUT;
	rq->path = gw_slice_of("/api/v1/main/flows/a/b");
	assert_int_equal(gw_router_find(router, rq), GW_ROUTE_OTHER_METHOD);
	assert_string_equal(rq->out.allow, "GET, HEAD, DELETE, OPTIONS");
}

static void paths_that_lead_nowhere_are_unknown(void **state)
{
	struct gw_http_request *rq = *state;
	static const char *const paths[] = { "/", "", "/api", "/api/v1", "/api/v1/main",
		"/api/v2/flows/a/b", "/api/v1/main/flow/a/b",
		"/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a" };
	for (size_t i = 0; i < GW_LEN(paths); i++) {
		rq->method = GW_HTTP_GET;
		rq->path = gw_slice_of(paths[i]);
		assert_int_equal(gw_router_find(router, rq), GW_ROUTE_UNKNOWN);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_fixed_segment_wins_over_a_variable_one),
		TEST(a_fixed_segment_that_leads_nowhere_is_taken_back),
		TEST(a_path_without_tenant_is_about_main),
		TEST(what_belongs_to_the_instance_has_no_tenant),
		TEST(segments_are_decoded_after_they_are_split),
		TEST(unreadable_segments_are_refused),
		TEST(another_method_is_told_which_there_are),
		TEST(paths_that_lead_nowhere_are_unknown),
	};
	return RUN(tests);
}

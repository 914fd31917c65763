/* indices.c - cases: what Elasticsearch alone has: hosts, rollovers, blocks, points in time */
#include "tests/backend/suite.h"

/* Asks the server; true = it said yes. body NULL = none. */
static bool ask(const char *method, const char *path, const char *body)
{
	gw_auto_free char *command = gw_sprintf("curl -sf -o /dev/null -X %s \"$GW_TEST_URL%s\" "
						"-H 'Content-Type: application/json' -d '%s'",
		method, path, body ? body : "");
	return gw_test_run(command);
}

static void set_blocked(bool blocked)
{
	gw_auto_free char *body = gw_sprintf("{\"index.blocks.read_only_allow_delete\": %s}",
		blocked ? "true" : "null");
	assert_true(ask("PUT", "/case_waiter/_settings", body));
}

static void when_indices_are_blocked_writes_wait(void)
{
	struct gw_op op = suite_op(GW_CREATE, "k", "{}");
	struct gw_group group = { &op, 1 };
	set_blocked(true);
	bool written = gw_store_write(store, &group, 1, 50, &err);
	set_blocked(false);
	assert_false(written);
	assert_int_equal(err.code, GW_UNAVAILABLE);
	assert_non_null(strstr(err.message, "disk"));
	assert_doc("k", NULL);
	must_write(&op);
}

static void when_a_host_is_down_the_next_one_is_used(void)
{
	gw_auto_free char *hosts = gw_sprintf("http://127.0.0.1:1, %s/", getenv("GW_TEST_URL"));
	json_object_set_new(suite_settings, "hosts", json_string(hosts));
	struct gw_store *other = suite_open();
	struct gw_op op = suite_op(GW_CREATE, "k", "{}");
	assert_true(gw_store_write_one(other, &op, &err));
	gw_store_close(&other);
	assert_doc("k", "{}");
}

static void write_many(struct gw_store *s, unsigned n)
{
	enum { BATCH = 2000 };
	static struct gw_op ops[BATCH];
	static struct gw_group groups[BATCH];
	static char keys[BATCH][8];
	for (unsigned at = 0; at < n; at += BATCH) {
		for (unsigned i = 0; i < BATCH; i++) {
			snprintf(keys[i], sizeof(keys[i]), "%06u", at + i);
			ops[i] = suite_op(GW_CREATE, keys[i], "{\"some\":\"text\"}");
			groups[i] = (struct gw_group){ &ops[i], 1 };
		}
		assert_true(gw_store_write(s, groups, BATCH, 0, &err));
	}
}

static void what_travels_may_be_compressed(void)
{
	json_object_set_new(suite_settings, "gzip", json_true());
	struct gw_store *other = suite_open();
	write_many(other, 2000);
	assert_int_equal(suite_count(&(struct gw_query){ .kind = &gw_kind_waiter }), 2000);
	gw_auto_free char *keys = suite_keys(other, &(struct gw_query){ .kind = &gw_kind_waiter });
	assert_int_equal(strlen(keys), 2000 * 7 - 1);
	gw_store_close(&other);
}

static void there_is_no_limit_of_ten_thousand(void)
{
	struct gw_query query = { .kind = &gw_kind_waiter, .want = GW_WANT_KEYS };
	write_many(store, 12000);
	gw_auto_free char *all = suite_keys(store, &query);
	assert_int_equal(strlen(all), 12000 * 7 - 1);
	query.offset = 11000;
	query.limit = 2;
	assert_keys(&query, "011000 011001");
	/* Points in time are closed: also when a stream is left in the middle. */
	query.offset = query.limit = 0;
	gw_auto_stream *s = gw_store_scan(store, &query, &err);
	struct gw_record r;
	assert_int_equal(gw_stream_next(s, &r, &err), GW_NEXT_RECORD);
	gw_stream_close(&s);
	assert_true(gw_test_run("curl -s \"$GW_TEST_URL/_nodes/stats/indices/search\" |"
				" grep -q '\"open_contexts\":0,'"));
}

static void after_a_rollover_records_are_found_where_they_are(void)
{
	struct gw_op a = suite_op(GW_CREATE, "a", "1"), b = suite_op(GW_CREATE, "b", "1");
	must_write(&a);
	must_write(&b);
	struct gw_store *other = suite_open(); /* knows of one index */
	assert_true(ask("POST", "/case_waiter/_rollover", NULL));
	struct gw_op c = suite_op(GW_CREATE, "c", "2"), again = suite_op(GW_PUT, "b", "2");
	must_write(&c);
	assert_doc("a", "1");
	must_write(&again);
	assert_doc("b", "2");
	struct gw_op taken = suite_op(GW_CREATE, "a", "2"), next = suite_next(&a, "3");
	must_miss(&taken);
	must_write(&next);
	assert_keys(&(struct gw_query){ .kind = &gw_kind_waiter }, "a b c");
	struct gw_record r;
	void *hold;
	assert_true(gw_store_get(other, &gw_kind_waiter, suite_key("a"), &r, &hold, &err));
	assert_true(gw_slice_is(r.doc, "3"));
	free(hold);
	struct gw_op ops[] = { suite_next(&next, NULL), suite_next(&c, "4"),
		suite_op(GW_CREATE, "d", "1") };
	struct gw_group group = { ops, 3 };
	assert_true(gw_store_write(other, &group, 1, 0, &err));
	gw_store_close(&other);
	assert_keys(&(struct gw_query){ .kind = &gw_kind_waiter }, "b c d");
}

#define INDICES_CASE(name) CASE_THAT_NEEDS(name, SUITE_INDICES | SUITE_OWN)

const struct suite_case suite_indices[] = {
	INDICES_CASE(when_indices_are_blocked_writes_wait),
	INDICES_CASE(when_a_host_is_down_the_next_one_is_used),
	CASE_THAT_NEEDS(what_travels_may_be_compressed, SUITE_INDICES),
	INDICES_CASE(there_is_no_limit_of_ten_thousand),
	INDICES_CASE(after_a_rollover_records_are_found_where_they_are), /* leaves two indices */
	{ 0 },
};

/* read.c - cases: getting, scanning in order and in pages, counting */
#include "tests/backend/suite.h"

#include "base/thread.h"

#include <stdatomic.h>

static void put(const char *key)
{
	struct gw_op op = suite_op(GW_PUT, key, "{}");
	must_write(&op);
}

/* A flow with a namespace and a revision; NULL, -1 = null. */
static void put_flow(const char *key, const char *namespace, int64_t revision)
{
	struct gw_value fields[GW_FLOW_N] = { 0 };
	fields[GW_FLOW_NAMESPACE] = gw_value_string(namespace);
	if (revision >= 0)
		fields[GW_FLOW_REVISION] = gw_value_number(revision);
	struct gw_op op = suite_op(GW_PUT, key, "{}");
	op.record.kind = &gw_kind_flow;
	op.record.fields = fields;
	must_write(&op);
}

static const struct gw_query all_gates = { .kind = &gw_kind_waiter, .tenant = { "main", 4 } };

/* ---- get ---- */

static void many_are_got_in_the_order_of_asking(void)
{
	enum { N = 300 };
	struct gw_key keys[N];
	static char names[N][8];
	struct gw_record *out;
	for (int i = 0; i < N; i++) {
		snprintf(names[i], sizeof(names[i]), "%03d", (i * 37) % N);
		keys[i] = suite_key(names[i]);
		if (i % 3)
			put(names[i]);
	}
	assert_true(gw_store_get_many(store, &gw_kind_waiter, keys, N, &out, &err));
	for (int i = 0; i < N; i++) {
		assert_int_equal(out[i].kind != NULL, i % 3 != 0);
		assert_true(i % 3 == 0 || gw_slice_is(out[i].key, names[i]));
	}
	free(out);
	assert_true(gw_store_get_many(store, &gw_kind_waiter, NULL, 0, &out, &err));
	free(out);
}

/* ---- Order ---- */

static void keys_are_ordered_bytewise(void)
{
	static const char *const sorted[] = { "A", "B", "Z", "_", "a", "a-b", "a.b", "a/b", "ab",
		"b", "z", "\xc3\x84", "\xc3\xa9", "\xef\xbf\xbd", "\xf0\x9f\x98\x80" };
	gw_auto_str expected = { 0 };
	for (size_t i = 0; i < GW_LEN(sorted); i++) {
		put(sorted[(i * 7) % GW_LEN(sorted)]);
		gw_str_printf(&expected, "%s%s", i ? " " : "", sorted[i]);
	}
	assert_keys(&all_gates, gw_str_text(&expected));
}

static void all_tenants_come_by_tenant_and_key(void)
{
	static const char *const tenants[] = { "b", "", "a" };
	for (size_t i = 0; i < 3; i++) {
		struct gw_op op = suite_op(GW_CREATE, i ? "x" : "k", "{}");
		op.record.tenant = gw_slice_of(tenants[i]);
		must_write(&op);
		op.record.key = gw_slice_of(i == 1 ? "y" : i ? "z" : "m");
		must_write(&op);
	}
	assert_keys(&(struct gw_query){ .kind = &gw_kind_waiter }, "x y x z k m");
}

static void assert_ordered(const struct gw_order *orders, unsigned n, const char *keys)
{
	const struct gw_query query = { .kind = &gw_kind_flow, .orders = orders, .n_orders = n };
	assert_keys(&query, keys);
}

static void nulls_come_last_and_ties_by_key(void)
{
	put_flow("e", "x", 2);
	put_flow("d", "y", -1);
	put_flow("c", NULL, 1);
	put_flow("b", "x", 2);
	put_flow("a", NULL, -1);
	put_flow("f", "X", 3);
	const struct gw_order up = { .field = "revision" };
	const struct gw_order down = { .field = "revision", .descending = true };
	const struct gw_order by_name = { .field = "namespace" };
	const struct gw_order name_down[] = { { .field = "namespace", .descending = true },
		{ .field = "key", .descending = true } };
	const struct gw_order both[] = { { .field = "namespace" }, { .field = "revision" } };
	assert_ordered(&up, 1, "c b e f a d");
	assert_ordered(&down, 1, "f b e c a d");
	assert_ordered(&by_name, 1, "f b e d a c");
	assert_ordered(name_down, 2, "d e b f c a");
	assert_ordered(both, 2, "f b e d c a");
}

static void the_order_holds_with_a_filter_on_its_field(void)
{
	for (int i = 0; i < 20; i++) {
		char key[8];
		snprintf(key, sizeof(key), "%02d", (i * 7) % 20);
		put_flow(key, "n", i % 3 ? i / 4 : -1);
	}
	const struct gw_value from = gw_value_number(2);
	const struct gw_filter filter = {
		.compare = GW_GE, .field = "revision", .values = &from, .n_values = 1
	};
	struct gw_order order = { .field = "revision" };
	struct gw_query query = { .kind = &gw_kind_flow,
		.tenant = gw_slice_of("main"),
		.filters = &filter,
		.n_filters = 1,
		.orders = &order,
		.n_orders = 1,
		.limit = 4,
		.offset = 1 };
	assert_keys(&query, "16 17 11 18");
	order.descending = true;
	assert_keys(&query, "13 19 11 18");
}

/* ---- Pages ---- */

static void pages_by_number(void)
{
	for (char key[] = "a"; key[0] <= 'j'; key[0]++)
		put(key);
	struct gw_query query = all_gates;
	query.limit = 3;
	assert_keys(&query, "a b c");
	query.offset = 8;
	assert_keys(&query, "i j");
	query.limit = 0;
	assert_keys(&query, "i j");
	query.offset = 100;
	assert_keys(&query, "");
	query = all_gates;
	query.after = gw_slice_of("g");
	assert_keys(&query, "h i j");
	query.after = gw_slice_of("gg");
	query.limit = 1;
	query.offset = 1;
	assert_keys(&query, "i");
}

static _Atomic bool stop_writing;

/* Others come and go between the records that stay. */
static void *churn(void *arg)
{
	struct gw_error thread_err;
	for (unsigned n = 0; !atomic_load(&stop_writing); n++) {
		char key[16];
		snprintf(key, sizeof(key), "%04u-x", (n * 31) % 1000);
		struct gw_op op = suite_op(GW_PUT, key, "{}");
		gw_store_write_one(arg, &op, &thread_err);
		op = suite_next(&op, NULL);
		gw_store_write_one(arg, &op, &thread_err);
	}
	return NULL;
}

static unsigned read_by_pages(void)
{
	char last[32] = "";
	unsigned n_stable = 0;
	for (bool more = true; more;) {
		struct gw_query query = all_gates;
		query.limit = 17;
		query.after = last[0] ? gw_slice_of(last) : gw_slice(NULL, 0);
		gw_auto_stream *s = gw_store_scan(store, &query, &err);
		struct gw_record r;
		more = false;
		while (gw_stream_next(s, &r, &err) == GW_NEXT_RECORD) {
			assert_true(gw_slice_compare(r.key, gw_slice_of(last)) > 0);
			snprintf(last, sizeof(last), "%.*s", GW_SLICE(r.key));
			n_stable += r.key.len == 4;
			more = true;
		}
	}
	return n_stable;
}

static void paging_by_key_sees_each_record_once_while_others_write(void)
{
	pthread_t writer;
	for (unsigned i = 0; i < 1000; i += 5) {
		char key[16];
		snprintf(key, sizeof(key), "%04u", i);
		put(key);
	}
	atomic_store(&stop_writing, false);
	assert_true(gw_thread_start(&writer, "writer", churn, store, &err));
	for (int i = 0; i < 20; i++)
		assert_int_equal(read_by_pages(), 200);
	atomic_store(&stop_writing, true);
	pthread_join(writer, NULL);
}

/* ---- Streams ---- */

static void a_stream_shows_what_was_there_when_it_began(void)
{
	for (char key[] = "a"; key[0] <= 'j'; key[0]++)
		put(key);
	gw_auto_stream *s = gw_store_scan(store, &all_gates, &err);
	struct gw_record r;
	unsigned n = 0;
	assert_int_equal(gw_stream_next(s, &r, &err), GW_NEXT_RECORD);
	put("k");
	struct gw_op old = suite_op(GW_PUT, "j", "{}");
	must_write(&old);
	struct gw_op delete = suite_next(&old, NULL);
	must_write(&delete);
	for (n = 1; gw_stream_next(s, &r, &err) == GW_NEXT_RECORD; n++)
		;
	assert_int_equal(n, 10);
	assert_int_equal(gw_stream_next(s, &r, &err), GW_NEXT_DONE);
}

static void a_stream_may_be_closed_early_and_many_open_at_once(void)
{
	for (int i = 0; i < 2000; i++) {
		char key[16];
		snprintf(key, sizeof(key), "%05d", i);
		put(key);
	}
	for (int round = 0; round < 10; round++) {
		gw_auto_stream *outer = gw_store_scan(store, &all_gates, &err);
		gw_auto_stream *inner = gw_store_scan(store, &all_gates, &err);
		struct gw_record r;
		assert_non_null(outer);
		assert_non_null(inner);
		assert_int_equal(gw_stream_next(outer, &r, &err), GW_NEXT_RECORD);
		assert_int_equal(gw_stream_next(inner, &r, &err), GW_NEXT_RECORD);
		put("00000");
	}
	assert_int_equal(suite_count(&all_gates), 2000);
}

static void keys_alone_leave_out_the_rest(void)
{
	put_flow("k", "n", 1);
	struct gw_op op = suite_op(GW_CREATE, "owned", "{}");
	op.record.kind = &gw_kind_flow;
	op.record.owner = gw_slice_of("me");
	must_write(&op);
	const struct gw_query query = { .kind = &gw_kind_flow, .want = GW_WANT_KEYS };
	gw_auto_stream *s = gw_store_scan(store, &query, &err);
	struct gw_record r;
	assert_int_equal(gw_stream_next(s, &r, &err), GW_NEXT_RECORD);
	assert_true(gw_slice_is(r.key, "k"));
	assert_null(r.fields);
	assert_null(r.doc.data);
	assert_int_equal(gw_stream_next(s, &r, &err), GW_NEXT_RECORD);
	assert_true(gw_slice_is(r.owner, "me"));
	assert_true(gw_version_equal(r.version, op.version));
	assert_int_equal(gw_stream_next(s, &r, &err), GW_NEXT_DONE);
}

/* ---- Counting ---- */

static int by_value(const void *a, const void *b)
{
	return strcmp(((const struct gw_count *)a)->value, ((const struct gw_count *)b)->value);
}

/* "value:n value:n", sorted by value. */
static void assert_counts(const char *field, const char *expected)
{
	const struct gw_query query = { .kind = &gw_kind_flow };
	struct gw_count *counts;
	size_t n;
	gw_auto_str found = { 0 };
	assert_true(gw_store_count_by(store, &query, field, &counts, &n, &err));
	if (n)
		qsort(counts, n, sizeof(*counts), by_value);
	for (size_t i = 0; i < n; i++)
		gw_str_printf(&found, "%s%s:%d", i ? " " : "", counts[i].value, (int)counts[i].n);
	assert_string_equal(gw_str_text(&found), expected);
	gw_counts_free(counts, n);
}

static void counts_by_the_values_of_a_field(void)
{
	put_flow("a", "x", 2);
	put_flow("b", "x", -1);
	put_flow("c", NULL, 2);
	put_flow("d", "y", 10);
	const struct gw_slice items[] = { gw_slice_of("l"), gw_slice_of("m") };
	for (unsigned i = 1; i <= 2; i++) {
		struct gw_value fields[GW_FLOW_N] = { 0 };
		fields[GW_FLOW_LABELS] =
			(struct gw_value){ .is_set = true, .items = items, .n_items = i };
		struct gw_op op = suite_op(GW_CREATE, i == 1 ? "e" : "f", "{}");
		op.record.kind = &gw_kind_flow;
		op.record.fields = fields;
		op.record.owner = gw_slice_of("me");
		must_write(&op);
	}
	assert_counts("namespace", ":3 x:2 y:1");
	assert_counts("revision", ":3 10:1 2:2");
	assert_counts("labels", ":4 l:2 m:1");
	assert_counts("owner", ":4 me:2");
	assert_counts("tenant", "main:6");
}

static void counting_stops_at_a_cap(void)
{
	uint64_t n;
	for (char key[] = "a"; key[0] <= 'j'; key[0]++)
		put(key);
	struct gw_query query = all_gates;
	query.limit = 2;
	query.offset = 3;
	assert_true(gw_store_count(store, &query, 0, &n, &err));
	assert_int_equal(n, 10);
	assert_true(gw_store_count(store, &query, 7, &n, &err));
	assert_int_equal(n, 7);
	assert_true(gw_store_count(store, &query, 70, &n, &err));
	assert_int_equal(n, 10);
}

/* What comes and goes later is not seen, also not by a count. */
static void a_snapshot_shows_one_moment(void)
{
	struct gw_snapshot *snapshot;
	uint64_t n;
	assert_true(gw_store_snapshot(store, &snapshot, &err));
	if (!snapshot)
		return;
	gw_store_release(store, snapshot);
	struct gw_op a = suite_op(GW_CREATE, "a", "{}"), b = suite_op(GW_CREATE, "b", "{}");
	must_write(&a);
	must_write(&b);
	put_flow("f", "company", 1);
	assert_true(gw_store_snapshot(store, &snapshot, &err));
	struct gw_op gone = suite_next(&a, NULL), next = suite_next(&b, "{\"new\":1}");
	must_write(&gone);
	must_write(&next);
	put("c");
	put_flow("g", "company", 1);
	struct gw_query query = all_gates;
	query.snapshot = snapshot;
	for (int i = 0; i < 2; i++)
		assert_keys(&query, "a b");
	assert_true(gw_store_count(store, &query, 0, &n, &err));
	assert_int_equal(n, 2);
	query.kind = &gw_kind_flow;
	assert_keys(&query, "f");
	query.limit = 10;
	assert_keys(&query, "f");
	gw_store_release(store, snapshot);
	query = all_gates;
	assert_keys(&query, "b c");
}

static void the_repository_tells_what_it_is(void)
{
	gw_auto_str text = { 0 };
	assert_true(gw_store_describe(store, &text, &err));
	assert_true(text.len > 5);
	assert_null(strchr(text.data, '\n'));
	assert_true(gw_store_sync_clock(store, &err));
}

const struct suite_case suite_read[] = {
	CASE(many_are_got_in_the_order_of_asking),
	CASE(keys_are_ordered_bytewise),
	CASE(all_tenants_come_by_tenant_and_key),
	CASE(nulls_come_last_and_ties_by_key),
	CASE(the_order_holds_with_a_filter_on_its_field),
	CASE(pages_by_number),
	CASE(paging_by_key_sees_each_record_once_while_others_write),
	CASE(a_stream_shows_what_was_there_when_it_began),
	CASE(a_stream_may_be_closed_early_and_many_open_at_once),
	CASE(keys_alone_leave_out_the_rest),
	CASE(counts_by_the_values_of_a_field),
	CASE(counting_stops_at_a_cap),
	CASE(a_snapshot_shows_one_moment),
	CASE(the_repository_tells_what_it_is),
	{ 0 },
};

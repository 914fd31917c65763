/* test_check.c - what is refused before a backend sees it */
#include "tests/unit/store/fixture.h"

static void assert_refused(struct gw_op op)
{
	unsigned before = gw_faults.calls[GW_FAULTY_WRITE];
	assert_false(gw_store_write_one(store, &op, &err));
	assert_int_equal(err.code, GW_INVALID);
	assert_int_equal(gw_faults.calls[GW_FAULTY_WRITE], before);
}

static void texts_that_are_no_texts_are_refused(void **state)
{
	(void)state;
	struct gw_op op = make_op(GW_CREATE, "k", "{}");
	op.record.doc = gw_slice("{\0}", 3);
	assert_refused(op);
	op.record.doc = gw_slice_of("\"\xff\"");
	assert_refused(op);
	op.record.doc = gw_slice_of("");
	assert_refused(op);
	op = make_op(GW_CREATE, "k\xc3", "{}");
	assert_refused(op);
	op.record.key = gw_slice("a\0b", 3);
	assert_refused(op);
	op.record.key = gw_slice_of("");
	assert_refused(op);
	op = make_op(GW_CREATE, "k", "{}");
	const struct gw_value bad = gw_value_string("\xed\xa0\x80");
	op.record.fields = &bad;
	assert_refused(op);
}

static void what_is_too_long_is_refused(void **state)
{
	(void)state;
	char key[GW_KEY_MAX + 2];
	memset(key, 'k', sizeof(key) - 1);
	key[GW_KEY_MAX + 1] = '\0';
	assert_refused(make_op(GW_CREATE, key, "{}"));
	key[GW_KEY_MAX] = '\0';
	struct gw_op longest = make_op(GW_CREATE, key, "{}");
	must_write(&longest);
	struct gw_op tenant = make_op(GW_CREATE, "k", "{}");
	tenant.record.tenant = gw_slice(key, GW_TENANT_MAX + 1);
	assert_refused(tenant);
}

static void assert_query_refused(const struct gw_query *query)
{
	uint64_t n;
	assert_null(gw_store_scan(store, query, &err));
	assert_int_equal(err.code, GW_INVALID);
	assert_false(gw_store_count(store, query, 0, &n, &err));
}

static void comparisons_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	const struct gw_value text = gw_value_string("a"), number = gw_value_number(1);
	const struct gw_filter bad[] = {
		{ .compare = GW_EQ, .field = "nothing", .values = &text, .n_values = 1 },
		{ .compare = GW_PREFIX, .field = "revision", .values = &number, .n_values = 1 },
		{ .compare = GW_EQ, .field = "revision", .values = &text, .n_values = 1 },
		{ .compare = GW_EQ, .field = "namespace", .values = &number, .n_values = 1 },
		{ .compare = GW_EQ, .field = "source", .values = &text, .n_values = 1 },
		{ .compare = GW_LT, .field = "disabled", .values = &number, .n_values = 1 },
	};
	for (size_t i = 0; i < GW_LEN(bad); i++) {
		const struct gw_filter not = {
			.compare = GW_NOT, .nested = &bad[i], .n_nested = 1
		};
		struct gw_query query = {
			.kind = &gw_kind_flow, .filters = &bad[i], .n_filters = 1
		};
		assert_query_refused(&query);
		query.filters = &not ;
		assert_query_refused(&query);
	}
}

static void orders_and_pages_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	const struct gw_order bad[] = { { .field = "labels" }, { .field = "source" },
		{ .field = "x" } };
	for (size_t i = 0; i < GW_LEN(bad); i++)
		assert_query_refused(&(struct gw_query){
			.kind = &gw_kind_flow, .orders = &bad[i], .n_orders = 1 });
	assert_query_refused(&(struct gw_query){
		.kind = &gw_kind_flow, .after = gw_slice_of("k") });
}

static void endless_nesting_is_refused(void **state)
{
	(void)state;
	struct gw_filter nots[40] = { 0 };
	for (size_t i = 0; i + 1 < GW_LEN(nots); i++)
		nots[i] = (struct gw_filter){
			.compare = GW_NOT, .nested = &nots[i + 1], .n_nested = 1
		};
	nots[39] = (struct gw_filter){ .compare = GW_IS_NULL, .field = "due" };
	assert_query_refused(&(struct gw_query){
		.kind = &gw_kind_flow, .filters = nots, .n_filters = 1 });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(texts_that_are_no_texts_are_refused),
		TEST(what_is_too_long_is_refused),
		TEST(comparisons_that_make_no_sense_are_refused),
		TEST(orders_and_pages_that_make_no_sense_are_refused),
		TEST(endless_nesting_is_refused),
	};
	return RUN(tests);
}

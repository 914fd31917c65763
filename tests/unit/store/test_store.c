/* test_store.c - claims whose answer was lost, deleting what matches, what is not there */
#include "tests/unit/store/fixture.h"

static void put_due(const char *key, gw_time due)
{
	struct gw_op op = make_op(GW_PUT, key, "{}");
	op.record.due = due;
	must_write(&op);
}

static size_t claim(gw_time now)
{
	struct gw_slice me = gw_slice_of("me");
	gw_auto_stream *s = gw_store_claim(store, &gw_kind_waiter, me, now, 10, &err);
	struct gw_record r;
	size_t n = 0;
	while (s && gw_stream_next(s, &r, &err) == GW_NEXT_RECORD) {
		assert_true(gw_slice_is(r.owner, "me"));
		n++;
	}
	return n;
}

static void what_is_not_there_is_not_found(void **state)
{
	(void)state;
	assert_doc("k", NULL);
	assert_int_equal(err.code, GW_NOT_FOUND);
}

static void what_a_lost_claim_took_comes_with_the_next(void **state)
{
	(void)state;
	put_due("a", 10);
	put_due("b", 10);
	gw_faults =
		(struct gw_faults){ .call = GW_FAULTY_CLAIM, .fault = GW_FAULT_AFTER, .times = 1 };
	assert_int_equal(claim(10), 0);
	assert_int_equal(err.code, GW_UNAVAILABLE);
	gw_faults.call = GW_FAULTY_SCAN;
	gw_faults.times = 1;
	assert_int_equal(claim(10), 0);
	assert_int_equal(claim(10), 2);
	assert_int_equal(claim(10), 0);
	put_due("c", 10);
	assert_int_equal(claim(10), 1);
}

static void all_that_match_are_deleted(void **state)
{
	(void)state;
	char key[16];
	for (int i = 0; i < 1203; i++) {
		snprintf(key, sizeof(key), "%s%04d", i % 2 ? "odd" : "even", i);
		put_due(key, GW_NEVER);
	}
	const struct gw_value even = gw_value_string("even");
	const struct gw_filter filter = {
		.compare = GW_PREFIX, .field = "key", .values = &even, .n_values = 1
	};
	struct gw_query query = { .kind = &gw_kind_waiter, .filters = &filter, .n_filters = 1 };
	uint64_t n;
	assert_true(gw_store_delete_where(store, &query, &n, &err));
	assert_int_equal(n, 602);
	query.n_filters = 0;
	assert_true(gw_store_count(store, &query, 0, &n, &err));
	assert_int_equal(n, 601);
}

static void replace_all(void *arg)
{
	(void)arg;
	gw_faults.hook = NULL;
	put_due("a", 20);
}

static void what_changes_while_deleting_is_deleted_too(void **state)
{
	(void)state;
	put_due("a", 10);
	put_due("b", 10);
	gw_faults = (struct gw_faults){
		.call = GW_FAULTY_WRITE, .fault = GW_FAULT_BEFORE, .times = 1, .hook = replace_all
	};
	const struct gw_query query = { .kind = &gw_kind_waiter };
	uint64_t n;
	assert_true(gw_store_delete_where(store, &query, &n, &err));
	assert_int_equal(n, 2);
	assert_doc("a", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_not_there_is_not_found),
		TEST(what_a_lost_claim_took_comes_with_the_next),
		TEST(all_that_match_are_deleted),
		TEST(what_changes_while_deleting_is_deleted_too),
	};
	return RUN(tests);
}

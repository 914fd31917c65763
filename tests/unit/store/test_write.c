/* test_write.c - lost answers, conflicts, patience */
#include "tests/unit/store/fixture.h"

#include "base/thread.h"

static void fail_writes(enum gw_fault fault, unsigned times)
{
	gw_faults = (struct gw_faults){ .call = GW_FAULTY_WRITE, .fault = fault, .times = times };
}

static const enum gw_fault losses[] = { GW_FAULT_BEFORE, GW_FAULT_AFTER, GW_FAULT_LATE };

static void a_lost_create_is_settled(void **state)
{
	(void)state;
	for (size_t i = 0; i < GW_LEN(losses); i++) {
		char key[8];
		snprintf(key, sizeof(key), "k%zu", i);
		struct gw_op create = make_op(GW_CREATE, key, "{\"n\":1}");
		fail_writes(losses[i], 1);
		must_write(&create);
		assert_doc(key, "{\"n\":1}");
		struct gw_op next = replace_op(&create, "{\"n\":2}");
		must_write(&next);
	}
}

static void a_lost_replace_is_settled(void **state)
{
	(void)state;
	struct gw_op op = make_op(GW_CREATE, "k", "{\"n\":0}");
	must_write(&op);
	for (size_t i = 0; i < GW_LEN(losses); i++) {
		char doc[16];
		snprintf(doc, sizeof(doc), "{\"n\":%zu}", i + 1);
		op = replace_op(&op, doc);
		fail_writes(losses[i], 1);
		must_write(&op);
		assert_doc("k", doc);
	}
}

static void a_lost_put_is_settled(void **state)
{
	(void)state;
	for (size_t i = 0; i < GW_LEN(losses); i++) {
		char doc[16];
		snprintf(doc, sizeof(doc), "{\"n\":%zu}", i);
		struct gw_op put = make_op(GW_PUT, "k", doc);
		fail_writes(losses[i], 1);
		must_write(&put);
		assert_doc("k", doc);
	}
}

static void a_lost_delete_is_settled(void **state)
{
	(void)state;
	for (size_t i = 0; i < GW_LEN(losses); i++) {
		struct gw_op create = make_op(GW_CREATE, "k", "{}");
		must_write(&create);
		struct gw_op delete = replace_op(&create, NULL);
		fail_writes(losses[i], 1);
		must_write(&delete);
		assert_doc("k", NULL);
	}
}

static void a_lost_group_is_settled_as_a_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < GW_LEN(losses); i++) {
		struct gw_op old[2] = { make_op(GW_PUT, "a", "{}"), make_op(GW_PUT, "b", "{}") };
		must_write(&old[0]);
		must_write(&old[1]);
		struct gw_op ops[] = { replace_op(&old[0], "{\"n\":2}"), replace_op(&old[1], NULL),
			make_op(GW_PUT, "c", "{\"n\":3}") };
		struct gw_group group = { ops, GW_LEN(ops) };
		fail_writes(losses[i], 1);
		assert_true(gw_store_write(store, &group, 1, 0, &err));
		for (size_t k = 0; k < GW_LEN(ops); k++)
			assert_int_equal(ops[k].outcome, GW_OP_DONE);
		assert_doc("a", "{\"n\":2}");
		assert_doc("b", NULL);
		assert_doc("c", "{\"n\":3}");
	}
}

static void overtake(void *arg)
{
	gw_faults.hook = NULL;
	must_write(arg);
}

static void who_was_overtaken_misses(void **state)
{
	(void)state;
	struct gw_op first = make_op(GW_CREATE, "k", "{\"n\":1}");
	must_write(&first);
	struct gw_op other = replace_op(&first, "{\"other\":1}");
	struct gw_op mine = replace_op(&first, "{\"mine\":1}");
	fail_writes(GW_FAULT_BEFORE, 1);
	gw_faults.hook = overtake;
	gw_faults.arg = &other;
	assert_false(gw_store_write_one(store, &mine, &err));
	assert_int_equal(err.code, GW_CONFLICT);
	assert_int_equal(mine.outcome, GW_OP_MISSED);
	assert_doc("k", "{\"other\":1}");
}

static void a_group_stands_though_one_record_was_changed_since(void **state)
{
	(void)state;
	struct gw_op first = make_op(GW_CREATE, "k", "{\"n\":1}");
	must_write(&first);
	struct gw_op ops[] = { replace_op(&first, "{\"n\":2}"), make_op(GW_CREATE, "l", "{}") };
	struct gw_op other = make_op(GW_PUT, "k", "{\"other\":1}");
	struct gw_group group = { ops, 2 };
	fail_writes(GW_FAULT_AFTER, 1);
	gw_faults.hook = overtake;
	gw_faults.arg = &other;
	assert_true(gw_store_write(store, &group, 1, 0, &err));
	assert_int_equal(ops[0].outcome, GW_OP_DONE);
	assert_int_equal(ops[1].outcome, GW_OP_DONE);
	assert_doc("k", "{\"other\":1}");
	struct gw_op blind = replace_op(&ops[0], "{\"n\":3}");
	assert_false(gw_store_write_one(store, &blind, &err));
}

static void the_same_bytes_under_another_owner_are_a_conflict(void **state)
{
	(void)state;
	struct gw_op other = make_op(GW_CREATE, "k", "{}"), mine = other;
	other.record.owner = gw_slice_of("other");
	mine.record.owner = gw_slice_of("me");
	fail_writes(GW_FAULT_BEFORE, 1);
	gw_faults.hook = overtake;
	gw_faults.arg = &other;
	assert_false(gw_store_write_one(store, &mine, &err));
	assert_int_equal(err.code, GW_CONFLICT);
}

static void losing_again_while_settling_changes_nothing(void **state)
{
	(void)state;
	struct gw_op create = make_op(GW_CREATE, "k", "{}");
	fail_writes(GW_FAULT_AFTER, 3);
	must_write(&create);
	struct gw_op replace = replace_op(&create, "{\"n\":1}");
	fail_writes(GW_FAULT_BEFORE, 3);
	must_write(&replace);
	assert_doc("k", "{\"n\":1}");
	assert_int_equal(gw_faults.calls[GW_FAULTY_WRITE], 4);
}

static void fail_reads(void *arg)
{
	(void)arg;
	gw_faults =
		(struct gw_faults){ .call = GW_FAULTY_GET, .fault = GW_FAULT_BEFORE, .times = 2 };
}

static void a_lost_read_while_settling_is_repeated(void **state)
{
	(void)state;
	struct gw_op create = make_op(GW_CREATE, "k", "{}");
	fail_writes(GW_FAULT_AFTER, 1);
	gw_faults.hook = fail_reads;
	must_write(&create);
	assert_int_equal(gw_faults.calls[GW_FAULTY_GET], 3);
}

static void patience_ends(void **state)
{
	(void)state;
	struct gw_op create = make_op(GW_CREATE, "k", "{}");
	struct gw_group group = { &create, 1 };
	fail_writes(GW_FAULT_BEFORE, 1000);
	assert_false(gw_store_write(store, &group, 1, 15, &err));
	assert_int_equal(err.code, GW_UNAVAILABLE);
	assert_int_equal(create.outcome, GW_OP_PENDING);
}

static void *give_up(void *arg)
{
	while (__atomic_load_n(&gw_faults.calls[GW_FAULTY_WRITE], __ATOMIC_RELAXED) < 2)
		sched_yield();
	gw_store_give_up(arg);
	return NULL;
}

static void endless_patience_ends_when_the_store_gives_up(void **state)
{
	(void)state;
	struct gw_op create = make_op(GW_CREATE, "k", "{}");
	struct gw_group group = { &create, 1 };
	pthread_t thread;
	fail_writes(GW_FAULT_BEFORE, 1000000);
	assert_true(gw_thread_start(&thread, "give up", give_up, store, &err));
	assert_false(gw_store_write(store, &group, 1, -1, &err));
	assert_int_equal(err.code, GW_UNAVAILABLE);
	pthread_join(thread, NULL);
}

static void without_transactions_a_group_goes_on_where_it_stopped(void **state)
{
	(void)state;
	gw_store_close(&store);
	open_store(GW_NO_TRANSACTIONS, false);
	for (size_t n = 0; n <= 3; n++) {
		struct gw_op guard = make_op(GW_PUT, "guard", "{}"),
			     old = make_op(GW_PUT, "b", "{}");
		must_write(&guard);
		must_write(&old);
		struct gw_op ops[] = { replace_op(&guard, "{\"n\":1}"),
			make_op(GW_PUT, "a", "{\"n\":2}"), replace_op(&old, NULL) };
		struct gw_group group = { ops, GW_LEN(ops) };
		fail_writes(GW_FAULT_PARTLY, 1);
		gw_faults.n_ops = n;
		assert_true(gw_store_write(store, &group, 1, 0, &err));
		for (size_t k = 0; k < GW_LEN(ops); k++)
			assert_int_equal(ops[k].outcome, GW_OP_DONE);
		assert_doc("guard", "{\"n\":1}");
		assert_doc("a", "{\"n\":2}");
		assert_doc("b", NULL);
		struct gw_op next = replace_op(&ops[0], "{}");
		must_write(&next);
	}
}

static void without_transactions_a_lost_guard_stops_its_group(void **state)
{
	(void)state;
	gw_store_close(&store);
	open_store(GW_NO_TRANSACTIONS, false);
	struct gw_op guard = make_op(GW_PUT, "guard", "{}");
	must_write(&guard);
	struct gw_op other = replace_op(&guard, "{\"other\":1}");
	struct gw_op ops[] = { replace_op(&guard, "{\"n\":1}"), make_op(GW_CREATE, "a", "{}") };
	struct gw_group group = { ops, GW_LEN(ops) };
	fail_writes(GW_FAULT_BEFORE, 1);
	gw_faults.hook = overtake;
	gw_faults.arg = &other;
	assert_true(gw_store_write(store, &group, 1, 0, &err));
	assert_int_equal(ops[0].outcome, GW_OP_MISSED);
	assert_int_equal(ops[1].outcome, GW_OP_SKIPPED);
	assert_doc("a", NULL);
}

static void what_holds_my_bytes_counts_as_mine(void **state)
{
	(void)state;
	struct gw_op ops[] = { make_op(GW_CREATE, "a", "{}"), make_op(GW_CREATE, "b", "{}") };
	struct gw_group groups[] = { { &ops[0], 1 }, { &ops[1], 1 } };
	must_write(&(struct gw_op){ .type = GW_CREATE, .record = ops[0].record });
	fail_writes(GW_FAULT_BEFORE, 1);
	assert_true(gw_store_write(store, groups, 2, 0, &err));
	assert_int_equal(ops[0].outcome, GW_OP_DONE);
	assert_int_equal(ops[1].outcome, GW_OP_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lost_create_is_settled),
		TEST(a_lost_replace_is_settled),
		TEST(a_lost_put_is_settled),
		TEST(a_lost_delete_is_settled),
		TEST(a_lost_group_is_settled_as_a_whole),
		TEST(who_was_overtaken_misses),
		TEST(a_group_stands_though_one_record_was_changed_since),
		TEST(the_same_bytes_under_another_owner_are_a_conflict),
		TEST(losing_again_while_settling_changes_nothing),
		TEST(a_lost_read_while_settling_is_repeated),
		TEST(patience_ends),
		TEST(endless_patience_ends_when_the_store_gives_up),
		TEST(without_transactions_a_group_goes_on_where_it_stopped),
		TEST(without_transactions_a_lost_guard_stops_its_group),
		TEST(what_holds_my_bytes_counts_as_mine),
	};
	return RUN(tests);
}

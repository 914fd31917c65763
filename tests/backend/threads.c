/* threads.c - cases: many at once, and who hears of it */
#include "tests/backend/suite.h"

#include "base/thread.h"

enum { THREADS = 8, STEPS = 40 };

static void run_threads(void *(*run)(void *))
{
	pthread_t threads[THREADS];
	static int numbers[THREADS];
	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		assert_true(gw_thread_start(&threads[i], "writer", run, &numbers[i], &err));
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static bool read_number(struct gw_record *r, void **hold, long *out, struct gw_error *e)
{
	if (!gw_store_get(store, &gw_kind_waiter, suite_key("counter"), r, hold, e))
		return false;
	gw_auto_free char *text = gw_slice_dup(r->doc);
	*out = strtol(text, NULL, 10);
	return true;
}

/* Reads, adds one, replaces; on a conflict once more. */
static bool add_one(void)
{
	struct gw_error e;
	struct gw_record r;
	gw_auto_free void *hold = NULL;
	long n;
	char doc[24];
	if (!read_number(&r, &hold, &n, &e))
		return false;
	snprintf(doc, sizeof(doc), "%ld", n + 1);
	struct gw_op op = { .type = GW_REPLACE, .record = r };
	op.record.doc = gw_slice_of(doc);
	return gw_store_write_one(store, &op, &e);
}

static void *count_up(void *arg)
{
	for (int i = 0; i < STEPS; i++)
		while (!add_one())
			;
	return arg;
}

static void eight_writers_on_one_key_lose_nothing(void)
{
	struct gw_op op = suite_op(GW_CREATE, "counter", "0");
	must_write(&op);
	run_threads(count_up);
	struct gw_record r;
	void *hold;
	long n;
	assert_true(read_number(&r, &hold, &n, &err));
	assert_int_equal(n, THREADS * STEPS);
	free(hold);
}

static int n_created[THREADS];

/* All try to create the same keys, each in a group with one of its own. */
static void *create_all(void *arg)
{
	int me = *(int *)arg;
	struct gw_error e;
	n_created[me] = 0;
	for (int i = 0; i < STEPS; i++) {
		char own[16], shared[16];
		snprintf(own, sizeof(own), "own-%d-%02d", me, i);
		snprintf(shared, sizeof(shared), "shared-%02d", i);
		struct gw_op ops[] = { suite_op(GW_CREATE, own, "{}"),
			suite_op(GW_CREATE, shared, "{}") };
		struct gw_group group = { ops, 2 };
		if (gw_store_write(store, &group, 1, 0, &e))
			n_created[me] += ops[0].outcome == GW_OP_DONE;
	}
	return NULL;
}

static uint64_t count_prefix(const char *prefix)
{
	const struct gw_value value = gw_value_string(prefix);
	const struct gw_filter filter = {
		.compare = GW_PREFIX, .field = "key", .values = &value, .n_values = 1
	};
	return suite_count(&(struct gw_query){
		.kind = &gw_kind_waiter, .filters = &filter, .n_filters = 1 });
}

static void of_eight_creators_one_wins(void)
{
	run_threads(create_all);
	int n = 0;
	for (int i = 0; i < THREADS; i++)
		n += n_created[i];
	assert_int_equal(n, STEPS);
	assert_int_equal(count_prefix("own-"), STEPS);
	assert_int_equal(count_prefix("shared-"), STEPS);
}

/* Batches over the same keys in different orders: nobody waits for ever. */
static void *put_backwards(void *arg)
{
	int me = *(int *)arg;
	struct gw_error e;
	struct gw_op ops[30];
	char keys[30][8];
	for (int step = 0; step < 10; step++) {
		for (int i = 0; i < 30; i++) {
			snprintf(keys[i], sizeof(keys[i]), "%02d", me % 2 ? i : 29 - i);
			ops[i] = suite_op(GW_PUT, keys[i], "{}");
		}
		struct gw_group groups[] = { { ops, 15 }, { ops + 15, 15 } };
		if (!gw_store_write(store, groups, 2, 1000, &e))
			print_error("%s\n", e.message);
		else
			n_created[me]++;
	}
	return NULL;
}

static void batches_that_cross_do_not_block_each_other(void)
{
	memset(n_created, 0, sizeof(n_created));
	run_threads(put_backwards);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(n_created[i], 10);
	assert_int_equal(suite_count(&(struct gw_query){ .kind = &gw_kind_waiter }), 30);
}

/* ---- Signals ---- */

/* What was signalled before may still be on its way. */
static void hear_the_rest(struct gw_store *node)
{
	while (gw_store_wait(node, 50))
		;
}

static void *signal_later(void *arg)
{
	gw_store_signal(arg);
	return NULL;
}

static void a_signal_is_heard_by_the_process_itself(void)
{
	pthread_t thread;
	hear_the_rest(store);
	assert_true(gw_thread_start(&thread, "signal", signal_later, store, &err));
	assert_true(gw_store_wait(store, 20000));
	pthread_join(thread, NULL);
}

static void a_signal_is_heard_by_other_nodes(void)
{
	pthread_t thread;
	struct gw_store *others[] = { suite_open(), suite_open() };
	for (int i = 0; i < 2; i++)
		hear_the_rest(others[i]);
	assert_true(gw_thread_start(&thread, "signal", signal_later, store, &err));
	for (int i = 0; i < 2; i++)
		assert_true(gw_store_wait(others[i], 20000));
	pthread_join(thread, NULL);
	for (int i = 0; i < 2; i++) {
		hear_the_rest(others[i]);
		assert_false(gw_store_wait(others[i], 10));
		gw_store_close(&others[i]);
	}
}

static void *wake_later(void *arg)
{
	gw_store_wake(arg);
	return NULL;
}

static void a_waiting_node_can_be_woken(void)
{
	pthread_t thread;
	hear_the_rest(store);
	assert_true(gw_thread_start(&thread, "wake", wake_later, store, &err));
	gw_store_wait(store, 600000);
	pthread_join(thread, NULL);
}

const struct suite_case suite_threads[] = {
	CASE(eight_writers_on_one_key_lose_nothing),
	CASE(of_eight_creators_one_wins),
	CASE(batches_that_cross_do_not_block_each_other),
	CASE(a_signal_is_heard_by_the_process_itself),
	SHARED_CASE(a_signal_is_heard_by_other_nodes),
	CASE(a_waiting_node_can_be_woken),
	{ 0 },
};

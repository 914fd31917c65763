/* faults.c - cases: a server that goes away, at once, in the middle, or without a word */
#include "tests/backend/suite.h"

#include "base/thread.h"
#include "tests/lib/proxy.h"

static struct gw_proxy *proxy;
static struct gw_store *direct; /* not through the proxy */

/* From here on the case's store speaks through the proxy. */
static void go_through_proxy(const char *patience)
{
	proxy = gw_proxy_open((int)strtol(getenv("GW_TEST_PORT"), NULL, 10), &err);
	assert_non_null(proxy);
	direct = store;
	suite_redirect(gw_proxy_port(proxy), patience);
	store = suite_open();
}

static void leave_proxy(void)
{
	gw_store_close(&store);
	gw_proxy_close(proxy);
	store = direct;
}

/* ---- Lost requests and answers ---- */

static const enum gw_proxy_fault losses[] = { GW_PROXY_CUT_REQUEST, GW_PROXY_CUT_ANSWER };

static void write_lossy(struct gw_op *ops, size_t n, enum gw_proxy_fault fault, const char *text)
{
	struct gw_group group = { ops, n };
	gw_proxy_set(proxy, fault, text, 0);
	bool ok = gw_store_write(store, &group, 1, 20000, &err);
	if (!ok)
		print_error("%s\n", err.message);
	assert_true(ok);
	assert_true(gw_proxy_happened(proxy));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ops[i].outcome, GW_OP_DONE);
}

static void a_commit_whose_answer_is_lost_counts_once(void)
{
	go_through_proxy("PT10S");
	for (int i = 0; i < 6; i++) {
		struct gw_op old[] = { suite_op(GW_PUT, "a", "{}"), suite_op(GW_PUT, "b", "{}") };
		must_write(&old[0]);
		must_write(&old[1]);
		char key[16];
		snprintf(key, sizeof(key), "new-%d", i);
		struct gw_op ops[] = { suite_next(&old[0], "{\"n\":2}"), suite_next(&old[1], NULL),
			suite_op(GW_CREATE, key, "{}"), suite_op(GW_PUT, "p", "{}") };
		write_lossy(ops, 4, losses[i % 2], suite_text(SUITE_COMMIT));
		assert_doc("a", "{\"n\":2}");
		assert_doc("b", NULL);
		assert_doc(key, "{}");
		struct gw_op next = suite_next(&ops[0], "{\"n\":3}");
		must_write(&next);
	}
	leave_proxy();
}

static void a_single_operation_whose_answer_is_lost_counts_once(void)
{
	go_through_proxy("PT10S");
	for (int i = 0; i < 6; i++) {
		struct gw_op op = suite_op(GW_CREATE, "warm", "{}");
		must_write(&op);
		op = suite_next(&op, "{\"n\":1}");
		must_write(&op);
		op = suite_next(&op, NULL);
		must_write(&op);
		/* All statements are prepared now: only what runs passes. */
		struct gw_op create = suite_op(GW_CREATE, "k", "{\"n\":1}");
		write_lossy(&create, 1, losses[i % 2], suite_text(SUITE_CREATE));
		assert_doc("k", "{\"n\":1}");
		struct gw_op replace = suite_next(&create, "{\"n\":2}");
		write_lossy(&replace, 1, losses[i % 2], suite_text(SUITE_REPLACE));
		assert_doc("k", "{\"n\":2}");
		struct gw_op delete = suite_next(&replace, NULL);
		write_lossy(&delete, 1, losses[i % 2], suite_text(SUITE_DELETE));
		assert_doc("k", NULL);
	}
	leave_proxy();
}

/* ---- Cut anywhere ---- */

enum { RECORDS = 30, STEP = 61 };

static void fill(void)
{
	for (int i = 0; i < RECORDS; i++) {
		char key[8];
		snprintf(key, sizeof(key), "%02d", i);
		struct gw_op op = suite_op(GW_PUT, key, "{\"some\":\"text\"}");
		must_write(&op);
	}
}

static bool cut_get(void)
{
	struct gw_record r;
	void *hold;
	if (!gw_store_get(store, &gw_kind_waiter, suite_key("07"), &r, &hold, &err))
		return false;
	assert_true(gw_slice_is(r.key, "07"));
	free(hold);
	return true;
}

static bool cut_get_many(void)
{
	const struct gw_key keys[] = { suite_key("20"), suite_key("none"), suite_key("03") };
	gw_auto_free struct gw_record *r = NULL;
	if (!gw_store_get_many(store, &gw_kind_waiter, keys, 3, &r, &err))
		return false;
	assert_true(gw_slice_is(r[0].key, "20"));
	assert_null(r[1].kind);
	assert_true(gw_slice_is(r[2].key, "03"));
	return true;
}

static bool scan_all(uint64_t limit)
{
	const struct gw_query query = { .kind = &gw_kind_waiter, .limit = limit };
	gw_auto_stream *s = gw_store_scan(store, &query, &err);
	struct gw_record r;
	unsigned n = 0;
	enum gw_next next = GW_NEXT_FAILED;
	while (s && (next = gw_stream_next(s, &r, &err)) == GW_NEXT_RECORD)
		n++;
	assert_true(next != GW_NEXT_DONE || n == RECORDS);
	return next == GW_NEXT_DONE;
}

static bool cut_page(void)
{
	return scan_all(100);
}

static bool cut_scan(void)
{
	return scan_all(0);
}

static bool cut_count(void)
{
	const struct gw_query query = { .kind = &gw_kind_waiter };
	uint64_t n;
	if (!gw_store_count(store, &query, 0, &n, &err))
		return false;
	assert_int_equal(n, RECORDS);
	return true;
}

static bool cut_clock(void)
{
	return gw_store_sync_clock(store, &err);
}

/* The operation with its connection cut after more and more bytes, until it is not cut at all. */
static void cut_everywhere(bool (*operation)(void))
{
	unsigned n_cut = 0;
	for (long bytes = 0;; bytes += STEP) {
		gw_proxy_set(proxy, GW_PROXY_CUT_BYTES, NULL, bytes);
		bool ok = operation();
		if (!ok && err.code != GW_UNAVAILABLE)
			print_error("%s\n", err.message);
		if (!ok)
			assert_int_equal(err.code, GW_UNAVAILABLE);
		bool was_cut = gw_proxy_happened(proxy);
		gw_proxy_set(proxy, GW_PROXY_NONE, NULL, 0);
		assert_true(ok || was_cut);
		assert_true(operation());
		if (!was_cut)
			break;
		n_cut++;
	}
	assert_true(n_cut > 0);
}

static void reads_cut_in_the_middle_fail_cleanly(void)
{
	static bool (*const operations[])(void) = { cut_get, cut_get_many, cut_page, cut_scan,
		cut_count, cut_clock };
	fill();
	go_through_proxy("PT10S");
	for (size_t i = 0; i < GW_LEN(operations); i++)
		cut_everywhere(operations[i]);
	leave_proxy();
}

static void writes_cut_in_the_middle_are_settled(void)
{
	go_through_proxy("PT10S");
	struct gw_op counter = suite_op(GW_PUT, "counter", "0");
	must_write(&counter);
	for (long bytes = 0, n = 1, cut = 1; cut; bytes += STEP, n++) {
		char doc[24], key[24];
		snprintf(doc, sizeof(doc), "%ld", n);
		snprintf(key, sizeof(key), "log-%ld", n);
		struct gw_op ops[] = { suite_next(&counter, doc), suite_op(GW_CREATE, key, "{}"),
			suite_op(GW_PUT, "p", doc) };
		struct gw_group group = { ops, 3 };
		gw_proxy_set(proxy, GW_PROXY_CUT_BYTES, NULL, bytes);
		bool written = gw_store_write(store, &group, 1, 20000, &err);
		if (!written)
			print_error("%s\n", err.message);
		assert_true(written);
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(ops[i].outcome, GW_OP_DONE);
		cut = gw_proxy_happened(proxy);
		gw_proxy_set(proxy, GW_PROXY_NONE, NULL, 0);
		assert_doc("counter", doc);
		assert_doc(key, "{}");
		assert_doc("p", doc);
		counter = ops[0];
	}
	leave_proxy();
}

static size_t claim_some(void)
{
	gw_auto_stream *s = gw_store_claim(store, &gw_kind_waiter, gw_slice_of("me"), 10, 4, &err);
	struct gw_record r;
	size_t n = 0;
	while (s && gw_stream_next(s, &r, &err) == GW_NEXT_RECORD)
		n++;
	return s ? n : SIZE_MAX;
}

static void nothing_claimed_is_lost_when_cut(void)
{
	go_through_proxy("PT10S");
	long bytes = 0;
	for (bool cut = true; cut; bytes += STEP) {
		for (int i = 0; i < 3; i++) {
			char key[] = { (char)('a' + i), '\0' };
			struct gw_op op = suite_op(GW_PUT, key, "{}");
			op.record.due = 5;
			must_write(&op);
		}
		gw_proxy_set(proxy, GW_PROXY_CUT_BYTES, NULL, bytes);
		size_t first = claim_some();
		cut = gw_proxy_happened(proxy);
		gw_proxy_set(proxy, GW_PROXY_NONE, NULL, 0);
		/* The lost claim may have taken them, or this one takes what is due. */
		size_t owned = first == SIZE_MAX ? claim_some() : first;
		if (first == SIZE_MAX && owned == 0)
			owned = claim_some();
		assert_int_equal(owned, 3);
	}
	assert_true(bytes > STEP);
	leave_proxy();
}

/* ---- Silence, restarts ---- */

static void a_silent_server_is_given_up(void)
{
	go_through_proxy("PT2S"); /* opening a busy server may take that long */
	struct gw_op op = suite_op(GW_CREATE, "k", "{}");
	must_write(&op);
	op = suite_next(&op, "{\"n\":1}");
	must_write(&op);
	op = suite_next(&op, "{\"n\":2}");
	struct gw_group group = { &op, 1 };
	gw_proxy_set(proxy, GW_PROXY_SILENT, NULL, 0);
	assert_false(gw_store_write(store, &group, 1, 0, &err));
	assert_int_equal(err.code, GW_UNAVAILABLE);
	assert_int_equal(op.outcome, GW_OP_PENDING);
	gw_proxy_set(proxy, GW_PROXY_NONE, NULL, 0);
	/* Whether it was written nobody knows: what was read before may be out of date. */
	struct gw_op again = suite_op(GW_PUT, "k", "{\"n\":3}");
	must_write(&again);
	assert_doc("k", "{\"n\":3}");
	leave_proxy();
}

static void restart_server(void)
{
	assert_true(gw_test_run(getenv("GW_TEST_RESTART")));
}

static void after_a_restart_all_goes_on(void)
{
	struct gw_op op = suite_op(GW_CREATE, "k", "{\"n\":1}");
	must_write(&op);
	restart_server();
	assert_doc("k", "{\"n\":1}");
	restart_server();
	op = suite_next(&op, "{\"n\":2}");
	must_write(&op);
	restart_server();
	assert_int_equal(suite_count(&(struct gw_query){ .kind = &gw_kind_waiter }), 1);
}

enum { COUNT_TO = 400 };

static void *count_patiently(void *arg)
{
	struct gw_error e;
	struct gw_op op = suite_op(GW_CREATE, "counter", "0");
	struct gw_group group = { &op, 1 };
	bool ok = gw_store_write(store, &group, 1, 60000, &e);
	for (int i = 1; ok && i <= COUNT_TO; i++) {
		char doc[16];
		snprintf(doc, sizeof(doc), "%d", i);
		op = suite_next(&op, doc);
		ok = gw_store_write(store, &group, 1, 60000, &e) && op.outcome == GW_OP_DONE;
		__atomic_store_n((int *)arg, i, __ATOMIC_RELAXED);
	}
	if (!ok)
		print_error("%s\n", e.message);
	return NULL;
}

static void a_writer_lives_through_restarts(void)
{
	pthread_t writer;
	int reached = 0;
	assert_true(gw_thread_start(&writer, "writer", count_patiently, &reached, &err));
	for (int i = 1; i <= 2; i++) {
		while (__atomic_load_n(&reached, __ATOMIC_RELAXED) < i * COUNT_TO / 4)
			sched_yield();
		restart_server();
	}
	pthread_join(writer, NULL);
	assert_int_equal(reached, COUNT_TO);
	gw_auto_free char *last = gw_sprintf("%d", COUNT_TO);
	assert_doc("counter", last);
}

static void who_listens_hears_again_after_a_cut(void)
{
	go_through_proxy("PT10S");
	while (gw_store_wait(store, 50))
		;
	gw_proxy_cut(proxy);
	if (suite_type->wait) /* connected anew: it may have missed something */
		assert_true(gw_store_wait(store, 20000));
	while (gw_store_wait(store, 50))
		;
	gw_store_signal(direct);
	assert_true(gw_store_wait(store, 20000));
	leave_proxy();
}

const struct suite_case suite_faults[] = {
	SERVER_CASE(a_commit_whose_answer_is_lost_counts_once),
	SERVER_CASE(a_single_operation_whose_answer_is_lost_counts_once),
	SERVER_CASE(reads_cut_in_the_middle_fail_cleanly),
	SERVER_CASE(writes_cut_in_the_middle_are_settled),
	SERVER_CASE(nothing_claimed_is_lost_when_cut),
	SERVER_CASE(a_silent_server_is_given_up),
	SERVER_CASE(after_a_restart_all_goes_on),
	SERVER_CASE(a_writer_lives_through_restarts),
	SERVER_CASE(who_listens_hears_again_after_a_cut),
	{ 0 },
};

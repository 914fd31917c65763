/* claim.c - cases: taking what is due */
#include "tests/backend/suite.h"

#include "base/fd.h"
#include "base/thread.h"

#include <sys/wait.h>
#include <unistd.h>

static void put_due(const char *key, gw_time due)
{
	struct gw_op op = suite_op(GW_CREATE, key, "{}");
	op.record.due = due;
	must_write(&op);
}

/* What a claim yields, in its order, separated by blanks. */
static char *claim(struct gw_store *s, const char *owner, gw_time now, size_t limit)
{
	struct gw_error claim_err;
	gw_auto_stream *claimed =
		gw_store_claim(s, &gw_kind_waiter, gw_slice_of(owner), now, limit, &claim_err);
	struct gw_record r;
	struct gw_str keys = { 0 };
	while (claimed && gw_stream_next(claimed, &r, &claim_err) == GW_NEXT_RECORD)
		gw_str_printf(&keys, "%.*s ", GW_SLICE(r.key));
	return gw_str_steal(&keys);
}

static void assert_claimed(gw_time now, size_t limit, const char *keys)
{
	gw_auto_free char *claimed = claim(store, "me", now, limit);
	assert_string_equal(claimed, keys);
}

static void the_earliest_due_are_claimed_first(void)
{
	put_due("late", 100);
	put_due("b", 20);
	put_due("a", 30);
	put_due("c", 10);
	put_due("never", GW_NEVER);
	put_due("old", -5);
	assert_claimed(30, 2, "old c ");
	assert_claimed(30, 10, "b a ");
	assert_claimed(30, 10, "");
	assert_claimed(99, 10, "");
	assert_claimed(100, 10, "late ");
}

static void a_claimed_record_is_owned_and_not_due(void)
{
	struct gw_op op = suite_op(GW_CREATE, "k", "{\"n\":1}");
	op.record.due = 10;
	must_write(&op);
	gw_auto_stream *s = gw_store_claim(store, &gw_kind_waiter, gw_slice_of("me"), 10, 1, &err);
	struct gw_record r, stored;
	assert_int_equal(gw_stream_next(s, &r, &err), GW_NEXT_RECORD);
	assert_true(gw_slice_is(r.owner, "me"));
	assert_true(gw_slice_is(r.doc, "{\"n\":1}"));
	assert_true(r.due == GW_NEVER);
	assert_false(gw_version_equal(r.version, op.version));
	void *hold;
	assert_true(gw_store_get(store, &gw_kind_waiter, suite_key("k"), &stored, &hold, &err));
	assert_same(&r, &stored);
	assert_true(gw_version_equal(r.version, stored.version));
	free(hold);
	struct gw_op release = { .type = GW_REPLACE, .record = r };
	release.record.owner = gw_slice(NULL, 0);
	release.record.due = 20;
	must_write(&release);
	assert_claimed(20, 1, "k ");
}

static void who_wrote_before_a_claim_misses_after_it(void)
{
	struct gw_op op = suite_op(GW_CREATE, "k", "{}");
	op.record.due = 10;
	must_write(&op);
	assert_claimed(10, 1, "k ");
	struct gw_op late = suite_next(&op, "{\"n\":2}");
	must_miss(&late);
}

static void what_is_owned_is_not_claimed(void)
{
	struct gw_op op = suite_op(GW_CREATE, "k", "{}");
	op.record.due = 10;
	op.record.owner = gw_slice_of("other");
	must_write(&op);
	assert_claimed(10, 1, "");
}

static void claims_are_by_kind_and_over_all_tenants(void)
{
	static const char *const tenants[] = { "", "a", "b" };
	for (size_t i = 0; i < 3; i++) {
		struct gw_op op = suite_op(GW_CREATE, "k", "{}");
		op.record.tenant = gw_slice_of(tenants[i]);
		op.record.due = (gw_time)i;
		must_write(&op);
		op.record.kind = &gw_kind_action;
		must_write(&op);
	}
	assert_claimed(10, 10, "k k k ");
}

static void owners_and_dues_can_be_searched_for(void)
{
	for (int i = 0; i < 6; i++) {
		char key[] = { (char)('a' + i), '\0' };
		struct gw_op op = suite_op(GW_CREATE, key, "{}");
		op.record.due = i < 3 ? i : GW_NEVER;
		op.record.owner = gw_slice_of(i == 3 ? "me" : i == 4 ? "you" : NULL);
		must_write(&op);
	}
	const struct gw_value me = gw_value_string("me"), one = gw_value_number(1);
	const struct gw_filter no_owner = { .compare = GW_IS_NULL, .field = "owner" };
	const struct gw_filter cases[] = {
		{ .compare = GW_EQ, .field = "owner", .values = &me, .n_values = 1 },
		{ .compare = GW_GE, .field = "due", .values = &one, .n_values = 1 },
		{ .compare = GW_IS_NULL, .field = "due" },
		{ .compare = GW_NOT, .nested = &no_owner, .n_nested = 1 },
	};
	static const char *const found[] = { "d", "b c", "d e f", "d e" };
	for (size_t i = 0; i < GW_LEN(cases); i++)
		assert_keys(&(struct gw_query){ .kind = &gw_kind_waiter,
				    .filters = &cases[i],
				    .n_filters = 1 },
			found[i]);
}

/* ---- Several claim at once ---- */

enum { ITEMS = 1000, CLAIMERS = 4 };

static void put_items(void)
{
	static struct gw_op ops[ITEMS];
	static struct gw_group groups[ITEMS];
	static char keys[ITEMS][8];
	for (int i = 0; i < ITEMS; i++) {
		snprintf(keys[i], sizeof(keys[i]), "%04d", i);
		ops[i] = suite_op(GW_CREATE, keys[i], "{}");
		ops[i].record.due = i / 10;
		groups[i] = (struct gw_group){ &ops[i], 1 };
	}
	assert_true(gw_store_write(store, groups, ITEMS, 0, &err));
}

static void claim_all(struct gw_store *s, const char *owner, struct gw_str *out)
{
	for (bool more = true; more;) {
		gw_auto_free char *keys = claim(s, owner, ITEMS, 7);
		gw_str_puts(out, keys);
		more = keys[0] != '\0';
	}
}

/* Every item is named exactly once. */
static void assert_each_once(const char *names)
{
	char seen[ITEMS] = { 0 };
	unsigned n = 0;
	for (const char *at = names; *at; at += 5, n++)
		seen[strtol(at, NULL, 10)]++;
	assert_int_equal(n, ITEMS);
	for (int i = 0; i < ITEMS; i++)
		assert_int_equal(seen[i], 1);
}

static _Noreturn void claim_in_child(int fd, const char *owner)
{
	struct gw_store *own = gw_store_open(suite_type, suite_settings, &err);
	gw_auto_str names = { 0 };
	if (!own)
		_exit(1);
	claim_all(own, owner, &names);
	gw_store_close(&own);
	_exit(!gw_fd_write_all(fd, gw_str_text(&names), names.len, &err));
}

static void two_processes_claim_nothing_twice(void)
{
	static const char *const owners[] = { "one", "two" };
	int pipes[2];
	pid_t children[2];
	gw_auto_str names = { 0 };
	put_items();
	gw_store_close(&store);
	assert_int_equal(pipe(pipes), 0);
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] == 0)
			claim_in_child(pipes[1], owners[i]);
	}
	close(pipes[1]);
	assert_true(gw_fd_read_all(pipes[0], 1 << 20, &names, &err));
	close(pipes[0]);
	for (int i = 0; i < 2; i++) {
		int status;
		waitpid(children[i], &status, 0);
		assert_int_equal(status, 0);
	}
	assert_each_once(gw_str_text(&names));
}

struct claimer {
	pthread_t thread;
	char owner[8];
	struct gw_str names;
};

static void *run_claimer(void *arg)
{
	struct claimer *claimer = arg;
	claim_all(store, claimer->owner, &claimer->names);
	return NULL;
}

static void threads_claim_nothing_twice(void)
{
	struct claimer claimers[CLAIMERS] = { 0 };
	gw_auto_str names = { 0 };
	put_items();
	for (int i = 0; i < CLAIMERS; i++) {
		snprintf(claimers[i].owner, sizeof(claimers[i].owner), "o%d", i);
		assert_true(gw_thread_start(&claimers[i].thread, "claimer", run_claimer,
			&claimers[i], &err));
	}
	for (int i = 0; i < CLAIMERS; i++) {
		pthread_join(claimers[i].thread, NULL);
		gw_str_puts(&names, gw_str_text(&claimers[i].names));
		gw_str_clear(&claimers[i].names);
	}
	assert_each_once(gw_str_text(&names));
}

const struct suite_case suite_claim[] = {
	CASE(the_earliest_due_are_claimed_first),
	CASE(a_claimed_record_is_owned_and_not_due),
	CASE(who_wrote_before_a_claim_misses_after_it),
	CASE(what_is_owned_is_not_claimed),
	CASE(claims_are_by_kind_and_over_all_tenants),
	CASE(owners_and_dues_can_be_searched_for),
	CASE(threads_claim_nothing_twice),
	SHARED_CASE(two_processes_claim_nothing_twice),
	{ 0 },
};

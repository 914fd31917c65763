/* test_transfer.c - two repositories: compared, and one moved into the other */
#include "tests/unit/backup/site.h"

#include "backup/recover.h"
#include "base/clock.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static struct gw_comparison compare(void)
{
	struct gw_comparison c = { .data = true };
	assert_true(gw_backup_compare(from.store, to.store, &c, &err));
	return c;
}

static void differences_are_counted(void **state)
{
	(void)state;
	put_flow(&from, "a", 1, "{}");
	put_flow(&to, "a", 1, "{}");
	assert_int_equal(compare().n_changed, 0);
	put_flow(&from, "b", 1, "{}");
	put_flow(&from, "c", 1, "{\"from\":1}");
	put_flow(&to, "c", 1, "{\"to\":1}");
	put_flow(&to, "d", 1, "{}");
	struct gw_comparison c = compare();
	assert_int_equal(c.n_missing, 2); /* head and revision of b */
	assert_int_equal(c.n_extra, 2);
	assert_int_equal(c.n_changed, 2);
	assert_false(gw_tally_equal(gw_tally_find(&c.from, "flow"), gw_tally_find(&c.to, "flow")));
}

static void digests_do_not_depend_on_the_order(void **state)
{
	(void)state;
	struct gw_tally a = { 0 }, b = { 0 };
	const struct gw_slice t = gw_slice_of("t");
	gw_tally_add(&a, t, gw_slice_of("1"), gw_slice_of("x"));
	gw_tally_add(&a, t, gw_slice_of("2"), gw_slice_of("y"));
	gw_tally_add(&b, t, gw_slice_of("2"), gw_slice_of("y"));
	assert_false(gw_tally_equal(&a, &b));
	gw_tally_add(&b, t, gw_slice_of("1"), gw_slice_of("x"));
	assert_true(gw_tally_equal(&a, &b));
	gw_tally_add(&a, t, gw_slice_of("1x"), gw_slice_of(""));
	gw_tally_add(&b, t, gw_slice_of("1"), gw_slice_of("x"));
	assert_false(gw_tally_equal(&a, &b));
}

static void what_is_moved_is_the_same_and_can_be_moved_again(void **state)
{
	(void)state;
	struct gw_migration m = { 0 };
	put_flow(&from, "a", 1, "{}");
	put_flow(&from, "b", 1, "{}");
	put(&from, (struct gw_record){ &gw_kind_gate, gw_slice_of("main"),
			   gw_slice_of("company.team/a"), { 0 }, GW_NEVER, { 0 }, NULL,
			   gw_slice_of("{}") });
	put(&from, (struct gw_record){ &gw_kind_node, gw_slice_of(""), gw_slice_of("n"), { 0 },
			   GW_NEVER, { 0 }, NULL, gw_slice_of("{}") });
	assert_true(gw_backup_migrate(from.store, to.store, &m, &err));
	assert_int_equal(m.total.by[GW_CHANGE_CREATE], 5);
	struct gw_comparison c = compare();
	assert_int_equal(c.n_missing + c.n_extra + c.n_changed, 0);
	gw_auto_free struct gw_record *node = find(&to, &gw_kind_node, "", "n");
	assert_null(node->kind);
	assert_true(gw_backup_migrate(from.store, to.store, &m, &err));
	assert_int_equal(m.total.by[GW_CHANGE_SAME], 5);
}

static void what_only_the_target_has_stays_unless_wanted(void **state)
{
	(void)state;
	struct gw_migration m = { 0 };
	put_flow(&to, "a", 1, "{}");
	assert_true(gw_backup_migrate(from.store, to.store, &m, &err));
	assert_int_equal(m.n_extra, 2);
	expect_doc(&to, &gw_kind_flow, "company.team/a", "{}");
	m.deletes = true;
	assert_true(gw_backup_migrate(from.store, to.store, &m, &err));
	expect_doc(&to, &gw_kind_flow, "company.team/a", NULL);
}

/* ---- Recovery ---- */

static void what_vanished_servers_had_is_given_back(void **state)
{
	(void)state;
	struct gw_recovery r = { .forget_executions = true };
	struct gw_value x[GW_EXECUTION_N] = { 0 }, t[GW_TRIGGER_N] = { 0 };
	x[GW_EXECUTION_TASKRUNS] = gw_value_number(0);
	t[GW_TRIGGER_EXECUTION] = gw_value_string("x1");
	put(&from, (struct gw_record){ &gw_kind_action, gw_slice_of("main"), gw_slice_of("x1/1"),
			   { 0 }, GW_NEVER, { 0 }, NULL, gw_slice_of("{}") });
	put(&from, (struct gw_record){ &gw_kind_execution, gw_slice_of("main"), gw_slice_of("x1"),
			   { 0 }, GW_NEVER, gw_slice_of("gone"), x, gw_slice_of("{}") });
	put(&from,
		(struct gw_record){ &gw_kind_taskrun, gw_slice_of("main"), gw_slice_of("x1/000000"),
			{ 0 }, GW_NEVER, { 0 }, NULL, gw_slice_of("{}") });
	put(&from, (struct gw_record){ &gw_kind_trigger, gw_slice_of("main"), gw_slice_of("n/f/t"),
			   { 0 }, GW_NEVER, gw_slice_of("gone"), t,
			   gw_slice_of("{\"executionId\":\"x1\",\"disabled\":false}") });
	assert_true(gw_backup_recover(from.store, &r, &err));
	assert_int_equal(r.actions, 1);
	assert_int_equal(r.executions, 1);
	assert_int_equal(r.counts, 1);
	assert_int_equal(r.triggers, 2); /* the owner, then the execution */
	gw_auto_free struct gw_record *exec = find(&from, &gw_kind_execution, "main", "x1");
	assert_null(exec->owner.data);
	assert_int_equal(exec->due, 0);
	assert_int_equal(exec->fields[GW_EXECUTION_TASKRUNS].number, 1);
	expect_doc(&from, &gw_kind_trigger, "n/f/t", "{\"disabled\":false}");
}

static void *renew(void *arg)
{
	for (int i = 0; !atomic_load((atomic_bool *)arg); i++) {
		struct gw_error own;
		gw_auto_free char *doc = gw_sprintf("%d", i);
		struct gw_op op = { .type = GW_PUT,
			.record = { .kind = &gw_kind_node,
				.tenant = gw_slice_of(""),
				.key = gw_slice_of("n"),
				.due = GW_NEVER,
				.doc = gw_slice_of(doc) } };
		gw_store_write_one(from.store, &op, &own);
		sched_yield();
	}
	return NULL;
}

static void a_repository_that_is_worked_on_is_left_alone(void **state)
{
	(void)state;
	pthread_t thread;
	atomic_bool stop = false;
	struct gw_recovery r = { 0 };
	put(&from, (struct gw_record){ &gw_kind_node, gw_slice_of(""), gw_slice_of("n"), { 0 },
			   GW_NEVER, { 0 }, NULL, gw_slice_of("{}") });
	assert_int_equal(pthread_create(&thread, NULL, renew, &stop), 0);
	bool recovered = gw_backup_recover(from.store, &r, &err);
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	assert_false(recovered);
	assert_int_equal(err.code, GW_CONFLICT);
}

/* ---- Archives in the storage ---- */

static void back_up(int64_t second, const char *tenant)
{
	struct gw_backup_result result;
	const struct gw_backup_request request = { .tenant = tenant,
		.selection = { .since = GW_NEVER, .until = GW_NEVER } };
	gw_clock_fake(second * GW_SECOND);
	assert_true(gw_backup_create(&from, &request, &result, &err));
	gw_clock_fake(GW_NEVER);
	gw_backup_result_clear(&result);
}

static void ignore(const char *uri)
{
	(void)uri;
}

static void pruning_keeps_the_newest_of_each_folder(void **state)
{
	(void)state;
	size_t n;
	gw_auto_backup_list list = { 0 };
	for (int i = 0; i < 3; i++)
		back_up(1726590792 + i / 2, NULL);
	back_up(1726590792, "main");
	assert_true(gw_backup_prune(from.storage, 2, ignore, &n, &err));
	assert_int_equal(n, 1);
	assert_true(gw_backup_list(from.storage, &list, &err));
	assert_int_equal(list.n, 3);
	assert_string_equal(list.items[0].uri,
		"kestra:///backups/full/backup-20240917163312-2.kestra");
	assert_string_equal(list.items[1].uri,
		"kestra:///backups/full/backup-20240917163313.kestra");
	assert_string_equal(list.items[2].uri,
		"kestra:///backups/tenants/main/backup-20240917163312.kestra");
	assert_string_equal(json_string_value(json_object_get(list.items[2].header, "type")),
		"TENANT");
}

static void only_backups_are_deleted(void **state)
{
	(void)state;
	back_up(1726590792, NULL);
	assert_false(gw_backup_delete(from.storage, "kestra:///backups/full", &err));
	assert_false(gw_backup_delete(from.storage, "kestra:///main/x.kestra", &err));
	assert_false(gw_backup_delete(from.storage, "kestra:///backups/../main/x.kestra", &err));
	assert_false(gw_backup_delete(from.storage, "/etc/passwd", &err));
	assert_true(gw_backup_delete(from.storage,
		"kestra:///backups/full/backup-20240917163312.kestra", &err));
	assert_false(gw_backup_delete(from.storage,
		"kestra:///backups/full/backup-20240917163312.kestra", &err));
	assert_int_equal(err.code, GW_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(differences_are_counted),
		TEST(digests_do_not_depend_on_the_order),
		TEST(what_is_moved_is_the_same_and_can_be_moved_again),
		TEST(what_only_the_target_has_stays_unless_wanted),
		TEST(what_vanished_servers_had_is_given_back),
		TEST(a_repository_that_is_worked_on_is_left_alone),
		TEST(pruning_keeps_the_newest_of_each_folder),
		TEST(only_backups_are_deleted),
	};
	return RUN(tests);
}

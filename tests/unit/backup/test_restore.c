/* test_restore.c - backups of one repository, restored into another */
#include "tests/unit/backup/site.h"

#include "base/clock.h"

static const struct gw_backup_request everything = {
	.data = true, .key = KEY, .selection = { .since = GW_NEVER, .until = GW_NEVER }
};

static char *back_up(const struct gw_backup_request *request)
{
	struct gw_backup_result result;
	assert_true(gw_backup_create(&from, request, &result, &err));
	assert_true(result.one_moment);
	char *uri = gw_steal(&result.uri);
	gw_backup_result_clear(&result);
	return uri;
}

static struct gw_restore_request request_of(void)
{
	return (struct gw_restore_request){ .key = KEY,
		.selection = { .since = GW_NEVER, .until = GW_NEVER } };
}

static bool restore(const char *uri, const struct gw_restore_request *request,
	struct gw_restore_count *total)
{
	struct gw_restore_result result;
	bool ok = gw_backup_restore(&to, uri, request, &result, &err);
	*total = result.total;
	gw_restore_result_clear(&result);
	return ok;
}

static void put_trigger(struct gw_site *site, gw_time next)
{
	gw_auto_str doc = { 0 };
	gw_auto_str date = { 0 };
	struct gw_value fields[GW_TRIGGER_N] = { 0 };
	gw_time_print(&date, next);
	gw_str_printf(&doc,
		"{\"namespace\":\"company.team\",\"flowId\":\"a\",\"triggerId\":\"t\","
		"\"nextExecutionDate\":\"%s\",\"disabled\":false}",
		gw_str_text(&date));
	fields[GW_TRIGGER_NAMESPACE] = gw_value_string("company.team");
	fields[GW_TRIGGER_NEXT] = gw_value_time(next);
	fields[GW_TRIGGER_DISABLED] = gw_value_number(0);
	put(site, (struct gw_record){ &gw_kind_trigger, gw_slice_of("main"),
			  gw_slice_of("company.team/a/t"), { 0 }, next, { 0 }, fields,
			  gw_str_slice(&doc) });
}

#define RUNNING                                                                    \
	"{\"current\":\"RUNNING\",\"histories\":[{\"state\":\"CREATED\",\"date\":" \
	"\"2024-12-20T10:00:00Z\"},{\"state\":\"RUNNING\",\"date\":\"2024-12-20T10:00:01Z\"}]}"

static void put_running(struct gw_site *site)
{
	struct gw_value fields[GW_EXECUTION_N] = { 0 }, run[GW_TASKRUN_N] = { 0 };
	fields[GW_EXECUTION_NAMESPACE] = gw_value_string("company.team");
	fields[GW_EXECUTION_FLOW] = gw_value_string("a");
	fields[GW_EXECUTION_STATE] = run[GW_TASKRUN_STATE] = gw_value_string("RUNNING");
	run[GW_TASKRUN_TASK] = gw_value_string("t");
	put(site, (struct gw_record){ &gw_kind_taskrun, gw_slice_of("main"),
			  gw_slice_of("x1/000000"), { 0 }, GW_NEVER, { 0 }, run,
			  gw_slice_of("{\"id\":\"r\",\"attempts\":[{\"state\":" RUNNING
				      "}],\"state\":" RUNNING "}") });
	put(site, (struct gw_record){ &gw_kind_execution, gw_slice_of("main"), gw_slice_of("x1"),
			  { 0 }, GW_NEVER, gw_slice_of("node"), fields,
			  gw_slice_of("{\"id\":\"x1\",\"state\":" RUNNING
				      ",\"godwit\":{\"gate\":\"company.team/a\"}}") });
}

/* ---- Tests ---- */

static void everything_comes_back_byte_for_byte(void **state)
{
	(void)state;
	struct gw_restore_count total;
	const struct gw_restore_request request = request_of();
	put_flow(&from, "a", 1, "{\"id\" : \"a\", \"one\":1.0}");
	put_flow(&from, "a", 2, "{\"id\":\"a\",\"ä\":2}");
	put_trigger(&from, gw_clock_now() + 3600 * GW_SECOND);
	gw_auto_free char *uri = back_up(&everything);
	assert_true(restore(uri, &request, &total));
	assert_int_equal(total.read, 4);
	assert_int_equal(total.by[GW_CHANGE_CREATE], 4);
	expect_doc(&to, &gw_kind_flow, "company.team/a", "{\"id\":\"a\",\"ä\":2}");
	expect_doc(&to, &gw_kind_flow_revision, "company.team/a/000001",
		"{\"id\" : \"a\", \"one\":1.0}");
	assert_true(restore(uri, &request, &total));
	assert_int_equal(total.by[GW_CHANGE_SAME], 4);
}

static void conflicts_end_as_wanted(void **state)
{
	(void)state;
	struct gw_restore_count total;
	struct gw_restore_request request = request_of();
	put_flow(&from, "a", 2, "{\"mine\":1}");
	gw_auto_free char *uri = back_up(&everything);
	put_flow(&to, "a", 2, "{\"theirs\":1}");
	request.on_conflict = GW_FAIL;
	assert_false(restore(uri, &request, &total));
	assert_int_equal(err.code, GW_CONFLICT);
	request.on_conflict = GW_SKIP;
	assert_true(restore(uri, &request, &total));
	assert_int_equal(total.by[GW_CHANGE_SKIP], 2);
	request.on_conflict = GW_NEWER;
	assert_true(restore(uri, &request, &total));
	assert_int_equal(total.by[GW_CHANGE_SKIP], 2);
	expect_doc(&to, &gw_kind_flow, "company.team/a", "{\"theirs\":1}");
	request.on_conflict = GW_OVERWRITE;
	request.dry_run = true;
	assert_true(restore(uri, &request, &total));
	assert_int_equal(total.by[GW_CHANGE_UPDATE], 2);
	expect_doc(&to, &gw_kind_flow, "company.team/a", "{\"theirs\":1}");
	request.dry_run = false;
	assert_true(restore(uri, &request, &total));
	expect_doc(&to, &gw_kind_flow, "company.team/a", "{\"mine\":1}");
}

static void an_older_flow_takes_later_revisions_away(void **state)
{
	(void)state;
	struct gw_restore_count total;
	const struct gw_restore_request request = request_of();
	put_flow(&from, "a", 1, "{\"r\":1}");
	gw_auto_free char *uri = back_up(&everything);
	put_flow(&to, "a", 1, "{\"r\":1}");
	put_flow(&to, "a", 2, "{\"r\":2}");
	assert_true(restore(uri, &request, &total));
	expect_doc(&to, &gw_kind_flow, "company.team/a", "{\"r\":1}");
	expect_doc(&to, &gw_kind_flow_revision, "company.team/a/000001", "{\"r\":1}");
	expect_doc(&to, &gw_kind_flow_revision, "company.team/a/000002", NULL);
}

static void missed_dates_are_skipped_unless_wanted(void **state)
{
	(void)state;
	struct gw_restore_count total;
	struct gw_restore_request request = request_of();
	put_trigger(&from, gw_clock_now() - 30 * 86400 * GW_SECOND);
	gw_auto_free char *uri = back_up(&everything);
	assert_true(restore(uri, &request, &total));
	gw_auto_free struct gw_record *kept =
		find(&to, &gw_kind_trigger, "main", "company.team/a/t");
	assert_non_null(memmem(kept->doc.data, kept->doc.len, "\"skipMissed\":true", 17));
	request.triggers = GW_TRIGGERS_PAUSE;
	assert_true(restore(uri, &request, &total));
	gw_auto_free struct gw_record *paused =
		find(&to, &gw_kind_trigger, "main", "company.team/a/t");
	assert_non_null(memmem(paused->doc.data, paused->doc.len, "\"disabled\":true", 15));
	assert_int_equal(paused->fields[GW_TRIGGER_DISABLED].number, 1);
	assert_int_equal(paused->due, GW_NEVER);
	request.triggers = GW_TRIGGERS_RECOVER;
	assert_true(restore(uri, &request, &total));
	gw_auto_free struct gw_record *raw =
		find(&to, &gw_kind_trigger, "main", "company.team/a/t");
	assert_null(memmem(raw->doc.data, raw->doc.len, "skipMissed", 10));
}

static void what_ran_ends_killed_with_a_log_line(void **state)
{
	(void)state;
	struct gw_restore_count total;
	const struct gw_restore_request request = request_of();
	put_running(&from);
	gw_auto_free char *uri = back_up(&everything);
	for (int i = 0; i < 2; i++)
		assert_true(restore(uri, &request, &total));
	assert_int_equal(total.by[GW_CHANGE_SAME], 2);
	gw_auto_free struct gw_record *x = find(&to, &gw_kind_execution, "main", "x1");
	gw_auto_free struct gw_record *run = find(&to, &gw_kind_taskrun, "main", "x1/000000");
	gw_auto_free struct gw_record *line = find(&to, &gw_kind_log, "main", "x1/-/0/~restored");
	assert_true(gw_slice_is(x->fields[GW_EXECUTION_STATE].text, "KILLED"));
	assert_null(x->owner.data);
	assert_int_equal(x->due, GW_NEVER);
	assert_null(memmem(x->doc.data, x->doc.len, "gate", 4));
	assert_true(gw_slice_is(run->fields[GW_TASKRUN_STATE].text, "KILLED"));
	assert_non_null(memmem(line->doc.data, line->doc.len, "--running resume", 16));
}

static void what_ran_goes_on_if_wanted(void **state)
{
	(void)state;
	struct gw_restore_count total;
	struct gw_restore_request request = request_of();
	request.running = GW_RUNNING_RESUME;
	put_running(&from);
	gw_auto_free char *uri = back_up(&everything);
	assert_true(restore(uri, &request, &total));
	gw_auto_free struct gw_record *x = find(&to, &gw_kind_execution, "main", "x1");
	assert_true(gw_slice_is(x->fields[GW_EXECUTION_STATE].text, "RUNNING"));
	assert_null(x->owner.data);
	assert_int_equal(x->due, 0);
}

static void who_waited_in_a_queue_asks_again(void **state)
{
	(void)state;
	struct gw_restore_count total;
	struct gw_restore_request request = request_of();
	struct gw_value fields[GW_EXECUTION_N] = { 0 };
	fields[GW_EXECUTION_NAMESPACE] = gw_value_string("company.team");
	fields[GW_EXECUTION_STATE] = gw_value_string("QUEUED");
	put(&from, (struct gw_record){ &gw_kind_execution, gw_slice_of("main"), gw_slice_of("x2"),
			   { 0 }, GW_NEVER, { 0 }, fields,
			   gw_slice_of("{\"id\":\"x2\",\"state\":{\"current\":\"QUEUED\","
				       "\"histories\":[{\"state\":\"CREATED\",\"date\":"
				       "\"2024-12-20T10:00:00Z\"},{\"state\":\"QUEUED\","
				       "\"date\":\"2024-12-20T10:00:00Z\"}]}}") });
	gw_auto_free char *uri = back_up(&everything);
	request.running = GW_RUNNING_RESUME;
	assert_true(restore(uri, &request, &total));
	gw_auto_free struct gw_record *x = find(&to, &gw_kind_execution, "main", "x2");
	assert_true(gw_slice_is(x->fields[GW_EXECUTION_STATE].text, "CREATED"));
	assert_null(memmem(x->doc.data, x->doc.len, "QUEUED", 6));
	assert_int_equal(x->due, 0);
}

static void a_tenant_can_become_another(void **state)
{
	(void)state;
	struct gw_restore_count total;
	struct gw_restore_request request = request_of();
	struct gw_backup_request tenant = everything;
	put_flow(&from, "a", 1, "{}");
	gw_auto_free char *full = back_up(&everything);
	tenant.tenant = "main";
	gw_auto_free char *uri = back_up(&tenant);
	assert_non_null(strstr(uri, "kestra:///backups/tenants/main/backup-"));
	request.to_tenant = "other";
	assert_false(restore(full, &request, &total));
	assert_int_equal(err.code, GW_BAD_REQUEST);
	assert_false(restore(uri, &request, &total));
	assert_int_equal(err.code, GW_NOT_FOUND);
	request.create_tenant = true;
	assert_true(restore(uri, &request, &total));
	gw_auto_free struct gw_record *flow = find(&to, &gw_kind_flow, "other", "company.team/a");
	gw_auto_free struct gw_record *made = find(&to, &gw_kind_tenant, "", "other");
	assert_non_null(flow->kind);
	assert_non_null(made->kind);
	expect_doc(&to, &gw_kind_flow, "company.team/a", NULL);
}

static void only_what_is_wanted_is_restored(void **state)
{
	(void)state;
	struct gw_restore_count total;
	struct gw_restore_request request = request_of();
	put_flow(&from, "a", 1, "{}");
	put_flow(&from, "b", 1, "{}");
	put_trigger(&from, gw_clock_now() + 3600 * GW_SECOND);
	gw_auto_free char *uri = back_up(&everything);
	request.selection.flow = "b";
	assert_true(gw_contents_parse("flow", &request.selection.resources, &err));
	assert_true(restore(uri, &request, &total));
	assert_int_equal(total.by[GW_CHANGE_CREATE], 2);
	assert_int_equal(total.by[GW_CHANGE_SKIP], 3);
	expect_doc(&to, &gw_kind_flow, "company.team/a", NULL);
	expect_doc(&to, &gw_kind_flow, "company.team/b", "{}");
	assert_false(gw_contents_parse("FLOW,NOTHING", &request.selection.resources, &err));
}

static void put_execution(const char *id, const char *namespace, gw_time start)
{
	struct gw_value fields[GW_EXECUTION_N] = { 0 }, run[GW_TASKRUN_N] = { 0 };
	gw_auto_free char *key = gw_sprintf("%s/000000", id);
	fields[GW_EXECUTION_NAMESPACE] = gw_value_string(namespace);
	fields[GW_EXECUTION_FLOW] = gw_value_string("a");
	fields[GW_EXECUTION_STATE] = run[GW_TASKRUN_STATE] = gw_value_string("SUCCESS");
	fields[GW_EXECUTION_START] = gw_value_time(start);
	put(&from, (struct gw_record){ &gw_kind_execution, gw_slice_of("main"), gw_slice_of(id),
			   { 0 }, GW_NEVER, { 0 }, fields, gw_slice_of("{}") });
	put(&from, (struct gw_record){ &gw_kind_taskrun, gw_slice_of("main"), gw_slice_of(key),
			   { 0 }, GW_NEVER, { 0 }, run, gw_slice_of("{}") });
}

static void expect_execution(const char *id, bool wanted)
{
	gw_auto_free char *key = gw_sprintf("%s/000000", id);
	gw_auto_free struct gw_record *x = find(&to, &gw_kind_execution, "main", id);
	gw_auto_free struct gw_record *run = find(&to, &gw_kind_taskrun, "main", key);
	assert_int_equal(x->kind != NULL, wanted);
	assert_int_equal(run->kind != NULL, wanted);
}

static void task_runs_go_with_their_execution(void **state)
{
	(void)state;
	struct gw_restore_count total;
	struct gw_restore_request request = request_of();
	struct gw_backup_request part = everything;
	put_execution("x1", "company.team", 100);
	put_execution("x2", "company.teams", 200);
	put_execution("x3", "company.team.sub", 300);
	gw_auto_free char *uri = back_up(&everything);
	request.selection.namespace = "company.team";
	assert_true(restore(uri, &request, &total));
	expect_execution("x1", true);
	expect_execution("x2", false);
	expect_execution("x3", true);
	part.selection.since = 150;
	part.selection.until = 300;
	gw_auto_free char *some = back_up(&part);
	request = request_of();
	assert_true(restore(some, &request, &total));
	assert_int_equal(total.read, 2);
	expect_execution("x2", true);
}

static void an_archive_is_never_overwritten(void **state)
{
	(void)state;
	gw_clock_fake(1726590792 * GW_SECOND);
	gw_auto_free char *first = back_up(&everything);
	gw_auto_free char *second = back_up(&everything);
	gw_clock_fake(GW_NEVER);
	assert_string_equal(first, "kestra:///backups/full/backup-20240917163312.kestra");
	assert_string_equal(second, "kestra:///backups/full/backup-20240917163312-2.kestra");
}

static bool give_up(void *arg, const struct gw_progress *progress)
{
	(void)arg, (void)progress;
	return false;
}

static bool count_file(void *arg, const char *path, int64_t bytes, struct gw_error *e)
{
	(void)path, (void)bytes, (void)e;
	++*(int *)arg;
	return true;
}

static void a_cancelled_backup_leaves_nothing(void **state)
{
	(void)state;
	struct gw_backup_result result;
	struct gw_backup_request request = everything;
	int n = 0;
	const struct gw_storage_visit visit = { count_file, &n };
	request.watcher.report = give_up;
	for (int i = 0; i < 600; i++) {
		char id[16];
		snprintf(id, sizeof(id), "f%d", i);
		put_flow(&from, id, 1, "{}");
	}
	assert_false(gw_backup_create(&from, &request, &result, &err));
	assert_true(gw_storage_walk(from.storage, "backups", "/", &visit, &err));
	assert_int_equal(n, 0);
}

static void write_file(const char *path, const char *text)
{
	struct gw_upload *upload = gw_storage_begin(from.storage, "main", path, &err);
	assert_non_null(upload);
	assert_true(gw_upload_write(upload, gw_slice_of(text), &err));
	assert_true(gw_upload_publish(upload, true, &err));
	gw_upload_close(&upload);
}

static void files_come_back(void **state)
{
	(void)state;
	struct gw_restore_count total;
	gw_auto_str text = { 0 };
	const struct gw_restore_request request = request_of();
	write_file("/company/team/a/executions/x/out.txt", "content");
	gw_auto_free char *uri = back_up(&everything);
	write_file("/company/team/a/executions/x/out.txt", "changed");
	assert_true(restore(uri, &request, &total));
	gw_auto_fd fd =
		gw_storage_read(from.storage, "main", "/company/team/a/executions/x/out.txt", &err);
	assert_true(gw_fd_read_all(fd, 100, &text, &err));
	assert_string_equal(gw_str_text(&text), "content");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everything_comes_back_byte_for_byte),
		TEST(conflicts_end_as_wanted),
		TEST(an_older_flow_takes_later_revisions_away),
		TEST(missed_dates_are_skipped_unless_wanted),
		TEST(what_ran_ends_killed_with_a_log_line),
		TEST(what_ran_goes_on_if_wanted),
		TEST(who_waited_in_a_queue_asks_again),
		TEST(a_tenant_can_become_another),
		TEST(only_what_is_wanted_is_restored),
		TEST(task_runs_go_with_their_execution),
		TEST(an_archive_is_never_overwritten),
		TEST(a_cancelled_backup_leaves_nothing),
		TEST(files_come_back),
	};
	return RUN(tests);
}

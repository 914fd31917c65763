/* test_stops.c - a node that stops between any two operations of a group, where there are no
 * transactions: whoever comes next makes it whole */
#include "tests/lib/node.h"

#include "base/clock.h"
#include "base/json.h"
#include "engine/triggers.h"
#include "model/kinds.h"

#define LOG(id) "  - {id: " id ", type: io.kestra.plugin.core.log.Log, message: " id "}\n"
#define TRIGGERED                                                                                  \
	"id: f\nnamespace: company.team\ntasks:\n" LOG("a")                                        \
		LOG("b") "triggers: [{id: t, type: io.kestra.plugin.core.trigger.Schedule, cron: " \
			 "'0 * * * *', "                                                           \
			 "timezone: UTC}]\n"
#define PAUSED                                          \
	"id: p\nnamespace: company.team\ntasks:\n" LOG( \
		"a") "  - {id: p, type: io.kestra.plugin.core.flow.Pause}\n" LOG("b")
#define HOUR (3600 * GW_SECOND)
#define NINE (1709283600 * GW_SECOND) /* 2024-03-01T09:00:00Z */

static struct repo *repo;
static struct node node;
static const struct gw_trigger_ref trigger = { "main", "company.team", "f", "t" };

static void open_all(gw_time now)
{
	gw_clock_fake(now);
	repo = repo_open("memory");
	repo_forget_transactions(repo);
	node_start(&node, repo, "node", NULL);
}

static void close_all(void)
{
	node_stop(&node);
	repo_close(repo);
	gw_clock_fake(GW_NEVER);
}

/* A new process in its place: it holds the same folder, so the old one is known to be dead. */
static void start_again(void)
{
	node_crash(&node);
	node_start(&node, repo, "node", NULL);
}

/* How many there are in a state (NULL = any); SIZE_MAX = it cannot be told. */
static size_t count_executions(const char *state)
{
	struct gw_error err;
	uint64_t n;
	const struct gw_value value = gw_value_string(state);
	const struct gw_filter filter = {
		.compare = GW_EQ, .field = "state", .values = &value, .n_values = 1
	};
	const struct gw_query query = {
		.kind = &gw_kind_execution, .filters = &filter, .n_filters = state ? 1 : 0
	};
	return gw_store_count(node.store, &query, 0, &n, &err) ? n : SIZE_MAX;
}

/* Its executions are there, nothing is promised, and nobody is at work on it. */
static bool has_fired(size_t n)
{
	struct gw_error err;
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	const struct gw_key key = { gw_slice_of("main"), gw_slice_of("company.team/f/t") };
	if (!gw_store_get(node.store, &gw_kind_trigger, key, &record, &hold, &err))
		return false;
	json_auto_t *doc = gw_json_parse(record.doc, &err);
	return !record.owner.data && !json_object_get(doc, "pending") &&
	       !json_object_get(doc, "backfill") && count_executions("SUCCESS") == n;
}

static bool fired_or_cut(void *arg)
{
	return repo_is_cut(node.handle) || has_fired(*(const size_t *)arg);
}

static bool fired(void *arg)
{
	return has_fired(*(const size_t *)arg);
}

/* Each once, with each of its task runs and lines once. */
static void assert_whole(size_t n)
{
	json_auto_t *executions = node_records(&node, &gw_kind_execution, "", "trigger_date");
	json_auto_t *runs = node_records(&node, &gw_kind_taskrun, "", NULL);
	json_auto_t *lines = node_records(&node, &gw_kind_log, "", NULL);
	assert_int_equal(json_array_size(executions), n);
	assert_int_equal(json_array_size(runs), 2 * n);
	assert_int_equal(json_array_size(lines), 2 * n);
	for (size_t i = 0; i < 2 * n; i++)
		assert_string_equal(node_state(json_array_get(runs, i)), "SUCCESS");
}

static void a_date_fires_once_wherever_its_writer_stops(void **state)
{
	(void)state;
	size_t one = 1;
	int n = 0;
	for (bool cut = true; cut; n++) {
		open_all(NINE + HOUR / 2);
		node_save(&node, TRIGGERED);
		repo_cut_after(node.handle, n);
		gw_clock_fake(NINE + HOUR + GW_SECOND);
		gw_store_signal(node.store);
		node_wait(&node, fired_or_cut, &one);
		cut = repo_is_cut(node.handle);
		start_again();
		node_wait(&node, fired, &one);
		assert_whole(1);
		close_all();
	}
	assert_true(n > 6);
}

static void start_fill(void)
{
	struct gw_error err;
	gw_auto_str out = { 0 };
	json_auto_t *options = json_pack("{s:s, s:s, s:i}", "start", "2024-02-01T00:00:00Z", "end",
		"2024-02-01T02:00:00Z", "maxActive", 3);
	const struct gw_backfill_request request = { options, false };
	if (!gw_engine_create_backfill(node.engine, &trigger, &request, NULL, &out, &err))
		fail_msg("%s", err.message);
}

/* Its scheduler comes to it once the backfill is there. */
static void a_backfill_makes_each_date_once_wherever_it_stops(void **state)
{
	(void)state;
	size_t three = 3;
	int n = 2; /* creating it takes two */
	for (bool cut = true; cut; n++) {
		open_all(NINE + HOUR / 2);
		node_save(&node, TRIGGERED);
		repo_cut_after(node.handle, n);
		start_fill();
		node_wait(&node, fired_or_cut, &three);
		cut = repo_is_cut(node.handle);
		start_again();
		node_wait(&node, fired, &three);
		assert_whole(3);
		json_auto_t *fills = node_records(&node, &gw_kind_backfill, "", NULL);
		assert_int_equal(json_array_size(fills), 1);
		assert_string_equal(gw_json_string(json_array_get(fills, 0), "state"), "DONE");
		close_all();
	}
	assert_true(n > 12);
}

/* ---- Flows ---- */

static int is_saved;

static void *save(void *arg)
{
	gw_auto_str why = { 0 };
	node_try_save(&node, arg, GW_SAVE_EITHER, &why);
	__atomic_store_n(&is_saved, 1, __ATOMIC_RELEASE);
	return NULL;
}

static bool saved_or_cut(void *arg)
{
	(void)arg;
	return repo_is_cut(node.handle) || __atomic_load_n(&is_saved, __ATOMIC_ACQUIRE);
}

/* Whether the way to the repository was cut on the way. */
static bool save_with_cut(int n, char *yaml)
{
	struct gw_error err;
	pthread_t thread;
	is_saved = 0;
	repo_cut_after(node.handle, n);
	assert_true(gw_thread_start(&thread, "save", save, yaml, &err));
	node_wait(&node, saved_or_cut, NULL);
	gw_store_give_up(node.store);
	pthread_join(thread, NULL);
	return repo_is_cut(node.handle);
}

static void a_flow_can_be_saved_wherever_its_writer_stopped(void **state)
{
	(void)state;
	size_t one = 1;
	int n = 0;
	for (bool cut = true; cut; n++) {
		char yaml[] = TRIGGERED, changed[] = "description: new\n" TRIGGERED;
		open_all(NINE + HOUR / 2);
		cut = save_with_cut(n / 2, n % 2 ? changed : yaml);
		start_again();
		node_save(&node, changed);
		struct gw_flow *flow = node_flow(&node, "f");
		assert_string_equal(gw_json_string(flow->doc, "description"), "new");
		gw_flow_unref(&flow);
		gw_clock_fake(NINE + HOUR + GW_SECOND);
		gw_store_signal(node.store);
		node_wait(&node, fired, &one);
		assert_whole(1);
		close_all();
	}
	assert_true(n > 6);
}

/* ---- Executions ---- */

static void begin(struct gw_id id)
{
	struct gw_error err;
	struct gw_flow *flow = node_flow(&node, "p");
	struct gw_start *start = gw_start_new("main", flow);
	gw_flow_unref(&flow);
	start->id = id;
	assert_true(gw_engine_start_execution(node.engine, start, &err));
}

static bool paused_or_cut(void *arg)
{
	(void)arg;
	return repo_is_cut(node.handle) || count_executions("PAUSED") == 1;
}

static void ignore(void *arg, const struct gw_answer *answer)
{
	(void)arg;
	(void)answer;
}

static void go_on(struct gw_id *id)
{
	const struct gw_action action = { "main", id->text, GW_ACT_RESUME, NULL, ignore, NULL };
	gw_engine_act(node.engine, &action);
}

static bool ended_or_cut(void *arg)
{
	(void)arg;
	return repo_is_cut(node.handle) || count_executions("SUCCESS") == 1;
}

static void assert_ended(struct gw_id *id)
{
	json_auto_t *execution = node_until(&node, id->text, "SUCCESS");
	gw_auto_free char *tree = node_tree(execution);
	json_auto_t *lines = node_records(&node, &gw_kind_log, "", NULL);
	assert_string_equal(tree, "SUCCESS\na SUCCESS\np SUCCESS\nb SUCCESS\n");
	assert_int_equal(json_array_size(lines), 2);
}

static void an_execution_begins_wherever_its_writer_stops(void **state)
{
	(void)state;
	int n = 0;
	for (bool cut = true; cut; n++) {
		open_all(NINE);
		node_save(&node, PAUSED);
		struct gw_id id = gw_id_new(NINE);
		repo_cut_after(node.handle, n);
		begin(id);
		node_wait(&node, paused_or_cut, NULL);
		cut = repo_is_cut(node.handle);
		start_again();
		if (count_executions(NULL) == 0)
			begin(id); /* as whoever got no answer does */
		node_wait(&node, paused_or_cut, NULL);
		go_on(&id);
		assert_ended(&id);
		close_all();
	}
	assert_true(n > 3);
}

static void an_execution_goes_on_wherever_its_writer_stops(void **state)
{
	(void)state;
	int n = 0;
	for (bool cut = true; cut; n++) {
		open_all(NINE);
		node_save(&node, PAUSED);
		struct gw_id id = gw_id_new(NINE);
		begin(id);
		node_wait(&node, paused_or_cut, NULL);
		repo_cut_after(node.handle, n);
		go_on(&id);
		node_wait(&node, ended_or_cut, NULL);
		cut = repo_is_cut(node.handle);
		start_again();
		json_auto_t *now = node_show(&node, id.text);
		if (strcmp(node_state(now), "PAUSED") == 0)
			go_on(&id);
		assert_ended(&id);
		close_all();
	}
	assert_true(n > 3);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_fires_once_wherever_its_writer_stops),
		cmocka_unit_test(a_backfill_makes_each_date_once_wherever_it_stops),
		cmocka_unit_test(a_flow_can_be_saved_wherever_its_writer_stopped),
		cmocka_unit_test(an_execution_begins_wherever_its_writer_stops),
		cmocka_unit_test(an_execution_goes_on_wherever_its_writer_stops),
	};
	return NODE_MAIN(argc, argv, tests);
}

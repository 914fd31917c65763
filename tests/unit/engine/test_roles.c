/* test_roles.c - nodes that do only a part, on one repository */
#include "tests/lib/node.h"

#include "base/clock.h"
#include "base/json.h"
#include "model/kinds.h"

#define LOG "tasks: [{id: a, type: io.kestra.plugin.core.log.Log, message: x}]\n"
#define PAUSE "tasks: [{id: p, type: io.kestra.plugin.core.flow.Pause}]\n"
#define LOG_TOO "finally: [{id: a, type: io.kestra.plugin.core.log.Log, message: x}]\n"
#define FLOW(id, rest) "id: " id "\nnamespace: company.team\n" rest

static struct repo *repo;
static struct node web, executor;

static int open_both(void **state)
{
	(void)state;
	repo = repo_open("memory");
	node_start_as(&web, repo, "web", NULL, GW_ROLE_WEBSERVER);
	node_start_as(&executor, repo, "executor", NULL, GW_ROLE_EXECUTOR);
	node_save(&web, FLOW("log", LOG));
	node_save(&web, FLOW("pause", PAUSE));
	node_save(&web, FLOW("both", PAUSE LOG_TOO));
	return 0;
}

static int close_both(void **state)
{
	(void)state;
	node_stop(&web);
	node_stop(&executor);
	repo_close(repo);
	return 0;
}

static char *begin(const char *flow)
{
	struct gw_error err;
	char *id = node_start_execution(&web, flow, NULL, NULL, &err);
	if (!id)
		fail_msg("%s", err.message);
	return id;
}

static void what_a_webserver_creates_an_executor_runs(void **state)
{
	(void)state;
	gw_auto_free char *id = begin("log");
	json_auto_t *execution = node_rest(&executor, id);
	assert_string_equal(node_state(execution), "SUCCESS");
}

static void actions_reach_the_node_that_runs_it(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_free char *id = begin("pause");
	json_auto_t *paused = node_until(&executor, id, "PAUSED");
	assert_true(node_act(&web, id, GW_ACT_RESUME, NULL, NULL, &err));
	json_auto_t *ended = node_rest(&executor, id);
	assert_string_equal(node_state(ended), "SUCCESS");
	json_t *labels = json_pack("{s:[{s:s, s:s}]}", "labels", "key", "a", "value", "b");
	assert_true(node_act(&web, id, GW_ACT_LABELS, labels, NULL, &err));
	gw_auto_free char *answer = NULL;
	assert_true(node_act(&web, id, GW_ACT_REPLAY, NULL, &answer, &err));
	json_auto_t *replay = gw_json_parse(gw_slice_of(answer), &err);
	json_auto_t *again = node_until(&executor, gw_json_string(replay, "id"), "PAUSED");
	assert_non_null(again);
}

static void resume_to_the_end(void *id)
{
	struct gw_error err;
	assert_true(node_act(&web, id, GW_ACT_RESUME, NULL, NULL, &err));
	json_decref(node_rest(&executor, id));
}

static void what_moves_while_it_is_looked_at_is_shown_whole(void **state)
{
	(void)state;
	gw_auto_free char *id = begin("both");
	json_auto_t *paused = node_until(&executor, id, "PAUSED");
	assert_int_equal(json_array_size(json_object_get(paused, "taskRunList")), 1);
	repo_hook_get(web.handle, &gw_kind_taskrun, resume_to_the_end, id);
	json_auto_t *shown = node_show(&web, id);
	gw_auto_free char *tree = node_tree(shown);
	assert_string_equal(tree, "SUCCESS\np SUCCESS\na SUCCESS\n");
}

/* ---- The end of what runs elsewhere ---- */

struct hearing {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	char *state; /* of the execution when it had ended */
	bool is_told;
};

static void hear(void *arg, const struct gw_answer *answer)
{
	struct hearing *h = arg;
	struct gw_error err;
	gw_locked(&h->lock);
	json_auto_t *execution = gw_json_parse(answer->execution, &err);
	h->state = gw_strdup(execution ? node_state(execution) : answer->error.message);
	pthread_cond_broadcast(&h->cond);
}

static void note(void *arg, const char *execution, bool ended)
{
	struct hearing *h = arg;
	(void)execution;
	gw_locked(&h->lock);
	h->is_told |= ended;
	pthread_cond_broadcast(&h->cond);
}

static void who_waits_at_a_webserver_hears_the_end(void **state)
{
	(void)state;
	struct gw_error err;
	struct hearing h = { .lock = PTHREAD_MUTEX_INITIALIZER };
	gw_cond_init(&h.cond);
	struct gw_flow *flow = node_flow(&web, "log");
	struct gw_start *start = gw_start_new("main", flow);
	gw_flow_unref(&flow);
	start->id = gw_id_new(gw_clock_now());
	start->until_end = true;
	start->done = hear;
	start->arg = &h;
	struct gw_follower *f = gw_engine_follow(web.engine, "main", start->id.text, note, &h);
	assert_true(gw_engine_start_execution(web.engine, start, &err));
	pthread_mutex_lock(&h.lock);
	while (!h.state || !h.is_told)
		assert_true(gw_cond_wait(&h.cond, &h.lock, 20000));
	pthread_mutex_unlock(&h.lock);
	assert_string_equal(h.state, "SUCCESS");
	gw_engine_unfollow(f);
	free(h.state);
	pthread_cond_destroy(&h.cond);
}

static void a_running_one_is_killed_and_deleted_from_afar(void **state)
{
	(void)state;
	struct gw_error err;
	const struct gw_deletion all = { true, true, true, true };
	gw_auto_free char *id = begin("pause");
	json_auto_t *paused = node_until(&executor, id, "PAUSED");
	assert_true(gw_engine_delete_execution(web.engine, "main", id, &all, &err));
	gw_auto_str text = { 0 };
	assert_false(gw_engine_show(web.engine, "main", id, &text, &err));
	assert_int_equal(err.code, GW_NOT_FOUND);
}

/* ---- When parts are missing ---- */

static void without_an_executor_executions_wait(void **state)
{
	(void)state;
	struct gw_error err;
	node_stop(&executor);
	gw_auto_free char *id = begin("log");
	json_auto_t *created = node_show(&web, id);
	assert_string_equal(node_state(created), "CREATED");
	assert_false(node_act(&web, id, GW_ACT_KILL, NULL, NULL, &err));
	assert_int_equal(err.code, GW_UNAVAILABLE);
	node_start_as(&executor, repo, "executor", NULL, GW_ROLE_EXECUTOR);
	json_auto_t *ended = node_rest(&executor, id);
	assert_string_equal(node_state(ended), "SUCCESS");
}

/* Its own executions have ended: as many as there are seconds, one after the other. */
static bool has_two(void *arg)
{
	size_t i, n = 0;
	json_t *execution;
	json_auto_t *all = node_records(arg, &gw_kind_execution, "", NULL);
	json_array_foreach (all, i, execution) {
		if (strcmp(gw_json_string(execution, "flowId"), "each") == 0 &&
			strcmp(node_state(execution), "SUCCESS") == 0)
			n++;
	}
	return n >= 2;
}

static void what_a_scheduler_fires_an_executor_runs(void **state)
{
	(void)state;
	struct node scheduler;
	node_start_as(&scheduler, repo, "scheduler", NULL, GW_ROLE_SCHEDULER);
	node_save(&web, FLOW("each", LOG "triggers: [{id: t, type: "
					 "io.kestra.plugin.core.trigger.Schedule, "
					 "withSeconds: true, cron: '* * * * * *'}]\n"));
	node_wait(&executor, has_two, &executor);
	node_stop(&scheduler);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_webserver_creates_an_executor_runs),
		cmocka_unit_test(actions_reach_the_node_that_runs_it),
		cmocka_unit_test(what_moves_while_it_is_looked_at_is_shown_whole),
		cmocka_unit_test(who_waits_at_a_webserver_hears_the_end),
		cmocka_unit_test(a_running_one_is_killed_and_deleted_from_afar),
		cmocka_unit_test(without_an_executor_executions_wait),
		cmocka_unit_test(what_a_scheduler_fires_an_executor_runs),
	};
	if (argc > 1 && strcmp(argv[1], GW_HOST_VERB) == 0)
		return gw_host_main(argc, argv);
	return cmocka_run_group_tests(tests, open_both, close_both);
}

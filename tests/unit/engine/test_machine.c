/* test_machine.c - what follows from what, event by event */
#include "tests/unit/engine/rig.h"

#define HEAD "id: f\nnamespace: a.b\n"
#define LOG(id) "  - {id: " id ", type: io.kestra.plugin.core.log.Log, message: x}\n"
#define FAIL(id) "  - {id: " id ", type: io.kestra.plugin.core.execution.Fail}\n"
#define WORK(id) "  - {id: " id ", type: test.Work}\n"

static void tasks_run_one_after_another(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, HEAD "tasks:\n" LOG("a") LOG("b"));
	rig_start(&r, NULL);
	assert_tree(&r, "SUCCESS\na SUCCESS\nb SUCCESS\n");
	assert_int_equal(r.n_written, 1);
	assert_true(gw_machine_is_over(r.m));
	rig_close(&r);
}

static void a_worker_has_a_run_until_it_says_so(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, HEAD "tasks:\n" WORK("a") LOG("b"));
	rig_start(&r, NULL);
	assert_tree(&r, "RUNNING\na RUNNING\n");
	rig_end(&r, 0, GW_SUCCESS, NULL);
	assert_tree(&r, "SUCCESS\na SUCCESS\nb SUCCESS\n");
	rig_close(&r);
}

static void a_failure_skips_the_rest_and_runs_errors_then_finally(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, HEAD "tasks:\n" FAIL("a") LOG("b") "errors:\n" LOG("e") "finally:\n" LOG("z"));
	rig_start(&r, NULL);
	assert_tree(&r, "FAILED\na FAILED\ne SUCCESS\nz SUCCESS\n");
	rig_close(&r);
}

static void after_execution_runs_when_the_state_is_set(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, HEAD "tasks:\n" LOG("a") "afterExecution:\n" WORK("z") FAIL("y"));
	rig_start(&r, NULL);
	assert_tree(&r, "SUCCESS\na SUCCESS\nz RUNNING\n");
	assert_false(gw_machine_is_over(r.m));
	rig_end(&r, 0, GW_SUCCESS, NULL);
	assert_tree(&r, "SUCCESS\na SUCCESS\nz SUCCESS\ny FAILED\n");
	assert_true(gw_machine_is_over(r.m));
	rig_close(&r);
}

static void run_if_and_allow_failure_decide(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, HEAD
		"tasks:\n"
		"  - {id: a, type: io.kestra.plugin.core.log.Log, message: x, runIf: 'false'}\n"
		"  - {id: b, type: io.kestra.plugin.core.execution.Fail, allowFailure: true}\n"
		"  - {id: c, type: io.kestra.plugin.core.execution.Fail, allowFailure: true, "
		"allowWarning: true}\n"
		"  - {id: d, type: io.kestra.plugin.core.log.Log, message: x, runIf: '{{ nothing "
		"}}'}\n" LOG("e"));
	rig_start(&r, NULL);
	assert_tree(&r, "FAILED\na SKIPPED\nb WARNING\nc SUCCESS\nd FAILED\n");
	rig_close(&r);
}

static const char parallel[] = HEAD "tasks:\n"
				    "  - id: p\n"
				    "    type: io.kestra.plugin.core.flow.Parallel\n"
				    "    tasks:\n"
				    "      - {id: a, type: test.Work}\n"
				    "      - {id: b, type: test.Work}\n"
				    "      - {id: c, type: test.Work}\n" LOG("z");

static void parallel_children_run_at_once(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, parallel);
	rig_start(&r, NULL);
	assert_int_equal(r.n_pending, 3);
	rig_end(&r, 1, GW_SUCCESS, NULL);
	rig_end(&r, 1, GW_SUCCESS, NULL);
	rig_end(&r, 0, GW_SUCCESS, NULL);
	assert_tree(&r, "SUCCESS\np SUCCESS\n  a SUCCESS\n  b SUCCESS\n  c SUCCESS\nz SUCCESS\n");
	rig_close(&r);
}

static void a_failed_parallel_ends_at_once_but_the_execution_waits(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, parallel);
	rig_start(&r, NULL);
	rig_end(&r, 0, GW_FAILED, NULL);
	assert_tree(&r, "RUNNING\np FAILED\n  a FAILED\n  b RUNNING\n  c RUNNING\n");
	rig_end(&r, 0, GW_SUCCESS, NULL);
	rig_end(&r, 0, GW_SUCCESS, NULL);
	assert_tree(&r, "FAILED\np FAILED\n  a FAILED\n  b SUCCESS\n  c SUCCESS\n");
	rig_close(&r);
}

static void for_each_keeps_to_its_limit(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, HEAD "tasks:\n"
			  "  - id: each\n"
			  "    type: io.kestra.plugin.core.flow.ForEach\n"
			  "    values: [1, 2, 3, 4]\n"
			  "    concurrencyLimit: 2\n"
			  "    tasks:\n"
			  "      - {id: a, type: test.Work}\n"
			  "      - {id: b, type: io.kestra.plugin.core.debug.Return, format: '{{ "
			  "taskrun.value }}{{ outputs.a[taskrun.value].x }}'}\n");
	rig_start(&r, NULL);
	assert_int_equal(r.n_pending, 2);
	rig_end(&r, 0, GW_SUCCESS, "{\"x\": \"!\"}");
	assert_int_equal(r.n_pending, 2);
	while (r.n_pending > 0)
		rig_end(&r, 0, GW_SUCCESS, "{\"x\": \"!\"}");
	assert_tree(&r, "SUCCESS\neach SUCCESS\n  a SUCCESS [1]\n  a SUCCESS [2]\n  b SUCCESS [1]\n"
			"  a SUCCESS [3]\n  b SUCCESS [2]\n  a SUCCESS [4]\n  b SUCCESS [3]\n  b "
			"SUCCESS [4]\n");
	const char *value = json_string_value(json_object_get(rig_run(&r, "b")->outputs, "value"));
	assert_string_equal(value, "4!");
	rig_close(&r);
}

static void ten_thousand_values_are_cut_into_writes(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, HEAD "tasks:\n"
			  "  - id: each\n"
			  "    type: io.kestra.plugin.core.flow.ForEach\n"
			  "    values: '{{ range(1, 10000) }}'\n"
			  "    concurrencyLimit: 0\n"
			  "    tasks:\n"
			  "      - {id: a, type: io.kestra.plugin.core.debug.Return, format: '{{ "
			  "taskrun.value }}'}\n");
	rig_start(&r, NULL);
	assert_int_equal(rig_state(&r), GW_SUCCESS);
	assert_int_equal(r.m->exec->n_runs, 10001);
	assert_true(r.n_written >= 50);
	rig_close(&r);
}

static const char retried[] =
	HEAD "tasks:\n"
	     "  - id: a\n"
	     "    type: test.Work\n"
	     "    retry: {type: constant, interval: PT10S, maxAttempt: 3}\n" LOG("b");

static void a_failed_run_is_tried_again_when_its_delay_is_over(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, retried);
	rig_start(&r, NULL);
	rig_end(&r, 0, GW_FAILED, NULL);
	assert_tree(&r, "RETRYING\na RETRYING\n");
	rig_advance(&r, 9 * GW_SECOND);
	assert_int_equal(r.n_pending, 0);
	rig_advance(&r, GW_SECOND);
	assert_tree(&r, "RUNNING\na RUNNING x2\n");
	rig_end(&r, 0, GW_FAILED, NULL);
	rig_advance(&r, 10 * GW_SECOND);
	rig_end(&r, 0, GW_FAILED, NULL);
	assert_tree(&r, "FAILED\na FAILED x3\n");
	rig_close(&r);
}

static void a_retry_survives_a_crash(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, retried);
	rig_start(&r, NULL);
	rig_end(&r, 0, GW_FAILED, NULL);
	rig_crash(&r);
	assert_tree(&r, "RETRYING\na RETRYING\n");
	rig_advance(&r, 10 * GW_SECOND);
	rig_end(&r, 0, GW_SUCCESS, NULL);
	assert_tree(&r, "SUCCESS\na SUCCESS x2\nb SUCCESS\n");
	rig_close(&r);
}

static void an_interrupted_attempt_is_made_again(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, parallel);
	rig_start(&r, NULL);
	rig_end(&r, 0, GW_SUCCESS, NULL);
	rig_crash(&r);
	assert_tree(&r, "RUNNING\np RUNNING\n  a SUCCESS\n  b RUNNING x2\n  c RUNNING x2\n");
	rig_end(&r, 0, GW_SUCCESS, NULL);
	rig_end(&r, 0, GW_SUCCESS, NULL);
	assert_int_equal(rig_state(&r), GW_SUCCESS);
	rig_close(&r);
}

static void killing_ends_what_waits_and_what_runs(void **state)
{
	struct rig r;
	struct gw_error err;
	(void)state;
	rig_open(&r, parallel);
	rig_start(&r, NULL);
	rig_end(&r, 0, GW_SUCCESS, NULL);
	assert_true(gw_machine_kill(r.m, r.now, &err));
	rig_settle(&r);
	assert_tree(&r, "KILLING\np RUNNING\n  a SUCCESS\n  b RUNNING\n  c RUNNING\n");
	rig_end(&r, 0, GW_KILLED, NULL);
	rig_end(&r, 0, GW_KILLED, NULL);
	assert_tree(&r, "KILLED\np KILLED\n  a SUCCESS\n  b KILLED\n  c KILLED\n");
	assert_false(gw_machine_kill(r.m, r.now, &err));
	assert_string_equal(err.message, "Execution is already finished, can't kill it");
	rig_close(&r);
}

static void a_pause_waits_for_somebody(void **state)
{
	struct rig r;
	struct gw_error err;
	json_auto_t *inputs = json_pack("{s:s}", "who", "me");
	(void)state;
	rig_open(&r, HEAD "tasks:\n"
			  "  - {id: p, type: io.kestra.plugin.core.flow.Pause}\n"
			  "  - {id: b, type: io.kestra.plugin.core.debug.Return, format: '{{ "
			  "outputs.p.onResume.who }}'}\n");
	rig_start(&r, NULL);
	assert_tree(&r, "PAUSED\np PAUSED\n");
	rig_crash(&r);
	assert_tree(&r, "PAUSED\np PAUSED\n");
	assert_true(gw_machine_resume(r.m, inputs, r.now, &err));
	rig_settle(&r);
	assert_tree(&r, "SUCCESS\np SUCCESS\nb SUCCESS\n");
	const char *who = json_string_value(json_object_get(rig_run(&r, "b")->outputs, "value"));
	assert_string_equal(who, "me");
	rig_close(&r);
}

static void a_person_can_hold_an_execution(void **state)
{
	struct rig r;
	struct gw_error err;
	(void)state;
	rig_open(&r, HEAD "tasks:\n" WORK("a") WORK("b"));
	rig_start(&r, NULL);
	assert_true(gw_machine_pause(r.m, r.now, &err));
	rig_settle(&r);
	rig_end(&r, 0, GW_SUCCESS, NULL);
	assert_tree(&r, "PAUSED\na SUCCESS\n");
	rig_crash(&r);
	assert_tree(&r, "PAUSED\na SUCCESS\n");
	assert_true(gw_machine_resume(r.m, NULL, r.now, &err));
	rig_settle(&r);
	assert_tree(&r, "RUNNING\na SUCCESS\nb RUNNING\n");
	rig_close(&r);
}

static void a_restart_begins_where_it_failed(void **state)
{
	struct rig r;
	struct gw_error err;
	(void)state;
	rig_open(&r,
		HEAD "tasks:\n" LOG(
			"a") "  - id: s\n"
			     "    type: io.kestra.plugin.core.flow.Sequential\n"
			     "    tasks: [{id: b, type: test.Work}, {id: c, type: test.Work}]\n"
			     "    errors: [{id: e, type: io.kestra.plugin.core.log.Log, message: "
			     "x}]\n");
	rig_start(&r, NULL);
	rig_end(&r, 0, GW_SUCCESS, NULL);
	rig_end(&r, 0, GW_FAILED, NULL);
	assert_tree(&r, "FAILED\na SUCCESS\ns FAILED\n  b SUCCESS\n  c FAILED\n  e SUCCESS\n");
	rig_crash(&r);
	assert_true(gw_machine_restart(r.m, r.now, &err));
	rig_settle(&r);
	assert_tree(&r, "RUNNING\na SUCCESS\ns RUNNING\n  b SUCCESS\n  c RUNNING x2\n");
	rig_end(&r, 0, GW_SUCCESS, NULL);
	assert_tree(&r, "SUCCESS\na SUCCESS\ns SUCCESS\n  b SUCCESS\n  c SUCCESS x2\n");
	rig_close(&r);
}

static void exit_ends_the_whole_execution(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, HEAD "tasks:\n"
			  "  - id: p\n"
			  "    type: io.kestra.plugin.core.flow.Parallel\n"
			  "    tasks: [{id: a, type: test.Work}, {id: x, type: "
			  "io.kestra.plugin.core.execution.Exit, state: WARNING}]\n" LOG("z"));
	rig_start(&r, NULL);
	rig_end(&r, 0, GW_KILLED, NULL);
	assert_int_equal(rig_state(&r), GW_WARNING);
	assert_true(gw_machine_is_over(r.m));
	rig_close(&r);
}

static void outputs_of_the_flow_are_rendered_at_the_end(void **state)
{
	struct rig r;
	(void)state;
	rig_open(&r, HEAD "tasks:\n"
			  "  - {id: a, type: io.kestra.plugin.core.debug.Return, format: '7'}\n"
			  "outputs:\n  - {id: n, type: INT, value: '{{ outputs.a.value }}'}\n");
	rig_start(&r, NULL);
	assert_int_equal(json_integer_value(json_object_get(r.m->exec->outputs, "n")), 7);
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_run_one_after_another),
		cmocka_unit_test(a_worker_has_a_run_until_it_says_so),
		cmocka_unit_test(a_failure_skips_the_rest_and_runs_errors_then_finally),
		cmocka_unit_test(after_execution_runs_when_the_state_is_set),
		cmocka_unit_test(run_if_and_allow_failure_decide),
		cmocka_unit_test(parallel_children_run_at_once),
		cmocka_unit_test(a_failed_parallel_ends_at_once_but_the_execution_waits),
		cmocka_unit_test(for_each_keeps_to_its_limit),
		cmocka_unit_test(ten_thousand_values_are_cut_into_writes),
		cmocka_unit_test(a_failed_run_is_tried_again_when_its_delay_is_over),
		cmocka_unit_test(a_retry_survives_a_crash),
		cmocka_unit_test(an_interrupted_attempt_is_made_again),
		cmocka_unit_test(killing_ends_what_waits_and_what_runs),
		cmocka_unit_test(a_pause_waits_for_somebody),
		cmocka_unit_test(a_person_can_hold_an_execution),
		cmocka_unit_test(a_restart_begins_where_it_failed),
		cmocka_unit_test(exit_ends_the_whole_execution),
		cmocka_unit_test(outputs_of_the_flow_are_rendered_at_the_end),
	};
	return RUN(tests);
}

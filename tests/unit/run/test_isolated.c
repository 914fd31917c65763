/* test_isolated.c - third parties' tasks: what they do well, and what they cannot break */
#include "tests/lib/runs.h"

#include "base/clock.h"
#include "base/json.h"
#include "run/helper.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct runs runs;
static const char *const modules[] = { "tests/lib/wild", NULL };

static int start(void **state)
{
	(void)state;
	runs_start(&runs, &(struct runs_options){ .modules = modules,
				  .memory = RUNS_MEMORY,
				  .grace_us = 100 * GW_MILLISECOND });
	return 0;
}

static int stop(void **state)
{
	(void)state;
	runs_stop(&runs);
	return 0;
}

static const json_t *output_of(const struct outcome *outcome, const char *name)
{
	return json_object_get(outcome->result.effects.outputs, name);
}

static void assert_fails(struct outcome *o, const char *message)
{
	assert_int_equal(o->result.state, GW_FAILED);
	assert_string_equal(o->result.error.message, message);
	assert_non_null(strstr(o->lines.data, message));
}

static void effects_arrive(void **state)
{
	(void)state;
	auto_outcome *o =
		runs_do(&runs, "wild.Effects", json_pack("{s:[i, s]}", "value", 1, "two"));
	const struct gw_effects *e = &o->result.effects;
	assert_int_equal(o->result.state, GW_WARNING);
	assert_non_null(strstr(o->lines.data, "WARN said\n"));
	assert_non_null(strstr(o->lines.data, "INFO printed\n"));
	assert_int_equal(json_array_size(output_of(o, "echo")), 2);
	assert_string_equal(gw_json_string(e->labels, "label"), "set");
	assert_int_equal(json_integer_value(json_object_get(e->variables, "variable")), 7);
	assert_int_equal(e->n_metrics, 2);
	assert_string_equal(e->metrics[0].name, "counted");
	assert_string_equal(gw_json_string(e->metrics[0].tags, "k"), "v");
	assert_true(e->metrics[1].is_timer && e->metrics[1].value == 1500);
}

static void services_are_there(void **state)
{
	(void)state;
	auto_outcome *o = runs_do(&runs, "wild.Services", NULL);
	assert_int_equal(o->result.state, GW_SUCCESS);
	const json_t *rendered = output_of(o, "rendered");
	assert_string_equal(json_string_value(json_array_get(rendered, 0)), "hello world");
	assert_string_equal(json_string_value(json_array_get(rendered, 1)), "defined");
	assert_string_equal(json_string_value(output_of(o, "refusal")),
		"nobody can answer anything");
	assert_string_equal(json_string_value(output_of(o, "content")), "content");
	const char *uri = json_string_value(output_of(o, "uri"));
	const char *begin = "kestra:///company/team/flow/executions/exec/tasks/task/";
	assert_memory_equal(uri, begin, strlen(begin));
}

static void a_failure_keeps_outputs(void **state)
{
	(void)state;
	auto_outcome *o = runs_do(&runs, "wild.Failure", NULL);
	assert_fails(o, "it went wrong");
	assert_true(json_is_true(output_of(o, "kept")));
}

static void a_crash_names_module_and_signal(void **state)
{
	(void)state;
	auto_outcome *o = runs_do(&runs, "wild.Segfault", NULL);
	assert_fails(o, "module wild crashed in wild.Segfault: SIGSEGV (Segmentation fault)");
	assert_non_null(strstr(o->lines.data, "INFO before\n"));
}

static void an_exit_is_a_failure(void **state)
{
	(void)state;
	auto_outcome *o = runs_do(&runs, "wild.Exit", NULL);
	assert_fails(o, "module wild ended the process of wild.Exit with exit status 3");
}

static void a_loop_ends_at_its_timeout(void **state)
{
	(void)state;
	struct gw_job *job = runs_job(&runs, "wild.Loop", NULL);
	job->timeout_at = gw_clock_now() + 100 * GW_MILLISECOND;
	auto_outcome *o = runs_await(runs_submit(&runs, job));
	assert_int_equal(o->result.state, GW_FAILED);
	assert_non_null(strstr(o->lines.data, "ERROR Timeout"));
}

static void a_loop_can_be_killed(void **state)
{
	(void)state;
	struct gw_job *job = runs_job(&runs, "wild.Loop", NULL);
	gw_auto_free char *id = gw_strdup(job->taskrun);
	auto_outcome *o = runs_submit(&runs, job);
	runs_await_line(o, "looping");
	assert_true(gw_worker_kill(runs.worker, id));
	assert_int_equal(runs_await(o)->result.state, GW_KILLED);
}

#if RUNS_MEMORY > 0
static void a_leak_ends_at_the_bound(void **state)
{
	(void)state;
	auto_outcome *o = runs_do(&runs, "wild.Leak", NULL);
	assert_fails(o, "no memory left");
}
#endif

static void threads_of_a_task_end_with_it(void **state)
{
	(void)state;
	auto_outcome *o = runs_do(&runs, "wild.Threads", NULL);
	assert_int_equal(o->result.state, GW_SUCCESS);
	assert_int_equal(json_integer_value(output_of(o, "threads")), 5);
}

static void a_flood_of_lines_is_bounded(void **state)
{
	(void)state;
	auto_outcome *o = runs_do(&runs, "wild.Flood", json_pack("{s:i}", "n", 1000010));
	assert_int_equal(o->result.state, GW_SUCCESS);
	assert_int_equal(o->n_lines, 1000001);
	assert_non_null(strstr(o->lines.data, "WARN 10 more log lines were dropped"));
}

static void what_is_no_message_fails_the_run(void **state)
{
	(void)state;
	auto_outcome *o = runs_do(&runs, "wild.Garble", NULL);
	assert_fails(o, "the task sent what is no message");
}

static void outputs_are_bounded(void **state)
{
	(void)state;
	auto_outcome *o = runs_do(&runs, "wild.Large", json_pack("{s:i}", "n", 1000000));
	assert_int_equal(o->result.state, GW_SUCCESS);
	assert_int_equal(json_string_length(output_of(o, "text")), 1000000);
	auto_outcome *larger = runs_do(&runs, "wild.Large", json_pack("{s:i}", "n", 2000000));
	assert_fails(larger, "the outputs take 2000011 bytes, at most 1048576 are kept: "
			     "store large ones as a file");
	assert_null(larger->result.effects.outputs);
	auto_outcome *huge = runs_do(&runs, "wild.Large", json_pack("{s:i}", "n", 40000000));
	assert_fails(huge, "the result is too large");
}

static void properties_may_be_large(void **state)
{
	(void)state;
	gw_auto_free char *text = gw_alloc(500001);
	memset(text, 'y', 500000);
	text[500000] = '\0';
	auto_outcome *o = runs_do(&runs, "wild.Effects", json_pack("{s:s}", "value", text));
	assert_string_equal(json_string_value(output_of(o, "echo")), text);
}

static void a_program_of_a_third_party_runs_too(void **state)
{
	(void)state;
	auto_outcome *o = runs_do(&runs, "wild.Program",
		json_pack("{s:s}", "script", "echo $OWN; echo oops >&2; sleep 60 & exit 4"));
	assert_fails(o, "exit code 4");
	assert_non_null(strstr(o->lines.data, "INFO value\n"));
	assert_non_null(strstr(o->lines.data, "ERROR oops\n"));
	assert_int_equal(json_integer_value(output_of(o, "exitCode")), 4);
	runs_await_processes(&runs, 0);
}

static void a_trigger_is_polled(void **state)
{
	(void)state;
	for (int fire = 0; fire < 2; fire++) {
		struct gw_job *job =
			runs_job(&runs, "wild.Effects", json_pack("{s:b}", "fire", fire));
		char id[] = "trigger", type[] = "wild.Poll";
		struct gw_trigger trigger = { .id = id, .type_name = type };
		job->task = NULL;
		job->trigger = &trigger;
		auto_outcome *o = runs_await(runs_submit(&runs, job));
		assert_int_equal(o->result.state, GW_SUCCESS);
		assert_int_equal(o->result.fires, fire);
		assert_int_equal(json_integer_value(output_of(o, "seen")), 1);
	}
}

static void others_go_on(void **state)
{
	(void)state;
	struct outcome *good[20], *bad[20];
	for (int i = 0; i < 20; i++) {
		bad[i] = runs_submit(&runs,
			runs_job(&runs, i % 2 ? "wild.Segfault" : "wild.Exit", NULL));
		good[i] = runs_submit(&runs, runs_job(&runs, "wild.Effects", NULL));
	}
	for (int i = 0; i < 20; i++) {
		assert_int_equal(runs_await(bad[i])->result.state, GW_FAILED);
		assert_int_equal(runs_await(good[i])->result.state, GW_WARNING);
		outcome_free(bad[i]);
		outcome_free(good[i]);
	}
}

/* ---- Functions ---- */

static void a_function_keeps_its_process(void **state)
{
	(void)state;
	struct gw_error err;
	json_auto_t *arguments = json_pack("{s:s}", "value", "x");
	for (int i = 1; i <= 3; i++) {
		json_auto_t *result = gw_helper_call(runs.hosts, "count", arguments, &err);
		assert_string_equal(json_string_value(json_array_get(result, 0)), "x");
		assert_int_equal(json_integer_value(json_array_get(result, 1)), i);
	}
}

static void a_function_that_crashes_starts_again(void **state)
{
	(void)state;
	struct gw_error err = { 0 };
	json_auto_t *crash = json_pack("{s:b}", "crash", 1);
	assert_null(gw_helper_call(runs.hosts, "count", crash, &err));
	json_auto_t *result = gw_helper_call(runs.hosts, "count", NULL, &err);
	assert_int_equal(json_integer_value(json_array_get(result, 1)), 1);
}

/* ---- Loading ---- */

static const char *problem_with(struct gw_registry *registry, const char *name)
{
	const char *problem;
	for (size_t i = 0; (problem = gw_registry_problem_at(registry, i)); i++)
		if (strstr(problem, name))
			return strchr(problem, ':') + 2;
	fail_msg("no problem with %s", name);
	return NULL;
}

static void modules_that_break_hosts_are_left_out(void **state)
{
	(void)state;
	static const char *const some[] = { "tests/lib/load_crash", "tests/lib/load_exit",
		"tests/lib/load_thread", "tests/lib/wild", NULL };
	struct runs own;
	runs_start(&own, &(struct runs_options){ .modules = some, .hosts = 2 });
	struct gw_registry *registry = gw_hosts_registry(own.hosts);
	assert_string_equal(problem_with(registry, "load_crash"),
		"crashed while loading (SIGSEGV)");
	assert_string_equal(problem_with(registry, "load_exit"),
		"ended the process while loading (exit status 4)");
	assert_string_equal(problem_with(registry, "load_thread"),
		"starts threads, which a task host does not allow");
	gw_registry_unref(&registry);
	auto_outcome *o = runs_do(&own, "wild.Effects", NULL);
	assert_int_equal(o->result.state, GW_WARNING);
	runs_stop(&own);
}

static void a_reload_lets_old_hosts_finish(void **state)
{
	(void)state;
	struct gw_error err;
	struct runs own;
	pid_t pids[8];
	runs_start(&own, &(struct runs_options){ .modules = modules });
	auto_outcome *old = runs_submit(&own,
		runs_job(&own, "wild.Program",
			json_pack("{s:s}", "script",
				"echo up; while [ ! -e ../../go ]; do sleep 0.01; done")));
	runs_await_line(old, "up");
	json_auto_t *count = gw_helper_call(own.hosts, "count", NULL, &err);
	assert_non_null(count);
	assert_true(gw_hosts_reload(own.hosts, &err));
	assert_int_equal(runs_hosts(pids, 8), 3); /* the old and the new one, and the suite's */
	auto_outcome *new = runs_do(&own, "wild.Effects", NULL);
	assert_int_equal(new->result.state, GW_WARNING);
	gw_auto_free char *go = gw_sprintf("%s/work/go", own.folder);
	gw_auto_fd fd = creat(go, 0600);
	assert_int_equal(runs_await(old)->result.state, GW_SUCCESS);
	for (int i = 0; i < 1000 && runs_hosts(pids, 8) > 2; i++)
		usleep(10000);
	assert_int_equal(runs_hosts(pids, 8), 2);
	runs_stop(&own);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(effects_arrive),
		cmocka_unit_test(services_are_there),
		cmocka_unit_test(a_failure_keeps_outputs),
		cmocka_unit_test(a_crash_names_module_and_signal),
		cmocka_unit_test(an_exit_is_a_failure),
		cmocka_unit_test(a_loop_ends_at_its_timeout),
		cmocka_unit_test(a_loop_can_be_killed),
#if RUNS_MEMORY > 0
		cmocka_unit_test(a_leak_ends_at_the_bound),
#endif
		cmocka_unit_test(threads_of_a_task_end_with_it),
		cmocka_unit_test(a_flood_of_lines_is_bounded),
		cmocka_unit_test(what_is_no_message_fails_the_run),
		cmocka_unit_test(outputs_are_bounded),
		cmocka_unit_test(properties_may_be_large),
		cmocka_unit_test(a_program_of_a_third_party_runs_too),
		cmocka_unit_test(a_trigger_is_polled),
		cmocka_unit_test(others_go_on),
		cmocka_unit_test(a_function_keeps_its_process),
		cmocka_unit_test(a_function_that_crashes_starts_again),
		cmocka_unit_test(modules_that_break_hosts_are_left_out),
		cmocka_unit_test(a_reload_lets_old_hosts_finish),
	};
	return RUNS_MAIN(argc, argv, tests, start, stop);
}

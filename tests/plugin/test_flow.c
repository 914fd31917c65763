/* test_flow.c - how flowable tasks plan */
#include "tests/plugin/plugin.h"

#include "base/clock.h"

#define TYPE(name) "io.kestra.plugin.core.flow." name

/* Plans round 0 and compares the lanes. */
static void expect_lanes(const char *type, const char *branches, const char *properties,
	const char *wanted)
{
	auto_planning p;
	planning_init(&p, branches);
	plan_round(&p, type, properties, 0, 0);
	assert_true(p.done);
	assert_string_equal(lanes(&p), wanted);
}

static void expect_failure(const char *type, const char *branches, const char *properties,
	const char *message)
{
	auto_planning p;
	planning_init(&p, branches);
	plan_round(&p, type, properties, 0, 0);
	assert_false(p.done);
	assert_string_equal(p.err.message, message);
}

/* ---- Lists ---- */

static void sequential_and_allow_failure_are_one_lane(void **state)
{
	(void)state;
	expect_lanes(TYPE("Sequential"), "tasks:3 errors:1", "{}", "tasks");
	expect_lanes(TYPE("AllowFailure"), "tasks:1", "{}", "tasks");
	expect_lanes(TYPE("Sequential"), "tasks:0", "{}", "");
	const struct gw_task_type *type = gw_registry_task(modules, TYPE("AllowFailure"))->type;
	assert_int_equal(type->flags, GW_ALLOWS_FAILURE);
}

static void parallel_is_a_lane_for_each_task(void **state)
{
	(void)state;
	auto_planning p;
	planning_init(&p, "tasks:3");
	plan_round(&p, TYPE("Parallel"), "{'concurrent': 2}", 0, 0);
	assert_string_equal(lanes(&p), "tasks[0] tasks[1] tasks[2]");
	assert_int_equal(p.plan.limit, 2);
	plan_round(&p, TYPE("Parallel"), "{}", 0, 0);
	assert_int_equal(p.plan.limit, 0);
}

/* ---- Choices ---- */

static void if_takes_the_branch_that_its_condition_says(void **state)
{
	(void)state;
	auto_planning p;
	expect_lanes(TYPE("If"), "then:1 else:2", "{'condition': 'yes'}", "then");
	expect_lanes(TYPE("If"), "then:1 else:2", "{'condition': '-0'}", "else");
	expect_lanes(TYPE("If"), "then:1 else:2", "{'condition': null}", "else");
	expect_lanes(TYPE("If"), "then:1", "{'condition': 'false'}", "");
	planning_init(&p, "then:1");
	plan_round(&p, TYPE("If"), "{'condition': '1'}", 0, 0);
	assert_json(p.plan.effects.outputs, "{'evaluationResult': true}");
}

static void switch_takes_the_case_of_its_value(void **state)
{
	(void)state;
	auto_planning p;
	planning_init(&p, "cases/FIRST:1 cases/a/b:2 defaults:1");
	plan_round(&p, TYPE("Switch"), "{'value': 'a/b'}", 0, 0);
	assert_string_equal(lanes(&p), "cases/a/b");
	assert_json(p.plan.effects.outputs, "{'value': 'a/b', 'defaults': false}");
	plan_round(&p, TYPE("Switch"), "{'value': 'FOURTH'}", 0, 0);
	assert_string_equal(lanes(&p), "defaults");
	assert_json(p.plan.effects.outputs, "{'value': 'FOURTH', 'defaults': true}");
}

static void switch_without_a_match_and_without_defaults_fails(void **state)
{
	(void)state;
	expect_failure(TYPE("Switch"), "cases/FIRST:1", "{'value': 'x'}",
		"There is no case for 'x', and no defaults");
	expect_lanes(TYPE("Switch"), "cases/FIRST:0", "{'value': 'FIRST'}", "");
}

static void a_switch_must_have_tasks_somewhere(void **state)
{
	(void)state;
	assert_string_equal(check_task(TYPE("Switch"), "{'value': 'x', 'cases': {}}"),
		": No task defined, neither cases or default have any tasks\n");
	assert_string_equal(check_task(TYPE("Switch"), "{'value': 'x', 'defaults': [{}]}"), "");
}

/* ---- For each value ---- */

static void for_each_makes_a_lane_for_each_distinct_value(void **state)
{
	(void)state;
	expect_lanes(TYPE("ForEach"), "tasks:2", "{'values': ['a', 'b c', 'a', 3]}",
		"tasks=a#0 tasks=b c#1 tasks=3#2");
	expect_lanes(TYPE("ForEach"), "tasks:2",
		"{'values': [{'k': 'v', 'n': [1, 2]}, true, 1.5, 1e10]}",
		"tasks={\"k\":\"v\",\"n\":[1,2]}#0 tasks=true#1 tasks=1.5#2 tasks=1.0E10#3");
	expect_lanes(TYPE("ForEach"), "tasks:2", "{'values': []}", "");
	expect_lanes(TYPE("ForEach"), "tasks:2", "{'values': '[1, 2]'}", "tasks=1#0 tasks=2#1");
}

static void the_elders_take_their_values_alike(void **state)
{
	(void)state;
	auto_planning p;
	planning_init(&p, "tasks:1");
	plan_round(&p, TYPE("EachSequential"), "{'value': '[1, 1, 2]'}", 0, 0);
	assert_string_equal(lanes(&p), "tasks=1#0 tasks=2#1");
	assert_int_equal(p.plan.limit, 1);
	plan_round(&p, TYPE("EachParallel"), "{'value': [1, 2]}", 0, 0);
	assert_int_equal(p.plan.limit, 0);
	plan_round(&p, TYPE("EachParallel"), "{'value': [1, 2], 'concurrent': 5}", 0, 0);
	assert_int_equal(p.plan.limit, 5);
}

static void for_each_runs_values_one_after_another_unless_told(void **state)
{
	(void)state;
	auto_planning p;
	planning_init(&p, "tasks:1");
	plan_round(&p, TYPE("ForEach"), "{'values': [1]}", 0, 0);
	assert_int_equal(p.plan.limit, 1);
	plan_round(&p, TYPE("ForEach"), "{'values': [1], 'concurrencyLimit': 0}", 0, 0);
	assert_int_equal(p.plan.limit, 0);
}

static void values_that_are_null_or_no_list_fail(void **state)
{
	(void)state;
	expect_failure(TYPE("ForEach"), "tasks:1", "{'values': ['a', null, 'c']}",
		"Found '1' null values on Each, with values=[a, null, c]");
	expect_failure(TYPE("ForEach"), "tasks:1", "{'values': '{}'}", "the values must be a list");
	expect_failure(TYPE("ForEach"), "tasks:1", "{'values': 4}", "the values must be a list");
	expect_failure(TYPE("EachSequential"), "tasks:1", "{'value': 'a b'}",
		"the values are no JSON: invalid token near 'a' at line 1, column 1");
}

static void ten_thousand_values_are_planned_in_milliseconds(void **state)
{
	(void)state;
	auto_planning p;
	gw_auto_str properties = { 0 };
	planning_init(&p, "tasks:1");
	for (int i = 0; i < 10000; i++)
		gw_str_printf(&properties, "%s'value number %d'", i ? "," : "{'values': [", i);
	gw_str_puts(&properties, "]}");
	json_auto_t *values = json_of(gw_str_text(&properties));
	const struct gw_task_type *type = gw_registry_task(modules, TYPE("ForEach"))->type;
	p.plan.task = &p.task;
	gw_time began = gw_clock_now();
	assert_true(type->plan(&p.plan, values, &p.err));
	assert_true(gw_clock_now() - began < GW_SECOND);
	assert_int_equal(p.plan.n_lanes, 10000);
}

/* ---- Dag ---- */

static void dag_lanes_wait_for_what_they_depend_on(void **state)
{
	(void)state;
	expect_lanes(TYPE("Dag"), "tasks:3",
		"{'tasks': [{}, {'dependsOn': ['a']}, {'dependsOn': ['a', 'b']}]}",
		"tasks[0] tasks[1]<a tasks[2]<a<b");
	expect_lanes(TYPE("Dag"), "tasks:2", "{}", "tasks[0] tasks[1]");
}

#define STEP(id, depends) "{'task': {'id': '" id "'}, 'dependsOn': [" depends "]}"

static void a_dag_must_have_tasks_and_know_them(void **state)
{
	(void)state;
	assert_string_equal(check_task(TYPE("Dag"), "{'tasks': []}"), ": No task defined\n");
	assert_string_equal(check_task(TYPE("Dag"),
				    "{'tasks': [" STEP("a", "'x', 'b', 'y'") "," STEP("b",
					    "") "]}"),
		": Not existing task id in dependency: x, y\n");
	assert_string_equal(check_task(TYPE("Dag"),
				    "{'tasks': [7, {'task': 1}, {'dependsOn': 3}]}"),
		"");
}

static void a_dag_must_have_no_circle(void **state)
{
	(void)state;
	assert_string_equal(check_task(TYPE("Dag"),
				    "{'tasks': [" STEP("a", "'c'") "," STEP("b",
					    "'a'") "," STEP("c", "'b'") "," STEP("d", "'a'") "]}"),
		": Cyclic dependency detected: a, b, c\n");
	assert_string_equal(check_task(TYPE("Dag"), "{'tasks': [" STEP("a", "'a'") "]}"),
		": Cyclic dependency detected: a\n");
	assert_string_equal(check_task(TYPE("Dag"), "{'tasks': [" STEP("a", "") "," STEP("b",
							    "'a'") "," STEP("c", "'a', 'b'") "]}"),
		"");
}

/* ---- LoopUntil ---- */

#define LOOP TYPE("LoopUntil")

static void a_loop_runs_until_its_condition_holds(void **state)
{
	(void)state;
	auto_planning p;
	planning_init(&p, "tasks:2");
	plan_round(&p, LOOP, "{'condition': 'true'}", 0, 0);
	assert_string_equal(lanes(&p), "tasks#0");
	assert_true(p.plan.again && !p.plan.waits);
	assert_json(p.plan.effects.outputs, "{'iterationCount': 1}");
	plan_round(&p, LOOP, "{'condition': 'false', 'checkFrequency': {'interval': 'PT2S'}}", 1,
		0);
	assert_string_equal(lanes(&p), "tasks#1");
	assert_true(p.plan.again && p.plan.waits);
	assert_int_equal(p.plan.delay_us, 2 * GW_SECOND);
	assert_json(p.plan.effects.outputs, "{'iterationCount': 2}");
	plan_round(&p, LOOP, "{'condition': '4'}", 2, 0);
	assert_string_equal(lanes(&p), "");
	assert_true(p.done && !p.plan.again);
}

static void a_loop_waits_a_minute_by_default(void **state)
{
	(void)state;
	auto_planning p;
	planning_init(&p, "tasks:1");
	plan_round(&p, LOOP, "{'condition': ''}", 7, 0);
	assert_int_equal(p.plan.delay_us, 60 * GW_SECOND);
}

static void a_loop_ends_at_its_maxima(void **state)
{
	(void)state;
	auto_planning p;
	planning_init(&p, "tasks:1");
	plan_round(&p, LOOP, "{'condition': '', 'checkFrequency': {'maxIterations': 3}}", 2, 0);
	assert_string_equal(lanes(&p), "tasks#2");
	plan_round(&p, LOOP, "{'condition': '', 'checkFrequency': {'maxIterations': '3'}}", 3, 0);
	assert_true(p.done);
	assert_string_equal(lanes(&p), "");
	assert_string_equal(p.plan.effects.lines[0].text, "Max iterations reached");
	plan_round(&p, LOOP,
		"{'condition': '', 'failOnMaxReached': true,"
		"'checkFrequency': {'maxDuration': 'PT1S'}}",
		2, 2 * GW_SECOND);
	assert_false(p.done);
	assert_string_equal(p.plan.effects.lines[0].text, "Max duration reached");
	assert_string_equal(p.err.message, "the condition does not hold after 2 rounds");
}

static void a_frequency_that_makes_no_sense_fails(void **state)
{
	(void)state;
	expect_failure(LOOP, "tasks:1", "{'checkFrequency': {'maxIterations': '3x'}}",
		"checkFrequency: maxIterations must be a positive number");
	expect_failure(LOOP, "tasks:1", "{'checkFrequency': {'maxIterations': 0}}",
		"checkFrequency: maxIterations must be a positive number");
	expect_failure(LOOP, "tasks:1", "{'checkFrequency': {'interval': 'PT0S'}}",
		"checkFrequency: interval must be a positive duration");
	expect_failure(LOOP, "tasks:1", "{'checkFrequency': {'interval': 4}}",
		"checkFrequency: interval must be a duration such as PT10S");
}

/* ---- Pause, Sleep ---- */

static void a_pause_lasts_for_ever_or_for_its_duration(void **state)
{
	(void)state;
	auto_planning p;
	planning_init(&p, "");
	plan_round(&p, TYPE("Pause"), "{}", 0, 0);
	assert_true(p.plan.pauses);
	assert_int_equal(p.plan.delay_us, 0);
	plan_round(&p, TYPE("Pause"), "{'pauseDuration': 'PT1M', 'delay': 'PT1S'}", 0, 0);
	assert_int_equal(p.plan.delay_us, 60 * GW_SECOND);
	assert_int_equal(p.plan.pause_state, GW_SUCCESS);
	plan_round(&p, TYPE("Pause"), "{'delay': 'PT0S'}", 0, 0);
	assert_int_equal(p.plan.delay_us, 1);
}

static void what_follows_a_pause_is_its_behavior(void **state)
{
	(void)state;
	static const struct {
		const char *properties;
		enum gw_state state;
	} cases[] = {
		{ "{'pauseDuration': 'PT1S', 'behavior': 'RESUME'}", GW_SUCCESS },
		{ "{'pauseDuration': 'PT1S', 'behavior': 'WARN'}", GW_WARNING },
		{ "{'pauseDuration': 'PT1S', 'behavior': 'FAIL'}", GW_FAILED },
		{ "{'pauseDuration': 'PT1S', 'behavior': 'CANCEL'}", GW_CANCELLED },
		{ "{'timeout': 'PT1S', 'behavior': 'WARN'}", GW_FAILED },
		{ "{'timeout': 'PT1S', 'delay': 'PT2S'}", GW_FAILED },
		{ "{'timeout': 'PT2S', 'delay': 'PT1S'}", GW_SUCCESS },
	};
	auto_planning p;
	planning_init(&p, "");
	for (size_t i = 0; i < GW_LEN(cases); i++) {
		plan_round(&p, TYPE("Pause"), cases[i].properties, 0, 0);
		assert_int_equal(p.plan.pause_state, cases[i].state);
		assert_int_equal(p.plan.delay_us, GW_SECOND);
	}
}

static void on_pause_runs_before_the_pause_and_tasks_after_it(void **state)
{
	(void)state;
	auto_planning p;
	planning_init(&p, "onPause:1 tasks:2");
	plan_round(&p, TYPE("Pause"), "{}", 0, 0);
	assert_string_equal(lanes(&p), "onPause");
	assert_true(p.plan.again && !p.plan.pauses);
	plan_round(&p, TYPE("Pause"), "{}", 1, 0);
	assert_string_equal(lanes(&p), "tasks");
	assert_true(p.plan.pauses && !p.plan.again);
}

static void sleep_waits_and_says_so(void **state)
{
	(void)state;
	auto_planning p;
	planning_init(&p, "");
	plan_round(&p, TYPE("Sleep"), "{'duration': 'PT5S'}", 0, 0);
	assert_true(p.plan.waits && !p.plan.pauses);
	assert_int_equal(p.plan.delay_us, 5 * GW_SECOND);
	assert_string_equal(p.plan.effects.lines[0].text, "Waiting for PT5S");
	plan_round(&p, TYPE("Sleep"), "{'duration': 'PT0S'}", 0, 0);
	assert_true(p.done && !p.plan.waits);
	expect_failure(TYPE("Sleep"), "", "{'duration': 'P1M'}",
		"duration: 'P1M' is no duration: write it as PT1H30M, PT5S or P1D");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequential_and_allow_failure_are_one_lane),
		cmocka_unit_test(parallel_is_a_lane_for_each_task),
		cmocka_unit_test(if_takes_the_branch_that_its_condition_says),
		cmocka_unit_test(switch_takes_the_case_of_its_value),
		cmocka_unit_test(switch_without_a_match_and_without_defaults_fails),
		cmocka_unit_test(a_switch_must_have_tasks_somewhere),
		cmocka_unit_test(for_each_makes_a_lane_for_each_distinct_value),
		cmocka_unit_test(the_elders_take_their_values_alike),
		cmocka_unit_test(for_each_runs_values_one_after_another_unless_told),
		cmocka_unit_test(values_that_are_null_or_no_list_fail),
		cmocka_unit_test(ten_thousand_values_are_planned_in_milliseconds),
		cmocka_unit_test(dag_lanes_wait_for_what_they_depend_on),
		cmocka_unit_test(a_dag_must_have_tasks_and_know_them),
		cmocka_unit_test(a_dag_must_have_no_circle),
		cmocka_unit_test(a_loop_runs_until_its_condition_holds),
		cmocka_unit_test(a_loop_waits_a_minute_by_default),
		cmocka_unit_test(a_loop_ends_at_its_maxima),
		cmocka_unit_test(a_frequency_that_makes_no_sense_fails),
		cmocka_unit_test(a_pause_lasts_for_ever_or_for_its_duration),
		cmocka_unit_test(what_follows_a_pause_is_its_behavior),
		cmocka_unit_test(on_pause_runs_before_the_pause_and_tasks_after_it),
		cmocka_unit_test(sleep_waits_and_says_so),
	};
	return RUN_PLUGIN(tests);
}

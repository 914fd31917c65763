/* test_execution.c - the tasks of the module execution */
#include "tests/plugin/plugin.h"

#define TYPE(name) "io.kestra.plugin.core.execution." name

/* ---- Fail ---- */

static void fail_without_a_condition_fails_with_its_message(void **state)
{
	(void)state;
	auto_trial plain = { 0 }, told = { 0 };
	run_task(&plain, TYPE("Fail"), "{}");
	assert_false(plain.done);
	assert_string_equal(plain.err.message, "Task failure");
	run_task(&told, TYPE("Fail"), "{'errorMessage': 'no luck'}");
	assert_string_equal(told.err.message, "no luck");
}

static void fail_with_a_condition_fails_only_if_it_holds(void **state)
{
	(void)state;
	static const char *const falsy[] = { "''", "'false'", "'0'", "'-0'", "false", "0", "null" };
	auto_trial t = { 0 };
	run_task(&t, TYPE("Fail"), "{'condition': 'true', 'errorMessage': 'no luck'}");
	assert_false(t.done);
	assert_string_equal(t.err.message, "Fail on a condition");
	assert_string_equal(line(&t, 0), "ERROR no luck");
	for (size_t i = 0; i < GW_LEN(falsy); i++) {
		auto_trial f = { 0 };
		gw_auto_free char *properties = gw_sprintf("{'condition': %s}", falsy[i]);
		run_task(&f, TYPE("Fail"), properties);
		assert_true(f.done);
		assert_int_equal(f.run.effects.n_lines, 0);
	}
}

/* ---- Assert ---- */

static void assert_counts_what_holds_and_names_what_does_not(void **state)
{
	(void)state;
	auto_trial t = { .rendered = "{'{{ a }}': 'true', '{{ b }}': '0'}" };
	run_task(&t, TYPE("Assert"),
		"{'conditions': ['{{ a }}', '{{ b }}', '{{ c }}'], 'errorMessage': 'Sorry'}");
	assert_false(t.done);
	assert_string_equal(t.err.message, "2 assertions failed!\nSorry");
	assert_string_equal(line(&t, 0), "ERROR Assertion `{{ b }}` failed!");
	assert_string_equal(line(&t, 1),
		"ERROR Assertion `{{ c }}` failed, failed to render `unknown {{ c }}`");
	assert_int_equal(metric(&t, "success"), 1);
	assert_int_equal(metric(&t, "failed"), 2);
}

static void assert_passes_if_everything_holds(void **state)
{
	(void)state;
	auto_trial t = { .rendered = "{'{{ a }}': true}" };
	run_task(&t, TYPE("Assert"), "{'conditions': ['{{ a }}']}");
	assert_true(t.done);
	assert_int_equal(metric(&t, "failed"), 0);
}

/* ---- Exit ---- */

static void exit_ends_the_execution_in_its_state(void **state)
{
	(void)state;
	auto_trial plain = { 0 }, cancelled = { 0 }, wrong = { 0 };
	run_task(&plain, TYPE("Exit"), "{}");
	assert_true(plain.done && plain.run.effects.ends_execution);
	assert_int_equal(plain.run.effects.end_state, GW_SUCCESS);
	run_task(&cancelled, TYPE("Exit"), "{'state': 'CANCELED'}");
	assert_int_equal(cancelled.run.effects.end_state, GW_CANCELLED);
	assert_int_equal(cancelled.run.effects.state, GW_CANCELLED);
	run_task(&wrong, TYPE("Exit"), "{'state': 'GONE'}");
	assert_false(wrong.done);
}

/* ---- SetVariables, UnsetVariables ---- */

#define VARS "{'{{ vars ?? null }}': {'a': 1, 'm': {'x': 1, 'y': {'z': 2}}}}"

static void variables_are_set_and_maps_merged(void **state)
{
	(void)state;
	auto_trial t = { .rendered = VARS };
	run_task(&t, TYPE("SetVariables"),
		"{'variables': {'a': 'new', 'b': [1], 'm': {'x': 3, 'y': {'w': 4}}}}");
	assert_true(t.done);
	assert_json(t.run.effects.variables,
		"{'a': 'new', 'b': [1], 'm': {'x': 3, 'y': {'z': 2, 'w': 4}}}");
}

static void without_overwrite_existing_variables_are_left_alone(void **state)
{
	(void)state;
	auto_trial t = { .rendered = VARS }, fresh = { .rendered = "{'{{ vars ?? null }}': null}" };
	run_task(&t, TYPE("SetVariables"),
		"{'variables': {'a': 2, 'b': 3, 'm': 4}, 'overwrite': false}");
	assert_false(t.done);
	assert_string_equal(t.err.message,
		"`overwrite` is set to false and the following variables already exist: a,m");
	assert_null(t.run.effects.variables);
	run_task(&fresh, TYPE("SetVariables"), "{'variables': {'a': 2}, 'overwrite': false}");
	assert_true(fresh.done);
}

static void variables_are_removed_also_inside_maps(void **state)
{
	(void)state;
	auto_trial t = { .rendered = VARS };
	run_task(&t, TYPE("UnsetVariables"), "{'variables': ['a', 'm.y.z', 'm.x']}");
	assert_true(t.done);
	assert_json(t.run.effects.variables, "{'a': null, 'm': {'y': {}}}");
}

static void a_missing_variable_fails_unless_it_may_be_missing(void **state)
{
	(void)state;
	auto_trial t = { .rendered = VARS }, nested = { .rendered = VARS },
		   may = { .rendered = VARS };
	run_task(&t, TYPE("UnsetVariables"), "{'variables': ['zzz']}");
	assert_false(t.done);
	assert_string_equal(t.err.message, "there is no variable 'zzz' to remove");
	run_task(&nested, TYPE("UnsetVariables"), "{'variables': ['a.b.c....']}");
	assert_false(nested.done);
	run_task(&may, TYPE("UnsetVariables"),
		"{'variables': ['zzz', 'a.b.c'], 'ignoreMissing': true}");
	assert_true(may.done);
	assert_null(may.run.effects.variables);
}

/* ---- OutputValues ---- */

static void output_values_gives_out_its_values(void **state)
{
	(void)state;
	auto_trial t = { 0 };
	run_task(&t, "io.kestra.plugin.core.output.OutputValues",
		"{'values': {'output1': 'xyz', 'output2': [1, null]}}");
	assert_true(t.done);
	assert_json(t.run.effects.outputs, "{'values': {'output1': 'xyz', 'output2': [1, null]}}");
}

/* ---- Count, Resume ---- */

static void count_sums_up_what_the_server_found(void **state)
{
	(void)state;
	auto_trial t = { .answer = "{'results': [{'namespace': 'n', 'flowId': 'f', 'count': 3},"
				   "{'namespace': 'n', 'flowId': 'g', 'count': 4}]}" };
	run_task(&t, TYPE("Count"),
		"{'namespaces': ['n'], 'startDate': '2024-01-01T00:00:00Z', 'expression': 'x'}");
	assert_true(t.done);
	assert_memory_equal(t.question, "count {", 7);
	assert_int_equal(json_integer_value(json_object_get(t.run.effects.outputs, "total")), 7);
	assert_int_equal(json_array_size(json_object_get(t.run.effects.outputs, "results")), 2);
}

static void count_needs_flows_or_namespaces(void **state)
{
	(void)state;
	auto_trial t = { .answer = "{}" };
	run_task(&t, TYPE("Count"), "{'startDate': '2024-01-01T00:00:00Z', 'expression': 'x'}");
	assert_false(t.done);
	assert_string_equal(t.err.message, "You must provide a list of flows or namespaces.");
	assert_null(t.question);
}

static void resume_remembers_what_it_resumed(void **state)
{
	(void)state;
	auto_trial t = { .answer = "{'id': 'e1', 'namespace': 'n', 'flowId': 'f'}" }, lost = { 0 };
	run_task(&t, TYPE("Resume"), "{'executionId': 'e1', 'inputs': {'ok': true}}");
	assert_true(t.done);
	assert_string_equal(t.question, "resume {\"executionId\":\"e1\",\"inputs\":{\"ok\":true}}");
	assert_json(t.run.effects.variables,
		"{'resumedExecution': {'id': 'e1', 'namespace': 'n', 'flowId': 'f'}}");
	run_task(&lost, TYPE("Resume"), "{}");
	assert_false(lost.done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fail_without_a_condition_fails_with_its_message),
		cmocka_unit_test(fail_with_a_condition_fails_only_if_it_holds),
		cmocka_unit_test(assert_counts_what_holds_and_names_what_does_not),
		cmocka_unit_test(assert_passes_if_everything_holds),
		cmocka_unit_test(exit_ends_the_execution_in_its_state),
		cmocka_unit_test(variables_are_set_and_maps_merged),
		cmocka_unit_test(without_overwrite_existing_variables_are_left_alone),
		cmocka_unit_test(variables_are_removed_also_inside_maps),
		cmocka_unit_test(a_missing_variable_fails_unless_it_may_be_missing),
		cmocka_unit_test(output_values_gives_out_its_values),
		cmocka_unit_test(count_sums_up_what_the_server_found),
		cmocka_unit_test(count_needs_flows_or_namespaces),
		cmocka_unit_test(resume_remembers_what_it_resumed),
	};
	return RUN_PLUGIN(tests);
}

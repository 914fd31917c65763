/* test_labels.c - setting labels */
#include "tests/plugin/plugin.h"

#define LABELS "io.kestra.plugin.core.execution.Labels"

/* The labels that a run sets. */
static void expect(const char *properties, const char *labels)
{
	auto_trial t = { 0 };
	run_task(&t, LABELS, properties);
	assert_true(t.done);
	assert_json(t.run.effects.labels, labels);
}

static void expect_error(const char *properties, const char *message)
{
	auto_trial t = { 0 };
	run_task(&t, LABELS, properties);
	assert_false(t.done);
	assert_string_equal(t.err.message, message);
	assert_null(t.run.effects.labels);
}

static void a_map_a_list_and_a_json_text_set_labels(void **state)
{
	(void)state;
	expect("{'labels': {'a': 'x', 'b': 'y'}}", "{'a': 'x', 'b': 'y'}");
	expect("{'labels': [{'key': 'a', 'value': 'x'}, {'key': 'b', 'value': 'y'}]}",
		"{'a': 'x', 'b': 'y'}");
	auto_trial t = { 0 };
	json_auto_t *properties = json_pack("{s:s}", "labels", "{\"a\": \"x\"}");
	const struct gw_task_type *type = gw_registry_task(modules, LABELS)->type;
	t.run.effects.state = GW_SUCCESS;
	assert_true(type->run(&t.run, properties, &t.err));
	assert_json(t.run.effects.labels, "{'a': 'x'}");
}

static void numbers_and_booleans_become_texts(void **state)
{
	(void)state;
	expect("{'labels': {'i': 42, 'b': true, 'f': 3.14}}",
		"{'i': '42', 'b': 'true', 'f': '3.14'}");
}

static void a_list_names_a_label_once(void **state)
{
	(void)state;
	expect_error("{'labels': [{'key': 'a', 'value': 'x'}, {'key': 'a', 'value': 'y'}]}",
		"label 'a' is given twice");
}

static void system_labels_are_refused_and_nothing_is_set(void **state)
{
	(void)state;
	expect_error("{'labels': {'a': 'x', 'system.correlationId': 'mine'}}",
		"System labels can only be set by Kestra itself, offending label: "
		"system.correlationId=mine");
}

static void what_is_no_label_fails(void **state)
{
	(void)state;
	expect_error("{'labels': {'a': null}}",
		"label 'a' must have a text, a number or a boolean as value");
	expect_error("{'labels': {'a': ''}}", "label 'a' has an empty value");
	expect_error("{'labels': {'': 'x'}}", "a label needs a key");
	expect_error("{'labels': ['a']}", "label 1 must be {key, value}");
	expect_error("{'labels': 3}",
		"labels must be a map, a list of {key, value} or a JSON text");
	expect_error("{'labels': '[]'}", "labels given as a text must be a JSON object");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_a_list_and_a_json_text_set_labels),
		cmocka_unit_test(numbers_and_booleans_become_texts),
		cmocka_unit_test(a_list_names_a_label_once),
		cmocka_unit_test(system_labels_are_refused_and_nothing_is_set),
		cmocka_unit_test(what_is_no_label_fails),
	};
	return RUN_PLUGIN(tests);
}

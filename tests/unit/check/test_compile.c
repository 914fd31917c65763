/* test_compile.c - the compiled form of flows, and the properties tasks get */
#include "tests/unit/check/types.h"
#include "tests/unit/test.h"

#include "base/json.h"
#include "check/flow.h"
#include "check/property.h"

#define HEAD "id: a\nnamespace: io.test\n"
#define RETURN "type: io.kestra.plugin.core.debug.Return"

static struct gw_registry *registry;

static struct gw_flow *compile(const char *source)
{
	struct gw_error err;
	json_auto_t *doc = gw_yaml_parse(gw_slice_of(source), &err);
	assert_non_null(doc);
	return gw_flow_compile("main", 7, doc, registry, NULL);
}

/* "a(b c) d": tasks with their branches. */
static void draw(struct gw_str *out, const struct gw_branch *branch)
{
	for (size_t i = 0; i < branch->n; i++) {
		const struct gw_task *task = branch->tasks[i];
		gw_str_printf(out, "%s%s", i ? " " : "", task->id);
		for (size_t k = 0; k < task->n_branches; k++) {
			gw_str_printf(out, " %s[", task->branches[k].path);
			draw(out, &task->branches[k]);
			gw_str_putc(out, ']');
		}
	}
}

static void branches_come_from_properties_that_hold_tasks(void **state)
{
	(void)state;
	struct gw_flow *flow = compile(HEAD
		"tasks:\n"
		"  - id: p\n    type: io.kestra.core.tasks.flows.parallel\n"
		"    tasks: [{id: a, " RETURN "}, {id: off, disabled: true, " RETURN "}]\n"
		"    errors: [{id: e, " RETURN "}]\n"
		"  - id: s\n    type: io.kestra.plugin.core.flow.Switch\n    value: x\n"
		"    cases:\n      FIRST: [{id: f1, " RETURN "}, {id: f2, " RETURN "}]\n"
		"      a.b: []\n"
		"    defaults: [{id: d, " RETURN "}]\n"
		"  - id: dag\n    type: io.kestra.plugin.core.flow.Dag\n    tasks:\n"
		"      - task: {id: g1, " RETURN "}\n"
		"      - {task: {id: g2, disabled: true, " RETURN "}, dependsOn: [g1]}\n"
		"      - {task: {id: g3, " RETURN "}, dependsOn: [g1, g2]}\n"
		"  - id: w\n    type: io.kestra.plugin.core.flow.Pause\n"
		"    onPause: {id: o, " RETURN "}\n"
		"errors: [{id: x, " RETURN "}]\n"
		"finally: [{id: y, " RETURN "}]\n"
		"afterExecution: [{id: z, " RETURN "}]\n");
	gw_auto_str text = { 0 };
	draw(&text, &flow->tasks);
	assert_null(flow->broken);
	assert_string_equal(gw_str_text(&text),
		"p tasks[a] errors[e] s cases/FIRST[f1 f2] cases/a.b[] defaults[d] dag tasks[g1 "
		"g3] w onPause[o]");
	assert_string_equal(flow->errors.tasks[0]->id, "x");
	assert_string_equal(flow->finally.tasks[0]->id, "y");
	assert_string_equal(flow->after_execution.tasks[0]->id, "z");

	assert_int_equal(flow->n_all_tasks, 15);
	const struct gw_task *f2 = gw_map_find(&flow->tasks_by_id, "f2");
	assert_ptr_equal(flow->all_tasks[f2->index], f2);
	assert_string_equal(f2->parent->id, "s");
	assert_null(gw_map_find(&flow->tasks_by_id, "off"));
	assert_string_equal(flow->tasks.tasks[0]->type_name, "io.kestra.plugin.core.flow.Parallel");
	assert_true(flow->tasks.tasks[0]->in_server);

	struct gw_error err;
	struct gw_scope scope = { 0 };
	json_auto_t *seen =
		gw_task_properties(gw_map_find(&flow->tasks_by_id, "dag"), &scope, &err);
	gw_str_reset(&text);
	gw_json_print(&text, seen);
	assert_string_equal(gw_str_text(&text), "{\"tasks\":[{},{\"dependsOn\":[\"g1\",\"g2\"]}]}");
	json_auto_t *none = gw_task_properties(flow->tasks.tasks[0], &scope, &err);
	gw_str_reset(&text);
	gw_json_print(&text, none);
	assert_string_equal(gw_str_text(&text), "{\"concurrent\":0}");
	gw_flow_unref(&flow);
}

static void a_retry_is_inherited_from_the_nearest(void **state)
{
	(void)state;
	struct gw_flow *flow = compile(HEAD
		"retry: {type: constant, interval: PT1S, maxAttempt: 9, warningOnRetry: true}\n"
		"tasks:\n"
		"  - {id: a, " RETURN "}\n"
		"  - id: p\n    type: io.kestra.plugin.core.flow.Parallel\n"
		"    retry: {type: random, minInterval: PT2S, maxInterval: PT4S, "
		"behavior: CREATE_NEW_EXECUTION}\n"
		"    tasks:\n"
		"      - {id: b, " RETURN "}\n"
		"      - {id: c, " RETURN ", retry: {type: exponential, interval: PT1S, "
		"maxInterval: PT9S, delayFactor: 3, maxDuration: PT1M, maxAttempts: 4}}\n"
		"  - {id: d, " RETURN "}\n");
	const struct gw_retry *a = &flow->all_tasks[0]->retry, *b = &flow->all_tasks[2]->retry;
	const struct gw_retry *c = &flow->all_tasks[3]->retry, *d = &flow->all_tasks[4]->retry;
	assert_int_equal(a->type, GW_RETRY_CONSTANT);
	assert_int_equal(a->interval_us, GW_SECOND);
	assert_int_equal(a->max_attempts, 9);
	assert_true(a->warning_on_retry && !a->new_execution);
	assert_int_equal(b->type, GW_RETRY_RANDOM);
	assert_int_equal(b->interval_us, 2 * GW_SECOND);
	assert_int_equal(b->max_interval_us, 4 * GW_SECOND);
	assert_true(b->new_execution);
	assert_int_equal(c->type, GW_RETRY_EXPONENTIAL);
	assert_true(c->factor == 3);
	assert_int_equal(c->max_duration_us, 60 * GW_SECOND);
	assert_int_equal(c->max_attempts, 4);
	assert_int_equal(d->type, a->type);
	assert_int_equal(d->max_attempts, a->max_attempts);
	gw_flow_unref(&flow);
}

static void what_cannot_run_is_broken(void **state)
{
	(void)state;
	static const struct {
		const char *source, *why;
	} rows[] = {
		{ HEAD "tasks: [{id: x, type: gone.Task, a: 1}]\n",
			"task 'x': Invalid type: gone.Task" },
		{ HEAD "tasks: [{id: x, type: test.Typed, count: many}]\n",
			"task 'x': count: must be an integer, not \"many\"" },
		{ HEAD "tasks: [{id: x, " RETURN "}]\ntriggers: [{id: t, type: gone}]\n",
			"trigger 't': Invalid type: gone" },
	};
	for (size_t i = 0; i < GW_LEN(rows); i++) {
		struct gw_flow *flow = compile(rows[i].source);
		assert_string_equal(flow->broken, rows[i].why);
		gw_flow_unref(&flow);
	}
	struct gw_flow *flow = compile(HEAD "tasks: [{id: x, " RETURN ", format: '{{ ! }}'}]\n");
	assert_int_equal(strncmp(flow->broken, "task 'x': format: ", 18), 0);
	gw_flow_unref(&flow);
}

static void flow_level_settings_are_read(void **state)
{
	(void)state;
	struct gw_flow *flow = compile(HEAD
		"disabled: true\nlabels: {a: b}\nvariables: {v: 1}\n"
		"inputs: [{id: i, type: INT}]\n"
		"outputs: [{id: o, type: STRING, value: x}]\n"
		"concurrency: {limit: 3, behavior: FAIL}\n"
		"tasks:\n"
		"  - {id: x, " RETURN ", allowFailure: true, logToFile: true, logLevel: WARN, "
		"timeout: PT5S, runIf: false}\n"
		"  - {id: y, " RETURN ", runIf: true}\n");
	const struct gw_task *x = flow->all_tasks[0], *y = flow->all_tasks[1];
	assert_string_equal(flow->tenant, "main");
	assert_string_equal(flow->namespace, "io.test");
	assert_int_equal(flow->revision, 7);
	assert_true(flow->disabled);
	assert_string_equal(gw_labels_get(&flow->labels, "a"), "b");
	assert_int_equal(flow->concurrency, 3);
	assert_int_equal(flow->limit_behavior, GW_LIMIT_FAIL);
	assert_int_equal(json_array_size(flow->outputs), 1);
	assert_string_equal(json_string_value(gw_tree_source(flow->output_values[0])), "x");
	assert_true(x->allow_failure && x->log_to_file && !x->allow_warning);
	assert_int_equal(x->log_level, GW_WARN);
	assert_string_equal(json_string_value(gw_tree_source(x->timeout)), "PT5S");
	assert_non_null(x->run_if);
	assert_null(y->run_if);
	assert_int_equal(y->log_level, GW_TRACE);
	assert_true(flow->bytes > 1000);
	gw_flow_unref(&flow);
}

static void triggers_have_their_defaults(void **state)
{
	(void)state;
	struct gw_flow *flow = compile(HEAD
		"tasks: [{id: x, " RETURN "}]\n"
		"triggers:\n"
		"  - id: t\n    type: io.kestra.core.models.triggers.types.Schedule\n"
		"    cron: '0 0 * * *'\n    stopAfter: [FAILED, WARNING]\n"
		"    inputs: {a: '{{ trigger.date }}'}\n    labels: [{key: k, value: v}]\n"
		"    conditions: [{type: io.kestra.plugin.core.condition.Expression}]\n"
		"    scheduleConditions: [{type: io.kestra.plugin.core.condition.Not}]\n");
	const struct gw_trigger *t = gw_flow_trigger(flow, "t");
	assert_string_equal(t->type_name, "io.kestra.plugin.core.trigger.Schedule");
	assert_true(json_is_false(json_object_get(t->properties, "withSeconds")));
	assert_int_equal(json_array_size(t->conditions), 2);
	assert_int_equal(t->n_stop_after, 2);
	assert_int_equal(t->stop_after[1], GW_WARNING);
	assert_string_equal(t->labels.items[0].key, "k");
	assert_true(gw_template_is_constant(t->label_values[0]));
	assert_false(gw_tree_is_constant(t->inputs));
	gw_flow_unref(&flow);
}

static void defaults_are_merged_by_the_beginning_of_the_type(void **state)
{
	(void)state;
	struct gw_error err;
	json_auto_t *list = gw_json_parse(
		gw_slice_of(
			"[{\"type\":\"test\",\"values\":{\"count\":5,\"fixed\":\"far\",\"texts\":"
			"{\"c\":\"3\"}}}]"),
		&err);
	const struct gw_flow_defaults defaults = { list };
	json_auto_t *doc = gw_yaml_parse(
		gw_slice_of(HEAD "tasks:\n"
				 "  - {id: x, type: test.Typed, items: [2], texts: {a: mine}, on: "
				 "false}\n"
				 "pluginDefaults:\n"
				 "  - {type: test., values: {items: [1], texts: {a: '1', b: '2'}, "
				 "fixed: near}}\n"
				 "  - {type: test.Typed, forced: true, values: {on: true}}\n"
				 "  - {type: test.Typed, forced: true, values: {on: false}}\n"),
		&err);
	struct gw_flow *flow = gw_flow_compile("main", 1, doc, registry, &defaults);
	const json_t *p = flow->all_tasks[0]->constants;
	gw_auto_str text = { 0 };
	gw_json_print(&text, json_object_get(p, "items"));
	gw_json_print(&text, json_object_get(p, "texts"));
	gw_json_print(&text, json_object_get(p, "on"));
	gw_json_print(&text, json_object_get(p, "count"));
	gw_json_print(&text, json_object_get(p, "fixed"));
	assert_string_equal(gw_str_text(&text),
		"[1,2]{\"c\":\"3\",\"a\":\"mine\",\"b\":\"2\"}true5\"near\"");
	assert_null(json_object_get(json_array_get(json_object_get(flow->doc, "tasks"), 0),
		"count"));
	gw_flow_unref(&flow);
}

static void defaults_that_bring_in_themselves_come_to_an_end(void **state)
{
	(void)state;
	struct gw_flow *flow = compile(HEAD
		"tasks: [{id: x, type: io.kestra.plugin.core.flow.Parallel, tasks: []}]\n"
		"pluginDefaults:\n"
		"  - type: io.kestra.plugin.core.flow.Parallel\n"
		"    values: {tasks: [{id: y, type: io.kestra.plugin.core.flow.Parallel}, "
		"{id: z, type: io.kestra.plugin.core.flow.Parallel}]}\n");
	assert_true(flow->n_all_tasks > 2 && flow->n_all_tasks < 200000);
	gw_flow_unref(&flow);
}

/* ---- Properties ---- */

struct test_scope {
	struct gw_scope scope;
	json_t *variables;
};

static const json_t *find_variable(struct gw_scope *scope, const char *name)
{
	return json_object_get(((struct test_scope *)scope)->variables, name);
}

static char *properties_of(const char *task, bool again)
{
	struct gw_error err;
	gw_auto_free char *source = gw_sprintf(HEAD "tasks:\n  - {id: x, %s}\n", task);
	struct gw_flow *flow = compile(source);
	struct test_scope s = { .scope.variable = find_variable };
	json_auto_t *variables = gw_json_parse(
		gw_slice_of(
			"{\"n\":12,\"t\":\"true\",\"flow\":{\"namespace\":\"io.test\"},\"list\":[1,"
			"\"2\"],\"bad\":\"x\"}"),
		&err);
	s.variables = variables;
	gw_auto_str text = { 0 };
	json_auto_t *found = again ? gw_task_properties_again(flow->all_tasks[0], &s.scope, &err)
				   : gw_task_properties(flow->all_tasks[0], &s.scope, &err);
	if (found)
		gw_json_print(&text, found);
	else
		gw_str_printf(&text, "!%s", err.message);
	gw_flow_unref(&flow);
	return gw_str_steal(&text);
}

static void properties_are_rendered_converted_and_complete(void **state)
{
	(void)state;
	static const struct {
		const char *task, *expected;
	} rows[] = {
		{ "type: test.Typed", "{\"count\":3,\"on\":false,\"batch\":{\"rows\":1},"
				      "\"namespace\":\"io.test\"}" },
		{ "type: test.Typed, namespace: '', count: '{{ n }}', on: '{{ t }}', ratio: '1.5', "
		  "wait: 90, items: '{{ list }}', texts: {a: 1, b: '{{ n }}'}, any: {x: '{{ n }}'}",
			"{\"ratio\":1.5,\"wait\":\"PT1M30S\",\"namespace\":\"\",\"batch\":"
			"{\"rows\":1},\"count\":12,\"on\":true,\"items\":[1,2],\"texts\":{\"a\":"
			"\"1\",\"b\":"
			"\"12\"},\"any\":{\"x\":\"12\"}}" },
		{ "type: test.Typed, namespace: '', fixed: '{{ n }}', late: '{{ later }}'",
			"{\"count\":3,\"on\":false,\"fixed\":\"{{ n }}\",\"late\":\"{{ later }}\","
			"\"namespace\":\"\",\"batch\":{\"rows\":1}}" },
		{ "type: test.Typed, count: '{{ bad }}'", "!count: must be an integer, not \"x\"" },
	};
	for (size_t i = 0; i < GW_LEN(rows); i++) {
		gw_auto_free char *found = properties_of(rows[i].task, false);
		assert_string_equal(found, rows[i].expected);
	}
	gw_auto_free char *missing = properties_of("type: test.Typed, count: '{{ nope }}'", false);
	assert_int_equal(strncmp(missing, "!Unable to find `nope` used in the expression", 45), 0);
}

static void late_properties_are_rendered_when_planned_again(void **state)
{
	(void)state;
	static const char task[] = "type: io.kestra.plugin.core.flow.Pause, condition: '{{ t }}'";
	gw_auto_free char *first = properties_of(task, false);
	assert_string_equal(first, "{\"condition\":\"{{ t }}\"}");
	gw_auto_free char *again = properties_of(task, true);
	assert_string_equal(again, "{\"condition\":true}");
}

static void constant_properties_are_one_object(void **state)
{
	(void)state;
	struct gw_error err;
	struct gw_scope scope = { 0 };
	struct gw_flow *flow = compile(HEAD "tasks: [{id: x, " RETURN
					    ", format: hello}, {id: b, type: test.Bare}]\n");
	json_auto_t *none = gw_task_properties(flow->all_tasks[1], &scope, &err);
	json_auto_t *one = gw_task_properties(flow->all_tasks[0], &scope, &err);
	json_auto_t *two = gw_task_properties(flow->all_tasks[0], &scope, &err);
	assert_ptr_equal(one, two);
	assert_int_equal(json_object_size(none), 0);
	assert_int_equal(gw_task_needs(flow->all_tasks[0]), 0);
	gw_flow_unref(&flow);
}

static void note_variable(void *arg, const char *root, const char *member)
{
	gw_str_printf(arg, "%s.%s ", root, member ? member : "*");
}

static void variables_of_all_expressions_are_told(void **state)
{
	(void)state;
	gw_auto_str names = { 0 };
	struct gw_flow *flow =
		compile(HEAD "tasks: [{id: x, " RETURN ", format: '{{ outputs.one.value }}', "
			     "runIf: '{{ inputs.go }}', timeout: '{{ vars.wait }}'}]\n");
	gw_task_variables(flow->all_tasks[0], note_variable, &names);
	assert_string_equal(gw_str_text(&names), "inputs.go vars.wait outputs.one ");
	gw_flow_unref(&flow);
}

/* ---- Conditions ---- */

static bool conditions_hold(const char *source)
{
	struct gw_error err;
	bool hold = false;
	struct test_scope s = { .scope.variable = find_variable };
	json_auto_t *variables = gw_json_parse(gw_slice_of("{\"yes\":true,\"no\":false}"), &err);
	json_auto_t *conditions = gw_yaml_parse(gw_slice_of(source), &err);
	s.variables = variables;
	assert_true(gw_conditions_hold(conditions, registry, &s.scope, &hold, &err));
	return hold;
}

#define EXPRESSION "type: io.kestra.plugin.core.condition.ExpressionCondition, expression: "

static void conditions_must_all_hold(void **state)
{
	(void)state;
	assert_true(conditions_hold("[]"));
	assert_true(conditions_hold("[{" EXPRESSION "'{{ yes }}'}, {" EXPRESSION "ok}]"));
	assert_false(conditions_hold("[{" EXPRESSION "'{{ yes }}'}, {" EXPRESSION "'{{ no }}'}]"));
	assert_true(conditions_hold(
		"[{type: io.kestra.plugin.core.condition.Not, conditions: [{" EXPRESSION
		"'{{ no }}'}]}]"));
	struct gw_error err;
	bool hold;
	struct test_scope s = { .scope.variable = find_variable };
	json_auto_t *unknown = gw_yaml_parse(gw_slice_of("[{type: gone}]"), &err);
	assert_false(gw_conditions_hold(unknown, registry, &s.scope, &hold, &err));
	assert_string_equal(err.message, "Invalid type: gone");
}

static int start(void **state)
{
	(void)state;
	registry = test_registry();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	gw_registry_unref(&registry);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(branches_come_from_properties_that_hold_tasks),
		cmocka_unit_test(a_retry_is_inherited_from_the_nearest),
		cmocka_unit_test(what_cannot_run_is_broken),
		cmocka_unit_test(flow_level_settings_are_read),
		cmocka_unit_test(triggers_have_their_defaults),
		cmocka_unit_test(defaults_are_merged_by_the_beginning_of_the_type),
		cmocka_unit_test(defaults_that_bring_in_themselves_come_to_an_end),
		cmocka_unit_test(properties_are_rendered_converted_and_complete),
		cmocka_unit_test(late_properties_are_rendered_when_planned_again),
		cmocka_unit_test(constant_properties_are_one_object),
		cmocka_unit_test(variables_of_all_expressions_are_told),
		cmocka_unit_test(conditions_must_all_hold),
	};
	return cmocka_run_group_tests(tests, start, stop);
}

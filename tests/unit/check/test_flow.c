/* test_flow.c - what is said of flows that are wrong, and what is stored of those that are not */
#include "tests/unit/check/types.h"
#include "tests/unit/test.h"

#include "base/json.h"
#include "base/thread.h"
#include "check/flow.h"

#define HEAD "id: a\nnamespace: io.test\n"
#define ONE "tasks:\n  - id: one\n    type: io.kestra.plugin.core.debug.Return\n"

static struct gw_registry *registry;

struct row {
	const char *source;
	const char *expected; /* "line:column path: message\n" for each violation */
};

/* As Kestra shows them, with positions. */
static char *violations_of(const char *source)
{
	gw_auto_violations v = { 0 };
	gw_auto_str text = { 0 };
	json_auto_t *doc = gw_flow_read(gw_slice_of(source), registry, NULL, &v, NULL);
	for (size_t i = 0; i < v.n; i++)
		gw_str_printf(&text, "%d:%d %s: %s\n", v.items[i].at.line, v.items[i].at.column,
			v.items[i].shown, v.items[i].message);
	assert_int_equal(doc == NULL, v.n > 0);
	return gw_str_steal(&text);
}

static void check_rows(const struct row *rows, size_t n)
{
	int failed = 0;
	for (size_t i = 0; i < n; i++) {
		gw_auto_free char *found = violations_of(rows[i].source);
		if (strcmp(found, rows[i].expected) == 0)
			continue;
		print_message("-- %s-- found\n%s-- expected\n%s", rows[i].source, found,
			rows[i].expected);
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* The flows that Kestra's own tests refuse, told anew. */
static const struct row invalids[] = {
	{ HEAD "tasks:\n"
	       "  - {id: date, type: io.kestra.plugin.core.debug.Return}\n"
	       "  - {id: date, type: io.kestra.plugin.core.debug.Return}\n"
	       "  - id: p\n"
	       "    type: io.kestra.plugin.core.flow.Parallel\n"
	       "    tasks: [{id: listen, type: io.kestra.plugin.core.debug.Return}]\n"
	       "    errors: [{id: listen, type: io.kestra.plugin.core.debug.Return}]\n"
	       "triggers:\n"
	       "  - {id: trigger, type: io.kestra.plugin.core.trigger.Schedule, cron: '0 0 * * "
	       "*'}\n"
	       "  - {id: trigger, type: io.kestra.plugin.core.trigger.Schedule, cron: '0 0 * * "
	       "*'}\n",
		"1:1 : Invalid Flow: Duplicate task id with name [date, listen], Duplicate trigger "
		"id with name [trigger]\n" },
	{ "id: \"\"\nnamespace: \"\"\ntasks:\n"
	  "  - {id: para2, type: io.kestra.core.tasks.flows.Parallel}\n"
	  "  - {id: para3, type: io.kestra.core.tasks.flows.Parallel, tasks: []}\n"
	  "  - {id: para4, type: io.kestra.core.tasks.flows.Parallel, tasks: null}\n",
		"4:5 tasks[0].tasks: must not be empty\n"
		"5:60 tasks[1].tasks: must not be empty\n"
		"6:60 tasks[2].tasks: must not be empty\n"
		"1:1 id: must not be blank\n"
		"1:1 id: must match \"^[a-zA-Z0-9][a-zA-Z0-9._-]*\"\n"
		"1:1 id: size must be between 1 and 100\n"
		"2:1 namespace: must not be blank\n"
		"2:1 namespace: must match \"^[a-z0-9][a-z0-9._-]*\"\n"
		"2:1 namespace: size must be between 1 and 150\n" },
	{ HEAD ONE
		"inputs:\n  - {id: first_input, type: STRING}\n  - {id: first_input, type: INT}\n",
		"1:1 : Invalid Flow: Duplicate input with name [first_input]\n" },
	{ HEAD "tasks:\n  - id: p\n    type: io.kestra.plugin.core.flow.Parallel\n    tasks:\n"
	       "      - {id: t3, type: io.kestra.plugin.core.debug.Return}\n"
	       "      - {id: t3, type: io.kestra.plugin.core.debug.Return}\n",
		"1:1 : Invalid Flow: Duplicate task id with name [t3]\n" },
	{ HEAD ONE "variables:\n  variables.tf: a\n  variables.tf: b\n",
		"8:3 yaml: Illegal flow yaml: Duplicate field 'variables.tf' at line 8, column "
		"3\n" },
	{ HEAD "tasks: []\n", "3:1 tasks: must not be empty\n" },
	{ HEAD "tasks:\n", "3:1 tasks: must not be empty\n" },
	{ "id: my.flow\nnamespace: MY_NAMESPACE\ntasks:\n"
	  "  - type: org.unknown.Bash\n    commands: [echo]\n",
		"4:5 io.kestra.core.models.flows.Flow[\"tasks\"]->java.util.ArrayList[0]: Invalid "
		"type: org.unknown.Bash\n"
		"4:5 io.kestra.core.models.flows.Flow[\"tasks\"]->java.util.ArrayList[0]: Could "
		"not "
		"resolve type id 'org.unknown.Bash' as a subtype of "
		"`io.kestra.core.models.tasks.Task`\n"
		"2:1 namespace: must match \"^[a-z0-9][a-z0-9._-]*\"\n" },
	{ HEAD ONE "listeners:\n  - tasks: []\n  - conditions: []\n    tasks: []\n",
		"7:5 listeners[0].tasks: must not be empty\n"
		"9:5 listeners[1].tasks: must not be empty\n" },
	{ HEAD ONE "inputs:\n  - id: a\n",
		"7:5 io.kestra.core.models.flows.Flow[\"inputs\"]->java.util.ArrayList[0]: Invalid "
		"type: null\n"
		"7:5 io.kestra.core.models.flows.Flow[\"inputs\"]->java.util.ArrayList[0]: Could "
		"not resolve subtype of [simple type, class io.kestra.core.models.flows.Input]: "
		"missing type id property 'type' (for POJO property 'inputs')\n" },
	{ HEAD "tasks:\n  - {id: a, type: io.kestra.plugin.core.debug.MissingOne}\n",
		"4:5 io.kestra.core.models.flows.Flow[\"tasks\"]->java.util.ArrayList[0]: Invalid "
		"type: io.kestra.plugin.core.debug.MissingOne\n"
		"4:5 io.kestra.core.models.flows.Flow[\"tasks\"]->java.util.ArrayList[0]: Could "
		"not "
		"resolve type id 'io.kestra.plugin.core.debug.MissingOne' as a subtype of "
		"`io.kestra.core.models.tasks.Task`\n" },
	{ HEAD "tasks:\n  - id: date\n    type: io.kestra.plugin.core.debug.Return\n"
	       "    formet: x\n",
		"6:5 "
		"io.kestra.core.models.flows.Flow[\"tasks\"]->java.util.ArrayList[0]->io.kestra."
		"plugin.core.debug.Return[\"formet\"]: Unrecognized field \"formet\" (class "
		"io.kestra.plugin.core.debug.Return), not marked as ignorable (13 known "
		"properties: "
		"\"format\", \"id\", \"type\", \"version\", \"description\", \"runIf\", "
		"\"disabled\", \"timeout\", \"retry\", \"allowFailure\", \"allowWarning\", "
		"\"logLevel\", \"logToFile\"]); did you mean \"format\"?\n" },
	{ HEAD ONE "inputs:\n  - {id: a, type: FOO}\n",
		"7:5 io.kestra.core.models.flows.Flow[\"inputs\"]->java.util.ArrayList[0]: Invalid "
		"type: FOO\n"
		"7:5 io.kestra.core.models.flows.Flow[\"inputs\"]->java.util.ArrayList[0]: Could "
		"not resolve type id 'FOO' as a subtype of `io.kestra.core.models.flows.Input`\n" },
	{ HEAD ONE "inputs:\n  - {id: file, type: FILE, defaults: x}\n"
		   "  - {id: array, type: ARRAY, itemType: ARRAY}\n",
		"7:5 file: no `defaults` can be set for inputs of type 'FILE'\n"
		"8:5 array: `itemType` cannot be `ARRAY`\n" },
	{ HEAD "tasks:\n  - id: impossible\n    type: io.kestra.plugin.core.flow.Switch\n"
	       "    value: x\n",
		"4:5 impossible: No task defined, neither cases or default have any tasks\n" },
	{ HEAD "tasks:\n  - id: impossible\n    type: io.kestra.plugin.core.flow.WorkingDirectory\n"
	       "    tasks:\n      - id: p\n        type: io.kestra.plugin.core.flow.Parallel\n"
	       "        tasks: [{id: r, type: io.kestra.plugin.core.debug.Return}]\n",
		"6:5 impossible: Only runnable tasks are allowed as children of a WorkingDirectory "
		"task\n" },
	{ HEAD "tasks:\n  - id: impossible\n    type: "
	       "io.kestra.plugin.core.flow.WorkingDirectory\n",
		"4:5 impossible: The 'tasks' property cannot be empty\n" },
	{ HEAD ONE "    workerGroup: {key: x}\n",
		"6:5 tasks[0].workerGroup: Worker Group is an Enterprise Edition functionality\n" },
	{ HEAD "tasks:\n  - id: s\n    type: io.kestra.plugin.core.flow.Subflow\n"
	       "    namespace: io.test\n    flowId: a\n",
		"1:1 : Invalid Flow: Recursive call to flow [io.test.a]\n" },
	{ HEAD ONE "labels: {system.label: a, system.readOnly: true, system.key: b}\n",
		"1:1 : Invalid Flow: System labels can only be set by Kestra itself, offending "
		"label: system.label=a, System labels can only be set by Kestra itself, offending "
		"label: system.key=b\n" },
	{ HEAD "tasks:\n  - id: dag\n    type: io.kestra.plugin.core.flow.Dag\n    tasks:\n"
	       "      - task: {id: r, type: io.kestra.plugin.core.debug.Return}\n"
	       "        dependsOn: [missing]\n",
		"8:21 dag: Not existing task id in dependency: missing\n" },
};

static void flows_that_kestra_refuses_are_refused_in_its_words(void **state)
{
	(void)state;
	check_rows(invalids, GW_LEN(invalids));
}

#define RETRY HEAD ONE "    retry: "
static const struct row messages[] = {
	{ "", "1:1 yaml: Illegal flow yaml: a flow is a map with 'id', 'namespace' and 'tasks'\n" },
	{ "id: [\n",
		"2:1 yaml: Illegal flow yaml: while parsing a flow node: did not find expected "
		"node content at line 2, column 1\n" },
	{ "tasks: []\n", "1:1 id: must not be null\n1:1 namespace: must not be null\n"
			 "1:1 tasks: must not be empty\n" },
	{ HEAD "tasks: one\n", "3:1 tasks: must be a list, not \"one\"\n" },
	{ HEAD "tasks: [one]\n",
		"3:9 tasks[0]: must be a task (a map with an 'id' and a 'type'), not \"one\"\n" },
	{ HEAD "tasks:\n  - id: a.b\n    type: io.kestra.plugin.core.debug.Return\n",
		"4:5 tasks[0].id: must match \"^[a-zA-Z0-9][a-zA-Z0-9_-]*\"\n" },
	{ HEAD "tasks:\n  - id: l\n    type: io.kestra.plugin.core.log.Log\n    level: LOUD\n",
		"6:5 tasks[0].level: must be one of ERROR, WARN, INFO, DEBUG, TRACE, not \"LOUD\"\n"
		"4:5 tasks[0].message: must not be null\n" },
	{ HEAD "tasks:\n  - id: t\n    type: test.Typed\n    count: many\n    on: 3\n"
	       "    wait: long\n    at: later\n    items: [1, x]\n    batch: {rows: x, cols: 2}\n",
		"6:5 tasks[0].count: must be an integer, not \"many\"\n"
		"7:5 tasks[0].on: must be true or false, not 3\n"
		"8:5 tasks[0].wait: must be a duration such as PT30S, not \"long\"\n"
		"9:5 tasks[0].at: must be a date such as 2024-12-20T10:00:00Z, not \"later\"\n"
		"10:16 tasks[0].items[1]: must be an integer, not \"x\"\n"
		"11:13 tasks[0].batch.rows: must be an integer, not \"x\"\n"
		"11:22 io.kestra.core.models.flows.Flow[\"tasks\"]->java.util.ArrayList[0]->test."
		"Typed[\"batch\"]->java.util.LinkedHashMap[\"cols\"]: Unrecognized field \"cols\" "
		"(class java.util.LinkedHashMap), not marked as ignorable (2 known properties: "
		"\"rows\", \"bytes\"])\n" },
	{ HEAD ONE "    disabled: '{{ inputs.off }}'\n",
		"6:5 tasks[0].disabled: must be true or false, not \"{{ inputs.off }}\"\n" },
	{ HEAD ONE "triggers:\n  - {id: t, type: io.kestra.plugin.core.trigger.Schedul, cron: x}\n",
		"7:5 io.kestra.core.models.flows.Flow[\"triggers\"]->java.util.ArrayList[0]: "
		"Invalid type: io.kestra.plugin.core.trigger.Schedul\n"
		"7:5 io.kestra.core.models.flows.Flow[\"triggers\"]->java.util.ArrayList[0]: Could "
		"not resolve type id 'io.kestra.plugin.core.trigger.Schedul' as a subtype of "
		"`io.kestra.core.models.triggers.AbstractTrigger`; did you mean "
		"'io.kestra.plugin.core.trigger.Schedule'?\n" },
	{ HEAD ONE "triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.Schedule\n"
		   "    cron: '* *'\n    labels: {system.x: y}\n    stopAfter: [FINE]\n",
		"11:17 triggers[0].stopAfter[0]: must be one of CREATED, RUNNING, PAUSED, "
		"RESTARTED, "
		"KILLING, SUCCESS, WARNING, FAILED, KILLED, CANCELLED, QUEUED, RETRYING, RETRIED, "
		"SKIPPED, BREAKPOINT, SUBMITTED, RESUBMITTED, not \"FINE\"\n"
		"10:5 triggers[0].labels: System labels can only be set by Kestra itself, "
		"offending "
		"label: system.x=y.\n" },
	{ HEAD ONE "triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.Schedule\n"
		   "    cron: '0 0 * * *'\n    conditions:\n"
		   "      - type: io.kestra.plugin.core.condition.Not\n"
		   "        conditions: [{type: io.kestra.plugin.core.condition.Expression}]\n",
		"12:22 triggers[0].conditions[0].conditions[0].expression: must not be null\n" },
	{ RETRY "{type: constant, interval: PT1H, maxDuration: PT1M}\n",
		"6:5 tasks[0].retry: 'interval' must be less than 'maxDuration' but is PT1H\n" },
	{ RETRY "{type: exponential, interval: PT1H, maxInterval: PT1M, maxDuration: PT2M}\n",
		"6:5 tasks[0].retry: 'interval' must be less than 'maxDuration' but is PT1H\n"
		"6:5 tasks[0].retry: 'interval' must be less than 'maxInterval' but is PT1H\n" },
	{ RETRY "{type: random, minInterval: PT4M, maxInterval: PT3M, maxDuration: PT2M}\n",
		"6:5 tasks[0].retry: 'minInterval' must be less than 'maxDuration' but is PT4M\n"
		"6:5 tasks[0].retry: 'maxInterval' must be less than 'maxDuration' but is PT3M\n"
		"6:5 tasks[0].retry: 'minInterval' must be less than 'maxInterval' but is PT4M\n" },
	{ RETRY "{type: constant, maxAttempt: 0}\n",
		"6:5 tasks[0].retry.interval: must not be null\n"
		"6:29 tasks[0].retry.maxAttempt: must be greater than or equal to 1\n" },
	{ HEAD ONE "pluginDefaults:\n  - type: x\n  - values: {a: 1}\n"
		   "  - {type: test.Typed, values: {count: null, cout: 1}}\n",
		"7:5 pluginDefaults[0]: Invalid Plugin Default: No 'values' provided\n"
		"8:5 pluginDefaults[1]: Invalid Plugin Default: No 'type' provided\n"
		"9:5 pluginDefaults[2]: Invalid Plugin Default: No value provided for key 'count'\n"
		"9:5 pluginDefaults[2]: Invalid Plugin Default: Unrecognized field \"cout\" (class "
		"test.Typed)\n" },
	{ HEAD "tasks:\n  - {id: b, type: test.Bare}\n  - {id: c, type: test.Bare, tipe: x}\n",
		"5:30 "
		"io.kestra.core.models.flows.Flow[\"tasks\"]->java.util.ArrayList[1]->test.Bare"
		"[\"tipe\"]: Unrecognized field \"tipe\" (class test.Bare), not marked as "
		"ignorable "
		"(12 known properties: \"id\", \"type\", \"version\", \"description\", "
		"\"runIf\", \"disabled\", \"timeout\", \"retry\", \"allowFailure\", "
		"\"allowWarning\", \"logLevel\", \"logToFile\"]); did you mean \"type\"?\n" },
	{ HEAD ONE "concurrency: {limit: 0, behavior: WAIT}\n",
		"6:25 concurrency.behavior: must be one of QUEUE, CANCEL, FAIL, not \"WAIT\"\n"
		"6:15 concurrency.limit: must be greater than 0\n" },
	{ HEAD ONE "outputs:\n  - {id: o, type: STRING, value: a}\n  - {id: o, type: TEXT}\n",
		"8:13 outputs[1].type: must be one of STRING, ENUM, SELECT, INT, FLOAT, BOOLEAN, "
		"BOOL, DATETIME, DATE, TIME, DURATION, FILE, JSON, YAML, URI, SECRET, ARRAY, "
		"MULTISELECT, EMAIL, not \"TEXT\"\n"
		"8:5 outputs[1].value: must not be null\n"
		"1:1 : Invalid Flow: Duplicate output with name [o]\n" },
	{ HEAD ONE "inputs:\n  - {id: a, type: INT, dependsOn: {inputs: [b, x]}}\n"
		   "  - {id: b, type: INT, dependsOn: {inputs: [a]}}\n",
		"1:1 : Invalid Flow: Cycle dependency detected for input with id 'a': [b], Cycle "
		"dependency detected for input with id 'b': [a], Input with id 'a' depends on a "
		"non-existent input 'x'.\n" },
	{ HEAD ONE "inputs:\n  - {id: -a, type: STRING, validator: '['}\n"
		   "  - {id: b, type: MULTISELECT, values: [x], options: [y]}\n"
		   "  - {id: c, type: SELECT}\n",
		"7:6 inputs[0].id: must match \"^[a-zA-Z0-9][.a-zA-Z0-9_-]*\"\n"
		"7:28 inputs[0].validator: invalid pattern [[]\n"
		"8:5 b: you can't define both `values` and `options`\n"
		"9:5 inputs[2].values: must not be null\n" },
	{ HEAD ONE "triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.Schedule\n"
		   "    cron: '* *'\n",
		"9:5 triggers[0].cron: invalid cron expression '* *'\n" },
	{ HEAD ONE "labels: [{key: a}]\n",
		"6:1 labels: label 1 must have a 'key' and a 'value', both texts\n" },
	{ HEAD ONE "taks: []\n",
		"6:1 io.kestra.core.models.flows.Flow[\"taks\"]: Unrecognized field \"taks\" "
		"(class "
		"io.kestra.core.models.flows.Flow), not marked as ignorable (20 known properties: "
		"\"id\", \"namespace\", \"description\", \"labels\", \"inputs\", \"variables\", "
		"\"tasks\", \"errors\", \"finally\", \"afterExecution\", \"listeners\", "
		"\"triggers\", \"pluginDefaults\", \"taskDefaults\", \"concurrency\", \"outputs\", "
		"\"retry\", \"sla\", \"checks\", \"disabled\"]); did you mean \"tasks\"?\n" },
};

static void each_mistake_has_its_message_and_place(void **state)
{
	(void)state;
	check_rows(messages, GW_LEN(messages));
}

static char *document_of(const char *source, const struct gw_flow_defaults *defaults, json_t *notes)
{
	gw_auto_violations v = { 0 };
	gw_auto_str text = { 0 };
	json_auto_t *doc = gw_flow_read(gw_slice_of(source), registry, defaults, &v, notes);
	if (doc)
		gw_json_print(&text, doc);
	else
		gw_violations_print(&text, &v);
	return gw_str_steal(&text);
}

static void the_document_is_what_was_written_in_kestras_types(void **state)
{
	(void)state;
	gw_auto_free char *found = document_of(HEAD
		"revision: 4\ntenantId: main\ndescription:\nlabels: {a: 1, b: true, c: 1.0}\n"
		"tasks:\n  - {id: 1, type: io.kestra.plugin.core.debug.Return, format: 012}\n"
		"  - {id: t, type: test.Typed, count: '12', wait: 90, on: '{{ x }}', any: 1}\n",
		NULL, NULL);
	assert_string_equal(found,
		"{\"id\":\"a\",\"namespace\":\"io.test\",\"labels\":[{\"key\":\"a\",\"value\":"
		"\"1\"}"
		",{\"key\":\"b\",\"value\":\"true\"},{\"key\":\"c\",\"value\":\"1.0\"}],"
		"\"tasks\":[{\"id\":\"1\",\"type\":\"io.kestra.plugin.core.debug.Return\","
		"\"format\":\"10\"},{\"id\":\"t\",\"type\":\"test.Typed\",\"count\":12,"
		"\"wait\":\"PT1M30S\",\"on\":\"{{ x }}\",\"any\":1}],\"deleted\":false,"
		"\"disabled\":false}");
}

static void notes_tell_of_old_names_and_of_what_is_unwise(void **state)
{
	(void)state;
	json_auto_t *notes = json_object();
	gw_auto_free char *doc = document_of(HEAD
		"revision: 4\ntasks:\n  - {id: a, type: io.kestra.core.tasks.debugs.return}\n"
		"  - {id: t, type: test.Typed, old: x, any: {x: ['{{ ! }}']}}\n"
		"listeners: [{tasks: [{id: l, type: io.kestra.plugin.core.debug.Return}]}]\n",
		NULL, notes);
	gw_auto_str text = { 0 };
	json_t *warnings = json_object_get(notes, "warnings");
	assert_int_equal(json_array_size(warnings), 2);
	assert_int_equal(strncmp(json_string_value(json_array_get(warnings, 0)),
				 "tasks[1].any: ", 14),
		0);
	assert_string_equal(json_string_value(json_array_get(warnings, 1)),
		"listeners has no effect here");
	json_object_del(notes, "warnings");
	gw_json_print(&text, notes);
	assert_string_equal(gw_str_text(&text),
		"{\"revision\":4,\"infos\":[\"io.kestra.core.tasks.debugs.return is replaced by "
		"io.kestra.plugin.core.debug.Return\"],\"deprecationPaths\":[\"tasks[1].old\","
		"\"listeners\"]}");
	assert_int_equal(doc[0], '{');
}

static void violations_print_as_kestra_joins_them(void **state)
{
	(void)state;
	gw_auto_free char *model =
		document_of(HEAD "tasks: []\nconcurrency: {limit: 0}\n", NULL, NULL);
	assert_string_equal(model, "tasks: must not be empty\nconcurrency.limit: must be greater "
				   "than 0\n");
	gw_auto_free char *reading = document_of(HEAD "tasks: [{id: a, type: none}]\n", NULL, NULL);
	assert_string_equal(reading,
		"Invalid type: none\nCould not resolve type id 'none' as a subtype of "
		"`io.kestra.core.models.tasks.Task`");
}

static void defaults_may_give_what_is_required_but_are_not_stored(void **state)
{
	(void)state;
	static const char source[] =
		HEAD "tasks:\n  - {id: l, type: io.kestra.plugin.core.log.Log}\n"
		     "pluginDefaults:\n  - {type: io.kestra.plugin.core.log, values: {message: hi, "
		     "other: 1}}\n";
	gw_auto_free char *found = document_of(source, NULL, NULL);
	assert_non_null(strstr(found,
		"\"tasks\":[{\"id\":\"l\",\"type\":\"io.kestra.plugin.core.log.Log\"}]"));

	struct gw_error err;
	json_auto_t *list = gw_json_parse(
		gw_slice_of("[{\"type\":\"io.kestra\",\"values\":{\"message\":[1]}}]"), &err);
	const struct gw_flow_defaults defaults = { list };
	gw_auto_free char *by_installation =
		document_of(HEAD "tasks: [{id: l, type: io.kestra.plugin.core.log.Log}]\n",
			&defaults, NULL);
	assert_int_equal(by_installation[0], '{');
	gw_auto_free char *still_wrong =
		document_of(HEAD "tasks: [{id: l, type: io.kestra.plugin.core.log.Log, level: X}]\n"
				 "pluginDefaults: [{type: io.kestra, values: {message: hi}}]\n",
			NULL, NULL);
	assert_string_equal(still_wrong, "tasks[0].level: must be one of ERROR, WARN, INFO, DEBUG, "
					 "TRACE, not \"X\"\n");
}

static void a_task_is_checked_alone(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_violations v = { 0 };
	gw_auto_str text = { 0 };
	json_auto_t *task = gw_yaml_parse(
		gw_slice_of("{id: s, type: io.kestra.plugin.core.flow.Switch, value: x, valu: y}"),
		&err);
	gw_task_check(task, registry, &v);
	json_object_del(task, "valu");
	gw_task_check(task, registry, &v);
	gw_violations_print(&text, &v);
	assert_string_equal(v.items[0].shown, "io.kestra.plugin.core.flow.Switch[\"valu\"]");
	assert_string_equal(v.items[1].message,
		"No task defined, neither cases or default have any tasks");
	json_auto_t *trigger =
		gw_yaml_parse(gw_slice_of("{id: s, type: io.kestra.plugin.core.trigger.Schedule}"),
			&err);
	gw_trigger_check(trigger, registry, &v);
	assert_string_equal(v.items[v.n - 1].shown, "cron");
}

static void violations_are_bounded(void **state)
{
	(void)state;
	gw_auto_str source = { 0 };
	gw_str_puts(&source, HEAD "tasks:\n");
	for (int i = 0; i < 5000; i++)
		gw_str_puts(&source, "  - 1\n");
	gw_auto_violations v = { 0 };
	assert_null(gw_flow_read(gw_str_slice(&source), registry, NULL, &v, NULL));
	assert_int_equal(v.n, GW_VIOLATIONS_MAX);
	assert_int_equal(v.items[999].at.line, 1003);
}

static void *read_deep(void *arg)
{
	gw_auto_str source = { 0 };
	gw_auto_violations v = { 0 };
	gw_str_puts(&source, HEAD "tasks: ");
	for (int i = 0; i < 62; i++)
		gw_str_printf(&source,
			"[{id: t%d, type: io.kestra.plugin.core.flow.Parallel, tasks: ", i);
	gw_str_puts(&source, "[]");
	for (int i = 0; i < 62; i++)
		gw_str_puts(&source, "}]");
	json_auto_t *doc = gw_flow_read(gw_str_slice(&source), registry, NULL, &v, NULL);
	*(bool *)arg = !doc && v.n == 1 && strcmp(v.items[0].message, "must not be empty") == 0;
	return NULL;
}

static void deep_flows_fit_a_small_stack(void **state)
{
	(void)state;
	struct gw_error err;
	pthread_t thread;
	bool is_fine = false;
	assert_true(gw_thread_start(&thread, "deep", read_deep, &is_fine, &err));
	pthread_join(thread, NULL);
	assert_true(is_fine);
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
		cmocka_unit_test(flows_that_kestra_refuses_are_refused_in_its_words),
		cmocka_unit_test(each_mistake_has_its_message_and_place),
		cmocka_unit_test(the_document_is_what_was_written_in_kestras_types),
		cmocka_unit_test(notes_tell_of_old_names_and_of_what_is_unwise),
		cmocka_unit_test(violations_print_as_kestra_joins_them),
		cmocka_unit_test(defaults_may_give_what_is_required_but_are_not_stored),
		cmocka_unit_test(a_task_is_checked_alone),
		cmocka_unit_test(violations_are_bounded),
		cmocka_unit_test(deep_flows_fit_a_small_stack),
	};
	return cmocka_run_group_tests(tests, start, stop);
}

/* types.c - small task, trigger and condition types to check flows against */
#include "tests/unit/check/types.h"

#include "base/json.h"

#define CORE "io.kestra.plugin.core."

/* ---- Tasks: none of them is run ---- */

static bool run_nothing(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)run;
	(void)properties;
	(void)err;
	return true;
}

static bool plan_nothing(struct gw_plan *plan, const json_t *properties, struct gw_error *err)
{
	(void)plan;
	(void)properties;
	(void)err;
	return true;
}

static const struct gw_task_type return_task = {
	.type = CORE "debug.Return",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.debugs.Return", NULL },
	.mode = GW_TASK_PURE,
	.run = run_nothing,
	.properties =
		(const struct gw_property[]){ { "format", "string", 0, NULL, "A text." }, { 0 } },
};

static const struct gw_task_type log_task = {
	.type = CORE "log.Log",
	.mode = GW_TASK_PURE,
	.run = run_nothing,
	.properties =
		(const struct gw_property[]){
			{ "message", "string|list<string>", GW_REQUIRED, NULL, "What is logged." },
			{ "level", "enum(ERROR,WARN,INFO,DEBUG,TRACE)", 0, "\"INFO\"", "How." },
			{ 0 },
		},
};

static const struct gw_task_type typed_task = {
	.type = "test.Typed",
	.mode = GW_TASK_ISOLATED,
	.run = run_nothing,
	.properties =
		(const struct gw_property[]){
			{ "count", "integer", 0, "3", "A number." },
			{ "ratio", "number", 0, NULL, NULL },
			{ "on", "boolean", 0, "false", NULL },
			{ "wait", "duration", 0, NULL, NULL },
			{ "at", "datetime", 0, NULL, NULL },
			{ "items", "list<integer>", 0, NULL, NULL },
			{ "texts", "map<string>", 0, NULL, NULL },
			{ "any", "any", 0, NULL, NULL },
			{ "fixed", "string", GW_STATIC, NULL, NULL },
			{ "late", "any", GW_LATE, NULL, NULL },
			{ "namespace", "string", 0, "\"{{ flow.namespace }}\"", NULL },
			{ "batch", "{rows?:integer,bytes?:string}", 0, "{\"rows\":1}", NULL },
			{ "old", "string", GW_DEPRECATED, NULL, "Use `any`." },
			{ "quiet", "boolean", GW_HIDDEN, NULL, NULL },
			{ 0 },
		},
};

static const struct gw_task_type bare_task = {
	.type = "test.Bare",
	.mode = GW_TASK_ISOLATED,
	.run = run_nothing,
};

static const struct gw_task_type parallel_task = {
	.type = CORE "flow.Parallel",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.flows.Parallel", NULL },
	.mode = GW_TASK_FLOWABLE,
	.plan = plan_nothing,
	.properties =
		(const struct gw_property[]){
			{ "concurrent", "integer", 0, "0", NULL },
			{ "tasks", "list<task>", GW_REQUIRED, NULL, NULL },
			{ 0 },
		},
};

static void check_switch(struct gw_check *check, const json_t *properties)
{
	if (!json_object_get(properties, "cases") && !json_object_get(properties, "defaults"))
		gw_check_fail(check, "",
			"No task defined, neither cases or default have any tasks");
}

static const struct gw_task_type switch_task = {
	.type = CORE "flow.Switch",
	.mode = GW_TASK_FLOWABLE,
	.plan = plan_nothing,
	.properties =
		(const struct gw_property[]){
			{ "value", "string", GW_REQUIRED, NULL, NULL },
			{ "cases", "map<list<task>>", 0, NULL, NULL },
			{ "defaults", "list<task>", 0, NULL, NULL },
			{ 0 },
		},
	.check = check_switch,
};

static void check_dag(struct gw_check *check, const json_t *properties)
{
	size_t i, k;
	json_t *item, *id;
	json_array_foreach (json_object_get(properties, "tasks"), i, item)
		json_array_foreach (json_object_get(item, "dependsOn"), k, id)
			if (strcmp(json_string_value(id), "missing") == 0) {
				char path[64];
				snprintf(path, sizeof(path), "tasks[%zu].dependsOn[%zu]", i, k);
				gw_check_fail(check, path, "Not existing task id in dependency: %s",
					json_string_value(id));
			}
}

static const struct gw_task_type dag_task = {
	.type = CORE "flow.Dag",
	.mode = GW_TASK_FLOWABLE,
	.plan = plan_nothing,
	.properties =
		(const struct gw_property[]){
			{ "tasks", "list<dagtask>", GW_REQUIRED, NULL, NULL },
			{ 0 },
		},
	.check = check_dag,
};

static void check_directory(struct gw_check *check, const json_t *properties)
{
	const json_t *tasks = json_object_get(properties, "tasks");
	size_t i;
	json_t *task;
	if (json_array_size(tasks) == 0)
		gw_check_fail(check, "tasks", "The 'tasks' property cannot be empty");
	json_array_foreach (tasks, i, task)
		if (gw_check_is_flowable(check, gw_json_string(task, "type")))
			gw_check_fail(check, "tasks",
				"Only runnable tasks are allowed as children of a WorkingDirectory "
				"task");
}

static const struct gw_task_type directory_task = {
	.type = CORE "flow.WorkingDirectory",
	.mode = GW_TASK_FLOWABLE,
	.plan = plan_nothing,
	.properties =
		(const struct gw_property[]){ { "tasks", "list<task>", 0, NULL, NULL }, { 0 } },
	.check = check_directory,
};

static void check_subflow(struct gw_check *check, const json_t *properties)
{
	gw_check_subflow(check, gw_json_string(properties, "namespace"),
		gw_json_string(properties, "flowId"));
}

static const struct gw_task_type subflow_task = {
	.type = CORE "flow.Subflow",
	.mode = GW_TASK_ISOLATED,
	.run = run_nothing,
	.properties =
		(const struct gw_property[]){
			{ "namespace", "string", GW_REQUIRED, NULL, NULL },
			{ "flowId", "string", GW_REQUIRED, NULL, NULL },
			{ 0 },
		},
	.check = check_subflow,
};

static const struct gw_task_type pause_task = {
	.type = CORE "flow.Pause",
	.mode = GW_TASK_FLOWABLE,
	.plan = plan_nothing,
	.properties =
		(const struct gw_property[]){
			{ "onPause", "task", 0, NULL, NULL },
			{ "onResume", "list<input>", GW_STATIC, NULL, NULL },
			{ "condition", "boolean", GW_LATE, NULL, NULL },
			{ 0 },
		},
};

/* ---- Triggers and conditions ---- */

static void check_schedule(struct gw_check *check, const json_t *properties)
{
	const char *cron = gw_json_string(properties, "cron");
	if (strcmp(cron, "* *") == 0)
		gw_check_fail(check, "cron", "invalid cron expression '%s'", cron);
}

static const struct gw_trigger_type schedule_trigger = {
	.type = CORE "trigger.Schedule",
	.aliases = (const char *const[]){ "io.kestra.core.models.triggers.types.Schedule", NULL },
	.mode = GW_TRIGGER_EVENT,
	.properties =
		(const struct gw_property[]){
			{ "cron", "string", GW_REQUIRED | GW_STATIC, NULL, NULL },
			{ "withSeconds", "boolean", GW_STATIC, "false", NULL },
			{ "scheduleConditions", "list<condition>", GW_DEPRECATED, NULL, NULL },
			{ 0 },
		},
	.check = check_schedule,
};

static bool test_expression(const json_t *properties, const bool *nested, size_t n_nested,
	bool *holds, struct gw_error *err)
{
	(void)nested;
	(void)n_nested;
	(void)err;
	const char *text = gw_json_string(properties, "expression");
	*holds = strcmp(text, "") != 0 && strcmp(text, "false") != 0;
	return true;
}

static const struct gw_condition_type expression_condition = {
	.type = CORE "condition.Expression",
	.aliases = (const char *const[]){ "io.kestra.plugin.core.condition.ExpressionCondition",
		NULL },
	.properties =
		(const struct gw_property[]){
			{ "expression", "string", GW_REQUIRED, NULL, NULL }, { 0 } },
	.test = test_expression,
};

static bool test_not(const json_t *properties, const bool *nested, size_t n_nested, bool *holds,
	struct gw_error *err)
{
	(void)properties;
	(void)err;
	*holds = true;
	for (size_t i = 0; i < n_nested; i++)
		*holds = *holds && !nested[i];
	return true;
}

static const struct gw_condition_type not_condition = {
	.type = CORE "condition.Not",
	.properties =
		(const struct gw_property[]){
			{ "conditions", "list<condition>", GW_REQUIRED, NULL, NULL }, { 0 } },
	.test = test_not,
};

static const struct gw_module module = {
	GW_MODULE_HEAD,
	.name = "types",
	.version = "1",
	.tasks = (const struct gw_task_type *const[]){ &return_task, &log_task, &typed_task,
		&bare_task, &parallel_task, &switch_task, &dag_task, &directory_task, &subflow_task,
		&pause_task, NULL },
	.triggers = (const struct gw_trigger_type *const[]){ &schedule_trigger, NULL },
	.conditions = (const struct gw_condition_type *const[]){ &expression_condition,
		&not_condition, NULL },
};

struct gw_registry *test_registry(void)
{
	return gw_registry_of((const struct gw_module *const[]){ &module, NULL });
}

/* choice.c - flowables that choose between lists of tasks: If, Switch */
#include "plugins/flow/flow.h"

/* ---- If ---- */

static const struct gw_property if_properties[] = {
	{ "condition", "string", GW_REQUIRED, NULL,
		"Holds if it renders to something other than nothing, `false`, `0` or `-0`." },
	{ "then", "list<task>", GW_REQUIRED, NULL, "The tasks that run if the condition holds." },
	{ "else", "list<task>", 0, NULL, "The tasks that run if it does not." },
	{ "errors", "list<task>", 0, NULL, ERRORS_SUMMARY },
	{ "finally", "list<task>", 0, NULL, FINALLY_SUMMARY },
	{ 0 },
};

static const struct gw_property if_outputs[] = {
	{ "evaluationResult", "boolean", 0, NULL, "Whether the condition held." },
	{ 0 },
};

static bool plan_if(struct gw_plan *plan, const json_t *properties, struct gw_error *err)
{
	bool holds = gw_is_truthy(json_object_get(properties, "condition"));
	(void)err;
	gw_plan_output(plan, "evaluationResult", json_boolean(holds));
	gw_plan_lane(plan, holds ? "then" : "else", -1, NULL, -1);
	return true;
}

const struct gw_task_type if_type = {
	.type = "io.kestra.plugin.core.flow.If",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.flows.If", NULL },
	.summary = "Runs one list of tasks if a condition holds, and another one if it does not.",
	.mode = GW_TASK_FLOWABLE,
	.properties = if_properties,
	.outputs = if_outputs,
	.plan = plan_if,
};

/* ---- Switch ---- */

static const struct gw_property switch_properties[] = {
	{ "value", "string", GW_REQUIRED, NULL, "The value that picks the case." },
	{ "cases", "map<list<task>>", 0, NULL,
		"The tasks to run for each value: those whose key equals the value are run." },
	{ "defaults", "list<task>", 0, NULL,
		"The tasks that run if there is no case for the value. Without them the task "
		"fails." },
	{ "errors", "list<task>", 0, NULL, ERRORS_SUMMARY },
	{ "finally", "list<task>", 0, NULL, FINALLY_SUMMARY },
	{ 0 },
};

static const struct gw_property switch_outputs[] = {
	{ "value", "string", 0, NULL, "The value that picked the case." },
	{ "defaults", "boolean", 0, NULL, "Whether there was no case for it." },
	{ 0 },
};

static void check_switch(struct gw_check *check, const json_t *properties)
{
	if (json_object_size(json_object_get(properties, "cases")) == 0 &&
		json_array_size(json_object_get(properties, "defaults")) == 0)
		gw_check_fail(check, "",
			"No task defined, neither cases or default have any tasks");
}

static bool plan_switch(struct gw_plan *plan, const json_t *properties, struct gw_error *err)
{
	json_t *value = json_object_get(properties, "value");
	const char *text = json_string_value(value);
	gw_auto_str branch = { 0 };
	gw_str_printf(&branch, "cases/%s", text ? text : "");
	bool is_default = gw_plan_tasks(plan, gw_str_text(&branch)) < 0;
	const char *chosen = is_default ? "defaults" : gw_str_text(&branch);
	gw_plan_output(plan, "value", value ? json_incref(value) : json_null());
	gw_plan_output(plan, "defaults", json_boolean(is_default));
	if (gw_plan_tasks(plan, chosen) < 0)
		return gw_fail(err, GW_INVALID, "There is no case for '%s', and no defaults",
			text ? text : "");
	gw_plan_lane(plan, chosen, -1, NULL, -1);
	return true;
}

const struct gw_task_type switch_type = {
	.type = "io.kestra.plugin.core.flow.Switch",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.flows.Switch", NULL },
	.summary = "Runs the list of tasks that belongs to a value.",
	.mode = GW_TASK_FLOWABLE,
	.properties = switch_properties,
	.outputs = switch_outputs,
	.check = check_switch,
	.plan = plan_switch,
};

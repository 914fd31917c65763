/* ask.c - tasks that ask the server about executions, or to do something with one */
#include "plugins/execution/execution.h"

/* ---- Count ---- */

static const struct gw_property count_properties[] = {
	{ "flows", "list<{namespace:string,flowId:string}>", 0, NULL,
		"The flows whose executions are counted, as `{namespace, flowId}`. Give either "
		"this or `namespaces`." },
	{ "namespaces", "list<string>", 0, NULL,
		"Counts the executions of all flows in these namespaces." },
	{ "states", "list<enum(" GW_STATES ")>", 0, NULL,
		"Counts only executions in these states. By default all states count." },
	{ "startDate", "string", GW_REQUIRED, NULL,
		"Counts executions that started at this instant or later." },
	{ "endDate", "string", 0, NULL, "Counts executions that started before this instant." },
	{ "expression", "string", GW_REQUIRED | GW_LATE, NULL,
		"Rendered for each flow, with its number of executions as `count`. Only flows "
		"for which it renders to `true` are part of the result, for example `{{ count "
		"== 0 }}`." },
	{ 0 },
};

static const struct gw_property count_outputs[] = {
	{ "results", "list<{namespace:string,flowId:string,count:integer}>", 0, NULL,
		"The flows that the expression kept, as `{namespace, flowId, count}`." },
	{ "total", "integer", 0, NULL, "The sum of their counts." },
	{ 0 },
};

static bool run_count(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	json_int_t total = 0;
	size_t i;
	json_t *item;
	if (!json_object_get(properties, "flows") && !json_object_get(properties, "namespaces"))
		return gw_fail(err, GW_INVALID, "You must provide a list of flows or namespaces.");
	json_auto_t *answer = gw_run_ask(run, "count", properties, err);
	if (!answer)
		return false;
	json_t *results = json_object_get(answer, "results");
	json_array_foreach (results, i, item)
		total += json_integer_value(json_object_get(item, "count"));
	gw_run_output(run, "results", json_incref(results));
	gw_run_output(run, "total", json_integer(total));
	return true;
}

const struct gw_task_type count_type = {
	.type = "io.kestra.plugin.core.execution.Count",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.executions.Counts", NULL },
	.summary = "Counts executions by flow, and keeps the flows whose count meets a condition.",
	.mode = GW_TASK_ISOLATED,
	.properties = count_properties,
	.outputs = count_outputs,
	.run = run_count,
};

/* ---- Resume ---- */

static const struct gw_property resume_properties[] = {
	{ "executionId", "string", 0, NULL,
		"The paused execution. By default it is the one that runs this task or, if "
		"`namespace` and `flowId` are given, a paused execution of that flow." },
	{ "namespace", "string", 0, NULL, "The namespace of the execution's flow." },
	{ "flowId", "string", 0, NULL, "The flow of the execution." },
	{ "inputs", "map<any>", 0, NULL,
		"Values for the inputs that the `Pause` task asks for in `onResume`." },
	{ 0 },
};

static bool run_resume(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	json_t *resumed = gw_run_ask(run, "resume", properties, err);
	if (resumed)
		gw_run_variable(run, "resumedExecution", resumed);
	return resumed;
}

const struct gw_task_type resume_type = {
	.type = "io.kestra.plugin.core.execution.Resume",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.executions.Resume", NULL },
	.summary = "Resumes a paused execution. Which one it was is kept in the variable "
		   "`resumedExecution`, as `{id, namespace, flowId}`.",
	.mode = GW_TASK_ISOLATED,
	.properties = resume_properties,
	.run = run_resume,
};

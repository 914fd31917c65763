/* list.c - flowables that run one list of tasks: Sequential, Parallel, AllowFailure */
#include "plugins/flow/flow.h"

static bool plan_list(struct gw_plan *plan, const json_t *properties, struct gw_error *err)
{
	(void)properties, (void)err;
	gw_plan_lane(plan, "tasks", -1, NULL, -1);
	return true;
}

/* ---- Sequential ---- */

static const struct gw_property list_properties[] = {
	{ "tasks", "list<task>", GW_REQUIRED, NULL, TASKS_SUMMARY },
	{ "errors", "list<task>", 0, NULL, ERRORS_SUMMARY },
	{ "finally", "list<task>", 0, NULL, FINALLY_SUMMARY },
	{ 0 },
};

const struct gw_task_type sequential_type = {
	.type = "io.kestra.plugin.core.flow.Sequential",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.flows.Sequential", NULL },
	.summary = "Runs tasks one after another.",
	.mode = GW_TASK_FLOWABLE,
	.properties = list_properties,
	.plan = plan_list,
};

/* ---- AllowFailure ---- */

const struct gw_task_type allow_failure_type = {
	.type = "io.kestra.plugin.core.flow.AllowFailure",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.flows.AllowFailure", NULL },
	.summary =
		"Runs tasks one after another. If one fails, those behind it are left out and the "
		"execution goes on with a warning.",
	.mode = GW_TASK_FLOWABLE,
	.flags = GW_ALLOWS_FAILURE,
	.properties = list_properties,
	.plan = plan_list,
};

/* ---- Parallel ---- */

static const struct gw_property parallel_properties[] = {
	{ "tasks", "list<task>", GW_REQUIRED, NULL, "The tasks to run at the same time." },
	{ "concurrent", "integer", 0, "0",
		"How many of the tasks may run at once. With `0` all of them start at once." },
	{ "errors", "list<task>", 0, NULL, ERRORS_SUMMARY },
	{ "finally", "list<task>", 0, NULL, FINALLY_SUMMARY },
	{ 0 },
};

static bool plan_parallel(struct gw_plan *plan, const json_t *properties, struct gw_error *err)
{
	int n = gw_plan_tasks(plan, "tasks");
	(void)err;
	for (int i = 0; i < n; i++)
		gw_plan_lane(plan, "tasks", i, NULL, -1);
	gw_plan_limit(plan, int_of(properties, "concurrent"));
	return true;
}

const struct gw_task_type parallel_type = {
	.type = "io.kestra.plugin.core.flow.Parallel",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.flows.Parallel", NULL },
	.summary = "Runs tasks at the same time. Once one of them fails no other one is started.",
	.mode = GW_TASK_FLOWABLE,
	.properties = parallel_properties,
	.plan = plan_parallel,
};

/* dag.c - Dag: tasks that start when those they depend on have ended */
#include "plugins/flow/flow.h"

#include <stdlib.h>

static const struct gw_property properties[] = {
	{ "tasks", "list<dagtask>", GW_REQUIRED, NULL,
		"The tasks, each as `{task, dependsOn}`: a task starts when all tasks whose ids "
		"its `dependsOn` lists have ended." },
	{ "concurrent", "integer", 0, "0",
		"How many of the tasks may run at once. With `0` there is no limit." },
	{ "errors", "list<task>", 0, NULL, ERRORS_SUMMARY },
	{ "finally", "list<task>", 0, NULL, FINALLY_SUMMARY },
	{ 0 },
};

/* ---- Checking ---- */

static const char *id_at(const json_t *tasks, size_t i)
{
	return gw_json_string(json_object_get(json_array_get(tasks, i), "task"), "id");
}

/* {id: dependsOn}, borrowed from tasks; a new reference. */
static json_t *dependencies_by_id(const json_t *tasks)
{
	json_t *map = json_object();
	size_t i;
	json_t *item;
	json_array_foreach (tasks, i, item) {
		json_t *depends_on = json_object_get(item, "dependsOn");
		if (id_at(tasks, i))
			json_object_set_new(map, id_at(tasks, i),
				depends_on ? json_incref(depends_on) : json_null());
	}
	return map;
}

static void add_name(struct gw_str *out, const char *name)
{
	gw_str_printf(out, "%s%s", out->len ? ", " : "", name);
}

static void list_missing(struct gw_str *out, const json_t *tasks, const json_t *by_id)
{
	size_t i, k;
	json_t *item, *dependency;
	json_array_foreach (tasks, i, item) {
		json_array_foreach (json_object_get(item, "dependsOn"), k, dependency) {
			const char *name = json_string_value(dependency);
			if (name && !json_object_get(by_id, name))
				add_name(out, name);
		}
	}
}

/* Adds what a task depends on to the list of tasks to look at, each at most once. */
static void follow(const json_t *depends_on, json_t *seen, json_t *open)
{
	size_t i;
	json_t *dependency;
	json_array_foreach (depends_on, i, dependency) {
		const char *name = json_string_value(dependency);
		if (!name || json_object_get(seen, name))
			continue;
		json_object_set_new(seen, name, json_true());
		json_array_append(open, dependency);
	}
}

static bool reaches_itself(const char *id, const json_t *by_id)
{
	json_auto_t *seen = json_object(), *open = json_array();
	follow(json_object_get(by_id, id), seen, open);
	for (size_t i = 0; i < json_array_size(open) && !json_object_get(seen, id); i++)
		follow(json_object_get(by_id, json_string_value(json_array_get(open, i))), seen,
			open);
	return json_object_get(seen, id);
}

static void check_dag(struct gw_check *check, const json_t *given)
{
	const json_t *tasks = json_object_get(given, "tasks");
	json_auto_t *by_id = dependencies_by_id(tasks);
	gw_auto_str missing = { 0 }, cyclic = { 0 };
	if (json_array_size(tasks) == 0) {
		gw_check_fail(check, "", "No task defined");
		return;
	}
	list_missing(&missing, tasks, by_id);
	for (size_t i = 0; i < json_array_size(tasks); i++)
		if (id_at(tasks, i) && reaches_itself(id_at(tasks, i), by_id))
			add_name(&cyclic, id_at(tasks, i));
	if (missing.len > 0)
		gw_check_fail(check, "", "Not existing task id in dependency: %s",
			gw_str_text(&missing));
	if (cyclic.len > 0)
		gw_check_fail(check, "", "Cyclic dependency detected: %s", gw_str_text(&cyclic));
}

/* ---- Planning ---- */

static bool plan_dag(struct gw_plan *plan, const json_t *given, struct gw_error *err)
{
	const json_t *tasks = json_object_get(given, "tasks");
	int n = gw_plan_tasks(plan, "tasks");
	(void)err;
	for (int i = 0; i < n; i++) {
		size_t k;
		json_t *dependency;
		gw_plan_lane(plan, "tasks", i, NULL, -1);
		json_array_foreach (json_object_get(json_array_get(tasks, (size_t)i), "dependsOn"),
			k, dependency)
			gw_plan_after(plan, json_string_value(dependency));
	}
	gw_plan_limit(plan, int_of(given, "concurrent"));
	return true;
}

const struct gw_task_type dag_type = {
	.type = "io.kestra.plugin.core.flow.Dag",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.flows.Dag", NULL },
	.summary = "Runs tasks in the order that their dependencies demand, and those that do not "
		   "depend on each other at the same time.",
	.mode = GW_TASK_FLOWABLE,
	.properties = properties,
	.check = check_dag,
	.plan = plan_dag,
};

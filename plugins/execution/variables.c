/* variables.c - tasks that set and remove variables of their execution, or give values out */
#include "plugins/execution/execution.h"

/* The variables as they are now, an object; a new reference. */
static json_t *current_variables(struct gw_run *run, struct gw_error *err)
{
	json_auto_t *raw = json_string("{{ vars ?? null }}");
	json_t *vars = gw_run_render(run, raw, err);
	if (json_is_string(vars) && json_string_length(vars) > 0) {
		json_t *parsed =
			gw_json_parse(gw_slice(json_string_value(vars), json_string_length(vars)),
				err);
		json_decref(vars);
		vars = parsed;
	}
	if (!vars || json_is_object(vars))
		return vars;
	json_decref(vars);
	return json_object();
}

/* ---- SetVariables ---- */

static const struct gw_property set_properties[] = {
	{ "variables", "map<any>", GW_REQUIRED, NULL,
		"The variables to set. A map is merged into the map that a variable holds; "
		"every other value replaces the one before." },
	{ "overwrite", "boolean", 0, "true",
		"Whether variables that exist may be changed. If not, the task fails on them." },
	{ 0 },
};

/* Existing variables that are given too, "a,b". */
static void list_existing(struct gw_str *out, const json_t *vars, const json_t *given)
{
	for (void *i = json_object_iter((json_t *)(uintptr_t)given); i;
		i = json_object_iter_next((json_t *)(uintptr_t)given, i)) {
		const char *name = json_object_iter_key(i);
		if (json_object_get(vars, name))
			gw_str_printf(out, "%s%s", out->len ? "," : "", name);
	}
}

static bool run_set(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	const json_t *given = json_object_get(properties, "variables");
	gw_auto_str existing = { 0 };
	json_auto_t *vars = current_variables(run, err);
	if (!vars)
		return false;
	if (!gw_json_true(properties, "overwrite"))
		list_existing(&existing, vars, given);
	if (existing.len > 0)
		return gw_fail(err, GW_CONFLICT,
			"`overwrite` is set to false and the following variables already exist: %s",
			gw_str_text(&existing));
	json_auto_t *merged = json_deep_copy(vars);
	json_object_update_recursive(merged, (json_t *)(uintptr_t)given);
	for (void *i = json_object_iter((json_t *)(uintptr_t)given); i;
		i = json_object_iter_next((json_t *)(uintptr_t)given, i)) {
		const char *name = json_object_iter_key(i);
		gw_run_variable(run, name, json_incref(json_object_get(merged, name)));
	}
	return true;
}

const struct gw_task_type set_variables_type = {
	.type = "io.kestra.plugin.core.execution.SetVariables",
	.summary = "Sets variables of the execution. The tasks that follow see them as "
		   "`{{ vars.name }}`.",
	.mode = GW_TASK_PURE,
	.properties = set_properties,
	.run = run_set,
};

/* ---- UnsetVariables ---- */

static const struct gw_property unset_properties[] = {
	{ "variables", "list<string>", GW_REQUIRED, NULL,
		"The names of the variables to remove. `a.b` removes the member `b` of the map "
		"that the variable `a` holds." },
	{ "ignoreMissing", "boolean", 0, "false",
		"Whether a variable that does not exist is passed over. If not, the task fails." },
	{ 0 },
};

static json_t *member(const json_t *map, const char *path, size_t len)
{
	gw_auto_str name = { 0 };
	gw_str_add(&name, path, len);
	return json_object_get(map, gw_str_text(&name));
}

/* Removes what a dotted path names; false if it is not there. */
static bool remove_path(json_t *map, const char *path)
{
	for (const char *dot; (dot = strchr(path, '.')); path = dot + 1)
		map = member(map, path, (size_t)(dot - path));
	return json_object_del(map, path) == 0;
}

/* What is left of the variable that a path begins with; null if nothing is. */
static void write_back(struct gw_run *run, const json_t *vars, const char *path)
{
	gw_auto_str name = { 0 };
	gw_str_add(&name, path, strcspn(path, "."));
	json_t *left = json_object_get(vars, gw_str_text(&name));
	gw_run_variable(run, gw_str_text(&name), left ? json_incref(left) : json_null());
}

static bool run_unset(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	json_auto_t *now = current_variables(run, err);
	if (!now)
		return false;
	json_auto_t *vars = json_deep_copy(now);
	bool ignore_missing = gw_json_true(properties, "ignoreMissing");
	size_t i;
	json_t *item;
	json_array_foreach (json_object_get(properties, "variables"), i, item) {
		const char *path = json_string_value(item);
		if (path && remove_path(vars, path))
			write_back(run, vars, path);
		else if (!ignore_missing)
			return gw_fail(err, GW_NOT_FOUND, "there is no variable '%s' to remove",
				path ? path : "");
	}
	return true;
}

const struct gw_task_type unset_variables_type = {
	.type = "io.kestra.plugin.core.execution.UnsetVariables",
	.summary = "Removes variables of the execution.",
	.mode = GW_TASK_PURE,
	.properties = unset_properties,
	.run = run_unset,
};

/* ---- OutputValues ---- */

static const struct gw_property output_properties[] = {
	{ "values", "map<any>", GW_REQUIRED, NULL, "The values to give out, by name." },
	{ 0 },
};

static const struct gw_property output_outputs[] = {
	{ "values", "map<any>", 0, NULL, "The rendered values." },
	{ 0 },
};

static bool run_output(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)err;
	gw_run_output(run, "values", json_incref(json_object_get(properties, "values")));
	return true;
}

const struct gw_task_type output_values_type = {
	.type = "io.kestra.plugin.core.output.OutputValues",
	.summary = "Gives out rendered values, for the tasks that follow or for other flows.",
	.mode = GW_TASK_PURE,
	.properties = output_properties,
	.outputs = output_outputs,
	.run = run_output,
};

/* each.c - flowables that run their tasks once for each value: ForEach and its elders */
#include "plugins/flow/flow.h"

/* A value as taskrun.value shows it: texts as they are, everything else as JSON. */
static void print_value(struct gw_str *out, const json_t *value)
{
	if (json_is_string(value))
		gw_str_add(out, json_string_value(value), json_string_length(value));
	else
		gw_json_print(out, value);
}

static bool refuse_null(const json_t *values, struct gw_error *err)
{
	gw_auto_str all = { 0 };
	size_t i;
	json_t *value;
	json_array_foreach (values, i, value) {
		if (i > 0)
			gw_str_puts(&all, ", ");
		print_value(&all, value);
	}
	return gw_fail(err, GW_INVALID, "Found '1' null values on Each, with values=[%s]",
		gw_str_text(&all));
}

/* The list of values, given as such or as a JSON text; a new reference. */
static json_t *read_values(json_t *given, struct gw_error *err)
{
	json_t *values = json_is_string(given) ? gw_json_parse(gw_slice(json_string_value(given),
								       json_string_length(given)),
							 err)
					       : json_incref(given);
	if (!values) {
		gw_explain(err, "the values are no JSON");
		return NULL;
	}
	if (json_is_array(values))
		return values;
	json_decref(values);
	gw_fail(err, GW_INVALID, "the values must be a list");
	return NULL;
}

/* One lane for each distinct value. */
static bool plan_each(struct gw_plan *plan, json_t *given, int at_once, struct gw_error *err)
{
	json_auto_t *values = read_values(given, err), *seen = json_object();
	gw_auto_str text = { 0 };
	int iteration = 0;
	size_t i;
	json_t *value;
	if (!values)
		return false;
	json_array_foreach (values, i, value) {
		if (json_is_null(value))
			return refuse_null(values, err);
		gw_str_reset(&text);
		print_value(&text, value);
		if (json_object_get(seen, gw_str_text(&text)))
			continue;
		json_object_set_new(seen, gw_str_text(&text), json_true());
		gw_plan_lane(plan, "tasks", -1, gw_str_text(&text), iteration++);
	}
	gw_plan_limit(plan, at_once);
	return true;
}

/* ---- ForEach ---- */

#define VALUES                                                                                 \
	"A list, or a text that renders to a JSON list. The tasks run once for each distinct " \
	"value, which they see as `{{ taskrun.value }}`; what is no text is given as JSON."

static const struct gw_property for_each_properties[] = {
	{ "values", "any", GW_REQUIRED, NULL, VALUES },
	{ "concurrencyLimit", "integer", 0, "1",
		"For how many values the tasks may run at once. With `1` the values follow one "
		"another, with `0` all of them start at once. The tasks of one value always "
		"follow one another." },
	{ "tasks", "list<task>", GW_REQUIRED, NULL, TASKS_SUMMARY },
	{ "errors", "list<task>", 0, NULL, ERRORS_SUMMARY },
	{ "finally", "list<task>", 0, NULL, FINALLY_SUMMARY },
	{ 0 },
};

static bool plan_for_each(struct gw_plan *plan, const json_t *properties, struct gw_error *err)
{
	return plan_each(plan, json_object_get(properties, "values"),
		int_of(properties, "concurrencyLimit"), err);
}

const struct gw_task_type for_each_type = {
	.type = "io.kestra.plugin.core.flow.ForEach",
	.summary =
		"Runs tasks for each value of a list, one value after another or several at once.",
	.mode = GW_TASK_FLOWABLE,
	.properties = for_each_properties,
	.plan = plan_for_each,
};

/* ---- EachSequential ---- */

static const struct gw_property each_sequential_properties[] = {
	{ "value", "any", GW_REQUIRED, NULL, VALUES },
	{ "tasks", "list<task>", GW_REQUIRED, NULL, TASKS_SUMMARY },
	{ "errors", "list<task>", 0, NULL, ERRORS_SUMMARY },
	{ "finally", "list<task>", 0, NULL, FINALLY_SUMMARY },
	{ 0 },
};

static bool plan_each_sequential(struct gw_plan *plan, const json_t *properties,
	struct gw_error *err)
{
	return plan_each(plan, json_object_get(properties, "value"), 1, err);
}

const struct gw_task_type each_sequential_type = {
	.type = "io.kestra.plugin.core.flow.EachSequential",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.flows.EachSequential", NULL },
	.summary =
		"Runs tasks for each value of a list, one value after another. It is deprecated: "
		"use `io.kestra.plugin.core.flow.ForEach`.",
	.mode = GW_TASK_FLOWABLE,
	.properties = each_sequential_properties,
	.plan = plan_each_sequential,
};

/* ---- EachParallel ---- */

static const struct gw_property each_parallel_properties[] = {
	{ "value", "any", GW_REQUIRED, NULL, VALUES },
	{ "concurrent", "integer", 0, "0",
		"For how many values the tasks may run at once. With `0` all of them start at "
		"once." },
	{ "tasks", "list<task>", GW_REQUIRED, NULL, TASKS_SUMMARY },
	{ "errors", "list<task>", 0, NULL, ERRORS_SUMMARY },
	{ "finally", "list<task>", 0, NULL, FINALLY_SUMMARY },
	{ 0 },
};

static bool plan_each_parallel(struct gw_plan *plan, const json_t *properties, struct gw_error *err)
{
	return plan_each(plan, json_object_get(properties, "value"),
		int_of(properties, "concurrent"), err);
}

const struct gw_task_type each_parallel_type = {
	.type = "io.kestra.plugin.core.flow.EachParallel",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.flows.EachParallel", NULL },
	.summary = "Runs tasks for all values of a list at the same time. It is deprecated: use "
		   "`io.kestra.plugin.core.flow.ForEach` with `concurrencyLimit: 0`.",
	.mode = GW_TASK_FLOWABLE,
	.properties = each_parallel_properties,
	.plan = plan_each_parallel,
};

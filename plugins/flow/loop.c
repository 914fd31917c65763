/* loop.c - LoopUntil: tasks that are repeated until a condition holds */
#include "plugins/flow/flow.h"

#include <stdlib.h>

#define DEFAULT_INTERVAL (60 * GW_SECOND)

static const struct gw_property properties[] = {
	{ "condition", "string", GW_REQUIRED | GW_LATE, NULL,
		"Rendered each time that the tasks have run. The loop ends when it renders to "
		"something other than nothing, `false`, `0` or `-0`." },
	{ "checkFrequency", "{interval?:duration,maxIterations?:integer,maxDuration?:duration}", 0,
		NULL,
		"How long to go on: `interval` is the time between the end of the tasks and "
		"their next start (by default `PT1M`), `maxIterations` the greatest number of "
		"rounds and `maxDuration` the greatest duration of the whole loop (by default "
		"both are unlimited)." },
	{ "failOnMaxReached", "boolean", 0, "false",
		"Whether the task fails when a maximum is reached before the condition holds." },
	{ "tasks", "list<task>", GW_REQUIRED, NULL, TASKS_SUMMARY },
	{ "errors", "list<task>", 0, NULL, ERRORS_SUMMARY },
	{ "finally", "list<task>", 0, NULL, FINALLY_SUMMARY },
	{ 0 },
};

static const struct gw_property outputs[] = {
	{ "iterationCount", "integer", 0, NULL,
		"The number of the round that runs or was the last one, from 1." },
	{ 0 },
};

struct frequency {
	int64_t interval_us;
	int64_t max_duration_us; /* 0 = unlimited */
	int64_t max_iterations; /* 0 = unlimited */
};

static bool read_duration(const json_t *object, const char *name, int64_t *us, struct gw_error *err)
{
	const json_t *value = json_object_get(object, name);
	if (!value || json_is_null(value))
		return true;
	if (!json_is_string(value))
		return gw_fail(err, GW_INVALID, "%s must be a duration such as PT10S", name);
	if (!gw_duration_parse(gw_slice_of(json_string_value(value)), us, err))
		return gw_explain(err, "%s", name);
	return *us > 0 || gw_fail(err, GW_INVALID, "%s must be a positive duration", name);
}

static bool read_count(const json_t *object, const char *name, int64_t *count, struct gw_error *err)
{
	const json_t *value = json_object_get(object, name);
	const char *text = json_string_value(value);
	char *end = NULL;
	if (!value || json_is_null(value))
		return true;
	*count = text ? strtoll(text, &end, 10) : json_integer_value(value);
	return (*count > 0 && (!end || !*end)) ||
	       gw_fail(err, GW_INVALID, "%s must be a positive number", name);
}

static bool read_frequency(const json_t *given, struct frequency *f, struct gw_error *err)
{
	*f = (struct frequency){ .interval_us = DEFAULT_INTERVAL };
	return (read_duration(given, "interval", &f->interval_us, err) &&
		       read_duration(given, "maxDuration", &f->max_duration_us, err) &&
		       read_count(given, "maxIterations", &f->max_iterations, err)) ||
	       gw_explain(err, "checkFrequency");
}

/* What stops the loop though its condition does not hold; NULL = nothing. */
static const char *reached(const struct gw_plan *plan, const struct frequency *f)
{
	if (f->max_iterations && gw_plan_round(plan) >= f->max_iterations)
		return "Max iterations reached";
	if (f->max_duration_us && gw_plan_elapsed(plan) > f->max_duration_us)
		return "Max duration reached";
	return NULL;
}

static bool plan_loop(struct gw_plan *plan, const json_t *given, struct gw_error *err)
{
	struct frequency f;
	int round = gw_plan_round(plan);
	if (!read_frequency(json_object_get(given, "checkFrequency"), &f, err))
		return false;
	if (round > 0 && gw_is_truthy(json_object_get(given, "condition")))
		return true;
	const char *limit = round > 0 ? reached(plan, &f) : NULL;
	if (limit) {
		gw_plan_log(plan, GW_WARN, "%s", limit);
		return !gw_json_true(given, "failOnMaxReached") ||
		       gw_fail(err, GW_INVALID, "the condition does not hold after %d rounds",
			       round);
	}
	if (round > 0)
		gw_plan_wait(plan, f.interval_us);
	gw_plan_output(plan, "iterationCount", json_integer(round + 1));
	gw_plan_lane(plan, "tasks", -1, NULL, round);
	gw_plan_again(plan, 0);
	return true;
}

const struct gw_task_type loop_until_type = {
	.type = "io.kestra.plugin.core.flow.LoopUntil",
	.aliases = (const char *const[]){ "io.kestra.plugin.core.flow.WaitFor",
		"io.kestra.core.tasks.flows.WaitFor", NULL },
	.summary = "Runs tasks again and again until a condition holds or a maximum is reached.",
	.mode = GW_TASK_FLOWABLE,
	.properties = properties,
	.outputs = outputs,
	.plan = plan_loop,
};

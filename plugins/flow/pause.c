/* pause.c - flowables that wait: Pause, Sleep */
#include "plugins/flow/flow.h"

static bool read_duration(const json_t *properties, const char *name, int64_t *us,
	struct gw_error *err)
{
	const char *text = gw_json_string(properties, name);
	if (!text)
		return true;
	return gw_duration_parse(gw_slice_of(text), us, err) || gw_explain(err, "%s", name);
}

/* ---- Pause ---- */

static const struct gw_property pause_properties[] = {
	{ "pauseDuration", "duration", 0, NULL,
		"How long the pause lasts if nobody resumes the execution. By default it lasts "
		"until somebody does." },
	{ "behavior", "enum(RESUME,WARN,CANCEL,FAIL)", 0, "\"RESUME\"",
		"What happens when the duration is over: the execution goes on (`RESUME`), goes "
		"on with a warning (`WARN`), is cancelled (`CANCEL`) or fails (`FAIL`). A task "
		"that somebody resumes always succeeds." },
	{ "timeout", "duration", 0, NULL,
		"Fails the task if nobody resumes the execution within this time." },
	{ "onPause", "task", 0, NULL,
		"A task that runs right before the execution pauses, to tell somebody for "
		"example." },
	{ "onResume", "list<input>", 0, NULL,
		"Inputs that whoever resumes the execution is asked for. They are given out as "
		"`onResume`." },
	{ "delay", "duration", GW_DEPRECATED, NULL, "The former name of `pauseDuration`." },
	{ "tasks", "list<task>", GW_DEPRECATED, NULL, "Tasks that run after the pause." },
	{ "errors", "list<task>", 0, NULL, ERRORS_SUMMARY },
	{ "finally", "list<task>", 0, NULL, FINALLY_SUMMARY },
	{ 0 },
};

static const struct gw_property pause_outputs[] = {
	{ "onResume", "map<any>", 0, NULL, "The values of the inputs given when it was resumed." },
	{ 0 },
};

static enum gw_state state_after(const char *behavior)
{
	static const struct {
		const char *name;
		enum gw_state state;
	} states[] = {
		{ "WARN", GW_WARNING },
		{ "CANCEL", GW_CANCELLED },
		{ "FAIL", GW_FAILED },
	};
	for (size_t i = 0; behavior && i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i].name, behavior) == 0)
			return states[i].state;
	return GW_SUCCESS;
}

/* How long the pause lasts, 0 = for ever, and what it ends in. */
static bool read_end(const json_t *properties, int64_t *us, enum gw_state *state,
	struct gw_error *err)
{
	int64_t duration = GW_NEVER, timeout = GW_NEVER;
	if (!read_duration(properties, "delay", &duration, err) ||
		!read_duration(properties, "pauseDuration", &duration, err) ||
		!read_duration(properties, "timeout", &timeout, err))
		return false;
	bool times_out = timeout != GW_NEVER && (duration == GW_NEVER || timeout < duration);
	int64_t end = times_out ? timeout : duration;
	*us = end == GW_NEVER ? 0 : end > 0 ? end : 1;
	*state = times_out ? GW_FAILED : state_after(gw_json_string(properties, "behavior"));
	return true;
}

static bool plan_pause(struct gw_plan *plan, const json_t *properties, struct gw_error *err)
{
	int64_t us;
	enum gw_state state;
	if (gw_plan_round(plan) == 0 && gw_plan_tasks(plan, "onPause") > 0) {
		gw_plan_lane(plan, "onPause", -1, NULL, -1);
		gw_plan_again(plan, 0);
		return true;
	}
	if (!read_end(properties, &us, &state, err))
		return false;
	gw_plan_pause(plan, us, state);
	gw_plan_lane(plan, "tasks", -1, NULL, -1);
	return true;
}

const struct gw_task_type pause_type = {
	.type = "io.kestra.plugin.core.flow.Pause",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.flows.Pause", NULL },
	.summary = "Pauses the execution until somebody resumes it, or for some time.",
	.mode = GW_TASK_FLOWABLE,
	.properties = pause_properties,
	.outputs = pause_outputs,
	.plan = plan_pause,
};

/* ---- Sleep ---- */

static const struct gw_property sleep_properties[] = {
	{ "duration", "duration", GW_REQUIRED, NULL, "How long to wait, for example `PT5S`." },
	{ 0 },
};

static bool plan_sleep(struct gw_plan *plan, const json_t *properties, struct gw_error *err)
{
	int64_t us = 0;
	if (!read_duration(properties, "duration", &us, err))
		return false;
	gw_plan_log(plan, GW_INFO, "Waiting for %s", gw_json_string(properties, "duration"));
	if (us > 0)
		gw_plan_wait(plan, us);
	return true;
}

const struct gw_task_type sleep_type = {
	.type = "io.kestra.plugin.core.flow.Sleep",
	.summary = "Waits for some time before the execution goes on.",
	.mode = GW_TASK_FLOWABLE,
	.properties = sleep_properties,
	.plan = plan_sleep,
};

/* execution.c - tasks that decide how their execution ends */
#include "plugins/execution/execution.h"

/* ---- Fail ---- */

static const struct gw_property fail_properties[] = {
	{ "condition", "string", 0, NULL,
		"Fails only if this renders to something other than nothing, `false`, `0` or "
		"`-0`. Without a condition the task always fails." },
	{ "errorMessage", "string", 0, "\"Task failure\"", "What is logged as the reason." },
	{ 0 },
};

static bool run_fail(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	const json_t *condition = json_object_get(properties, "condition");
	const char *message = gw_json_string(properties, "errorMessage");
	if (!condition)
		return gw_fail(err, GW_INVALID, "%s", message ? message : "Task failure");
	if (!gw_is_truthy(condition))
		return true;
	if (message)
		gw_run_log_text(run, GW_ERROR, gw_slice_of(message));
	return gw_fail(err, GW_INVALID, "Fail on a condition");
}

static const struct gw_task_type fail_type = {
	.type = "io.kestra.plugin.core.execution.Fail",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.executions.Fail", NULL },
	.summary = "Fails, always or on a condition, with a message.",
	.mode = GW_TASK_PURE,
	.properties = fail_properties,
	.run = run_fail,
};

/* ---- Assert ---- */

static const struct gw_property assert_properties[] = {
	{ "conditions", "list<string>", GW_REQUIRED | GW_LATE, NULL,
		"What must hold. Each condition is rendered by itself, and fails if it renders "
		"to nothing, `false`, `0` or `-0`, or cannot be rendered." },
	{ "errorMessage", "string", 0, NULL, "What is added to the error if a condition fails." },
	{ 0 },
};

static bool holds(struct gw_run *run, const json_t *raw)
{
	struct gw_error err;
	const char *source = json_string_value(raw);
	json_auto_t *rendered = gw_run_render(run, raw, &err);
	if (!rendered)
		gw_run_log(run, GW_ERROR, "Assertion `%s` failed, failed to render `%s`",
			source ? source : "", err.message);
	else if (!gw_is_truthy(rendered))
		gw_run_log(run, GW_ERROR, "Assertion `%s` failed!", source ? source : "");
	else
		return true;
	return false;
}

static bool run_assert(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	const char *message = gw_json_string(properties, "errorMessage");
	int failed = 0, success = 0;
	size_t i;
	json_t *raw;
	json_array_foreach (json_object_get(properties, "conditions"), i, raw)
		*(holds(run, raw) ? &success : &failed) += 1;
	gw_run_counter(run, "success", success, NULL);
	gw_run_counter(run, "failed", failed, NULL);
	return failed == 0 ||
	       gw_fail(err, GW_INVALID, "%d assertion%s failed!%s%s", failed, failed > 1 ? "s" : "",
		       message ? "\n" : "", message ? message : "");
}

static const struct gw_task_type assert_type = {
	.type = "io.kestra.plugin.core.execution.Assert",
	.summary =
		"Fails unless all of its conditions hold, and logs those that do not. The metrics "
		"`success` and `failed` count them.",
	.mode = GW_TASK_PURE,
	.properties = assert_properties,
	.run = run_assert,
};

/* ---- Exit ---- */

static const struct gw_property exit_properties[] = {
	{ "state", "enum(SUCCESS,WARNING,KILLED,FAILED,CANCELED)", 0, "\"SUCCESS\"",
		"The state that the execution ends in. With `KILLED`, tasks that are still "
		"running are killed; with every other state they run to their end." },
	{ 0 },
};

static bool run_exit(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	const char *name = gw_json_string(properties, "state");
	enum gw_state state = GW_CANCELLED; /* Kestra spells it with one L here */
	if (!name)
		return gw_fail(err, GW_INVALID, "Exit needs a state");
	if (strcmp(name, "CANCELED") != 0 && !gw_state_parse(gw_slice_of(name), &state))
		return gw_fail(err, GW_INVALID, "'%s' is no state to exit with", name);
	gw_run_state(run, state);
	gw_run_end_execution(run, state);
	return true;
}

static const struct gw_task_type exit_type = {
	.type = "io.kestra.plugin.core.execution.Exit",
	.summary = "Ends the whole execution here, in a state of your choice.",
	.mode = GW_TASK_PURE,
	.properties = exit_properties,
	.run = run_exit,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "execution",
	.version = "1.0",
	.summary = "Checking, changing and ending executions.",
	.tasks = (const struct gw_task_type *const[]){ &fail_type, &assert_type, &exit_type,
		&set_variables_type, &unset_variables_type, &output_values_type, &count_type,
		&resume_type, NULL },
};

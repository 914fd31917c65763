/* log.c - tasks that write log lines, and fetch them */
#include <godwit/module.h>

static enum gw_level level_of(const json_t *properties)
{
	enum gw_level level = GW_INFO;
	const char *name = gw_json_string(properties, "level");
	if (name)
		gw_level_parse(gw_slice_of(name), &level);
	return level;
}

/* ---- Log ---- */

static const struct gw_property log_properties[] = {
	{ "message", "string|list<string>", GW_REQUIRED, NULL,
		"What is logged: one text, or a list of texts that become one line each." },
	{ "level", "enum(" GW_LEVELS ")", 0, "\"INFO\"", "The level of the lines." },
	{ 0 },
};

static void log_value(struct gw_run *run, enum gw_level level, const json_t *value)
{
	gw_auto_str text = { 0 };
	if (json_is_string(value))
		gw_str_add(&text, json_string_value(value), json_string_length(value));
	else
		gw_json_print(&text, value);
	gw_run_log_text(run, level, gw_str_slice(&text));
}

static bool run_log(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	const json_t *message = json_object_get(properties, "message");
	enum gw_level level = level_of(properties);
	size_t i;
	json_t *item;
	(void)err;
	if (!json_is_array(message))
		log_value(run, level, message);
	json_array_foreach (message, i, item)
		log_value(run, level, item);
	return true;
}

static const struct gw_task_type log_type = {
	.type = "io.kestra.plugin.core.log.Log",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.log.Log", NULL },
	.summary = "Writes one or more lines to the execution's log.",
	.mode = GW_TASK_PURE,
	.properties = log_properties,
	.run = run_log,
};

/* ---- Fetch ---- */

static const struct gw_property fetch_properties[] = {
	{ "executionId", "string", 0, NULL,
		"The execution whose log is fetched. By default it is the one that runs this "
		"task." },
	{ "namespace", "string", 0, NULL,
		"The namespace of the execution's flow. It is needed only together with "
		"`executionId`, for an execution of another flow." },
	{ "flowId", "string", 0, NULL,
		"The flow of the execution. It is needed only together with `executionId`." },
	{ "tasksId", "string|list<string>", 0, NULL,
		"Takes only the lines of these tasks. By default the lines of all tasks are "
		"taken." },
	{ "level", "enum(" GW_LEVELS ")", 0, "\"INFO\"", "The lowest level that is taken." },
	{ 0 },
};

static const struct gw_property fetch_outputs[] = {
	{ "uri", "string", 0, NULL,
		"The file in internal storage, with one line for each log line." },
	{ "size", "integer", 0, NULL, "How many log lines the file holds." },
	{ 0 },
};

static bool run_fetch(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	json_auto_t *answer = gw_run_ask(run, "logs", properties, err);
	if (!answer)
		return false;
	gw_run_output(run, "uri", json_incref(json_object_get(answer, "uri")));
	gw_run_output(run, "size", json_incref(json_object_get(answer, "size")));
	return true;
}

static const struct gw_task_type fetch_type = {
	.type = "io.kestra.plugin.core.log.Fetch",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.log.Fetch", NULL },
	.summary = "Stores the log lines of an execution as a file in internal storage.",
	.mode = GW_TASK_ISOLATED,
	.properties = fetch_properties,
	.outputs = fetch_outputs,
	.run = run_fetch,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "log",
	.version = "1.0",
	.summary = "Writing log lines, and fetching them.",
	.tasks = (const struct gw_task_type *const[]){ &log_type, &fetch_type, NULL },
};

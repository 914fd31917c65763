/* @NAME@.c - what the plugin @NAME@ adds to Godwit: one task type, to be changed into yours */
#include <godwit/module.h>

/* What the task can be told. Godwit checks flows against this table, renders expressions, converts
 * the values and fills in defaults, so that run gets what it expects. */
static const struct gw_property greet_properties[] = {
	{ "who", "string", GW_REQUIRED, NULL, "Whom to greet." },
	{ "times", "integer", 0, "1", "How often to say it." },
	{ 0 },
};

/* What it gives out: {{ outputs.TASK_ID.greeting }} in the tasks that follow. */
static const struct gw_property greet_outputs[] = {
	{ "greeting", "string", 0, NULL, "What was said." },
	{ 0 },
};

/* Called in a process of its own. False fails the task with the message in err. */
static bool greet(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	const char *who = gw_json_string(properties, "who");
	json_int_t times = json_integer_value(json_object_get(properties, "times"));
	if (times < 1)
		return gw_fail(err, GW_INVALID, "times must be at least 1");
	for (json_int_t i = 0; i < times; i++)
		gw_run_log(run, GW_INFO, "Hello, %s", who);
	gw_run_counter(run, "greetings", (double)times, NULL);
	gw_run_output(run, "greeting", json_sprintf("Hello, %s", who));
	return true;
}

static const struct gw_task_type greet_type = {
	.type = "org.example.@NAME@.Greet",
	.summary = "Greets somebody in the log.",
	.mode = GW_TASK_ISOLATED,
	.properties = greet_properties,
	.outputs = greet_outputs,
	.run = greet,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "@NAME@",
	.version = "0.1",
	.summary = "An example.",
	.tasks = (const struct gw_task_type *const[]){ &greet_type, NULL },
};

/* debug.c - tasks that show what an expression renders to */
#include <godwit/module.h>

#include <time.h>

/* ---- Return ---- */

static const struct gw_property return_properties[] = {
	{ "format", "string", 0, NULL, "The text to return, usually with expressions in it." },
	{ 0 },
};

static const struct gw_property return_outputs[] = {
	{ "value", "string", 0, NULL, "The rendered text, or null if no format was given." },
	{ 0 },
};

static int64_t monotonic_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * GW_SECOND + t.tv_nsec / 1000;
}

/* As Java counts: a character outside the basic plane, four bytes in UTF-8, is two. */
static size_t java_length(struct gw_slice text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if ((c & 0xc0) != 0x80)
			n += c >= 0xf0 ? 2 : 1;
	}
	return n;
}

static bool run_return(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	int64_t began = monotonic_us();
	json_t *value = json_object_get(properties, "format");
	struct gw_slice text = { json_string_value(value), json_string_length(value) };
	(void)err;
	if (text.data)
		gw_run_log_text(run, GW_DEBUG, text);
	gw_run_counter(run, "length", (double)java_length(text), NULL);
	gw_run_timer(run, "duration", monotonic_us() - began, NULL);
	gw_run_output(run, "value", value ? json_incref(value) : json_null());
	return true;
}

static const struct gw_task_type return_type = {
	.type = "io.kestra.plugin.core.debug.Return",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.debugs.Return", NULL },
	.summary = "Returns a rendered text as its output, and logs it at level DEBUG.",
	.mode = GW_TASK_PURE,
	.properties = return_properties,
	.outputs = return_outputs,
	.run = run_return,
};

/* ---- Echo ---- */

static const struct gw_property echo_properties[] = {
	{ "format", "string", 0, NULL, "The text to log, usually with expressions in it." },
	{ "level", "enum(" GW_LEVELS ")", 0, "\"INFO\"", "The level of the line." },
	{ 0 },
};

static bool run_echo(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	const json_t *format = json_object_get(properties, "format");
	const char *name = gw_json_string(properties, "level");
	enum gw_level level = GW_INFO;
	(void)err;
	if (name)
		gw_level_parse(gw_slice_of(name), &level);
	if (json_is_string(format))
		gw_run_log_text(run, level,
			gw_slice(json_string_value(format), json_string_length(format)));
	return true;
}

static const struct gw_task_type echo_type = {
	.type = "io.kestra.plugin.core.debug.Echo",
	.aliases = (const char *const[]){ "io.kestra.core.tasks.debugs.Echo", NULL },
	.summary = "Logs a rendered text. It is deprecated: use "
		   "`io.kestra.plugin.core.log.Log`.",
	.mode = GW_TASK_PURE,
	.properties = echo_properties,
	.run = run_echo,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "debug",
	.version = "1.0",
	.summary = "Showing what expressions render to.",
	.tasks = (const struct gw_task_type *const[]){ &return_type, &echo_type, NULL },
};

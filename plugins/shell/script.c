/* script.c - from a script task's properties to a command, and from what it prints to outputs */
#include "plugins/shell/script.h"

#include <godwit/time.h>

#include <errno.h>
#include <sys/stat.h>

#define OUTPUT_FOLDER "outputs" /* in the working folder; with outputDirectory */

/* clang-format off */
const struct gw_property script_outputs[] = {
	{ "vars", "map<any>", 0, NULL,
		"What the script printed as outputs: lines `::{\"outputs\": {…}}::`." },
	{ "exitCode", "integer", 0, NULL, "The exit code." },
	{ "outputFiles", "map<string>", 0, NULL, "Stored files: relative path to URI." },
	{ "taskRunner", "object", 0, NULL, "Details of the task runner; empty for a process." },
	{ 0 },
};
/* clang-format on */

/* What is remembered from the start of a script to its end. */
struct script {
	json_t *vars;
	char *output_folder; /* NULL = none */
};

static void free_script(void *data)
{
	struct script *script = data;
	json_decref(script->vars);
	free(script->output_folder);
	free(script);
}

/* ---- What it cannot do ---- */

static bool check_runner(const json_t *properties, struct gw_error *err)
{
	const char *type = gw_json_string(json_object_get(properties, "taskRunner"), "type");
	const char *old = gw_json_string(properties, "runner");
	if (!type && old && strcmp(old, "DOCKER") == 0)
		type = "DOCKER";
	if (!type || strcmp(type, PROCESS_RUNNER) == 0)
		return true;
	return gw_fail(err, GW_INVALID,
		"the task runner %s is not available: tasks run as processes, write type: %s", type,
		PROCESS_RUNNER);
}

static bool check_namespace_files(const json_t *properties, struct gw_error *err)
{
	const json_t *files = json_object_get(properties, "namespaceFiles");
	const json_t *enabled = json_is_object(files) ? json_object_get(files, "enabled") : files;
	bool is_off = !files || json_is_null(files) || json_is_false(enabled) ||
		      (json_is_string(enabled) && strcmp(json_string_value(enabled), "false") == 0);
	return is_off || gw_fail(err, GW_INVALID,
				 "namespaceFiles are not available: list files in inputFiles");
}

/* ---- The script's text ---- */

/* A map may also come as JSON text, from an expression. */
static json_t *render_map(struct gw_run *run, const json_t *properties, const char *name,
	struct gw_error *err)
{
	const json_t *raw = json_object_get(properties, name);
	json_auto_t *rendered = raw ? gw_run_render(run, raw, err) : json_object();
	if (json_is_string(rendered)) {
		json_t *parsed = gw_json_parse(gw_slice_of(json_string_value(rendered)), err);
		json_decref(rendered);
		rendered = parsed;
	}
	if (rendered && !json_is_null(rendered) && !json_is_object(rendered)) {
		gw_fail(err, GW_INVALID, "it must be a map");
		json_decref(rendered);
		rendered = NULL;
	}
	if (!rendered)
		gw_explain(err, "%s", name);
	return json_incref(rendered);
}

static void add_command(struct gw_str *text, const char *separator, const char *command)
{
	if (text->len > 0)
		gw_str_puts(text, separator);
	gw_str_puts(text, command);
}

static void add_item(struct gw_str *text, const char *separator, const json_t *item)
{
	gw_auto_str printed = { 0 };
	if (json_is_string(item)) {
		add_command(text, separator, json_string_value(item));
		return;
	}
	gw_json_print(&printed, item);
	add_command(text, separator, gw_str_text(&printed));
}

/* A text that is a JSON list came from an expression that yields the commands. */
static json_t *list_in_text(const json_t *rendered)
{
	struct gw_error no_json;
	const char *text = json_string_value(rendered);
	json_auto_t *list =
		text && *text == '[' ? gw_json_parse(gw_slice_of(text), &no_json) : NULL;
	return json_is_array(list) ? json_incref(list) : NULL;
}

static bool add_commands(struct gw_run *run, const json_t *raw, const char *separator,
	struct gw_str *text, struct gw_error *err)
{
	size_t i;
	json_t *item;
	if (!raw || json_is_null(raw))
		return true;
	json_auto_t *rendered = gw_run_render(run, raw, err);
	if (!rendered)
		return false;
	json_auto_t *list = list_in_text(rendered);
	const json_t *commands = list ? list : rendered;
	if (!json_is_array(commands))
		add_item(text, separator, commands);
	json_array_foreach (commands, i, item) {
		add_item(text, separator, item);
	}
	return true;
}

static bool make_text(struct gw_run *run, const json_t *properties, const char *commands,
	struct gw_str *text, struct gw_error *err)
{
	const char *os = gw_json_string(properties, "targetOS");
	bool is_windows = os && strcmp(os, "WINDOWS") == 0;
	const char *separator = is_windows ? "\r\n" : "\n";
	if (gw_json_true(properties, "failFast") && !is_windows)
		add_command(text, separator, "set -e");
	return add_commands(run, json_object_get(properties, "beforeCommands"), separator, text,
		       err) &&
	       add_commands(run, json_object_get(properties, commands), separator, text, err);
}

/* ---- The command ---- */

static void take_argv(struct gw_program *out, const json_t *interpreter, struct gw_str *text)
{
	size_t n = json_array_size(interpreter), used = 0;
	out->argv = gw_new_array(char *, n + 2);
	for (size_t i = 0; i < n; i++)
		if (json_is_string(json_array_get(interpreter, i)))
			out->argv[used++] =
				gw_strdup(json_string_value(json_array_get(interpreter, i)));
	out->argv[used] = gw_str_steal(text);
}

static bool make_output_folder(struct gw_run *run, const json_t *properties, const char *folder,
	struct gw_error *err)
{
	struct script *script = gw_run_attached(run);
	const char *runner = gw_json_string(properties, "runner");
	if (!gw_json_true(properties, "outputDirectory") &&
		!(runner && strcmp(runner, "PROCESS") == 0))
		return true;
	script->output_folder = gw_sprintf("%s/" OUTPUT_FOLDER, folder);
	if (mkdir(script->output_folder, 0777) != 0)
		return gw_fail_errno(err, errno, "making %s", script->output_folder);
	gw_run_define(run, "outputDir", json_string(script->output_folder));
	return true;
}

static bool make_environment(struct gw_run *run, const json_t *properties, const char *folder,
	struct gw_program *out, struct gw_error *err)
{
	const struct script *script = gw_run_attached(run);
	json_auto_t *env = render_map(run, properties, "env", err);
	if (!env)
		return false;
	out->env = json_is_object(env) ? json_copy(env) : json_object();
	json_object_set_new(out->env, "WORKING_DIR", json_string(folder));
	if (script->output_folder)
		json_object_set_new(out->env, "OUTPUT_DIR", json_string(script->output_folder));
	return true;
}

static bool prepare_files(struct gw_run *run, const json_t *properties, const char *folder,
	struct gw_error *err)
{
	json_auto_t *files = render_map(run, properties, "inputFiles", err);
	return files && script_input_files(run, folder, files, err);
}

bool script_program(struct gw_run *run, const json_t *properties, const char *commands,
	struct gw_program *out, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	struct script *script = gw_new(struct script);
	script->vars = json_object();
	gw_run_attach(run, script, free_script);
	if (!check_runner(properties, err) || !check_namespace_files(properties, err))
		return false;
	const char *folder = gw_run_directory(run, err);
	if (!folder)
		return false;
	gw_run_define(run, "workingDir", json_string(folder));
	if (!make_output_folder(run, properties, folder, err) ||
		!prepare_files(run, properties, folder, err) ||
		!make_text(run, properties, commands, &text, err) ||
		!script_localize(run, folder, &text, err) ||
		!make_environment(run, properties, folder, out, err))
		return false;
	take_argv(out, json_object_get(properties, "interpreter"), &text);
	return true;
}

/* ---- What it prints ---- */

static double seconds_of(const json_t *value)
{
	int64_t us;
	struct gw_error err;
	const char *text = json_string_value(value);
	if (text && gw_duration_parse(gw_slice_of(text), &us, &err))
		return (double)us / GW_SECOND;
	return json_number_value(value);
}

static void take_metric(struct gw_run *run, const json_t *metric)
{
	const char *name = gw_json_string(metric, "name");
	const char *type = gw_json_string(metric, "type");
	const json_t *value = json_object_get(metric, "value");
	const json_t *tags = json_object_get(metric, "tags");
	double seconds = seconds_of(value);
	if (!name || !type)
		return;
	if (strcmp(type, "timer") != 0)
		gw_run_counter(run, name, json_number_value(value), tags);
	else if (seconds >= 0 && seconds < 1e12)
		gw_run_timer(run, name, (int64_t)(seconds * GW_SECOND), tags);
}

static void take_log(struct gw_run *run, const json_t *log)
{
	enum gw_level level = GW_INFO;
	const char *name = gw_json_string(log, "level");
	const char *message = gw_json_string(log, "message");
	if (name)
		gw_level_parse(gw_slice_of(name), &level);
	if (message)
		gw_run_log_text(run, level, gw_slice_of(message));
}

static void take_outputs(struct gw_run *run, struct gw_slice json)
{
	struct gw_error err;
	size_t i;
	json_t *item;
	struct script *script = gw_run_attached(run);
	json_auto_t *doc = gw_json_parse(json, &err);
	if (!doc) {
		gw_run_log(run, GW_WARN, "Invalid outputs '%s'", err.message);
		return;
	}
	json_object_update(script->vars, json_object_get(doc, "outputs"));
	json_array_foreach (json_object_get(doc, "metrics"), i, item) {
		take_metric(run, item);
	}
	json_array_foreach (json_object_get(doc, "logs"), i, item) {
		take_log(run, item);
	}
}

void script_line(struct gw_run *run, struct gw_slice text, bool is_error)
{
	if (text.len >= 6 && gw_slice_starts(text, gw_slice_of("::{")) &&
		gw_slice_ends(text, gw_slice_of("}::")))
		take_outputs(run, gw_slice(text.data + 2, text.len - 4));
	else
		gw_run_log_text(run, is_error ? GW_ERROR : GW_INFO, text);
}

/* ---- The end ---- */

static bool store_outputs(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	const struct script *script = gw_run_attached(run);
	const json_t *globs = json_object_get(properties, "outputFiles");
	json_auto_t *stored = json_object();
	const char *folder = gw_run_directory(run, err);
	bool ok = folder &&
		  (json_array_size(globs) == 0 ||
			  script_store_files(run, folder, globs, stored, err)) &&
		  (!script->output_folder ||
			  script_store_files(run, script->output_folder, NULL, stored, err));
	gw_run_output(run, "outputFiles", json_incref(stored));
	return ok;
}

bool script_finish(struct gw_run *run, const json_t *properties, const struct gw_exit *end,
	struct gw_error *err)
{
	struct script *script = gw_run_attached(run);
	gw_run_output(run, "vars", json_incref(script->vars));
	gw_run_output(run, "exitCode", json_integer(end->code));
	gw_run_output(run, "taskRunner", json_object());
	bool is_stored = store_outputs(run, properties, err);
	if (end->code != 0)
		return gw_fail(err, GW_INVALID, "Command failed with exit code %d", end->code);
	if (end->stderr_lines > 0 && gw_json_true(properties, "warningOnStdErr"))
		gw_run_state(run, GW_WARNING);
	return is_stored;
}

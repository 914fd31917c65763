/* script.h - what script tasks of any language have in common
 *
 * A language's module lists SCRIPT_PROPERTIES beside its own properties and fills its task types
 * with the functions below. */
#ifndef GW_PLUGINS_SHELL_SCRIPT_H
#define GW_PLUGINS_SHELL_SCRIPT_H

#include <godwit/json.h>
#include <godwit/mem.h>
#include <godwit/task.h>

#define PROCESS_RUNNER "io.kestra.plugin.core.runner.Process"

/* clang-format off */
#define SCRIPT_PROPERTIES(image, interpreter) \
	{ "beforeCommands", "list<string>", GW_LATE, NULL, \
		"Commands that run first, in the same process." }, \
	{ "interpreter", "list<string>", 0, interpreter, \
		"The program and its arguments; the script is added as the last one." }, \
	{ "failFast", "boolean", 0, "true", \
		"Ends at the first command that fails (`set -e`)." }, \
	{ "env", "map<any>|string", GW_LATE, NULL, \
		"Environment variables beside those of the server." }, \
	{ "inputFiles", "map<any>|string", GW_LATE, NULL, \
		"Files that are put into the working folder: relative path to content, or to a " \
		"`kestra:///` URI. May also be an expression that yields such a map." }, \
	{ "outputFiles", "list<string>", 0, NULL, \
		"Globs, relative to the working folder: matching files are stored, also after a " \
		"failure, and listed in the output `outputFiles`. `*` and `?` stay within a " \
		"folder, `**` does not; `[a-z]` and `{a,b}` are understood." }, \
	{ "namespaceFiles", "any", 0, NULL, \
		"Not available: a task that enables it fails." }, \
	{ "outputDirectory", "boolean", GW_DEPRECATED, NULL, \
		"Makes a folder, `{{ outputDir }}` and `$OUTPUT_DIR`, whose files are stored." }, \
	{ "targetOS", "enum(AUTO,LINUX,WINDOWS)", 0, "\"AUTO\"", \
		"How commands are joined; anything but WINDOWS joins them with line feeds." }, \
	{ "warningOnStdErr", "boolean", GW_DEPRECATED, NULL, \
		"If true, output on standard error makes the task end in WARNING." }, \
	{ "containerImage", "string", 0, image, \
		"Accepted and not used: tasks run as processes." }, \
	{ "taskRunner", "runner", 0, NULL, \
		"How the script is started: by `" PROCESS_RUNNER "`, the only one there is." }, \
	{ "runner", "enum(PROCESS,DOCKER)", GW_DEPRECATED, NULL, \
		"The old form of `taskRunner`; PROCESS enables `outputDirectory`." }, \
	{ "docker", "any", GW_DEPRECATED | GW_HIDDEN, NULL, "Accepted and not used." }
/* clang-format on */

extern const struct gw_property script_outputs[];

/* Yields the command for a text (owned) or list of commands, as written: a late property. */
bool script_program(struct gw_run *run, const json_t *properties, const char *commands,
	struct gw_program *out, struct gw_error *err);
/* The functions of the task type. */
void script_line(struct gw_run *run, struct gw_slice text, bool is_error);
bool script_finish(struct gw_run *run, const json_t *properties, const struct gw_exit *end,
	struct gw_error *err);

/* ---- Files (files.c) ---- */

/* Puts a rendered map of input files into the working folder. */
bool script_input_files(struct gw_run *run, const char *folder, const json_t *files,
	struct gw_error *err);
/* Replaces each kestra:/// URI in a text by the path of a copy in the working folder. */
bool script_localize(struct gw_run *run, const char *folder, struct gw_str *text,
	struct gw_error *err);
/* Stores the files of a folder that match one of the globs (NULL = all); adds path and URI of each
 * to an object. */
bool script_store_files(struct gw_run *run, const char *folder, const json_t *globs, json_t *stored,
	struct gw_error *err);

/* Whether a glob matches a relative path (glob.c). */
bool script_glob(const char *glob, const char *path);

#endif

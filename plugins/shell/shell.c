/* shell.c - shell commands and scripts */
#include <godwit/module.h>

#include "plugins/shell/script.h"

#define SHELL "[\"/bin/sh\", \"-c\"]"
#define IMAGE "\"ubuntu\""

/* ---- Commands ---- */

static const struct gw_property commands_properties[] = {
	{ "commands", "list<string>|string", GW_REQUIRED | GW_LATE, NULL,
		"The commands, run one after another in one shell; or an expression that yields "
		"the list." },
	SCRIPT_PROPERTIES(IMAGE, SHELL),
	{ 0 },
};

static bool make_commands(struct gw_run *run, const json_t *properties, struct gw_program *out,
	struct gw_error *err)
{
	return script_program(run, properties, "commands", out, err);
}

static const struct gw_task_type commands_type = {
	.type = "io.kestra.plugin.scripts.shell.Commands",
	.summary = "Runs shell commands.",
	.mode = GW_TASK_PROGRAM,
	.properties = commands_properties,
	.outputs = script_outputs,
	.program = make_commands,
	.line = script_line,
	.finish = script_finish,
};

/* ---- Script ---- */

static const struct gw_property script_properties[] = {
	{ "script", "string", GW_REQUIRED | GW_LATE, NULL, "The script." },
	SCRIPT_PROPERTIES(IMAGE, SHELL),
	{ 0 },
};

static bool make_script(struct gw_run *run, const json_t *properties, struct gw_program *out,
	struct gw_error *err)
{
	return script_program(run, properties, "script", out, err);
}

static const struct gw_task_type script_type = {
	.type = "io.kestra.plugin.scripts.shell.Script",
	.summary = "Runs a shell script.",
	.mode = GW_TASK_PROGRAM,
	.properties = script_properties,
	.outputs = script_outputs,
	.program = make_script,
	.line = script_line,
	.finish = script_finish,
};

/* ---- The module ---- */

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "shell",
	.version = "1.0",
	.summary = "Shell commands and scripts.",
	.tasks = (const struct gw_task_type *const[]){ &commands_type, &script_type, NULL },
};

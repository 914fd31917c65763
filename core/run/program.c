/* program.c - the command that a program task yields */
#include "run/program.h"

#include "base/json.h"
#include "base/mem.h"

#include <sys/wait.h>

void gw_program_clear(struct gw_program *program)
{
	for (size_t i = 0; program->argv && program->argv[i]; i++)
		free(program->argv[i]);
	free(program->argv);
	json_decref(program->env);
	*program = (struct gw_program){ 0 };
}

bool gw_program_make(const struct gw_task_type *type, struct gw_run *run, const json_t *properties,
	struct gw_program *out, struct gw_error *err)
{
	if (!type->program(run, properties, out, err))
		return false;
	if (!out->argv || !out->argv[0])
		return gw_fail(err, GW_INTERNAL, "%s yields no command", type->type);
	return true;
}

void gw_program_env(const struct gw_program *program, void (*add)(void *arg, const char *entry),
	void *arg)
{
	const char *name;
	json_t *value;
	json_object_foreach (program->env, name, value) {
		gw_auto_str entry = { 0 };
		if (*name == '\0' || strchr(name, '='))
			continue;
		gw_str_printf(&entry, "%s=", name);
		if (json_is_string(value))
			gw_str_puts(&entry, json_string_value(value));
		else if (!json_is_null(value))
			gw_json_print(&entry, value);
		add(arg, gw_str_text(&entry));
	}
}

struct gw_exit gw_exit_of(int status)
{
	if (WIFSIGNALED(status))
		return (struct gw_exit){ .code = 128 + WTERMSIG(status),
			.signal = WTERMSIG(status) };
	return (struct gw_exit){ .code = WEXITSTATUS(status) };
}

bool gw_program_finish(const struct gw_task_type *type, struct gw_run *run,
	const json_t *properties, const struct gw_exit *end, struct gw_error *err)
{
	if (type->finish)
		return type->finish(run, properties, end, err);
	return end->code == 0 ||
	       gw_fail(err, GW_INVALID, "Command failed with exit code %d", end->code);
}

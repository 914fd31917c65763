/* program.h - the command that a program task yields */
#ifndef GW_RUN_PROGRAM_H
#define GW_RUN_PROGRAM_H

#include "run/run.h"

GW_EXPORT void gw_program_clear(struct gw_program *program);
#define gw_auto_program __attribute__((cleanup(gw_program_clear))) struct gw_program
/* Asks the type for it and checks that there is a command. */
GW_EXPORT bool gw_program_make(const struct gw_task_type *type, struct gw_run *run,
	const json_t *properties, struct gw_program *out, struct gw_error *err);
/* Calls add with each "NAME=value" of its environment; names that cannot be are left out. */
GW_EXPORT void gw_program_env(const struct gw_program *program,
	void (*add)(void *arg, const char *entry), void *arg);
/* How it ended, from a wait status. */
GW_EXPORT struct gw_exit gw_exit_of(int status);
/* What the type makes of it; without an opinion of its own, an exit code fails. */
GW_EXPORT bool gw_program_finish(const struct gw_task_type *type, struct gw_run *run,
	const json_t *properties, const struct gw_exit *end, struct gw_error *err);

#endif

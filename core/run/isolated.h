/* isolated.h - the process of an isolated task, forked from a host */
#ifndef GW_RUN_ISOLATED_H
#define GW_RUN_ISOLATED_H

#include "module/registry.h"
#include "run/run.h"

/* Runs the tasks that arrive (GW_MSG_TASK) until one says it is the last. */
_Noreturn void gw_isolated_main(const struct gw_registry *registry, int socket);

/* Runs a GW_TASK_PROGRAM type here, as a child of this process. */
bool gw_isolated_program(struct gw_run *run, const struct gw_task_type *type,
	const json_t *properties, struct gw_error *err);

#endif

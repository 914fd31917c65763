/* start.h - starting children in a task host: programs by exec, isolated tasks by fork
 *
 * Used by a single-threaded process only. */
#ifndef GW_RUN_START_H
#define GW_RUN_START_H

#include "run/message.h"

#include <sys/resource.h>
#include <sys/types.h>

/* What all children of a host have in common. */
struct gw_start_plan {
	char **environ; /* of programs, without GODWIT_RUN; borrowed strings, ended by NULL */
	char *run_slot; /* where GODWIT_RUN's value stands in this process's own environment */
	size_t run_slot_len;
	struct rlimit nofile; /* as the server found it */
	rlim_t memory; /* RLIMIT_AS of isolated tasks; 0 = as it is */
};

/* Starts what a GW_MSG_PROGRAM says; the process id, or -1 with errno of the step that failed. */
GW_EXPORT pid_t gw_start_program(const struct gw_start_plan *plan, const struct gw_message *m);
/* Forks: returns twice; in the child (0) everything but the run's socket, GW_ISOLATED_SOCKET now,
 * is closed or redirected. -1 with errno. */
GW_EXPORT pid_t gw_start_isolated(const struct gw_start_plan *plan, const struct gw_message *m);

#define GW_ISOLATED_SOCKET 3

#endif

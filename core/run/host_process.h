/* host_process.h - one task host as the server sees it */
#ifndef GW_RUN_HOST_PROCESS_H
#define GW_RUN_HOST_PROCESS_H

#include "run/message.h"

#include <jansson.h>
#include <stdatomic.h>
#include <sys/types.h>

struct gw_host {
	atomic_int references;
	atomic_uint running; /* children that were asked for and not closed */
	atomic_uint next_run;
	int control; /* open as long as there is a reference */
	pid_t pid;
	atomic_bool drains; /* gets no new work */
	atomic_bool is_dead; /* its socket is closed */
	int64_t born, full_since; /* us since boot; full_since 0 = its socket takes messages */
};

/* What a host is started with. */
struct gw_host_order {
	json_t *setup; /* GW_MSG_SETUP without skip */
	char **environ; /* cleaned, with room for GODWIT_RUN */
	int lock; /* -1 = none */
};

/* A module that a host did not survive. */
struct gw_host_failure {
	char *path; /* NULL = it was no module's fault */
	char *reason; /* "crashed while loading (SIGSEGV)" */
};

/* Starts a host and waits until it has loaded its modules; *described is what it said of them, a
 * new reference. NULL: failure says which module is to blame, or err why it cannot work at all. */
struct gw_host *gw_host_start(const struct gw_host_order *order, const json_t *skip,
	json_t **described, struct gw_host_failure *failure, struct gw_error *err);
void gw_host_failure_clear(struct gw_host_failure *failure);
struct gw_host *gw_host_ref(struct gw_host *host);
void gw_host_unref(struct gw_host **host);
/* Ends it with all its children and waits until it is gone; the wait status. */
int gw_host_end(struct gw_host *host);

#endif

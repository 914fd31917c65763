/* child.h - one child of a task host, from the server: a program or an isolated task */
#ifndef GW_RUN_CHILD_H
#define GW_RUN_CHILD_H

#include "run/hosts.h"
#include "run/program.h"

struct gw_child {
	struct gw_host *host; /* a reference; NULL = not started */
	uint32_t run; /* its number at the host */
	int socket; /* tells how it ended; to an isolated task */
	int out, err; /* what it prints */
};

struct gw_child_plan {
	const char *id; /* value of its GODWIT_RUN */
	const char *folder; /* where a program starts */
	const struct gw_program *program; /* NULL = an isolated task */
};

#define GW_NO_CHILD                                \
	{                                          \
		.socket = -1, .out = -1, .err = -1 \
	}

/* Returns once a host was told; that it could not be started comes as GW_MSG_NOT_STARTED. */
GW_EXPORT bool gw_child_start(struct gw_hosts *hosts, const struct gw_child_plan *plan,
	struct gw_child *out, struct gw_error *err);
/* To its whole group. From the first signal on, strays are killed too when it ends. */
GW_EXPORT void gw_child_signal(const struct gw_child *child, int signal);
GW_EXPORT void gw_child_close(struct gw_child *child); /* does not end it */

#endif

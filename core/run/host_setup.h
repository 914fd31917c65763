/* host_setup.h - how a task host becomes one: its process attributes and its modules */
#ifndef GW_RUN_HOST_SETUP_H
#define GW_RUN_HOST_SETUP_H

#include "module/registry.h"
#include "run/start.h"

struct gw_host_setup {
	char *node; /* how the values of its children's GODWIT_RUN begin */
	struct gw_start_plan plan;
	struct gw_registry *registry;
};

/* Takes GW_MSG_SETUP from the control socket: {node, folders, skip, nofile, memory, user}. Tells
 * which module it opens before it does, and what it knows (GW_MSG_READY) at the end. */
GW_EXPORT bool gw_host_set_up(struct gw_host_setup *setup, int control, struct gw_error *err);

#endif

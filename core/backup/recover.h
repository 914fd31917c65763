/* recover.h - what a repository needs that a database's own tools brought back */
#ifndef GW_BACKUP_RECOVER_H
#define GW_BACKUP_RECOVER_H

#include "store/store.h"

struct gw_recovery {
	bool no_triggers; /* leave triggers as they are */
	bool forget_executions; /* triggers no longer wait for the execution they started */
	/* Set: */
	uint64_t nodes, actions; /* removed: of processes that are gone */
	uint64_t executions, triggers; /* given back, for servers to take */
	uint64_t counts; /* executions whose number of task runs was wrong */
};

/* GW_CONFLICT if a server gives life signs: recovery is for a repository at rest. */
GW_EXPORT bool gw_backup_recover(struct gw_store *store, struct gw_recovery *r,
	struct gw_error *err);

#endif

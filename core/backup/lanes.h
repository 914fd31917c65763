/* lanes.h - a few threads that write batches while the archive is read on */
#ifndef GW_BACKUP_LANES_H
#define GW_BACKUP_LANES_H

#include "backup/apply.h"

struct gw_lanes;

/* What it is given must outlive it. NULL: there are no threads to be had. */
struct gw_lanes *gw_lanes_start(struct gw_store *store, const struct gw_editor *editor,
	struct gw_error *err);
/* Takes the batch over and gives an empty one in its place, as soon as a lane is free. count is
 * added to when it was written, until the next wait. False: a batch failed, with its error. */
bool gw_lanes_put(struct gw_lanes *lanes, struct gw_restore_batch **batch,
	struct gw_restore_count *count, struct gw_error *err);
/* Until everything is written: what comes next may refer to it. */
bool gw_lanes_wait(struct gw_lanes *lanes, struct gw_error *err);
void gw_lanes_stop(struct gw_lanes **lanes); /* waits too; tolerates NULL */

#endif

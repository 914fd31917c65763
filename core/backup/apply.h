/* apply.h - a batch of records against what is stored */
#ifndef GW_BACKUP_APPLY_H
#define GW_BACKUP_APPLY_H

#include "backup/edit.h"

#define GW_BATCH_RECORDS 1000
#define GW_BATCH_BYTES (4u << 20)

/* Records of one kind, each key once. */
struct gw_restore_batch {
	const struct gw_kind *kind;
	struct gw_records records; /* copies */
	bool is_fresh; /* there was nothing of the kind: not looked for at first */
	bool killed[GW_BATCH_RECORDS]; /* executions that get a log line */
	size_t bytes;
};

void gw_batch_restored_clear(struct gw_restore_batch *batch);
/* Calls request->changed, if there is one; for several threads. */
void gw_tell_changed(const struct gw_restore_request *request, enum gw_change change,
	const struct gw_record *before, const struct gw_record *after, const char *why);
/* Writes what has to be written and counts what becomes of each. */
bool gw_batch_restore(struct gw_store *store, const struct gw_editor *editor,
	struct gw_restore_batch *batch, struct gw_restore_count *count, struct gw_error *err);

#endif

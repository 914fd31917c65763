/* edit.h - what a restored record is to be: another tenant's, a trigger that does not fire for the
 * past, an execution that does not run twice */
#ifndef GW_BACKUP_EDIT_H
#define GW_BACKUP_EDIT_H

#include "backup/restore.h"

struct gw_editor {
	const struct gw_restore_request *request;
	gw_time now;
	gw_time made; /* the archive's moment */
	struct gw_str doc; /* of the edited record */
	struct gw_value *fields; /* of it; owned */
};

void gw_editor_clear(struct gw_editor *e);
/* Changes the record in place; what it points to then lives until the next call. *killed: an
 * execution that was running and ends here. False: its document cannot be read. */
bool gw_edit_restored(struct gw_editor *e, struct gw_record *record, bool was_owned, bool *killed,
	struct gw_error *err);
/* The log line of a killed execution, always the same; a copy for free(). */
struct gw_record *gw_edit_log_line(const struct gw_editor *e, const struct gw_record *execution);

#endif

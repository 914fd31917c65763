/* increment.h - what changed since an archive was made */
#ifndef GW_BACKUP_INCREMENT_H
#define GW_BACKUP_INCREMENT_H

#include "backup/chain.h"

struct gw_increment {
	struct gw_chain *chain; /* the base and its own bases */
	char *uri; /* of the base */
	struct gw_archive_item item; /* the base's current one */
	enum gw_archive_next what;
	struct gw_str tenant, key; /* of the last live record */
	const struct gw_kind *kind;
};

/* request->base is a URI, or "last"; what the base holds of data and files is wanted in *request
 * too. End it also if this fails. */
bool gw_increment_begin(struct gw_increment *inc, struct gw_storage *storage,
	struct gw_backup_request *request, struct gw_error *err);
void gw_increment_end(struct gw_increment *inc);

/* The next live record; *is_same: the base has it already. What the base has before it is gone and
 * is written so. */
bool gw_increment_pass(struct gw_increment *inc, const struct gw_record *record,
	struct gw_archive_writer *writer, bool *is_same, struct gw_error *err);
/* After the last live record: the base was read to its end and is whole. */
bool gw_increment_finish(struct gw_increment *inc, struct gw_archive_writer *writer,
	struct gw_error *err);

#endif

/* options.h - what a job is to do, from JSON */
#ifndef GW_BACKUP_OPTIONS_H
#define GW_BACKUP_OPTIONS_H

#include "backup/restore.h"

/* key: the one that is used if the options name none. What they yield borrows from options. */
bool gw_create_options(json_t *options, const char *key, struct gw_backup_request *out,
	struct gw_error *err);
bool gw_restore_options(json_t *options, const char *key, struct gw_restore_request *out,
	struct gw_error *err);
/* The URI of an archive in the storage: no file of this machine. */
const char *gw_uri_option(json_t *options, struct gw_error *err);

#endif

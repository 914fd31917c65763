/* place.h - where archives are: names and URIs */
#ifndef GW_BACKUP_PLACE_H
#define GW_BACKUP_PLACE_H

#include "backup/backup.h"

/* Archives are kept beside the tenants' files, as if of a tenant of this name. */
#define GW_BACKUPS_TENANT "backups"
#define GW_BACKUPS_URI "kestra:///backups"

/* "/full/backup-20240917163312.kestra" of a "kestra:///backups/…" URI; NULL if it is none. */
const char *gw_backup_path(const char *uri);
/* A URI that is free; for free(). */
char *gw_backup_name(struct gw_storage *storage, const char *tenant, gw_time now);

#endif

/* jobs.h - backups, restores and verifications that run beside everything else */
#ifndef GW_BACKUP_JOBS_H
#define GW_BACKUP_JOBS_H

#include "backup/restore.h"

struct gw_backup_jobs;

/* key: of encryption.secret-key, NULL = there is none. What it is given must outlive it. */
GW_EXPORT struct gw_backup_jobs *gw_backup_jobs_new(const struct gw_site *site, const char *key);
/* Cancels what runs, and waits for it. */
GW_EXPORT void gw_backup_jobs_free(struct gw_backup_jobs **jobs);

/* type is "create", "restore" or "verify"; options is an object:
 *   create: {type, tenant?, includeData?, includeFiles?, resources?, namespace?, flow?, since?,
 *     until?, maxRate?, encryptionKey?, encryption? (false: none)}
 *   restore: {uri, toTenant?, createTenant?, resources?, namespace?, flow?, onConflict?, triggers?,
 *     running?, dryRun?, encryptionKey?}
 *   verify: {uri, encryptionKey?}
 * out gets the job as gw_backup_job_print shows it. GW_BAD_REQUEST for what is no such option,
 * GW_BUSY while there is another job. */
GW_EXPORT bool gw_backup_job_start(struct gw_backup_jobs *jobs, const char *type, json_t *options,
	struct gw_str *out, struct gw_error *err);
/* {id, type, state (RUNNING, SUCCESS, FAILED, CANCELLED), startDate, endDate?, progress, log,
 * result?, error?}; GW_NOT_FOUND. */
GW_EXPORT bool gw_backup_job_print(struct gw_backup_jobs *jobs, const char *id, struct gw_str *out,
	struct gw_error *err);
/* A list of them, the newest first. */
GW_EXPORT void gw_backup_jobs_print(struct gw_backup_jobs *jobs, struct gw_str *out);
/* GW_CONFLICT if it has ended. */
GW_EXPORT bool gw_backup_job_cancel(struct gw_backup_jobs *jobs, const char *id,
	struct gw_error *err);

#endif

/* backup.h - making, restoring and verifying backups */
#ifndef GW_BACKUP_BACKUP_H
#define GW_BACKUP_BACKUP_H

#include "backup/archive.h"
#include "backup/contents.h"

#include "storage/storage.h"
#include "store/store.h"

/* What is backed up, and where archives are kept. */
struct gw_site {
	struct gw_store *store;
	struct gw_storage *storage;
};

/* Told while something lasts. */
struct gw_progress {
	const char *what; /* "records", "files" */
	uint64_t done, total; /* total 0 = unknown */
	uint64_t bytes; /* of the archive so far */
};

struct gw_watcher {
	/* False: it is to be given up (GW_CONFLICT "cancelled"). Often called. */
	bool (*report)(void *arg, const struct gw_progress *progress);
	void *arg;
};

/* Which records: of these resources, of this namespace and below, of this flow; data also by when
 * it began. */
struct gw_selection {
	uint64_t resources; /* a set; 0 = all */
	const char *namespace, *flow; /* NULL = all */
	gw_time since, until; /* GW_NEVER = all */
};

/* ---- Making ---- */

struct gw_backup_request {
	const char *tenant; /* NULL = FULL */
	bool data, files;
	struct gw_selection selection;
	const char *key; /* NULL = not encrypted */
	int64_t max_rate; /* bytes of archive a second; 0 = no limit */
	struct gw_watcher watcher;
};

struct gw_backup_result {
	char *uri;
	uint64_t resources; /* those that were asked for */
	struct gw_tallies tallies;
	uint64_t bytes; /* of the archive */
	bool one_moment; /* the backend has snapshots */
};

GW_EXPORT bool gw_backup_create(const struct gw_site *place,
	const struct gw_backup_request *request, struct gw_backup_result *out,
	struct gw_error *err);
GW_EXPORT void gw_backup_result_clear(struct gw_backup_result *result);

/* ---- Looking ---- */

/* Opens an archive under "kestra:///backups/…", or a file: "file:///…" or a path. */
GW_EXPORT int gw_backup_file(struct gw_storage *storage, const char *uri, struct gw_error *err);

struct gw_verify_result {
	json_t *header; /* a reference */
	struct gw_tallies tallies;
	uint64_t bytes;
};

/* Reads all of it. */
GW_EXPORT bool gw_backup_verify(struct gw_storage *storage, const char *uri, const char *key,
	const struct gw_watcher *watcher, struct gw_verify_result *out, struct gw_error *err);

/* ---- Restoring ---- */

enum gw_on_conflict {
	GW_OVERWRITE,
	GW_SKIP,
	GW_FAIL, /* nothing more is written after the first */
	GW_NEWER, /* overwrite what is older */
};

enum gw_restore_triggers {
	GW_TRIGGERS_KEEP, /* go on with the next date after now; backfills are paused */
	GW_TRIGGERS_PAUSE, /* disabled */
	GW_TRIGGERS_RECOVER, /* what was missed is caught up, as recoverMissedSchedules says */
};

enum gw_restore_running {
	GW_RUNNING_KILLED, /* end as KILLED, with a log line */
	GW_RUNNING_RESUME, /* go on here */
};

enum gw_change {
	GW_CHANGE_CREATE,
	GW_CHANGE_UPDATE,
	GW_CHANGE_SAME,
	GW_CHANGE_SKIP,
	GW_CHANGE_REFUSE,
	GW_CHANGE_N
};

struct gw_restore_request {
	struct gw_selection selection;
	const char *key;
	const char *to_tenant; /* NULL = where it was */
	bool create_tenant; /* the target of to_tenant, if it is not there */
	enum gw_on_conflict on_conflict;
	enum gw_restore_triggers triggers;
	enum gw_restore_running running;
	bool dry_run;
	bool no_verify_first;
	struct gw_watcher watcher;
	/* Before anything is written; tallies is NULL if it was not verified. May be NULL. */
	void (*announce)(void *arg, const json_t *header, const struct gw_tallies *tallies);
	void *announce_arg;
	/* What becomes of each record that changes or is refused (before is NULL if there is
	 * none); NULL = not told. */
	void (*changed)(void *arg, enum gw_change change, const struct gw_record *before,
		const struct gw_record *after, const char *why);
	void *changed_arg;
};

struct gw_restore_count {
	uint64_t read, by[GW_CHANGE_N];
};

struct gw_restore_result {
	json_t *header; /* a reference */
	struct gw_tallies tallies; /* of the archive */
	struct gw_tallies restored; /* records that are there now, by kind */
	struct gw_restore_count counts[GW_TALLIES_MAX]; /* as tallies.items */
	struct gw_restore_count total;
	uint64_t files;
};

/* True if every record is accounted for and none was refused. */
GW_EXPORT bool gw_backup_restore(const struct gw_site *place, const char *uri,
	const struct gw_restore_request *request, struct gw_restore_result *out,
	struct gw_error *err);
GW_EXPORT void gw_restore_result_clear(struct gw_restore_result *result);

#endif

/* restore.h - archives back into a repository */
#ifndef GW_BACKUP_RESTORE_H
#define GW_BACKUP_RESTORE_H

#include "backup/backup.h"

enum gw_on_conflict {
	GW_OVERWRITE,
	GW_SKIP,
	GW_FAIL, /* end with the first; batches on their way are written */
	GW_NEWER, /* overwrite what is older */
};

enum gw_restore_triggers {
	GW_TRIGGERS_KEEP, /* go on with the next date after now; backfills are paused */
	GW_TRIGGERS_PAUSE, /* disabled */
	GW_TRIGGERS_RECOVER, /* what was missed is caught up, as recoverMissedSchedules says */
};

enum gw_restore_running {
	GW_RUNNING_KILLED, /* end as KILLED, with a log line */
	GW_RUNNING_RESUME, /* go on here; who was queued asks anew */
	GW_RUNNING_AS_IS, /* untouched: what they wait in comes too */
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
	 * none), one at a time, on any thread; NULL = not told. */
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
GW_EXPORT bool gw_backup_restore(const struct gw_site *site, const char *uri,
	const struct gw_restore_request *request, struct gw_restore_result *out,
	struct gw_error *err);
GW_EXPORT void gw_restore_result_clear(struct gw_restore_result *result);

/* ---- Comparing without restoring ---- */

struct gw_live_count {
	uint64_t archive, live; /* records there */
	uint64_t same, different, missing; /* those of the archive */
};

struct gw_live_result {
	struct gw_tallies kinds; /* their names */
	struct gw_live_count counts[GW_TALLIES_MAX]; /* as kinds.items */
	bool equal; /* nothing differs, is missing, or is there beside it */
};

/* Compares an archive with what is stored; differs is told of each record of the archive that is
 * missing (before NULL) or another one. */
GW_EXPORT bool gw_backup_verify_live(const struct gw_site *site, const char *uri,
	const struct gw_restore_request *request, struct gw_live_result *out, struct gw_error *err);

#endif

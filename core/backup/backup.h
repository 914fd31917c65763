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
	const char *base; /* only what changed since this one: a URI, or "last"; NULL = all */
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
	char *base; /* URI of what it is based on; NULL = nothing */
};

GW_EXPORT bool gw_backup_create(const struct gw_site *site, const struct gw_backup_request *request,
	struct gw_backup_result *out, struct gw_error *err);
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

/* An archive in the storage. */
struct gw_backup_entry {
	char *uri; /* owned */
	int64_t bytes;
	json_t *header; /* a reference; NULL = it cannot be read */
};

struct gw_backup_list {
	struct gw_backup_entry *items; /* the newest last, FULL ones before those of tenants */
	size_t n, cap;
};

GW_EXPORT bool gw_backup_list(struct gw_storage *storage, struct gw_backup_list *out,
	struct gw_error *err);
GW_EXPORT void gw_backup_list_clear(struct gw_backup_list *list);
#define gw_auto_backup_list __attribute__((cleanup(gw_backup_list_clear))) struct gw_backup_list
/* What stands in front of an archive, and its size. A new reference. */
GW_EXPORT json_t *gw_backup_show(struct gw_storage *storage, const char *uri, int64_t *bytes,
	struct gw_error *err);
/* GW_CONFLICT if another one is based on it. */
GW_EXPORT bool gw_backup_delete(struct gw_storage *storage, const char *uri, struct gw_error *err);
/* Deletes all but the last ones of each folder and what those are based on; deleted is told each.
 * *n is how many. */
GW_EXPORT bool gw_backup_prune(struct gw_storage *storage, size_t keep,
	void (*deleted)(const char *uri), size_t *n, struct gw_error *err);

#endif

/* transfer.h - from repository to repository, without an archive */
#ifndef GW_BACKUP_TRANSFER_H
#define GW_BACKUP_TRANSFER_H

#include "backup/restore.h"

/* A difference between two repositories: NULL = not there. */
struct gw_difference {
	const struct gw_kind *kind;
	const struct gw_record *from, *to; /* without documents if only one is set */
};

struct gw_comparison {
	const char *tenant; /* NULL = all */
	bool data; /* also what executions leave */
	struct gw_watcher watcher;
	void (*differs)(void *arg, const struct gw_difference *difference); /* may be NULL */
	void *arg;
	/* Set: of each repository, and how many are not the same. */
	struct gw_tallies from, to;
	uint64_t n_missing, n_extra, n_changed;
};

/* Both as of one moment each. Kinds of live work (nodes, signals, actions) are left out. */
GW_EXPORT bool gw_backup_compare(struct gw_store *from, struct gw_store *to,
	struct gw_comparison *c, struct gw_error *err);

struct gw_migration {
	bool deletes; /* what is not in the source; else such records are only counted */
	struct gw_watcher watcher;
	/* Set: */
	struct gw_restore_count total;
	uint64_t n_extra; /* records that only the target has, or had */
};

/* Makes the target the same as the source is at one moment; what is the same already is left
 * alone, so that it can be repeated. Executions that run are claimable in the target. */
GW_EXPORT bool gw_backup_migrate(struct gw_store *from, struct gw_store *to, struct gw_migration *m,
	struct gw_error *err);
/* Whether servers work on a repository. */
GW_EXPORT bool gw_backup_is_live(struct gw_store *store, bool *out, struct gw_error *err);

#endif

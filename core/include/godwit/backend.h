/* backend.h - the contract of a repository backend, for those who write one
 *
 * A backend is defined by passing tests/backend, which "godwit backends test" runs on any. Read
 * docs/backends.md and backends/memory first. Functions are called from many threads at once; each
 * call blocks until its answer is there. */
#ifndef GODWIT_BACKEND_H
#define GODWIT_BACKEND_H

#include <godwit/query.h>

#include <jansson.h>

/* ---- Writing ---- */

enum gw_op_type {
	GW_CREATE, /* misses if the key exists */
	GW_PUT, /* creates or overwrites */
	GW_REPLACE, /* misses unless the stored version is record.version */
	GW_DELETE, /* misses unless the stored version is record.version */
};

enum gw_outcome {
	GW_OP_PENDING,
	GW_OP_DONE, /* written and durable */
	GW_OP_MISSED, /* its condition did not hold: nothing of its group was written */
	GW_OP_SKIPPED, /* another operation of its group missed */
};

struct gw_op {
	enum gw_op_type type;
	struct gw_record
		record; /* kind, tenant, key; version if compared; the rest unless DELETE */
	enum gw_outcome outcome; /* set by write */
	struct gw_version version; /* set by write: the new version */
	int step; /* the kind's, where there are no transactions: its place in the group */
};

/* Without transactions operations of a smaller step are written before those of a larger one, and
 * those of one step in any order, so that whoever reads what a stopped writer left goes on from
 * there: a trigger promises its executions, task runs come before their execution. What a guard
 * promises is never taken back. */
enum { GW_STEP_GUARD = -1, GW_STEP_PARTS = 0, GW_STEP_WHOLE = 1, GW_STEP_LAST = 2 };

/* Operations that apply all or none. On a backend without transactions (capability
 * GW_NO_TRANSACTIONS) they apply step by step: a stop may leave some applied, up to a step, and so
 * may somebody else who changes one of the records in the same moment. Such a backend leaves
 * operations alone that are GW_OP_DONE already. */
struct gw_group {
	struct gw_op *ops;
	size_t n;
};

/* ---- The table ---- */

enum gw_capability {
	GW_NO_TRANSACTIONS = 1 << 0, /* see struct gw_group */
	GW_LATE_SCANS = 1 << 1, /* a scan may not see the last second's writes */
};

struct gw_backend; /* the backend's own */

struct gw_key {
	struct gw_slice tenant, key;
};

struct gw_backend_type {
	const char *name; /* repository.type */
	const char *summary;
	unsigned capabilities;

	/* Connects. settings is the object repository.NAME of the configuration, with defaults
	 * and secrets in place; unknown members are an error. kinds is ended by NULL and lives
	 * as long as the program. */
	struct gw_backend *(*open)(const json_t *settings, const struct gw_kind *const *kinds,
		struct gw_error *err);
	void (*close)(struct gw_backend *b);

	/* Creates and upgrades tables; several processes may call it at once. A database of a
	 * newer Godwit is refused with GW_CONFLICT. */
	bool (*migrate)(struct gw_backend *b, struct gw_error *err);

	/* Reads n keys: *out is n records in one block, for free(); kind is NULL where there is
	 * no record. */
	bool (*get)(struct gw_backend *b, const struct gw_kind *kind, const struct gw_key *keys,
		size_t n, struct gw_record **out, struct gw_error *err);

	struct gw_stream *(*scan)(struct gw_backend *b, const struct gw_query *query,
		struct gw_error *err);
	/* Counts what matches, whatever the query's orders, after, offset and limit: by the values
	 * of a field if by is not NULL, else one count with value "". At most cap is counted (0 =
	 * no cap). */
	bool (*count)(struct gw_backend *b, const struct gw_query *query, const char *by,
		uint64_t cap, struct gw_counts *out, struct gw_error *err);

	/* Applies the groups; true means that every operation has its outcome. A key occurs once
	 * in a call. false: what became of operations that are still GW_OP_PENDING is unknown
	 * (core/store settles it by reading). */
	bool (*write)(struct gw_backend *b, struct gw_group *groups, size_t n,
		struct gw_error *err);

	/* Takes up to limit records with due <= now and no owner, the earliest first: sets owner,
	 * clears due, changes the version. Yields them as they are now. */
	struct gw_stream *(*claim)(struct gw_backend *b, const struct gw_kind *kind,
		struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err);

	/* The server's clock; NULL = that of this machine. */
	bool (*clock)(struct gw_backend *b, gw_time *out, struct gw_error *err);

	/* Blocks until a record of kind "signal" was written by anybody since the last call, or
	 * for timeout_ms, or until wake. NULL = core/store polls. True = something may have
	 * happened. */
	bool (*wait)(struct gw_backend *b, int timeout_ms);
	void (*wake)(struct gw_backend *b); /* makes a waiting wait return; any thread */

	/* One line for people: server, version, where. */
	bool (*describe)(struct gw_backend *b, struct gw_str *out, struct gw_error *err);

	/* This moment of all records, for queries of scan and count that name it; writes go on
	 * beside it. One thread uses it, one stream at a time: one that is closed before its end
	 * may end the snapshot too, and then later queries fail. Without transactions, of what a
	 * group writes later never more may be seen than of what it writes earlier. NULL = there
	 * are no snapshots. */
	struct gw_snapshot *(*snapshot)(struct gw_backend *b, struct gw_error *err);
	void (*release)(struct gw_backend *b, struct gw_snapshot *snapshot);

	/* For a check, between open and migrate: the layout of the tables that are there, 0 =
	 * migrate has to make some. Makes nothing; a newer one is refused as by migrate. NULL = it
	 * cannot tell. */
	bool (*layout)(struct gw_backend *b, int *out, struct gw_error *err);

	/* For tests: the setting that says where in its server or on its disk a repository is
	 * ("schema"): with another value it is another one. NULL = there is one a process. */
	const char *place;
	/* Removes the place with all that is in it, whoever made it; afterwards b is only closed.
	 * Nobody else uses it. NULL if there is no place. */
	bool (*remove)(struct gw_backend *b, struct gw_error *err);
};

#endif

/* store.h - what is richer than a backend, written once above all of them
 *
 * store may use: base, model. */
#ifndef GW_STORE_STORE_H
#define GW_STORE_STORE_H

#include <godwit/backend.h>

struct gw_store;

/* Opens and migrates. type lives as long as the store. */
GW_EXPORT struct gw_store *gw_store_open(const struct gw_backend_type *type, const json_t *settings,
	struct gw_error *err);
/* Opens only to look: makes and upgrades nothing. While gw_store_layout is 0 there is nothing to
 * read, nor a place to write to. */
GW_EXPORT struct gw_store *gw_store_look(const struct gw_backend_type *type, const json_t *settings,
	struct gw_error *err);
/* -1 = the backend cannot tell. */
GW_EXPORT bool gw_store_layout(struct gw_store *store, int *out, struct gw_error *err);
GW_EXPORT void gw_store_close(struct gw_store **store);
GW_EXPORT unsigned gw_store_capabilities(const struct gw_store *store);
GW_EXPORT bool gw_store_describe(struct gw_store *store, struct gw_str *out, struct gw_error *err);

/* One record: GW_NOT_FOUND if it is not there. What out points to lives until free(*hold). */
GW_EXPORT bool gw_store_get(struct gw_store *store, const struct gw_kind *kind, struct gw_key key,
	struct gw_record *out, void **hold, struct gw_error *err);
/* *out is n records in one block, for free(); kind is NULL where there is no record. */
GW_EXPORT bool gw_store_get_many(struct gw_store *store, const struct gw_kind *kind,
	const struct gw_key *keys, size_t n, struct gw_record **out, struct gw_error *err);
GW_EXPORT struct gw_stream *gw_store_scan(struct gw_store *store, const struct gw_query *query,
	struct gw_error *err);
/* One moment for queries that name it (godwit/backend.h); *out is NULL if the backend has none. */
GW_EXPORT bool gw_store_snapshot(struct gw_store *store, struct gw_snapshot **out,
	struct gw_error *err);
GW_EXPORT void gw_store_release(struct gw_store *store, struct gw_snapshot *snapshot);
GW_EXPORT bool gw_store_count(struct gw_store *store, const struct gw_query *query, uint64_t cap,
	uint64_t *out, struct gw_error *err);
GW_EXPORT bool gw_store_count_by(struct gw_store *store, const struct gw_query *query,
	const char *field, struct gw_count **out, size_t *n, struct gw_error *err);
GW_EXPORT void gw_counts_free(struct gw_count *counts, size_t n);
/* After a claim whose answer was lost, the next one for that kind and owner yields all that the
 * owner has, so that nothing stays unknown: the caller skips what it knows. */
GW_EXPORT struct gw_stream *gw_store_claim(struct gw_store *store, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err);

/* Writes groups and settles lost answers: after true every outcome is certain. While the backend
 * does not answer it tries again with growing pauses, up to patience_ms (< 0: until
 * gw_store_give_up), then GW_UNAVAILABLE. A record that somebody else changed after a lost answer
 * has version {0, 0}: read it again. */
GW_EXPORT bool gw_store_write(struct gw_store *store, struct gw_group *groups, size_t n,
	int64_t patience_ms, struct gw_error *err);
/* From now on no call waits for a backend that does not answer: the process is about to end. */
GW_EXPORT void gw_store_give_up(struct gw_store *store);
/* A single operation; GW_CONFLICT if it missed. */
GW_EXPORT bool gw_store_write_one(struct gw_store *store, struct gw_op *op, struct gw_error *err);
/* Deletes all that match, in batches; *n is how many. */
GW_EXPORT bool gw_store_delete_where(struct gw_store *store, const struct gw_query *query,
	uint64_t *n, struct gw_error *err);

/* Tells other nodes that there is work or something changed; cheap when called often. */
GW_EXPORT void gw_store_signal(struct gw_store *store);
/* Blocks until somebody signalled (true), until timeout_ms, or until woken. For one thread. */
GW_EXPORT bool gw_store_wait(struct gw_store *store, int timeout_ms);
GW_EXPORT void gw_store_wake(struct gw_store *store);
/* The database's clock; without one (has_clock) that of this machine. */
GW_EXPORT bool gw_store_has_clock(const struct gw_store *store);
GW_EXPORT bool gw_store_clock(struct gw_store *store, gw_time *out, struct gw_error *err);
/* Adjusts this process's clock to the database's (base/clock.h). */
GW_EXPORT bool gw_store_sync_clock(struct gw_store *store, struct gw_error *err);

#endif

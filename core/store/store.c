/* store.c - opening a repository, and reading from it */
#include "store/store.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "model/kinds.h"
#include "store/check.h"
#include "store/internal.h"

#include <time.h>

struct gw_store *gw_store_look(const struct gw_backend_type *type, const json_t *settings,
	struct gw_error *err)
{
	struct gw_store *store = gw_new(struct gw_store);
	store->type = type;
	pthread_mutex_init(&store->lock, NULL);
	gw_cond_init(&store->changed);
	store->backend = type->open(settings, gw_kinds, err);
	if (store->backend)
		return store;
	gw_explain(err, "opening the repository (%s)", type->name);
	gw_store_close(&store);
	return NULL;
}

struct gw_store *gw_store_open(const struct gw_backend_type *type, const json_t *settings,
	struct gw_error *err)
{
	struct gw_store *store = gw_store_look(type, settings, err);
	if (!store || type->migrate(store->backend, err))
		return store;
	gw_explain(err, "opening the repository (%s)", type->name);
	gw_store_close(&store);
	return NULL;
}

bool gw_store_layout(struct gw_store *store, int *out, struct gw_error *err)
{
	if (store->type->layout)
		return store->type->layout(store->backend, out, err);
	*out = -1;
	return true;
}

void gw_store_close(struct gw_store **store)
{
	struct gw_store *s = *store;
	*store = NULL;
	if (!s)
		return;
	gw_store_stop_signaller(s);
	if (s->backend)
		s->type->close(s->backend);
	gw_map_clear(&s->lost_claims, NULL);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

unsigned gw_store_capabilities(const struct gw_store *store)
{
	return store->type->capabilities;
}

bool gw_store_describe(struct gw_store *store, struct gw_str *out, struct gw_error *err)
{
	return store->type->describe(store->backend, out, err);
}

/* ---- Reading ---- */

bool gw_store_get_many(struct gw_store *store, const struct gw_kind *kind,
	const struct gw_key *keys, size_t n, struct gw_record **out, struct gw_error *err)
{
	for (size_t i = 0; i < n; i++)
		if (!gw_check_key(keys[i].tenant, keys[i].key, err))
			return gw_explain(err, "%s", kind->name);
	return store->type->get(store->backend, kind, keys, n, out, err);
}

bool gw_store_get(struct gw_store *store, const struct gw_kind *kind, struct gw_key key,
	struct gw_record *out, void **hold, struct gw_error *err)
{
	struct gw_record *found;
	if (!gw_store_get_many(store, kind, &key, 1, &found, err))
		return false;
	if (!found->kind) {
		free(found);
		return gw_fail(err, GW_NOT_FOUND, "no %s %.*s", kind->name, GW_SLICE(key.key));
	}
	*out = *found;
	*hold = found;
	return true;
}

struct gw_stream *gw_store_scan(struct gw_store *store, const struct gw_query *query,
	struct gw_error *err)
{
	if (!gw_check_query(query, err))
		return NULL;
	return store->type->scan(store->backend, query, err);
}

bool gw_store_snapshot(struct gw_store *store, struct gw_snapshot **out, struct gw_error *err)
{
	*out = NULL;
	if (!store->type->snapshot)
		return true;
	*out = store->type->snapshot(store->backend, err);
	return *out != NULL;
}

void gw_store_release(struct gw_store *store, struct gw_snapshot *snapshot)
{
	if (snapshot)
		store->type->release(store->backend, snapshot);
}

bool gw_store_count(struct gw_store *store, const struct gw_query *query, uint64_t cap,
	uint64_t *out, struct gw_error *err)
{
	struct gw_counts counts = { 0 };
	if (!gw_check_query(query, err) ||
		!store->type->count(store->backend, query, NULL, cap, &counts, err))
		return false;
	*out = counts.items[0].n;
	gw_counts_free(counts.items, counts.n);
	return true;
}

bool gw_store_count_by(struct gw_store *store, const struct gw_query *query, const char *field,
	struct gw_count **out, size_t *n, struct gw_error *err)
{
	struct gw_counts counts = { 0 };
	if (!gw_check_query(query, err) || !gw_check_group_field(query->kind, field, err) ||
		!store->type->count(store->backend, query, field, 0, &counts, err))
		return false;
	*out = counts.items;
	*n = counts.n;
	return true;
}

void gw_counts_free(struct gw_count *counts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(counts[i].value);
	free(counts);
}

/* ---- Claiming ---- */

static bool collect(struct gw_stream *s, struct gw_records *out, struct gw_error *err)
{
	struct gw_record r;
	enum gw_next next;
	while ((next = gw_stream_next(s, &r, err)) == GW_NEXT_RECORD)
		gw_records_add(out, gw_record_copy(&r));
	return next == GW_NEXT_DONE;
}

/* All that the owner has, read to the end before anything is handed out. */
static struct gw_stream *scan_owned(struct gw_store *store, const struct gw_kind *kind,
	struct gw_slice owner, struct gw_error *err)
{
	const struct gw_value value = { .is_set = true, .text = owner };
	const struct gw_filter filter = {
		.compare = GW_EQ, .field = "owner", .values = &value, .n_values = 1
	};
	const struct gw_query query = { .kind = kind, .filters = &filter, .n_filters = 1 };
	gw_auto_stream *s = store->type->scan(store->backend, &query, err);
	gw_auto_records found = { 0 };
	if (!s || !collect(s, &found, err))
		return NULL;
	return gw_records_stream(&found);
}

/* Remembers or forgets that a claim's answer is missing; returns how it was before. */
static bool mark_lost(struct gw_store *store, struct gw_slice claim, bool is_lost)
{
	gw_locked(&store->lock);
	if (is_lost)
		return gw_map_put(&store->lost_claims, claim, store) != NULL;
	return gw_map_remove(&store->lost_claims, claim) != NULL;
}

struct gw_stream *gw_store_claim(struct gw_store *store, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err)
{
	gw_auto_str claim = { 0 };
	gw_str_printf(&claim, "%s %.*s", kind->name, GW_SLICE(owner));
	struct gw_stream *s;
	if (mark_lost(store, gw_str_slice(&claim), false))
		s = scan_owned(store, kind, owner, err);
	else
		s = store->type->claim(store->backend, kind, owner, now, limit, err);
	if (!s)
		mark_lost(store, gw_str_slice(&claim), true);
	return s;
}

/* ---- The clock ---- */

bool gw_store_has_clock(const struct gw_store *store)
{
	return store->type->clock != NULL;
}

bool gw_store_clock(struct gw_store *store, gw_time *out, struct gw_error *err)
{
	struct timespec t;
	if (store->type->clock)
		return store->type->clock(store->backend, out, err);
	clock_gettime(CLOCK_REALTIME, &t);
	*out = t.tv_sec * GW_SECOND + t.tv_nsec / 1000;
	return true;
}

bool gw_store_sync_clock(struct gw_store *store, struct gw_error *err)
{
	int64_t before = gw_clock_boot();
	gw_time now;
	if (!gw_store_clock(store, &now, err))
		return false;
	gw_clock_adjust(now, before, gw_clock_boot());
	return true;
}

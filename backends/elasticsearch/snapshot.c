/* snapshot.c - points in time: one for a long scan, one a kind for a snapshot */
#include "backends/elasticsearch/elasticsearch.h"

#include <time.h>

#define KEEP_ALIVE "15m" /* of a point in time, from page to page */
#define KEEP_EACH_S 60 /* how often those of a snapshot are used that no scan is using */

/* ---- Points in time ---- */

char *pit_open(struct gw_backend *b, const struct index *index, struct gw_error *err)
{
	gw_auto_free char *path =
		gw_sprintf("/%s%s?keep_alive=" KEEP_ALIVE, index->alias, b->flavour->pit_open);
	const struct request request = { .path = path };
	json_auto_t *answer = call_well(b, &request, err);
	const char *id = gw_json_string(answer, b->flavour->pit_id);
	if (answer && !id)
		gw_fail(err, GW_INTERNAL, "the server opened no point in time");
	return gw_strdup(id);
}

void pit_close(struct gw_backend *b, char *id)
{
	struct gw_error ignored;
	gw_auto_str body = { 0 };
	if (!id)
		return;
	gw_str_putc(&body, '{');
	gw_json_key(&body, b->flavour->pit_id);
	gw_str_puts(&body, b->flavour->closes_lists ? "[" : "");
	gw_json_quote(&body, gw_slice_of(id));
	gw_str_puts(&body, b->flavour->closes_lists ? "]}" : "}");
	const struct request request = {
		.method = "DELETE", .path = b->flavour->pit_close, .body = gw_str_slice(&body)
	};
	json_decref(call_well(b, &request, &ignored));
	free(id);
}

void pit_print(struct gw_str *out, const char *id)
{
	gw_str_puts(out, ",\"pit\":{\"id\":");
	gw_json_quote(out, gw_slice_of(id));
	gw_str_puts(out, ",\"keep_alive\":\"" KEEP_ALIVE "\"}");
}

/* ---- Snapshots ---- */

struct gw_snapshot {
	time_t kept; /* monotonic: when all were used */
	char *pits[]; /* ids, by index; NULL = not open */
};

static time_t monotonic(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static bool open_step(struct gw_backend *b, struct gw_snapshot *snapshot, int step,
	struct gw_error *err)
{
	for (size_t i = 0; i < b->n_indices; i++) {
		struct index *index = &b->indices[i];
		if (index->kind->step != step)
			continue;
		if (!index_refresh(b, index, err))
			return false;
		snapshot->pits[i] = pit_open(b, index, err);
		if (!snapshot->pits[i])
			return false;
	}
	return true;
}

/* What groups write last is looked at first: whatever came before it is there by then. */
struct gw_snapshot *elasticsearch_snapshot(struct gw_backend *b, struct gw_error *err)
{
	struct gw_snapshot *snapshot =
		gw_zalloc(sizeof(*snapshot) + b->n_indices * sizeof(snapshot->pits[0]));
	snapshot->kept = monotonic();
	for (int step = GW_STEP_LAST; step >= GW_STEP_GUARD; step--) {
		if (!open_step(b, snapshot, step, err)) {
			elasticsearch_release(b, snapshot);
			return NULL;
		}
	}
	return snapshot;
}

void elasticsearch_release(struct gw_backend *b, struct gw_snapshot *snapshot)
{
	for (size_t i = 0; i < b->n_indices; i++)
		pit_close(b, snapshot->pits[i]);
	free(snapshot);
}

char *snapshot_pit(struct gw_backend *b, const struct gw_query *query)
{
	return query->snapshot->pits[index_of(b, query->kind) - b->indices];
}

static bool use(struct gw_backend *b, const char *pit, struct gw_error *err)
{
	gw_auto_str body = { 0 };
	gw_str_puts(&body, "{\"size\":0,\"track_total_hits\":false");
	pit_print(&body, pit);
	gw_str_putc(&body, '}');
	const struct request request = { .path = "/_search", .body = gw_str_slice(&body) };
	json_auto_t *answer = call_well(b, &request, err);
	return answer != NULL;
}

bool snapshot_keep(struct gw_backend *b, struct gw_snapshot *snapshot, struct gw_error *err)
{
	time_t now = monotonic();
	if (now - snapshot->kept < KEEP_EACH_S)
		return true;
	for (size_t i = 0; i < b->n_indices; i++)
		if (!use(b, snapshot->pits[i], err))
			return false;
	snapshot->kept = now;
	return true;
}

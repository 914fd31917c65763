/* scan.c - searching: one page at once, more of them by a point in time */
#include "backends/elasticsearch/elasticsearch.h"

#include <inttypes.h>

#define WINDOW 10000 /* how far the server pages without a point in time */
#define PAGE_FIRST 100
#define PAGE_MOST 2000
#define PAGE_BYTES (4 << 20) /* what the size of pages aims at */

struct scan {
	struct gw_stream base;
	struct gw_backend *backend;
	struct index *index;
	struct row row;
	struct gw_str query; /* "query", "sort" and the like: the same for each page */
	struct gw_str after; /* the last hit's sort values; empty = start */
	struct gw_snapshot *snapshot; /* whose point in time it is; NULL = its own */
	char *pit; /* id of the point in time; NULL = a single page is all */
	uint64_t skip; /* hits still to be left out */
	uint64_t left; /* hits still wanted; UINT64_MAX = all */
	size_t page; /* hits a page */
	json_t *answer; /* the page */
	const json_t *hits;
	size_t next; /* hit of the page */
};

/* ---- Pages ---- */

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void print_page(struct scan *scan, struct gw_str *body, size_t size)
{
	gw_str_printf(body,
		"{\"size\":%zu,\"track_total_hits\":false,\"seq_no_primary_term\":true,", size);
	gw_str_add(body, scan->query.data, scan->query.len);
	if (scan->pit)
		pit_print(body, scan->pit);
	else
		gw_str_printf(body, ",\"from\":%" PRIu64, scan->skip);
	if (scan->after.len)
		gw_json_raw(body, "search_after", gw_str_slice(&scan->after));
	if (scan->pit && scan->skip)
		gw_str_puts(body, ",\"_source\":false}");
	else if (!scan->row.fields)
		gw_str_puts(body, ",\"_source\":[\"tenant\",\"key\",\"due\",\"owner\"]}");
	else
		gw_str_putc(body, '}');
}

static json_t *read_page(struct scan *scan, size_t size, struct gw_error *err)
{
	gw_auto_str body = { 0 };
	gw_auto_free char *path = gw_sprintf("%s%s/_search?allow_partial_search_results=false",
		scan->pit ? "" : "/", scan->pit ? "" : scan->index->alias);
	print_page(scan, &body, size);
	const struct request request = { .path = path, .body = gw_str_slice(&body) };
	if (scan->snapshot && !snapshot_keep(scan->backend, scan->snapshot, err))
		return NULL;
	return call_well(scan->backend, &request, err);
}

/* Larger pages of small documents, smaller ones of large. */
static void adapt(struct scan *scan, size_t n)
{
	size_t bytes = 0;
	for (size_t i = 0; i < n; i++) {
		const json_t *source = json_object_get(json_array_get(scan->hits, i), "_source");
		bytes += 1 + json_string_length(json_object_get(source, FIELD_DOCUMENT));
	}
	size_t page = n ? PAGE_BYTES / (bytes / n + 1) : scan->page;
	scan->page = page < 1 ? 1 : page > PAGE_MOST ? PAGE_MOST : page;
}

/* Fetches the next page; what is to be skipped is passed over without its text. */
static bool turn_page(struct scan *scan, struct gw_error *err)
{
	bool skips = scan->pit && scan->skip > 0;
	uint64_t wanted = skips ? scan->skip : scan->left;
	size_t size = (size_t)least(wanted, skips ? WINDOW : scan->page);
	json_decref(gw_steal(&scan->answer));
	scan->hits = NULL;
	scan->answer = read_page(scan, size, err);
	if (!scan->answer)
		return false;
	scan->hits = json_object_get(json_object_get(scan->answer, "hits"), "hits");
	scan->next = 0;
	size_t n = json_array_size(scan->hits);
	const json_t *last = n ? json_array_get(scan->hits, n - 1) : NULL;
	gw_str_reset(&scan->after);
	if (last)
		gw_json_print(&scan->after, json_object_get(last, "sort"));
	if (skips) {
		scan->skip -= n;
		scan->left = n < size ? 0 : scan->left;
		scan->next = n;
	} else {
		adapt(scan, n);
		scan->left = n < size ? n : scan->left;
	}
	return true;
}

/* ---- The stream ---- */

static void close_own_pit(struct scan *scan)
{
	if (!scan->snapshot)
		pit_close(scan->backend, scan->pit);
	scan->pit = NULL;
}

static enum gw_next scan_next(struct gw_stream *s, struct gw_record *out, struct gw_error *err)
{
	struct scan *scan = (struct scan *)s;
	while (scan->left && scan->next == json_array_size(scan->hits)) {
		if (!scan->pit)
			return GW_NEXT_DONE;
		if (!turn_page(scan, err))
			return GW_NEXT_FAILED;
	}
	if (scan->left == 0) {
		close_own_pit(scan);
		return GW_NEXT_DONE;
	}
	if (!row_read(&scan->row, json_array_get(scan->hits, scan->next++), err))
		return GW_NEXT_FAILED;
	scan->left--;
	*out = scan->row.record;
	return GW_NEXT_RECORD;
}

static void scan_close(struct gw_stream *s)
{
	struct scan *scan = (struct scan *)s;
	close_own_pit(scan);
	json_decref(scan->answer);
	row_clear(&scan->row);
	gw_str_clear(&scan->query);
	gw_str_clear(&scan->after);
	free(scan);
}

/* Most scans find little: a single page needs no point in time. True: all of it is there. */
static bool try_single(struct scan *scan, const struct gw_query *query, struct gw_error *err)
{
	if (query->offset >= WINDOW - PAGE_FIRST)
		return false;
	if (!turn_page(scan, err))
		return false;
	if (scan->left <= json_array_size(scan->hits))
		return true;
	scan->left = query->limit ? query->limit : UINT64_MAX;
	scan->page = PAGE_FIRST;
	gw_str_reset(&scan->after);
	return false;
}

static bool begin_now(struct scan *scan, const struct gw_query *query, struct gw_error *err)
{
	err->code = GW_OK;
	if (!index_refresh(scan->backend, scan->index, err))
		return false;
	if (try_single(scan, query, err))
		return true;
	if (err->code != GW_OK)
		return false;
	scan->pit = pit_open(scan->backend, scan->index, err);
	return scan->pit && turn_page(scan, err);
}

static bool begin(struct scan *scan, const struct gw_query *query, struct gw_error *err)
{
	if (!query->snapshot)
		return begin_now(scan, query, err);
	scan->snapshot = query->snapshot;
	scan->pit = snapshot_pit(scan->backend, query);
	return turn_page(scan, err);
}

struct gw_stream *elasticsearch_scan(struct gw_backend *b, const struct gw_query *query,
	struct gw_error *err)
{
	struct scan *scan = gw_new(struct scan);
	scan->base = (struct gw_stream){ scan_next, scan_close };
	scan->backend = b;
	scan->index = index_of(b, query->kind);
	scan->skip = query->offset;
	scan->left = query->limit ? query->limit : UINT64_MAX;
	scan->page = PAGE_FIRST;
	row_init(&scan->row, query->kind, query->want);
	query_print(&scan->query, query);
	query_print_order(&scan->query, query);
	if (begin(scan, query, err))
		return &scan->base;
	scan_close(&scan->base);
	return NULL;
}

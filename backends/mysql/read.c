/* read.c - getting, snapshots, scanning and counting */
#include "backends/mysql/mysql.h"

#include <inttypes.h>

/* Pages up to this size are read at once, so that their connection is free again. */
#define PAGE_MAX 1000

/* ---- get ---- */

struct getting {
	struct gw_backend *backend;
	struct link *link;
	const struct gw_kind *kind;
	struct gw_records found; /* in the order of asking; NULL = not there */
};

static bool get_run(struct getting *g, const struct asked *run, size_t n, struct gw_error *err)
{
	gw_auto_sql s = mysql_begin(g->backend, "SELECT ");
	gw_sql_columns(&s, "", g->kind, GW_WANT_RECORDS);
	gw_str_puts(&s.text, " FROM ");
	gw_sql_table(&s, g->kind->name, NULL);
	asked_add(&s, run, n);
	struct rows rows;
	if (!rows_open(&rows, g->link, &s, err))
		return false;
	gw_auto_row row;
	gw_sql_row_init(&row, g->kind, GW_WANT_RECORDS);
	enum gw_next next;
	while ((next = rows_next(&rows, err)) == GW_NEXT_RECORD) {
		rows_read(&rows, &row);
		const struct asked *asked = asked_find(run, n, row.record.key);
		for (; asked && asked < run + n && gw_slice_equal(asked->key.key, row.record.key);
			asked++)
			g->found.items[asked->at] = gw_record_copy(&row.record);
	}
	rows_close(&rows);
	return next == GW_NEXT_DONE;
}

static bool get_all(struct getting *g, const struct asked *asked, struct gw_error *err)
{
	size_t total = g->found.n;
	g->link = link_take(&g->backend->pool, err);
	if (!g->link)
		return false;
	bool ok = true;
	for (size_t at = 0, n; ok && at < total; at += n) {
		n = asked_run(asked + at, total - at);
		ok = get_run(g, asked + at, n, err);
	}
	link_give(&g->backend->pool, g->link);
	return ok;
}

bool mysql_get(struct gw_backend *b, const struct gw_kind *kind, const struct gw_key *keys,
	size_t n, struct gw_record **out, struct gw_error *err)
{
	struct getting g = { .backend = b, .kind = kind };
	gw_auto_free struct asked *asked = gw_new_array(struct asked, n);
	for (size_t i = 0; i < n; i++) {
		asked[i] = (struct asked){ keys[i], i };
		gw_records_add(&g.found, NULL);
	}
	if (n)
		asked_sort(asked, n);
	bool ok = n == 0 || get_all(&g, asked, err);
	if (ok)
		*out = gw_records_copy(g.found.items, n);
	gw_records_clear(&g.found);
	return ok;
}

/* ---- Snapshots ---- */

/* A connection in the middle of a transaction that sees one moment. */
struct gw_snapshot {
	struct link *link;
};

struct gw_snapshot *mysql_snapshot(struct gw_backend *b, struct gw_error *err)
{
	struct link *link = link_take(&b->patient, err);
	if (!link)
		return NULL;
	if (!link_begin_snapshot(link, err)) {
		link->is_broken = true; /* what is set on it is for nothing else */
		link_give(&b->patient, link);
		return NULL;
	}
	struct gw_snapshot *snapshot = gw_new(struct gw_snapshot);
	snapshot->link = link;
	return snapshot;
}

/* The connection is closed, and its transaction with it. */
void mysql_release(struct gw_backend *b, struct gw_snapshot *snapshot)
{
	link_give(&b->patient, snapshot->link);
	free(snapshot);
}

/* That of the query's snapshot, else one of the pool. */
static struct link *take_link(struct pool *pool, const struct gw_query *query, struct gw_error *err)
{
	if (!query->snapshot)
		return link_take(pool, err);
	if (!query->snapshot->link->is_broken)
		return query->snapshot->link;
	gw_fail(err, GW_UNAVAILABLE, "MySQL: the connection of the snapshot is lost");
	return NULL;
}

static void give_link(struct pool *pool, const struct gw_snapshot *snapshot, struct link *link)
{
	if (!snapshot)
		link_give(pool, link);
}

/* ---- scan ---- */

/* A long scan reads its rows as they come. */
struct scan {
	struct gw_stream base;
	struct gw_backend *backend;
	const struct gw_snapshot *snapshot; /* whose link it is; NULL = its own */
	struct link *link; /* NULL = over */
	struct rows rows;
	struct gw_sql_row row;
};

static void end_scan(struct scan *scan)
{
	if (!scan->link)
		return;
	/* Not read to the end: the rest need not come. */
	scan->link->is_broken |= scan->rows.prepared != NULL;
	give_link(&scan->backend->patient, scan->snapshot, scan->link);
	scan->link = NULL;
}

static enum gw_next scan_next(struct gw_stream *s, struct gw_record *out, struct gw_error *err)
{
	struct scan *scan = (struct scan *)s;
	if (!scan->link)
		return GW_NEXT_DONE;
	enum gw_next next = rows_next(&scan->rows, err);
	if (next == GW_NEXT_RECORD) {
		rows_read(&scan->rows, &scan->row);
		*out = scan->row.record;
	} else {
		rows_close(&scan->rows);
		end_scan(scan);
	}
	return next;
}

static void scan_close(struct gw_stream *s)
{
	struct scan *scan = (struct scan *)s;
	end_scan(scan);
	gw_sql_row_clear(&scan->row);
	free(scan);
}

static struct gw_stream *start_long(struct gw_backend *b, struct link *link,
	const struct gw_query *query, const struct gw_sql *s, struct gw_error *err)
{
	struct rows rows;
	if (!rows_open(&rows, link, s, err)) {
		give_link(&b->patient, query->snapshot, link);
		return NULL;
	}
	struct scan *scan = gw_new(struct scan);
	*scan = (struct scan){ .base = { scan_next, scan_close },
		.backend = b,
		.snapshot = query->snapshot,
		.link = link,
		.rows = rows };
	gw_sql_row_init(&scan->row, query->kind, query->want);
	return &scan->base;
}

static bool read_records(struct link *link, const struct gw_query *query, const struct gw_sql *s,
	struct gw_records *out, struct gw_error *err)
{
	struct rows rows;
	if (!rows_open(&rows, link, s, err))
		return false;
	gw_auto_row row;
	gw_sql_row_init(&row, query->kind, query->want);
	enum gw_next next;
	while ((next = rows_next(&rows, err)) == GW_NEXT_RECORD) {
		rows_read(&rows, &row);
		gw_records_add(out, gw_record_copy(&row.record));
	}
	rows_close(&rows);
	return next == GW_NEXT_DONE;
}

static struct gw_stream *read_page(struct gw_backend *b, struct link *link,
	const struct gw_query *query, const struct gw_sql *s, struct gw_error *err)
{
	gw_auto_records found = { 0 };
	bool ok = read_records(link, query, s, &found, err);
	give_link(&b->pool, query->snapshot, link);
	return ok ? gw_records_stream(&found) : NULL;
}

struct gw_stream *mysql_scan(struct gw_backend *b, const struct gw_query *query,
	struct gw_error *err)
{
	gw_auto_sql s = mysql_begin(b, "");
	gw_sql_select(&s, query);
	bool is_page = query->limit && query->limit <= PAGE_MAX;
	struct link *link = take_link(is_page ? &b->pool : &b->patient, query, err);
	if (!link)
		return NULL;
	return is_page ? read_page(b, link, query, &s, err) : start_long(b, link, query, &s, err);
}

/* ---- count ---- */

static void read_count(const struct rows *rows, struct gw_counts *counts)
{
	unsigned last = rows_n_columns(rows) - 1;
	char number[24] = "";
	struct gw_slice value = gw_slice_of("");
	if (last && !rows_is_number(rows, 0)) {
		value = rows_text(rows, 0);
	} else if (last && !rows_is_null(rows, 0)) {
		snprintf(number, sizeof(number), "%" PRId64, rows_number(rows, 0));
		value = gw_slice_of(number);
	}
	gw_sql_counts_add(counts, value, (uint64_t)rows_number(rows, last));
}

static bool read_counts(struct link *link, const struct gw_sql *s, struct gw_counts *counts,
	struct gw_error *err)
{
	struct rows rows;
	if (!rows_open(&rows, link, s, err))
		return false;
	enum gw_next next;
	while ((next = rows_next(&rows, err)) == GW_NEXT_RECORD)
		read_count(&rows, counts);
	rows_close(&rows);
	return next == GW_NEXT_DONE;
}

bool mysql_count(struct gw_backend *b, const struct gw_query *query, const char *by, uint64_t cap,
	struct gw_counts *out, struct gw_error *err)
{
	gw_auto_sql s = mysql_begin(b, "");
	gw_sql_count(&s, query, by, cap);
	struct link *link = take_link(&b->pool, query, err);
	if (!link)
		return false;
	struct gw_counts counts = { 0 };
	bool ok = read_counts(link, &s, &counts, err);
	give_link(&b->pool, query->snapshot, link);
	if (ok)
		*out = counts;
	else
		gw_sql_counts_clear(&counts);
	return ok;
}

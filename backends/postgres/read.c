/* read.c - getting, scanning, counting and claiming */
#include "backends/postgres/postgres.h"

/* Pages up to this size are read at once, so that their connection is free again. */
#define PAGE_MAX 1000

/* ---- get ---- */

static PGresult *query_keys(struct gw_backend *b, struct link *link, const struct gw_kind *kind,
	const struct gw_key *keys, size_t n, struct gw_error *err)
{
	struct params p = { 0 };
	struct statement_name name;
	enum statement which = n == 1 ? STATEMENT_GET : STATEMENT_GET_MANY;
	if (!statement_prepare(b, link, which, kind, &name, err))
		return NULL;
	if (n == 1) {
		params_text(&p, keys[0].tenant);
		params_text(&p, keys[0].key);
	} else {
		params_keys(&p, keys, n);
	}
	PGresult *result = link_execute(link, name.text, &p, err);
	params_free(&p);
	return result;
}

static void read_found(const PGresult *result, const struct gw_kind *kind, size_t n,
	struct gw_records *found)
{
	bool numbered = n != 1;
	gw_auto_row row;
	gw_sql_row_init(&row, kind, GW_WANT_RECORDS);
	for (size_t i = 0; i < n; i++)
		gw_records_add(found, NULL);
	for (int i = 0; i < PQntuples(result); i++) {
		size_t at = numbered ? (size_t)result_number(result, i, 0) - 1 : 0;
		result_read_row(result, i, numbered, &row);
		if (at < n)
			found->items[at] = gw_record_copy(&row.record);
	}
}

bool postgres_get(struct gw_backend *b, const struct gw_kind *kind, const struct gw_key *keys,
	size_t n, struct gw_record **out, struct gw_error *err)
{
	struct link *link = link_take(&b->pool, false, err);
	if (!link)
		return false;
	auto_result *result = query_keys(b, link, kind, keys, n, err);
	link_give(&b->pool, link);
	if (!result)
		return false;
	gw_auto_records found = { 0 };
	read_found(result, kind, n, &found);
	*out = gw_records_copy(found.items, n);
	return true;
}

/* ---- scan ---- */

/* A connection in the middle of a transaction that sees one moment. */
struct gw_snapshot {
	struct link *link;
};

struct gw_snapshot *postgres_snapshot(struct gw_backend *b, struct gw_error *err)
{
	struct link *link = link_take(&b->pool, true, err);
	if (!link)
		return NULL;
	struct gw_snapshot *snapshot = gw_new(struct gw_snapshot);
	snapshot->link = link;
	if (link_run(link,
		    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
		    "SET LOCAL statement_timeout = 0;"
		    "SET LOCAL idle_in_transaction_session_timeout = 0; SELECT 1",
		    err))
		return snapshot;
	postgres_release(b, snapshot);
	return NULL;
}

void postgres_release(struct gw_backend *b, struct gw_snapshot *snapshot)
{
	struct gw_error ignored;
	PGTransactionStatusType status = PQtransactionStatus(snapshot->link->conn);
	snapshot->link->patience_ms = b->pool.patience_ms;
	if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)
		link_run(snapshot->link, "ROLLBACK", &ignored);
	link_give(&b->pool, snapshot->link);
	free(snapshot);
}

struct scan {
	struct gw_stream base;
	struct gw_backend *backend;
	const struct gw_snapshot *snapshot; /* whose link it is; NULL = its own */
	struct link *link; /* while rows are still to come; NULL = all are in result */
	PGresult *result; /* the page, or the row that came last */
	int next; /* row of result */
	struct gw_sql_row row;
};

static void end_link(struct scan *scan)
{
	struct gw_error ignored;
	if (!scan->link)
		return;
	scan->link->patience_ms = scan->backend->pool.patience_ms;
	if (!scan->snapshot && PQtransactionStatus(scan->link->conn) == PQTRANS_INTRANS)
		link_run(scan->link, "COMMIT", &ignored);
	if (!scan->snapshot)
		link_give(&scan->backend->pool, scan->link);
	scan->link = NULL;
}

/* The next row of a long scan becomes the result; false = there is none, or it failed. */
static bool next_row(struct scan *scan, struct gw_error *err)
{
	PQclear(scan->result);
	scan->next = 0;
	scan->result = link_next(scan->link, err);
	if (scan->result && PQresultStatus(scan->result) == PGRES_SINGLE_TUPLE)
		return true;
	err->code = GW_OK;
	if (PQresultStatus(scan->result) != PGRES_TUPLES_OK)
		link_fail(scan->link, scan->result, err);
	else
		link_next(scan->link, err);
	end_link(scan);
	return false;
}

static enum gw_next scan_next(struct gw_stream *s, struct gw_record *out, struct gw_error *err)
{
	struct scan *scan = (struct scan *)s;
	if (scan->next == PQntuples(scan->result)) {
		if (!scan->link)
			return GW_NEXT_DONE;
		if (!next_row(scan, err))
			return err->code == GW_OK ? GW_NEXT_DONE : GW_NEXT_FAILED;
	}
	result_read_row(scan->result, scan->next++, 0, &scan->row);
	*out = scan->row.record;
	return GW_NEXT_RECORD;
}

static void scan_close(struct gw_stream *s)
{
	struct scan *scan = (struct scan *)s;
	end_link(scan);
	PQclear(scan->result);
	gw_sql_row_clear(&scan->row);
	free(scan);
}

/* A long scan has its connection for itself, without limits of time. */
static bool start_long(struct scan *scan, const struct gw_sql *s, struct gw_error *err)
{
	if (!scan->snapshot && !link_run(scan->link, "BEGIN; SET LOCAL statement_timeout = 0", err))
		return false;
	if (!link_send_query(scan->link, s, err))
		return false;
	scan->link->patience_ms = -1;
	return PQsetSingleRowMode(scan->link->conn) || link_fail(scan->link, NULL, err);
}

static bool read_page(struct scan *scan, const struct gw_sql *s, struct gw_error *err)
{
	scan->result = link_query(scan->link, s, err);
	end_link(scan);
	return scan->result != NULL;
}

static struct link *take_link(struct gw_backend *b, const struct gw_snapshot *snapshot,
	struct gw_error *err)
{
	return snapshot ? snapshot->link : link_take(&b->pool, true, err);
}

struct gw_stream *postgres_scan(struct gw_backend *b, const struct gw_query *query,
	struct gw_error *err)
{
	gw_auto_sql s = postgres_begin(b, "");
	gw_sql_select(&s, query);
	struct link *link = take_link(b, query->snapshot, err);
	if (!link)
		return NULL;
	struct scan *scan = gw_new(struct scan);
	scan->base = (struct gw_stream){ scan_next, scan_close };
	scan->backend = b;
	scan->snapshot = query->snapshot;
	scan->link = link;
	gw_sql_row_init(&scan->row, query->kind, query->want);
	bool is_page = query->limit && query->limit <= PAGE_MAX;
	if (is_page ? read_page(scan, &s, err) : start_long(scan, &s, err))
		return &scan->base;
	scan_close(&scan->base);
	return NULL;
}

/* ---- count ---- */

static struct gw_slice counted_value(const PGresult *result, int row, char *number, size_t size)
{
	if (PQgetisnull(result, row, 0))
		return gw_slice_of("");
	if (PQftype(result, 0) != OID_INT8)
		return result_text(result, row, 0);
	snprintf(number, size, "%lld", (long long)result_number(result, row, 0));
	return gw_slice_of(number);
}

static void read_counts(const PGresult *result, struct gw_counts *counts)
{
	int n_column = PQnfields(result) - 1;
	for (int i = 0; i < PQntuples(result); i++) {
		char number[24];
		struct gw_slice value = gw_slice_of("");
		if (n_column)
			value = counted_value(result, i, number, sizeof(number));
		gw_sql_counts_add(counts, value, (uint64_t)result_number(result, i, n_column));
	}
}

bool postgres_count(struct gw_backend *b, const struct gw_query *query, const char *by,
	uint64_t cap, struct gw_counts *out, struct gw_error *err)
{
	gw_auto_sql s = postgres_begin(b, "");
	gw_sql_count(&s, query, by, cap);
	struct link *link = take_link(b, query->snapshot, err);
	if (!link)
		return false;
	auto_result *result = link_query(link, &s, err);
	if (!query->snapshot)
		link_give(&b->pool, link);
	if (!result)
		return false;
	*out = (struct gw_counts){ 0 };
	read_counts(result, out);
	return true;
}

/* ---- claim ---- */

/* A claimed row and when it was due: rows come back in no order. */
struct claimed {
	int64_t due;
	struct gw_record *record;
};

static int claimed_order(const void *a, const void *b)
{
	const struct claimed *x = a, *y = b;
	if (x->due != y->due)
		return x->due < y->due ? -1 : 1;
	int order = gw_slice_compare(x->record->key, y->record->key);
	return order ? order : gw_slice_compare(x->record->tenant, y->record->tenant);
}

static struct gw_stream *read_claimed(const PGresult *result, const struct gw_kind *kind)
{
	int n = PQntuples(result);
	gw_auto_free struct claimed *all = gw_new_array(struct claimed, n);
	gw_auto_row row;
	gw_sql_row_init(&row, kind, GW_WANT_RECORDS);
	for (int i = 0; i < n; i++) {
		result_read_row(result, i, 1, &row);
		all[i] = (struct claimed){ result_number(result, i, 0),
			gw_record_copy(&row.record) };
	}
	qsort(all, (size_t)n, sizeof(*all), claimed_order);
	struct gw_records records = { 0 };
	for (int i = 0; i < n; i++)
		gw_records_add(&records, all[i].record);
	return gw_records_stream(&records);
}

static PGresult *query_claim(struct gw_backend *b, struct link *link, const struct gw_kind *kind,
	const struct params *p, struct gw_error *err)
{
	struct statement_name name;
	if (!statement_prepare(b, link, STATEMENT_CLAIM, kind, &name, err))
		return NULL;
	return link_execute(link, name.text, p, err);
}

struct gw_stream *postgres_claim(struct gw_backend *b, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err)
{
	struct link *link = link_take(&b->pool, false, err);
	if (!link)
		return NULL;
	struct params p = { 0 };
	params_text(&p, owner);
	params_number(&p, now);
	params_number(&p, (int64_t)limit);
	auto_result *result = query_claim(b, link, kind, &p, err);
	params_free(&p);
	link_give(&b->pool, link);
	return result ? read_claimed(result, kind) : NULL;
}

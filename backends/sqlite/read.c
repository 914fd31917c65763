/* read.c - getting, scanning and counting, each on a reader of its own */
#include "backends/sqlite/sqlite.h"

#define RARE_MAX 1000

/* ---- get ---- */

static sqlite3_stmt *get_statement(struct gw_backend *b, struct reader *reader, size_t kind,
	struct gw_error *err)
{
	if (reader->get[kind])
		return reader->get[kind];
	gw_auto_sql s = { .dialect = &sqlite_dialect };
	gw_str_puts(&s.text, "SELECT ");
	gw_sql_columns(&s, "", b->kinds[kind], GW_WANT_RECORDS);
	gw_str_puts(&s.text, " FROM ");
	gw_sql_table(&s, b->kinds[kind]->name, NULL);
	gw_str_puts(&s.text, " WHERE \"tenant\" = ?1 AND \"key\" = ?2");
	return reader->get[kind] = sqlite_prepare(reader->db, &s, err);
}

/* Adds a copy of the record, or NULL if there is none. */
static bool get_one(struct reader *reader, size_t kind, const struct gw_key *key,
	struct gw_sql_row *row, struct gw_records *out)
{
	auto_reset *stmt = reader->get[kind];
	sqlite_bind_text(stmt, 1, key->tenant);
	sqlite_bind_text(stmt, 2, key->key);
	int result = sqlite3_step(stmt);
	if (result == SQLITE_ROW) {
		sqlite_read_row(stmt, 0, row);
		gw_records_add(out, gw_record_copy(&row->record));
	} else {
		gw_records_add(out, NULL);
	}
	return result == SQLITE_ROW || result == SQLITE_DONE;
}

bool sqlite_get(struct gw_backend *b, const struct gw_kind *kind, const struct gw_key *keys,
	size_t n, struct gw_record **out, struct gw_error *err)
{
	size_t k = gw_sql_kind_index(b->kinds, kind);
	struct reader *reader = sqlite_take_reader(b, err);
	if (!reader)
		return false;
	gw_auto_row row;
	gw_auto_records found = { 0 };
	gw_sql_row_init(&row, kind, GW_WANT_RECORDS);
	bool ok = get_statement(b, reader, k, err) != NULL;
	for (size_t i = 0; ok && i < n; i++)
		ok = get_one(reader, k, &keys[i], &row, &found) || sqlite_fail(reader->db, err);
	sqlite_give_reader(b, reader);
	if (ok)
		*out = gw_records_copy(found.items, found.n);
	return ok;
}

/* ---- Rare keywords: SQLite does not know which they are, so they are counted first ---- */

static bool is_rare(sqlite3 *db, const struct gw_query *query, const struct gw_filter *f)
{
	int field = f->compare == GW_EQ ? gw_kind_field(query->kind, f->field) : -1;
	if (field < 0 || query->kind->fields[field].type != GW_KEYWORDS)
		return false;
	struct gw_error ignored;
	gw_auto_sql s = { .dialect = &sqlite_dialect };
	gw_sql_count_keywords(&s, query, f, RARE_MAX + 1);
	auto_stmt *stmt = sqlite_prepare(db, &s, &ignored);
	return stmt && sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_int(stmt, 0) <= RARE_MAX;
}

static const struct gw_filter *find_rare(sqlite3 *db, const struct gw_query *query)
{
	for (unsigned i = 0; query->tenant.data && i < query->n_filters; i++)
		if (is_rare(db, query, &query->filters[i]))
			return &query->filters[i];
	return NULL;
}

/* ---- Snapshots ---- */

/* A reader in the middle of a transaction. */
struct gw_snapshot {
	struct reader *reader;
};

/* The moment is that of the first read. */
struct gw_snapshot *sqlite_snapshot(struct gw_backend *b, struct gw_error *err)
{
	struct reader *reader = sqlite_take_reader(b, err);
	if (!reader)
		return NULL;
	struct gw_snapshot *snapshot = gw_new(struct gw_snapshot);
	snapshot->reader = reader;
	if (sqlite_run(reader->db, "BEGIN; SELECT count(*) FROM sqlite_schema", err))
		return snapshot;
	sqlite_release(b, snapshot);
	return NULL;
}

void sqlite_release(struct gw_backend *b, struct gw_snapshot *snapshot)
{
	if (!sqlite3_get_autocommit(snapshot->reader->db))
		sqlite3_exec(snapshot->reader->db, "ROLLBACK", NULL, NULL, NULL);
	sqlite_give_reader(b, snapshot->reader);
	free(snapshot);
}

static struct reader *take_reader(struct gw_backend *b, const struct gw_query *query,
	struct gw_error *err)
{
	return query->snapshot ? query->snapshot->reader : sqlite_take_reader(b, err);
}

static void give_reader(struct gw_backend *b, const struct gw_snapshot *snapshot,
	struct reader *reader)
{
	if (!snapshot)
		sqlite_give_reader(b, reader);
}

/* ---- scan ---- */

/* A reader with the query prepared on it; NULL on failure. */
static struct reader *prepare_scan(struct gw_backend *b, const struct gw_query *query,
	sqlite3_stmt **stmt, struct gw_error *err)
{
	struct reader *reader = take_reader(b, query, err);
	if (!reader)
		return NULL;
	gw_auto_sql s = { .dialect = &sqlite_dialect };
	s.rare = find_rare(reader->db, query);
	gw_sql_select(&s, query);
	*stmt = sqlite_prepare(reader->db, &s, err);
	if (*stmt)
		return reader;
	give_reader(b, query->snapshot, reader);
	return NULL;
}

struct scan {
	struct gw_stream base;
	struct gw_backend *backend;
	struct gw_snapshot *snapshot; /* NULL = now */
	struct reader *reader;
	sqlite3_stmt *stmt; /* NULL = all was read */
	struct gw_sql_row row;
};

static enum gw_next scan_next(struct gw_stream *s, struct gw_record *out, struct gw_error *err)
{
	struct scan *scan = (struct scan *)s;
	int result = scan->stmt ? sqlite3_step(scan->stmt) : SQLITE_DONE;
	if (result == SQLITE_ROW) {
		sqlite_read_row(scan->stmt, 0, &scan->row);
		*out = scan->row.record;
		return GW_NEXT_RECORD;
	}
	if (result != SQLITE_DONE)
		sqlite_fail(scan->reader->db, err);
	sqlite_finalize(&scan->stmt);
	return result == SQLITE_DONE ? GW_NEXT_DONE : GW_NEXT_FAILED;
}

static void scan_close(struct gw_stream *s)
{
	struct scan *scan = (struct scan *)s;
	sqlite_finalize(&scan->stmt);
	give_reader(scan->backend, scan->snapshot, scan->reader);
	gw_sql_row_clear(&scan->row);
	free(scan);
}

struct gw_stream *sqlite_scan(struct gw_backend *b, const struct gw_query *query,
	struct gw_error *err)
{
	sqlite3_stmt *stmt;
	struct reader *reader = prepare_scan(b, query, &stmt, err);
	if (!reader)
		return NULL;
	struct scan *scan = gw_new(struct scan);
	*scan = (struct scan){ .base = { scan_next, scan_close },
		.backend = b,
		.snapshot = query->snapshot,
		.reader = reader,
		.stmt = stmt };
	gw_sql_row_init(&scan->row, query->kind, query->want);
	return &scan->base;
}

/* ---- count ---- */

static bool read_counts(sqlite3_stmt *stmt, bool grouped, struct gw_counts *counts)
{
	int result;
	while ((result = sqlite3_step(stmt)) == SQLITE_ROW)
		gw_sql_counts_add(counts, grouped ? sqlite_text(stmt, 0) : gw_slice_of(""),
			(uint64_t)sqlite3_column_int64(stmt, grouped));
	return result == SQLITE_DONE;
}

bool sqlite_count(struct gw_backend *b, const struct gw_query *query, const char *by, uint64_t cap,
	struct gw_counts *out, struct gw_error *err)
{
	struct reader *reader = take_reader(b, query, err);
	if (!reader)
		return false;
	gw_auto_sql s = { .dialect = &sqlite_dialect };
	s.rare = find_rare(reader->db, query);
	gw_sql_count(&s, query, by, cap);
	struct gw_counts counts = { 0 };
	sqlite3_stmt *stmt = sqlite_prepare(reader->db, &s, err);
	bool ok = stmt && (read_counts(stmt, by != NULL, &counts) || sqlite_fail(reader->db, err));
	sqlite_finalize(&stmt);
	give_reader(b, query->snapshot, reader);
	if (ok)
		*out = counts;
	else
		gw_sql_counts_clear(&counts);
	return ok;
}

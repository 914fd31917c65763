/* connection.c - connections, their settings, statements and errors */
#include "backends/sqlite/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#define IDLE_READERS_MAX 16
#define CHECKPOINT_PAGES 4000

const struct gw_sql_dialect sqlite_dialect = {
	.tenant = "TEXT",
	.key = "TEXT",
	.keyword = "TEXT",
	.text = "TEXT",
	.number = "INTEGER",
	.doc = "TEXT",
	.table_end = "",
	.parameter = "?",
	.numbers_parameters = true,
	.position = "instr",
	.lower = "lower(",
	.lower_end = ")",
	.right = "substr(",
	.right_sign = "-",
	.newest_first = "",
	.places_nulls = true,
	.has_sparse_indexes = true,
};

/* What a result means to the caller. */
static enum gw_code code_of(int result)
{
	switch (result & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_FULL:
	case SQLITE_IOERR:
		return GW_UNAVAILABLE;
	case SQLITE_TOOBIG:
	case SQLITE_CONSTRAINT:
		return GW_INVALID;
	default:
		return GW_INTERNAL;
	}
}

bool sqlite_fail(sqlite3 *db, struct gw_error *err)
{
	return gw_fail(err, code_of(sqlite3_extended_errcode(db)), "SQLite: %s",
		sqlite3_errmsg(db));
}

bool sqlite_run(sqlite3 *db, const char *statement, struct gw_error *err)
{
	return sqlite3_exec(db, statement, NULL, NULL, NULL) == SQLITE_OK || sqlite_fail(db, err);
}

/* The database file is for its owner only; SQLite gives its companions the same mode. Not opened
 * if it is there: closing it would drop the locks of other connections. */
static bool create_file(const char *path, struct gw_error *err)
{
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	else if (errno != EEXIST)
		return gw_fail_errno(err, errno, "creating %s", path);
	return true;
}

static bool set_up(sqlite3 *db, const struct settings *s, bool for_writing, struct gw_error *err)
{
	static const char *const sync[] = { [SYNC_FULL] = "FULL", "NORMAL", "OFF" };
	sqlite3_busy_timeout(db, (int)(s->busy_timeout / 1000));
	gw_auto_str text = { 0 };
	gw_str_printf(&text,
		"PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;"
		"PRAGMA mmap_size = %" PRId64 "; PRAGMA cache_size = -%" PRId64 ";",
		s->mmap_mb << 20, (s->cache_mb << 10) / (for_writing ? 1 : 8));
	if (for_writing)
		gw_str_printf(&text,
			"PRAGMA journal_mode = WAL;"
			"PRAGMA synchronous = %s; PRAGMA wal_autocheckpoint = %d;",
			sync[s->sync], CHECKPOINT_PAGES);
	else
		gw_str_puts(&text, "PRAGMA query_only = ON;");
	return sqlite_run(db, gw_str_text(&text), err);
}

/* Turning WAL on does not wait for others that do the same. */
static bool set_up_patiently(sqlite3 *db, const struct settings *s, bool for_writing,
	struct gw_error *err)
{
	for (int64_t waited = 0;; waited += 10 * GW_MILLISECOND) {
		if (set_up(db, s, for_writing, err))
			return true;
		if ((sqlite3_errcode(db) & 0xff) != SQLITE_BUSY || waited >= s->busy_timeout)
			return false;
		sqlite3_sleep(10);
	}
}

sqlite3 *sqlite_connect(const struct settings *settings, bool for_writing, struct gw_error *err)
{
	sqlite3 *db = NULL;
	if (!create_file(settings->path, err))
		return NULL;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	bool gathers = for_writing && settings->sync == SYNC_FULL;
	sqlite_add_vfs();
	bool ok = sqlite3_open_v2(settings->path, &db, flags,
			  gathers ? SQLITE_GATHERING_VFS : NULL) == SQLITE_OK ||
		  sqlite_fail(db, err);
	if (ok && set_up_patiently(db, settings, for_writing, err))
		return db;
	gw_explain(err, "%s", settings->path);
	sqlite3_close(db);
	return NULL;
}

bool sqlite_connect_writer(struct gw_backend *b, struct gw_error *err)
{
	if (!b->writer)
		b->writer = sqlite_connect(&b->settings, true, err);
	return b->writer != NULL;
}

/* ---- Statements ---- */

sqlite3_stmt *sqlite_prepare(sqlite3 *db, const struct gw_sql *s, struct gw_error *err)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v3(db, gw_str_text(&s->text), (int)s->text.len + 1,
		    SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		sqlite_fail(db, err);
	for (int i = 0; stmt && i < (int)s->n_params; i++) {
		const struct gw_value *param = &s->params[i];
		if (param->text.data)
			sqlite3_bind_text64(stmt, i + 1, param->text.data, param->text.len,
				SQLITE_TRANSIENT, SQLITE_UTF8);
		else
			sqlite_bind(stmt, i + 1, *param);
	}
	return stmt;
}

void sqlite_finalize(sqlite3_stmt **stmt)
{
	sqlite3_finalize(*stmt);
	*stmt = NULL;
}

void sqlite_reset(sqlite3_stmt **stmt)
{
	sqlite3_reset(*stmt);
}

void sqlite_bind_text(sqlite3_stmt *stmt, int index, struct gw_slice text)
{
	sqlite3_bind_text64(stmt, index, text.data ? text.data : "", text.len, SQLITE_STATIC,
		SQLITE_UTF8);
}

void sqlite_bind(sqlite3_stmt *stmt, int index, struct gw_value value)
{
	if (!value.is_set && !value.text.data)
		sqlite3_bind_null(stmt, index);
	else if (value.text.data)
		sqlite_bind_text(stmt, index, value.text);
	else
		sqlite3_bind_int64(stmt, index, value.number);
}

struct gw_slice sqlite_text(sqlite3_stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);
	return gw_slice(text, text ? (size_t)sqlite3_column_bytes(stmt, column) : 0);
}

void sqlite_read_row(sqlite3_stmt *stmt, int first, struct gw_sql_row *row)
{
	int n = sqlite3_column_count(stmt);
	for (int i = first; i < n; i++) {
		unsigned column = (unsigned)(i - first);
		int type = sqlite3_column_type(stmt, i);
		bool is_number = gw_sql_is_number(row->record.kind, column);
		if (type == SQLITE_NULL)
			gw_sql_row_null(row, column);
		else if (is_number)
			gw_sql_row_number(row, column, sqlite3_column_int64(stmt, i));
		else
			gw_sql_row_text(row, column, sqlite_text(stmt, i));
	}
}

/* ---- Readers ---- */

static void close_reader(struct gw_backend *b, struct reader *reader)
{
	for (size_t i = 0; i < b->n_kinds; i++)
		sqlite_finalize(&reader->get[i]);
	sqlite3_close(reader->db);
	free(reader->get);
	free(reader);
}

static struct reader *pop_reader(struct gw_backend *b)
{
	gw_locked(&b->readers_lock);
	struct reader *reader = b->idle;
	if (reader) {
		b->idle = reader->next;
		b->n_idle--;
	}
	return reader;
}

struct reader *sqlite_take_reader(struct gw_backend *b, struct gw_error *err)
{
	struct reader *reader = pop_reader(b);
	if (reader)
		return reader;
	sqlite3 *db = sqlite_connect(&b->settings, false, err);
	if (!db)
		return NULL;
	reader = gw_new(struct reader);
	reader->db = db;
	reader->get = gw_new_array(sqlite3_stmt *, b->n_kinds);
	return reader;
}

void sqlite_give_reader(struct gw_backend *b, struct reader *reader)
{
	pthread_mutex_lock(&b->readers_lock);
	bool keep = b->n_idle < IDLE_READERS_MAX;
	if (keep) {
		reader->next = b->idle;
		b->idle = reader;
		b->n_idle++;
	}
	pthread_mutex_unlock(&b->readers_lock);
	if (!keep)
		close_reader(b, reader);
}

void sqlite_close_readers(struct gw_backend *b)
{
	for (struct reader *reader; (reader = pop_reader(b));)
		close_reader(b, reader);
}

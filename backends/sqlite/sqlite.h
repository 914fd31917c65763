/* sqlite.h - what the files of this backend share
 *
 * One connection writes: whoever comes while it is busy queues, and the next to get it writes
 * everything that is queued as one transaction. Readers have connections of their own; in WAL mode
 * neither waits for the other. */
#ifndef GW_BACKENDS_SQLITE_SQLITE_H
#define GW_BACKENDS_SQLITE_SQLITE_H

#include "backends/sql/settings.h"
#include "backends/sql/sql.h"

#include <godwit/mem.h>
#include <godwit/thread.h>

#include <sqlite3.h>

enum { SYNC_FULL };

struct settings {
	char *path;
	int64_t sync; /* full, normal, off */
	int64_t busy_timeout; /* us */
	int64_t cache_mb; /* of the writer; a reader has an eighth */
	int64_t mmap_mb;
};

/* A connection for reading; idle ones are kept. */
struct reader {
	sqlite3 *db;
	sqlite3_stmt **get; /* by kind, made when first used */
	struct reader *next;
};

/* The statements that keep the table of a KEYWORDS field. */
struct keyword_statements {
	unsigned field;
	sqlite3_stmt *old, *clear, *add;
};

/* The writer's statements for a kind, made when first used. */
struct kind_statements {
	sqlite3_stmt *ops[GW_DELETE + 1];
	sqlite3_stmt *claim, *due, *find_due;
	struct keyword_statements *keywords;
	size_t n_keywords;
};

/* A call of write that waits for the writer. */
struct request {
	struct gw_group *groups;
	size_t n;
	struct request *next;
	bool is_done, ok;
	struct gw_error err;
};

struct gw_backend {
	struct settings settings;
	const struct gw_kind *const *kinds;
	size_t n_kinds;
	struct gw_sql_versions versions;

	pthread_mutex_t readers_lock; /* guards idle */
	struct reader *idle;
	size_t n_idle;

	pthread_mutex_t queue_lock; /* guards queue; taken after writer_lock or alone */
	struct request *queue, **queue_end;

	pthread_mutex_t writer_lock; /* guards what follows */
	sqlite3 *writer;
	struct kind_statements *statements; /* by kind */
	struct gw_str packed; /* scratch */
};

extern const struct gw_sql_dialect sqlite_dialect;

/* ---- Connections (connection.c) ---- */

/* wal.c: a way to open files for a writer that syncs each commit */
#define SQLITE_GATHERING_VFS "godwit"
void sqlite_add_vfs(void);
sqlite3 *sqlite_connect(const struct settings *settings, bool for_writing, struct gw_error *err);
bool sqlite_connect_writer(struct gw_backend *b, struct gw_error *err); /* once */
/* Fails with the connection's last error. */
bool sqlite_fail(sqlite3 *db, struct gw_error *err);
bool sqlite_run(sqlite3 *db, const char *statement, struct gw_error *err);
sqlite3_stmt *sqlite_prepare(sqlite3 *db, const struct gw_sql *s, struct gw_error *err);
void sqlite_finalize(sqlite3_stmt **stmt); /* tolerates NULL; sets NULL */
#define auto_stmt __attribute__((cleanup(sqlite_finalize))) sqlite3_stmt
void sqlite_reset(sqlite3_stmt **stmt);
/* A prepared statement that is used again: reset at the end of the scope. */
#define auto_reset __attribute__((cleanup(sqlite_reset))) sqlite3_stmt

void sqlite_bind(sqlite3_stmt *stmt, int index, struct gw_value value);
void sqlite_bind_text(sqlite3_stmt *stmt, int index, struct gw_slice text);
struct gw_slice sqlite_text(sqlite3_stmt *stmt, int column);
/* Reads the columns from the given one on into the row. */
void sqlite_read_row(sqlite3_stmt *stmt, int first, struct gw_sql_row *row);

struct reader *sqlite_take_reader(struct gw_backend *b, struct gw_error *err);
void sqlite_give_reader(struct gw_backend *b, struct reader *reader);
void sqlite_close_readers(struct gw_backend *b);

/* ---- The table's functions ---- */

bool sqlite_migrate(struct gw_backend *b, struct gw_error *err);
bool sqlite_layout(struct gw_backend *b, int *out, struct gw_error *err);
bool sqlite_remove(struct gw_backend *b, struct gw_error *err);
bool sqlite_get(struct gw_backend *b, const struct gw_kind *kind, const struct gw_key *keys,
	size_t n, struct gw_record **out, struct gw_error *err);
struct gw_stream *sqlite_scan(struct gw_backend *b, const struct gw_query *query,
	struct gw_error *err);
bool sqlite_count(struct gw_backend *b, const struct gw_query *query, const char *by, uint64_t cap,
	struct gw_counts *out, struct gw_error *err);
struct gw_snapshot *sqlite_snapshot(struct gw_backend *b, struct gw_error *err);
void sqlite_release(struct gw_backend *b, struct gw_snapshot *snapshot);
bool sqlite_write(struct gw_backend *b, struct gw_group *groups, size_t n, struct gw_error *err);
struct gw_stream *sqlite_claim(struct gw_backend *b, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err);

/* ---- The writer's statements (statements.c); all NULL on failure ---- */

sqlite3_stmt *sqlite_op_statement(struct gw_backend *b, size_t kind, enum gw_op_type type,
	struct gw_error *err);
bool sqlite_claim_statements(struct gw_backend *b, size_t kind, struct gw_error *err);
bool sqlite_keyword_statements(struct gw_backend *b, size_t kind, struct gw_error *err);
void sqlite_finalize_statements(struct gw_backend *b);

#endif

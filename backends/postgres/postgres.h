/* postgres.h - what the files of this backend share
 *
 * A bounded pool of connections; each call takes one and gives it back. Values travel in binary,
 * many rows at once as arrays: INSERT … SELECT … FROM unnest($1, $2, …). */
#ifndef GW_BACKENDS_POSTGRES_POSTGRES_H
#define GW_BACKENDS_POSTGRES_POSTGRES_H

#include "backends/postgres/link.h"
#include "backends/sql/sql.h"

#include <godwit/mem.h>

/* Waits for notifications, on a connection of its own. */
struct listener {
	pthread_mutex_t lock; /* held while waiting; guards what follows */
	PGconn *conn; /* NULL = to be opened at retry_at */
	int wake_fd;
	int64_t retry_at, pause_ms; /* monotonic ms */
};

struct gw_backend {
	struct settings settings;
	struct pool pool;
	const char *schema; /* checked: part of statements */
	char *channel; /* of notifications; owned */
	const struct gw_kind *const *kinds;
	struct gw_sql_versions versions;
	struct listener listener;
};

extern const struct gw_sql_dialect postgres_dialect;

/* A statement that begins with the text. */
struct gw_sql postgres_begin(const struct gw_backend *b, const char *text);

/* ---- Statements (statements.c): prepared on the link if they are not yet ---- */

enum statement {
	STATEMENT_GET,
	STATEMENT_GET_MANY,
	STATEMENT_PROBE, /* positions and versions of keys */
	STATEMENT_CREATE,
	STATEMENT_REPLACE,
	STATEMENT_DELETE,
	STATEMENT_CLAIM,
};

/* The table of a KEYWORDS field. */
enum keyword_statement {
	KEYWORDS_NEW, /* rows for records that are created */
	KEYWORDS_CLEAR, /* rows of records whose keywords will change */
	KEYWORDS_CHANGE, /* rows for them */
	KEYWORDS_DROP, /* rows of records that are deleted */
};

struct statement_name {
	char text[96];
};

bool statement_prepare(struct gw_backend *b, struct link *link, enum statement which,
	const struct gw_kind *kind, struct statement_name *name, struct gw_error *err);

struct keyword_table {
	const struct gw_kind *kind;
	unsigned field;
};

bool keyword_statement_prepare(struct gw_backend *b, struct link *link,
	const struct keyword_table *table, enum keyword_statement which,
	struct statement_name *name, struct gw_error *err);

/* ---- The table's functions ---- */

bool postgres_migrate(struct gw_backend *b, struct gw_error *err);
bool postgres_layout(struct gw_backend *b, int *out, struct gw_error *err);
bool postgres_remove(struct gw_backend *b, struct gw_error *err);
bool postgres_get(struct gw_backend *b, const struct gw_kind *kind, const struct gw_key *keys,
	size_t n, struct gw_record **out, struct gw_error *err);
struct gw_stream *postgres_scan(struct gw_backend *b, const struct gw_query *query,
	struct gw_error *err);
bool postgres_count(struct gw_backend *b, const struct gw_query *query, const char *by,
	uint64_t cap, struct gw_counts *out, struct gw_error *err);
struct gw_snapshot *postgres_snapshot(struct gw_backend *b, struct gw_error *err);
void postgres_release(struct gw_backend *b, struct gw_snapshot *snapshot);
bool postgres_write(struct gw_backend *b, struct gw_group *groups, size_t n, struct gw_error *err);
struct gw_stream *postgres_claim(struct gw_backend *b, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err);
bool postgres_wait(struct gw_backend *b, int timeout_ms);
void postgres_wake(struct gw_backend *b);

bool listener_init(struct listener *l, struct gw_error *err);
void listener_close(struct listener *l);

#endif

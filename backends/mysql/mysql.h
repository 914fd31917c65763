/* mysql.h - what the files of this backend share
 *
 * A bounded pool of connections; each call takes one and gives it back. Every value is a parameter
 * of a prepared statement, many rows are written by one statement. */
#ifndef GW_BACKENDS_MYSQL_MYSQL_H
#define GW_BACKENDS_MYSQL_MYSQL_H

#include "backends/mysql/prepared.h"

#include <godwit/mem.h>

/* Waits for signals, on a connection of its own. */
struct waiter {
	pthread_mutex_t lock; /* held while waiting; guards what follows */
	struct link *link; /* NULL = to be opened at retry_at */
	bool is_asleep; /* the server sleeps for us: its answer is awaited */
	int64_t seen; /* version of the signal */
	int wake_fd;
	int64_t retry_at, pause_ms; /* monotonic ms */
};

struct gw_backend {
	struct settings settings;
	struct address address;
	struct pool pool;
	struct pool patient; /* without limits of time: for scans and upgrades */
	const char *database; /* checked: part of statements */
	const struct gw_kind *const *kinds;
	struct gw_sql_versions versions;
	struct waiter waiter;
};

extern const struct gw_sql_dialect mysql_dialect;

/* A statement that begins with the text. */
struct gw_sql mysql_begin(const struct gw_backend *b, const char *text);

/* ---- Keys that are asked for (asked.c) ---- */

struct asked {
	struct gw_key key;
	size_t at; /* in the list of the asker */
};

void asked_sort(struct asked *asked, size_t n);
/* How many of them one statement takes: those of the first one's tenant, bounded. */
size_t asked_run(const struct asked *asked, size_t n);
/* " WHERE tenant and key are one of them" */
void asked_add(struct gw_sql *s, const struct asked *run, size_t n);
/* The first of a run that asks for the key; equal ones follow it. NULL = nobody. */
const struct asked *asked_find(const struct asked *run, size_t n, struct gw_slice key);

/* ---- The table's functions ---- */

bool mysql_migrate(struct gw_backend *b, struct gw_error *err);
bool mysql_layout(struct gw_backend *b, int *out, struct gw_error *err);
bool mysql_remove(struct gw_backend *b, struct gw_error *err);
bool mysql_get(struct gw_backend *b, const struct gw_kind *kind, const struct gw_key *keys,
	size_t n, struct gw_record **out, struct gw_error *err);
struct gw_stream *mysql_scan(struct gw_backend *b, const struct gw_query *query,
	struct gw_error *err);
bool mysql_count(struct gw_backend *b, const struct gw_query *query, const char *by, uint64_t cap,
	struct gw_counts *out, struct gw_error *err);
struct gw_snapshot *mysql_snapshot(struct gw_backend *b, struct gw_error *err);
void mysql_release(struct gw_backend *b, struct gw_snapshot *snapshot);
bool mysql_write(struct gw_backend *b, struct gw_group *groups, size_t n, struct gw_error *err);
struct gw_stream *mysql_claim(struct gw_backend *b, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err);
bool mysql_wait(struct gw_backend *b, int timeout_ms);
void mysql_wake(struct gw_backend *b);

bool waiter_init(struct waiter *w, struct gw_error *err);
void waiter_close(struct gw_backend *b);
/* Tells those who wait that a signal was written. */
void waiter_call(const struct gw_backend *b, struct link *link);

#endif

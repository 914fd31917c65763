/* link.h - connections: a bounded pool, statements, waiting with a limit, errors */
#ifndef GW_BACKENDS_POSTGRES_LINK_H
#define GW_BACKENDS_POSTGRES_LINK_H

#include "backends/postgres/conninfo.h"
#include "backends/postgres/params.h"
#include "backends/sql/pool.h"

#include <jansson.h>
#include <libpq-fe.h>

/* A connection, used by one thread at a time. */
struct link {
	struct gw_pool_item item;
	PGconn *conn;
	json_t *prepared; /* names of the statements that the server knows */
	int64_t patience_ms; /* for an answer; < 0: for ever */
	bool is_victim; /* of a deadlock: the same may succeed now */
	bool plans_anew; /* for each query; else once for a prepared statement */
};

struct pool {
	struct gw_pool base;
	struct conninfo info;
	int64_t patience_ms; /* for an answer: the server's own timeout and some */
	char *greeting; /* sent first on each connection; owned */
};

void pool_init(struct pool *pool);

PGconn *link_connect(const struct pool *pool, struct gw_error *err); /* for PQfinish */
/* Waits for a free one if all are in use; GW_BUSY if that takes long. Queries are planned for
 * their values, prepared statements once for all: plans_anew tells which is to come. */
struct link *link_take(struct pool *pool, bool plans_anew, struct gw_error *err);
/* Gives it back; a broken one, or one in the middle of something, is closed. */
void link_give(struct pool *pool, struct link *link);

/* One or more statements without parameters; false = failed. */
bool link_run(struct link *link, const char *statements, struct gw_error *err);
/* Rows or a count; NULL = failed. For PQclear. */
PGresult *link_query(struct link *link, const struct gw_sql *s, struct gw_error *err);
bool link_send_query(struct link *link, const struct gw_sql *s, struct gw_error *err);
/* A connection prepares a statement once, under its name. */
bool link_is_prepared(const struct link *link, const char *name);
bool link_prepare(struct link *link, const char *name, const struct gw_sql *s,
	struct gw_error *err);
PGresult *link_execute(struct link *link, const char *name, const struct params *params,
	struct gw_error *err);
bool link_send(struct link *link, const char *name, const struct params *params,
	struct gw_error *err);
/* The next result, NULL at the end or on failure (err->code is set then). */
PGresult *link_next(struct link *link, struct gw_error *err);
/* Fails with a result's error, or the connection's if there is none. */
bool link_fail(struct link *link, const PGresult *result, struct gw_error *err);

static inline bool link_is_broken(const struct link *link)
{
	return PQstatus(link->conn) != CONNECTION_OK;
}

static inline void result_clear_p(PGresult **result)
{
	PQclear(*result);
}

#define auto_result __attribute__((cleanup(result_clear_p))) PGresult

#endif

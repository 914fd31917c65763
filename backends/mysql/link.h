/* link.h - connections: their settings on the server, the pool, errors */
#ifndef GW_BACKENDS_MYSQL_LINK_H
#define GW_BACKENDS_MYSQL_LINK_H

#include "backends/mysql/address.h"
#include "backends/sql/pool.h"

#include <mysql.h>

/* A connection, used by one thread at a time. */
struct link {
	struct gw_pool_item item;
	MYSQL *conn;
	bool is_mariadb;
	char *version; /* of the server */
	size_t packet_max; /* bytes of one request */
	struct prepared *prepared; /* what the server knows, the last used first */
	size_t n_prepared;
	bool in_transaction;
	bool is_broken; /* to be closed */
	bool is_victim; /* of a deadlock: the same may succeed now */
	bool is_duplicate; /* the last error: a key exists */
};

struct pool {
	struct gw_pool base;
	const struct address *address;
	int64_t connect_timeout; /* us */
	int64_t statement_timeout; /* us; 0 = none, for what takes long */
};

void pool_init(struct pool *pool);

/* One for a call. */
struct link *link_take(struct pool *pool, struct gw_error *err);
/* Gives it back; a broken one, or one in a transaction, is closed. */
void link_give(struct pool *pool, struct link *link);

/* One beside the pool; for link_close. */
struct link *link_open(struct pool *pool, struct gw_error *err);
void link_close(struct link *link);
int link_fd(const struct link *link);

/* A statement without parameters or rows. */
bool link_run(struct link *link, const char *statement, struct gw_error *err);
bool link_begin(struct link *link, struct gw_error *err);
/* Begins to read as of this moment, however long it takes. The link is for nothing else then. */
bool link_begin_snapshot(struct link *link, struct gw_error *err);
bool link_commit(struct link *link, struct gw_error *err);
void link_roll_back(struct link *link); /* if it is in a transaction; or it is broken */

/* ---- Errors (error.c) ---- */

/* Fails with an error of the client library or the server, and notes what it means to the link. */
bool link_fail(struct link *link, unsigned number, const char *message, struct gw_error *err);
bool link_fail_conn(struct link *link, struct gw_error *err); /* the last one of the connection */

#endif

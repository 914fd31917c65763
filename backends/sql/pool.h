/* pool.h - a bounded pool of connections, each used by one thread at a time */
#ifndef GW_BACKENDS_SQL_POOL_H
#define GW_BACKENDS_SQL_POOL_H

#include <godwit/thread.h>

/* The first member of a connection. */
struct gw_pool_item {
	struct gw_pool_item *next;
};

struct gw_pool {
	const char *server; /* for messages */
	int64_t most; /* connections */
	struct gw_pool_item *(*open)(struct gw_pool *pool, struct gw_error *err);
	void (*close)(struct gw_pool_item *item);
	bool (*is_alive)(struct gw_pool_item *item); /* after it was idle */

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t freed;
	struct gw_pool_item *idle;
	int64_t n_open;
};

void gw_pool_init(struct gw_pool *pool); /* its first members are set */
void gw_pool_clear(struct gw_pool *pool); /* all connections have been given back */
/* Waits for a free one if all are in use; GW_BUSY if that takes long. */
struct gw_pool_item *gw_pool_take(struct gw_pool *pool, struct gw_error *err);
/* Gives it back; one that is not to be kept is closed. */
void gw_pool_give(struct gw_pool *pool, struct gw_pool_item *item, bool keep);

#endif

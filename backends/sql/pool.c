/* pool.c - connections that are lent and given back */
#include "backends/sql/pool.h"

#define WAIT_MS 30000

void gw_pool_init(struct gw_pool *pool)
{
	pthread_mutex_init(&pool->lock, NULL);
	gw_cond_init(&pool->freed);
}

void gw_pool_clear(struct gw_pool *pool)
{
	while (pool->idle) {
		struct gw_pool_item *item = pool->idle;
		pool->idle = item->next;
		pool->close(item);
	}
	pthread_cond_destroy(&pool->freed);
	pthread_mutex_destroy(&pool->lock);
}

/* An idle one, or NULL with *must_open, or NULL when it takes too long. */
static struct gw_pool_item *wait_for_one(struct gw_pool *pool, bool *must_open)
{
	gw_locked(&pool->lock);
	*must_open = false;
	while (!pool->idle && pool->n_open >= pool->most)
		if (!gw_cond_wait(&pool->freed, &pool->lock, WAIT_MS))
			return NULL;
	struct gw_pool_item *item = pool->idle;
	if (item) {
		pool->idle = item->next;
	} else {
		pool->n_open++;
		*must_open = true;
	}
	return item;
}

static void forget(struct gw_pool *pool)
{
	gw_locked(&pool->lock);
	pool->n_open--;
	pthread_cond_signal(&pool->freed);
}

static struct gw_pool_item *open_one(struct gw_pool *pool, struct gw_error *err)
{
	struct gw_pool_item *item = pool->open(pool, err);
	if (!item)
		forget(pool);
	return item;
}

struct gw_pool_item *gw_pool_take(struct gw_pool *pool, struct gw_error *err)
{
	for (;;) {
		bool must_open;
		struct gw_pool_item *item = wait_for_one(pool, &must_open);
		if (must_open)
			return open_one(pool, err);
		if (!item) {
			gw_fail(err, GW_BUSY, "%s: all %d connections are in use", pool->server,
				(int)pool->most);
			return NULL;
		}
		if (pool->is_alive(item))
			return item;
		pool->close(item);
		forget(pool);
	}
}

void gw_pool_give(struct gw_pool *pool, struct gw_pool_item *item, bool keep)
{
	if (!keep) {
		pool->close(item);
		forget(pool);
		return;
	}
	gw_locked(&pool->lock);
	item->next = pool->idle;
	pool->idle = item;
	pthread_cond_signal(&pool->freed);
}

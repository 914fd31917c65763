/* pool.h - threads that do what would block an HTTP thread */
#ifndef GW_API_POOL_H
#define GW_API_POOL_H

#include <godwit/error.h>

#include <stddef.h>

struct gw_pool;

/* A piece of work, part of what it is about; in at most one queue at a time. */
struct gw_pool_job {
	void (*run)(struct gw_pool_job *job);
	/* Called instead of run when the pool stops first. */
	void (*drop)(struct gw_pool_job *job);
	struct gw_pool_job *next; /* the pool's */
};

GW_EXPORT struct gw_pool *gw_pool_start(unsigned threads, size_t queue, struct gw_error *err);
/* Waits for running jobs, drops the others, and every job that comes later. */
GW_EXPORT void gw_pool_stop(struct gw_pool *pool);
GW_EXPORT void gw_pool_free(struct gw_pool *pool); /* tolerates NULL; after stop */

/* False if the queue is full or the pool is stopping: the job stays the caller's. */
GW_EXPORT bool gw_pool_submit(struct gw_pool *pool, struct gw_pool_job *job);
/* For work that is bounded by something else; takes turns with the other. Never refused: while the
 * pool stops, the job is dropped at once. */
GW_EXPORT void gw_pool_urge(struct gw_pool *pool, struct gw_pool_job *job);

#endif

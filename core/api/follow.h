/* follow.h - event streams that tell what becomes of an execution
 *
 * A follower looks again whenever the engine says that something changed; what changed while it
 * looked, or while its client did not read, is told at once afterwards. */
#ifndef GW_API_FOLLOW_H
#define GW_API_FOLLOW_H

#include "api/api.h"
#include "api/sse.h"

struct gw_follow {
	struct gw_api *api;
	char *tenant, *execution;
	struct gw_events *events;
	void *state; /* of look */
	/* Sends what is new, on a thread of the pool; one call at a time. */
	void (*look)(struct gw_follow *f);
	void (*free_state)(void *state); /* may be NULL */
	/* follow.c's own: */
	struct gw_pool_job job;
	struct gw_follower *follower;
	pthread_mutex_t lock;
	int phase;
	bool closed;
};

/* Answers the request with the stream. f comes from gw_new, with look and its state set; it is
 * owned from here on. */
void gw_follow_start(struct gw_http_request *rq, struct gw_follow *f);

#endif

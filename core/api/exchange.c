/* exchange.c - a request on its way */
#include "api/exchange.h"

#include "base/mem.h"
#include "base/thread.h"

#define ARENA_CHUNK 2048u /* most requests need no more */

static struct gw_exchange *exchange_of(struct gw_http_request *rq)
{
	return (struct gw_exchange *)(void *)((char *)rq - offsetof(struct gw_exchange, rq));
}

/* ---- Exchanges ---- */

struct gw_exchange *gw_exchange_new(struct gw_http *http, struct MHD_Connection *connection,
	const char *target)
{
	struct gw_exchange *x = gw_new(struct gw_exchange);
	x->http = http;
	x->connection = connection;
	atomic_init(&x->references, 1);
	atomic_init(&x->place, GW_PLACE_RUNNING);
	x->rq.context = http->setup.context;
	x->rq.arena.chunk_size = ARENA_CHUNK;
	x->rq.target = gw_arena_copy(&x->rq.arena, gw_slice_of(target));
	x->rq.out.fd = -1;
	atomic_fetch_add(&http->active, 1);
	return x;
}

void gw_exchange_unref(struct gw_exchange *x)
{
	if (atomic_fetch_sub(&x->references, 1) > 1)
		return;
	if (x->rq.out.events)
		gw_events_discard(x->rq.out.events);
	gw_request_clear(&x->rq);
	free(x);
}

/* ---- Answers that come later ---- */

void gw_request_later(struct gw_http_request *rq)
{
	struct gw_exchange *x = exchange_of(rq);
	struct gw_http *http = x->http;
	atomic_fetch_add(&x->references, 1);
	gw_locked(&http->lock);
	x->went_later = true;
	atomic_store(&x->is_later, true);
	x->next = http->later;
	x->link = &http->later;
	if (x->next)
		x->next->link = &x->next;
	http->later = x;
}

/* True for one caller only; the others must not touch the server: it may be gone. */
static bool claim(struct gw_exchange *x)
{
	return atomic_exchange(&x->is_later, false);
}

/* With http->lock. */
static void unlink_later(struct gw_exchange *x)
{
	*x->link = x->next;
	if (x->next)
		x->next->link = x->link;
}

bool gw_request_take(struct gw_http_request *rq)
{
	struct gw_exchange *x = exchange_of(rq);
	if (!claim(x)) {
		gw_exchange_unref(x);
		return false;
	}
	gw_locked(&x->http->lock);
	unlink_later(x);
	return true;
}

/* rq.out is filled in: the connection's thread goes on with it. */
static void answered(struct gw_exchange *x)
{
	if (atomic_exchange(&x->place, GW_PLACE_ANSWERED) == GW_PLACE_SUSPENDED)
		MHD_resume_connection(x->connection);
}

void gw_request_send(struct gw_http_request *rq)
{
	struct gw_exchange *x = exchange_of(rq);
	answered(x);
	gw_exchange_unref(x);
}

/* ---- Running handlers ---- */

static void run_handler(struct gw_exchange *x)
{
	struct gw_http_request *rq = &x->rq;
	const struct gw_http_setup *setup = &x->http->setup;
	struct gw_error err = { 0 };
	enum gw_admission admission = setup->admit ? setup->admit(rq, rq->on_pool, &err) : GW_ADMIT;
	rq->to_pool = admission == GW_ASK_BLOCKING;
	if (admission == GW_REFUSE || (admission == GW_ADMIT && !rq->route->handle(rq, &err)))
		gw_reply_error(rq, &err);
}

static struct gw_exchange *exchange_of_job(struct gw_pool_job *job)
{
	return (struct gw_exchange *)(void *)((char *)job - offsetof(struct gw_exchange, job));
}

static void run_job(struct gw_pool_job *job)
{
	struct gw_exchange *x = exchange_of_job(job);
	x->rq.on_pool = true;
	run_handler(x);
	if (!x->went_later)
		answered(x);
	gw_exchange_unref(x);
}

static void drop_job(struct gw_pool_job *job)
{
	struct gw_exchange *x = exchange_of_job(job);
	gw_reply_error(&x->rq, &(struct gw_error){ GW_UNAVAILABLE, "the server is stopping" });
	answered(x);
	gw_exchange_unref(x);
}

static void run_on_pool(struct gw_exchange *x)
{
	x->job = (struct gw_pool_job){ .run = run_job, .drop = drop_job };
	atomic_fetch_add(&x->references, 1);
	MHD_suspend_connection(x->connection);
	atomic_store(&x->place, GW_PLACE_SUSPENDED);
	if (!gw_pool_submit(x->http->setup.pool, &x->job)) {
		gw_reply_error(&x->rq, &(struct gw_error){ GW_BUSY,
					       "the server has more requests than it can answer" });
		answered(x);
		gw_exchange_unref(x);
	}
}

/* Suspends the connection until somebody took the exchange; true if that has happened already. */
static bool wait_for_answer(struct gw_exchange *x)
{
	if (atomic_load(&x->place) == GW_PLACE_ANSWERED)
		return true;
	MHD_suspend_connection(x->connection);
	int running = GW_PLACE_RUNNING;
	if (!atomic_compare_exchange_strong(&x->place, &running, GW_PLACE_SUSPENDED))
		MHD_resume_connection(x->connection);
	return false;
}

bool gw_exchange_dispatch(struct gw_exchange *x)
{
	bool is_direct = x->rq.route->flags & GW_ROUTE_DIRECT;
	if (is_direct)
		run_handler(x);
	if (x->went_later)
		return wait_for_answer(x);
	if (is_direct && !x->rq.to_pool)
		return true;
	run_on_pool(x);
	return false;
}

/* ---- Those that wait ---- */

/* Takes those out of the list http->later whose client left, or all of them. */
static struct gw_exchange *collect_later(struct gw_http *http, bool all)
{
	struct gw_exchange *found = NULL, *next;
	gw_locked(&http->lock);
	for (struct gw_exchange *x = http->later; x; x = next) {
		next = x->next;
		if ((all || gw_peer_left(x->peer->fd)) && claim(x)) {
			unlink_later(x);
			x->next = found;
			found = x;
		}
	}
	return found;
}

void gw_exchanges_sweep(struct gw_http *http)
{
	struct gw_exchange *next;
	for (struct gw_exchange *x = collect_later(http, false); x; x = next) {
		next = x->next;
		x->left = true;
		answered(x);
	}
}

void gw_exchanges_end(struct gw_http *http)
{
	struct gw_exchange *next;
	for (struct gw_exchange *x = collect_later(http, true); x; x = next) {
		next = x->next;
		gw_reply_error(&x->rq,
			&(struct gw_error){ GW_UNAVAILABLE, "the server is stopping" });
		answered(x);
	}
}

/* exchange.h - a request on its way: between the thread that serves its connection, the pool, and
 * whoever answers it later. Only http.c and exchange.c know it. */
#ifndef GW_API_EXCHANGE_H
#define GW_API_EXCHANGE_H

#include "api/http.h"
#include "api/peers.h"
#include "api/sse.h"

#include <microhttpd.h>

struct gw_http {
	struct gw_http_setup setup;
	struct MHD_Daemon *daemon;
	struct gw_peers peers;
	struct gw_event_streams streams;
	atomic_bool stopping;
	atomic_int active; /* exchanges not yet completed */
	pthread_t sweeper;
	pthread_mutex_t lock; /* of the following */
	pthread_cond_t changed;
	struct gw_exchange *later; /* those that somebody will take */
	bool swept; /* the sweeper shall end */
};

/* Where a request is between the thread that serves its connection and whoever answers it. */
enum gw_place { GW_PLACE_RUNNING, GW_PLACE_SUSPENDED, GW_PLACE_ANSWERED };

struct gw_exchange {
	struct gw_http_request rq;
	struct gw_pool_job job;
	struct gw_http *http;
	struct MHD_Connection *connection;
	struct gw_peer *peer;
	atomic_int references;
	atomic_int place;
	bool went_later; /* the handler left the answer to somebody */
	atomic_bool is_later; /* nobody took it yet */
	bool left; /* the client did; nobody reads an answer */
	bool header_read;
	bool refused; /* rq.out is an error already: the body is dropped */
	uint64_t limit, received; /* bytes of the body */
	struct gw_exchange *next, **link; /* in http->later, under its lock */
};

struct gw_exchange *gw_exchange_new(struct gw_http *http, struct MHD_Connection *connection,
	const char *target);
void gw_exchange_unref(struct gw_exchange *x);
/* Runs the handler here or on the pool. True: rq.out is to be sent now; else the connection is
 * suspended. */
bool gw_exchange_dispatch(struct gw_exchange *x);
/* Lets go of those that wait for an answer and whose client left. */
void gw_exchanges_sweep(struct gw_http *http);
/* Answers all that wait with 503. */
void gw_exchanges_end(struct gw_http *http);

#endif

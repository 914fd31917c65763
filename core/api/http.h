/* http.h - an HTTP server in front of a table of routes
 *
 * Its threads read requests, hand those that may block to a pool, and write responses. */
#ifndef GW_API_HTTP_H
#define GW_API_HTTP_H

#include "api/pool.h"
#include "api/router.h"

struct gw_http_limits {
	unsigned threads;
	unsigned connections; /* open at once; more wait to be accepted */
	size_t header; /* bytes of a request before its body */
	size_t params;
	uint64_t body; /* bytes of a text body */
	uint64_t upload; /* bytes of a multipart body */
	unsigned idle_s; /* without a byte in either direction */
	unsigned header_s; /* for a request to be there up to its body, beyond idle_s */
	unsigned heartbeat_s; /* of event streams */
	unsigned sweep_ms; /* how often to look for clients that left */
	struct gw_multipart_limits form;
};

enum gw_admission {
	GW_ADMIT,
	GW_REFUSE, /* the error is answered */
	GW_ASK_BLOCKING, /* cannot say without blocking: asked again on a thread of the pool */
};

struct gw_http_setup {
	int fd; /* a listening socket; owned from here on */
	const char *url; /* server.url, NULL = none */
	const struct gw_router *router;
	struct gw_pool *pool;
	const struct gw_http_limits *limits;
	void *context;
	/* Asked before the handler, may be NULL. */
	enum gw_admission (*admit)(struct gw_http_request *rq, bool may_block,
		struct gw_error *err);
};

struct gw_http;

/* What setup points to must outlive it. */
GW_EXPORT struct gw_http *gw_http_start(const struct gw_http_setup *setup, struct gw_error *err);
/* Answers what waits with 503, ends streams, gives clients a moment to read. The pool must have
 * been stopped. */
GW_EXPORT void gw_http_stop(struct gw_http *http);

/* ---- Answers that come later, for handlers ---- */

/* Somebody will take rq, on any thread: from then on the handler leaves it alone. */
GW_EXPORT void gw_request_later(struct gw_http_request *rq);
/* True: fill in rq->out, then send. False: there is nobody to answer; rq is gone. */
GW_EXPORT bool gw_request_take(struct gw_http_request *rq);
GW_EXPORT void gw_request_send(struct gw_http_request *rq);

#endif

/* request.h - a request and its response in plain C: nothing here knows the HTTP library */
#ifndef GW_API_REQUEST_H
#define GW_API_REQUEST_H

#include "api/multipart.h"
#include "base/mem.h"
#include "check/check.h"

#include <jansson.h>

enum gw_method {
	GW_HTTP_GET, /* HEAD too */
	GW_HTTP_POST,
	GW_HTTP_PUT,
	GW_HTTP_PATCH,
	GW_HTTP_DELETE,
	GW_HTTP_OPTIONS,
	GW_HTTP_METHODS, /* how many there are; also: one we do not know */
};

enum gw_route_flag {
	GW_ROUTE_DIRECT = 1 << 0, /* runs on an HTTP thread: never blocks */
	GW_ROUTE_BODY = 1 << 1, /* takes a body as text; without this a body is dropped */
	GW_ROUTE_FORM = 1 << 2, /* takes multipart/form-data */
	GW_ROUTE_STREAM = 1 << 3, /* answers an event stream: no HEAD */
	GW_ROUTE_ACTION = 1 << 4, /* the path of 2.0: answers what it changed */
};

struct gw_http_request;

struct gw_route {
	enum gw_method method;
	const char *pattern; /* "/flows/{namespace}/{id}" */
	/* Fills in rq->out. False: the error is answered instead. */
	bool (*handle)(struct gw_http_request *rq, struct gw_error *err);
	unsigned flags;
};

/* Terminated, valid UTF-8, without NUL. */
struct gw_param {
	struct gw_slice name, value;
};

struct gw_events;

struct gw_response {
	int status; /* 0 = 200 */
	const char *content_type; /* NULL = application/json */
	struct gw_str body;
	int fd; /* sent instead of body unless -1; closed afterwards */
	uint64_t size; /* of fd */
	struct gw_events *events; /* sent instead of body */
	const char *disposition, *location,
		*allow; /* headers in the request's arena; NULL = none */
	int retry_after_s; /* 0 = none */
};

#define GW_ARGS_MAX 8

struct gw_http_request {
	void *context; /* what the server was started with: struct gw_api */
	bool on_pool; /* the handler may block */
	bool to_pool; /* set by a direct handler: run it again where it may block */
	const struct gw_route *route;
	enum gw_method method;
	bool is_head; /* the body will not be sent */
	struct gw_slice target; /* as it was sent, terminated */
	struct gw_slice path; /* the part of it before "?" */
	const char *tenant;
	const char *args[GW_ARGS_MAX]; /* what {…} of the pattern stood for, in its order */
	const struct gw_param *query;
	size_t n_query;
	const char *content_type; /* "" if none was sent */
	struct gw_str body;
	struct gw_multipart *form; /* NULL unless multipart was sent */
	struct gw_response out;
	struct gw_arena arena;
};

/* ---- Reading ---- */

/* Splits a target into path and parameters. GW_BAD_REQUEST for what cannot be decoded. */
GW_EXPORT bool gw_request_read_target(struct gw_http_request *rq, size_t max_params,
	struct gw_error *err);
/* A copy of a text that lives as long as the request. */
GW_EXPORT const char *gw_request_keep(struct gw_http_request *rq, const char *text);
/* Decodes "%xx" (and "+" if plus): terminated, in the arena; data NULL if it is not UTF-8. */
GW_EXPORT struct gw_slice gw_request_decode(struct gw_http_request *rq, struct gw_slice text,
	bool plus);

/* The first parameter of a name, NULL if there is none. */
GW_EXPORT const char *gw_request_param(const struct gw_http_request *rq, const char *name);
GW_EXPORT bool gw_request_flag(const struct gw_http_request *rq, const char *name, bool fallback,
	bool *out, struct gw_error *err);
/* A whole number between min and max; GW_BAD_REQUEST otherwise. */
GW_EXPORT bool gw_request_int(const struct gw_http_request *rq, const char *name, int64_t *out,
	struct gw_error *err);
/* The body as JSON, a new reference; GW_INVALID "Invalid json: …" for anything else. A tenantId
 * in it must be the request's own. */
GW_EXPORT json_t *gw_request_json(struct gw_http_request *rq, struct gw_error *err);

/* ---- Answering ---- */

/* The body of every error, in Kestra's shape; replaces whatever rq->out held. */
GW_EXPORT void gw_reply_error(struct gw_http_request *rq, const struct gw_error *err);
GW_EXPORT void gw_reply_status(struct gw_http_request *rq, int status, const char *message);
/* "Invalid entity: message" with its parts listed; always true. */
GW_EXPORT bool gw_reply_invalid(struct gw_http_request *rq, const char *message,
	const struct gw_violations *violations);
GW_EXPORT void gw_request_clear(struct gw_http_request *rq);

#endif

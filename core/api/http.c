/* http.c - the HTTP server: reading requests and writing responses with libmicrohttpd
 *
 * Life of a request: log_target makes its exchange when the request line was read; read_header and
 * read_body collect; gw_exchange_dispatch runs the handler; respond hands rq.out over; completed
 * lets it go. While somebody else works on it the connection is suspended. */
#include "api/http.h"

#include "api/exchange.h"
#include "api/guard.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"

#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STOP_PATIENCE_MS 2000
#define STOP_STEP_MS 5
#define POOL_MEMORY 16384u /* libmicrohttpd's own needs beside a request's header */

static long long now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec;
}

/* ---- Responding ---- */

static struct MHD_Response *body_response(struct gw_response *out)
{
	if (out->fd >= 0) {
		struct MHD_Response *response = MHD_create_response_from_fd64(out->size, out->fd);
		out->fd = -1;
		return response;
	}
	size_t len = out->body.len;
	return MHD_create_response_from_buffer(len, gw_str_steal(&out->body),
		MHD_RESPMEM_MUST_FREE);
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
	if (value)
		MHD_add_response_header(response, name, value);
}

static void add_headers(struct MHD_Response *response, const struct gw_response *out)
{
	char seconds[16];
	const char *type = out->content_type ? out->content_type : "application/json";
	if (out->status != MHD_HTTP_NO_CONTENT)
		add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	add_header(response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, out->disposition);
	add_header(response, MHD_HTTP_HEADER_LOCATION, out->location);
	add_header(response, MHD_HTTP_HEADER_ALLOW, out->allow);
	if (out->disposition)
		add_header(response, "X-Content-Type-Options", "nosniff");
	if (out->retry_after_s) {
		snprintf(seconds, sizeof(seconds), "%d", out->retry_after_s);
		add_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
	}
}

static enum MHD_Result respond(struct gw_exchange *x)
{
	struct gw_response *out = &x->rq.out;
	if (x->left)
		return MHD_NO;
	struct MHD_Response *response;
	if (out->events) {
		out->content_type = "text/event-stream";
		response = gw_events_open(gw_steal(&out->events), &x->http->streams, x->connection);
	} else {
		response = body_response(out);
	}
	add_headers(response, out);
	enum MHD_Result result = MHD_queue_response(x->connection,
		out->status ? (unsigned)out->status : MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

/* ---- Reading ---- */

static const struct {
	const char *name;
	enum gw_method method;
} methods[] = {
	{ "GET", GW_HTTP_GET },
	{ "HEAD", GW_HTTP_GET },
	{ "POST", GW_HTTP_POST },
	{ "PUT", GW_HTTP_PUT },
	{ "PATCH", GW_HTTP_PATCH },
	{ "DELETE", GW_HTTP_DELETE },
	{ "OPTIONS", GW_HTTP_OPTIONS },
};

static enum gw_method method_of(const char *name)
{
	for (size_t i = 0; i < GW_LEN(methods); i++)
		if (strcmp(methods[i].name, name) == 0)
			return methods[i].method;
	return GW_HTTP_METHODS;
}

static void refuse(struct gw_exchange *x, int status, const char *message)
{
	x->refused = true;
	gw_reply_status(&x->rq, status, message);
}

static void refuse_error(struct gw_exchange *x, const struct gw_error *err)
{
	x->refused = true;
	gw_reply_error(&x->rq, err);
}

static const char *header(struct gw_exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result add_size(void *arg, enum MHD_ValueKind kind, const char *name,
	const char *value)
{
	(void)kind;
	size_t *sum = arg;
	*sum += strlen(name) + (value ? strlen(value) : 0) + 4;
	return MHD_YES;
}

static bool header_fits(struct gw_exchange *x)
{
	size_t sum = x->rq.target.len;
	MHD_get_connection_values(x->connection, MHD_HEADER_KIND, add_size, &sum);
	if (sum <= x->http->setup.limits->header)
		return true;
	refuse(x, 431, "Request Header Fields Too Large");
	return false;
}

static bool find_route(struct gw_exchange *x)
{
	struct gw_http_request *rq = &x->rq;
	switch (gw_router_find(x->http->setup.router, rq)) {
	case GW_ROUTED:
		if (!rq->is_head || !(rq->route->flags & GW_ROUTE_STREAM))
			return true;
		rq->out.allow = gw_request_keep(rq, "GET, OPTIONS");
		break;
	case GW_ROUTE_OTHER_METHOD:
		break;
	case GW_ROUTE_UNREADABLE:
		refuse(x, 400, "Bad Request: the path does not decode to UTF-8");
		return false;
	case GW_ROUTE_UNKNOWN:
		refuse(x, 404, "Not Found");
		return false;
	}
	const char *allow = rq->out.allow;
	if (rq->method == GW_HTTP_OPTIONS) {
		x->refused = true;
		rq->out.status = 204;
	} else {
		refuse(x, 405, "Method Not Allowed");
	}
	rq->out.allow = allow;
	return false;
}

/* What the route does with a body of this type. */
static bool prepare_body(struct gw_exchange *x)
{
	struct gw_http_request *rq = &x->rq;
	const struct gw_http_limits *limits = x->http->setup.limits;
	const char *type = header(x, MHD_HTTP_HEADER_CONTENT_TYPE);
	rq->content_type = type ? gw_request_keep(rq, type) : "";
	bool is_form = strncasecmp(rq->content_type, "multipart/form-data", 19) == 0;
	x->limit = is_form ? limits->upload : limits->body;
	if (!is_form || !(rq->route->flags & GW_ROUTE_FORM))
		return true;
	struct gw_error err;
	rq->form = gw_multipart_new(rq->content_type, &limits->form, &err);
	if (!rq->form)
		refuse_error(x, &err);
	return rq->form != NULL;
}

static bool read_request(struct gw_exchange *x)
{
	struct gw_http_request *rq = &x->rq;
	const struct gw_http_setup *setup = &x->http->setup;
	struct gw_error err;
	if (!header_fits(x))
		return false;
	if (!gw_guard_check(header(x, "Host"), header(x, "Origin"), setup->url, &err) ||
		!gw_request_read_target(rq, setup->limits->params, &err)) {
		refuse_error(x, &err);
		return false;
	}
	if (!find_route(x))
		return false;
	const char *tenant = header(x, "X-Kestra-Tenant");
	if (tenant && rq->tenant)
		rq->tenant = gw_request_keep(rq, tenant);
	return prepare_body(x);
}

static enum MHD_Result too_large(struct gw_exchange *x)
{
	char text[100];
	snprintf(text, sizeof(text), "Request Entity Too Large: at most %llu bytes are allowed",
		(unsigned long long)x->limit);
	refuse(x, 413, text);
	return MHD_YES;
}

static enum MHD_Result read_header(struct gw_exchange *x, const char *method)
{
	const struct gw_http_limits *limits = x->http->setup.limits;
	x->header_read = true;
	x->limit = limits->body;
	x->rq.method = method_of(method);
	x->rq.is_head = strcmp(method, "HEAD") == 0;
	x->rq.content_type = "";
	if (atomic_load(&x->http->stopping))
		refuse(x, 503, "Service Unavailable: the server is stopping");
	else
		read_request(x);
	const char *length = header(x, MHD_HTTP_HEADER_CONTENT_LENGTH);
	if (length && strtoull(length, NULL, 10) > x->limit) {
		too_large(x);
		return respond(x); /* at once: the body is not worth waiting for */
	}
	gw_peer_enter(x->peer, GW_PEER_SENDING, now_s());
	return MHD_YES;
}

static enum MHD_Result read_body(struct gw_exchange *x, const char *data, size_t len)
{
	struct gw_http_request *rq = &x->rq;
	struct gw_error err;
	x->received += len;
	atomic_fetch_add_explicit(&x->peer->received, len, memory_order_relaxed);
	if (x->received > x->limit && !x->refused)
		return too_large(x);
	if (x->refused) /* read on for a while, so that the client sees the answer */
		return x->received > 2 * x->limit ? MHD_NO : MHD_YES;
	if (rq->form) {
		if (!gw_multipart_feed(rq->form, data, len, &err))
			refuse_error(x, &err);
	} else if (rq->route->flags & (GW_ROUTE_BODY | GW_ROUTE_FORM)) {
		gw_str_add(&rq->body, data, len);
	}
	return MHD_YES;
}

static enum MHD_Result read_end(struct gw_exchange *x)
{
	struct gw_http_request *rq = &x->rq;
	struct gw_error err;
	gw_peer_enter(x->peer, GW_PEER_WAITING, now_s());
	if (x->refused)
		return respond(x);
	if (rq->form && !gw_multipart_finish(rq->form, &err)) {
		refuse_error(x, &err);
		return respond(x);
	}
	if (rq->body.len && !(rq->route->flags & GW_ROUTE_BODY)) {
		refuse(x, 415, "Unsupported Media Type: send multipart/form-data");
		return respond(x);
	}
	return gw_exchange_dispatch(x) ? respond(x) : MHD_YES;
}

/* ---- What libmicrohttpd calls ---- */

static void *log_target(void *arg, const char *target, struct MHD_Connection *connection)
{
	return gw_exchange_new(arg, connection, target);
}

/* As the library has them. */
#define ACCESS_PARAMETERS                                                                  \
	void *arg, struct MHD_Connection *connection, const char *url, const char *method, \
		const char *version, const char *data, size_t *len, void **exchange

static enum MHD_Result handle(ACCESS_PARAMETERS)
{
	(void)arg;
	(void)connection;
	(void)url;
	(void)version;
	struct gw_exchange *x = *exchange;
	if (atomic_load(&x->place) == GW_PLACE_ANSWERED)
		return respond(x);
	if (!x->header_read) {
		x->peer = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
				  ->socket_context;
		return read_header(x, method);
	}
	if (!*len)
		return read_end(x);
	size_t n = *len;
	*len = 0;
	return read_body(x, data, n);
}

static void completed(void *arg, struct MHD_Connection *connection, void **exchange,
	enum MHD_RequestTerminationCode code)
{
	struct gw_http *http = arg;
	(void)connection;
	(void)code;
	struct gw_exchange *x = *exchange;
	if (!x)
		return;
	if (x->peer)
		gw_peer_enter(x->peer, GW_PEER_IDLE, now_s());
	gw_exchange_unref(x);
	atomic_fetch_sub(&http->active, 1);
}

static void connected(void *arg, struct MHD_Connection *connection, void **peer,
	enum MHD_ConnectionNotificationCode code)
{
	struct gw_http *http = arg;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		gw_peer_remove(&http->peers, *peer);
		return;
	}
	const int on = 1;
	int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	*peer = gw_peer_add(&http->peers, fd, now_s());
}

static size_t keep_escapes(void *arg, struct MHD_Connection *connection, char *text)
{
	(void)arg;
	(void)connection;
	return strlen(text);
}

GW_PRINTF(2, 0) static void log_message(void *arg, const char *format, va_list args)
{
	(void)arg;
	char text[300];
	vsnprintf(text, sizeof(text), format, args);
	gw_log(GW_DEBUG, "api", "%s", text);
}

/* ---- From time to time ---- */

static bool wait_for_sweep(struct gw_http *http)
{
	gw_locked(&http->lock);
	if (!http->swept)
		gw_cond_wait(&http->changed, &http->lock, http->setup.limits->sweep_ms);
	return !http->swept;
}

static void *sweep(void *arg)
{
	struct gw_http *http = arg;
	long long heartbeat_s = now_s();
	while (wait_for_sweep(http)) {
		long long now = now_s();
		bool is_time = now - heartbeat_s >= http->setup.limits->heartbeat_s;
		if (is_time)
			heartbeat_s = now;
		gw_events_sweep(&http->streams, is_time);
		gw_exchanges_sweep(http);
		gw_peers_sweep(&http->peers, now);
	}
	return NULL;
}

/* ---- Start and stop ---- */

static struct MHD_Daemon *start_daemon(struct gw_http *http, int fd)
{
	const struct gw_http_limits *limits = http->setup.limits;
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_LISTEN_SOCKET, fd, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, (intptr_t)limits->connections, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)limits->idle_s, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)(limits->header + POOL_MEMORY),
			NULL },
		{ MHD_OPTION_THREAD_POOL_SIZE, limits->threads > 1 ? limits->threads : 0, NULL },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)log_target, http },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)completed, http },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)connected, http },
		{ MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_escapes, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};
	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
					MHD_USE_ERROR_LOG,
		0, NULL, NULL, handle, http, MHD_OPTION_EXTERNAL_LOGGER, log_message, NULL,
		MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static void free_http(struct gw_http *http)
{
	pthread_cond_destroy(&http->changed);
	pthread_mutex_destroy(&http->lock);
	pthread_mutex_destroy(&http->peers.lock);
	pthread_mutex_destroy(&http->streams.lock);
	free(http);
}

static struct gw_http *new_http(const struct gw_http_setup *setup)
{
	struct gw_http *http = gw_new(struct gw_http);
	http->setup = *setup;
	pthread_mutex_init(&http->lock, NULL);
	pthread_mutex_init(&http->peers.lock, NULL);
	pthread_mutex_init(&http->streams.lock, NULL);
	gw_cond_init(&http->changed);
	http->peers.idle_s = setup->limits->idle_s + setup->limits->header_s;
	http->peers.grace_s = setup->limits->header_s;
	return http;
}

static void end_sweeper(struct gw_http *http)
{
	pthread_mutex_lock(&http->lock);
	http->swept = true;
	pthread_cond_broadcast(&http->changed);
	pthread_mutex_unlock(&http->lock);
	pthread_join(http->sweeper, NULL);
}

struct gw_http *gw_http_start(const struct gw_http_setup *setup, struct gw_error *err)
{
	struct gw_http *http = new_http(setup);
	gw_auto_fd fd = setup->fd;
	if (!gw_thread_start(&http->sweeper, "api-sweep", sweep, http, err)) {
		free_http(http);
		return NULL;
	}
	http->daemon = start_daemon(http, fd);
	if (!http->daemon) {
		gw_fail(err, GW_INTERNAL, "cannot start the HTTP server");
		end_sweeper(http);
		free_http(http);
		return NULL;
	}
	fd = -1;
	return http;
}

/* Lets clients read what was answered; those that do not are cut. */
static void wait_until_idle(struct gw_http *http)
{
	const struct timespec pause = { .tv_nsec = STOP_STEP_MS * 1000000L };
	for (int ms = 0; atomic_load(&http->active) && ms < STOP_PATIENCE_MS; ms += STOP_STEP_MS)
		nanosleep(&pause, NULL);
}

void gw_http_stop(struct gw_http *http)
{
	if (!http)
		return;
	atomic_store(&http->stopping, true);
	int fd = MHD_quiesce_daemon(http->daemon);
	end_sweeper(http);
	gw_exchanges_end(http);
	gw_events_end_all(&http->streams);
	wait_until_idle(http);
	MHD_stop_daemon(http->daemon);
	gw_fd_close(&fd);
	free_http(http);
}

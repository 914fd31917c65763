/* test_http.c - the HTTP server with small handlers: what clients see, well behaved or not */
#include "tests/unit/test.h"

#include "api/http.h"
#include "api/listen.h"
#include "api/sse.h"
#include "base/fd.h"
#include "base/thread.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- The server ---- */

static struct gw_http_request *waiting; /* taken by the test */
static struct gw_events *stream;
static sem_t waits, closed, gate;

static bool hello(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	gw_str_printf(&rq->out.body, "hello %s %s", rq->tenant, rq->on_pool ? "pool" : "direct");
	return true;
}

static bool echo(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	gw_str_printf(&rq->out.body, "%zu", rq->body.len);
	for (size_t i = 0; gw_multipart_part(rq->form, i); i++)
		gw_str_printf(&rq->out.body, " %s=%llu", gw_multipart_part(rq->form, i)->name,
			(unsigned long long)gw_multipart_part(rq->form, i)->size);
	return true;
}

static bool wait_long(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	waiting = rq;
	gw_request_later(rq);
	sem_post(&waits);
	return true;
}

static bool need_pool(struct gw_http_request *rq, struct gw_error *err)
{
	rq->to_pool = !rq->on_pool;
	return rq->to_pool || hello(rq, err);
}

static bool block(struct gw_http_request *rq, struct gw_error *err)
{
	sem_post(&waits);
	sem_wait(&gate);
	return hello(rq, err);
}

static void stream_closed(void *arg)
{
	(void)arg;
	sem_post(&closed);
}

static bool follow(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	stream = gw_events_new(2000, stream_closed, NULL);
	rq->out.events = stream;
	sem_post(&waits);
	return true;
}

static bool fail_always(struct gw_http_request *rq, struct gw_error *err)
{
	(void)rq;
	return gw_fail(err, GW_NOT_FOUND, "nothing here");
}

static const struct gw_route routes[] = {
	{ GW_HTTP_GET, "~/hello", hello, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, "~/slow", hello, 0 },
	{ GW_HTTP_GET, "~/block", block, 0 },
	{ GW_HTTP_GET, "~/need", need_pool, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, "~/wait", wait_long, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, "~/follow", follow, GW_ROUTE_STREAM },
	{ GW_HTTP_GET, "~/fail", fail_always, 0 },
	{ GW_HTTP_POST, "~/echo", echo, GW_ROUTE_DIRECT | GW_ROUTE_BODY | GW_ROUTE_FORM },
	{ GW_HTTP_POST, "~/form", echo, GW_ROUTE_FORM },
	{ 0 },
};

static struct gw_http *http;
static struct gw_router *router;
static struct gw_pool *pool;
static struct gw_http_limits limits;
static bool stopped;
static int port;

static enum gw_admission admit(struct gw_http_request *rq, bool may_block, struct gw_error *err)
{
	if (strcmp(rq->tenant, "main") == 0)
		return GW_ADMIT;
	if (!may_block)
		return GW_ASK_BLOCKING;
	if (strcmp(rq->tenant, "asked") == 0)
		return GW_ADMIT;
	gw_fail(err, GW_NOT_FOUND, "tenant %s", rq->tenant);
	return GW_REFUSE;
}

static void start(void)
{
	struct gw_error err;
	struct gw_http_setup setup = {
		.fd = gw_listen("127.0.0.1", 0, &port, &err),
		.router = router,
		.pool = pool,
		.limits = &limits,
		.admit = admit,
	};
	stopped = false;
	http = gw_http_start(&setup, &err);
	assert_non_null(http);
}

static int set_up(void **state)
{
	static const struct gw_route *const tables[] = { routes, NULL };
	struct gw_error err;
	(void)state;
	limits = (struct gw_http_limits){ .threads = 2,
		.connections = 100,
		.header = 4000,
		.params = 10,
		.body = 1000,
		.upload = 200000,
		.idle_s = 30,
		.header_s = 30,
		.heartbeat_s = 0,
		.sweep_ms = 20,
		.form = { 10, 1000, 65536, 1 << 20, "/tmp" } };
	sem_init(&waits, 0, 0);
	sem_init(&closed, 0, 0);
	sem_init(&gate, 0, 0);
	waiting = NULL;
	stream = NULL;
	router = gw_router_new(tables);
	pool = gw_pool_start(2, 1, &err);
	start();
	return 0;
}

static void stop(void)
{
	if (stopped)
		return;
	stopped = true;
	gw_pool_stop(pool);
	gw_http_stop(http);
}

static int tear_down(void **state)
{
	(void)state;
	stop();
	gw_events_unref(stream);
	gw_pool_free(pool);
	gw_router_free(router);
	return 0;
}

/* ---- A client ---- */

static int dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Reads until the text appears, or the connection ends. */
static bool hear(int fd, struct gw_str *heard, const char *text)
{
	char part[4096];
	while (!strstr(gw_str_text(heard), text)) {
		ssize_t n = recv(fd, part, sizeof(part), 0);
		if (n <= 0)
			return false;
		gw_str_add(heard, part, (size_t)n);
	}
	return true;
}

static void assert_answer(const char *request, const char *const *texts)
{
	gw_auto_str heard = { 0 };
	gw_auto_fd fd = dial();
	say(fd, request);
	hear(fd, &heard, "no such text");
	for (; *texts; texts++)
		if (!strstr(gw_str_text(&heard), *texts))
			fail_msg("no '%s' in: %s", *texts, gw_str_text(&heard));
}

#define ASSERT_ANSWER(request, ...) \
	assert_answer(request, (const char *const[]){ __VA_ARGS__, NULL })
#define HEAD(line) line " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
#define GET(path) HEAD("GET /api/v1/" path) "\r\n"

/* ---- Tests ---- */

static void handlers_run_where_their_route_says(void **state)
{
	(void)state;
	ASSERT_ANSWER(GET("main/hello"), "HTTP/1.1 200", "application/json", "hello main direct");
	ASSERT_ANSWER(GET("slow"), "hello main pool");
	ASSERT_ANSWER(GET("need"), "hello main pool");
	ASSERT_ANSWER(GET("fail"), "HTTP/1.1 404", "Not Found: nothing here");
}

static void tenants_are_asked_for_where_it_may_block(void **state)
{
	(void)state;
	ASSERT_ANSWER(GET("asked/hello"), "hello asked pool");
	ASSERT_ANSWER(GET("unknown/hello"), "HTTP/1.1 404", "tenant unknown");
	ASSERT_ANSWER(HEAD("GET /api/v1/main/hello") "X-Kestra-Tenant: asked\r\n\r\n",
		"hello asked pool");
}

static void answers_are_utf8_whatever_was_sent(void **state)
{
	(void)state;
	ASSERT_ANSWER(HEAD("GET /api/v1/main/hello") "X-Kestra-Tenant: \xff\r\n\r\n",
		"HTTP/1.1 404", "tenant \xef\xbf\xbd");
	ASSERT_ANSWER(HEAD("GET /api/v1/main/hello") "Origin: http://\xff\r\n\r\n", "HTTP/1.1 403",
		"http://\xef\xbf\xbd");
}

static void methods_are_kept_apart(void **state)
{
	(void)state;
	ASSERT_ANSWER(HEAD("DELETE /api/v1/hello") "\r\n", "HTTP/1.1 405",
		"Allow: GET, HEAD, OPTIONS", "Method Not Allowed");
	ASSERT_ANSWER(HEAD("OPTIONS /api/v1/hello") "\r\n", "HTTP/1.1 204", "Allow: GET, HEAD");
	ASSERT_ANSWER(HEAD("HEAD /api/v1/hello") "\r\n", "HTTP/1.1 200", "Content-Length: 17");
	ASSERT_ANSWER(HEAD("HEAD /api/v1/follow") "\r\n", "HTTP/1.1 405");
	ASSERT_ANSWER(HEAD("BREW /api/v1/hello") "\r\n", "HTTP/1.1 405");
	ASSERT_ANSWER(GET("nowhere"), "HTTP/1.1 404", "{\"message\":\"Not Found\",");
}

static void foreign_pages_are_refused(void **state)
{
	(void)state;
	ASSERT_ANSWER(
		"GET /api/v1/hello HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 403", "Forbidden: ");
	ASSERT_ANSWER(HEAD("GET /api/v1/hello") "Origin: http://evil.example\r\n\r\n",
		"HTTP/1.1 403");
}

static void bodies_are_read_as_their_type_says(void **state)
{
	(void)state;
	ASSERT_ANSWER(HEAD("POST /api/v1/echo") "Content-Length: 5\r\n\r\nhello", "\r\n\r\n5");
	ASSERT_ANSWER(HEAD("POST /api/v1/echo") "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
						"2\r\nde\r\n0\r\n\r\n",
		"\r\n\r\n5");
	ASSERT_ANSWER(
		HEAD("POST /api/v1/form") "Content-Type: multipart/form-data; boundary=X\r\n"
					  "Content-Length: 61\r\n\r\n--X\r\nContent-Disposition: "
					  "form-data; name=a\r\n\r\n12345\r\n--X--\r\n",
		"\r\n\r\n0 a=5");
	ASSERT_ANSWER(HEAD("POST /api/v1/form") "Content-Type: application/json\r\n"
						"Content-Length: 0\r\n\r\n",
		"HTTP/1.1 200");
	ASSERT_ANSWER(HEAD("POST /api/v1/form") "Content-Type: application/json\r\n"
						"Content-Length: 2\r\n\r\n{}",
		"HTTP/1.1 415");
	ASSERT_ANSWER(HEAD("POST /api/v1/form") "Content-Type: multipart/form-data\r\n"
						"Content-Length: 2\r\n\r\n{}",
		"HTTP/1.1 400", "needs a boundary");
	ASSERT_ANSWER(HEAD("POST /api/v1/form") "Content-Type: multipart/form-data; boundary=X\r\n"
						"Content-Length: 5\r\n\r\n--X\r\n",
		"HTTP/1.1 400", "last boundary");
}

static void what_is_too_large_is_refused(void **state)
{
	(void)state;
	ASSERT_ANSWER(HEAD("POST /api/v1/echo") "Content-Length: 1001\r\n\r\n", "HTTP/1.1 413",
		"at most 1000 bytes");
	ASSERT_ANSWER(HEAD("POST /api/v1/echo") "Content-Type: multipart/form-data; boundary=X\r\n"
						"Content-Length: 300000\r\n\r\n",
		"HTTP/1.1 413", "at most 200000 bytes");
	gw_auto_str chunked = { 0 };
	gw_str_puts(&chunked,
		HEAD("POST /api/v1/echo") "Transfer-Encoding: chunked\r\n\r\n5dc\r\n");
	for (int i = 0; i < 1500; i++)
		gw_str_putc(&chunked, 'x');
	gw_str_puts(&chunked, "\r\n0\r\n\r\n");
	ASSERT_ANSWER(gw_str_text(&chunked), "HTTP/1.1 413");
	gw_auto_str header = { 0 };
	gw_str_puts(&header, HEAD("GET /api/v1/hello") "X-Long: ");
	for (int i = 0; i < 4000; i++)
		gw_str_putc(&header, 'x');
	gw_str_puts(&header, "\r\n\r\n");
	ASSERT_ANSWER(gw_str_text(&header), "HTTP/1.1 431");
	ASSERT_ANSWER(GET("hello?a&a&a&a&a&a&a&a&a&a&a"), "HTTP/1.1 400", "at most 10 parameters");
}

static void an_answer_may_come_later_from_another_thread(void **state)
{
	(void)state;
	gw_auto_str heard = { 0 };
	gw_auto_fd fd = dial();
	say(fd, GET("wait"));
	sem_wait(&waits);
	assert_true(gw_request_take(waiting));
	gw_str_puts(&waiting->out.body, "at last");
	gw_request_send(waiting);
	assert_true(hear(fd, &heard, "at last"));
}

static void nobody_answers_a_client_that_left(void **state)
{
	(void)state;
	int fd = dial();
	say(fd, GET("wait"));
	sem_wait(&waits);
	shutdown(fd, SHUT_WR);
	gw_auto_str heard = { 0 };
	assert_false(hear(fd, &heard, "anything")); /* until the sweeper closed it */
	close(fd);
	assert_false(gw_request_take(waiting));
}

static void a_full_queue_is_said_so(void **state)
{
	(void)state;
	gw_auto_str heard = { 0 };
	int busy[2] = { dial(), dial() };
	for (int i = 0; i < 2; i++) {
		say(busy[i], GET("block"));
		sem_wait(&waits);
	}
	/* There is room for one of these. */
	struct pollfd both[2] = { { dial(), POLLIN, 0 }, { dial(), POLLIN, 0 } };
	say(both[0].fd, GET("slow"));
	say(both[1].fd, GET("slow"));
	assert_int_equal(poll(both, 2, -1), 1);
	hear(both[both[1].revents != 0].fd, &heard, "\r\n\r\n");
	assert_non_null(strstr(gw_str_text(&heard), "HTTP/1.1 429"));
	assert_non_null(strstr(gw_str_text(&heard), "Retry-After: 1"));
	for (int i = 0; i < 2; i++) {
		sem_post(&gate);
		close(busy[i]);
		close(both[i].fd);
	}
}

static void events_arrive_and_the_stream_ends(void **state)
{
	(void)state;
	gw_auto_str heard = { 0 };
	gw_auto_fd fd = dial();
	say(fd, GET("follow"));
	sem_wait(&waits);
	assert_true(hear(fd, &heard, ": ping\n\n")); /* a heartbeat */
	assert_true(gw_events_send(stream, "progress", gw_slice_of("{\"a\":1}")));
	assert_true(hear(fd, &heard, "id: progress\ndata: {\"a\":1}\n\n"));
	gw_events_end(stream);
	assert_false(hear(fd, &heard, "no such text"));
	assert_non_null(strstr(gw_str_text(&heard), "Content-Type: text/event-stream"));
	sem_wait(&closed);
	assert_false(gw_events_send(stream, "progress", gw_slice_of("{}")));
}

static void a_reader_that_left_ends_its_stream(void **state)
{
	(void)state;
	gw_auto_str heard = { 0 };
	int fd = dial();
	say(fd, GET("follow"));
	sem_wait(&waits);
	assert_true(hear(fd, &heard, "\r\n\r\n"));
	close(fd);
	sem_wait(&closed);
}

static void a_reader_that_does_not_read_loses_its_stream(void **state)
{
	(void)state;
	gw_auto_fd fd = dial();
	int small = 4096;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	say(fd, GET("follow"));
	sem_wait(&waits);
	gw_auto_str data = { 0 };
	for (int i = 0; i < 1000; i++)
		gw_str_putc(&data, 'x');
	size_t sent = 0;
	while (gw_events_send(stream, "progress", gw_str_slice(&data)))
		assert_true(sent++ < 100000);
}

static void stopping_answers_those_that_wait(void **state)
{
	(void)state;
	gw_auto_str heard = { 0 }, events = { 0 };
	gw_auto_fd fd = dial(), follower = dial();
	say(fd, GET("wait"));
	sem_wait(&waits);
	say(follower, GET("follow"));
	sem_wait(&waits);
	assert_true(hear(follower, &events, "\r\n\r\n"));
	stop();
	assert_false(hear(fd, &heard, "no such text"));
	assert_non_null(strstr(gw_str_text(&heard), "HTTP/1.1 503"));
	assert_false(hear(follower, &events, "no such text"));
	assert_non_null(strstr(gw_str_text(&events), "0\r\n\r\n"));
	assert_false(gw_request_take(waiting));
}

static void a_body_that_drips_is_cut(void **state)
{
	(void)state;
	struct gw_error err;
	stop();
	gw_pool_free(pool);
	pool = gw_pool_start(1, 1, &err);
	limits.header_s = 0;
	limits.idle_s = 0;
	start();
	gw_auto_str heard = { 0 }, headers = { 0 };
	gw_auto_fd fd = dial(), other = dial();
	say(fd, HEAD("POST /api/v1/echo") "Content-Length: 500\r\n\r\nx");
	say(other, "GET /api/v1/hello HT");
	assert_false(hear(fd, &heard, "no such text"));
	assert_false(hear(other, &headers, "no such text"));
	assert_int_equal(heard.len + headers.len, 0);
}

static void other_addresses_are_refused(void **state)
{
	(void)state;
	struct gw_error err;
	int other;
	assert_int_equal(gw_listen("0.0.0.0", 0, &other, &err), -1);
	assert_non_null(strstr(err.message, "only a loopback address"));
	assert_int_equal(gw_listen("127.0.0.1", port, &other, &err), -1);
	assert_non_null(strstr(err.message, "set server.port to a free one"));
	assert_int_equal(gw_listen("no such host", 0, &other, &err), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(handlers_run_where_their_route_says),
		TEST(tenants_are_asked_for_where_it_may_block),
		TEST(answers_are_utf8_whatever_was_sent),
		TEST(methods_are_kept_apart),
		TEST(foreign_pages_are_refused),
		TEST(bodies_are_read_as_their_type_says),
		TEST(what_is_too_large_is_refused),
		TEST(an_answer_may_come_later_from_another_thread),
		TEST(nobody_answers_a_client_that_left),
		TEST(a_full_queue_is_said_so),
		TEST(events_arrive_and_the_stream_ends),
		TEST(a_reader_that_left_ends_its_stream),
		TEST(a_reader_that_does_not_read_loses_its_stream),
		TEST(stopping_answers_those_that_wait),
		TEST(a_body_that_drips_is_cut),
		TEST(other_addresses_are_refused),
	};
	return RUN(tests);
}

/* test_client.c - requests and responses, against a server that says what the test wants */
#include "tests/unit/test.h"

#include "base/fd.h"
#include "base/thread.h"
#include "cli/client.h"

#include <arpa/inet.h>
#include <unistd.h>

/* Answers one request with a text, byte by byte if slow, and keeps what it was asked. */
struct server {
	int listener;
	int port;
	const char *answer;
	bool slow;
	struct gw_str asked;
	pthread_t thread;
};

static void read_request(struct server *s, int fd)
{
	char part[4096];
	size_t want = 0;
	ssize_t n;
	while ((n = read(fd, part, sizeof(part))) > 0) {
		gw_str_add(&s->asked, part, (size_t)n);
		const char *end = strstr(s->asked.data, "\r\n\r\n");
		const char *length = strstr(s->asked.data, "Content-Length: ");
		if (end && length)
			want = strtoul(length + 16, NULL, 10);
		if (end && s->asked.len >= (size_t)(end + 4 - s->asked.data) + want)
			return;
	}
}

static void *serve(void *arg)
{
	struct server *s = arg;
	gw_auto_fd fd = accept(s->listener, NULL, NULL);
	read_request(s, fd);
	size_t len = strlen(s->answer);
	size_t step = s->slow ? 1 : len;
	for (size_t i = 0; i < len; i += step)
		if (send(fd, s->answer + i, step, MSG_NOSIGNAL) != (ssize_t)step)
			break;
	return NULL;
}

static void start_server(struct server *s, const char *answer, bool slow)
{
	struct gw_error err;
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	*s = (struct server){ .answer = answer, .slow = slow };
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(s->listener, 8), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &len), 0);
	s->port = ntohs(at.sin_port);
	assert_true(gw_thread_start(&s->thread, "server", serve, s, &err));
}

static void stop_server(struct server *s)
{
	pthread_join(s->thread, NULL);
	close(s->listener);
	gw_str_clear(&s->asked);
}

static struct gw_client *client_of(const struct server *s, const char *prefix)
{
	struct gw_error err;
	gw_auto_free char *url = gw_sprintf("http://127.0.0.1:%d%s", s->port, prefix);
	struct gw_client *client = gw_client_new(url, &err);
	assert_non_null(client);
	return client;
}

static bool get(struct server *s, struct gw_reply *reply, struct gw_error *err)
{
	struct gw_client *client = client_of(s, "");
	const struct gw_call call = { .method = "GET", .path = "/x" };
	bool answered = gw_client_call(client, &call, reply, err);
	gw_client_free(&client);
	return answered;
}

static void expect_body(const char *answer, int status, const char *body)
{
	for (int slow = 0; slow < 2; slow++) {
		struct server s;
		struct gw_error err;
		gw_auto_reply reply = { 0 };
		start_server(&s, answer, slow);
		assert_true(get(&s, &reply, &err));
		assert_int_equal(reply.status, status);
		assert_string_equal(gw_str_text(&reply.body), body);
		stop_server(&s);
	}
}

static void expect_failure(const char *answer, const char *message)
{
	struct server s;
	struct gw_error err;
	gw_auto_reply reply = { 0 };
	start_server(&s, answer, false);
	assert_false(get(&s, &reply, &err));
	assert_string_equal(err.message, message);
	stop_server(&s);
}

static void bodies_have_a_length_or_chunks_or_end_with_the_connection(void **state)
{
	(void)state;
	expect_body("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello");
	expect_body("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n"
		    "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n",
		200, "hello");
	expect_body("HTTP/1.1 404 Not Found\r\n\r\nhello", 404, "hello");
	expect_body("HTTP/1.1 204 No Content\r\n\r\n", 204, "");
	expect_body("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "");
	expect_body("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200,
		"ok");
}

static void broken_answers_are_errors(void **state)
{
	(void)state;
	expect_failure("SSH-2.0-OpenSSH\r\n", "what answers there does not speak HTTP");
	expect_failure("", "the server closed the connection");
	expect_failure("HTTP/1.1 200 OK\r\n", "the server closed the connection");
	expect_failure("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
		"the server closed the connection amid its answer");
	expect_failure("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhello",
		"the server sent a broken length");
	expect_failure("HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n",
		"the server closed the connection amid its answer");
	expect_failure("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
		"the server sent a broken chunk");
	expect_failure("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		       "ffffffffffffffff\r\nhello",
		"the server closed the connection amid its answer");
}

static void endless_headers_are_refused(void **state)
{
	(void)state;
	gw_auto_str many = { 0 };
	gw_auto_str longest = { 0 };
	gw_str_puts(&many, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 300; i++)
		gw_str_puts(&many, "A: b\r\n");
	gw_str_printf(&longest, "HTTP/1.1 200 OK\r\nA: %0100000d\r\n\r\n", 0);
	expect_failure(gw_str_text(&many), "the server sent too many headers");
	expect_failure(gw_str_text(&longest), "the server's answer has a line too long");
}

static void a_request_says_all_it_should(void **state)
{
	(void)state;
	struct server s;
	struct gw_error err;
	gw_auto_reply reply = { 0 };
	start_server(&s, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false);
	struct gw_client *client = client_of(&s, "/base/");
	const struct gw_call call = { "POST", "/a?b=c", "text/plain", gw_slice_of("body") };
	assert_true(gw_client_header(client, "Authorization", "Bearer x", &err));
	assert_true(gw_client_call(client, &call, &reply, &err));
	gw_auto_free char *expected = gw_sprintf("POST /base/a?b=c HTTP/1.1\r\n"
						 "Host: 127.0.0.1:%d\r\n"
						 "Connection: close\r\n"
						 "Authorization: Bearer x\r\n"
						 "Content-Type: text/plain\r\n"
						 "Content-Length: 4\r\n"
						 "\r\nbody",
		s.port);
	pthread_join(s.thread, NULL);
	assert_string_equal(gw_str_text(&s.asked), expected);
	gw_client_free(&client);
	close(s.listener);
	gw_str_clear(&s.asked);
}

static void headers_cannot_be_smuggled(void **state)
{
	(void)state;
	struct gw_error err;
	struct gw_client *client = gw_client_new("http://localhost", &err);
	assert_false(gw_client_header(client, "A", "b\r\nC: d", &err));
	assert_false(gw_client_header(client, "A: b\r\nC", "d", &err));
	assert_false(gw_client_header(client, "", "d", &err));
	gw_client_free(&client);
}

static void addresses_are_checked(void **state)
{
	(void)state;
	static const char *const good[] = { "http://localhost:8080", "http://[::1]:8080/",
		"HTTP://host", "http://[::1]", "http://host/prefix/" };
	static const char *const bad[] = { "", "localhost:8080", "ftp://x", "http://", "http://:80",
		"http://host:", "http://host:x", "http://host:123456", "http://[::1", "http://[]:1",
		"http://user@host" };
	struct gw_error err;
	for (size_t i = 0; i < GW_LEN(good); i++) {
		struct gw_client *client = gw_client_new(good[i], &err);
		assert_non_null(client);
		gw_client_free(&client);
	}
	for (size_t i = 0; i < GW_LEN(bad); i++)
		assert_null(gw_client_new(bad[i], &err));
	assert_null(gw_client_new("https://localhost", &err));
	assert_non_null(strstr(err.message, "https is not supported here"));
}

static void nobody_there_is_said(void **state)
{
	(void)state;
	struct server s;
	struct gw_error err;
	gw_auto_reply reply = { 0 };
	start_server(&s, "", false);
	assert_false(get(&s, &reply, &err));
	stop_server(&s);
	assert_false(get(&s, &reply, &err));
	assert_int_equal(err.code, GW_UNAVAILABLE);
	assert_non_null(strstr(err.message, "no server answers at 127.0.0.1 port"));
}

/* ---- Event streams ---- */

struct heard {
	struct gw_str text; /* "id=data|…" */
	int most;
	int n;
};

static bool hear(void *arg, struct gw_slice id, struct gw_slice data)
{
	struct heard *heard = arg;
	if (!data.data)
		return true;
	gw_str_printf(&heard->text, "%.*s=%.*s|", GW_SLICE(id), GW_SLICE(data));
	return ++heard->n < heard->most;
}

static void expect_events(const char *body, int most, const char *expected)
{
	for (int slow = 0; slow < 2; slow++) {
		struct server s;
		struct gw_error err;
		gw_auto_reply reply = { 0 };
		gw_auto_free char *answer = gw_sprintf("HTTP/1.1 200 OK\r\n\r\n%s", body);
		struct heard heard = { .most = most };
		const struct gw_listener listener = { 1000, hear, &heard };
		start_server(&s, answer, slow);
		struct gw_client *client = client_of(&s, "");
		assert_true(gw_client_stream(client, "/x", &listener, &reply, &err));
		assert_string_equal(gw_str_text(&heard.text), expected);
		gw_client_free(&client);
		stop_server(&s);
		gw_str_clear(&heard.text);
	}
}

static void events_are_cut_at_empty_lines(void **state)
{
	(void)state;
	expect_events("id: progress\ndata: {\"a\":1}\n\nid: end\ndata: {}\n\n", 9,
		"progress={\"a\":1}|end={}|");
	expect_events(": ping\r\n\r\nid:x\r\ndata:a\r\ndata: b\r\nretry: 1\r\n\r\n", 9, "x=a\nb|");
	expect_events("data: a\n\ndata: b\n\n", 1, "=a|");
	expect_events("data: cut off", 9, "");
}

static void a_refused_stream_is_a_reply(void **state)
{
	(void)state;
	struct server s;
	struct gw_error err;
	gw_auto_reply reply = { 0 };
	const struct gw_listener listener = { 1000, hear, NULL };
	start_server(&s, "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", false);
	struct gw_client *client = client_of(&s, "");
	assert_true(gw_client_stream(client, "/x", &listener, &reply, &err));
	assert_int_equal(reply.status, 404);
	assert_string_equal(gw_str_text(&reply.body), "no");
	gw_client_free(&client);
	stop_server(&s);
}

static void texts_are_encoded_for_urls(void **state)
{
	(void)state;
	gw_auto_str out = { 0 };
	gw_url_encode(&out, gw_slice_of("a b/c?d=é&~-._+%"));
	assert_string_equal(gw_str_text(&out), "a%20b%2Fc%3Fd%3D%C3%A9%26~-._%2B%25");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_have_a_length_or_chunks_or_end_with_the_connection),
		cmocka_unit_test(broken_answers_are_errors),
		cmocka_unit_test(endless_headers_are_refused),
		cmocka_unit_test(a_request_says_all_it_should),
		cmocka_unit_test(headers_cannot_be_smuggled),
		cmocka_unit_test(addresses_are_checked),
		cmocka_unit_test(nobody_there_is_said),
		cmocka_unit_test(events_are_cut_at_empty_lines),
		cmocka_unit_test(a_refused_stream_is_a_reply),
		cmocka_unit_test(texts_are_encoded_for_urls),
	};
	return RUN(tests);
}

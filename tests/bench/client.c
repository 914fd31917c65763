/* client.c - the same request again and again, over many connections at once */
#include "tests/bench/client.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"
#include "tests/bench/quantile.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)256 << 20)
#define PATIENCE_NS INT64_C(60000000000) /* for the next byte of any answer */

struct connection {
	int fd;
	bool is_busy;
	int64_t due_at;
	struct gw_str answer;
	size_t wanted; /* bytes of the whole answer; 0 = not known yet */
};

struct run {
	const struct bench_load *load;
	struct connection *connections;
	int epoll;
	int64_t began;
	size_t n_sent, n_done, n_failed;
	double *latencies; /* ms */
	struct gw_str request;
};

bool bench_resolve(const char *url, struct sockaddr_in *out, struct gw_error *err)
{
	char host[256], port[8] = "80";
	struct addrinfo wanted = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found;
	if (sscanf(url, "http://%255[^:/]:%7[0-9]", host, port) < 1)
		return gw_fail(err, GW_INVALID, "%s: not http://HOST:PORT", url);
	int status = getaddrinfo(host, port, &wanted, &found);
	if (status != 0)
		return gw_fail(err, GW_INVALID, "%s: %s", url, gai_strerror(status));
	memcpy(out, found->ai_addr, sizeof(*out));
	freeaddrinfo(found);
	return true;
}

static bool open_connection(struct run *r, size_t i, struct gw_error *err)
{
	int yes = 1;
	struct connection *c = &r->connections[i];
	const struct sockaddr_in *to = &r->load->targets[i % r->load->n_targets];
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	c->answer.limit = ANSWER_MAX;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)to, sizeof(*to)) != 0)
		return gw_fail_errno(err, errno, "connecting");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	return epoll_ctl(r->epoll, EPOLL_CTL_ADD, c->fd, &event) == 0 ||
	       gw_fail_errno(err, errno, "epoll");
}

static void add_filled(struct gw_str *out, const char *text, size_t number)
{
	const char *hole;
	for (; (hole = strstr(text, "%N")); text = hole + 2) {
		gw_str_add(out, text, (size_t)(hole - text));
		gw_str_int(out, (int64_t)number);
	}
	gw_str_puts(out, text);
}

static void make_request(struct run *r, size_t number)
{
	const struct bench_load *l = r->load;
	gw_auto_str body = { 0 };
	gw_str_reset(&r->request);
	gw_str_printf(&r->request, "%s ", l->method);
	add_filled(&r->request, l->path, number);
	gw_str_puts(&r->request, " HTTP/1.1\r\nHost: localhost\r\n");
	if (l->headers)
		gw_str_puts(&r->request, l->headers);
	if (l->body)
		add_filled(&body, l->body, number);
	if (l->body)
		gw_str_printf(&r->request, "Content-Type: %s\r\n", l->type);
	gw_str_printf(&r->request, "Content-Length: %zu\r\n\r\n", body.len);
	gw_str_add(&r->request, gw_str_text(&body), body.len);
}

/* When the next request is due. */
static int64_t next_due(const struct run *r)
{
	double rate = r->load->rate;
	return rate > 0 ? r->began + (int64_t)((double)r->n_sent * 1e6 / rate) : gw_clock_boot();
}

static bool send_request(struct run *r, struct connection *c, struct gw_error *err)
{
	c->due_at = next_due(r);
	make_request(r, r->n_sent++);
	c->is_busy = true;
	c->wanted = 0;
	gw_str_reset(&c->answer);
	return gw_fd_write_all(c->fd, r->request.data, r->request.len, err);
}

static bool send_what_is_due(struct run *r, struct gw_error *err)
{
	size_t n = r->load->connections, count = r->load->count;
	for (size_t i = 0; i < n && r->n_sent < count && next_due(r) <= gw_clock_boot(); i++)
		if (!r->connections[i].is_busy && !send_request(r, &r->connections[i], err))
			return false;
	return true;
}

/* Whether the whole answer is there. */
static bool is_complete(struct connection *c)
{
	static const char last_chunk[] = "\r\n0\r\n\r\n";
	const struct gw_str *a = &c->answer;
	if (c->wanted)
		return a->len >= c->wanted;
	const char *end = memmem(a->data, a->len, "\r\n\r\n", 4);
	if (!end)
		return false;
	const char *length = strcasestr(a->data, "\r\ncontent-length:");
	if (!length || length > end)
		return gw_slice_ends(gw_str_slice(a), gw_slice_of(last_chunk));
	c->wanted = (size_t)(end - a->data) + 4 + strtoul(length + 17, NULL, 10);
	return a->len >= c->wanted;
}

static void note_answer(struct run *r, struct connection *c, struct gw_error *err)
{
	const char *text = gw_str_text(&c->answer), *body = strstr(text, "\r\n\r\n");
	r->latencies[r->n_done++] = (double)(gw_clock_boot() - c->due_at) / 1e3;
	c->is_busy = false;
	if (strncmp(text, "HTTP/1.1 2", 10) != 0 && r->n_failed++ == 0)
		gw_fail(err, GW_INTERNAL, "%s %s: %.12s: %.200s", r->load->method, r->load->path,
			text, body ? body + 4 : "");
}

static bool read_answer(struct run *r, struct connection *c, struct gw_error *err)
{
	char piece[65536];
	ssize_t n = read(c->fd, piece, sizeof(piece));
	if (n <= 0)
		return gw_fail_errno(err, n < 0 ? errno : ECONNRESET, "reading an answer");
	gw_str_add(&c->answer, piece, (size_t)n);
	if (c->answer.full)
		return gw_fail(err, GW_INVALID, "an answer of more than %zu bytes", ANSWER_MAX);
	if (c->is_busy && is_complete(c))
		note_answer(r, c, err);
	return true;
}

/* Until something comes, or the next request is due. */
static int wait_for_events(struct run *r, struct epoll_event *events, int max)
{
	int64_t ns = PATIENCE_NS;
	if (r->load->rate > 0 && r->n_sent < r->load->count) {
		ns = (next_due(r) - gw_clock_boot()) * 1000;
		ns = ns > 0 ? ns : PATIENCE_NS / 60; /* due already: all connections are busy */
	}
	struct timespec timeout = { ns / 1000000000, ns % 1000000000 };
	return epoll_pwait2(r->epoll, events, max, &timeout, NULL);
}

static bool run_all(struct run *r, struct gw_error *err)
{
	struct epoll_event events[64];
	r->began = gw_clock_boot();
	while (r->n_done < r->load->count) {
		if (!send_what_is_due(r, err))
			return false;
		int n = wait_for_events(r, events, 64);
		if (n < 0 && errno != EINTR)
			return gw_fail_errno(err, errno, "epoll_pwait2");
		if (n == 0 && r->load->rate <= 0)
			return gw_fail(err, GW_UNAVAILABLE, "no answer comes");
		for (int i = 0; i < n; i++)
			if (!read_answer(r, events[i].data.ptr, err))
				return false;
	}
	return true;
}

static bool open_and_run(struct run *r, struct gw_error *err)
{
	for (size_t i = 0; i < r->load->connections; i++)
		r->connections[i].fd = -1;
	for (size_t i = 0; i < r->load->connections; i++)
		if (!open_connection(r, i, err))
			return false;
	return run_all(r, err);
}

static void close_all(struct run *r)
{
	for (size_t i = 0; i < r->load->connections; i++) {
		gw_fd_close(&r->connections[i].fd);
		gw_str_clear(&r->connections[i].answer);
	}
	gw_fd_close(&r->epoll);
	gw_str_clear(&r->request);
}

bool bench_load(const struct bench_load *load, struct bench_loaded *out, struct gw_error *err)
{
	gw_auto_free struct connection *connections =
		gw_new_array(struct connection, load->connections);
	gw_auto_free double *latencies = gw_new_array(double, load->count);
	struct run r = { .load = load,
		.connections = connections,
		.latencies = latencies,
		.epoll = epoll_create1(EPOLL_CLOEXEC) };
	bool ok = open_and_run(&r, err);
	double seconds = (double)(gw_clock_boot() - r.began) / 1e6;
	close_all(&r);
	if (!ok)
		return false;
	bench_sort(latencies, load->count);
	*out = (struct bench_loaded){ .n_failed = r.n_failed,
		.seconds = seconds,
		.p50_ms = bench_quantile(latencies, load->count, 0.5),
		.p99_ms = bench_quantile(latencies, load->count, 0.99),
		.max_ms = bench_quantile(latencies, load->count, 1) };
	return r.n_failed == 0;
}

/* load.c - an HTTP load generator: one thread, many connections, the same request again and again
 *
 *   load HOST PORT METHOD PATH CONNECTIONS COUNT [RATE [BODY-FILE [CONTENT-TYPE]]]
 *
 * RATE is requests a second (0 = as fast as answers come). In PATH and body, every "%N" is replaced
 * by the number of the request. Prints one JSON object: rate and latencies in microseconds. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX (1u << 20)

struct connection {
	int fd;
	bool is_busy;
	int64_t sent_at;
	size_t n_read;
	char answer[ANSWER_MAX];
};

struct load {
	struct sockaddr_in address;
	const char *method, *path, *type;
	char *body;
	size_t n_connections, count, rate;
	struct connection *connections;
	int epoll;
	size_t n_sent, n_done, n_failed;
	int64_t *latencies;
	int64_t began;
};

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* Copies a text with "%N" replaced; returns its length. */
static size_t fill_in(char *out, size_t size, const char *text, size_t number)
{
	size_t n = 0;
	for (const char *p = text; *p && n + 24 < size; p++) {
		if (p[0] == '%' && p[1] == 'N') {
			n += (size_t)snprintf(out + n, size - n, "%zu", number);
			p++;
		} else {
			out[n++] = *p;
		}
	}
	out[n] = '\0';
	return n;
}

static void open_connection(struct load *l, struct connection *c)
{
	int yes = 1;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&l->address, sizeof(l->address)) != 0)
		fail("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
		fail("epoll");
}

static void send_request(struct load *l, struct connection *c)
{
	static char path[8192], body[65536], request[80000];
	size_t number = l->n_sent++;
	fill_in(path, sizeof(path), l->path, number);
	size_t n_body = fill_in(body, sizeof(body), l->body, number);
	int n = snprintf(request, sizeof(request),
		"%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: "
		"%zu\r\n\r\n%s",
		l->method, path, l->type, n_body, body);
	c->is_busy = true;
	c->n_read = 0;
	c->sent_at = now_us();
	if (write(c->fd, request, (size_t)n) != n)
		fail("write");
}

/* Length of the whole answer, 0 while its head is not complete. */
static size_t answer_length(const struct connection *c)
{
	const char *end = memmem(c->answer, c->n_read, "\r\n\r\n", 4);
	if (!end)
		return 0;
	size_t head = (size_t)(end - c->answer) + 4;
	const char *length = strcasestr(c->answer, "content-length:");
	return head + (length && length < end ? strtoul(length + 15, NULL, 10) : 0);
}

static void note_answer(struct load *l, struct connection *c)
{
	l->latencies[l->n_done++] = now_us() - c->sent_at;
	c->is_busy = false;
	if (strncmp(c->answer, "HTTP/1.1 2", 10) == 0)
		return;
	if (l->n_failed++ == 0)
		fprintf(stderr, "%.*s\n", (int)(c->n_read < 600 ? c->n_read : 600), c->answer);
}

static void read_answer(struct load *l, struct connection *c)
{
	ssize_t n = read(c->fd, c->answer + c->n_read, ANSWER_MAX - 1 - c->n_read);
	if (n <= 0)
		fail("read");
	c->n_read += (size_t)n;
	c->answer[c->n_read] = '\0';
	size_t length = answer_length(c);
	if (length && c->n_read >= length)
		note_answer(l, c);
}

/* How many requests should have been sent by now. */
static size_t allowed(const struct load *l)
{
	if (l->rate == 0)
		return l->count;
	size_t n = (size_t)((double)(now_us() - l->began) * (double)l->rate / 1e6) + 1;
	return n < l->count ? n : l->count;
}

static void send_what_is_due(struct load *l)
{
	size_t due = allowed(l);
	for (size_t i = 0; i < l->n_connections && l->n_sent < due; i++)
		if (!l->connections[i].is_busy)
			send_request(l, &l->connections[i]);
}

static void run(struct load *l)
{
	struct epoll_event events[64];
	l->began = now_us();
	while (l->n_done < l->count) {
		send_what_is_due(l);
		int n = epoll_wait(l->epoll, events, 64, l->rate ? 1 : 10000);
		if (n < 0 && errno != EINTR)
			fail("epoll_wait");
		for (int i = 0; i < n; i++)
			read_answer(l, events[i].data.ptr);
	}
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static void report(const struct load *l)
{
	double seconds = (double)(now_us() - l->began) / 1e6;
	qsort(l->latencies, l->n_done, sizeof(*l->latencies), compare);
	printf("{\"count\":%zu,\"failed\":%zu,\"seconds\":%.3f,\"rate\":%.1f,\"p50_us\":%ld,"
	       "\"p99_us\":%ld,\"max_us\":%ld}\n",
		l->n_done, l->n_failed, seconds, (double)l->n_done / seconds,
		(long)l->latencies[l->n_done / 2], (long)l->latencies[l->n_done * 99 / 100],
		(long)l->latencies[l->n_done - 1]);
}

static char *read_body(const char *path)
{
	char *body = calloc(1, 65536);
	FILE *file = path ? fopen(path, "r") : NULL;
	if (path && !file)
		fail(path);
	if (file && fread(body, 1, 65535, file) == 0 && ferror(file))
		fail(path);
	if (file)
		fclose(file);
	return body;
}

int main(int argc, char **argv)
{
	if (argc < 7) {
		fputs("usage: load HOST PORT METHOD PATH CONNECTIONS COUNT [RATE [BODY [TYPE]]]\n",
			stderr);
		return 2;
	}
	struct load l = { .method = argv[3],
		.path = argv[4],
		.n_connections = strtoul(argv[5], NULL, 10),
		.count = strtoul(argv[6], NULL, 10),
		.rate = argc > 7 ? strtoul(argv[7], NULL, 10) : 0,
		.body = read_body(argc > 8 ? argv[8] : NULL),
		.type = argc > 9 ? argv[9] : "application/json",
		.epoll = epoll_create1(0) };
	l.address = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10)),
		.sin_addr.s_addr = inet_addr(argv[1]) };
	l.connections = calloc(l.n_connections, sizeof(*l.connections));
	l.latencies = calloc(l.count, sizeof(*l.latencies));
	for (size_t i = 0; i < l.n_connections; i++)
		open_connection(&l, &l.connections[i]);
	run(&l);
	report(&l);
	return l.n_failed > 0;
}

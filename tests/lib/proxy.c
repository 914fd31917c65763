/* proxy.c - one thread that moves bytes between pairs of sockets */
#include "tests/lib/proxy.h"

#include "base/fd.h"
#include "base/mem.h"
#include "base/thread.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS_MAX = 64, CHUNK = 65536 };

struct pair {
	int client, server; /* -1 = free */
};

struct gw_proxy {
	pthread_t thread;
	int listen_fd, wake_fd;
	int port, to_port;
	struct pair pairs[PAIRS_MAX];

	pthread_mutex_t lock; /* guards what follows */
	enum gw_proxy_fault fault;
	char text[100];
	long bytes;
	bool armed; /* CUT_ANSWER: the text has passed */
	bool happened, must_cut, closing;
	size_t n_requests;
};

static void wake(struct gw_proxy *p)
{
	uint64_t one = 1;
	if (write(p->wake_fd, &one, sizeof(one)) < 0)
		return;
}

void gw_proxy_set(struct gw_proxy *p, enum gw_proxy_fault fault, const char *text, long bytes)
{
	gw_locked(&p->lock);
	p->fault = fault;
	snprintf(p->text, sizeof(p->text), "%s", text ? text : "");
	p->bytes = bytes;
	p->armed = p->happened = false;
	wake(p);
}

bool gw_proxy_happened(struct gw_proxy *p)
{
	gw_locked(&p->lock);
	return p->happened;
}

void gw_proxy_cut(struct gw_proxy *p)
{
	gw_locked(&p->lock);
	p->must_cut = true;
	wake(p);
}

int gw_proxy_port(const struct gw_proxy *p)
{
	return p->port;
}

size_t gw_proxy_requests(struct gw_proxy *p)
{
	gw_locked(&p->lock);
	return p->n_requests;
}

/* ---- Moving bytes ---- */

static void close_pair(struct pair *pair)
{
	gw_fd_close(&pair->client);
	gw_fd_close(&pair->server);
}

static void cut_all(struct gw_proxy *p)
{
	for (int i = 0; i < PAIRS_MAX; i++)
		close_pair(&p->pairs[i]);
}

static void cut_by_fault(struct gw_proxy *p)
{
	p->fault = GW_PROXY_NONE;
	p->happened = true;
	cut_all(p);
}

static void send_all(int fd, const char *data, size_t len)
{
	struct gw_error ignored;
	gw_fd_write_all(fd, data, len, &ignored);
}

static void move_request(struct gw_proxy *p, struct pair *pair, const char *data, size_t len)
{
	gw_locked(&p->lock);
	p->n_requests++;
	bool watching = p->fault == GW_PROXY_CUT_REQUEST || p->fault == GW_PROXY_CUT_ANSWER;
	bool found = watching && memmem(data, len, p->text, strlen(p->text));
	if (found && p->fault == GW_PROXY_CUT_REQUEST) {
		cut_by_fault(p);
		return;
	}
	p->armed |= found;
	send_all(pair->server, data, len);
}

static void move_answer(struct gw_proxy *p, struct pair *pair, const char *data, size_t len)
{
	gw_locked(&p->lock);
	if (p->fault == GW_PROXY_CUT_ANSWER && p->armed) {
		cut_by_fault(p);
		return;
	}
	bool cuts = p->fault == GW_PROXY_CUT_BYTES && p->bytes < (long)len;
	size_t passed = cuts ? (size_t)p->bytes : len;
	send_all(pair->client, data, passed);
	p->bytes -= (long)passed;
	if (cuts)
		cut_by_fault(p);
}

static void move(struct gw_proxy *p, struct pair *pair, bool from_client)
{
	static char chunk[CHUNK];
	ssize_t n = recv(from_client ? pair->client : pair->server, chunk, sizeof(chunk), 0);
	if (n <= 0)
		close_pair(pair);
	else if (from_client)
		move_request(p, pair, chunk, (size_t)n);
	else
		move_answer(p, pair, chunk, (size_t)n);
}

/* ---- Connections ---- */

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
}

static void accept_client(struct gw_proxy *p)
{
	int client = accept4(p->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const struct sockaddr_in to = loopback(p->to_port);
	int i = 0;
	while (i < PAIRS_MAX && p->pairs[i].client >= 0)
		i++;
	if (i < PAIRS_MAX && connect(server, (const struct sockaddr *)&to, sizeof(to)) == 0) {
		p->pairs[i] = (struct pair){ client, server };
	} else {
		gw_fd_close(&client);
		gw_fd_close(&server);
	}
}

/* Returns whether to go on. */
static bool read_flags(struct gw_proxy *p, bool *silent)
{
	gw_locked(&p->lock);
	if (p->must_cut)
		cut_all(p);
	p->must_cut = false;
	*silent = p->fault == GW_PROXY_SILENT;
	return !p->closing;
}

static int collect(struct gw_proxy *p, struct pollfd *fds, bool silent)
{
	fds[0] = (struct pollfd){ .fd = p->listen_fd, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = p->wake_fd, .events = POLLIN };
	for (int i = 0; i < PAIRS_MAX; i++) {
		fds[2 + 2 * i] = (struct pollfd){ .fd = p->pairs[i].client, .events = POLLIN };
		fds[3 + 2 * i] =
			(struct pollfd){ .fd = silent ? -1 : p->pairs[i].server, .events = POLLIN };
	}
	return 2 + 2 * PAIRS_MAX;
}

static void *run(void *arg)
{
	struct gw_proxy *p = arg;
	struct pollfd fds[2 + 2 * PAIRS_MAX];
	bool silent;
	while (read_flags(p, &silent)) {
		uint64_t count;
		poll(fds, (nfds_t)collect(p, fds, silent), -1);
		if (fds[1].revents && read(p->wake_fd, &count, sizeof(count)) < 0)
			break;
		for (int i = 0; i < 2 * PAIRS_MAX; i++)
			if (fds[2 + i].revents && p->pairs[i / 2].client == fds[i / 2 * 2 + 2].fd &&
				p->pairs[i / 2].client >= 0)
				move(p, &p->pairs[i / 2], i % 2 == 0);
		if (fds[0].revents)
			accept_client(p);
	}
	cut_all(p);
	return NULL;
}

static bool listen_anywhere(struct gw_proxy *p, struct gw_error *err)
{
	struct sockaddr_in address = loopback(0);
	socklen_t len = sizeof(address);
	p->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(p->listen_fd, (struct sockaddr *)&address, len) != 0 ||
		listen(p->listen_fd, 32) != 0 ||
		getsockname(p->listen_fd, (struct sockaddr *)&address, &len) != 0)
		return gw_fail_errno(err, errno, "listening");
	p->port = ntohs(address.sin_port);
	p->wake_fd = eventfd(0, EFD_CLOEXEC);
	return p->wake_fd >= 0 || gw_fail_errno(err, errno, "eventfd");
}

struct gw_proxy *gw_proxy_open(int to_port, struct gw_error *err)
{
	struct gw_proxy *p = gw_new(struct gw_proxy);
	p->to_port = to_port;
	p->listen_fd = p->wake_fd = -1;
	for (int i = 0; i < PAIRS_MAX; i++)
		p->pairs[i] = (struct pair){ -1, -1 };
	pthread_mutex_init(&p->lock, NULL);
	if (listen_anywhere(p, err) && gw_thread_start(&p->thread, "proxy", run, p, err))
		return p;
	gw_fd_close(&p->listen_fd);
	gw_fd_close(&p->wake_fd);
	free(p);
	return NULL;
}

void gw_proxy_close(struct gw_proxy *p)
{
	pthread_mutex_lock(&p->lock);
	p->closing = true;
	wake(p);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	gw_fd_close(&p->listen_fd);
	gw_fd_close(&p->wake_fd);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* listen.c - waiting for signals of other nodes, by LISTEN on a connection of its own */
#include "backends/postgres/postgres.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define FIRST_PAUSE_MS 100
#define LONGEST_PAUSE_MS 5000

bool listener_init(struct listener *l, struct gw_error *err)
{
	pthread_mutex_init(&l->lock, NULL);
	l->pause_ms = FIRST_PAUSE_MS;
	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return l->wake_fd >= 0 || gw_fail_errno(err, errno, "eventfd");
}

void listener_close(struct listener *l)
{
	PQfinish(l->conn);
	if (l->wake_fd >= 0)
		close(l->wake_fd);
	pthread_mutex_destroy(&l->lock);
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool listen_to(PGconn *conn, const char *channel)
{
	gw_auto_free char *listen = gw_sprintf("LISTEN \"%s\"", channel);
	PQsetnonblocking(conn, 0);
	auto_result *result = PQexec(conn, listen);
	return PQresultStatus(result) == PGRES_COMMAND_OK;
}

/* Connects anew; the pauses grow while that fails. */
static bool connect_again(struct gw_backend *b)
{
	struct listener *l = &b->listener;
	struct gw_error ignored;
	l->conn = link_connect(&b->pool, &ignored);
	if (l->conn && listen_to(l->conn, b->channel)) {
		l->pause_ms = FIRST_PAUSE_MS;
		return true;
	}
	PQfinish(l->conn);
	l->conn = NULL;
	l->retry_at = now_ms() + l->pause_ms;
	l->pause_ms = l->pause_ms * 2 < LONGEST_PAUSE_MS ? l->pause_ms * 2 : LONGEST_PAUSE_MS;
	return false;
}

/* Whether notifications have come. */
static bool take_notifications(struct listener *l)
{
	bool any = false;
	if (!PQconsumeInput(l->conn) || PQstatus(l->conn) != CONNECTION_OK) {
		PQfinish(l->conn);
		l->conn = NULL;
		l->retry_at = now_ms() + l->pause_ms;
		return false;
	}
	for (PGnotify *n; (n = PQnotifies(l->conn)); any = true)
		PQfreemem(n);
	return any;
}

/* Until something can be read, or until; true = woken. */
static bool sleep_until(struct listener *l, int64_t until)
{
	struct pollfd fds[] = { { .fd = l->wake_fd, .events = POLLIN },
		{ .fd = l->conn ? PQsocket(l->conn) : -1, .events = POLLIN } };
	int64_t left = until - now_ms();
	uint64_t count;
	poll(fds, GW_LEN(fds), left > 0 ? (int)left : 0);
	return read(l->wake_fd, &count, sizeof(count)) > 0;
}

bool postgres_wait(struct gw_backend *b, int timeout_ms)
{
	struct listener *l = &b->listener;
	gw_locked(&l->lock);
	int64_t until = now_ms() + timeout_ms;
	for (;;) {
		/* What was signalled while nobody listened is unknown: look. */
		if (!l->conn && now_ms() >= l->retry_at && connect_again(b))
			return true;
		if (l->conn && take_notifications(l))
			return true;
		bool connected = l->conn != NULL;
		int64_t next = connected || l->retry_at > until ? until : l->retry_at;
		if (sleep_until(l, next))
			return false;
		if (now_ms() >= until)
			return l->conn && take_notifications(l);
	}
}

void postgres_wake(struct gw_backend *b)
{
	uint64_t one = 1;
	if (write(b->listener.wake_fd, &one, sizeof(one)) < 0)
		return; /* it is full: a wake is on its way */
}

/* wire.c - a connection to a server over plain sockets */
#include "cli/wire.h"

#include "base/error.h"
#include "base/fd.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_MS = 5000 };

static bool wait_for(int fd, short events, int ms)
{
	struct pollfd wait = { fd, events, 0 };
	int n;
	do {
		n = poll(&wait, 1, ms);
	} while (n < 0 && errno == EINTR);
	return n == 1;
}

/* 0, or an errno. */
static int finish_connecting(int fd)
{
	int why = 0;
	socklen_t len = sizeof(why);
	if (!wait_for(fd, POLLOUT, CONNECT_MS))
		return ETIMEDOUT;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &len) == 0 ? why : errno;
}

static int connect_to(const struct addrinfo *to, int *why)
{
	gw_auto_fd fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1;
	if (fd < 0 || (connect(fd, to->ai_addr, to->ai_addrlen) != 0 && errno != EINPROGRESS)) {
		*why = errno;
		return -1;
	}
	*why = finish_connecting(fd);
	if (*why)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	int connected = fd;
	fd = -1;
	return connected;
}

bool gw_wire_open(struct gw_wire *wire, const char *host, const char *port, struct gw_error *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	int why = 0;
	int failed = getaddrinfo(host, port, &hints, &found);
	if (failed)
		return gw_fail(err, GW_UNAVAILABLE, "%s: %s", host, gai_strerror(failed));
	wire->fd = -1;
	wire->start = wire->end = 0;
	for (struct addrinfo *to = found; to && wire->fd < 0; to = to->ai_next)
		wire->fd = connect_to(to, &why);
	freeaddrinfo(found);
	if (wire->fd >= 0)
		return true;
	return gw_fail(err, GW_UNAVAILABLE, "no server answers at %s port %s: %s", host, port,
		gw_errno_text(why));
}

void gw_wire_close(struct gw_wire *wire)
{
	gw_fd_close(&wire->fd);
}

bool gw_wire_ready(struct gw_wire *wire, int ms)
{
	return wire->start < wire->end || wait_for(wire->fd, POLLIN, ms);
}

static bool await(struct gw_wire *wire, short events, struct gw_error *err)
{
	return wait_for(wire->fd, events, wire->patience_ms) ||
	       gw_fail(err, GW_UNAVAILABLE, "the server did not answer in time");
}

bool gw_wire_send(struct gw_wire *wire, struct gw_slice data, struct gw_error *err)
{
	while (data.len > 0) {
		ssize_t n = send(wire->fd, data.data, data.len, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN) {
			if (!await(wire, POLLOUT, err))
				return false;
			continue;
		}
		if (n < 0 && errno != EINTR)
			return gw_fail(err, GW_UNAVAILABLE, "sending to the server: %s",
				gw_errno_text(errno));
		if (n > 0)
			data = gw_slice(data.data + n, data.len - (size_t)n);
	}
	return true;
}

/* As gw_wire_take, into the empty buffer. */
static ssize_t receive(struct gw_wire *wire, struct gw_error *err)
{
	for (;;) {
		ssize_t n = recv(wire->fd, wire->data, sizeof(wire->data), 0);
		if (n >= 0) {
			wire->start = 0;
			wire->end = (size_t)n;
			return n;
		}
		if (errno != EAGAIN && errno != EINTR) {
			gw_fail(err, GW_UNAVAILABLE, "the connection to the server broke: %s",
				gw_errno_text(errno));
			return -1;
		}
		if (errno == EAGAIN && !await(wire, POLLIN, err))
			return -1;
	}
}

ssize_t gw_wire_take(struct gw_wire *wire, char *out, size_t len, struct gw_error *err)
{
	if (wire->start == wire->end) {
		ssize_t n = receive(wire, err);
		if (n <= 0)
			return n;
	}
	size_t n = wire->end - wire->start;
	n = n < len ? n : len;
	memcpy(out, wire->data + wire->start, n);
	wire->start += n;
	return (ssize_t)n;
}

bool gw_wire_line(struct gw_wire *wire, size_t limit, struct gw_str *out, struct gw_error *err)
{
	size_t begun = out->len;
	for (;;) {
		if (wire->start == wire->end) {
			ssize_t n = receive(wire, err);
			if (n == 0)
				return gw_fail(err, GW_UNAVAILABLE,
					"the server closed the connection");
			if (n < 0)
				return false;
		}
		const char *from = wire->data + wire->start;
		size_t left = wire->end - wire->start;
		const char *end = memchr(from, '\n', left);
		size_t n = end ? (size_t)(end - from) : left;
		gw_str_add(out, from, n);
		wire->start += n + (end != NULL);
		if (out->len - begun > limit)
			return gw_fail(err, GW_INVALID, "the server's answer has a line too long");
		if (end)
			break;
	}
	if (out->len > begun && out->data[out->len - 1] == '\r')
		out->data[--out->len] = '\0';
	return true;
}

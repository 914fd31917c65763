/* listen.c - a socket that listens on a loopback address */
#include "api/listen.h"

#include "api/guard.h"
#include "base/error.h"
#include "base/fd.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

#define BACKLOG 1024

static void free_addresses(struct addrinfo **list)
{
	if (*list)
		freeaddrinfo(*list);
}

static int bound_port(int fd)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return 0;
	if (address.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

static int open_socket(const struct addrinfo *address, const char *host, int port,
	struct gw_error *err)
{
	const int on = 1;
	gw_auto_fd fd =
		socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
		bind(fd, address->ai_addr, address->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
		gw_fail(err, GW_CONFLICT, "cannot listen on %s port %d: %s%s", host, port,
			gw_errno_text(errno),
			errno == EADDRINUSE ? " (set server.port to a free one)" : "");
		return -1;
	}
	int opened = fd;
	fd = -1;
	return opened;
}

int gw_listen(const char *host, int port, int *port_out, struct gw_error *err)
{
	__attribute__((cleanup(free_addresses))) struct addrinfo *list = NULL;
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	char service[16];
	snprintf(service, sizeof(service), "%d", port);
	int failure = getaddrinfo(host, service, &hints, &list);
	if (failure) {
		gw_fail(err, GW_INVALID, "server.host: %s: %s", host, gai_strerror(failure));
		return -1;
	}
	if (!gw_guard_is_loopback(list->ai_addr)) {
		gw_fail(err, GW_INVALID,
			"server.host: %s is reached from other machines; without accounts only a "
			"loopback address such as 127.0.0.1 is allowed",
			host);
		return -1;
	}
	int fd = open_socket(list, host, port, err);
	if (fd >= 0)
		*port_out = bound_port(fd);
	return fd;
}

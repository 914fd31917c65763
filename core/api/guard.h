/* guard.h - refusing requests that a web page of somebody else may have made
 *
 * There are no accounts yet: whoever reaches the port may do everything. So the server listens on
 * this machine only, answers only to its own names, and only to pages that it served itself. */
#ifndef GW_API_GUARD_H
#define GW_API_GUARD_H

#include <godwit/text.h>

#include <sys/socket.h>

/* host and origin are the headers' values, NULL if absent; url is server.url or NULL. GW_DENIED
 * names what was wrong. */
GW_EXPORT bool gw_guard_check(const char *host, const char *origin, const char *url,
	struct gw_error *err);
/* Whether an address to listen on is reached from this machine only. */
GW_EXPORT bool gw_guard_is_loopback(const struct sockaddr *address);

#endif

/* guard.c - refusing requests that a web page of somebody else may have made */
#include "api/guard.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>

static const char *const own_names[] = { "localhost", "127.0.0.1", "[::1]" };

/* "host:port" of "scheme://host:port/path"; data NULL if it is not of this form. */
static struct gw_slice url_authority(const char *url)
{
	const char *at = url ? strstr(url, "://") : NULL;
	if (!at)
		return gw_slice(NULL, 0);
	return gw_slice(at + 3, strcspn(at + 3, "/"));
}

/* "host" of "host:port"; an IPv6 address keeps its brackets. */
static struct gw_slice host_name(struct gw_slice authority)
{
	const char *end = NULL;
	if (authority.len && authority.data[0] == '[')
		end = memchr(authority.data, ']', authority.len);
	size_t skip = end ? (size_t)(end - authority.data) : 0;
	const char *colon =
		authority.len ? memchr(authority.data + skip, ':', authority.len - skip) : NULL;
	return colon ? gw_slice(authority.data, (size_t)(colon - authority.data)) : authority;
}

static bool same_text(struct gw_slice a, struct gw_slice b)
{
	return a.len == b.len && a.len && strncasecmp(a.data, b.data, a.len) == 0;
}

static bool is_own_host(struct gw_slice authority, const char *url)
{
	struct gw_slice name = host_name(authority);
	for (size_t i = 0; i < GW_LEN(own_names); i++)
		if (same_text(name, gw_slice_of(own_names[i])))
			return true;
	return same_text(name, host_name(url_authority(url)));
}

bool gw_guard_check(const char *host, const char *origin, const char *url, struct gw_error *err)
{
	struct gw_slice authority = gw_slice_of(host);
	if (!host || !is_own_host(authority, url))
		return gw_fail(err, GW_DENIED,
			"the header Host: %s names neither localhost nor server.url",
			host ? host : "(none)");
	if (!origin)
		return true;
	struct gw_slice from = url_authority(origin);
	if (same_text(from, authority) || same_text(from, url_authority(url)))
		return true;
	return gw_fail(err, GW_DENIED,
		"the header Origin: %s is not this server: pages of other sites may not use it",
		origin);
}

bool gw_guard_is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
		return ntohl(in->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	}
	if (address->sa_family != AF_INET6)
		return false;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
	return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

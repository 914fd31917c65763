/* client.c - HTTP/1.1 requests, one connection each */
#include "cli/client.h"

#include "base/mem.h"
#include "cli/events.h"
#include "cli/response.h"

#include <ctype.h>
#include <strings.h>

enum { PATIENCE_MS = 60000 };

struct gw_client {
	char *host, *port, *prefix;
	struct gw_str headers;
	int patience_ms;
};

/* ---- The address ---- */

static bool read_port(struct gw_client *client, struct gw_slice text, struct gw_error *err)
{
	if (text.len == 0 || text.len > 5 || strspn(text.data, "0123456789") < text.len)
		return gw_fail(err, GW_BAD_REQUEST, "'%.*s' is no port", GW_SLICE(text));
	client->port = gw_slice_dup(text);
	return true;
}

/* "host", "host:port", "[::1]:port" */
static bool read_authority(struct gw_client *client, struct gw_slice text, struct gw_error *err)
{
	bool bracketed = text.len > 0 && text.data[0] == '[';
	const char *bracket = bracketed ? memchr(text.data, ']', text.len) : NULL;
	const char *from = bracket ? bracket : text.data;
	const char *colon = memchr(from, ':', text.len - (size_t)(from - text.data));
	struct gw_slice host = { text.data, colon ? (size_t)(colon - text.data) : text.len };
	if (bracket)
		host = gw_slice(text.data + 1, (size_t)(bracket - text.data) - 1);
	if (host.len == 0 || bracketed != (bracket != NULL) || memchr(host.data, '@', host.len))
		return gw_fail(err, GW_BAD_REQUEST, "'%.*s' is no host and port", GW_SLICE(text));
	client->host = gw_slice_dup(host);
	if (!colon)
		return read_port(client, gw_slice_of("80"), err);
	return read_port(client, gw_slice(colon + 1, text.len - (size_t)(colon + 1 - text.data)),
		err);
}

static bool read_url(struct gw_client *client, const char *url, struct gw_error *err)
{
	static const char scheme[] = "http://";
	if (strncasecmp(url, "https://", strlen("https://")) == 0)
		return gw_fail(err, GW_BAD_REQUEST,
			"%s: https is not supported here; run the command on the server's machine "
			"with http://localhost, or through a tunnel (ssh -L)",
			url);
	if (strncasecmp(url, scheme, strlen(scheme)) != 0)
		return gw_fail(err, GW_BAD_REQUEST,
			"'%s' is no address such as http://localhost:8080", url);
	const char *authority = url + strlen(scheme);
	size_t n = strcspn(authority, "/");
	size_t prefix = strlen(authority + n);
	while (prefix > 0 && authority[n + prefix - 1] == '/')
		prefix--;
	client->prefix = gw_strndup(authority + n, prefix);
	return read_authority(client, gw_slice(authority, n), err);
}

struct gw_client *gw_client_new(const char *url, struct gw_error *err)
{
	struct gw_client *client = gw_new(struct gw_client);
	client->patience_ms = PATIENCE_MS;
	if (!read_url(client, url, err))
		gw_client_free(&client);
	return client;
}

void gw_client_free(struct gw_client **client)
{
	struct gw_client *freed = gw_steal(client);
	if (!freed)
		return;
	free(freed->host);
	free(freed->port);
	free(freed->prefix);
	gw_str_clear(&freed->headers);
	free(freed);
}

bool gw_client_header(struct gw_client *client, const char *name, const char *value,
	struct gw_error *err)
{
	if (!*name || strpbrk(name, " \t\r\n:") || strpbrk(value, "\r\n"))
		return gw_fail(err, GW_BAD_REQUEST, "'%s: %s' is no header", name, value);
	gw_str_printf(&client->headers, "%s: %s\r\n", name, value);
	return true;
}

void gw_client_patience(struct gw_client *client, int ms)
{
	client->patience_ms = ms;
}

void gw_reply_clear(struct gw_reply *reply)
{
	gw_str_clear(&reply->body);
}

void gw_url_encode(struct gw_str *out, struct gw_slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if (c < 128 && (isalnum(c) || strchr("-._~", c)) && c != '\0')
			gw_str_putc(out, (char)c);
		else
			gw_str_printf(out, "%%%02X", c);
	}
}

/* ---- The request ---- */

static bool send_request(struct gw_client *client, const struct gw_call *call, struct gw_wire *wire,
	struct gw_error *err)
{
	gw_auto_str head = { 0 };
	bool v6 = strchr(client->host, ':') != NULL;
	gw_str_printf(&head, "%s %s%s HTTP/1.1\r\nHost: %s%s%s:%s\r\nConnection: close\r\n",
		call->method, client->prefix, call->path, v6 ? "[" : "", client->host,
		v6 ? "]" : "", client->port);
	gw_str_add(&head, client->headers.data, client->headers.len);
	if (call->type)
		gw_str_printf(&head, "Content-Type: %s\r\n", call->type);
	if (call->type || strcmp(call->method, "GET") != 0)
		gw_str_printf(&head, "Content-Length: %zu\r\n", call->body.len);
	gw_str_puts(&head, "\r\n");
	wire->patience_ms = client->patience_ms;
	return gw_wire_open(wire, client->host, client->port, err) &&
	       gw_wire_send(wire, gw_str_slice(&head), err) && gw_wire_send(wire, call->body, err);
}

/* ---- Calls ---- */

bool gw_client_call(struct gw_client *client, const struct gw_call *call, struct gw_reply *reply,
	struct gw_error *err)
{
	gw_auto_response r = { .wire.fd = -1 };
	if (!send_request(client, call, &r.wire, err) || !gw_response_start(&r, err) ||
		!gw_response_read(&r, &reply->body, err))
		return false;
	reply->status = r.status;
	return true;
}

static bool read_events(struct gw_response *r, const struct gw_listener *listener,
	struct gw_error *err)
{
	gw_auto_events events = { .listener = listener };
	char part[16384];
	for (;;) {
		if (!gw_wire_ready(&r->wire, listener->idle_ms)) {
			if (!listener->event(listener->arg, gw_slice(NULL, 0), gw_slice(NULL, 0)))
				return true;
			continue;
		}
		ssize_t n = gw_response_take(r, part, sizeof(part), err);
		if (n <= 0)
			return n == 0;
		if (!gw_events_feed(&events, gw_slice(part, (size_t)n)))
			return true;
	}
}

bool gw_client_stream(struct gw_client *client, const char *path,
	const struct gw_listener *listener, struct gw_reply *reply, struct gw_error *err)
{
	const struct gw_call call = { "GET", path, NULL, { NULL, 0 } };
	gw_auto_response r = { .wire.fd = -1 };
	if (!send_request(client, &call, &r.wire, err) || !gw_response_start(&r, err))
		return false;
	reply->status = r.status;
	if (r.status == 200)
		return read_events(&r, listener, err);
	return gw_response_read(&r, &reply->body, err);
}

/* client.h - HTTP/1.1 requests to a Godwit or Kestra server */
#ifndef GW_CLI_CLIENT_H
#define GW_CLI_CLIENT_H

#include <godwit/text.h>

struct gw_client;

/* url is "http://host:port/prefix"; https is refused with a message that says what to do. */
GW_EXPORT struct gw_client *gw_client_new(const char *url, struct gw_error *err);
GW_EXPORT void gw_client_free(struct gw_client **client);
/* Sent with every request. GW_BAD_REQUEST for what cannot be a header. */
GW_EXPORT bool gw_client_header(struct gw_client *client, const char *name, const char *value,
	struct gw_error *err);
/* How long it waits for the next byte; 60 s unless set. */
GW_EXPORT void gw_client_patience(struct gw_client *client, int ms);

struct gw_call {
	const char *method;
	const char *path; /* with its query, encoded; begins with "/" */
	const char *type; /* of the body; NULL = no body */
	struct gw_slice body;
};

struct gw_reply {
	int status;
	struct gw_str body;
};

GW_EXPORT void gw_reply_clear(struct gw_reply *reply);
#define gw_auto_reply __attribute__((cleanup(gw_reply_clear))) struct gw_reply

/* True whatever the status is. */
GW_EXPORT bool gw_client_call(struct gw_client *client, const struct gw_call *call,
	struct gw_reply *reply, struct gw_error *err);

/* Follows an event stream until it ends or event returns false. id and data are borrowed; both
 * have data NULL when nothing came for idle_ms. A status other than 200 ends it with a reply. */
struct gw_listener {
	int idle_ms;
	bool (*event)(void *arg, struct gw_slice id, struct gw_slice data);
	void *arg;
};

GW_EXPORT bool gw_client_stream(struct gw_client *client, const char *path,
	const struct gw_listener *listener, struct gw_reply *reply, struct gw_error *err);

/* Adds a text with all but letters, digits and "-._~" as %XX. */
GW_EXPORT void gw_url_encode(struct gw_str *out, struct gw_slice text);

#endif

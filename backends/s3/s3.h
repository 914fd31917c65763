/* s3.h - what the files of this backend share: settings, requests, writing */
#ifndef GW_BACKENDS_S3_S3_H
#define GW_BACKENDS_S3_S3_H

#include "backends/s3/sign.h"

#include <godwit/storage.h>

/* Texts are owned. */
struct settings {
	char *bucket, *region, *endpoint;
	char *access_key, *secret_key, *session_token;
	char *credentials_file, *profile;
	char *ca_file, *temporary_folder;
	int64_t path_style, verify; /* 0 or 1 */
	int64_t part_mb;
	int64_t attempts;
	int64_t connect_timeout, stall_timeout; /* us */
};

struct http;

struct gw_depot {
	struct settings settings;
	struct keys keys;
	struct http *http;
};

/* ---- Requests (http.c) ---- */

/* Connections to the bucket; keys and settings stay the caller's. */
struct http *http_open(const struct settings *settings, const struct keys *keys,
	struct gw_error *err);
void http_close(struct http *http);
const char *http_where(const struct http *http); /* the bucket's address */

/* A header of objects that says which writing made them. */
#define MARK_HEADER "x-amz-meta-godwit-write"
#define MARK_TEXT 33

struct call {
	const char *method;
	const char *key; /* "tenant/a/b"; NULL = the bucket itself */
	const char *query; /* escaped, ordered by name; NULL = none */
	struct gw_slice body;
	const char *mark; /* NULL = none */
	bool only_new; /* refused with 412 if there is an object */
	int fd; /* gets the content of a GET, at its start; 0 = it goes into the reply */
	int64_t bytes; /* of which only this many are wanted */
};

struct reply {
	long status;
	struct gw_str body;
	int64_t length; /* of the content, as the server says */
	char etag[128];
	char mark[MARK_TEXT];
	unsigned tries; /* how often the request was sent */
};

/* True: there is an answer, whatever its status; free its body. Sends again, after growing pauses,
 * what had no answer or one that asks for patience; content that was cut off goes on where it was.
 * False with GW_UNAVAILABLE: no answer came. */
bool http_call(struct http *http, const struct call *call, struct reply *reply,
	struct gw_error *err);
/* What a status other than 2xx means; what is its subject. Always false. */
bool http_fail(const struct reply *reply, const char *what, struct gw_error *err);
/* http_call, and false with the reason unless the status is 2xx. */
bool http_demand(struct http *http, const struct call *call, const char *what, struct reply *reply,
	struct gw_error *err);

static inline bool http_is_fine(const struct reply *reply)
{
	return reply->status >= 200 && reply->status < 300;
}

/* ---- Writing (write.c) ---- */

struct gw_delivery *s3_begin(struct gw_depot *depot, const struct gw_file_name *name,
	struct gw_error *err);
bool s3_write(struct gw_delivery *delivery, struct gw_slice part, struct gw_error *err);
bool s3_publish(struct gw_delivery *delivery, bool may_replace, struct gw_error *err);
void s3_abandon(struct gw_delivery *delivery);

#endif

/* http.h - requests to one of several hosts, over connections that stay open */
#ifndef GW_BACKENDS_ELASTICSEARCH_HTTP_H
#define GW_BACKENDS_ELASTICSEARCH_HTTP_H

#include <godwit/thread.h>

/* The settings; texts are owned. */
struct settings {
	char *hosts; /* separated by commas */
	char *username, *password, *api_key, *ca_file;
	char *prefix;
	char *refresh_interval;
	int64_t verify, gzip; /* 0 or 1 */
	int64_t connections;
	int64_t shards, replicas; /* replicas -1 = one if there are two nodes */
	int64_t bulk_mb;
	int64_t connect_timeout, request_timeout; /* us */
};

struct http;

struct http *http_open(const struct settings *settings, struct gw_error *err);
void http_close(struct http *http);
const char *http_host(struct http *http); /* the one in use */

struct request {
	const char *method; /* NULL = POST */
	const char *path; /* with its query, after the host */
	struct gw_slice body; /* data NULL = none */
	/* Its effect must not come twice: it is never sent again once a byte of it left. */
	bool once;
};

struct answer {
	long status;
	struct gw_str body;
	gw_time date; /* of the header Date; GW_NEVER = there was none */
};

/* True: there is an answer, whatever its status; free its body. False with GW_UNAVAILABLE: none
 * came. Tries each host. Requests that are not once are sent again after 429, 502, 503 and 504,
 * those that are after 429, with growing pauses while the time for a request lasts. */
bool http_send(struct http *http, const struct request *request, struct answer *answer,
	struct gw_error *err);

#endif

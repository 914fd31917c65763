/* client.h - the same request again and again, over many connections at once */
#ifndef GW_BENCH_CLIENT_H
#define GW_BENCH_CLIENT_H

#include <godwit/text.h>

#include <netinet/in.h>

#define BENCH_TARGETS 4

/* In path and body every "%N" is replaced by the number of the request. */
struct bench_load {
	struct sockaddr_in targets[BENCH_TARGETS]; /* connections are spread over them */
	size_t n_targets;
	const char *headers; /* whole lines, each with its end; NULL = none */
	const char *method, *path;
	const char *type, *body; /* NULL = none */
	size_t connections, count;
	double rate; /* requests a second; 0 = as fast as answers come */
};

struct bench_loaded {
	size_t n_failed; /* answers that are not 2xx */
	double seconds;
	double p50_ms, p99_ms, max_ms; /* from when a request was due to the end of its answer */
};

/* "http://127.0.0.1:8080": the host is an address or a name. */
bool bench_resolve(const char *url, struct sockaddr_in *out, struct gw_error *err);
/* One thread. False if something failed, also if answers are not 2xx: then out is filled. */
bool bench_load(const struct bench_load *load, struct bench_loaded *out, struct gw_error *err);

#endif

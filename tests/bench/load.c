/* load.c - loads a server with one request, by hand
 *
 *   load URL METHOD PATH CONNECTIONS COUNT [RATE [BODY-FILE [CONTENT-TYPE]]]
 *
 * RATE is requests a second (0 = as fast as answers come). In PATH and body, every "%N" is replaced
 * by the number of the request. Prints one JSON object. */
#include "tests/bench/client.h"

#include "base/fd.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	struct gw_error err = { .message = "usage: load URL METHOD PATH CONNECTIONS COUNT "
					   "[RATE [BODY-FILE [CONTENT-TYPE]]]" };
	gw_auto_str body = { 0 };
	struct bench_loaded done = { 0 };
	struct bench_load load = { .n_targets = 1,
		.type = argc > 8 ? argv[8] : "application/json" };
	bool ok = argc >= 6 && bench_resolve(argv[1], &load.targets[0], &err);
	if (ok && argc > 7)
		ok = gw_file_read(argv[7], 1 << 20, &body, &err);
	if (ok) {
		load.method = argv[2];
		load.path = argv[3];
		load.connections = strtoul(argv[4], NULL, 10);
		load.count = strtoul(argv[5], NULL, 10);
		load.rate = argc > 6 ? strtod(argv[6], NULL) : 0;
		load.body = body.len ? gw_str_text(&body) : NULL;
		ok = bench_load(&load, &done, &err);
	}
	if (!ok)
		fprintf(stderr, "%s\n", err.message);
	if (done.seconds > 0)
		printf("{\"count\":%zu,\"failed\":%zu,\"seconds\":%.3f,\"rate\":%.1f,"
		       "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
			load.count, done.n_failed, done.seconds, (double)load.count / done.seconds,
			done.p50_ms, done.p99_ms, done.max_ms);
	return ok ? 0 : 1;
}

/* process.c - measures of a server that has nothing to do */
#include "tests/bench/bench.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tests/bench/quantile.h"
#include "tests/lib/proxy.h"

#include <poll.h>

enum { SETTLE_MS = 3000 };

static bool run_cold(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	const struct bench_options again = { .keep_store = true };
	gw_auto_free double *ms = gw_new_array(double, n);
	if (!bench_open(b, NULL, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!bench_open(b, &again, err))
			return false;
		ms[i] = b->nodes[0].start_ms;
	}
	bench_sort(ms, n);
	double p50 = bench_quantile(ms, n, 0.5), p99 = bench_quantile(ms, n, 0.99);
	*out = (struct bench_figure){ .value = p50, .p50 = p50, .p99 = p99 };
	return true;
}

/* n seconds of idleness. */
static bool observe(struct bench *b, size_t n, struct gw_proxy *proxy, struct bench_figure *out)
{
	const struct bench_node *node = &b->nodes[0];
	poll(NULL, 0, SETTLE_MS);
	out[0].value = bench_node_memory(node);
	double used = bench_node_processor_time(node);
	size_t asked = proxy ? gw_proxy_requests(proxy) : 0;
	int64_t began = gw_clock_boot();
	poll(NULL, 0, (int)n * 1000);
	double seconds = (double)(gw_clock_boot() - began) / 1e6;
	out[1].value = (bench_node_processor_time(node) - used) / seconds * 100;
	if (proxy)
		out[2].value = (double)(gw_proxy_requests(proxy) - asked) / seconds;
	return true;
}

static bool run_idle(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	struct gw_proxy *proxy = b->database_port ? gw_proxy_open(b->database_port, err) : NULL;
	if (b->database_port && !proxy)
		return false;
	const struct bench_options options = {
		.database_port = proxy ? gw_proxy_port(proxy) : 0,
	};
	bool ok = bench_open(b, &options, err) && observe(b, n, proxy, out);
	bench_close(b);
	if (proxy)
		gw_proxy_close(proxy);
	return ok;
}

const struct bench_row bench_process_rows[] = {
	{ "cold-start", "start of the program to first answer", "ms", .goal = 50,
		.own_server = true, .n = { 1, 20, 100 }, .run = run_cold },
	{ "idle-memory", "memory of all processes, idle (PSS)", "MB", .goal = 20,
		.own_server = true, .n = { 1, 10, 60 }, .run = run_idle, .figure = 0 },
	{ "idle-processor", "processor time, idle", "% of a core", .goal = 0.1, .own_server = true,
		.n = { 1, 10, 60 }, .run = run_idle, .figure = 1 },
	{ "idle-queries", "queries to the database, idle", "/s", .goal = 1, .own_server = true,
		.database = true, .n = { 1, 10, 60 }, .run = run_idle, .figure = 2 },
	{ 0 },
};

/* rate.c - measures of load: as fast as it goes, and at half of that */
#include "tests/bench/bench.h"

#include "base/mem.h"

/* How many connections a load has whose requests come when they are due, whatever is unanswered. */
#define OPEN_CONNECTIONS 128

/* The rate, the memory afterwards, and the time from POST to end at half of the rate. */
static bool run_two_logs(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	struct bench_figure paced;
	if (!bench_open(b, NULL, err) || !bench_two_logs(b, n, &out[0], err))
		return false;
	out[1].value = bench_node_memory(&b->nodes[0]);
	gw_auto_free char *path =
		gw_sprintf("/api/v1/main/executions/%s/two?wait=true", b->namespace);
	const struct bench_load load = { .method = "POST",
		.path = path,
		.connections = OPEN_CONNECTIONS,
		.count = n / 4 + 1,
		.rate = out[0].value / 2 };
	if (!bench_rate(b, &load, &paced, err))
		return false;
	out[2] = (struct bench_figure){ .value = paced.p50, .p50 = paced.p50, .p99 = paced.p99 };
	return true;
}

static bool run_flows(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	if (!bench_open(b, NULL, err))
		return false;
	gw_auto_free char *source = gw_sprintf(
		"id: flow-%%N\nnamespace: %s\ntasks:\n"
		"  - {id: hello, type: io.kestra.plugin.core.log.Log, message: Hello %%N}\n",
		b->namespace);
	const struct bench_load load = { .method = "POST",
		.path = "/api/v1/main/flows",
		.type = "application/x-yaml",
		.body = source,
		.connections = 16,
		.count = n };
	return bench_rate(b, &load, out, err);
}

const struct bench_row bench_rate_rows[] = {
	{ "two-logs", "flow of two Log tasks, 16 clients, until all are SUCCESS", "/s",
		.goal = 10000, .goal_sqlite = 8000, .goal_share = 0.4, .yardstick = BENCH_BARE,
		.more_is_better = true, .n = { 200, 20000, 100000 }, .run = run_two_logs,
		.figure = 0 },
	{ "two-logs-memory", "memory of all processes after it", "MB", .goal = 64,
		.own_server = true, .n = { 200, 20000, 100000 }, .run = run_two_logs, .figure = 1 },
	{ "two-logs-half", "POST to end at half that load", "ms", .goal = 8, .goal_p99 = 25,
		.n = { 200, 20000, 100000 }, .run = run_two_logs, .figure = 2 },
	{ "flows", "flows created over the API by 16 clients", "/s", .goal = 3000,
		.yardstick = BENCH_LOOPBACK, .more_is_better = true, .n = { 50, 5000, 20000 },
		.run = run_flows },
	{ 0 },
};

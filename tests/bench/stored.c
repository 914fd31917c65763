/* stored.c - measures of large repositories, and of two nodes that share one */
#include "tests/bench/bench.h"

#include "base/mem.h"

#include <stdio.h>

enum { RATED = 20000, SEARCHES = 50 };

/* Executions written past the server, through the backend. */
static bool fill_store(struct bench *b, size_t n, struct gw_error *err)
{
	char program[] = "tests/bench/bare", count[24], threads[] = "2", groups[] = "500";
	gw_auto_str text = { 0 }, output = { 0 };
	json_auto_t *settings = bench_settings(b, 0);
	gw_json_print(&text, settings);
	snprintf(count, sizeof(count), "%zu", n);
	gw_auto_free char *backend = gw_strdup(b->backend), *json = gw_str_steal(&text);
	char *const argv[] = { program, backend, json, count, threads, groups, NULL };
	return bench_program(b, argv, &output, err);
}

/* The first page of a filtered search. */
static bool search(struct bench *b, struct bench_figure *out, struct gw_error *err)
{
	struct bench_figure found;
	const struct bench_load load = { .method = "GET",
		.path = "/api/v1/main/executions/search?page=1&size=25&sort=state.startDate:desc"
			"&filters[namespace][EQUALS]=company.team&filters[state][EQUALS]=SUCCESS",
		.connections = 1,
		.count = SEARCHES };
	if (!bench_rate(b, &load, &found, err))
		return false;
	*out = (struct bench_figure){ .value = found.p50, .p50 = found.p50, .p99 = found.p99 };
	return true;
}

static bool run_stored(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	const struct bench_options kept = { .keep_store = true };
	size_t rated = n < RATED ? n : RATED;
	struct bench_figure empty, full;
	if (!bench_open(b, NULL, err) || !bench_two_logs(b, rated, &empty, err) ||
		!bench_open(b, NULL, err))
		return false;
	bench_close(b); /* the store is there, and empty */
	if (!fill_store(b, n, err) || !bench_open(b, &kept, err) || !search(b, &out[1], err) ||
		!bench_two_logs(b, rated, &full, err))
		return false;
	out[0].value = full.value / empty.value * 100;
	return true;
}

/* bench_two_logs fails if there are more executions than requests. */
static bool run_nodes(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	struct bench_figure one, two;
	if (!bench_open(b, NULL, err) || !bench_two_logs(b, n, &one, err))
		return false;
	if (!bench_open(b, NULL, err) || !bench_open_second(b, err) ||
		!bench_two_logs(b, n, &two, err))
		return false;
	out[0].value = two.value / one.value * 100;
	return true;
}

const struct bench_row bench_stored_rows[] = {
	{ "stored", "rate of two-logs with that many stored, of the rate without", "%", .goal = 90,
		.more_is_better = true, .own_server = true, .lasting = true,
		.n = { 0, 200000, 10000000 }, .run = run_stored, .figure = 0 },
	{ "stored-search", "first page of a filtered search then", "ms", .goal = 20,
		.own_server = true, .lasting = true, .n = { 0, 200000, 10000000 },
		.run = run_stored, .figure = 1 },
	{ "two-nodes", "rate of two-logs on two nodes, of the rate on one", "%", .goal = 100,
		.more_is_better = true, .own_server = true, .database = true,
		.n = { 0, 20000, 100000 }, .run = run_nodes },
	{ 0 },
};

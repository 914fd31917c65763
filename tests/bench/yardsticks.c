/* yardsticks.c - what the machine and the backend can do with nothing around them */
#include "tests/bench/bench.h"
#include "tests/bench/plain.h"

#include "base/fd.h"
#include "base/mem.h"

#include <stdio.h>

/* The rows that executions need, written by a loop over the backend's own write. */
static bool run_bare(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	char program[] = "tests/bench/bare", count[24];
	gw_auto_str text = { 0 }, output = { 0 };
	bench_next_store(b);
	json_auto_t *settings = bench_settings(b, 0);
	gw_auto_free char *folder = gw_sprintf("%s/%u", b->folder, b->store);
	gw_json_print(&text, settings);
	snprintf(count, sizeof(count), "%zu", n);
	gw_auto_free char *backend = gw_strdup(b->backend), *json = gw_str_steal(&text);
	char *const argv[] = { program, backend, json, count, NULL };
	return gw_dir_make(folder, err) && bench_program(b, argv, &output, err) &&
	       (sscanf(gw_str_text(&output), "%*[^:]: %lf", &out->value) == 1 ||
		       gw_fail(err, GW_INTERNAL, "bare says %s", gw_str_text(&output)));
}

static bool run_spawn(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	(void)b;
	(void)err;
	out->value = bench_spawn_rate((int)n);
	return true;
}

static bool run_loopback(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	const struct bench_load load = {
		.method = "GET", .path = "/api/v1/configs", .connections = 16, .count = n
	};
	return bench_open(b, NULL, err) && bench_rate(b, &load, out, err);
}

const struct bench_row bench_yardstick_rows[] = {
	[BENCH_BARE - 1] = { "bare", "executions written by a loop over the backend", "/s",
		.more_is_better = true, .own_server = true, .n = { 200, 20000, 100000 },
		.run = run_bare },
	[BENCH_SPAWN - 1] = { "spawn", "posix_spawn of /bin/true", "/s", .more_is_better = true,
		.n = { 50, 2000, 10000 }, .run = run_spawn },
	[BENCH_LOOPBACK - 1] = { "loopback", "GET of a small answer by 16 clients", "/s",
		.more_is_better = true, .n = { 200, 50000, 200000 }, .run = run_loopback },
	{ 0 },
};

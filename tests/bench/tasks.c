/* tasks.c - measures of tasks that are processes */
#include "tests/bench/bench.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHELL                                             \
	"type: io.kestra.plugin.scripts.shell.Commands, " \
	"taskRunner: {type: io.kestra.plugin.core.runner.Process}"
#define SLEEPERS_LIMIT (120 * GW_SECOND)

/* Creates a flow that runs a task n times, as many at once as the server lets. */
static bool create_many(struct bench *b, size_t n, const char *task, struct gw_error *err)
{
	gw_auto_str flow = { 0 };
	gw_str_puts(&flow, "tasks:\n  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n"
			   "    concurrencyLimit: 0\n    values: [0");
	for (size_t i = 1; i < n; i++)
		gw_str_printf(&flow, ",%zu", i);
	gw_str_printf(&flow, "]\n    tasks: [{id: run, %s}]\n", task);
	return bench_flow(b, "many", gw_str_text(&flow), err);
}

static bool run_many(struct bench *b, size_t n, const char *task, struct bench_figure *out,
	struct gw_error *err)
{
	double ms, used = bench_processor_time(b);
	if (!create_many(b, n, task, err) || !bench_execute(b, "many", &ms, err))
		return false;
	*out = (struct bench_figure){
		.value = (double)n / ms * 1e3,
		.processor_us = (bench_processor_time(b) - used) / (double)n * 1e6,
	};
	return true;
}

static bool run_true(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	return bench_open(b, NULL, err) && run_many(b, n, SHELL ", commands: [\"true\"]", out, err);
}

/* A task of a third party's module. */
static bool run_isolated(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	gw_auto_free char *folder = gw_sprintf("%s/plugins", b->folder);
	gw_auto_free char *link = gw_sprintf("%s/nothing.so", folder);
	gw_auto_free char *module = gw_sprintf("%s/tests/bench/.libs/nothing.so", b->build);
	if (!gw_dir_make(folder, err))
		return false;
	if (symlink(module, link) != 0 && errno != EEXIST)
		return gw_fail_errno(err, errno, "%s", link);
	return bench_open(b, &(struct bench_options){ .plugins = folder }, err) &&
	       run_many(b, n, "type: bench.Nothing", out, err);
}

/* ---- Many at once ---- */

/* Each task adds a byte to a file when it runs. */
static bool await_bytes(const char *path, size_t n, struct gw_error *err)
{
	struct stat file = { 0 };
	int64_t began = gw_clock_boot();
	while (stat(path, &file) != 0 || (size_t)file.st_size < n) {
		if (gw_clock_boot() - began > SLEEPERS_LIMIT)
			return gw_fail(err, GW_UNAVAILABLE, "%zu tasks of %zu run",
				(size_t)file.st_size, n);
		poll(NULL, 0, 2);
	}
	return true;
}

static bool run_sleepers(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	const struct bench_options options = { .threads = (unsigned)n };
	gw_auto_free char *file = gw_sprintf("%s/awake-%u", b->folder, b->store);
	gw_auto_free char *task =
		gw_sprintf(SHELL ", commands: [\"printf x >>%s; exec sleep 600\"]", file);
	if (!bench_open(b, &options, err) || !create_many(b, n, task, err))
		return false;
	gw_auto_free char *path = gw_sprintf("/api/v1/main/executions/%s/many", b->namespace);
	int64_t began = gw_clock_boot();
	const struct gw_call call = { .method = "POST", .path = path };
	if (!bench_call(b, &call, NULL, err) || !await_bytes(file, n, err))
		return false;
	out[0].value = (double)(gw_clock_boot() - began) / 1e3;
	out[1].value = bench_node_server_memory(&b->nodes[0]);
	gw_auto_free char *kill =
		gw_sprintf("/api/v1/main/executions/kill/by-query?namespace=%s", b->namespace);
	return bench_call(b, &(struct gw_call){ .method = "DELETE", .path = kill }, NULL, err);
}

const struct bench_row bench_task_rows[] = {
	{ "shell", "shell tasks `true`", "/s", .goal_share = 0.8, .yardstick = BENCH_SPAWN,
		.more_is_better = true, .n = { 20, 2000, 10000 }, .run = run_true },
	{ "isolated", "isolated C tasks", "/s", .goal = 1500, .yardstick = BENCH_SPAWN,
		.more_is_better = true, .own_server = true, .n = { 0, 2000, 10000 },
		.run = run_isolated },
	{ "sleepers", "shell tasks that sleep, at once: until all run", "ms", .goal = 2000,
		.own_server = true, .n = { 0, 1000, 1000 }, .run = run_sleepers, .figure = 0 },
	{ "sleepers-memory", "memory of the server meanwhile", "MB", .goal = 100,
		.own_server = true, .n = { 0, 1000, 1000 }, .run = run_sleepers, .figure = 1 },
	{ 0 },
};

/* shapes.c - measures of single executions, by the shape of their flow */
#include "tests/bench/bench.h"

#include "base/mem.h"

#define LOG "io.kestra.plugin.core.log.Log"
#define RETURN "io.kestra.plugin.core.debug.Return"

static bool run_wait(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	return bench_open(b, NULL, err) &&
	       bench_flow(b, "wait", "tasks:\n  - {id: one, type: " LOG ", message: Hello}\n",
		       err) &&
	       bench_execute_often(b, "wait", n, out, err);
}

/* Five If, each with one task. */
static bool run_branches(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	gw_auto_str flow = { 0 };
	gw_str_puts(&flow, "tasks:\n");
	for (int i = 0; i < 5; i++)
		gw_str_printf(&flow,
			"  - id: if%d\n    type: io.kestra.plugin.core.flow.If\n"
			"    condition: \"{{ 1 < 2 }}\"\n"
			"    then: [{id: log%d, type: " LOG ", message: \"branch %d\"}]\n",
			i, i, i);
	if (!bench_open(b, NULL, err) || !bench_flow(b, "branches", gw_str_text(&flow), err))
		return false;
	gw_auto_free char *path =
		gw_sprintf("/api/v1/main/executions/%s/branches?wait=true", b->namespace);
	const struct bench_load load = {
		.method = "POST", .path = path, .connections = 64, .count = n
	};
	return bench_rate(b, &load, out, err);
}

/* A flow of 40 tasks in sequence, made of one text with the number of the task in it. */
static bool run_sequence(struct bench *b, const char *task, size_t n, struct bench_figure *out,
	struct gw_error *err)
{
	gw_auto_str flow = { 0 };
	gw_str_puts(&flow, "tasks:\n");
	for (int i = 0; i < 40; i++)
		gw_str_printf(&flow, "  - {id: task%d, %s}\n", i, task);
	return bench_open(b, NULL, err) && bench_flow(b, "sequence", gw_str_text(&flow), err) &&
	       bench_execute_often(b, "sequence", n, out, err);
}

static bool run_returns(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	return run_sequence(b, "type: " RETURN ", format: \"{{ task.id }}\"", n, out, err);
}

static bool run_shells(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	return run_sequence(b,
		"type: io.kestra.plugin.scripts.shell.Commands, "
		"taskRunner: {type: io.kestra.plugin.core.runner.Process}, "
		"commands: [sleep 0.01]",
		n, out, err);
}

static bool run_for_each(struct bench *b, int values, size_t n, struct bench_figure *out,
	struct gw_error *err)
{
	gw_auto_str flow = { 0 };
	gw_str_puts(&flow, "tasks:\n  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n"
			   "    concurrencyLimit: 0\n    values: [0");
	for (int i = 1; i < values; i++)
		gw_str_printf(&flow, ",%d", i);
	gw_str_puts(&flow,
		"]\n    tasks: [{id: give, type: " RETURN ", format: \"{{ taskrun.value }}\"}]\n");
	return bench_open(b, NULL, err) && bench_flow(b, "each", gw_str_text(&flow), err) &&
	       bench_execute_often(b, "each", n, out, err);
}

static bool run_hundred(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	return run_for_each(b, 100, n, out, err);
}

static bool run_ten_thousand(struct bench *b, size_t n, struct bench_figure *out,
	struct gw_error *err)
{
	return run_for_each(b, 10000, n, out, err);
}

const struct bench_row bench_shape_rows[] = {
	{ "wait", "POST with wait=true to answer, idle server", "ms", .goal = 3, .goal_p99 = 10,
		.n = { 20, 500, 2000 }, .run = run_wait },
	{ "branches", "10 task runs in 5 branches", "/s", .goal = 3000, .more_is_better = true,
		.n = { 50, 5000, 50000 }, .run = run_branches },
	{ "returns", "40 Return tasks in sequence", "ms", .goal = 10, .n = { 2, 50, 200 },
		.run = run_returns },
	{ "shells", "40 shell tasks `sleep 0.01` in sequence", "ms", .goal = 500, .n = { 0, 5, 20 },
		.run = run_shells },
	{ "each-100", "ForEach over 100 values, one Return each", "ms", .goal = 12,
		.n = { 2, 50, 200 }, .run = run_hundred },
	{ "each-10000", "ForEach over 10,000 values", "ms", .goal = 1000, .n = { 0, 3, 10 },
		.run = run_ten_thousand },
	{ 0 },
};

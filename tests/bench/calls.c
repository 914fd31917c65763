/* calls.c - what the benchmark asks servers through their public API */
#include "tests/bench/bench.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tests/bench/quantile.h"

#include <poll.h>
#include <stdio.h>

enum { CLIENTS = 16, PAGE = 10000 };

bool bench_call(struct bench *b, const struct gw_call *call, struct gw_str *out,
	struct gw_error *err)
{
	gw_auto_reply reply = { 0 };
	if (!gw_client_call(b->client, call, &reply, err))
		return gw_explain(err, "%s %s", call->method, call->path);
	if (reply.status / 100 != 2)
		return gw_fail(err, GW_INTERNAL, "%s %s: status %d: %.200s", call->method,
			call->path, reply.status, gw_str_text(&reply.body));
	if (out)
		gw_str_add(out, gw_str_text(&reply.body), reply.body.len);
	return true;
}

bool bench_flow(struct bench *b, const char *id, const char *rest, struct gw_error *err)
{
	gw_auto_free char *source =
		gw_sprintf("id: %s\nnamespace: %s\n%s\n", id, b->namespace, rest);
	return bench_call(b,
		&(struct gw_call){ .method = "POST",
			.path = "/api/v1/main/flows",
			.type = "application/x-yaml",
			.body = gw_slice_of(source) },
		NULL, err);
}

json_t *bench_get(struct bench *b, const char *path, struct gw_error *err)
{
	gw_auto_str body = { 0 };
	const struct gw_call call = { .method = "GET", .path = path };
	return bench_call(b, &call, &body, err) ? gw_json_parse(gw_str_slice(&body), err) : NULL;
}

/* ---- Executions ---- */

bool bench_execute(struct bench *b, const char *flow, double *out_ms, struct gw_error *err)
{
	gw_auto_str body = { 0 };
	gw_auto_free char *path =
		gw_sprintf("/api/v1/main/executions/%s/%s?wait=true", b->namespace, flow);
	int64_t began = gw_clock_boot();
	const struct gw_call call = { .method = "POST", .path = path };
	if (!bench_call(b, &call, &body, err))
		return false;
	*out_ms = (double)(gw_clock_boot() - began) / 1e3;
	json_auto_t *doc = gw_json_parse(gw_str_slice(&body), err);
	const char *state = gw_json_string(json_object_get(doc, "state"), "current");
	if (doc && state && strcmp(state, "SUCCESS") == 0)
		return true;
	return doc && gw_fail(err, GW_INTERNAL, "%s ends with %s", flow, state ? state : "nothing");
}

bool bench_execute_often(struct bench *b, const char *flow, size_t n, struct bench_figure *out,
	struct gw_error *err)
{
	gw_auto_free double *all = gw_new_array(double, n);
	for (size_t i = 0; i < n; i++)
		if (!bench_execute(b, flow, &all[i], err))
			return false;
	bench_sort(all, n);
	double p50 = bench_quantile(all, n, 0.5), p99 = bench_quantile(all, n, 0.99);
	*out = (struct bench_figure){ .value = p50, .p50 = p50, .p99 = p99 };
	return true;
}

bool bench_count(struct bench *b, const char *flow, const char *state, size_t *out,
	struct gw_error *err)
{
	gw_auto_free char *path = gw_sprintf("/api/v1/main/executions/search?size=1&page=1"
					     "&filters[namespace][EQUALS]=%s"
					     "&filters[flowId][EQUALS]=%s"
					     "&filters[state][EQUALS]=%s",
		b->namespace, flow, state);
	json_auto_t *found = bench_get(b, path, err);
	if (!found)
		return false;
	*out = (size_t)json_integer_value(json_object_get(found, "total"));
	return true;
}

/* Asks less often where counting takes long, so as not to be what is measured. */
bool bench_await_count(struct bench *b, const char *flow, size_t n, struct gw_error *err)
{
	size_t now = 0, before = 0;
	for (int64_t changed = gw_clock_boot(); now < n; before = now) {
		int64_t asked = gw_clock_boot();
		if (!bench_count(b, flow, "SUCCESS", &now, err))
			return false;
		int64_t answered = gw_clock_boot();
		if (now != before)
			changed = answered;
		if (answered - changed > 60 * GW_SECOND)
			return gw_fail(err, GW_UNAVAILABLE, "%s stays at %zu executions of %zu",
				flow, now, n);
		if (now < n)
			poll(NULL, 0, 2 + (int)((answered - asked) / 500));
	}
	return now == n || gw_fail(err, GW_INTERNAL, "%zu executions of %s, not %zu", now, flow, n);
}

/* On all nodes. */
static bool load_nodes(struct bench *b, struct bench_load load, struct bench_loaded *out,
	struct gw_error *err)
{
	load.headers = b->headers;
	if (b->url) {
		load.n_targets = 1;
		return bench_resolve(b->url, &load.targets[0], err) && bench_load(&load, out, err);
	}
	for (size_t i = 0; i < BENCH_NODES; i++)
		if (b->nodes[i].pid &&
			!bench_resolve(b->nodes[i].url, &load.targets[load.n_targets++], err))
			return false;
	return bench_load(&load, out, err);
}

bool bench_rate(struct bench *b, const struct bench_load *load, struct bench_figure *out,
	struct gw_error *err)
{
	struct bench_loaded done;
	double used = bench_processor_time(b), n = (double)load->count;
	if (!load_nodes(b, *load, &done, err))
		return false;
	*out = (struct bench_figure){ .value = n / done.seconds,
		.p50 = done.p50_ms,
		.p99 = done.p99_ms,
		.processor_us = (bench_processor_time(b) - used) / n * 1e6 };
	return true;
}

bool bench_two_logs(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	static const char tasks[] =
		"tasks:\n"
		"  - {id: one, type: io.kestra.plugin.core.log.Log, message: Hello}\n"
		"  - {id: two, type: io.kestra.plugin.core.log.Log, message: Goodbye}\n";
	gw_auto_free char *path = gw_sprintf("/api/v1/main/executions/%s/two", b->namespace);
	const struct bench_load load = {
		.method = "POST", .path = path, .connections = CLIENTS, .count = n
	};
	if (!bench_flow(b, "two", tasks, err))
		return false;
	struct bench_figure posted;
	int64_t began = gw_clock_boot();
	double used = bench_processor_time(b);
	if (!bench_rate(b, &load, &posted, err) || !bench_await_count(b, "two", n, err))
		return false;
	*out = (struct bench_figure){
		.value = (double)n / ((double)(gw_clock_boot() - began) / 1e6),
		.processor_us = (bench_processor_time(b) - used) / (double)n * 1e6,
	};
	return true;
}

/* ---- Schedules ---- */

/* How many ms after its date an execution began; negative if it is no schedule's. */
static double lateness_of(const json_t *execution)
{
	struct gw_error unused;
	gw_time date, start;
	const json_t *variables =
		json_object_get(json_object_get(execution, "trigger"), "variables");
	const char *due = gw_json_string(variables, "date");
	const char *began = gw_json_string(json_object_get(execution, "state"), "startDate");
	if (!due || !began || !gw_time_parse(gw_slice_of(due), gw_zone_utc(), &date, &unused) ||
		!gw_time_parse(gw_slice_of(began), gw_zone_utc(), &start, &unused))
		return -1;
	return (double)(start - date) / 1e3;
}

bool bench_lateness(struct bench *b, gw_time since, size_t at_least, struct bench_figure *out,
	struct gw_error *err)
{
	gw_auto_free double *late = gw_new_array(double, PAGE);
	gw_auto_str from = { 0 };
	size_t i, n = 0;
	json_t *execution;
	gw_time_print(&from, since);
	gw_auto_free char *path = gw_sprintf("/api/v1/main/executions/search?page=1&size=%d"
					     "&filters[namespace][EQUALS]=%s.live"
					     "&filters[startDate][GREATER_THAN_OR_EQUAL_TO]=%s",
		PAGE, b->namespace, gw_str_text(&from));
	json_auto_t *found = bench_get(b, path, err);
	json_array_foreach (json_object_get(found, "results"), i, execution) {
		double ms = lateness_of(execution);
		if (ms >= 0 && n < PAGE)
			late[n++] = ms;
	}
	if (!found)
		return false;
	if (n < at_least)
		return gw_fail(err, GW_INTERNAL, "%zu dates came, not %zu", n, at_least);
	bench_sort(late, n);
	double p50 = bench_quantile(late, n, 0.5), p99 = bench_quantile(late, n, 0.99);
	*out = (struct bench_figure){ .value = p99, .p50 = p50, .p99 = p99 };
	return true;
}

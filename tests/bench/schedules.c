/* schedules.c - measures of schedules and backfills */
#include "tests/bench/bench.h"

#include "base/clock.h"
#include "base/mem.h"

#include <poll.h>

enum { LIVE = 20, DATES_A_SECOND = 500, CREATORS = 16 };
enum { PUNCTUAL_MS = 500, PUNCTUAL_LIMIT_S = 120, LOOK_S = 3 };

/* n flows with ids of their own, all with the same schedule. */
static bool create_scheduled(struct bench *b, size_t n, const char *cron, struct gw_error *err)
{
	static unsigned set;
	struct bench_figure unused;
	gw_auto_free char *source = gw_sprintf(
		"id: live-%u-%%N\nnamespace: %s.live\n"
		"tasks: [{id: log, type: io.kestra.plugin.core.log.Log, message: Hello}]\n"
		"triggers:\n  - {id: schedule, type: io.kestra.plugin.core.trigger.Schedule, "
		"withSeconds: true, timezone: UTC, cron: \"%s\"}\n",
		set++, b->namespace, cron);
	const struct bench_load load = { .method = "POST",
		.path = "/api/v1/main/flows",
		.type = "application/x-yaml",
		.body = source,
		.connections = CREATORS,
		.count = n };
	return bench_rate(b, &load, &unused, err);
}

/* A flow with a date each hour, at a minute that is half an hour away: what comes now is the
 * backfill's alone. */
static bool create_filled(struct bench *b, int minute, struct gw_error *err)
{
	gw_auto_free char *filled = gw_sprintf(
		"tasks: [{id: log, type: io.kestra.plugin.core.log.Log, message: Hello}]\n"
		"triggers:\n  - {id: schedule, type: io.kestra.plugin.core.trigger.Schedule, "
		"timezone: UTC, cron: \"%d * * * *\"}\n",
		minute);
	return bench_flow(b, "filled", filled, err);
}

/* n dates, the last of them yesterday. */
static bool start_backfill(struct bench *b, size_t n, int minute, struct gw_error *err)
{
	gw_auto_str body = { 0 }, start = { 0 }, end = { 0 };
	gw_time hour = 3600 * GW_SECOND;
	gw_time last = (gw_clock_now() / hour - 24) * hour + minute * 60 * GW_SECOND;
	gw_time_print(&start, last - (gw_time)(n - 1) * hour);
	gw_time_print(&end, last);
	gw_str_printf(&body,
		"{\"namespace\":\"%s\",\"flowId\":\"filled\",\"triggerId\":\"schedule\","
		"\"backfill\":{\"start\":\"%s\",\"end\":\"%s\"}}",
		b->namespace, gw_str_text(&start), gw_str_text(&end));
	return bench_call(b,
		&(struct gw_call){ .method = "PUT",
			.path = "/api/v1/main/triggers",
			.type = "application/json",
			.body = gw_str_slice(&body) },
		NULL, err);
}

/* While other schedules come each second. */
static bool run_backfill(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	int minute = (int)(gw_clock_now() / (60 * GW_SECOND) + 30) % 60;
	if (!bench_open(b, NULL, err) || !create_scheduled(b, LIVE, "* * * * * *", err) ||
		!create_filled(b, minute, err))
		return false;
	gw_time since = gw_clock_now();
	double used = bench_processor_time(b);
	if (!start_backfill(b, n, minute, err) || !bench_await_count(b, "filled", n, err))
		return false;
	out[0] = (struct bench_figure){
		.value = (double)n / ((double)(gw_clock_now() - since) / 1e6),
		.processor_us = (bench_processor_time(b) - used) / (double)n * 1e6,
	};
	poll(NULL, 0, 1100); /* at least one live date each */
	return bench_lateness(b, since, LIVE / 2, &out[1], err);
}

/* ---- Many schedules ---- */

/* Creates flows whose dates are spread so that some 500 come each second. */
static bool create_many(struct bench *b, size_t n, struct gw_error *err)
{
	static const size_t periods[] = { 1, 2, 5, 10, 20, 30, 60, 120, 180, 240, 300 };
	size_t period = 1;
	for (size_t i = 0; i < GW_LEN(periods) && periods[i] * DATES_A_SECOND <= n; i++)
		period = periods[i];
	for (size_t phase = 0; phase < period; phase++) {
		size_t part = n / period + (phase < n % period);
		gw_auto_free char *cron = period <= 60
						  ? gw_sprintf("%zu/%zu * * * * *", phase, period)
						  : gw_sprintf("%zu %zu/%zu * * * *", phase % 60,
							    phase / 60, period / 60);
		if (part && !create_scheduled(b, part, cron, err))
			return false;
	}
	return true;
}

/* Dates that came while flows were created and the server was down are made up for first. */
static bool await_punctual(struct bench *b, struct gw_error *err)
{
	struct bench_figure late;
	for (int i = 0; i < PUNCTUAL_LIMIT_S; i += LOOK_S) {
		gw_time since = gw_clock_now();
		poll(NULL, 0, LOOK_S * 1000);
		bool came = bench_lateness(b, since, 1, &late, err);
		if (came && late.p50 < PUNCTUAL_MS)
			return true;
		if (came)
			gw_fail(err, GW_UNAVAILABLE, "they are still %.0f ms late", late.p50);
	}
	return gw_explain(err, "after %d s", PUNCTUAL_LIMIT_S);
}

/* The server is started again with all flows there, and then observed for ten seconds. */
static bool run_schedules(struct bench *b, size_t n, struct bench_figure *out, struct gw_error *err)
{
	const struct bench_options again = { .keep_store = true };
	if (!bench_open(b, NULL, err) || !create_many(b, n, err) || !bench_open(b, &again, err))
		return false;
	out[0].value = b->nodes[0].start_ms;
	if (!await_punctual(b, err))
		return false;
	gw_time since = gw_clock_now();
	poll(NULL, 0, 10000);
	size_t each_second = n < DATES_A_SECOND ? n : DATES_A_SECOND;
	return bench_lateness(b, since, each_second * 8, &out[1], err);
}

const struct bench_row bench_schedule_rows[] = {
	{ "backfill", "backfill of dates of a Log flow", "/s", .goal = 5000,
		.yardstick = BENCH_BARE, .more_is_better = true, .n = { 20, 10000, 10000 },
		.run = run_backfill, .figure = 0 },
	{ "backfill-live", "how late 20 schedules are meanwhile, p99", "ms", .goal = 50,
		.n = { 20, 10000, 10000 }, .run = run_backfill, .figure = 1 },
	{ "schedules-start", "scheduled flows: start to first answer", "ms", .goal = 1000,
		.own_server = true, .lasting = true, .n = { 0, 10000, 100000 },
		.run = run_schedules, .figure = 0 },
	{ "schedules-late", "how late they are with 500 dates a second, p99", "ms", .goal = 10,
		.own_server = true, .lasting = true, .n = { 0, 10000, 100000 },
		.run = run_schedules, .figure = 1 },
	{ 0 },
};

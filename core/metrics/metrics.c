/* metrics.c - the table of meters, counting, and Prometheus' text */
#include "metrics/metrics.h"

#include "base/mem.h"
#include "metrics/process.h"
#include "model/state.h"

#include <stdatomic.h>
#include <stdio.h>

enum kind { COUNTER, GAUGE, TIMER };

/* Names as Kestra declares them in Micrometer, without the prefix "kestra.". */
static const struct {
	const char *name;
	enum kind kind;
	bool by_state;
	const char *help;
} meters[GW_METER_N] = {
	[GW_METER_EXECUTION_STARTED] = { "executor.execution.started.count", COUNTER, false,
		"Executions started" },
	[GW_METER_EXECUTION_ENDED] = { "executor.execution.end.count", COUNTER, true,
		"Executions ended" },
	[GW_METER_EXECUTION_DURATION] = { "executor.execution.duration", TIMER, true,
		"Duration of executions" },
	[GW_METER_TASKRUN_CREATED] = { "executor.taskrun.next.count", COUNTER, false,
		"Task runs created" },
	[GW_METER_TASKRUN_ENDED] = { "executor.taskrun.ended.count", COUNTER, true,
		"Task runs ended" },
	[GW_METER_TASKRUN_DURATION] = { "executor.taskrun.ended.duration", TIMER, true,
		"Duration of task runs" },
	[GW_METER_WORKER_STARTED] = { "worker.started.count", COUNTER, false,
		"Attempts of tasks started by the worker" },
	[GW_METER_WORKER_ENDED] = { "worker.ended.count", COUNTER, true,
		"Attempts of tasks ended by the worker" },
	[GW_METER_WORKER_DURATION] = { "worker.ended.duration", TIMER, true,
		"Duration of attempts in the worker" },
	[GW_METER_WORKER_TIMEOUT] = { "worker.timeout.count", COUNTER, false,
		"Attempts ended by their timeout" },
	[GW_METER_WORKER_QUEUED] = { "worker.queued.duration", TIMER, false,
		"How long attempts waited for the worker" },
	[GW_METER_WORKER_RUNNING] = { "worker.job.running", GAUGE, false,
		"Attempts running in the worker" },
	[GW_METER_WORKER_PENDING] = { "worker.job.pending", GAUGE, false,
		"Attempts waiting for the worker" },
	[GW_METER_WORKER_THREADS] = { "worker.job.thread", GAUGE, false,
		"Attempts that the worker runs at once" },
	[GW_METER_TRIGGER_FIRED] = { "scheduler.trigger.count", COUNTER, false,
		"Executions created by triggers" },
	[GW_METER_TRIGGER_DELAY] = { "scheduler.trigger.delay.duration", TIMER, false,
		"How late triggers fired" },
	[GW_METER_TRIGGER_EVALUATED] = { "scheduler.evaluate.count", COUNTER, false,
		"Triggers evaluated" },
	[GW_METER_REPOSITORY_WRITE] = { "jdbc.query.duration", TIMER, false,
		"Duration of writes to the repository" },
};

static const double bounds_s[] = { 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800,
	3600 };

enum { STATES = GW_RESUBMITTED + 1, BOUNDS = GW_LEN(bounds_s) };

struct cell {
	_Atomic int64_t total; /* counter, gauge; timers: microseconds */
	_Atomic int64_t
		buckets[BOUNDS + 1]; /* timers: observations in each, the last without bound */
};

static struct cell cells[GW_METER_N][STATES];

void gw_meter_add_state(enum gw_meter meter, enum gw_state state, int64_t n)
{
	atomic_fetch_add_explicit(&cells[meter][state].total, n, memory_order_relaxed);
}

void gw_meter_add(enum gw_meter meter, int64_t n)
{
	gw_meter_add_state(meter, 0, n);
}

void gw_meter_set(enum gw_meter meter, int64_t value)
{
	atomic_store_explicit(&cells[meter][0].total, value, memory_order_relaxed);
}

void gw_meter_time_state(enum gw_meter meter, enum gw_state state, int64_t us)
{
	struct cell *cell = &cells[meter][state];
	size_t i = 0;
	while (i < BOUNDS && (double)us > bounds_s[i] * 1e6)
		i++;
	atomic_fetch_add_explicit(&cell->total, us, memory_order_relaxed);
	atomic_fetch_add_explicit(&cell->buckets[i], 1, memory_order_relaxed);
}

void gw_meter_time(enum gw_meter meter, int64_t us)
{
	gw_meter_time_state(meter, 0, us);
}

/* ---- Printing ---- */

static int64_t load(const _Atomic int64_t *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

/* As Micrometer names them: "kestra_executor_execution_started_count_total". */
static void print_name(struct gw_str *out, enum gw_meter meter)
{
	static const char *const ends[] = { "_total", "", "_seconds" };
	gw_str_puts(out, "kestra_");
	for (const char *c = meters[meter].name; *c; c++)
		gw_str_putc(out, *c == '.' ? '_' : *c);
	gw_str_puts(out, ends[meters[meter].kind]);
}

/* labels may be "". */
static void print_line(struct gw_str *out, const char *name, const char *labels, double value)
{
	gw_str_puts(out, name);
	if (*labels)
		gw_str_printf(out, "{%s}", labels);
	gw_str_printf(out, " %.15g\n", value);
}

static void print_timer(struct gw_str *out, const char *name, const char *labels,
	const struct cell *cell)
{
	int64_t n = 0;
	gw_auto_free char *bucket = gw_sprintf("%s_bucket", name);
	gw_auto_free char *sum = gw_sprintf("%s_sum", name);
	gw_auto_free char *count = gw_sprintf("%s_count", name);
	for (size_t i = 0; i <= BOUNDS; i++) {
		char bound[64];
		const char *comma = *labels ? "," : "";
		if (i < BOUNDS)
			snprintf(bound, sizeof(bound), "%s%sle=\"%g\"", labels, comma, bounds_s[i]);
		else
			snprintf(bound, sizeof(bound), "%s%sle=\"+Inf\"", labels, comma);
		n += load(&cell->buckets[i]);
		print_line(out, bucket, bound, (double)n);
	}
	print_line(out, sum, labels, (double)load(&cell->total) / 1e6);
	print_line(out, count, labels, (double)n);
}

static bool is_touched(const struct cell *cell)
{
	int64_t any = load(&cell->total);
	for (size_t i = 0; i <= BOUNDS; i++)
		any |= load(&cell->buckets[i]);
	return any != 0;
}

static void print_meter(struct gw_str *out, enum gw_meter meter)
{
	static const char *const types[] = { "counter", "gauge", "histogram" };
	gw_auto_str name = { 0 };
	print_name(&name, meter);
	gw_str_printf(out, "# HELP %s %s\n# TYPE %s %s\n", gw_str_text(&name), meters[meter].help,
		gw_str_text(&name), types[meters[meter].kind]);
	for (int state = 0; state < (meters[meter].by_state ? STATES : 1); state++) {
		const struct cell *cell = &cells[meter][state];
		char labels[32] = "";
		if (meters[meter].by_state && !is_touched(cell))
			continue;
		if (meters[meter].by_state)
			snprintf(labels, sizeof(labels), "state=\"%s\"", gw_state_name(state));
		if (meters[meter].kind == TIMER)
			print_timer(out, gw_str_text(&name), labels, cell);
		else
			print_line(out, gw_str_text(&name), labels, (double)load(&cell->total));
	}
}

void gw_metrics_print(struct gw_str *out)
{
	for (enum gw_meter meter = 0; meter < GW_METER_N; meter++)
		print_meter(out, meter);
	gw_metrics_print_process(out);
}

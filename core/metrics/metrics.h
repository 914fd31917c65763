/* metrics.h - what the server counts, for Prometheus
 *
 * metrics may use: base, model. Counting is one or two relaxed atomic additions: do it wherever the
 * thing happens. */
#ifndef GW_METRICS_METRICS_H
#define GW_METRICS_METRICS_H

#include <godwit/task.h>

/* The rows of the table in metrics.c, which has names and meanings. */
enum gw_meter {
	GW_METER_EXECUTION_STARTED,
	GW_METER_EXECUTION_ENDED, /* by state */
	GW_METER_EXECUTION_DURATION, /* by state */
	GW_METER_TASKRUN_CREATED,
	GW_METER_TASKRUN_ENDED, /* by state */
	GW_METER_TASKRUN_DURATION, /* by state */
	GW_METER_WORKER_STARTED,
	GW_METER_WORKER_ENDED, /* by state */
	GW_METER_WORKER_DURATION, /* by state */
	GW_METER_WORKER_TIMEOUT,
	GW_METER_WORKER_QUEUED, /* duration */
	GW_METER_WORKER_RUNNING, /* gauge */
	GW_METER_WORKER_PENDING, /* gauge */
	GW_METER_WORKER_THREADS, /* gauge */
	GW_METER_TRIGGER_FIRED,
	GW_METER_TRIGGER_DELAY, /* duration */
	GW_METER_TRIGGER_EVALUATED,
	GW_METER_REPOSITORY_WRITE, /* duration */
	GW_METER_N
};

GW_EXPORT void gw_meter_add(enum gw_meter meter, int64_t n); /* counters, and gauges up or down */
GW_EXPORT void gw_meter_set(enum gw_meter meter, int64_t value); /* gauges */
GW_EXPORT void gw_meter_time(enum gw_meter meter, int64_t us); /* durations */
/* The same for meters by state. */
GW_EXPORT void gw_meter_add_state(enum gw_meter meter, enum gw_state state, int64_t n);
GW_EXPORT void gw_meter_time_state(enum gw_meter meter, enum gw_state state, int64_t us);

/* Everything, in Prometheus' text format 0.0.4. */
GW_EXPORT void gw_metrics_print(struct gw_str *out);

#endif

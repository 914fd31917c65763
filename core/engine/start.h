/* start.h - new executions, and how the engine answers */
#ifndef GW_ENGINE_START_H
#define GW_ENGINE_START_H

#include "model/execution.h"

struct gw_engine;

struct gw_answer {
	struct gw_error error; /* code GW_OK = done */
	struct gw_slice execution; /* JSON as the API shows it; borrowed during the call */
};

/* A new execution. Everything is handed over; free with gw_start_free if it was not started. */
struct gw_start {
	char *tenant;
	struct gw_flow *flow;
	struct gw_id id; /* made by the caller: input files are stored under it */
	json_t *inputs; /* resolved; NULL = none */
	struct gw_labels labels; /* beside the flow's */
	struct gw_cause cause;
	json_t *variables; /* extra top-level variables, NULL = none */
	gw_time schedule_date; /* start not before; GW_NEVER = now */
	gw_time trigger_date; /* GW_NEVER = none */
	char *backfill; /* its id, NULL = none */
	bool until_end; /* answer when it has ended, not when it exists */
	void (*done)(void *arg, const struct gw_answer *answer);
	void *arg;
};

GW_EXPORT struct gw_start *gw_start_new(const char *tenant, struct gw_flow *flow);
GW_EXPORT void gw_start_free(struct gw_start *start);
/* GW_BUSY at once if the engine's inbox is full (start is then still the caller's). */
GW_EXPORT bool gw_engine_start_execution(struct gw_engine *engine, struct gw_start *start,
	struct gw_error *err);

#endif

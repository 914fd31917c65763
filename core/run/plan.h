/* plan.h - what a flowable task decided (godwit/task.h: gw_plan_*) */
#ifndef GW_RUN_PLAN_H
#define GW_RUN_PLAN_H

#include "model/flow.h"
#include "run/run.h"

struct gw_lane {
	const struct gw_branch *branch;
	int task; /* index into the branch; -1 = the whole list, one after another */
	char *value; /* owned; NULL = none */
	int iteration; /* -1 = none */
	char **after; /* ids of tasks whose lanes must have ended; owned */
	size_t n_after;
};

struct gw_plan {
	const struct gw_task *task;
	int round;
	int64_t elapsed_us;
	struct gw_lane *lanes;
	size_t n_lanes, cap_lanes;
	int limit; /* lanes at once; 0 = all */
	bool pauses; /* PAUSED until resumed, or until the delay is over */
	bool waits; /* RUNNING until the delay is over */
	int64_t delay_us; /* 0 = for ever */
	enum gw_state pause_state; /* what a pause ends in when its delay is over */
	bool again;
	int64_t again_us;
	struct gw_effects effects; /* outputs and log lines */
	gw_time now;
};

GW_EXPORT void gw_plan_clear(struct gw_plan *plan);

#endif

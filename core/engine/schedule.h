/* schedule.h - which dates a schedule has, and what an execution of one looks like */
#ifndef GW_ENGINE_SCHEDULE_H
#define GW_ENGINE_SCHEDULE_H

#include "engine/backfill.h"
#include "engine/internal.h"

/* A trigger with the flow and registry that say what it means; borrowed. */
struct gw_schedule {
	struct gw_engine *engine;
	const struct gw_registry *registry;
	struct gw_flow *flow;
	const struct gw_trigger *trigger;
	const struct gw_zone *zone;
};

bool gw_schedule_open(struct gw_schedule *s, struct gw_engine *engine, struct gw_flow *flow,
	const struct gw_trigger *trigger, const struct gw_registry *registry, struct gw_error *err);
/* The state of a trigger that is new: it waits for its first date from now on. */
void gw_schedule_begin(struct gw_trigger_state *t, struct gw_engine *engine, struct gw_flow *flow,
	const struct gw_trigger *trigger, gw_time now);
/* The nearest date strictly after (before) an instant whose conditions hold; GW_NEVER = none. */
bool gw_schedule_next(const struct gw_schedule *s, gw_time after, gw_time *out,
	struct gw_error *err);
bool gw_schedule_previous(const struct gw_schedule *s, gw_time before, gw_time *out,
	struct gw_error *err);

/* What recoverMissedSchedules makes of a next date that is long past: that date, the last one, or
 * the first in the future. */
bool gw_schedule_recover(const struct gw_schedule *s, gw_time next, gw_time now, gw_time *out,
	struct gw_error *err);
/* Dates before this are skipped (lateMaximumDelay); GW_NEVER = none. */
gw_time gw_schedule_earliest(const struct gw_schedule *s, gw_time now);

/* The execution of a date, decided up to its first effect. One that cannot be made is FAILED. */
struct gw_machine *gw_schedule_fire(const struct gw_schedule *s, gw_time date,
	const struct gw_backfill *backfill, gw_time now);
/* The id it gets: the same whoever fires it. */
struct gw_id gw_schedule_id(const struct gw_schedule *s, gw_time date,
	const struct gw_backfill *backfill);

#endif

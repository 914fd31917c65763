/* watch.h - triggers that this node's scheduler holds, between scheduler.c and decide.c */
#ifndef GW_ENGINE_WATCH_H
#define GW_ENGINE_WATCH_H

#include "engine/schedule.h"

/* Dates of a backfill whose executions are known: made for the modes that leave some out. */
struct gw_known_dates {
	gw_time from, to; /* all of these are known */
	struct gw_map map; /* date as text -> its state's name */
};

struct gw_watch {
	char *key; /* tenant/namespace/flow/trigger */
	struct gw_trigger_state t;
	struct gw_backfills backfills; /* open ones, and those that ended just now */
	struct gw_known_dates known;
	gw_time at; /* when to look at it again; GW_NEVER = when somebody says so */
	size_t heap_at; /* SIZE_MAX = not in the heap */
	bool is_touched;
	bool is_new; /* just claimed: was its date missed? */
	bool is_dirty;
	bool leaves; /* it is nobody's after the write */
	size_t group; /* of the batch; SIZE_MAX = nothing to write */
	struct gw_machine **made; /* executions it fired just now */
	size_t n_made, cap_made;
};

#define GW_LOOK_AHEAD (5 * GW_SECOND) /* triggers due within it are held in memory */
#define GW_MISSED_AFTER (60 * GW_SECOND) /* a date first seen this late was missed */
#define GW_FIRED_MAX 100u /* executions of one trigger in one write */

/* Fires what is due, sets at, leaves and is_dirty. */
void gw_watch_decide(struct gw_engine *engine, struct gw_watch *w, gw_time now);
/* An execution of its own has ended in this state. */
void gw_watch_ended(struct gw_watch *w, const char *execution, enum gw_state state);
/* Calls use for each execution it waits for. */
void gw_watch_waits(const struct gw_watch *w,
	void (*use)(void *arg, struct gw_watch *w, const char *execution), void *arg);
void gw_watch_free(struct gw_watch *w);

#endif

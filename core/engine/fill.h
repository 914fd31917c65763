/* fill.h - between triggers.c (changes) and fill.c (backfills as people see them) */
#ifndef GW_ENGINE_FILL_H
#define GW_ENGINE_FILL_H

#include "engine/schedule.h"
#include "engine/triggers.h"

/* A change to a trigger and its open backfills under way. */
struct gw_edit {
	struct gw_engine *engine;
	bool (*apply)(struct gw_edit *e, struct gw_error *err);
	void (*finished)(struct gw_edit *e); /* after the write; may be NULL */
	struct gw_str *trigger_out, *backfill_out; /* NULL = not wanted */
	const struct gw_backfill_request *request; /* create */
	const char *backfill; /* id of the one to change */
	enum gw_backfill_edit backfill_edit;
	json_t *to_kill; /* ids of executions, or NULL */
	unsigned n_waits; /* tries that found something promised */
	/* Read anew for each try: */
	gw_time now;
	struct gw_flow *flow;
	struct gw_registry *registry;
	struct gw_schedule schedule;
	struct gw_trigger_state t;
	struct gw_backfills backfills;
	struct gw_batch batch;
};

bool gw_edit_trigger(struct gw_edit *e, const struct gw_trigger_ref *ref, struct gw_error *err);
bool gw_edit_has_schedule(const struct gw_edit *e);
bool gw_fill_set(struct gw_backfill *b, enum gw_backfill_edit edit, gw_time now,
	struct gw_error *err);
/* From options that somebody sent; the range is checked. NULL on error. */
struct gw_backfill *gw_fill_new(const struct gw_schedule *s, const json_t *options, gw_time now,
	struct gw_error *err);

#endif

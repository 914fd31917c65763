/* triggers.h - what people do to triggers and backfills (the API calls it)
 *
 * Every change is a compare-and-swap on the trigger's record, which takes it away from whoever is
 * about to fire it: after the answer nothing appears that the change forbids. Calls block. */
#ifndef GW_ENGINE_TRIGGERS_H
#define GW_ENGINE_TRIGGERS_H

#include "engine/engine.h"

struct gw_trigger_ref {
	const char *tenant, *namespace, *flow, *trigger;
};

enum gw_trigger_edit {
	GW_TRIGGER_DISABLE, /* and forget the next date (PUT) */
	GW_TRIGGER_ENABLE, /* with what recoverMissedSchedules says (PUT) */
	GW_TRIGGER_SET_DISABLED, /* only the flag: what was missed is caught up on enabling */
	GW_TRIGGER_SET_ENABLED,
	GW_TRIGGER_UNLOCK, /* do not wait for the running execution; GW_CONFLICT if none */
	GW_TRIGGER_RESTART, /* the same, whatever its state */
	GW_TRIGGER_RESET, /* as when its flow was saved */
	GW_BACKFILL_PAUSE, /* of the backfill in progress; GW_BAD_REQUEST if none */
	GW_BACKFILL_UNPAUSE,
	GW_BACKFILL_DELETE,
};

/* *out gets the trigger as the API shows it. GW_NOT_FOUND if there is none. */
GW_EXPORT bool gw_engine_edit_trigger(struct gw_engine *engine, const struct gw_trigger_ref *ref,
	enum gw_trigger_edit edit, struct gw_str *out, struct gw_error *err);

struct gw_backfill_request {
	const json_t *options; /* {start, end?, inputs?, labels?, mode?, order?, maxActive?,
				* evenDisabled?, paused?} */
	bool alone; /* refuse with GW_CONFLICT while another one is in progress (Kestra's way) */
};

/* *trigger and *backfill get what the API shows; either may be NULL. GW_INVALID on bad options. */
GW_EXPORT bool gw_engine_create_backfill(struct gw_engine *engine, const struct gw_trigger_ref *ref,
	const struct gw_backfill_request *request, struct gw_str *trigger, struct gw_str *backfill,
	struct gw_error *err);

/* What a backfill with these options would run: {dates: [{date, execution?, state?, run}], total,
 * run, skip}; at most limit dates after skipping offset of them. A new reference. */
GW_EXPORT json_t *gw_engine_preview_backfill(struct gw_engine *engine,
	const struct gw_trigger_ref *ref, const json_t *options, const struct gw_query *page,
	struct gw_error *err);

enum gw_backfill_edit { GW_FILL_PAUSE, GW_FILL_RESUME, GW_FILL_CANCEL, GW_FILL_CANCEL_AND_KILL };

/* By id alone. *out gets it with its counters; GW_CONFLICT if it has ended. */
GW_EXPORT bool gw_engine_edit_backfill(struct gw_engine *engine, const char *tenant, const char *id,
	enum gw_backfill_edit edit, struct gw_str *out, struct gw_error *err);
GW_EXPORT bool gw_engine_show_backfill(struct gw_engine *engine, const char *tenant, const char *id,
	struct gw_str *out, struct gw_error *err);
/* A stored backfill's document with counters and an estimate added. */
GW_EXPORT bool gw_engine_print_backfill(struct gw_engine *engine, const struct gw_record *record,
	struct gw_str *out, struct gw_error *err);

#endif

/* trigger_state.h - what is stored of a trigger: when it fires next, and what it waits for */
#ifndef GW_ENGINE_TRIGGER_STATE_H
#define GW_ENGINE_TRIGGER_STATE_H

#include "engine/batch.h"

struct gw_trigger_state {
	char *tenant, *namespace, *flow, *id, *type;
	gw_time date; /* of the last execution it fired; GW_NEVER = none yet */
	gw_time next; /* the next date of the schedule; GW_NEVER = none */
	gw_time updated; /* when the running execution was started */
	bool disabled; /* by a person or by stopAfter */
	char *execution; /* what it fired and that still runs; NULL = nothing */
	json_t *stop_after; /* list of states or NULL */
	json_t *backfill; /* Kestra's view of the backfill in progress; NULL = none */
	const struct gw_zone *zone; /* dates print in it */
	bool skips_missed; /* it was restored: dates before now do not fire */
	bool is_asleep; /* its flow is disabled: no scheduler takes it until it is saved again */
	struct gw_version version;
};

GW_EXPORT void gw_trigger_state_clear(struct gw_trigger_state *t);
GW_EXPORT void gw_trigger_state_print(struct gw_str *out, const struct gw_trigger_state *t);
GW_EXPORT bool gw_trigger_state_read(const struct gw_record *record, struct gw_trigger_state *out,
	struct gw_error *err);
GW_EXPORT void gw_trigger_key(struct gw_str *out, const char *namespace, const char *flow,
	const char *trigger);

/* As it is when its flow is saved: the first date comes after now. */
void gw_trigger_state_init(struct gw_trigger_state *t, const struct gw_flow *flow,
	const struct gw_trigger *trigger, gw_time now);
/* When a scheduler should take a trigger that was edited: at once if it may have a backfill to do
 * or waits for an execution, else for its next date. */
gw_time gw_trigger_due(const struct gw_trigger_state *t);
/* Adds the record to the current group (CREATE or REPLACE). With an owner, due is GW_NEVER. */
void gw_trigger_state_put(struct gw_batch *batch, enum gw_op_type type,
	const struct gw_trigger_state *t, struct gw_slice owner, gw_time due);

#endif

/* backfill.h - backfills: a range of a schedule's dates to be run after the fact
 *
 * Several per trigger, done in the order of their creation; their records stay as history. */
#ifndef GW_ENGINE_BACKFILL_H
#define GW_ENGINE_BACKFILL_H

#include "engine/trigger_state.h"

enum gw_backfill_state {
	GW_BACKFILL_RUNNING, /* creating executions, or waiting for its turn */
	GW_BACKFILL_PAUSED_STATE,
	GW_BACKFILL_DONE, /* all dates decided, all executions ended */
	GW_BACKFILL_CANCELLED,
};

enum gw_backfill_mode {
	GW_BACKFILL_ALL,
	GW_BACKFILL_MISSING, /* dates without an execution */
	GW_BACKFILL_MISSING_OR_FAILED, /* also those whose last execution failed */
};

struct gw_backfill {
	char *tenant, *namespace, *flow, *trigger, *id;
	enum gw_backfill_state state;
	enum gw_backfill_mode mode;
	gw_time start, end; /* both included */
	gw_time cursor; /* the last date decided; GW_NEVER = none yet */
	gw_time created, ended;
	bool newest_first;
	bool even_disabled; /* also while the trigger is disabled */
	int max_active; /* executions at once */
	int64_t n_created, n_skipped;
	json_t *inputs, *labels; /* object, list; NULL = none */
	json_t *running; /* ids of executions that have not ended; never NULL */
	json_t *counters; /* by state, frozen at the end; NULL before */
	const struct gw_zone *zone;
	struct gw_version version;
	bool is_stored;
	bool is_dirty;
};

void gw_backfill_free(struct gw_backfill *b);
void gw_backfill_print(struct gw_str *out, const struct gw_backfill *b);
struct gw_backfill *gw_backfill_read(const struct gw_record *record, struct gw_error *err);
/* Adds the record to the current group, and notes its version when that is written. */
void gw_backfill_put(struct gw_batch *batch, struct gw_backfill *b);
bool gw_backfill_is_open(const struct gw_backfill *b); /* neither done nor cancelled */
const char *gw_backfill_state_name(enum gw_backfill_state state);
bool gw_backfill_mode_parse(const char *text, enum gw_backfill_mode *out);

/* Its executions by state, as they are now; a new reference. */
json_t *gw_backfill_count(struct gw_store *store, const struct gw_backfill *b,
	struct gw_error *err);

/* Kestra's single object: {start, end, currentDate, paused, inputs, labels,
 * previousNextExecutionDate}. A new reference. */
json_t *gw_backfill_view(const struct gw_backfill *b, gw_time live_next);

/* The backfills of a trigger, the oldest first; only open ones if wanted. */
struct gw_backfills {
	struct gw_backfill **items;
	size_t n, cap;
};

void gw_backfills_clear(struct gw_backfills *list);
bool gw_backfills_load(struct gw_store *store, const struct gw_trigger_state *t, bool only_open,
	struct gw_backfills *out, struct gw_error *err);
/* Updates t->backfill to the one in progress. */
void gw_backfills_show(const struct gw_backfills *list, struct gw_trigger_state *t);
/* Without transactions: the trigger, which is written first, says that those that changed are to be
 * looked at, should its writer stop. */
void gw_backfills_promise(const struct gw_store *store, const struct gw_backfills *list,
	struct gw_trigger_state *t);

#endif

/* execution.h - executions and their task runs: structs, their JSON, their records' fields
 *
 * Written straight to text; read back only by a node that takes over, or to answer a request. */
#ifndef GW_MODEL_EXECUTION_H
#define GW_MODEL_EXECUTION_H

#include "base/id.h"
#include "model/flow.h"
#include "model/kinds.h"
#include "model/state.h"

struct gw_attempt {
	struct gw_history state;
};

struct gw_block; /* the engine's view of a running list of tasks */

struct gw_taskrun {
	unsigned ordinal; /* place in execution->runs, and in its record's key */
	struct gw_id id;
	const struct gw_task *task;
	struct gw_taskrun *parent; /* NULL = at the top */
	unsigned lane; /* of the parent's plan */
	char *value; /* NULL = none */
	int iteration; /* -1 = none */
	struct gw_history state;
	struct gw_attempt *attempts;
	size_t n_attempts, cap_attempts;
	json_t *outputs; /* NULL = none */
	json_t *plan; /* a flowable's rendered properties, NULL = this round is not planned */
	int round; /* a flowable's complete rounds so far */
	int round_of_parent; /* the parent's round it belongs to */
	gw_time wake_at; /* retry, delay or pause is over; GW_NEVER = no timer */

	bool is_dropped; /* forgotten by a restart: its record stays, with an empty document */

	/* Not stored in the document: */
	struct gw_version version; /* of the record; valid if is_stored */
	bool is_stored;
	bool is_dirty;
	unsigned line; /* next log line of this attempt */
	unsigned n_metrics; /* of this attempt */
	struct gw_block *block; /* a running flowable's, else NULL */
	bool is_submitted; /* a worker has it */
};

/* Who started an execution. */
struct gw_cause {
	char *id; /* trigger or task id; NULL = a person */
	char *type;
	json_t *variables; /* object or NULL */
};

struct gw_execution {
	struct gw_id id;
	char *tenant;
	struct gw_flow *flow; /* a reference */
	struct gw_history state;
	json_t *inputs, *outputs, *variables; /* objects or NULL */
	struct gw_labels labels;
	struct gw_cause cause;
	char *parent_id; /* what this one replays; NULL = nothing */
	char *original_id; /* NULL = its own id */
	int attempt_number; /* from 1 */
	gw_time original_created;
	gw_time schedule_date; /* not before; GW_NEVER = at once */
	gw_time trigger_date;
	char *backfill; /* NULL = none */
	char *gate; /* key of a gate it holds a place in; NULL = none */
	gw_time retry_at; /* RETRIED: when a new execution takes its place; GW_NEVER = not */
	json_t *applied; /* ids of actions done to it (the last ones), list or NULL */
	struct gw_taskrun **runs; /* by ordinal */
	size_t n_runs, cap_runs;

	struct gw_version version;
	bool is_stored;
	bool is_dirty;
	unsigned line; /* next log line of the execution itself */
};

GW_EXPORT struct gw_execution *gw_execution_new(const char *tenant, struct gw_flow *flow,
	struct gw_id id);
GW_EXPORT void gw_execution_free(struct gw_execution *exec);
GW_EXPORT struct gw_taskrun *gw_execution_add_run(struct gw_execution *exec,
	const struct gw_task *task, struct gw_taskrun *parent, gw_time now);
GW_EXPORT void gw_execution_append(struct gw_execution *exec, struct gw_taskrun *run); /* owns */
GW_EXPORT void gw_taskrun_free(struct gw_taskrun *run);
GW_EXPORT struct gw_taskrun *gw_execution_find_run(const struct gw_execution *exec,
	struct gw_slice id);
GW_EXPORT struct gw_attempt *gw_taskrun_attempt(struct gw_taskrun *run); /* the last, or NULL */
GW_EXPORT struct gw_attempt *gw_taskrun_add_attempt(struct gw_taskrun *run);
GW_EXPORT void gw_cause_clear(struct gw_cause *cause);

/* ---- JSON ---- */

/* Without task runs: gw_execution_join adds them. */
GW_EXPORT void gw_execution_print(struct gw_str *out, const struct gw_execution *exec);
GW_EXPORT void gw_taskrun_print(struct gw_str *out, const struct gw_execution *exec,
	const struct gw_taskrun *run);
/* The stored texts joined: an execution as the API shows it. */
GW_EXPORT void gw_execution_join(struct gw_str *out, struct gw_slice execution,
	const struct gw_slice *runs, size_t n_runs);

/* flow is the one whose revision the document names (a reference is taken). */
GW_EXPORT struct gw_execution *gw_execution_read(const char *tenant, const json_t *doc,
	struct gw_flow *flow, struct gw_error *err);
/* Task runs must be read in the order of their ordinals. */
GW_EXPORT struct gw_taskrun *gw_taskrun_read(struct gw_execution *exec, const json_t *doc,
	struct gw_error *err);

/* ---- Records ---- */

/* Fields of the record, borrowing from exec; "labels" is left to the caller. */
GW_EXPORT void gw_execution_fields(const struct gw_execution *exec,
	struct gw_value fields[GW_EXECUTION_N]);
GW_EXPORT void gw_taskrun_fields(const struct gw_taskrun *run,
	struct gw_value fields[GW_TASKRUN_N]);
GW_EXPORT void gw_taskrun_key(struct gw_str *out, const char *execution, unsigned ordinal);

#endif

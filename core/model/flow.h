/* flow.h - a flow compiled from its document: what the engine works with
 *
 * Immutable once built (core/check/compile.c), counted by references, shared by threads. */
#ifndef GW_MODEL_FLOW_H
#define GW_MODEL_FLOW_H

#include "base/map.h"
#include "expr/expr.h"
#include "model/label.h"

#include <godwit/trigger.h>

#include <stdatomic.h>

struct gw_task;

/* A list of tasks found in a property of a flowable, or of the flow itself. */
struct gw_branch {
	char *path; /* "tasks", "then", "cases/FIRST", "errors", "finally" */
	struct gw_task **tasks; /* disabled ones are left out */
	size_t n;
};

enum gw_retry_type { GW_RETRY_NONE, GW_RETRY_CONSTANT, GW_RETRY_EXPONENTIAL, GW_RETRY_RANDOM };

struct gw_retry {
	enum gw_retry_type type;
	int64_t interval_us, max_interval_us; /* RANDOM: between them */
	double factor;
	int64_t max_duration_us; /* 0 = no bound */
	int max_attempts; /* 0 = no bound */
	bool warning_on_retry;
	bool new_execution; /* CREATE_NEW_EXECUTION */
};

struct gw_task {
	char *id;
	char *type_name; /* as written, aliases resolved */
	const struct gw_task_type *type;
	bool in_server; /* its module is the installation's own */
	unsigned index; /* in flow->all_tasks */
	struct gw_task *parent; /* NULL = a task of the flow */
	struct gw_branch *branches;
	size_t n_branches;
	json_t *constants; /* the properties that need no rendering, converted, with defaults */
	struct gw_tree **properties; /* the others: one per row of type->properties, or NULL */
	struct gw_template *run_if; /* NULL = always */
	struct gw_tree *timeout; /* NULL = none */
	struct gw_retry retry; /* its own, else the nearest enclosing, else the flow's */
	bool allow_failure, allow_warning, log_to_file;
	enum gw_level log_level;
};

struct gw_trigger {
	char *id;
	char *type_name;
	const struct gw_trigger_type *type;
	json_t *properties; /* as written, with defaults */
	struct gw_tree *inputs; /* NULL = none */
	struct gw_labels labels;
	struct gw_template **label_values; /* one per label */
	json_t *conditions; /* a list, NULL = none */
	bool disabled;
	bool allow_concurrent;
	enum gw_state *stop_after;
	size_t n_stop_after;
	enum gw_level log_level;
};

enum gw_limit_behavior { GW_LIMIT_QUEUE, GW_LIMIT_CANCEL, GW_LIMIT_FAIL };

struct gw_flow {
	atomic_int references;
	char *tenant, *namespace, *id;
	int revision;
	bool disabled;
	char *broken; /* why it cannot run, NULL = it can */
	json_t *doc; /* as the API shows it */
	struct gw_labels labels;
	json_t *variables; /* object or NULL */
	json_t *inputs; /* list or NULL: core/check/input.h reads it */
	json_t *outputs; /* list of {id, type, value, required?} or NULL */
	struct gw_tree **output_values; /* one per output */
	struct gw_branch tasks, errors, finally, after_execution;
	struct gw_task **all_tasks;
	size_t n_all_tasks;
	struct gw_map tasks_by_id;
	struct gw_trigger *triggers;
	size_t n_triggers;
	int concurrency; /* 0 = no limit */
	enum gw_limit_behavior limit_behavior;
	size_t bytes; /* roughly, for the cache's bound */
};

GW_EXPORT struct gw_flow *gw_flow_ref(struct gw_flow *flow);
GW_EXPORT void gw_flow_unref(struct gw_flow **flow); /* tolerates NULL; sets NULL */
GW_EXPORT const struct gw_trigger *gw_flow_trigger(const struct gw_flow *flow, const char *id);
GW_EXPORT const struct gw_branch *gw_task_branch(const struct gw_task *task, const char *path);

/* Record keys. */
GW_EXPORT void gw_flow_key(struct gw_str *out, const char *namespace, const char *id);
GW_EXPORT void gw_revision_key(struct gw_str *out, const char *namespace, const char *id,
	int revision);

#endif

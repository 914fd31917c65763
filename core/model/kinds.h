/* kinds.h - every kind of record there is, with its fields: the one place that declares them */
#ifndef GW_MODEL_KINDS_H
#define GW_MODEL_KINDS_H

#include <godwit/record.h>

extern GW_EXPORT const struct gw_kind *const gw_kinds[]; /* ended by NULL */
GW_EXPORT const struct gw_kind *gw_kind_find(const char *name);

extern GW_EXPORT const struct gw_kind gw_kind_setting, gw_kind_tenant, gw_kind_node, gw_kind_signal,
	gw_kind_flow, gw_kind_flow_revision, gw_kind_trigger, gw_kind_backfill, gw_kind_execution,
	gw_kind_taskrun, gw_kind_log, gw_kind_metric, gw_kind_action, gw_kind_gate, gw_kind_waiter;

/* What has no screens yet is stored, searched and backed up all the same. */
extern GW_EXPORT const struct gw_kind gw_kind_app, gw_kind_blueprint, gw_kind_credential,
	gw_kind_dashboard, gw_kind_kv_store, gw_kind_namespace, gw_kind_namespace_file,
	gw_kind_secret, gw_kind_template, gw_kind_test_suite, gw_kind_banner, gw_kind_binding,
	gw_kind_group, gw_kind_invitation, gw_kind_kill_switch, gw_kind_role,
	gw_kind_security_integration, gw_kind_tenant_access, gw_kind_user, gw_kind_worker_group,
	gw_kind_audit_log;

/* Positions of fields, in the order of the tables. */
enum { GW_TENANT_NAME, GW_TENANT_N };
enum { GW_NODE_STATE, GW_NODE_TYPE, GW_NODE_ROLES, GW_NODE_RENEWED, GW_NODE_N };
enum {
	GW_FLOW_NAMESPACE,
	GW_FLOW_ID,
	GW_FLOW_REVISION,
	GW_FLOW_DISABLED,
	GW_FLOW_DELETED,
	GW_FLOW_LABELS,
	GW_FLOW_DESCRIPTION,
	GW_FLOW_SOURCE,
	GW_FLOW_UPDATED,
	GW_FLOW_N
};
enum {
	GW_REVISION_NAMESPACE,
	GW_REVISION_FLOW,
	GW_REVISION_REVISION,
	GW_REVISION_DELETED,
	GW_REVISION_SOURCE,
	GW_REVISION_UPDATED,
	GW_REVISION_N
};
enum {
	GW_TRIGGER_NAMESPACE,
	GW_TRIGGER_FLOW,
	GW_TRIGGER_ID,
	GW_TRIGGER_TYPE,
	GW_TRIGGER_DISABLED,
	GW_TRIGGER_NEXT,
	GW_TRIGGER_EXECUTION,
	GW_TRIGGER_WORKER,
	GW_TRIGGER_N
};
enum {
	GW_BACKFILL_NAMESPACE,
	GW_BACKFILL_FLOW,
	GW_BACKFILL_TRIGGER,
	GW_BACKFILL_STATE,
	GW_BACKFILL_CREATED,
	GW_BACKFILL_N
};
enum {
	GW_EXECUTION_NAMESPACE,
	GW_EXECUTION_FLOW,
	GW_EXECUTION_REVISION,
	GW_EXECUTION_STATE,
	GW_EXECUTION_START,
	GW_EXECUTION_END,
	GW_EXECUTION_DURATION,
	GW_EXECUTION_LABELS,
	GW_EXECUTION_TRIGGER,
	GW_EXECUTION_TRIGGER_DATE,
	GW_EXECUTION_BACKFILL,
	GW_EXECUTION_PARENT,
	GW_EXECUTION_TASKRUNS,
	GW_EXECUTION_N
};
enum { GW_TASKRUN_TASK, GW_TASKRUN_STATE, GW_TASKRUN_N };
enum {
	GW_LOG_NAMESPACE,
	GW_LOG_FLOW,
	GW_LOG_TASK,
	GW_LOG_TASKRUN,
	GW_LOG_ATTEMPT,
	GW_LOG_TRIGGER,
	GW_LOG_LEVEL,
	GW_LOG_AT,
	GW_LOG_MESSAGE,
	GW_LOG_N
};
enum {
	GW_METRIC_NAMESPACE,
	GW_METRIC_FLOW,
	GW_METRIC_TASK,
	GW_METRIC_TASKRUN,
	GW_METRIC_NAME,
	GW_METRIC_AT,
	GW_METRIC_N
};
enum { GW_ACTION_TARGET, GW_ACTION_N };
enum { GW_WAITER_GATE, GW_WAITER_N };
enum { GW_SCOPED_NAMESPACE, GW_SCOPED_ID, GW_SCOPED_UPDATED, GW_SCOPED_N };
enum { GW_NAMED_NAME, GW_NAMED_UPDATED, GW_NAMED_N };
enum {
	GW_AUDIT_LOG_AT,
	GW_AUDIT_LOG_USER,
	GW_AUDIT_LOG_TYPE,
	GW_AUDIT_LOG_NAMESPACE,
	GW_AUDIT_LOG_N
};

/* Filling in a record's fields. */
static inline struct gw_value gw_value_text(struct gw_slice text)
{
	return (struct gw_value){ .is_set = text.data != NULL, .text = text };
}

static inline struct gw_value gw_value_string(const char *text)
{
	return gw_value_text(gw_slice_of(text));
}

static inline struct gw_value gw_value_number(int64_t number)
{
	return (struct gw_value){ .is_set = true, .number = number };
}

static inline struct gw_value gw_value_time(gw_time at)
{
	return (struct gw_value){ .is_set = at != GW_NEVER, .number = at };
}

#endif

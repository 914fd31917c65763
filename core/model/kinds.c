/* kinds.c - the table of kinds */
#include "model/kinds.h"

#include <godwit/backend.h>

#define INDEXES(...)                     \
	.indexes = (const char *const[]) \
	{                                \
		__VA_ARGS__, NULL        \
	}
#define KIND(kind_name, table, ...)                                      \
	const struct gw_kind gw_kind_##kind_name = { .name = #kind_name, \
		.fields = (table),                                       \
		.n_fields = sizeof(table) / sizeof((table)[0]),          \
		__VA_ARGS__ }

const struct gw_kind gw_kind_setting = { .name = "setting" };
const struct gw_kind gw_kind_signal = { .name = "signal" };

static const struct gw_field tenant_fields[] = {
	[GW_TENANT_NAME] = { "name", GW_KEYWORD },
};
KIND(tenant, tenant_fields);

static const struct gw_field node_fields[] = {
	[GW_NODE_STATE] = { "state", GW_KEYWORD },
	[GW_NODE_TYPE] = { "type", GW_KEYWORD },
	[GW_NODE_ROLES] = { "roles", GW_INTEGER }, /* bits: engine/engine.h */
	[GW_NODE_RENEWED] = { "renewed", GW_INSTANT },
};
KIND(node, node_fields);

/* key: namespace/id */
static const struct gw_field flow_fields[] = {
	[GW_FLOW_NAMESPACE] = { "namespace", GW_KEYWORD },
	[GW_FLOW_ID] = { "id", GW_KEYWORD },
	[GW_FLOW_REVISION] = { "revision", GW_INTEGER },
	[GW_FLOW_DISABLED] = { "disabled", GW_BOOLEAN },
	[GW_FLOW_DELETED] = { "deleted", GW_BOOLEAN },
	[GW_FLOW_LABELS] = { "labels", GW_KEYWORDS },
	[GW_FLOW_DESCRIPTION] = { "description", GW_TEXT },
	[GW_FLOW_SOURCE] = { "source", GW_TEXT },
	[GW_FLOW_UPDATED] = { "updated", GW_INSTANT },
};
KIND(flow, flow_fields, .step = GW_STEP_WHOLE);

/* key: namespace/id/000001 */
static const struct gw_field revision_fields[] = {
	[GW_REVISION_NAMESPACE] = { "namespace", GW_KEYWORD },
	[GW_REVISION_FLOW] = { "flow", GW_KEYWORD },
	[GW_REVISION_REVISION] = { "revision", GW_INTEGER },
	[GW_REVISION_DELETED] = { "deleted", GW_BOOLEAN },
	[GW_REVISION_SOURCE] = { "source", GW_TEXT },
	[GW_REVISION_UPDATED] = { "updated", GW_INSTANT },
};
KIND(flow_revision, revision_fields);

/* key: namespace/flow/trigger */
static const struct gw_field trigger_fields[] = {
	[GW_TRIGGER_NAMESPACE] = { "namespace", GW_KEYWORD },
	[GW_TRIGGER_FLOW] = { "flow", GW_KEYWORD },
	[GW_TRIGGER_ID] = { "id", GW_KEYWORD },
	[GW_TRIGGER_TYPE] = { "type", GW_KEYWORD },
	[GW_TRIGGER_DISABLED] = { "disabled", GW_BOOLEAN },
	[GW_TRIGGER_NEXT] = { "next", GW_INSTANT },
	[GW_TRIGGER_EXECUTION] = { "execution", GW_KEYWORD },
	[GW_TRIGGER_WORKER] = { "worker", GW_KEYWORD },
};
KIND(trigger, trigger_fields, INDEXES("next"), .step = GW_STEP_GUARD);

/* key: namespace/flow/trigger/id */
static const struct gw_field backfill_fields[] = {
	[GW_BACKFILL_NAMESPACE] = { "namespace", GW_KEYWORD },
	[GW_BACKFILL_FLOW] = { "flow", GW_KEYWORD },
	[GW_BACKFILL_TRIGGER] = { "trigger", GW_KEYWORD },
	[GW_BACKFILL_STATE] = { "state", GW_KEYWORD },
	[GW_BACKFILL_CREATED] = { "created", GW_INSTANT },
};
KIND(backfill, backfill_fields, INDEXES("created"));

/* key: id */
static const struct gw_field execution_fields[] = {
	[GW_EXECUTION_NAMESPACE] = { "namespace", GW_KEYWORD },
	[GW_EXECUTION_FLOW] = { "flow", GW_KEYWORD },
	[GW_EXECUTION_REVISION] = { "revision", GW_INTEGER },
	[GW_EXECUTION_STATE] = { "state", GW_KEYWORD },
	[GW_EXECUTION_START] = { "start", GW_INSTANT },
	[GW_EXECUTION_END] = { "finish", GW_INSTANT },
	[GW_EXECUTION_DURATION] = { "duration", GW_INTEGER }, /* us */
	[GW_EXECUTION_LABELS] = { "labels", GW_KEYWORDS }, /* without its own correlation id */
	[GW_EXECUTION_TRIGGER] = { "trigger", GW_KEYWORD },
	[GW_EXECUTION_TRIGGER_DATE] = { "trigger_date", GW_INSTANT },
	[GW_EXECUTION_BACKFILL] = { "backfill", GW_KEYWORD },
	[GW_EXECUTION_PARENT] = { "parent", GW_KEYWORD }, /* execution that started it */
	[GW_EXECUTION_TASKRUNS] = { "taskruns", GW_INTEGER },
};
KIND(execution, execution_fields,
	INDEXES("start", "namespace flow start", "state start", "namespace flow ?trigger_date",
		"?backfill", "?parent"),
	.step = GW_STEP_WHOLE);

/* key: execution/000000, in the order of creation */
static const struct gw_field taskrun_fields[] = {
	[GW_TASKRUN_TASK] = { "task", GW_KEYWORD },
	[GW_TASKRUN_STATE] = { "state", GW_KEYWORD },
};
KIND(taskrun, taskrun_fields);

/* key: execution/taskrun ordinal/attempt/line, or a new id for a trigger's log */
static const struct gw_field log_fields[] = {
	[GW_LOG_NAMESPACE] = { "namespace", GW_KEYWORD },
	[GW_LOG_FLOW] = { "flow", GW_KEYWORD },
	[GW_LOG_TASK] = { "task", GW_KEYWORD },
	[GW_LOG_TASKRUN] = { "taskrun", GW_KEYWORD },
	[GW_LOG_ATTEMPT] = { "attempt", GW_INTEGER },
	[GW_LOG_TRIGGER] = { "trigger", GW_KEYWORD },
	[GW_LOG_LEVEL] = { "level", GW_INTEGER },
	[GW_LOG_AT] = { "at", GW_INSTANT },
	[GW_LOG_MESSAGE] = { "message", GW_TEXT },
};
KIND(log, log_fields, INDEXES("at"));

/* key: execution/taskrun ordinal/attempt/number */
static const struct gw_field metric_fields[] = {
	[GW_METRIC_NAMESPACE] = { "namespace", GW_KEYWORD },
	[GW_METRIC_FLOW] = { "flow", GW_KEYWORD },
	[GW_METRIC_TASK] = { "task", GW_KEYWORD },
	[GW_METRIC_TASKRUN] = { "taskrun", GW_KEYWORD },
	[GW_METRIC_NAME] = { "name", GW_KEYWORD },
	[GW_METRIC_AT] = { "at", GW_INSTANT },
};
KIND(metric, metric_fields, INDEXES("namespace flow at"));

/* key: target/id; what is asked of an execution that another node owns */
static const struct gw_field action_fields[] = {
	[GW_ACTION_TARGET] = { "target", GW_KEYWORD },
};
KIND(action, action_fields, .step = GW_STEP_LAST);

/* key: namespace/flow, or a backfill's key: how many may run at once */
const struct gw_kind gw_kind_gate = { .name = "gate", .step = GW_STEP_GUARD };

/* key: gate/position */
static const struct gw_field waiter_fields[] = {
	[GW_WAITER_GATE] = { "gate", GW_KEYWORD },
};
KIND(waiter, waiter_fields);

/* ---- Kinds whose documents belong to a namespace, or to the tenant (namespace null) ---- */

static const struct gw_field scoped_fields[] = {
	[GW_SCOPED_NAMESPACE] = { "namespace", GW_KEYWORD },
	[GW_SCOPED_ID] = { "id", GW_KEYWORD },
	[GW_SCOPED_UPDATED] = { "updated", GW_INSTANT },
};
KIND(app, scoped_fields);
KIND(blueprint, scoped_fields);
KIND(credential, scoped_fields);
KIND(dashboard, scoped_fields);
KIND(kv_store, scoped_fields);
KIND(namespace, scoped_fields);
KIND(namespace_file, scoped_fields);
KIND(secret, scoped_fields);
KIND(template, scoped_fields);
KIND(test_suite, scoped_fields);

/* ---- Kinds of a tenant or of the whole installation, known by name ---- */

static const struct gw_field named_fields[] = {
	[GW_NAMED_NAME] = { "name", GW_KEYWORD },
	[GW_NAMED_UPDATED] = { "updated", GW_INSTANT },
};
KIND(banner, named_fields);
KIND(binding, named_fields);
KIND(group, named_fields);
KIND(invitation, named_fields);
KIND(kill_switch, named_fields);
KIND(role, named_fields);
KIND(security_integration, named_fields);
KIND(tenant_access, named_fields);
KIND(user, named_fields);
KIND(worker_group, named_fields);

/* key: id */
static const struct gw_field audit_log_fields[] = {
	[GW_AUDIT_LOG_AT] = { "at", GW_INSTANT },
	[GW_AUDIT_LOG_USER] = { "user", GW_KEYWORD },
	[GW_AUDIT_LOG_TYPE] = { "type", GW_KEYWORD },
	[GW_AUDIT_LOG_NAMESPACE] = { "namespace", GW_KEYWORD },
};
KIND(audit_log, audit_log_fields, INDEXES("at"));

const struct gw_kind *const gw_kinds[] = {
	&gw_kind_setting,
	&gw_kind_tenant,
	&gw_kind_node,
	&gw_kind_signal,
	&gw_kind_flow,
	&gw_kind_flow_revision,
	&gw_kind_trigger,
	&gw_kind_backfill,
	&gw_kind_execution,
	&gw_kind_taskrun,
	&gw_kind_log,
	&gw_kind_metric,
	&gw_kind_action,
	&gw_kind_gate,
	&gw_kind_waiter,
	&gw_kind_app,
	&gw_kind_blueprint,
	&gw_kind_credential,
	&gw_kind_dashboard,
	&gw_kind_kv_store,
	&gw_kind_namespace,
	&gw_kind_namespace_file,
	&gw_kind_secret,
	&gw_kind_template,
	&gw_kind_test_suite,
	&gw_kind_banner,
	&gw_kind_binding,
	&gw_kind_group,
	&gw_kind_invitation,
	&gw_kind_kill_switch,
	&gw_kind_role,
	&gw_kind_security_integration,
	&gw_kind_tenant_access,
	&gw_kind_user,
	&gw_kind_worker_group,
	&gw_kind_audit_log,
	NULL,
};

const struct gw_kind *gw_kind_find(const char *name)
{
	for (size_t i = 0; gw_kinds[i]; i++)
		if (strcmp(gw_kinds[i]->name, name) == 0)
			return gw_kinds[i];
	return NULL;
}

int gw_kind_field(const struct gw_kind *kind, const char *name)
{
	for (unsigned i = 0; i < kind->n_fields; i++)
		if (strcmp(kind->fields[i].name, name) == 0)
			return (int)i;
	return -1;
}

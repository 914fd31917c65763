/* execution.c - conditions on the execution, or its flow, that a trigger reacts to
 *
 * What is tested comes in through hidden properties that render to it by default. */
#include "plugins/schedule/schedule.h"

#define NAMESPACE_OF_IT "\"{{ trigger.namespace ?? flow.namespace }}\""
#define FLOW_OF_IT "\"{{ trigger.flowId ?? flow.id }}\""

static bool same(const json_t *properties, const char *one, const char *other)
{
	const char *a = gw_json_string(properties, one), *b = gw_json_string(properties, other);
	return a && b && strcmp(a, b) == 0;
}

/* ---- ExecutionFlow, FlowCondition ---- */

static const struct gw_property flow_properties[] = {
	{ "namespace", "string", GW_REQUIRED, NULL, "The namespace that the flow must be in." },
	{ "flowId", "string", GW_REQUIRED, NULL, "The id that the flow must have." },
	{ "actualNamespace", "string", GW_HIDDEN, NAMESPACE_OF_IT,
		"The namespace that is tested." },
	{ "actualFlowId", "string", GW_HIDDEN, FLOW_OF_IT, "The flow that is tested." },
	{ 0 },
};

static bool test_flow(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	(void)nested, (void)n, (void)err;
	*holds = same(properties, "namespace", "actualNamespace") &&
		 same(properties, "flowId", "actualFlowId");
	return true;
}

const struct gw_condition_type execution_flow = {
	.type = "io.kestra.plugin.core.condition.ExecutionFlow",
	.aliases = FORMER_NAMES("ExecutionFlowCondition"),
	.summary = "Holds for executions of one flow.",
	.properties = flow_properties,
	.test = test_flow,
};

const struct gw_condition_type flow_condition = {
	.type = "io.kestra.plugin.core.condition.FlowCondition",
	.aliases = (const char *const[]){ "io.kestra.core.models.conditions.types.FlowCondition",
		NULL },
	.summary = "Holds for one flow.",
	.properties = flow_properties,
	.test = test_flow,
};

/* ---- ExecutionNamespace, FlowNamespaceCondition ---- */

static const struct gw_property namespace_properties[] = {
	{ "namespace", "string", GW_REQUIRED, NULL, "What the namespace is compared with." },
	{ "comparison", "enum(EQUALS,PREFIX,SUFFIX)", 0, NULL,
		"Whether the namespace must equal it, begin with it or end with it. By default "
		"it must equal it." },
	{ "prefix", "boolean", 0, "false",
		"With `true`, the default of `comparison` is `PREFIX`." },
	{ "actualNamespace", "string", GW_HIDDEN, NAMESPACE_OF_IT,
		"The namespace that is tested." },
	{ 0 },
};

static bool test_namespace(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	struct gw_slice actual = gw_slice_of(gw_json_string(properties, "actualNamespace"));
	struct gw_slice wanted = gw_slice_of(gw_json_string(properties, "namespace"));
	const char *comparison = gw_json_string(properties, "comparison");
	(void)nested, (void)n, (void)err;
	if (!comparison)
		comparison = gw_json_true(properties, "prefix") ? "PREFIX" : "EQUALS";
	if (!actual.data || !wanted.data)
		*holds = false;
	else if (strcmp(comparison, "PREFIX") == 0)
		*holds = gw_slice_starts(actual, wanted);
	else if (strcmp(comparison, "SUFFIX") == 0)
		*holds = gw_slice_ends(actual, wanted);
	else
		*holds = gw_slice_equal(actual, wanted);
	return true;
}

const struct gw_condition_type execution_namespace = {
	.type = "io.kestra.plugin.core.condition.ExecutionNamespace",
	.aliases = FORMER_NAMES("ExecutionNamespaceCondition"),
	.summary = "Holds for executions of flows in a namespace.",
	.properties = namespace_properties,
	.test = test_namespace,
};

static const struct gw_property flow_namespace_properties[] = {
	{ "namespace", "string", GW_REQUIRED, NULL, "The namespace that the flow must be in." },
	{ "prefix", "boolean", 0, "false",
		"Whether it is enough that the flow's namespace begins with it." },
	{ "actualNamespace", "string", GW_HIDDEN, NAMESPACE_OF_IT,
		"The namespace that is tested." },
	{ 0 },
};

const struct gw_condition_type flow_namespace = {
	.type = "io.kestra.plugin.core.condition.FlowNamespaceCondition",
	.aliases =
		(const char *const[]){
			"io.kestra.core.models.conditions.types.FlowNamespaceCondition", NULL },
	.summary = "Holds for flows in a namespace.",
	.properties = flow_namespace_properties,
	.test = test_namespace,
};

/* ---- ExecutionStatus ---- */

static const struct gw_property status_properties[] = {
	{ "in", "list<enum(" GW_STATES ")>", 0, NULL,
		"The execution must be in one of these states." },
	{ "notIn", "list<enum(" GW_STATES ")>", 0, NULL,
		"The execution must be in none of these states." },
	{ "actualState", "string", GW_HIDDEN, "\"{{ trigger.state ?? execution.state }}\"",
		"The state that is tested." },
	{ 0 },
};

static bool is_among(const json_t *list, const char *text)
{
	size_t i;
	json_t *item;
	json_array_foreach (list, i, item)
		if (text && json_is_string(item) && strcmp(json_string_value(item), text) == 0)
			return true;
	return false;
}

static bool test_status(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	const char *state = gw_json_string(properties, "actualState");
	const json_t *in = json_object_get(properties, "in");
	(void)nested, (void)n, (void)err;
	*holds = (!json_is_array(in) || is_among(in, state)) &&
		 !is_among(json_object_get(properties, "notIn"), state);
	return true;
}

const struct gw_condition_type execution_status = {
	.type = "io.kestra.plugin.core.condition.ExecutionStatus",
	.aliases = FORMER_NAMES("ExecutionStatusCondition"),
	.summary = "Holds for executions in some states, or not in some states.",
	.properties = status_properties,
	.test = test_status,
};

/* ---- ExecutionLabels ---- */

static const struct gw_property labels_properties[] = {
	{ "labels", "map<any>|list<{key:string,value:any}>", GW_REQUIRED, NULL,
		"The labels that the execution must have: a map from key to value, or a list of "
		"`{key, value}`." },
	{ "actualLabels", "any", GW_HIDDEN, "\"{{ labels }}\"", "The labels that are tested." },
	{ 0 },
};

/* A label, whose key may have dots where expressions see maps inside each other. */
static const json_t *find_label(const json_t *labels, const char *key)
{
	const json_t *value = json_object_get(labels, key);
	const char *dot = value ? NULL : strchr(key, '.');
	if (!dot)
		return value;
	gw_auto_str first = { 0 };
	gw_str_add(&first, key, (size_t)(dot - key));
	const json_t *inner = json_object_get(labels, gw_str_text(&first));
	return json_is_object(inner) ? find_label(inner, dot + 1) : NULL;
}

static bool has_label(const json_t *labels, const char *key, const json_t *wanted)
{
	const char *actual = json_string_value(find_label(labels, key));
	gw_auto_str text = { 0 };
	if (json_is_string(wanted))
		gw_str_puts(&text, json_string_value(wanted));
	else
		gw_json_print(&text, wanted);
	return actual && strcmp(actual, gw_str_text(&text)) == 0;
}

static bool has_all(const json_t *labels, json_t *wanted)
{
	const char *key;
	size_t i;
	json_t *item;
	json_array_foreach (wanted, i, item) {
		key = gw_json_string(item, "key");
		if (!key || !has_label(labels, key, json_object_get(item, "value")))
			return false;
	}
	json_object_foreach (wanted, key, item)
		if (!has_label(labels, key, item))
			return false;
	return true;
}

static bool test_labels(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	json_t *actual = json_object_get(properties, "actualLabels");
	json_auto_t *labels = json_is_string(actual)
				      ? gw_json_parse(gw_slice_of(json_string_value(actual)), err)
				      : json_incref(actual);
	(void)nested, (void)n;
	*holds = has_all(labels, json_object_get(properties, "labels"));
	return true;
}

const struct gw_condition_type execution_labels = {
	.type = "io.kestra.plugin.core.condition.ExecutionLabels",
	.aliases = FORMER_NAMES("ExecutionLabelsCondition"),
	.summary = "Holds for executions that have all of the given labels.",
	.properties = labels_properties,
	.test = test_labels,
};

/* ---- ExecutionOutputs ---- */

static const struct gw_property outputs_properties[] = {
	{ "expression", "string", GW_REQUIRED, NULL,
		"Holds if it renders to something other than nothing, `false`, `0` or `-0`. It "
		"sees the execution's outputs as `trigger.outputs`." },
	{ 0 },
};

static bool test_outputs(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	(void)nested, (void)n, (void)err;
	*holds = gw_is_truthy(json_object_get(properties, "expression"));
	return true;
}

const struct gw_condition_type execution_outputs = {
	.type = "io.kestra.plugin.core.condition.ExecutionOutputs",
	.aliases = FORMER_NAMES("ExecutionOutputsCondition"),
	.summary = "Holds if an expression on an execution's outputs does.",
	.properties = outputs_properties,
	.test = test_outputs,
};

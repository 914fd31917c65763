/* compile.c - building the compiled form of a flow */
#include "check/compile.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "check/defaults.h"
#include "check/flow.h"

static const struct {
	const char *name;
	enum gw_limit_behavior behavior;
} behaviors[] = {
	{ "QUEUE", GW_LIMIT_QUEUE },
	{ "CANCEL", GW_LIMIT_CANCEL },
	{ "FAIL", GW_LIMIT_FAIL },
};

void gw_compile_break(struct gw_compiler *c, const char *what, const char *id, const char *message)
{
	if (!c->flow->broken)
		c->flow->broken = gw_sprintf("%s '%s': %s", what, id ? id : "", message);
}

enum gw_level gw_compile_level(const json_t *object)
{
	const char *name = gw_json_string(object, "logLevel");
	enum gw_level level = GW_TRACE;
	if (name)
		gw_level_parse(gw_slice_of(name), &level);
	return level;
}

static void compile_labels(struct gw_flow *flow, const json_t *doc)
{
	struct gw_error err;
	gw_labels_read(&flow->labels, json_object_get(doc, "labels"), &err);
}

static void compile_concurrency(struct gw_flow *flow, const json_t *concurrency)
{
	const char *name = gw_json_string(concurrency, "behavior");
	flow->concurrency = (int)json_integer_value(json_object_get(concurrency, "limit"));
	for (size_t i = 0; name && i < GW_LEN(behaviors); i++)
		if (strcmp(name, behaviors[i].name) == 0)
			flow->limit_behavior = behaviors[i].behavior;
}

static void compile_outputs(struct gw_compiler *c, json_t *outputs)
{
	struct gw_error err;
	size_t i;
	json_t *output;
	if (!json_is_array(outputs))
		return;
	c->flow->outputs = json_incref(outputs);
	c->flow->output_values = gw_new_array(struct gw_tree *, json_array_size(outputs) + 1);
	json_array_foreach (outputs, i, output) {
		const json_t *value = json_object_get(output, "value");
		c->flow->output_values[i] = value ? gw_tree_compile(value, &err) : NULL;
		if (value && !c->flow->output_values[i])
			gw_compile_break(c, "output", gw_json_string(output, "id"), err.message);
	}
}

static json_t *kept(const json_t *doc, const char *key)
{
	return json_incref(json_object_get(doc, key));
}

/* Sizes of what jansson and the compiled trees hold, roughly. */
static size_t weigh(const json_t *value)
{
	size_t weight = 64 + json_string_length(value);
	const char *key;
	json_t *item;
	size_t i;
	json_object_foreach ((json_t *)(uintptr_t)value, key, item)
		weight += 64 + strlen(key) + weigh(item);
	json_array_foreach (value, i, item)
		weight += weigh(item);
	return weight;
}

static void compile_lists(struct gw_compiler *c, const json_t *doc)
{
	const struct {
		const char *key;
		struct gw_branch *branch;
	} lists[] = {
		{ "tasks", &c->flow->tasks },
		{ "errors", &c->flow->errors },
		{ "finally", &c->flow->finally },
		{ "afterExecution", &c->flow->after_execution },
	};
	for (size_t i = 0; i < GW_LEN(lists); i++)
		gw_compile_branch(c, lists[i].branch, lists[i].key,
			json_object_get(doc, lists[i].key));
}

struct gw_flow *gw_flow_compile(const char *tenant, int revision, json_t *doc,
	const struct gw_registry *registry, const struct gw_flow_defaults *defaults)
{
	struct gw_flow *flow = gw_new(struct gw_flow);
	struct gw_compiler c = { .flow = flow, .registry = registry };
	json_auto_t *merged = gw_defaults_merge(doc, registry, defaults);
	const char *id = gw_json_string(doc, "id"), *namespace = gw_json_string(doc, "namespace");
	atomic_init(&flow->references, 1);
	flow->tenant = gw_strdup(tenant);
	flow->namespace = gw_strdup(namespace ? namespace : "");
	flow->id = gw_strdup(id ? id : "");
	flow->revision = revision;
	flow->disabled = gw_json_true(doc, "disabled");
	flow->doc = json_incref(doc);
	flow->variables = kept(merged, "variables");
	flow->inputs = kept(merged, "inputs");
	compile_labels(flow, merged);
	compile_concurrency(flow, json_object_get(merged, "concurrency"));
	compile_outputs(&c, json_object_get(merged, "outputs"));
	c.retry = gw_compile_retry(json_object_get(merged, "retry"));
	compile_lists(&c, merged);
	gw_compile_triggers(&c, json_object_get(merged, "triggers"));
	flow->bytes = sizeof(*flow) + 4 * weigh(merged);
	return flow;
}

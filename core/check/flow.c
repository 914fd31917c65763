/* flow.c - from a flow's source to its document, or to what is wrong with it */
#include "check/flow.h"

#include "base/mem.h"
#include "check/defaults.h"
#include "check/tables.h"
#include "check/walk.h"

#define FLOW_CLASS "io.kestra.core.models.flows.Flow"

static const struct gw_property *const flow_tables[] = { gw_flow_table, NULL };

/* ---- Plugin defaults ---- */

static void check_default_values(struct gw_check *c, const char *type, const json_t *values)
{
	const struct gw_task_entry *task = gw_registry_task(c->registry, type);
	const struct gw_trigger_entry *trigger = gw_registry_trigger(c->registry, type);
	const struct gw_property *const tables[] = {
		task      ? task->type->properties
		: trigger ? trigger->type->properties
			  : NULL,
		task ? gw_task_table : gw_trigger_table,
		task && task->type->mode == GW_TASK_FLOWABLE ? gw_flowable_table : NULL,
		NULL,
	};
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)(uintptr_t)values, key, value) {
		if (json_is_null(value))
			gw_check_add(c, "Invalid Plugin Default: No value provided for key '%s'",
				key);
		else if ((task || trigger) && !gw_property_find(tables, key))
			gw_check_add(c,
				"Invalid Plugin Default: Unrecognized field \"%s\" (class %s)", key,
				type);
	}
}

static void check_default(struct gw_check *c, json_t *item)
{
	const struct gw_property *const tables[] = { gw_default_table, NULL };
	gw_check_members(c, item, tables, "io.kestra.core.models.flows.PluginDefault");
	const char *type = gw_json_string(item, "type");
	const json_t *values = json_object_get(item, "values");
	if (!json_is_object(values))
		gw_check_add(c, "Invalid Plugin Default: No 'values' provided");
	else if (!type || !*type)
		gw_check_add(c, "Invalid Plugin Default: No 'type' provided");
	else
		check_default_values(c, type, values);
}

static void check_defaults(struct gw_check *c, json_t *doc, const char *key)
{
	json_t *list = json_object_get(doc, key), *item;
	size_t i;
	size_t len = gw_check_enter(c, key);
	if (list && !json_is_array(list))
		gw_check_add(c, "must be a list of {type, values}");
	json_array_foreach (list, i, item) {
		size_t inner = gw_check_enter_item(c, i);
		if (json_is_object(item))
			check_default(c, item);
		else
			gw_check_add(c, "must be a map with 'type' and 'values'");
		gw_check_leave(c, inner);
	}
	gw_check_leave(c, len);
}

/* ---- What tables cannot say of a flow ---- */

/* Labels as the list that is stored. */
static void check_labels(struct gw_check *c, json_t *doc)
{
	struct gw_labels labels = { 0 };
	struct gw_error err;
	if (!gw_labels_read(&labels, json_object_get(doc, "labels"), &err))
		gw_check_add_at(c, "labels", "%s", err.message);
	json_auto_t *list = json_array();
	for (size_t i = 0; i < labels.n; i++) {
		const char *key = labels.items[i].key, *value = labels.items[i].value;
		if (gw_label_is_system(key) && strcmp(key, "system.readOnly") != 0)
			gw_check_add_flow(c,
				"System labels can only be set by Kestra itself, offending label: "
				"%s=%s",
				key, value);
		json_array_append_new(list, json_pack("{s:s,s:s}", "key", key, "value", value));
	}
	if (labels.n > 0)
		json_object_set(doc, "labels", list);
	else
		json_object_del(doc, "labels");
	gw_labels_clear(&labels);
}

static void refuse_repeated(struct gw_check *c, const char *what, const json_t *counts)
{
	gw_auto_str names = { 0 };
	const char *id;
	json_t *count;
	json_object_foreach ((json_t *)(uintptr_t)counts, id, count)
		if (json_integer_value(count) > 1)
			gw_str_printf(&names, "%s%s", names.len ? ", " : "", id);
	if (names.len)
		gw_check_add_flow(c, "Duplicate %s with name [%s]", what, gw_str_text(&names));
}

static void refuse_repeated_ids(struct gw_check *c, const char *what, const json_t *list)
{
	json_auto_t *counts = json_object();
	size_t i;
	json_t *item;
	json_array_foreach (list, i, item) {
		const char *id = gw_json_string(item, "id");
		if (id)
			json_object_set_new(counts, id,
				json_integer(json_integer_value(json_object_get(counts, id)) + 1));
	}
	refuse_repeated(c, what, counts);
}

static void check_outputs(struct gw_check *c, json_t *outputs)
{
	size_t i;
	json_t *output;
	size_t len = gw_check_enter(c, "outputs");
	json_array_foreach (outputs, i, output) {
		size_t inner = gw_check_enter_item(c, i);
		gw_check_id(c, output, "id", GW_DATA_ID);
		gw_check_leave(c, inner);
	}
	gw_check_leave(c, len);
}

static void note_what_has_no_effect(struct gw_check *c, const json_t *doc)
{
	static const char *const names[] = { "listeners", "sla", "checks" };
	for (size_t i = 0; i < GW_LEN(names); i++)
		if (json_array_size(json_object_get(doc, names[i])) > 0)
			gw_check_note(c, "warnings", "%s has no effect here", names[i]);
}

static void check_flow_level(struct gw_check *c, json_t *doc)
{
	const json_t *concurrency = json_object_get(doc, "concurrency");
	const json_t *limit = json_object_get(concurrency, "limit");
	gw_check_id(c, doc, "id", GW_FLOW_ID);
	gw_check_id(c, doc, "namespace", GW_NAMESPACE);
	gw_check_retry(c, json_object_get(doc, "retry"));
	check_defaults(c, doc, "pluginDefaults");
	check_defaults(c, doc, "taskDefaults");
	check_outputs(c, json_object_get(doc, "outputs"));
	if (json_object_get(doc, "workerGroup"))
		gw_check_add_at(c, "workerGroup",
			"Worker Group is an Enterprise Edition functionality");
	if (json_is_integer(limit) && json_integer_value(limit) < 1)
		gw_check_add_at(c, "concurrency.limit", "must be greater than 0");
	refuse_repeated(c, "task id", c->task_ids);
	refuse_repeated(c, "trigger id", c->trigger_ids);
	refuse_repeated_ids(c, "input", json_object_get(doc, "inputs"));
	refuse_repeated_ids(c, "output", json_object_get(doc, "outputs"));
	gw_check_inputs(c, json_object_get(doc, "inputs"));
	check_labels(c, doc);
	note_what_has_no_effect(c, doc);
}

static void report_flow_level(struct gw_check *c)
{
	if (c->flow_problems.len)
		gw_check_add(c, "Invalid Flow: %s", gw_str_text(&c->flow_problems));
}

/* ---- Reading ---- */

static void begin(struct gw_check *c, json_t *doc)
{
	c->root = doc;
	c->root_class = FLOW_CLASS;
	c->namespace = gw_json_string(doc, "namespace");
	c->flow_id = gw_json_string(doc, "id");
	c->task_ids = json_object();
	c->trigger_ids = json_object();
}

/* Once as written: names, types, scalars; once more with defaults, which may give the rest. */
static void check_flow(struct gw_check *c, json_t *doc, const struct gw_flow_defaults *defaults)
{
	begin(c, doc);
	c->is_partial = gw_defaults_exist(doc, defaults);
	gw_check_members(c, doc, flow_tables, FLOW_CLASS);
	check_flow_level(c, doc);
	if (c->is_partial && c->v->n == 0) {
		json_auto_t *merged = gw_defaults_merge(doc, c->registry, defaults);
		c->is_partial = false;
		c->is_merged = true;
		gw_check_members(c, merged, flow_tables, FLOW_CLASS);
	}
	report_flow_level(c);
}

/* The position that ends a message of gw_yaml_parse. */
static struct gw_position position_in(const char *message)
{
	struct gw_position at = { 0 };
	const char *line = NULL;
	for (const char *p = message; (p = strstr(p, " at line ")); p++)
		line = p;
	if (!line || sscanf(line, " at line %d, column %d", &at.line, &at.column) != 2)
		at = (struct gw_position){ 1, 1 };
	return at;
}

static void refuse_source(struct gw_violations *v, const char *message)
{
	gw_auto_free char *text = gw_sprintf("Illegal flow yaml: %s", message);
	struct gw_violation *item = gw_violations_add(v, "", "yaml", text);
	if (item) {
		item->is_bare = true;
		item->at = position_in(message);
	}
}

static json_t *parse(struct gw_slice source, struct gw_violations *v)
{
	struct gw_error err;
	json_auto_t *doc = gw_yaml_parse(source, &err);
	if (!doc)
		refuse_source(v, err.message);
	else if (!json_is_object(doc))
		refuse_source(v, "a flow is a map with 'id', 'namespace' and 'tasks'");
	return json_is_object(doc) ? json_incref(doc) : NULL;
}

/* What the server says of a flow is not taken from its source; nothing is said by null. */
static void tidy(json_t *doc, json_t *notes)
{
	const char *key;
	json_t *value;
	void *next;
	json_t *revision = json_object_get(doc, "revision");
	if (notes && json_is_integer(revision))
		json_object_set(notes, "revision", revision);
	json_object_del(doc, "revision");
	json_object_del(doc, "tenantId");
	json_object_foreach_safe (doc, next, key, value)
		if (json_is_null(value))
			json_object_del(doc, key);
	json_object_set_new(doc, "deleted", json_false());
	if (!json_object_get(doc, "disabled"))
		json_object_set_new(doc, "disabled", json_false());
}

json_t *gw_flow_read(struct gw_slice source, const struct gw_registry *registry,
	const struct gw_flow_defaults *defaults, struct gw_violations *v, json_t *notes)
{
	json_auto_t *doc = parse(source, v);
	if (!doc)
		return NULL;
	if (!json_is_object(notes))
		notes = NULL;
	tidy(doc, notes);
	struct gw_check c = { .registry = registry, .v = v, .notes = notes };
	check_flow(&c, doc, defaults);
	gw_check_clear(&c);
	if (v->n > 0)
		gw_violations_locate(v, source);
	return v->n == 0 ? json_incref(doc) : NULL;
}

static void check_alone(const json_t *object, enum gw_schema_kind kind, struct gw_check *c)
{
	json_auto_t *copy = json_deep_copy(object);
	const char *type = gw_json_string(object, "type");
	c->root = copy;
	c->root_class = type ? type : "";
	if (json_is_object(copy))
		gw_check_typed(c, kind, copy);
	else
		gw_check_add(c, "must be a map with 'id' and 'type'");
	gw_check_clear(c);
}

void gw_task_check(const json_t *task, const struct gw_registry *registry, struct gw_violations *v)
{
	check_alone(task, GW_IS_TASK, &(struct gw_check){ .registry = registry, .v = v });
}

void gw_trigger_check(const json_t *trigger, const struct gw_registry *registry,
	struct gw_violations *v)
{
	check_alone(trigger, GW_IS_TRIGGER, &(struct gw_check){ .registry = registry, .v = v });
}

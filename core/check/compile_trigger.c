/* compile_trigger.c - triggers: their properties with defaults, and what all of them have */
#include "check/compile.h"

#include "base/json.h"
#include "base/mem.h"
#include "check/property.h"
#include "check/schema.h"
#include "model/state.h"

/* All that was written; the type's own properties converted, with defaults. A new reference. */
static json_t *all_properties(struct gw_compiler *c, const struct gw_trigger *trigger,
	const json_t *doc)
{
	json_t *properties = json_copy((json_t *)(uintptr_t)doc);
	struct gw_error err;
	const struct gw_property *row = trigger->type->properties;
	for (; row && row->name; row++) {
		json_t *given = json_object_get(doc, row->name);
		json_auto_t *value = given && !json_is_null(given) ? json_incref(given)
								   : gw_property_fallback(row);
		if (!value)
			continue;
		json_t *converted = gw_value_has_expression(value)
					    ? json_incref(value)
					    : gw_schema_convert(row->schema, value, &err);
		if (converted) {
			json_object_set_new(properties, row->name, converted);
			continue;
		}
		gw_explain(&err, "%s", row->name);
		gw_compile_break(c, "trigger", trigger->id, err.message);
	}
	return properties;
}

/* conditions, and after them the scheduleConditions of old; a new reference or NULL. */
static json_t *all_conditions(const json_t *doc)
{
	json_t *conditions = json_object_get(doc, "conditions");
	json_t *more = json_object_get(doc, "scheduleConditions");
	if (json_array_size(more) == 0)
		return json_array_size(conditions) ? json_incref(conditions) : NULL;
	json_t *all = json_is_array(conditions) ? json_copy(conditions) : json_array();
	json_array_extend(all, more);
	return all;
}

static struct gw_tree *compile_tree(struct gw_compiler *c, const char *id, const json_t *value)
{
	struct gw_error err;
	struct gw_tree *tree = value ? gw_tree_compile(value, &err) : NULL;
	if (value && !tree)
		gw_compile_break(c, "trigger", id, err.message);
	return tree;
}

static void compile_labels(struct gw_compiler *c, struct gw_trigger *trigger, const json_t *labels)
{
	struct gw_error err;
	struct gw_labels *read = &trigger->labels;
	if (!gw_labels_read(read, labels, &err)) {
		gw_compile_break(c, "trigger", trigger->id, err.message);
		return;
	}
	trigger->label_values = gw_new_array(struct gw_template *, read->n + 1);
	for (size_t i = 0; i < read->n; i++) {
		struct gw_slice value = gw_slice_of(read->items[i].value);
		trigger->label_values[i] = gw_template_compile(value, &err);
		if (!trigger->label_values[i])
			gw_compile_break(c, "trigger", trigger->id, err.message);
	}
}

static void compile_stop_after(struct gw_trigger *trigger, const json_t *states)
{
	size_t i;
	json_t *state;
	if (json_array_size(states) == 0)
		return;
	trigger->stop_after = gw_new_array(enum gw_state, json_array_size(states));
	json_array_foreach (states, i, state) {
		struct gw_slice name = gw_slice_of(json_string_value(state));
		if (name.data && gw_state_parse(name, &trigger->stop_after[trigger->n_stop_after]))
			trigger->n_stop_after++;
	}
}

static void compile_trigger(struct gw_compiler *c, struct gw_trigger *trigger, const json_t *doc)
{
	const char *id = gw_json_string(doc, "id"), *type = gw_json_string(doc, "type");
	const struct gw_trigger_entry *entry = type ? gw_registry_trigger(c->registry, type) : NULL;
	trigger->id = gw_strdup(id ? id : "");
	trigger->type_name = gw_strdup(entry ? entry->type->type : type ? type : "");
	trigger->disabled = gw_json_true(doc, "disabled");
	trigger->allow_concurrent = gw_json_true(doc, "allowConcurrent");
	trigger->log_level = gw_compile_level(doc);
	if (!entry) {
		gw_auto_free char *message = gw_sprintf("Invalid type: %s", type ? type : "null");
		gw_compile_break(c, "trigger", id, message);
		return;
	}
	trigger->type = entry->type;
	trigger->properties = all_properties(c, trigger, doc);
	trigger->conditions = all_conditions(doc);
	trigger->inputs = compile_tree(c, id, json_object_get(doc, "inputs"));
	compile_labels(c, trigger, json_object_get(doc, "labels"));
	compile_stop_after(trigger, json_object_get(doc, "stopAfter"));
}

void gw_compile_triggers(struct gw_compiler *c, const json_t *triggers)
{
	size_t i;
	json_t *doc;
	struct gw_flow *flow = c->flow;
	flow->triggers = gw_new_array(struct gw_trigger, json_array_size(triggers) + 1);
	json_array_foreach (triggers, i, doc)
		compile_trigger(c, &flow->triggers[flow->n_triggers++], doc);
}

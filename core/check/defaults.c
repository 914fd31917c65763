/* defaults.c - merging plugin defaults into a flow */
#include "check/defaults.h"

#include "base/json.h"

/* Defaults may bring in objects that have defaults: there must be an end to it. */
#define DEPTH_MAX 128
#define OBJECTS_MAX 100000

struct merger {
	const struct gw_registry *registry;
	json_t *sources; /* {type, forced, values}, the first wins; types without aliases */
	unsigned depth, n_objects;
};

/* The type's own name if it is an alias. */
static const char *canonical(const struct gw_registry *r, const char *type)
{
	const struct gw_task_entry *task = gw_registry_task(r, type);
	const struct gw_trigger_entry *trigger = task ? NULL : gw_registry_trigger(r, type);
	const struct gw_condition_entry *condition =
		task || trigger ? NULL : gw_registry_condition(r, type);
	return task        ? task->type->type
	       : trigger   ? trigger->type->type
	       : condition ? condition->type->type
			   : type;
}

static void add_sources(struct merger *m, const json_t *list)
{
	size_t i;
	json_t *source;
	json_array_foreach (list, i, source) {
		const char *type = gw_json_string(source, "type");
		if (!type || !*type || !json_is_object(json_object_get(source, "values")))
			continue;
		json_t *copy = json_copy(source);
		json_object_set_new(copy, "type", json_string(canonical(m->registry, type)));
		json_array_append_new(m->sources, copy);
	}
}

/* Maps merge deeply, lists are joined, else what is on top wins. A new reference. */
static json_t *merge(json_t *below, json_t *above)
{
	if (json_is_array(below) && json_is_array(above)) {
		json_t *joined = json_copy(below);
		json_array_extend(joined, above);
		return joined;
	}
	if (!json_is_object(below) || !json_is_object(above))
		return json_incref(above);
	json_t *merged = json_copy(below);
	const char *key;
	json_t *member;
	json_object_foreach (above, key, member) {
		json_t *other = json_object_get(below, key);
		json_object_set_new(merged, key,
			other ? merge(other, member) : json_incref(member));
	}
	return merged;
}

static bool is_meant(const json_t *source, const char *type)
{
	const char *prefix = gw_json_string(source, "type");
	return strncmp(type, prefix, strlen(prefix)) == 0;
}

/* The sources' order: of those beneath the first comes on top, of those above the last goes on
 * first. */
static json_t *merge_typed(const struct merger *m, json_t *object)
{
	const char *type = canonical(m->registry, gw_json_string(object, "type"));
	json_t *result = json_incref(object);
	size_t n = json_array_size(m->sources);
	for (size_t i = 0; i < 2 * n; i++) {
		bool is_forced = i >= n;
		json_t *source = json_array_get(m->sources, is_forced ? 2 * n - 1 - i : i);
		json_t *values = json_object_get(source, "values");
		if (gw_json_true(source, "forced") != is_forced || !is_meant(source, type))
			continue;
		json_t *next = is_forced ? merge(result, values) : merge(values, result);
		json_decref(result);
		result = next;
	}
	return result;
}

static json_t *apply(struct merger *m, json_t *value);

static json_t *apply_members(struct merger *m, json_t *object)
{
	json_auto_t *merged =
		gw_json_string(object, "type") ? merge_typed(m, object) : json_incref(object);
	json_t *result = json_object();
	const char *key;
	json_t *member;
	json_object_foreach (merged, key, member) {
		bool is_kept = m->depth == 1 && strcmp(key, "pluginDefaults") == 0;
		json_object_set_new(result, key, is_kept ? json_incref(member) : apply(m, member));
	}
	return result;
}

static json_t *apply_items(struct merger *m, json_t *list)
{
	json_t *result = json_array();
	size_t i;
	json_t *item;
	json_array_foreach (list, i, item)
		json_array_append_new(result, apply(m, item));
	return result;
}

static json_t *apply(struct merger *m, json_t *value)
{
	bool is_list = json_is_array(value);
	if ((!is_list && !json_is_object(value)) || m->depth >= DEPTH_MAX ||
		m->n_objects >= OBJECTS_MAX)
		return json_incref(value);
	m->depth++;
	m->n_objects++;
	json_t *result = is_list ? apply_items(m, value) : apply_members(m, value);
	m->depth--;
	return result;
}

bool gw_defaults_exist(const json_t *flow, const struct gw_flow_defaults *defaults)
{
	return json_object_get(flow, "pluginDefaults") || json_object_get(flow, "taskDefaults") ||
	       (defaults && json_array_size(defaults->plugin_defaults) > 0);
}

json_t *gw_defaults_merge(const json_t *flow, const struct gw_registry *registry,
	const struct gw_flow_defaults *defaults)
{
	json_t *same = (json_t *)(uintptr_t)flow;
	if (!gw_defaults_exist(flow, defaults))
		return json_incref(same);
	json_auto_t *sources = json_array();
	struct merger m = { .registry = registry, .sources = sources };
	add_sources(&m, json_object_get(flow, "taskDefaults"));
	add_sources(&m, json_object_get(flow, "pluginDefaults"));
	if (defaults)
		add_sources(&m, defaults->plugin_defaults);
	return apply(&m, same);
}

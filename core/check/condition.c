/* condition.c - whether the conditions of a trigger hold */
#include "check/property.h"

#include "base/json.h"
#include "base/mem.h"
#include "check/compile.h"
#include "check/schema.h"
#include "module/registry.h"

struct evaluation {
	const struct gw_registry *registry;
	struct gw_scope *scope;
};

static bool evaluate(const struct evaluation *e, const json_t *condition, bool *holds,
	struct gw_error *err);

/* A row's value rendered and converted; *out NULL = nothing was given. */
static bool render_row(const struct evaluation *e, const struct gw_property *row, json_t *given,
	json_t **out, struct gw_error *err)
{
	json_auto_t *value =
		given && !json_is_null(given) ? json_incref(given) : gw_property_fallback(row);
	json_auto_t *rendered = NULL;
	if (!value)
		return true;
	if (row->flags & GW_STATIC || !gw_value_has_expression(value)) {
		rendered = json_incref(value);
	} else {
		struct gw_tree *tree = gw_tree_compile(value, err);
		rendered = tree ? gw_tree_render(tree, e->scope, false, err) : NULL;
		gw_tree_free(tree);
	}
	*out = rendered ? gw_schema_convert(row->schema, rendered, err) : NULL;
	return *out || gw_explain(err, "%s", row->name);
}

static bool is_nested(const struct gw_property *row)
{
	return strcmp(row->name, "conditions") == 0;
}

static json_t *render_properties(const struct evaluation *e, const struct gw_condition_type *type,
	const json_t *condition, struct gw_error *err)
{
	json_auto_t *properties = json_object();
	for (const struct gw_property *row = type->properties; row && row->name; row++) {
		json_t *value = NULL;
		if (is_nested(row))
			continue;
		if (!render_row(e, row, json_object_get(condition, row->name), &value, err))
			return NULL;
		if (value)
			json_object_set_new(properties, row->name, value);
	}
	return json_incref(properties);
}

/* The results of a list or a map of conditions; *out is for free(). */
static bool evaluate_nested(const struct evaluation *e, const json_t *nested, bool **out, size_t *n,
	struct gw_error *err)
{
	size_t i;
	json_t *item;
	const char *key;
	bool is_fine = true;
	*out = gw_new_array(bool, json_array_size(nested) + json_object_size(nested) + 1);
	json_array_foreach (nested, i, item)
		is_fine = is_fine && evaluate(e, item, &(*out)[(*n)++], err);
	json_object_foreach ((json_t *)(uintptr_t)nested, key, item)
		is_fine = is_fine && evaluate(e, item, &(*out)[(*n)++], err);
	return is_fine;
}

static bool evaluate(const struct evaluation *e, const json_t *condition, bool *holds,
	struct gw_error *err)
{
	const char *type = gw_json_string(condition, "type");
	const struct gw_condition_entry *entry =
		type ? gw_registry_condition(e->registry, type) : NULL;
	gw_auto_free bool *results = NULL;
	size_t n = 0;
	if (!entry)
		return gw_fail(err, GW_INVALID, "Invalid type: %s", type ? type : "null");
	json_auto_t *properties = render_properties(e, entry->type, condition, err);
	return properties &&
	       evaluate_nested(e, json_object_get(condition, "conditions"), &results, &n, err) &&
	       entry->type->test(properties, results, n, holds, err);
}

bool gw_conditions_hold(const json_t *conditions, const struct gw_registry *registry,
	struct gw_scope *scope, bool *hold, struct gw_error *err)
{
	const struct evaluation e = { registry, scope };
	size_t i;
	json_t *condition;
	bool all = true;
	json_array_foreach (conditions, i, condition) {
		bool holds = false;
		if (!evaluate(&e, condition, &holds, err))
			return false;
		all = all && holds;
	}
	*hold = all;
	return true;
}

/* properties.c - a task's properties: compiled once, rendered and converted for each run */
#include "check/property.h"

#include "base/json.h"
#include "base/mem.h"
#include "check/compile.h"
#include "check/schema.h"

json_t *gw_property_fallback(const struct gw_property *row)
{
	struct gw_error err;
	return row->fallback ? gw_json_parse(gw_slice_of(row->fallback), &err) : NULL;
}

static bool has_disabled_task(struct gw_slice fields, const json_t *value)
{
	struct gw_schema_field field;
	while (gw_schema_next_field(&fields, &field)) {
		gw_auto_free char *name = gw_slice_dup(field.name);
		if (gw_slice_is(field.schema, "task") &&
			gw_json_true(json_object_get(value, name), "disabled"))
			return true;
	}
	return false;
}

static json_t *fields_without_tasks(struct gw_slice fields, const json_t *value)
{
	if (has_disabled_task(fields, value))
		return NULL;
	json_t *result = json_copy((json_t *)(uintptr_t)value);
	struct gw_schema_field field;
	while (gw_schema_next_field(&fields, &field)) {
		gw_auto_free char *name = gw_slice_dup(field.name);
		const json_t *member = json_object_get(value, name);
		json_t *left = member ? gw_compile_without_tasks(field.schema, member) : NULL;
		if (left)
			json_object_set_new(result, name, left);
		else
			json_object_del(result, name);
	}
	return result;
}

json_t *gw_compile_without_tasks(struct gw_slice schema, const json_t *value)
{
	struct gw_schema option;
	const char *key;
	json_t *item, *result;
	size_t i;
	if (!gw_schema_has_tasks(schema))
		return json_incref((json_t *)(uintptr_t)value);
	if (gw_schema_only_tasks(schema) || !gw_schema_choose(schema, value, &option))
		return NULL;
	if (option.kind == GW_IS_FIELDS)
		return fields_without_tasks(option.inner, value);
	result = option.kind == GW_IS_LIST ? json_array() : json_object();
	json_array_foreach (value, i, item)
		json_array_append_new(result, gw_compile_without_tasks(option.inner, item));
	json_object_foreach ((json_t *)(uintptr_t)value, key, item)
		json_object_set_new(result, key, gw_compile_without_tasks(option.inner, item));
	return result;
}

/* What a row's value is before rendering; NULL = nothing. A new reference. */
static json_t *given_value(const struct gw_property *row, const json_t *doc)
{
	const json_t *given = json_object_get(doc, row->name);
	if (!given || json_is_null(given))
		return gw_property_fallback(row);
	return gw_compile_without_tasks(gw_slice_of(row->schema), given);
}

static bool compile_property(struct gw_task *task, size_t i, json_t *value, struct gw_error *err)
{
	const struct gw_property *row = &task->type->properties[i];
	struct gw_error ignored;
	bool is_dynamic = !(row->flags & GW_STATIC) && gw_value_has_expression(value);
	if (is_dynamic && row->flags & GW_LATE) {
		/* What is for the task to render need not be a template of ours. */
		task->properties[i] = gw_tree_compile(value, &ignored);
		return json_object_set(task->constants, row->name, value) == 0;
	}
	if (is_dynamic) {
		task->properties[i] = gw_tree_compile(value, err);
		return task->properties[i] != NULL;
	}
	json_t *converted = gw_schema_convert(row->schema, value, err);
	return converted && json_object_set_new(task->constants, row->name, converted) == 0;
}

void gw_compile_properties(struct gw_compiler *c, struct gw_task *task, const json_t *doc)
{
	const struct gw_property *table = task->type->properties;
	struct gw_error err;
	size_t n = 0;
	while (table && table[n].name)
		n++;
	task->constants = json_object();
	task->properties = n ? gw_new_array(struct gw_tree *, n) : NULL;
	for (size_t i = 0; i < n; i++) {
		json_auto_t *value = given_value(&table[i], doc);
		if (!value || compile_property(task, i, value, &err))
			continue;
		gw_explain(&err, "%s", table[i].name);
		gw_compile_break(c, "task", task->id, err.message);
	}
}

/* Renders and converts one property into properties. */
static bool render_property(const struct gw_task *task, size_t i, struct gw_scope *scope,
	json_t *properties, struct gw_error *err)
{
	const struct gw_property *row = &task->type->properties[i];
	json_auto_t *rendered = gw_tree_render(task->properties[i], scope, false, err);
	if (!rendered)
		return false;
	json_t *converted = gw_schema_convert(row->schema, rendered, err);
	if (!converted)
		return gw_explain(err, "%s", row->name);
	return json_object_set_new(properties, row->name, converted) == 0;
}

static bool is_rendered(const struct gw_task *task, size_t i, bool with_late)
{
	return task->properties[i] && (with_late || !(task->type->properties[i].flags & GW_LATE));
}

static json_t *render(const struct gw_task *task, struct gw_scope *scope, bool with_late,
	struct gw_error *err)
{
	const struct gw_property *table = task->type->properties;
	json_auto_t *properties = NULL;
	for (size_t i = 0; table && table[i].name; i++) {
		if (!is_rendered(task, i, with_late))
			continue;
		if (!properties)
			properties = json_copy(task->constants);
		if (!render_property(task, i, scope, properties, err))
			return NULL;
	}
	return json_incref(properties ? properties : task->constants);
}

json_t *gw_task_properties(const struct gw_task *task, struct gw_scope *scope, struct gw_error *err)
{
	return render(task, scope, false, err);
}

json_t *gw_task_properties_again(const struct gw_task *task, struct gw_scope *scope,
	struct gw_error *err)
{
	return render(task, scope, true, err);
}

unsigned gw_task_needs(const struct gw_task *task)
{
	const struct gw_property *table = task->type->properties;
	unsigned needs = task->run_if ? gw_template_needs(task->run_if) : 0;
	if (task->timeout)
		needs |= gw_tree_needs(task->timeout);
	for (size_t i = 0; table && table[i].name; i++)
		if (is_rendered(task, i, task->type->mode == GW_TASK_FLOWABLE))
			needs |= gw_tree_needs(task->properties[i]);
	return needs;
}

void gw_task_variables(const struct gw_task *task,
	void (*use)(void *arg, const char *root, const char *member), void *arg)
{
	const struct gw_property *table = task->type->properties;
	if (task->run_if)
		gw_template_variables(task->run_if, use, arg);
	if (task->timeout)
		gw_tree_variables(task->timeout, use, arg);
	for (size_t i = 0; table && table[i].name; i++)
		if (task->properties[i])
			gw_tree_variables(task->properties[i], use, arg);
}

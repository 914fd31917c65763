/* walk.c - going through a document beside the tables that describe it */
#include "check/walk.h"

#include "base/mem.h"
#include "check/near.h"
#include "check/tables.h"
#include "expr/expr.h"

/* Jackson's words, and after them what was meant. */
static void add_unknown(struct gw_check *c, const char *key,
	const struct gw_property *const *tables, const char *class_name)
{
	struct gw_near near = { .wanted = key };
	gw_auto_str names = { .limit = 1000 };
	size_t n = 0;
	if (c->v->n >= GW_VIOLATIONS_MAX)
		return;
	for (; *tables; tables++)
		for (const struct gw_property *row = *tables; row->name; row++) {
			if (row->flags & GW_HIDDEN)
				continue;
			gw_near_offer(&near, row->name);
			gw_str_printf(&names, "%s\"%s\"", n++ ? ", " : "", row->name);
		}
	size_t len = gw_check_enter(c, key);
	gw_check_add_bare(c,
		"Unrecognized field \"%s\" (class %s), not marked as ignorable (%zu known "
		"properties: %s])%s%s%s",
		key, class_name, n, gw_str_text(&names), near.best ? "; did you mean \"" : "",
		near.best ? near.best : "", near.best ? "\"?" : "");
	gw_check_leave(c, len);
}

static void require(struct gw_check *c, const struct gw_property *row, const json_t *value)
{
	bool is_list = strncmp(row->schema, "list<", 5) == 0 && !strchr(row->schema, '|');
	bool is_missing = !value || json_is_null(value);
	if (is_list && (is_missing || (json_is_array(value) && json_array_size(value) == 0)))
		gw_check_add_at(c, row->name, "must not be empty");
	else if (is_missing)
		gw_check_add_at(c, row->name, "must not be null");
}

static void check_member(struct gw_check *c, json_t *object, const char *key,
	const struct gw_property *row)
{
	size_t len = gw_check_enter(c, key);
	if (row->flags & GW_DEPRECATED)
		gw_check_note(c, "deprecationPaths", "%s", gw_str_text(&c->path));
	json_t *better = gw_check_value(c, gw_slice_of(row->schema), row->flags,
		json_object_get(object, key));
	if (better)
		json_object_set_new(object, key, better);
	gw_check_leave(c, len);
}

void gw_check_members(struct gw_check *c, json_t *object, const struct gw_property *const *tables,
	const char *class_name)
{
	const char *key;
	json_t *value;
	json_object_foreach (object, key, value) {
		const struct gw_property *row = gw_property_find(tables, key);
		if (row)
			check_member(c, object, key, row);
		else if (!c->is_merged)
			add_unknown(c, key, tables, class_name);
	}
	for (; *tables && !c->is_partial; tables++)
		for (const struct gw_property *row = *tables; row->name; row++)
			if (row->flags & GW_REQUIRED)
				require(c, row, json_object_get(object, row->name));
}

static void check_list(struct gw_check *c, struct gw_slice inner, unsigned flags, json_t *list)
{
	size_t i;
	json_t *item;
	if (gw_slice_is(inner, "input") && json_array_size(list) > GW_INPUTS_MAX) {
		gw_check_add(c, "has more than %d inputs", GW_INPUTS_MAX);
		return;
	}
	json_array_foreach (list, i, item) {
		size_t len = gw_check_enter_item(c, i);
		json_t *better = gw_check_value(c, inner, flags, item);
		if (better)
			json_array_set_new(list, i, better);
		gw_check_leave(c, len);
	}
}

static void check_map(struct gw_check *c, struct gw_slice inner, unsigned flags, json_t *map)
{
	const char *key;
	json_t *member;
	json_object_foreach (map, key, member) {
		size_t len = gw_check_enter(c, key);
		json_t *better = gw_check_value(c, inner, flags, member);
		if (better)
			json_object_set_new(map, key, better);
		gw_check_leave(c, len);
	}
}

/* Fields as the rows of a table, and their texts. */
struct field_rows {
	struct gw_property rows[24];
	char text[1200];
};

static void read_fields(struct gw_slice fields, unsigned flags, struct field_rows *out)
{
	struct gw_schema_field field;
	size_t n = 0, used = 0;
	while (n + 1 < GW_LEN(out->rows) && gw_schema_next_field(&fields, &field) &&
		used + field.name.len + field.schema.len + 2 < sizeof(out->text)) {
		char *name = out->text + used, *schema = name + field.name.len + 1;
		memcpy(name, field.name.data, field.name.len);
		memcpy(schema, field.schema.data, field.schema.len);
		name[field.name.len] = schema[field.schema.len] = '\0';
		used += field.name.len + field.schema.len + 2;
		out->rows[n++] = (struct gw_property){ name, schema,
			flags | (field.is_required ? GW_REQUIRED : 0), NULL, NULL };
	}
	out->rows[n] = (struct gw_property){ 0 };
}

/* Not inlined: this frame is large, and values are checked by recursion. */
__attribute__((noinline)) static void check_fields(struct gw_check *c, struct gw_slice fields,
	unsigned flags, json_t *value)
{
	struct field_rows rows;
	read_fields(fields, flags & GW_STATIC, &rows);
	gw_check_members(c, value, (const struct gw_property *const[]){ rows.rows, NULL },
		"java.util.LinkedHashMap");
}

__attribute__((noinline)) static json_t *check_scalar(struct gw_check *c,
	const struct gw_schema *schema, json_t *value)
{
	struct gw_error err;
	json_t *converted = gw_schema_scalar(schema, value, &err);
	if (!converted)
		gw_check_add(c, "%s", err.message);
	if (converted != value)
		return converted;
	json_decref(converted);
	return NULL;
}

__attribute__((noinline)) static void refuse_shape(struct gw_check *c, struct gw_slice schema,
	const json_t *value)
{
	struct gw_error err;
	gw_schema_mismatch(schema, value, &err);
	gw_check_add(c, "%s", err.message);
}

/* A flow with a template that cannot be read can be stored, but not run. */
__attribute__((noinline)) static void warn_of_templates(struct gw_check *c, unsigned flags,
	const json_t *value)
{
	struct gw_error err;
	if (!c->notes || flags & (GW_STATIC | GW_LATE))
		return;
	struct gw_tree *tree = gw_tree_compile(value, &err);
	if (!tree)
		gw_check_note(c, "warnings", "%s: %s", gw_str_text(&c->path), err.message);
	gw_tree_free(tree);
}

json_t *gw_check_value(struct gw_check *c, struct gw_slice schema, unsigned flags, json_t *value)
{
	struct gw_schema option;
	struct gw_slice text = gw_slice(json_string_value(value), json_string_length(value));
	if (json_is_null(value))
		return NULL;
	if (!(flags & GW_STATIC) && gw_text_is_expression(text)) {
		warn_of_templates(c, flags, value);
		return NULL;
	}
	if (!gw_schema_choose(schema, value, &option)) {
		refuse_shape(c, schema, value);
		return NULL;
	}
	switch (option.kind) {
	case GW_IS_LIST:
		check_list(c, option.inner, flags, value);
		return NULL;
	case GW_IS_MAP:
		check_map(c, option.inner, flags, value);
		return NULL;
	case GW_IS_FIELDS:
		check_fields(c, option.inner, flags, value);
		return NULL;
	case GW_IS_ANY:
	case GW_IS_OBJECT:
		warn_of_templates(c, flags, value);
		return NULL;
	case GW_IS_TASK:
	case GW_IS_TRIGGER:
	case GW_IS_CONDITION:
	case GW_IS_RUNNER:
	case GW_IS_INPUT:
		gw_check_typed(c, option.kind, value);
		return NULL;
	default:
		return check_scalar(c, &option, value);
	}
}

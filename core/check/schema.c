/* schema.c - reading schemas, and which of their options a value takes */
#include "check/schema.h"

static const struct {
	const char *name;
	enum gw_schema_kind kind;
} kinds[] = {
	{ "string", GW_IS_STRING },
	{ "integer", GW_IS_INTEGER },
	{ "number", GW_IS_NUMBER },
	{ "boolean", GW_IS_BOOLEAN },
	{ "duration", GW_IS_DURATION },
	{ "datetime", GW_IS_DATETIME },
	{ "any", GW_IS_ANY },
	{ "object", GW_IS_OBJECT },
	{ "secret", GW_IS_SECRET },
	{ "task", GW_IS_TASK },
	{ "trigger", GW_IS_TRIGGER },
	{ "condition", GW_IS_CONDITION },
	{ "runner", GW_IS_RUNNER },
	{ "input", GW_IS_INPUT },
};

/* A task of a Dag, and what it waits for. */
#define DAG_TASK "{task:task,dependsOn?:list<string>}"

static const struct {
	const char *open;
	enum gw_schema_kind kind;
} brackets[] = {
	{ "enum(", GW_IS_ENUM },
	{ "list<", GW_IS_LIST },
	{ "map<", GW_IS_MAP },
	{ "{", GW_IS_FIELDS },
};

bool gw_schema_take(struct gw_slice *rest, char separator, struct gw_slice *out)
{
	int depth = 0;
	size_t i = 0;
	if (rest->len == 0)
		return false;
	for (; i < rest->len && (depth > 0 || rest->data[i] != separator); i++) {
		char c = rest->data[i];
		depth += (c == '<' || c == '(' || c == '{') - (c == '>' || c == ')' || c == '}');
	}
	*out = gw_slice(rest->data, i);
	i += i < rest->len;
	*rest = gw_slice(rest->data + i, rest->len - i);
	return true;
}

static struct gw_schema read_option(struct gw_slice text)
{
	if (gw_slice_is(text, "dagtask"))
		text = gw_slice_of(DAG_TASK);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (gw_slice_is(text, kinds[i].name))
			return (struct gw_schema){ kinds[i].kind, text };
	for (size_t i = 0; i < sizeof(brackets) / sizeof(brackets[0]); i++) {
		struct gw_slice open = gw_slice_of(brackets[i].open);
		if (gw_slice_starts(text, open))
			return (struct gw_schema){ brackets[i].kind,
				gw_slice(text.data + open.len, text.len - open.len - 1) };
	}
	return (struct gw_schema){ GW_IS_ANY, text };
}

bool gw_schema_next(struct gw_slice *rest, struct gw_schema *out)
{
	struct gw_slice option;
	if (!gw_schema_take(rest, '|', &option))
		return false;
	*out = read_option(option);
	return true;
}

bool gw_schema_next_field(struct gw_slice *rest, struct gw_schema_field *out)
{
	struct gw_slice field;
	if (!gw_schema_take(rest, ',', &field))
		return false;
	struct gw_slice name;
	gw_schema_take(&field, ':', &name);
	bool is_optional = name.data[name.len - 1] == '?';
	*out = (struct gw_schema_field){ gw_slice(name.data, name.len - is_optional), field,
		!is_optional };
	return true;
}

bool gw_text_is_expression(struct gw_slice text)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.data[i] == '{' && strchr("{%#", text.data[i + 1]) && text.data[i + 1])
			return true;
	return false;
}

static struct gw_slice string_of(const json_t *value)
{
	return gw_slice(json_string_value(value), json_string_length(value));
}

bool gw_value_has_expression(const json_t *value)
{
	const char *key;
	json_t *item;
	size_t i;
	if (json_is_string(value))
		return gw_text_is_expression(string_of(value));
	json_object_foreach ((json_t *)(uintptr_t)value, key, item)
		if (gw_text_is_expression(gw_slice_of(key)) || gw_value_has_expression(item))
			return true;
	json_array_foreach (value, i, item)
		if (gw_value_has_expression(item))
			return true;
	return false;
}

/* By the kind of JSON value alone: what is inside may still be wrong. */
static bool has_shape(enum gw_schema_kind kind, const json_t *value)
{
	bool is_container = json_is_object(value) || json_is_array(value);
	switch (kind) {
	case GW_IS_ANY:
		return true;
	case GW_IS_LIST:
		return json_is_array(value);
	case GW_IS_OBJECT:
	case GW_IS_MAP:
	case GW_IS_FIELDS:
	case GW_IS_TASK:
	case GW_IS_TRIGGER:
	case GW_IS_CONDITION:
	case GW_IS_RUNNER:
	case GW_IS_INPUT:
		return json_is_object(value);
	default:
		return !is_container;
	}
}

static bool fits(const struct gw_schema *schema, const json_t *value)
{
	struct gw_error err;
	if (!has_shape(schema->kind, value))
		return false;
	if (json_is_object(value) || json_is_array(value))
		return true;
	json_auto_t *converted = gw_schema_scalar(schema, value, &err);
	return converted != NULL;
}

bool gw_schema_choose(struct gw_slice schema, const json_t *value, struct gw_schema *out)
{
	struct gw_slice rest = schema;
	if (gw_schema_next(&rest, out) && rest.len == 0)
		return has_shape(out->kind, value);
	for (rest = schema; gw_schema_next(&rest, out);)
		if (fits(out, value))
			return true;
	return false;
}

bool gw_schema_has_tasks(struct gw_slice schema)
{
	struct gw_schema option;
	struct gw_schema_field field;
	while (gw_schema_next(&schema, &option)) {
		bool is_outer = option.kind == GW_IS_LIST || option.kind == GW_IS_MAP;
		if (option.kind == GW_IS_TASK || (is_outer && gw_schema_has_tasks(option.inner)))
			return true;
		while (option.kind == GW_IS_FIELDS && gw_schema_next_field(&option.inner, &field))
			if (gw_schema_has_tasks(field.schema))
				return true;
	}
	return false;
}

bool gw_schema_only_tasks(struct gw_slice schema)
{
	struct gw_schema option;
	if (!gw_schema_next(&schema, &option) || schema.len > 0)
		return false;
	if (option.kind == GW_IS_LIST || option.kind == GW_IS_MAP)
		return gw_schema_only_tasks(option.inner);
	return option.kind == GW_IS_TASK;
}

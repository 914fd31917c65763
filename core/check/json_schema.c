/* json_schema.c - a property table as JSON Schema, for editors */
#include "check/property.h"

#include "base/mem.h"
#include "check/compile.h"
#include "check/schema.h"

static const struct {
	enum gw_schema_kind kind;
	const char *type, *format; /* format may be NULL */
} simple[] = {
	{ GW_IS_STRING, "string", NULL },
	{ GW_IS_SECRET, "string", NULL },
	{ GW_IS_INTEGER, "integer", NULL },
	{ GW_IS_NUMBER, "number", NULL },
	{ GW_IS_BOOLEAN, "boolean", NULL },
	{ GW_IS_DURATION, "string", "duration" },
	{ GW_IS_DATETIME, "string", "date-time" },
	{ GW_IS_OBJECT, "object", NULL },
};

static json_t *schema_of(struct gw_slice schema);

static json_t *fields_schema(struct gw_slice fields)
{
	json_t *properties = json_object(), *required = json_array();
	struct gw_schema_field field;
	while (gw_schema_next_field(&fields, &field)) {
		json_t *name = json_stringn(field.name.data, field.name.len);
		json_object_set_new(properties, json_string_value(name), schema_of(field.schema));
		if (field.is_required)
			json_array_append(required, name);
		json_decref(name);
	}
	return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties,
		"required", required, "additionalProperties", false);
}

static json_t *enum_schema(struct gw_slice names)
{
	json_t *values = json_array();
	struct gw_slice name;
	while (gw_schema_take(&names, ',', &name))
		json_array_append_new(values, json_stringn(name.data, name.len));
	return json_pack("{s:s, s:o}", "type", "string", "enum", values);
}

static json_t *option_schema(const struct gw_schema *option)
{
	for (size_t i = 0; i < GW_LEN(simple); i++) {
		json_t *schema = NULL;
		if (simple[i].kind != option->kind)
			continue;
		schema = json_pack("{s:s}", "type", simple[i].type);
		if (simple[i].format)
			json_object_set_new(schema, "format", json_string(simple[i].format));
		return schema;
	}
	switch (option->kind) {
	case GW_IS_ANY:
		return json_object();
	case GW_IS_ENUM:
		return enum_schema(option->inner);
	case GW_IS_LIST:
		return json_pack("{s:s, s:o}", "type", "array", "items", schema_of(option->inner));
	case GW_IS_MAP:
		return json_pack("{s:s, s:o}", "type", "object", "additionalProperties",
			schema_of(option->inner));
	case GW_IS_FIELDS:
		return fields_schema(option->inner);
	default:
		return json_pack("{s:s, s:{s:{s:s}}, s:[s]}", "type", "object", "properties",
			"type", "type", "string", "required", "type");
	}
}

static json_t *schema_of(struct gw_slice schema)
{
	json_t *options = json_array();
	struct gw_schema option;
	while (gw_schema_next(&schema, &option))
		json_array_append_new(options, option_schema(&option));
	if (json_array_size(options) > 1)
		return json_pack("{s:o}", "anyOf", options);
	json_t *only = json_incref(json_array_get(options, 0));
	json_decref(options);
	return only;
}

/* What is not text already may be an expression. */
static json_t *allow_expression(json_t *schema)
{
	const char *type = json_string_value(json_object_get(schema, "type"));
	if (json_object_size(schema) == 0 ||
		(type && strcmp(type, "string") == 0 && !json_object_get(schema, "enum") &&
			!json_object_get(schema, "format")))
		return schema;
	return json_pack("{s:[o, {s:s, s:s}]}", "anyOf", schema, "type", "string", "pattern",
		"\\{[{%].*");
}

static json_t *row_schema(const struct gw_property *row)
{
	json_t *schema = schema_of(gw_slice_of(row->schema));
	bool is_dynamic =
		!(row->flags & GW_STATIC) && !gw_schema_only_tasks(gw_slice_of(row->schema));
	json_t *fallback = gw_property_fallback(row);
	if (is_dynamic)
		schema = allow_expression(schema);
	json_object_set_new(schema, "$dynamic", json_boolean(is_dynamic));
	if (row->summary)
		json_object_set_new(schema, "description", json_string(row->summary));
	if (fallback)
		json_object_set_new(schema, "default", fallback);
	if (row->flags & GW_DEPRECATED)
		json_object_set_new(schema, "$deprecated", json_true());
	return schema;
}

json_t *gw_properties_schema(const struct gw_property *table)
{
	json_t *properties = json_object(), *required = json_array();
	for (const struct gw_property *row = table; row && row->name; row++) {
		if (row->flags & GW_HIDDEN)
			continue;
		json_object_set_new(properties, row->name, row_schema(row));
		if (row->flags & GW_REQUIRED)
			json_array_append_new(required, json_string(row->name));
	}
	return json_pack("{s:s, s:s, s:o, s:o}", "$schema",
		"http://json-schema.org/draft-07/schema#", "type", "object", "properties",
		properties, "required", required);
}

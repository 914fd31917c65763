/* convert.c - values converted to what a schema says: "12" becomes 12 */
#include "check/property.h"
#include "check/schema.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <strings.h>

static const char *const nouns[] = {
	[GW_IS_STRING] = "a text",
	[GW_IS_INTEGER] = "an integer",
	[GW_IS_NUMBER] = "a number",
	[GW_IS_BOOLEAN] = "true or false",
	[GW_IS_DURATION] = "a duration such as PT30S",
	[GW_IS_DATETIME] = "a date such as 2024-12-20T10:00:00Z",
	[GW_IS_ANY] = "a value",
	[GW_IS_OBJECT] = "a map",
	[GW_IS_SECRET] = "a text",
	[GW_IS_LIST] = "a list",
	[GW_IS_MAP] = "a map",
	[GW_IS_FIELDS] = "a map",
	[GW_IS_TASK] = "a task (a map with an 'id' and a 'type')",
	[GW_IS_TRIGGER] = "a trigger (a map with an 'id' and a 'type')",
	[GW_IS_CONDITION] = "a condition (a map with a 'type')",
	[GW_IS_RUNNER] = "a task runner (a map with a 'type')",
	[GW_IS_INPUT] = "an input (a map with an 'id' and a 'type')",
};

static struct gw_slice string_of(const json_t *value)
{
	return gw_slice(json_string_value(value), json_string_length(value));
}

static void name_options(struct gw_str *out, struct gw_slice schema)
{
	struct gw_schema option;
	struct gw_slice word;
	for (const char *between = ""; gw_schema_next(&schema, &option); between = " or ") {
		gw_str_puts(out, between);
		if (option.kind != GW_IS_ENUM) {
			gw_str_puts(out, nouns[option.kind]);
			continue;
		}
		gw_str_puts(out, "one of ");
		for (const char *comma = ""; gw_schema_take(&option.inner, ',', &word);
			comma = ", ")
			gw_str_printf(out, "%s%.*s", comma, GW_SLICE(word));
	}
}

static void describe_value(struct gw_str *out, const json_t *value)
{
	if (json_is_object(value))
		gw_str_puts(out, "a map");
	else if (json_is_array(value))
		gw_str_puts(out, "a list");
	else if (json_string_length(value) > 100)
		gw_str_puts(out, "a long text");
	else
		gw_json_print(out, value);
}

bool gw_schema_mismatch(struct gw_slice schema, const json_t *value, struct gw_error *err)
{
	gw_auto_str wanted = { .limit = 240 };
	gw_auto_str found = { 0 };
	name_options(&wanted, schema);
	describe_value(&found, value);
	return gw_fail(err, GW_INVALID, "must be %s, not %s", gw_str_text(&wanted),
		gw_str_text(&found));
}

static json_t *as_is(const json_t *value)
{
	return json_incref((json_t *)(uintptr_t)value);
}

static json_t *to_text(const json_t *value)
{
	if (json_is_string(value))
		return as_is(value);
	gw_auto_str text = { 0 };
	gw_json_print(&text, value);
	return json_string(gw_str_text(&text));
}

static json_t *to_number(const json_t *value)
{
	const char *text = json_string_value(value);
	if (!text)
		return json_is_number(value) ? as_is(value) : NULL;
	char *end;
	errno = 0;
	long long integer = strtoll(text, &end, 10);
	if (end != text && *end == '\0' && errno == 0 && !isspace((unsigned char)*text))
		return json_integer(integer);
	double real = strtod(text, &end);
	bool is_number = end != text && *end == '\0' && isfinite(real) &&
			 !isspace((unsigned char)*text) && !strpbrk(text, "xX");
	return is_number ? json_real(real) : NULL;
}

static json_t *to_integer(const json_t *value)
{
	json_auto_t *number = to_number(value);
	double real = json_real_value(number);
	if (!json_is_real(number))
		return json_incref(number);
	return real == trunc(real) && fabs(real) < 9e15 ? json_integer((json_int_t)real) : NULL;
}

static json_t *to_boolean(const json_t *value)
{
	const char *text = json_string_value(value);
	if (!text)
		return json_is_boolean(value) ? as_is(value) : NULL;
	bool is_true = strcasecmp(text, "true") == 0;
	return is_true || strcasecmp(text, "false") == 0 ? json_boolean(is_true) : NULL;
}

/* Stays text; a number counts seconds. */
static json_t *to_duration(const json_t *value)
{
	struct gw_error err;
	int64_t us;
	if (json_is_string(value))
		return gw_duration_parse(string_of(value), &us, &err) ? as_is(value) : NULL;
	if (!json_is_number(value) || fabs(json_number_value(value)) > 1e12)
		return NULL;
	gw_auto_str text = { 0 };
	gw_duration_print(&text, (int64_t)(json_number_value(value) * GW_SECOND));
	return json_string(gw_str_text(&text));
}

static json_t *to_datetime(const json_t *value)
{
	struct gw_error err;
	gw_time at;
	return json_is_string(value) && gw_time_parse(string_of(value), gw_zone_utc(), &at, &err)
		       ? as_is(value)
		       : NULL;
}

static json_t *to_enum(struct gw_slice names, const json_t *value)
{
	json_auto_t *text = to_text(value);
	struct gw_slice name;
	while (gw_schema_take(&names, ',', &name))
		if (gw_slice_equal(name, string_of(text)))
			return json_incref(text);
	return NULL;
}

static json_t *convert_scalar(const struct gw_schema *schema, const json_t *value)
{
	switch (schema->kind) {
	case GW_IS_STRING:
	case GW_IS_SECRET:
		return to_text(value);
	case GW_IS_INTEGER:
		return to_integer(value);
	case GW_IS_NUMBER:
		return to_number(value);
	case GW_IS_BOOLEAN:
		return to_boolean(value);
	case GW_IS_DURATION:
		return to_duration(value);
	case GW_IS_DATETIME:
		return to_datetime(value);
	case GW_IS_ENUM:
		return to_enum(schema->inner, value);
	case GW_IS_ANY:
		return as_is(value);
	default:
		return NULL;
	}
}

json_t *gw_schema_scalar(const struct gw_schema *schema, const json_t *value, struct gw_error *err)
{
	bool is_container = json_is_object(value) || json_is_array(value);
	json_t *result = is_container ? NULL : convert_scalar(schema, value);
	if (result)
		return result;
	gw_auto_str wanted = { 0 };
	if (schema->kind == GW_IS_ENUM) {
		gw_str_printf(&wanted, "enum(%.*s)", GW_SLICE(schema->inner));
		gw_schema_mismatch(gw_str_slice(&wanted), value, err);
	} else {
		gw_schema_mismatch(schema->inner, value, err);
	}
	return NULL;
}

static json_t *convert_list(struct gw_slice inner, const json_t *value, struct gw_error *err)
{
	json_auto_t *list = json_array();
	size_t i;
	json_t *item;
	json_array_foreach (value, i, item) {
		json_t *converted = gw_schema_convert_slice(inner, item, err);
		if (!converted) {
			gw_explain(err, "[%zu]", i);
			return NULL;
		}
		json_array_append_new(list, converted);
	}
	return json_incref(list);
}

static struct gw_slice field_schema(struct gw_slice fields, const char *name)
{
	struct gw_schema_field field;
	while (gw_schema_next_field(&fields, &field))
		if (gw_slice_is(field.name, name))
			return field.schema;
	return gw_slice_of("any");
}

static json_t *convert_map(const struct gw_schema *schema, const json_t *value,
	struct gw_error *err)
{
	json_auto_t *map = json_object();
	const char *key;
	json_t *member;
	json_object_foreach ((json_t *)(uintptr_t)value, key, member) {
		struct gw_slice inner = schema->kind == GW_IS_FIELDS
						? field_schema(schema->inner, key)
						: schema->inner;
		json_t *converted = gw_schema_convert_slice(inner, member, err);
		if (!converted) {
			gw_explain(err, "%s", key);
			return NULL;
		}
		json_object_set_new_nocheck(map, key, converted);
	}
	return json_incref(map);
}

static json_t *convert_option(const struct gw_schema *schema, const json_t *value,
	struct gw_error *err)
{
	switch (schema->kind) {
	case GW_IS_LIST:
		return convert_list(schema->inner, value, err);
	case GW_IS_MAP:
	case GW_IS_FIELDS:
		return convert_map(schema, value, err);
	default:
		return json_is_object(value) || json_is_array(value)
			       ? as_is(value)
			       : gw_schema_scalar(schema, value, err);
	}
}

/* A text where a list or a map belongs is one as JSON: that is what expressions render to. */
static json_t *convert_json_text(struct gw_slice schema, const json_t *value, struct gw_error *err)
{
	struct gw_schema option;
	struct gw_error ignored;
	json_auto_t *parsed =
		json_is_string(value) ? gw_json_parse(string_of(value), &ignored) : NULL;
	bool fits = (json_is_object(parsed) || json_is_array(parsed)) &&
		    gw_schema_choose(schema, parsed, &option);
	if (fits)
		return convert_option(&option, parsed, err);
	gw_schema_mismatch(schema, value, err);
	return NULL;
}

json_t *gw_schema_convert_slice(struct gw_slice schema, const json_t *value, struct gw_error *err)
{
	struct gw_schema option;
	if (json_is_null(value))
		return json_null();
	if (gw_schema_choose(schema, value, &option))
		return convert_option(&option, value, err);
	return convert_json_text(schema, value, err);
}

json_t *gw_schema_convert(const char *schema, const json_t *value, struct gw_error *err)
{
	return gw_schema_convert_slice(gw_slice_of(schema), value, err);
}

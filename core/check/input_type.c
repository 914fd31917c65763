/* input_type.c - the types of inputs: what they are told, and what they take */
#include "check/input_type.h"

#include "base/mem.h"
#include "check/regex.h"
#include "yaml/yaml.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <strings.h>

#define TYPES                                                                                   \
	"enum(STRING,ENUM,SELECT,INT,FLOAT,BOOLEAN,BOOL,DATETIME,DATE,TIME,DURATION,FILE,JSON," \
	"YAML,URI,SECRET,ARRAY,MULTISELECT,EMAIL)"
#define URI_PATTERN                                                                    \
	"^[a-z]+:\\/\\/(?:www\\.)?[-a-zA-Z0-9@:%._\\+~#=]{1,256}\\.[a-zA-Z0-9()]{1,6}" \
	"\\b(?:[-a-zA-Z0-9()@:%_\\+.~#?&\\/=]*)$"
#define EMAIL_PATTERN "^$|^[a-zA-Z0-9_!#$%&’*+/=?`{|}~^.-]+@[a-zA-Z0-9.-]+$"

/* ---- Reading what was given ---- */

static struct gw_slice text_of(const json_t *value)
{
	return gw_slice(json_string_value(value), json_string_length(value));
}

static json_t *as_is(const json_t *value)
{
	return json_incref((json_t *)(uintptr_t)value);
}

static json_t *read_text(const json_t *given, struct gw_error *err)
{
	(void)err;
	gw_auto_str text = { 0 };
	if (json_is_string(given))
		return as_is(given);
	gw_json_print(&text, given);
	return json_stringn(text.data, text.len);
}

static json_t *refuse_number(const json_t *given, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	gw_json_print(&text, given);
	gw_fail(err, GW_INVALID, "For input string: %s", gw_str_text(&text));
	return NULL;
}

static json_t *read_int(const json_t *given, struct gw_error *err)
{
	const char *text = json_string_value(given);
	char *end = NULL;
	errno = 0;
	long long value = text ? strtoll(text, &end, 10) : json_integer_value(given);
	bool is_text =
		text && end != text && *end == '\0' && errno == 0 && !isspace((unsigned char)*text);
	if ((!is_text && !json_is_integer(given)) || value < INT32_MIN || value > INT32_MAX)
		return refuse_number(given, err);
	return json_integer(value);
}

static json_t *read_float(const json_t *given, struct gw_error *err)
{
	const char *text = json_string_value(given);
	char *end = NULL;
	double value = text ? strtod(text, &end) : json_number_value(given);
	bool is_text = text && end != text && end[strspn(end, " ")] == '\0' && !strpbrk(text, "xX");
	if ((!is_text && !json_is_number(given)) || !isfinite(value))
		return refuse_number(given, err);
	return json_real(value);
}

/* BOOLEAN of old: every other text is false. */
static json_t *read_boolean(const json_t *given, struct gw_error *err)
{
	(void)err;
	if (json_is_boolean(given))
		return as_is(given);
	const char *text = json_string_value(given);
	return json_boolean(text && strcasecmp(text, "true") == 0);
}

static json_t *read_bool(const json_t *given, struct gw_error *err)
{
	const char *text = json_string_value(given);
	if (json_is_boolean(given) ||
		(text && (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0)))
		return read_boolean(given, err);
	gw_fail(err, GW_INVALID, "it must be true or false");
	return NULL;
}

/* A time with something before and after it, so that it is a whole date. */
static bool parse_padded(const char *before, const json_t *given, const char *after, gw_time *out,
	struct gw_error *err)
{
	gw_auto_free char *whole = NULL;
	if (!json_is_string(given))
		return gw_fail(err, GW_INVALID, "it must be a text");
	whole = gw_sprintf("%s%s%s", before, json_string_value(given), after);
	return gw_time_parse(gw_slice_of(whole), gw_zone_utc(), out, err) ||
	       gw_fail(err, GW_INVALID, "Text '%s' could not be parsed", json_string_value(given));
}

static bool datetime_of(const json_t *given, gw_time *out, struct gw_error *err)
{
	const char *text = json_string_value(given);
	if (text && !strchr(text, 'T'))
		return gw_fail(err, GW_INVALID, "Text '%s' could not be parsed", text);
	return parse_padded("", given, "", out, err);
}

static bool date_of(const json_t *given, gw_time *out, struct gw_error *err)
{
	return parse_padded("", given, "T00:00:00Z", out, err);
}

static bool time_of(const json_t *given, gw_time *out, struct gw_error *err)
{
	return parse_padded("1970-01-01T", given, "Z", out, err);
}

static bool duration_of(const json_t *given, int64_t *out, struct gw_error *err)
{
	return json_is_string(given) ? gw_duration_parse(text_of(given), out, err)
				     : gw_fail(err, GW_INVALID, "it must be a text");
}

/* The characters from..to of an instant's text; to 0: up to the final Z. */
static json_t *part_of_instant(gw_time at, size_t from, size_t to)
{
	gw_auto_str text = { 0 };
	gw_time_print(&text, at);
	return json_stringn(text.data + from, (to ? to : text.len - 1) - from);
}

static json_t *read_datetime(const json_t *given, struct gw_error *err)
{
	gw_time at;
	gw_auto_str text = { 0 };
	if (!datetime_of(given, &at, err))
		return NULL;
	gw_time_print(&text, at);
	return json_string(gw_str_text(&text));
}

static json_t *read_date(const json_t *given, struct gw_error *err)
{
	gw_time at;
	return date_of(given, &at, err) ? part_of_instant(at, 0, strlen("2024-12-20")) : NULL;
}

static json_t *read_time(const json_t *given, struct gw_error *err)
{
	gw_time at;
	return time_of(given, &at, err) ? part_of_instant(at, strlen("1970-01-01T"), 0) : NULL;
}

static json_t *read_duration(const json_t *given, struct gw_error *err)
{
	int64_t us;
	gw_auto_str text = { 0 };
	if (!duration_of(given, &us, err))
		return NULL;
	gw_duration_print(&text, us);
	return json_string(gw_str_text(&text));
}

static json_t *read_file(const json_t *given, struct gw_error *err)
{
	if (json_is_string(given) && gw_slice_starts(text_of(given), gw_slice_of("kestra://")))
		return as_is(given);
	gw_fail(err, GW_INVALID, "upload a file, or give the kestra:/// URI of a stored one");
	return NULL;
}

static json_t *read_json(const json_t *given, struct gw_error *err)
{
	return json_is_string(given) ? gw_json_parse(text_of(given), err) : as_is(given);
}

static json_t *read_yaml(const json_t *given, struct gw_error *err)
{
	return json_is_string(given) ? gw_yaml_parse(text_of(given), err) : as_is(given);
}

static json_t *read_list(const json_t *given, struct gw_error *err)
{
	json_auto_t *list = read_json(given, err);
	if (list && !json_is_array(list))
		gw_fail(err, GW_INVALID, "it must be a JSON array");
	return json_is_array(list) ? json_incref(list) : NULL;
}

/* ---- Keeping to the declaration ---- */

static bool keeps_pattern(const json_t *declared, const json_t *value, struct gw_error *err)
{
	const char *pattern = gw_json_string(declared, "validator");
	bool matches = true;
	if (pattern && !gw_regex_match(pattern, text_of(value), &matches, err))
		return false;
	return matches || gw_fail(err, GW_INVALID, "it must match the pattern `%s`", pattern);
}

static bool is_in(const json_t *values, const json_t *value)
{
	size_t i;
	json_t *item;
	json_auto_t *wanted = read_text(value, NULL);
	json_array_foreach (values, i, item) {
		json_auto_t *text = read_text(item, NULL);
		if (json_equal(text, wanted))
			return true;
	}
	return false;
}

static bool keeps_values(const json_t *declared, const json_t *value, struct gw_error *err)
{
	const json_t *values = json_object_get(declared, "values");
	values = values ? values : json_object_get(declared, "options");
	gw_auto_str list = { .limit = 300 };
	size_t i;
	json_t *item;
	if (gw_json_true(declared, "allowCustomValue") || is_in(values, value))
		return true;
	json_array_foreach (values, i, item) {
		json_auto_t *text = read_text(item, NULL);
		gw_str_printf(&list, "%s%s", i ? ", " : "", json_string_value(text));
	}
	return gw_fail(err, GW_INVALID, "it must match the values `[%s]`", gw_str_text(&list));
}

static bool keeps_all_values(const json_t *declared, const json_t *value, struct gw_error *err)
{
	size_t i;
	json_t *item;
	json_array_foreach (value, i, item)
		if (!keeps_values(declared, item, err))
			return false;
	return true;
}

static bool keeps_numbers(const json_t *declared, const json_t *value, struct gw_error *err)
{
	const json_t *min = json_object_get(declared, "min"),
		     *max = json_object_get(declared, "max");
	bool is_low = json_is_number(min) && json_number_value(value) < json_number_value(min);
	bool is_high = json_is_number(max) && json_number_value(value) > json_number_value(max);
	const json_t *bound = is_low ? min : max;
	gw_auto_str text = { 0 };
	if (!is_low && !is_high)
		return true;
	if (json_is_real(value))
		gw_json_real(&text, json_number_value(bound));
	else
		gw_json_print(&text, bound);
	return gw_fail(err, GW_INVALID, "it must be %s than `%s`", is_low ? "more" : "less",
		gw_str_text(&text));
}

/* Compares with two members of the declaration; the messages differ from type to type. */
struct bounds {
	const char *low, *high; /* names of the members */
	const char *too_low, *too_high;
	bool (*read)(const json_t *given, int64_t *out, struct gw_error *err);
};

static bool keeps_bounds(const struct bounds *b, const json_t *declared, const json_t *value,
	struct gw_error *err)
{
	const json_t *low = json_object_get(declared, b->low);
	const json_t *high = json_object_get(declared, b->high);
	int64_t at, bound;
	if (!b->read(value, &at, err))
		return false;
	if (low && b->read(low, &bound, err) && at < bound)
		return gw_fail(err, GW_INVALID, "%s `%s`", b->too_low, json_string_value(low));
	if (high && b->read(high, &bound, err) && at > bound)
		return gw_fail(err, GW_INVALID, "%s `%s`", b->too_high, json_string_value(high));
	return true;
}

#define DATES(name, read)                                                                    \
	static bool keeps_##name(const json_t *declared, const json_t *value,                \
		struct gw_error *err)                                                        \
	{                                                                                    \
		static const struct bounds bounds = { "after", "before", "it must be after", \
			"it must be before", read };                                         \
		return keeps_bounds(&bounds, declared, value, err);                          \
	}
DATES(datetime, datetime_of)
DATES(date, date_of)
DATES(time, time_of)

static bool keeps_duration(const json_t *declared, const json_t *value, struct gw_error *err)
{
	static const struct bounds bounds = { "min", "max", "It must be more than",
		"It must be less than", duration_of };
	return keeps_bounds(&bounds, declared, value, err);
}

static bool keeps_uri(const json_t *declared, const json_t *value, struct gw_error *err)
{
	(void)declared;
	bool matches;
	if (!gw_regex_match(URI_PATTERN, text_of(value), &matches, err))
		return false;
	return matches || gw_fail(err, GW_INVALID, "Expected `URI` but received `%s`",
				  json_string_value(value));
}

static bool keeps_email(const json_t *declared, const json_t *value, struct gw_error *err)
{
	(void)declared;
	bool matches;
	if (!gw_regex_match(EMAIL_PATTERN, text_of(value), &matches, err))
		return false;
	return matches || gw_fail(err, GW_INVALID, "The input must be a valid email");
}

/* ---- The types ---- */

#define ROW(name, schema, summary)                     \
	{                                              \
		name, schema, GW_STATIC, NULL, summary \
	}
#define CHOICES                                                                            \
	ROW("values", "list<any>", "What can be chosen."),                                 \
		{ "expression", "string", 0, NULL, "Renders to what can be chosen." },     \
		ROW("allowCustomValue", "boolean", "Whether other values are taken too."), \
		ROW("autoSelectFirst", "boolean", "A form starts with the first value.")

static const struct gw_property none[] = { { 0 } };
static const struct gw_property texts[] = {
	ROW("validator", "string", "A regular expression for the whole text."), { 0 }
};
static const struct gw_property enums[] = {
	{ "values", "list<any>", GW_REQUIRED | GW_STATIC, NULL, "What can be chosen." }, { 0 }
};
static const struct gw_property selects[] = { CHOICES,
	ROW("isRadio", "boolean", "A form shows radio buttons."), { 0 } };
static const struct gw_property multiselects[] = { CHOICES,
	{ "options", "list<any>", GW_STATIC | GW_DEPRECATED, NULL, "Use `values`." },
	ROW("itemType", TYPES, "What each of them is."), { 0 } };
static const struct gw_property integers[] = { ROW("min", "integer", "The least value."),
	ROW("max", "integer", "The greatest value."), { 0 } };
static const struct gw_property floats[] = { ROW("min", "number", "The least value."),
	ROW("max", "number", "The greatest value."), { 0 } };
static const struct gw_property dates[] = { ROW("after", "string", "The first value."),
	ROW("before", "string", "The last value."), { 0 } };
static const struct gw_property durations[] = { ROW("min", "duration", "The shortest."),
	ROW("max", "duration", "The longest."), { 0 } };
static const struct gw_property files[] = { { "extension", "string", GW_STATIC, "\".upl\"",
						    "Of the stored file." },
	ROW("allowedFileExtensions", "list<string>", "What a form offers."), { 0 } };
static const struct gw_property arrays[] = {
	{ "itemType", TYPES, GW_REQUIRED | GW_STATIC, NULL, "What each item is." }, { 0 }
};
static const struct gw_property forms[] = {
	{ "inputs", "list<input>", GW_REQUIRED | GW_STATIC, NULL, "Found as `form.input`." }, { 0 }
};

const struct gw_input_type gw_input_types[] = {
	{ "STRING", texts, read_text, keeps_pattern },
	{ "ENUM", enums, read_text, keeps_values },
	{ "SELECT", selects, read_text, keeps_values },
	{ "INT", integers, read_int, keeps_numbers },
	{ "FLOAT", floats, read_float, keeps_numbers },
	{ "BOOLEAN", none, read_boolean, NULL },
	{ "BOOL", none, read_bool, NULL },
	{ "DATETIME", dates, read_datetime, keeps_datetime },
	{ "DATE", dates, read_date, keeps_date },
	{ "TIME", dates, read_time, keeps_time },
	{ "DURATION", durations, read_duration, keeps_duration },
	{ "FILE", files, read_file, NULL },
	{ "JSON", none, read_json, NULL },
	{ "YAML", none, read_yaml, NULL },
	{ "URI", none, read_text, keeps_uri },
	{ "SECRET", texts, read_text, keeps_pattern },
	{ "ARRAY", arrays, read_list, NULL },
	{ "MULTISELECT", multiselects, read_list, keeps_all_values },
	{ "EMAIL", none, read_text, keeps_email },
	{ "FORM", forms, NULL, NULL },
	{ 0 },
};

const struct gw_input_type *gw_input_type_find(const char *name)
{
	for (const struct gw_input_type *type = gw_input_types; type->name; type++)
		if (strcmp(type->name, name) == 0)
			return type;
	return NULL;
}

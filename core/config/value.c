/* value.c - converting what was written to the type of its key */
#include "config/value.h"

#include "base/json.h"
#include "base/mem.h"
#include "yaml/yaml.h"

#include <godwit/time.h>

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <strings.h>

struct unit {
	const char *name;
	int64_t size;
};

static const struct unit time_units[] = {
	{ "ms", GW_MILLISECOND },
	{ "s", GW_SECOND },
	{ "m", 60 * GW_SECOND },
	{ "h", 3600 * GW_SECOND },
	{ "d", 86400 * GW_SECOND },
	{ NULL, 0 },
};

static const struct unit size_units[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "KB", INT64_C(1) << 10 },
	{ "MB", INT64_C(1) << 20 },
	{ "GB", INT64_C(1) << 30 },
	{ NULL, 0 },
};

static bool parse_integer(struct gw_slice text, int64_t *out, struct gw_slice *rest)
{
	char digits[24];
	size_t n = text.len < sizeof(digits) - 1 ? text.len : sizeof(digits) - 1;
	memcpy(digits, text.data, n);
	digits[n] = '\0';
	char *end;
	errno = 0;
	long long number = strtoll(digits, &end, 10);
	size_t used = (size_t)(end - digits);
	if (errno || used == 0 || isspace((unsigned char)digits[0]) || used == sizeof(digits) - 1)
		return false;
	*out = number;
	*rest = gw_slice(text.data + used, text.len - used);
	return true;
}

/* "10MB": a number, perhaps spaces, a unit. */
static bool parse_with_unit(struct gw_slice text, const struct unit *unit, int64_t *out)
{
	int64_t number;
	struct gw_slice rest;
	if (!parse_integer(text, &number, &rest) || number < 0)
		return false;
	while (rest.len > 0 && *rest.data == ' ')
		rest = gw_slice(rest.data + 1, rest.len - 1);
	while (unit->name && (rest.len != strlen(unit->name) ||
				     strncasecmp(rest.data, unit->name, rest.len) != 0))
		unit++;
	if (!unit->name || __builtin_mul_overflow(number, unit->size, &number))
		return false;
	*out = number;
	return true;
}

bool gw_config_parse_duration(struct gw_slice text, int64_t *out_us, struct gw_error *err)
{
	if (parse_with_unit(text, time_units, out_us))
		return true;
	struct gw_error ignored;
	if (gw_duration_parse(text, out_us, &ignored) && *out_us >= 0)
		return true;
	return gw_fail(err, GW_INVALID, "'%.*s' is no duration such as 30s, 5m or PT1H",
		GW_SLICE(text));
}

bool gw_config_parse_size(struct gw_slice text, int64_t *out, struct gw_error *err)
{
	if (parse_with_unit(text, size_units, out))
		return true;
	return gw_fail(err, GW_INVALID, "'%.*s' is no size such as 512KB or 10MB", GW_SLICE(text));
}

/* ---- The types: each gets the value as text, if it has one, and as it was written ---- */

struct written {
	const struct gw_key_info *info;
	const json_t *value;
	const char *text; /* of a scalar; NULL = a list or an object */
};

static json_t *refuse(struct gw_error *err, const struct written *w, const char *what)
{
	gw_fail(err, GW_INVALID, "'%s' is no %s", w->text ? w->text : "this", what);
	return NULL;
}

static json_t *to_text(const struct written *w, struct gw_error *err)
{
	return w->text ? json_string(w->text) : refuse(err, w, "text");
}

static json_t *to_boolean(const struct written *w, struct gw_error *err)
{
	if (w->text && (strcasecmp(w->text, "true") == 0 || strcasecmp(w->text, "false") == 0))
		return json_boolean(strcasecmp(w->text, "true") == 0);
	return refuse(err, w, "true or false");
}

static json_t *to_integer(const struct written *w, struct gw_error *err)
{
	long long number, least = INT64_MIN, most = INT64_MAX;
	struct gw_slice rest = { NULL, 1 };
	int64_t parsed = 0;
	sscanf(w->info->type, "integer(%lld,%lld)", &least, &most);
	if (w->text && !parse_integer(gw_slice_of(w->text), &parsed, &rest))
		rest.len = 1;
	number = parsed;
	if (rest.len > 0)
		return refuse(err, w, "integer");
	if (number >= least && number <= most)
		return json_integer(number);
	gw_fail(err, GW_INVALID, "%lld is not between %lld and %lld", number, least, most);
	return NULL;
}

/* As ISO 8601, which backends read too. */
static json_t *to_duration(const struct written *w, struct gw_error *err)
{
	int64_t us;
	gw_auto_str text = { 0 };
	if (!w->text)
		return refuse(err, w, "duration");
	if (!gw_config_parse_duration(gw_slice_of(w->text), &us, err))
		return NULL;
	gw_duration_print(&text, us);
	return json_string(gw_str_text(&text));
}

static json_t *to_size(const struct written *w, struct gw_error *err)
{
	int64_t bytes;
	if (!w->text)
		return refuse(err, w, "size");
	return gw_config_parse_size(gw_slice_of(w->text), &bytes, err) ? json_string(w->text)
								       : NULL;
}

/* The spelling of the table, found without regard to case. */
static json_t *to_choice(const struct written *w, struct gw_error *err)
{
	size_t len = w->text ? strlen(w->text) : 0;
	const char *choice = strchr(w->info->type, '(') + 1;
	for (size_t n; *choice; choice += n + 1) {
		n = strcspn(choice, ",)");
		if (n == len && strncasecmp(choice, w->text, n) == 0)
			return json_stringn(choice, n);
	}
	gw_fail(err, GW_INVALID, "'%s' is none of %s", w->text ? w->text : "this",
		strchr(w->info->type, '('));
	return NULL;
}

static json_t *split(const char *text)
{
	json_t *list = json_array();
	while (*text) {
		text += strspn(text, ", ");
		size_t n = strcspn(text, ",");
		size_t len = n;
		while (len > 0 && text[len - 1] == ' ')
			len--;
		if (len > 0)
			json_array_append_new(list, json_stringn(text, len));
		text += n;
	}
	return list;
}

/* Variables of the environment hold lists and objects as YAML. */
static json_t *to_list(const struct written *w, struct gw_error *err)
{
	if (!w->text)
		return json_is_array(w->value) ? json_deep_copy(w->value) : refuse(err, w, "list");
	return *w->text == '[' ? gw_yaml_parse(gw_slice_of(w->text), err) : split(w->text);
}

static json_t *to_map(const struct written *w, struct gw_error *err)
{
	if (!w->text)
		return json_is_object(w->value) ? json_deep_copy(w->value) : refuse(err, w, "map");
	json_auto_t *map = gw_yaml_parse(gw_slice_of(w->text), err);
	if (!map)
		return NULL;
	return json_is_object(map) ? json_incref(map) : refuse(err, w, "map");
}

static const struct {
	const char *name; /* the type begins so */
	json_t *(*convert)(const struct written *w, struct gw_error *err);
} types[] = {
	{ "text", to_text },
	{ "boolean", to_boolean },
	{ "integer", to_integer },
	{ "duration", to_duration },
	{ "size", to_size },
	{ "enum(", to_choice },
	{ "list", to_list },
	{ "map", to_map },
};

json_t *gw_config_convert(const struct gw_key_info *info, const json_t *value, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	struct written w = { info, value, NULL };
	if (json_is_string(value)) {
		w.text = json_string_value(value);
	} else if (!json_is_object(value) && !json_is_array(value)) {
		gw_json_print(&text, value);
		w.text = gw_str_text(&text);
	}
	for (size_t i = 0; i < GW_LEN(types); i++)
		if (strncmp(info->type, types[i].name, strlen(types[i].name)) == 0)
			return types[i].convert(&w, err);
	abort();
}

/* settings.c - settings by a table, from JSON values or texts */
#include "backends/sql/settings.h"

#include <godwit/mem.h>

#include <errno.h>
#include <inttypes.h>

static void *place_of(const struct gw_setting *setting, void *settings)
{
	return (char *)settings + setting->offset;
}

static bool read_number(const struct gw_setting *setting, const char *text, int64_t *out,
	struct gw_error *err)
{
	char *end;
	errno = 0;
	int64_t number = strtoll(text, &end, 10);
	if (errno || end == text || *end)
		return gw_fail(err, GW_INVALID, "\"%s\" is not a whole number", text);
	if (number < setting->least || number > setting->most)
		return gw_fail(err, GW_INVALID,
			"%" PRId64 " is not between %" PRId64 " and %" PRId64, number,
			setting->least, setting->most);
	*out = number;
	return true;
}

static bool read_duration(const struct gw_setting *setting, const char *text, int64_t *out,
	struct gw_error *err)
{
	int64_t us;
	if (!gw_duration_parse(gw_slice_of(text), &us, err))
		return false;
	if (us < setting->least || us > setting->most)
		return gw_fail(err, GW_INVALID, "%s is too short or too long", text);
	*out = us;
	return true;
}

static bool read_choice(const char *const *choices, const char *text, int64_t *out,
	struct gw_error *err)
{
	gw_auto_str all = { 0 };
	for (size_t i = 0; choices[i]; i++) {
		if (strcmp(choices[i], text) == 0) {
			*out = (int64_t)i;
			return true;
		}
		gw_str_printf(&all, "%s%s", i ? ", " : "", choices[i]);
	}
	return gw_fail(err, GW_INVALID, "\"%s\" is none of: %s", text, gw_str_text(&all));
}

static bool read_text(const struct gw_setting *setting, const char *text, void *settings,
	struct gw_error *err)
{
	static const char *const booleans[] = { "false", "true", NULL };
	void *place = place_of(setting, settings);
	switch (setting->type) {
	case GW_SETTING_TEXT:
		*(char **)place = gw_strdup(text);
		return true;
	case GW_SETTING_NUMBER:
		return read_number(setting, text, place, err);
	case GW_SETTING_DURATION:
		return read_duration(setting, text, place, err);
	case GW_SETTING_BOOL:
		return read_choice(booleans, text, place, err);
	case GW_SETTING_CHOICE:
		return read_choice(setting->choices, text, place, err);
	}
	return false;
}

/* The text of a scalar, owned; NULL = it is a list or an object. */
static char *text_of(const json_t *value)
{
	if (json_is_string(value))
		return gw_strdup(json_string_value(value));
	if (json_is_boolean(value))
		return gw_strdup(json_is_true(value) ? "true" : "false");
	if (json_is_integer(value))
		return gw_sprintf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return NULL;
}

static bool read_setting(const json_t *given, const struct gw_setting *setting, void *settings,
	struct gw_error *err)
{
	const json_t *value = json_object_get(given, setting->name);
	bool is_given = value && !json_is_null(value);
	if (!is_given && !setting->fallback)
		return true;
	gw_auto_free char *text = is_given ? text_of(value) : gw_strdup(setting->fallback);
	if (!text)
		return gw_fail(err, GW_INVALID, "a text or a number is wanted");
	return read_text(setting, text, settings, err);
}

static bool refuse_unknown(const json_t *given, const struct gw_setting *table, size_t n,
	struct gw_error *err)
{
	const char *name;
	json_t *value;
	json_object_foreach ((json_t *)(uintptr_t)given, name, value) {
		size_t i = 0;
		while (i < n && strcmp(table[i].name, name) != 0)
			i++;
		if (i == n)
			return gw_fail(err, GW_INVALID, "there is no setting \"%s\"", name);
	}
	return true;
}

bool gw_settings_read(const json_t *given, const struct gw_setting *table, size_t n, void *out,
	const char *where, struct gw_error *err)
{
	if (!refuse_unknown(given, table, n, err))
		return gw_explain(err, "%s", where);
	for (size_t i = 0; i < n; i++)
		if (!read_setting(given, &table[i], out, err))
			return gw_explain(err, "%s.%s", where, table[i].name);
	return true;
}

void gw_settings_clear(const struct gw_setting *table, size_t n, void *settings)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].type == GW_SETTING_TEXT)
			free(*(char **)place_of(&table[i], settings));
}

/* given.c - reading a source and the environment into paths and values */
#include "config/given.h"

#include "base/mem.h"
#include "config/value.h"
#include "yaml/yaml.h"

#include <ctype.h>
#include <unistd.h>

void gw_givens_clear(struct gw_givens *givens)
{
	for (size_t i = 0; i < givens->n; i++) {
		free(givens->items[i].path);
		free(givens->items[i].place);
		json_decref(givens->items[i].value);
	}
	free(givens->items);
	*givens = (struct gw_givens){ 0 };
}

void gw_givens_add(struct gw_givens *givens, const char *path, const char *place, json_t *value)
{
	givens->items = gw_grow(givens->items, givens->n, &givens->cap);
	givens->items[givens->n++] =
		(struct gw_given){ gw_strdup(path), gw_strdup(place), value, false };
}

struct gw_given *gw_givens_find(const struct gw_givens *givens, const char *path)
{
	for (size_t i = 0; i < givens->n; i++)
		if (strcmp(givens->items[i].path, path) == 0)
			return &givens->items[i];
	return NULL;
}

struct gw_given *gw_givens_take(struct gw_givens *givens, const struct gw_key_info *info)
{
	gw_auto_str name = { 0 };
	struct gw_given *taken = NULL;
	for (unsigned i = 0; gw_key_name(info, i, &name); i++) {
		struct gw_given *given = gw_givens_find(givens, gw_str_text(&name));
		if (!given)
			continue;
		given->used = true;
		if (!taken && !json_is_null(given->value))
			taken = given;
	}
	return taken;
}

/* ---- A source ---- */

struct reader {
	struct gw_givens *givens;
	const char *name;
	struct gw_slice source;
	struct gw_error *err;
};

/* "basePath" and "base_path" are "base-path". */
static void add_segment(struct gw_str *path, const char *written)
{
	if (path->len > 0)
		gw_str_putc(path, '.');
	for (const char *c = written; *c; c++) {
		bool inside = c > written && c[-1] != '-' && c[-1] != '.' && c[-1] != '_';
		if (isupper((unsigned char)*c) && inside)
			gw_str_putc(path, '-');
		gw_str_putc(path, *c == '_' ? '-' : (char)tolower((unsigned char)*c));
	}
}

static json_t *fill(const json_t *value, struct gw_error *err);

static json_t *fill_object(const json_t *value, struct gw_error *err)
{
	json_auto_t *filled = json_object();
	const char *key;
	json_t *item;
	json_object_foreach ((json_t *)(uintptr_t)value, key, item) {
		json_t *part = fill(item, err);
		if (!part)
			return NULL;
		json_object_set_new(filled, key, part);
	}
	return json_incref(filled);
}

static json_t *fill_array(const json_t *value, struct gw_error *err)
{
	json_auto_t *filled = json_array();
	size_t i;
	json_t *item;
	json_array_foreach (value, i, item) {
		json_t *part = fill(item, err);
		if (!part)
			return NULL;
		json_array_append_new(filled, part);
	}
	return json_incref(filled);
}

/* A copy with all placeholders filled in. */
static json_t *fill(const json_t *value, struct gw_error *err)
{
	if (json_is_object(value))
		return fill_object(value, err);
	if (json_is_array(value))
		return fill_array(value, err);
	if (!json_is_string(value))
		return json_deep_copy(value);
	gw_auto_str text = { 0 };
	if (!gw_config_fill_placeholders(gw_slice_of(json_string_value(value)), &text, err))
		return NULL;
	return json_string(gw_str_text(&text));
}

/* Whether the value as a whole belongs to a key, even if it is an object. */
static bool is_whole(const char *path, const json_t *value)
{
	static const char *const heads[] = { "godwit.", "kestra." };
	if (!json_is_object(value) || json_object_size(value) == 0)
		return true;
	for (size_t i = 0; i < GW_LEN(heads); i++)
		if (strncmp(path, heads[i], strlen(heads[i])) == 0 &&
			gw_key_find(gw_slice_of(path + strlen(heads[i]))))
			return true;
	return false;
}

static bool read_value(struct reader *r, const char *path, const char *written, json_t *value);

static bool read_members(struct reader *r, const char *path, const char *written, json_t *object)
{
	const char *key;
	json_t *value;
	json_object_foreach (object, key, value) {
		gw_auto_str longer = { 0 };
		gw_auto_free char *place = gw_sprintf("%s%s%s", written, *written ? "." : "", key);
		gw_str_puts(&longer, path);
		add_segment(&longer, key);
		if (!read_value(r, gw_str_text(&longer), place, value))
			return false;
	}
	return true;
}

static bool read_value(struct reader *r, const char *path, const char *written, json_t *value)
{
	if (!is_whole(path, value))
		return read_members(r, path, written, value);
	struct gw_position at = gw_yaml_locate(r->source, written);
	gw_auto_free char *place = gw_sprintf("%s:%d", r->name, at.line);
	json_t *filled = fill(value, r->err);
	if (!filled)
		return gw_explain(r->err, "%s: %s", place, path);
	gw_givens_add(r->givens, path, place, filled);
	return true;
}

bool gw_givens_read_source(struct gw_givens *givens, const char *name, struct gw_slice source,
	struct gw_error *err)
{
	struct reader r = { givens, name, source, err };
	json_auto_t *doc = gw_yaml_parse(source, err);
	if (!doc)
		return gw_explain(err, "%s", name);
	if (json_is_null(doc))
		return true;
	if (!json_is_object(doc))
		return gw_fail(err, GW_INVALID, "%s: a configuration is a map, such as \"godwit:\"",
			name);
	return read_members(&r, "", "", doc);
}

/* ---- The environment ---- */

static void read_variable(struct gw_givens *givens, const char *path)
{
	gw_auto_str variable = { 0 };
	gw_key_variable(&variable, gw_slice_of(path));
	const char *value = getenv(gw_str_text(&variable));
	json_t *text = value ? json_string(value) : NULL; /* NULL: no UTF-8 either */
	if (text)
		gw_givens_add(givens, path, gw_str_text(&variable), text);
}

static bool is_of_key(struct gw_slice variable)
{
	gw_auto_str name = { 0 };
	gw_auto_str known = { 0 };
	for (const struct gw_key_info *info = gw_key_infos; info->key; info++) {
		gw_key_name(info, 0, &name);
		gw_key_variable(&known, gw_str_slice(&name));
		if (gw_slice_equal(variable, gw_str_slice(&known)))
			return true;
	}
	return false;
}

/* Variables that look like ours and set nothing. */
static void warn_of_unknown(json_t *warnings)
{
	static const char *const others[] = { "GODWIT_CONFIGURATION", "GODWIT_RUN" };
	for (char **variable = environ; variable && *variable; variable++) {
		struct gw_slice name = { *variable, strcspn(*variable, "=") };
		bool known = !gw_slice_starts(name, gw_slice_of("GODWIT_")) || is_of_key(name);
		for (size_t i = 0; i < GW_LEN(others); i++)
			known |= gw_slice_is(name, others[i]);
		if (!known)
			json_array_append_new(warnings,
				json_sprintf("%.*s: there is no such key", GW_SLICE(name)));
	}
}

void gw_givens_read_environment(struct gw_givens *givens, json_t *warnings)
{
	gw_auto_str name = { 0 };
	warn_of_unknown(warnings);
	for (const struct gw_key_info *info = gw_key_infos; info->key; info++)
		for (unsigned i = 0; gw_key_name(info, i, &name); i++)
			read_variable(givens, gw_str_text(&name));
}

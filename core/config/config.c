/* config.c - the effective configuration: defaults, a file, the environment, options */
#include "config/config.h"

#include "base/fd.h"
#include "base/mem.h"
#include "config/given.h"
#include "config/kestra.h"
#include "config/value.h"

#include <arpa/inet.h>
#include <assert.h>

enum { LARGEST = 4 << 20 };

struct gw_config {
	json_t *tree; /* nested; only values that there are */
	json_t *places; /* key -> where it comes from */
	json_t *warnings;
};

static json_t *find(const struct gw_config *config, const char *key)
{
	gw_auto_free char *path = gw_strdup(key);
	json_t *node = config->tree;
	char *rest = path;
	while (node && rest)
		node = json_object_get(node, strsep(&rest, "."));
	return node;
}

static json_t *child(json_t *node, const char *name)
{
	if (!json_object_get(node, name))
		json_object_set_new(node, name, json_object());
	return json_object_get(node, name);
}

/* Owns value. */
static void put(struct gw_config *config, const char *key, json_t *value, const char *place)
{
	gw_auto_free char *path = gw_strdup(key);
	json_t *node = config->tree;
	char *rest = path;
	char *name = strsep(&rest, ".");
	for (; rest; name = strsep(&rest, "."))
		node = child(node, name);
	json_object_set_new(node, name, value);
	json_object_set_new(config->places, key, json_string(place));
}

static bool assign(struct gw_config *config, const struct gw_key_info *info, const char *key,
	const struct gw_given *given, struct gw_error *err)
{
	json_t *value = gw_config_convert(info, given->value, err);
	if (!value)
		return gw_explain(err, "%s: %s", given->place, key);
	put(config, key, value, given->place);
	return true;
}

static bool is_pattern(const struct gw_key_info *info)
{
	return gw_slice_ends(gw_slice_of(info->key), gw_slice_of("*"));
}

/* ---- Keys that the table does not know ---- */

static const char *behind_first(const char *path)
{
	const char *dot = strchr(path, '.');
	return dot ? dot + 1 : "";
}

/* "server.port" at the top, where somebody forgot "godwit:". */
static bool is_misplaced(const char *path)
{
	return gw_key_is_section(gw_slice(path, strcspn(path, ".")));
}

static bool refuse_unknown(const struct gw_given *given, struct gw_error *err)
{
	const char *key = behind_first(given->path);
	if (is_misplaced(given->path))
		return gw_fail(err, GW_INVALID, "%s: %s belongs under \"godwit:\"", given->place,
			given->path);
	const char *nearest = gw_key_nearest(gw_slice_of(key));
	return gw_fail(err, GW_INVALID, "%s: there is no key %s%s%s%s", given->place,
		*key ? key : given->path, nearest ? "; did you mean " : "", nearest ? nearest : "",
		nearest ? "?" : "");
}

/* What a section of the table holds that is no object: "godwit: {server: }". */
static bool is_empty_section(const struct gw_given *given)
{
	return json_is_null(given->value) ||
	       (json_is_object(given->value) && json_object_size(given->value) == 0);
}

static bool judge_unknown(struct gw_config *config, const struct gw_given *given,
	struct gw_error *err)
{
	bool ours = strncmp(given->path, "godwit.", 7) == 0 || is_misplaced(given->path) ||
		    strcmp(given->path, "godwit") == 0;
	if (is_empty_section(given) || gw_kestra_is_harmless(given->path))
		return true;
	if (ours)
		return refuse_unknown(given, err);
	json_array_append_new(config->warnings,
		json_sprintf("%s: %s has no counterpart here and is ignored", given->place,
			given->path));
	return true;
}

/* A section handed to a backend as it stands: "repository.other". */
static bool assign_open_section(struct gw_config *config, struct gw_given *given,
	struct gw_error *err)
{
	const char *key = behind_first(given->path);
	bool headed =
		strncmp(given->path, "godwit.", 7) == 0 || strncmp(given->path, "kestra.", 7) == 0;
	const struct gw_key_info *info = headed ? gw_key_find(gw_slice_of(key)) : NULL;
	if (!info || !is_pattern(info))
		return judge_unknown(config, given, err);
	return assign(config, info, key, given, err);
}

static bool apply(struct gw_config *config, struct gw_givens *givens, struct gw_error *err)
{
	for (const struct gw_key_info *info = gw_key_infos; info->key; info++) {
		struct gw_given *given = gw_givens_take(givens, info);
		if (given && !assign(config, info, info->key, given, err))
			return false;
	}
	for (size_t i = 0; i < givens->n; i++)
		if (!givens->items[i].used && !assign_open_section(config, &givens->items[i], err))
			return false;
	return true;
}

/* ---- Loading ---- */

static void put_defaults(struct gw_config *config)
{
	struct gw_error err;
	for (const struct gw_key_info *info = gw_key_infos; info->key; info++) {
		if (!info->fallback)
			continue;
		json_auto_t *text = json_string(info->fallback);
		json_t *value = gw_config_convert(info, text, &err);
		assert(value);
		put(config, info->key, value, "default");
	}
}

static bool read_source(const char *path, struct gw_givens *givens, struct gw_error *err)
{
	static const char *const variables[] = { "GODWIT_CONFIGURATION", "KESTRA_CONFIGURATION" };
	gw_auto_str source = { 0 };
	if (path && !gw_file_read(path, LARGEST, &source, err))
		return false;
	if (path)
		return gw_givens_read_source(givens, path, gw_str_slice(&source), err);
	for (size_t i = 0; i < GW_LEN(variables); i++) {
		const char *text = getenv(variables[i]);
		if (text)
			return gw_givens_read_source(givens, variables[i], gw_slice_of(text), err);
	}
	return true;
}

static bool check_host(const char *host, struct gw_error *err)
{
	struct in_addr v4;
	bool is_127 = inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
	if (is_127 || strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0)
		return true;
	return gw_fail(err, GW_INVALID,
		"server.host: %s can be reached from other machines, and the server has no "
		"accounts yet to keep strangers out: use 127.0.0.1, ::1 or localhost",
		host);
}

/* "repository.postgress": of no backend that is used, and of none that the table knows. */
static void warn_of_unused_sections(struct gw_config *config, const char *type)
{
	const char *name;
	json_t *section;
	json_object_foreach (find(config, "repository"), name, section) {
		gw_auto_free char *key = gw_sprintf("repository.%s", name);
		if (json_is_object(section) && strcmp(name, type) != 0 &&
			!gw_key_is_section(gw_slice_of(key)))
			json_array_append_new(config->warnings,
				json_sprintf("%s: %s is not the repository.type, so this is not "
					     "used",
					gw_config_place(config, key), key));
	}
}

/* What no key says alone. */
static bool check_whole(struct gw_config *config, struct gw_error *err)
{
	const char *queue = gw_config_text(config, "queue.type");
	const char *repository = gw_config_text(config, "repository.type");
	if (queue && strcmp(queue, repository) != 0)
		return gw_fail(err, GW_INVALID,
			"queue.type is %s and repository.type is %s: they must be the same", queue,
			repository);
	if (strcmp(repository, "h2") == 0) {
		put(config, "repository.type", json_string("sqlite"), "in place of h2");
		json_array_append_new(config->warnings,
			json_string("repository.type: sqlite is used in place of h2"));
	}
	return check_host(gw_config_text(config, "server.host"), err);
}

static bool load(struct gw_config *config, const char *path, struct gw_error *err)
{
	gw_auto_givens file = { 0 };
	gw_auto_givens environment = { 0 };
	put_defaults(config);
	gw_givens_read_environment(&environment, config->warnings);
	if (!read_source(path, &file, err) || !apply(config, &file, err) ||
		!apply(config, &environment, err) || !check_whole(config, err))
		return false;
	warn_of_unused_sections(config, gw_config_text(config, "repository.type"));
	return true;
}

struct gw_config *gw_config_load(const char *path, struct gw_error *err)
{
	struct gw_config *config = gw_new(struct gw_config);
	config->tree = json_object();
	config->places = json_object();
	config->warnings = json_array();
	if (load(config, path, err))
		return config;
	gw_config_free(config);
	return NULL;
}

bool gw_config_set(struct gw_config *config, const char *key, const char *value,
	struct gw_error *err)
{
	const struct gw_key_info *info = gw_key_find(gw_slice_of(key));
	json_auto_t *text = json_string(value);
	if (!info || !text)
		return gw_fail(err, GW_INVALID, info ? "%s: no valid UTF-8" : "there is no key %s",
			key);
	struct gw_given given = { .place = (char[]){ "command line" }, .value = text };
	return assign(config, info, key, &given, err) && check_whole(config, err);
}

void gw_config_free(struct gw_config *config)
{
	if (!config)
		return;
	json_decref(config->tree);
	json_decref(config->places);
	json_decref(config->warnings);
	free(config);
}

/* ---- Reading ---- */

const json_t *gw_config_warnings(const struct gw_config *config)
{
	return config->warnings;
}

static const json_t *get(const struct gw_config *config, const char *key)
{
	assert(gw_key_find(gw_slice_of(key)));
	return find(config, key);
}

const char *gw_config_text(const struct gw_config *config, const char *key)
{
	return json_string_value(get(config, key));
}

int64_t gw_config_int(const struct gw_config *config, const char *key)
{
	return json_integer_value(get(config, key));
}

bool gw_config_bool(const struct gw_config *config, const char *key)
{
	return json_is_true(get(config, key));
}

int64_t gw_config_duration(const struct gw_config *config, const char *key)
{
	int64_t us = 0;
	struct gw_error err;
	const char *text = gw_config_text(config, key);
	return text && gw_config_parse_duration(gw_slice_of(text), &us, &err) ? us : 0;
}

int64_t gw_config_size(const struct gw_config *config, const char *key)
{
	int64_t bytes = 0;
	struct gw_error err;
	const char *text = gw_config_text(config, key);
	return text && gw_config_parse_size(gw_slice_of(text), &bytes, &err) ? bytes : 0;
}

const json_t *gw_config_section(const struct gw_config *config, const char *key)
{
	return find(config, key);
}

const char *gw_config_place(const struct gw_config *config, const char *key)
{
	return json_string_value(json_object_get(config->places, key));
}

/* migrate.c - templates, indices, aliases and mappings: made if missing, grown if older */
#include "backends/elasticsearch/elasticsearch.h"

#include <inttypes.h>

#define LAYOUT 1 /* of documents and mappings; an index says in _meta which one it has */
#define TEMPLATE_PRIORITY 200

/* ---- Mappings ---- */

static const char *const mapping_of[] = {
	[GW_KEYWORD] = "{\"type\":\"keyword\",\"ignore_above\":256}",
	[GW_KEYWORDS] = "{\"type\":\"keyword\",\"ignore_above\":256}",
	[GW_INTEGER] = "{\"type\":\"long\"}",
	[GW_INSTANT] = "{\"type\":\"long\"}",
	[GW_BOOLEAN] = "{\"type\":\"boolean\"}",
	[GW_TEXT] = "{\"type\":\"keyword\",\"ignore_above\":32000,\"doc_values\":false}",
};

static const char *const envelope[][2] = {
	{ "tenant", "{\"type\":\"keyword\"}" },
	{ "key", "{\"type\":\"keyword\"}" },
	{ "owner", "{\"type\":\"keyword\",\"ignore_above\":256}" },
	{ "due", "{\"type\":\"long\"}" },
	{ FIELD_DOCUMENT, "{\"type\":\"object\",\"enabled\":false}" },
	{ FIELD_WHOLE, "{\"type\":\"object\",\"enabled\":false}" },
};

static void print_mapping(struct gw_str *out, const struct gw_kind *kind)
{
	gw_str_printf(out, "{\"dynamic\":false,\"_meta\":{\"layout\":%d},\"properties\":{", LAYOUT);
	for (size_t i = 0; i < GW_LEN(envelope); i++)
		gw_json_raw(out, envelope[i][0], gw_slice_of(envelope[i][1]));
	for (unsigned i = 0; i < kind->n_fields; i++)
		gw_json_raw(out, kind->fields[i].name,
			gw_slice_of(mapping_of[kind->fields[i].type]));
	gw_str_puts(out, "}}");
}

static void print_settings(struct gw_str *out, const struct settings *s)
{
	gw_str_printf(out,
		"{\"index\":{\"number_of_shards\":%" PRId64 ",\"refresh_interval\":", s->shards);
	gw_json_quote(out, gw_slice_of(s->refresh_interval));
	if (s->replicas < 0)
		gw_str_puts(out, ",\"auto_expand_replicas\":\"0-1\"}}");
	else
		gw_str_printf(out, ",\"number_of_replicas\":%" PRId64 "}}", s->replicas);
}

/* ---- One kind ---- */

/* True also if what it makes is there already: another node was faster. */
static bool put(struct gw_backend *b, const char *path, const struct gw_str *body,
	struct gw_error *err)
{
	const struct request request = {
		.method = "PUT", .path = path, .body = gw_str_slice(body)
	};
	long status;
	json_auto_t *answer = call(b, &request, &status, err);
	if (!answer)
		return false;
	const json_t *error = json_object_get(answer, "error");
	if (status < 400 || strcmp(error_type(error), "resource_already_exists_exception") == 0)
		return true;
	return call_fail(status, error, err);
}

/* So that indices that a rollover makes are like the first one. */
static bool put_template(struct gw_backend *b, const struct index *index, struct gw_error *err)
{
	gw_auto_str body = { 0 };
	gw_auto_free char *path = gw_sprintf("/_index_template/%s", index->alias);
	gw_str_printf(&body, "{\"index_patterns\":[\"%s-*\"],\"priority\":%d,\"template\":{",
		index->alias, TEMPLATE_PRIORITY);
	gw_str_puts(&body, "\"settings\":");
	print_settings(&body, &b->settings);
	gw_str_puts(&body, ",\"mappings\":");
	print_mapping(&body, index->kind);
	gw_str_puts(&body, "}}");
	return put(b, path, &body, err);
}

static bool make_index(struct gw_backend *b, const struct index *index, struct gw_error *err)
{
	gw_auto_str body = { 0 }, path = { 0 };
	gw_str_putc(&path, '/');
	index_name(&path, index, 1);
	gw_str_printf(&body,
		"{\"aliases\":{\"%s\":{\"is_write_index\":true}},\"settings\":", index->alias);
	print_settings(&body, &b->settings);
	gw_str_puts(&body, ",\"mappings\":");
	print_mapping(&body, index->kind);
	gw_str_putc(&body, '}');
	return put(b, gw_str_text(&path), &body, err);
}

static bool grow_mapping(struct gw_backend *b, const struct index *index, struct gw_error *err)
{
	gw_auto_str body = { 0 };
	gw_auto_free char *path = gw_sprintf("/%s/_mapping", index->alias);
	print_mapping(&body, index->kind);
	return put(b, path, &body, err);
}

/* ---- What is there ---- */

/* Whether the mapping lacks one of the kind's fields. */
static bool is_older(const json_t *mappings, const struct gw_kind *kind)
{
	const json_t *properties = json_object_get(mappings, "properties");
	for (unsigned i = 0; i < kind->n_fields; i++)
		if (!json_object_get(properties, kind->fields[i].name))
			return true;
	return false;
}

struct state {
	bool exists, is_older;
};

/* What the indices of a kind are, among all. */
static bool look_at(const json_t *indices, struct index *index, struct state *state,
	struct gw_error *err)
{
	const char *name;
	json_t *about;
	json_object_foreach ((json_t *)(uintptr_t)indices, name, about) {
		const json_t *mappings = json_object_get(about, "mappings");
		if (!json_object_get(json_object_get(about, "aliases"), index->alias))
			continue;
		const json_t *meta = json_object_get(mappings, "_meta");
		if (json_integer_value(json_object_get(meta, "layout")) > LAYOUT)
			return gw_fail(err, GW_CONFLICT,
				"the index %s was made by a newer Godwit: update this one", name);
		if (!state->exists)
			index->oldest = index->newest = index_number(name);
		index_note(index, name);
		state->exists = true;
		state->is_older |= is_older(mappings, index->kind);
	}
	return true;
}

static json_t *read_indices(struct gw_backend *b, struct gw_error *err)
{
	gw_auto_free char *path = gw_sprintf("/%s_*?filter_path=*.aliases,*.mappings._meta,"
					     "*.mappings.properties.*.type",
		b->settings.prefix);
	const struct request request = { .method = "GET", .path = path };
	return call_well(b, &request, err);
}

static bool migrate_kind(struct gw_backend *b, const json_t *indices, struct index *index,
	struct gw_error *err)
{
	struct state state = { 0 };
	if (!look_at(indices, index, &state, err))
		return false;
	if (state.exists && !state.is_older)
		return true;
	return put_template(b, index, err) &&
	       (state.exists ? grow_mapping(b, index, err) : make_index(b, index, err));
}

bool elasticsearch_migrate(struct gw_backend *b, struct gw_error *err)
{
	json_auto_t *indices = read_indices(b, err);
	if (!indices)
		return false;
	for (size_t i = 0; i < b->n_indices; i++)
		if (!migrate_kind(b, indices, &b->indices[i], err))
			return gw_explain(err, "the index %s", b->indices[i].alias);
	return true;
}

bool elasticsearch_layout(struct gw_backend *b, int *out, struct gw_error *err)
{
	json_auto_t *indices = read_indices(b, err);
	bool all = true;
	if (!indices)
		return false;
	for (size_t i = 0; i < b->n_indices; i++) {
		struct state state = { 0 };
		if (!look_at(indices, &b->indices[i], &state, err))
			return false;
		all = all && state.exists;
	}
	*out = all ? LAYOUT : 0;
	return true;
}

/* ---- Removing ---- */

static bool delete_at(struct gw_backend *b, const char *path, struct gw_error *err)
{
	const struct request request = { .method = "DELETE", .path = path };
	long status;
	json_auto_t *answer = call(b, &request, &status, err);
	return answer && (status < 400 || status == 404 ||
				 call_fail(status, json_object_get(answer, "error"), err));
}

/* By name: servers may refuse a pattern here. */
bool elasticsearch_remove(struct gw_backend *b, struct gw_error *err)
{
	json_auto_t *indices = read_indices(b, err);
	const char *name;
	json_t *about;
	if (!indices)
		return false;
	json_object_foreach (indices, name, about) {
		gw_auto_free char *path = gw_sprintf("/%s", name);
		if (!delete_at(b, path, err))
			return gw_explain(err, "removing the index %s", name);
	}
	gw_auto_free char *templates = gw_sprintf("/_index_template/%s_*", b->settings.prefix);
	return delete_at(b, templates, err) || gw_explain(err, "removing index templates");
}

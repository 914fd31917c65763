/* call.c - requests and what their answers say, errors among it */
#include "backends/elasticsearch/elasticsearch.h"

#include <stdio.h>

/* What an error means, by its type or else by the status of the answer. */
static const struct {
	const char *type;
	long status;
	enum gw_code code;
	const char *advice;
} meanings[] = {
	{ "cluster_block_exception", 0, GW_UNAVAILABLE,
		"the server takes no writes now, perhaps because its disk is nearly full" },
	{ "search_context_missing_exception", 0, GW_UNAVAILABLE, "the scan took too long" },
	{ "index_not_found_exception", 0, GW_INTERNAL,
		"an index is missing: restart the server to have it made" },
	{ "no_shard_available_action_exception", 0, GW_UNAVAILABLE, "a shard is not there" },
	{ NULL, 401, GW_DENIED, "check the user and password, or the API key" },
	{ NULL, 403, GW_DENIED, "the account lacks a right" },
	{ NULL, 404, GW_NOT_FOUND, NULL },
	{ NULL, 408, GW_UNAVAILABLE, NULL },
	{ NULL, 409, GW_CONFLICT, NULL },
	{ NULL, 429, GW_UNAVAILABLE, "the server has too much to do" },
	{ NULL, 502, GW_UNAVAILABLE, NULL },
	{ NULL, 503, GW_UNAVAILABLE, "shards or the master are not there" },
	{ NULL, 504, GW_UNAVAILABLE, NULL },
};

const char *error_type(const json_t *error)
{
	const char *type = gw_json_string(error, "type");
	return type ? type : "";
}

bool is_index_gone(const json_t *error)
{
	return strcmp(error_type(error), "index_not_found_exception") == 0;
}

/* The innermost reason says most. */
static const char *reason_of(const json_t *error)
{
	const char *reason = json_string_value(error);
	for (const json_t *at = error; at; at = json_object_get(at, "caused_by"))
		if (gw_json_string(at, "reason"))
			reason = gw_json_string(at, "reason");
	return reason ? reason : "no reason given";
}

bool call_fail(long status, const json_t *error, struct gw_error *err)
{
	const char *type = error_type(error);
	size_t i = 0;
	while (i < GW_LEN(meanings) && (meanings[i].type ? strcmp(meanings[i].type, type) != 0
							 : meanings[i].status != status))
		i++;
	bool known = i < GW_LEN(meanings);
	const char *advice = known ? meanings[i].advice : NULL;
	return gw_fail(err, known ? meanings[i].code : GW_INTERNAL, "status %ld %s: %s%s%s", status,
		type, reason_of(error), advice ? "; " : "", advice ? advice : "");
}

json_t *call(struct gw_backend *b, const struct request *request, long *status,
	struct gw_error *err)
{
	struct answer answer;
	json_error_t at;
	if (!http_send(b->http, request, &answer, err))
		return NULL;
	*status = answer.status;
	json_t *value = json_loadb(gw_str_text(&answer.body), answer.body.len, 0, &at);
	if (!value && answer.status < 400)
		gw_fail(err, GW_UNAVAILABLE, "%s: the answer is no JSON: %s", http_host(b->http),
			at.text);
	if (!value && answer.status >= 400)
		call_fail(answer.status, NULL, err);
	gw_str_clear(&answer.body);
	return value;
}

json_t *call_well(struct gw_backend *b, const struct request *request, struct gw_error *err)
{
	long status;
	json_t *value = call(b, request, &status, err);
	if (!value || status < 400)
		return value;
	call_fail(status, json_object_get(value, "error"), err);
	gw_explain(err, "%s", http_host(b->http));
	json_decref(value);
	return NULL;
}

/* ---- Indices ---- */

struct index *index_of(struct gw_backend *b, const struct gw_kind *kind)
{
	size_t i = 0;
	while (b->indices[i].kind != kind)
		i++;
	return &b->indices[i];
}

void index_name(struct gw_str *out, const struct index *index, unsigned number)
{
	gw_str_printf(out, "%s-%06u", index->alias, number);
}

unsigned index_number(const char *name)
{
	const char *dash = name ? strrchr(name, '-') : NULL;
	return dash ? (unsigned)strtoul(dash + 1, NULL, 10) : 0;
}

bool index_is_split(const struct index *index)
{
	return __atomic_load_n(&index->oldest, __ATOMIC_RELAXED) !=
	       __atomic_load_n(&index->newest, __ATOMIC_RELAXED);
}

void index_note(struct index *index, const char *name)
{
	unsigned number = index_number(name);
	if (number && number < __atomic_load_n(&index->oldest, __ATOMIC_RELAXED))
		__atomic_store_n(&index->oldest, number, __ATOMIC_RELAXED);
	if (number > __atomic_load_n(&index->newest, __ATOMIC_RELAXED))
		__atomic_store_n(&index->newest, number, __ATOMIC_RELAXED);
}

bool index_learn(struct gw_backend *b, struct index *index, struct gw_error *err)
{
	gw_auto_free char *path = gw_sprintf("/_alias/%s", index->alias);
	const struct request request = { .method = "GET", .path = path };
	json_auto_t *answer = call_well(b, &request, err);
	const char *name;
	json_t *about;
	json_object_foreach (answer, name, about)
		index_note(index, name);
	return answer != NULL;
}

static void print_place(struct gw_str *out, const char *index, const struct gw_str *id)
{
	gw_json_comma(out);
	gw_str_printf(out, "{\"_index\":\"%s\",\"_id\":", index);
	gw_json_quote(out, gw_str_slice(id));
	gw_str_putc(out, '}');
}

size_t index_print_places(struct gw_str *out, const struct index *index, struct gw_slice tenant,
	struct gw_slice key)
{
	unsigned oldest = __atomic_load_n(&index->oldest, __ATOMIC_RELAXED);
	unsigned newest = __atomic_load_n(&index->newest, __ATOMIC_RELAXED);
	gw_auto_str id = { 0 }, name = { 0 };
	document_id(&id, tenant, key);
	if (oldest == newest) {
		print_place(out, index->alias, &id);
		return 1;
	}
	for (unsigned number = newest; number >= oldest; number--) {
		gw_str_reset(&name);
		index_name(&name, index, number);
		print_place(out, gw_str_text(&name), &id);
	}
	return newest - oldest + 1;
}

static bool refresh(struct gw_backend *b, const struct index *index, struct gw_error *err)
{
	gw_auto_free char *path = gw_sprintf("/%s/_refresh", index->alias);
	const struct request request = { .path = path };
	json_auto_t *answer = call_well(b, &request, err);
	return answer != NULL;
}

bool index_refresh(struct gw_backend *b, struct index *index, struct gw_error *err)
{
	bool ok = true;
	gw_locked(&index->lock);
	uint64_t mine = ++index->n_wanted;
	while (ok && index->n_done < mine) {
		if (index->is_refreshing) {
			gw_cond_wait(&index->refreshed, &index->lock, -1);
			continue;
		}
		uint64_t covered = index->n_wanted;
		index->is_refreshing = true;
		pthread_mutex_unlock(&index->lock);
		ok = refresh(b, index, err);
		pthread_mutex_lock(&index->lock);
		index->is_refreshing = false;
		if (ok)
			index->n_done = covered;
		pthread_cond_broadcast(&index->refreshed);
	}
	return ok;
}

/* read.c - getting by key in real time, counting */
#include "backends/elasticsearch/elasticsearch.h"

#include <inttypes.h>

#define GET_CHUNK 500 /* keys a request */
#define GROUP_PAGE 1000 /* values a request */

/* ---- get ---- */

/* Several documents a key after a rollover. */
static json_t *get_documents(struct gw_backend *b, const struct index *index,
	const struct gw_key *keys, size_t n, struct gw_error *err)
{
	gw_auto_str body = { 0 };
	gw_str_puts(&body, "{\"docs\":[");
	for (size_t i = 0; i < n; i++)
		index_print_places(&body, index, keys[i].tenant, keys[i].key);
	gw_str_puts(&body, "]}");
	const struct request request = { .path = "/_mget?realtime=true",
		.body = gw_str_slice(&body) };
	return call_well(b, &request, err);
}

/* Adds a copy of each record, NULL where there is none. */
static bool take_documents(const json_t *answer, size_t n, struct row *row,
	struct gw_records *found, struct gw_error *err)
{
	const json_t *docs = json_object_get(answer, "docs");
	size_t n_docs = json_array_size(docs), n_places = n_docs / n;
	if (n_places == 0 || n_docs % n)
		return gw_fail(err, GW_UNAVAILABLE, "%zu documents of %zu keys were answered",
			n_docs, n);
	for (size_t i = 0; i < n_docs; i++) {
		const json_t *hit = json_array_get(docs, i);
		if (i % n_places == 0)
			gw_records_add(found, NULL);
		const json_t *error = json_object_get(hit, "error");
		if (error && (n_places == 1 || !is_index_gone(error)))
			return call_fail(503, error, err);
		if (!gw_json_true(hit, "found") || found->items[found->n - 1])
			continue;
		if (!row_read(row, hit, err))
			return false;
		found->items[found->n - 1] = gw_record_copy(&row->record);
	}
	return true;
}

/* Whether the alias has got more indices than were known. */
static bool was_split(const json_t *answer)
{
	const json_t *first = json_array_get(json_object_get(answer, "docs"), 0);
	return strcmp(error_type(json_object_get(first, "error")), "illegal_argument_exception") ==
	       0;
}

static bool get_some(struct gw_backend *b, struct index *index, const struct gw_key *keys, size_t n,
	struct gw_records *found, struct gw_error *err)
{
	auto_row row;
	row_init(&row, index->kind, GW_WANT_RECORDS);
	if (index_is_split(index) && !index_learn(b, index, err))
		return false;
	json_auto_t *answer = get_documents(b, index, keys, n, err);
	if (was_split(answer)) {
		if (!index_learn(b, index, err))
			return false;
		json_decref(answer);
		answer = get_documents(b, index, keys, n, err);
	}
	return answer && take_documents(answer, n, &row, found, err);
}

bool elasticsearch_get(struct gw_backend *b, const struct gw_kind *kind, const struct gw_key *keys,
	size_t n, struct gw_record **out, struct gw_error *err)
{
	gw_auto_records found = { 0 };
	for (size_t at = 0; at < n; at += GET_CHUNK) {
		size_t some = n - at < GET_CHUNK ? n - at : GET_CHUNK;
		if (!get_some(b, index_of(b, kind), keys + at, some, &found, err))
			return false;
	}
	*out = gw_records_copy(found.items, n);
	return true;
}

/* ---- count ---- */

/* Null and the empty text, which come first, are one. */
static void add_count(struct gw_counts *counts, char *value, uint64_t n)
{
	if (counts->n == 1 && value[0] == '\0' && counts->items[0].value[0] == '\0') {
		counts->items[0].n += n;
		free(value);
		return;
	}
	counts->items = gw_grow(counts->items, counts->n, &counts->cap);
	counts->items[counts->n++] = (struct gw_count){ value, n };
}

/* Of the moment of the query's snapshot, if it has one. */
static void print_what(struct gw_str *body, struct gw_backend *b, const struct gw_query *query)
{
	query_print(body, query);
	if (query->snapshot)
		pit_print(body, snapshot_pit(b, query));
}

static bool count_all(struct gw_backend *b, const char *path, const struct gw_query *query,
	uint64_t cap, struct gw_counts *out, struct gw_error *err)
{
	gw_auto_str body = { 0 };
	gw_str_puts(&body, "{\"size\":0,\"track_total_hits\":");
	if (cap && cap < INT32_MAX)
		gw_str_printf(&body, "%" PRIu64 ",", cap);
	else
		gw_str_puts(&body, "true,");
	print_what(&body, b, query);
	gw_str_putc(&body, '}');
	const struct request request = { .path = path, .body = gw_str_slice(&body) };
	json_auto_t *answer = call_well(b, &request, err);
	if (!answer)
		return false;
	const json_t *total = json_object_get(json_object_get(answer, "hits"), "total");
	uint64_t n = (uint64_t)json_integer_value(json_object_get(total, "value"));
	add_count(out, gw_strdup(""), cap && n > cap ? cap : n);
	return true;
}

/* A value as text; "" for null. */
static char *value_text(const json_t *value)
{
	if (json_is_string(value))
		return gw_strndup(json_string_value(value), json_string_length(value));
	if (json_is_integer(value))
		return gw_sprintf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	if (json_is_boolean(value))
		return gw_strdup(json_is_true(value) ? "1" : "0");
	return gw_strdup("");
}

/* Buckets behind a key, all of them page by page: no bound on how many values there are. */
static json_t *read_buckets(struct gw_backend *b, const char *path, const struct gw_query *query,
	const char *by, const json_t *after, struct gw_error *err)
{
	gw_auto_str body = { 0 };
	gw_str_puts(&body, "{\"size\":0,\"track_total_hits\":false,");
	print_what(&body, b, query);
	gw_str_printf(&body,
		",\"aggs\":{\"by\":{\"composite\":{\"size\":%d,\"sources\":[{\"v\":{\"terms\":"
		"{\"field\":\"%s\",\"missing_bucket\":true}}}]",
		GROUP_PAGE, by);
	if (after) {
		gw_json_key(&body, "after");
		gw_json_print(&body, after);
	}
	gw_str_puts(&body, "}}}}");
	const struct request request = { .path = path, .body = gw_str_slice(&body) };
	return call_well(b, &request, err);
}

static size_t take_buckets(const json_t *by, struct gw_counts *out)
{
	size_t i;
	json_t *bucket;
	json_array_foreach (json_object_get(by, "buckets"), i, bucket)
		add_count(out, value_text(json_object_get(json_object_get(bucket, "key"), "v")),
			(uint64_t)json_integer_value(json_object_get(bucket, "doc_count")));
	return i;
}

static bool count_groups(struct gw_backend *b, const char *path, const struct gw_query *query,
	const char *by, struct gw_counts *out, struct gw_error *err)
{
	json_auto_t *after = NULL;
	size_t n = GROUP_PAGE;
	while (n == GROUP_PAGE) {
		json_auto_t *answer = read_buckets(b, path, query, by, after, err);
		if (!answer)
			return false;
		const json_t *page = json_object_get(json_object_get(answer, "aggregations"), "by");
		n = take_buckets(page, out);
		json_decref(after);
		after = json_incref(json_object_get(page, "after_key"));
	}
	return true;
}

static void drop_counts(struct gw_counts *counts)
{
	for (size_t i = 0; i < counts->n; i++)
		free(counts->items[i].value);
	free(counts->items);
	*counts = (struct gw_counts){ 0 };
}

bool elasticsearch_count(struct gw_backend *b, const struct gw_query *query, const char *by,
	uint64_t cap, struct gw_counts *out, struct gw_error *err)
{
	struct index *index = index_of(b, query->kind);
	gw_auto_free char *path = gw_sprintf("%s%s/_search?allow_partial_search_results=false",
		query->snapshot ? "" : "/", query->snapshot ? "" : index->alias);
	struct gw_query all = *query;
	struct gw_counts counts = { 0 };
	all.after = gw_slice(NULL, 0);
	if (query->snapshot ? !snapshot_keep(b, query->snapshot, err)
			    : !index_refresh(b, index, err))
		return false;
	bool ok = by ? count_groups(b, path, &all, by, &counts, err)
		     : count_all(b, path, &all, cap, &counts, err);
	if (ok)
		*out = counts;
	else
		drop_counts(&counts);
	return ok;
}

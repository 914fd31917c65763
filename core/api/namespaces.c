/* namespaces.c - namespaces: there is one wherever a flow is, and above it */
#include "api/flows.h"

#include "base/json.h"
#include "model/kinds.h"

#include <stdlib.h>

/* ---- Which there are ---- */

struct namespaces {
	char **items; /* sorted, each once */
	size_t n, cap;
};

static void namespaces_clear(struct namespaces *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i]);
	free(list->items);
}

#define auto_namespaces __attribute__((cleanup(namespaces_clear))) struct namespaces

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_names(struct namespaces *list)
{
	size_t n = 0;
	if (list->n)
		qsort(list->items, list->n, sizeof(*list->items), compare_names);
	for (size_t i = 0; i < list->n; i++) {
		if (n && strcmp(list->items[n - 1], list->items[i]) == 0)
			free(list->items[i]);
		else
			list->items[n++] = list->items[i];
	}
	list->n = n;
}

static void add_name(struct namespaces *list, const char *name, size_t len)
{
	list->items = gw_grow(list->items, list->n, &list->cap);
	list->items[list->n++] = gw_strndup(name, len);
}

static bool contains(const char *text, const char *part)
{
	return !part || !*part || strcasestr(text, part);
}

/* Those of flows, with what is above them if wanted; only those that contain q. */
static bool find_namespaces(struct gw_http_request *rq, bool with_parents, const char *q,
	struct namespaces *out, struct gw_error *err)
{
	struct gw_search s;
	struct gw_count *counts;
	size_t n;
	gw_search_begin(&s, rq, &gw_flow_resource, 0);
	if (!gw_search_add(&s, gw_filter_number(rq, "deleted", GW_EQ, false), err) ||
		!gw_store_count_by(gw_api_of(rq)->store, &s.query, "namespace", &counts, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *name = counts[i].value;
		for (size_t len = 0; with_parents && name[len]; len++)
			if (name[len] == '.')
				add_name(out, name, len);
		add_name(out, name, strlen(name));
	}
	gw_counts_free(counts, n);
	sort_names(out);
	size_t kept = 0;
	for (size_t i = 0; i < out->n; i++) {
		if (contains(out->items[i], q))
			out->items[kept++] = out->items[i];
		else
			free(out->items[i]);
	}
	out->n = kept;
	return true;
}

static bool answer_names(struct gw_http_request *rq, const struct namespaces *list)
{
	gw_str_putc(&rq->out.body, '[');
	for (size_t i = 0; i < list->n; i++) {
		gw_json_comma(&rq->out.body);
		gw_json_quote(&rq->out.body, gw_slice_of(list->items[i]));
	}
	gw_str_putc(&rq->out.body, ']');
	return true;
}

static bool list_distinct(struct gw_http_request *rq, struct gw_error *err)
{
	auto_namespaces list = { 0 };
	return find_namespaces(rq, false, gw_request_param(rq, "q"), &list, err) &&
	       answer_names(rq, &list);
}

/* {"q":…,"ids":[…]}: those that contain q, beside the ids. */
static bool autocomplete(struct gw_http_request *rq, struct gw_error *err)
{
	auto_namespaces list = { 0 };
	json_auto_t *body = gw_request_json(rq, err);
	size_t i;
	json_t *id;
	if (!body || !find_namespaces(rq, true, gw_json_string(body, "q"), &list, err))
		return false;
	json_array_foreach (json_object_get(body, "ids"), i, id)
		if (json_is_string(id))
			add_name(&list, json_string_value(id), json_string_length(id));
	sort_names(&list);
	return answer_names(rq, &list);
}

/* ---- Search ---- */

static const struct gw_column columns[] = {
	{ "q", "namespace", GW_COLUMN_WORDS },
	{ "existingOnly", NULL, GW_COLUMN_IGNORED },
	{ NULL, NULL, GW_COLUMN_TEXT },
};
static const struct gw_sort_key sort_keys[] = {
	{ "id", "namespace" },
	{ NULL, NULL },
};
static const struct gw_resource namespace_resource = { &gw_kind_flow, columns, sort_keys };

/* What q is in either form. */
static const char *find_q(const struct gw_http_request *rq)
{
	const char *q = gw_request_param(rq, "q");
	if (!q)
		q = gw_request_param(rq, "filters[q][EQUALS]");
	return q ? q : gw_request_param(rq, "filters[q][CONTAINS]");
}

static void put_namespace(struct gw_str *out, const char *name)
{
	gw_json_comma(out);
	gw_str_putc(out, '{');
	gw_json_text(out, "id", gw_slice_of(name));
	gw_json_bool(out, "deleted", false);
	gw_json_bool(out, "disabled", false);
	gw_str_putc(out, '}');
}

static bool search_namespaces(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	struct gw_str *out = &rq->out.body;
	auto_namespaces list = { 0 };
	if (!gw_search_read(&s, rq, &namespace_resource, 0, err) || !gw_search_read_page(&s, err) ||
		!find_namespaces(rq, true, find_q(rq), &list, err))
		return false;
	bool descending = s.query.n_orders && s.orders[0].descending;
	gw_str_puts(out, "{\"results\":[");
	for (uint64_t i = s.query.offset; i < list.n && i < s.query.offset + s.query.limit; i++)
		put_namespace(out, list.items[descending ? list.n - 1 - i : i]);
	gw_str_putc(out, ']');
	gw_json_int(out, "total", (int64_t)list.n);
	gw_str_putc(out, '}');
	return true;
}

static bool show_namespace(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	put_namespace(&rq->out.body, rq->args[0]);
	return true;
}

const struct gw_route gw_namespace_routes[] = {
	{ GW_HTTP_GET, "~/flows/distinct-namespaces", list_distinct, 0 },
	{ GW_HTTP_GET, "~/executions/namespaces", list_distinct, 0 },
	{ GW_HTTP_POST, "~/namespaces/autocomplete", autocomplete, GW_ROUTE_BODY },
	{ GW_HTTP_GET, "~/namespaces/search", search_namespaces, 0 },
	{ GW_HTTP_GET, "~/namespaces/{id}", show_namespace, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

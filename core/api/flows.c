/* flows.c - flows: create, read, update, delete, search, revisions */
#include "api/flows.h"

#include "api/csv.h"
#include "base/clock.h"
#include "base/json.h"
#include "model/kinds.h"

#include <stdio.h>

static const struct gw_column columns[] = {
	{ "q", "namespace id", GW_COLUMN_WORDS },
	{ "scope", "namespace", GW_COLUMN_SCOPE },
	{ "namespace", "namespace", GW_COLUMN_NAMESPACE },
	{ "flowId", "id", GW_COLUMN_TEXT },
	{ "id", "id", GW_COLUMN_TEXT },
	{ "flowRevision", "revision", GW_COLUMN_NUMBER },
	{ "labels", "labels", GW_COLUMN_LABELS },
	{ "updated", "updated", GW_COLUMN_FROM },
	{ "enabled", "disabled", GW_COLUMN_NOT_FLAG },
	{ "source", "source", GW_COLUMN_TEXT },
	{ NULL, NULL, GW_COLUMN_TEXT },
};

static const struct gw_sort_key sort_keys[] = {
	{ "id", "id" },
	{ "namespace", "namespace" },
	{ "revision", "revision" },
	{ "updated", "updated" },
	{ "disabled", "disabled" },
	{ NULL, NULL },
};

const struct gw_resource gw_flow_resource = { &gw_kind_flow, columns, sort_keys };

/* ---- Reading ---- */

struct gw_slice gw_flow_source(const struct gw_record *record)
{
	return record->fields[record->kind == &gw_kind_flow ? GW_FLOW_SOURCE : GW_REVISION_SOURCE]
		.text;
}

static bool is_deleted(const struct gw_record *record)
{
	return record->fields[record->kind == &gw_kind_flow ? GW_FLOW_DELETED : GW_REVISION_DELETED]
		.number;
}

void gw_flow_answer(struct gw_str *out, const struct gw_record *record, bool with_source)
{
	struct gw_slice source = gw_flow_source(record);
	if (!with_source || !source.data) {
		gw_str_add(out, record->doc.data, record->doc.len);
		return;
	}
	gw_str_add(out, record->doc.data, record->doc.len - 1);
	gw_json_text(out, "source", source);
	gw_str_putc(out, '}');
}

bool gw_flow_find(struct gw_http_request *rq, const struct gw_flow_choice *choice,
	struct gw_record *out, void **hold, struct gw_error *err)
{
	bool is_head = choice->revision <= 0;
	gw_auto_str key = { 0 };
	if (is_head)
		gw_flow_key(&key, choice->namespace, choice->id);
	else
		gw_revision_key(&key, choice->namespace, choice->id, (int)choice->revision);
	struct gw_key full = { gw_slice_of(rq->tenant), gw_str_slice(&key) };
	if (!gw_store_get(gw_api_of(rq)->store, is_head ? &gw_kind_flow : &gw_kind_flow_revision,
		    full, out, hold, err))
		return false;
	return choice->even_deleted || !is_deleted(out) || gw_not_found(err);
}

static bool show_flow(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_flow_choice choice = { rq->args[0], rq->args[1], 0, false };
	bool with_source;
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	if (!gw_request_int(rq, "revision", &choice.revision, err) ||
		!gw_request_flag(rq, "source", false, &with_source, err) ||
		!gw_request_flag(rq, "allowDeleted", false, &choice.even_deleted, err) ||
		!gw_flow_find(rq, &choice, &record, &hold, err))
		return false;
	gw_flow_answer(&rq->out.body, &record, with_source);
	return true;
}

/* The flow as somebody who may run it sees it. */
static bool show_executable(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_flow_choice choice = { rq->args[0], rq->args[1], 0, false };
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	if (!gw_request_int(rq, "revision", &choice.revision, err) ||
		!gw_flow_find(rq, &choice, &record, &hold, err))
		return false;
	gw_flow_answer(&rq->out.body, &record, false);
	return true;
}

/* ---- Searching ---- */

bool gw_flow_search(struct gw_search *s, struct gw_http_request *rq, struct gw_error *err)
{
	return gw_search_read(s, rq, &gw_flow_resource, gw_clock_now(), err) &&
	       gw_search_add(s, gw_filter_number(rq, "deleted", GW_EQ, false), err);
}

static void list_flow(struct gw_str *out, const struct gw_record *record, void *arg)
{
	(void)arg;
	gw_flow_answer(out, record, false);
}

static void list_with_source(struct gw_str *out, const struct gw_record *record, void *arg)
{
	(void)arg;
	gw_flow_answer(out, record, true);
}

static bool search_flows(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = { .item = list_flow };
	return gw_flow_search(&s, rq, err) && gw_search_read_page(&s, err) &&
	       gw_answer_page(&s, &lister, err);
}

static bool export_csv(struct gw_http_request *rq, struct gw_error *err)
{
	static const char *const csv_columns[] = { "namespace", "id", "revision", "description",
		"disabled", "labels", NULL };
	struct gw_search s;
	return gw_flow_search(&s, rq, err) && gw_csv_answer(&s, csv_columns, "flows.csv", err);
}

static bool list_namespace(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = { .item = list_flow };
	gw_search_begin(&s, rq, &gw_flow_resource, 0);
	return gw_search_add(&s, gw_filter_text(rq, "namespace", GW_EQ, gw_slice_of(rq->args[0])),
		       err) &&
	       gw_search_add(&s, gw_filter_number(rq, "deleted", GW_EQ, false), err) &&
	       gw_answer_list(&s, &lister, err);
}

static const struct gw_column no_columns[] = { { NULL, NULL, GW_COLUMN_TEXT } };
static const struct gw_resource revision_resource = { &gw_kind_flow_revision, no_columns,
	sort_keys };

static bool list_revisions(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = { .item = list_with_source };
	gw_auto_str prefix = { 0 };
	gw_str_printf(&prefix, "%s/%s/", rq->args[0], rq->args[1]);
	gw_search_begin(&s, rq, &revision_resource, 0);
	if (!gw_search_add(&s, gw_filter_text(rq, "key", GW_PREFIX, gw_str_slice(&prefix)), err) ||
		!gw_answer_list(&s, &lister, err))
		return false;
	return rq->out.body.len > 2 || gw_not_found(err);
}

static const struct gw_column revision_columns[] = {
	{ "revisions", "revision", GW_COLUMN_NUMBER },
	{ NULL, NULL, GW_COLUMN_TEXT },
};
static const struct gw_resource revision_choice = { &gw_kind_flow_revision, revision_columns,
	sort_keys };

/* Old revisions, by their numbers; the latest stays. */
static bool delete_revisions(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	struct gw_record head;
	uint64_t n;
	gw_auto_free void *hold = NULL;
	gw_auto_str prefix = { 0 };
	gw_str_printf(&prefix, "%s/%s/", rq->args[0], rq->args[1]);
	if (!gw_request_param(rq, "revisions"))
		return gw_fail(err, GW_BAD_REQUEST,
			"Required QueryValue [revisions] not specified");
	const struct gw_flow_choice choice = { rq->args[0], rq->args[1], 0, true };
	if (!gw_flow_find(rq, &choice, &head, &hold, err) ||
		!gw_search_read(&s, rq, &revision_choice, 0, err))
		return false;
	int64_t latest = head.fields[GW_FLOW_REVISION].number;
	return gw_search_add(&s, gw_filter_text(rq, "key", GW_PREFIX, gw_str_slice(&prefix)),
		       err) &&
	       gw_search_add(&s, gw_filter_number(rq, "revision", GW_LT, latest), err) &&
	       gw_store_delete_where(gw_api_of(rq)->store, &s.query, &n, err);
}

/* ---- Searching sources ---- */

#define MARK_CONTEXT 50u /* bytes shown on either side */
#define FRAGMENTS_MAX 10

static const char *find_text(struct gw_slice text, const char *word)
{
	size_t len = strlen(word);
	for (size_t i = 0; len && i + len <= text.len; i++)
		if (strncasecmp(text.data + i, word, len) == 0)
			return text.data + i;
	return NULL;
}

static size_t character_start(struct gw_slice text, size_t at)
{
	while (at > 0 && at < text.len && ((unsigned char)text.data[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* "…text [mark]word[/mark] text…" */
static void put_fragment(struct gw_str *out, struct gw_slice text, const char *at, size_t len)
{
	size_t offset = (size_t)(at - text.data);
	size_t start = character_start(text, offset > MARK_CONTEXT ? offset - MARK_CONTEXT : 0);
	size_t end = offset + len + MARK_CONTEXT;
	end = end < text.len ? character_start(text, end) : text.len;
	gw_auto_str fragment = { 0 };
	gw_str_add(&fragment, text.data + start, offset - start);
	gw_str_puts(&fragment, "[mark]");
	gw_str_add(&fragment, at, len);
	gw_str_puts(&fragment, "[/mark]");
	gw_str_add(&fragment, at + len, end - offset - len);
	gw_json_comma(out);
	gw_json_quote(out, gw_str_slice(&fragment));
}

static void list_fragments(struct gw_str *out, const struct gw_record *record, void *arg)
{
	const char *word = arg, *at;
	struct gw_slice rest = gw_flow_source(record);
	gw_str_putc(out, '{');
	gw_json_raw(out, "model", record->doc);
	gw_json_key(out, "fragments");
	gw_str_putc(out, '[');
	for (int i = 0; word && i < FRAGMENTS_MAX && (at = find_text(rest, word)); i++) {
		put_fragment(out, gw_flow_source(record), at, strlen(word));
		size_t skip = (size_t)(at - rest.data) + strlen(word);
		rest = gw_slice(rest.data + skip, rest.len - skip);
	}
	gw_str_puts(out, "]}");
}

static const struct gw_column source_columns[] = {
	{ "q", "source", GW_COLUMN_WORDS },
	{ "namespace", "namespace", GW_COLUMN_NAMESPACE },
	{ NULL, NULL, GW_COLUMN_TEXT },
};
static const struct gw_resource source_resource = { &gw_kind_flow, source_columns, sort_keys };

static bool search_sources(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = {
		.item = list_fragments,
		.arg = (char *)(uintptr_t)gw_request_param(rq, "q"),
	};
	return gw_search_read(&s, rq, &source_resource, 0, err) &&
	       gw_search_add(&s, gw_filter_number(rq, "deleted", GW_EQ, false), err) &&
	       gw_search_read_page(&s, err) && gw_answer_page(&s, &lister, err);
}

/* ---- Writing ---- */

/* "path: message" a line; what the repository says of a flow as a whole joined by ", ". */
void gw_flow_refuse(struct gw_http_request *rq, const struct gw_violations *violations)
{
	gw_auto_str text = { 0 };
	gw_violations_print(&text, violations);
	size_t len = text.len;
	if (violations->n &&
		gw_slice_starts(gw_slice_of(violations->items[0].shown), gw_slice_of("flow.")))
		while (len && text.data[len - 1] == '\n')
			len--;
	gw_auto_free char *message = gw_strndup(gw_str_text(&text), len);
	gw_reply_invalid(rq, message, violations);
}

json_t *gw_flow_save(struct gw_flow_saving *saving, struct gw_slice source, struct gw_error *err)
{
	struct gw_http_request *rq = saving->rq;
	gw_auto_violations violations = { 0 };
	struct gw_save_request request = { .mode = saving->mode,
		.namespace = saving->namespace,
		.id = saving->id,
		.violations = &violations };
	json_t *doc = NULL;
	if (gw_engine_save_flow(gw_api_of(rq)->engine, rq->tenant, source, &request, &doc, err)) {
		if (!json_object_get(doc, "source"))
			json_object_set_new(doc, "source", json_stringn(source.data, source.len));
		return doc;
	}
	if (violations.n) {
		gw_flow_refuse(rq, &violations);
		saving->refused = true;
	}
	return NULL;
}

static struct gw_slice trim(struct gw_slice text)
{
	static const char blanks[] = " \t\r\n";
	while (text.len && strchr(blanks, text.data[0]))
		text = gw_slice(text.data + 1, text.len - 1);
	while (text.len && strchr(blanks, text.data[text.len - 1]))
		text.len--;
	return text;
}

static bool answer_saved(struct gw_flow_saving *saving, struct gw_error *err)
{
	struct gw_http_request *rq = saving->rq;
	json_auto_t *doc = gw_flow_save(saving, trim(gw_str_slice(&rq->body)), err);
	if (!doc)
		return saving->refused;
	gw_json_print(&rq->out.body, doc);
	return true;
}

static bool create_flow(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_flow_saving saving = { .rq = rq, .mode = GW_SAVE_CREATE };
	return answer_saved(&saving, err);
}

static bool update_flow(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_flow_saving saving = {
		.rq = rq, .mode = GW_SAVE_UPDATE, .namespace = rq->args[0], .id = rq->args[1]
	};
	return answer_saved(&saving, err);
}

static bool delete_flow(struct gw_http_request *rq, struct gw_error *err)
{
	if (!gw_engine_delete_flow(gw_api_of(rq)->engine, rq->tenant, rq->args[0], rq->args[1],
		    err))
		return false;
	rq->out.status = 204;
	return true;
}

const struct gw_route gw_flow_routes[] = {
	{ GW_HTTP_GET, "~/flows/search", search_flows, 0 },
	{ GW_HTTP_GET, "~/flows/source", search_sources, 0 },
	{ GW_HTTP_GET, "~/flows/export/by-query/csv", export_csv, 0 },
	{ GW_HTTP_POST, "~/flows", create_flow, GW_ROUTE_BODY },
	{ GW_HTTP_GET, "~/flows/{namespace}", list_namespace, 0 },
	{ GW_HTTP_GET, "~/flows/{namespace}/{id}", show_flow, 0 },
	{ GW_HTTP_PUT, "~/flows/{namespace}/{id}", update_flow, GW_ROUTE_BODY },
	{ GW_HTTP_DELETE, "~/flows/{namespace}/{id}", delete_flow, 0 },
	{ GW_HTTP_GET, "~/flows/{namespace}/{id}/revisions", list_revisions, 0 },
	{ GW_HTTP_DELETE, "~/flows/{namespace}/{id}/revisions", delete_revisions, 0 },
	{ GW_HTTP_GET, "~/executions/flows/{namespace}/{id}", show_executable, 0 },
	{ GW_HTTP_GET, "~/executions/namespaces/{namespace}/flows", list_namespace, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

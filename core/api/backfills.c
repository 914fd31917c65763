/* backfills.c - backfills as things of their own: several per trigger, with a history */
#include "api/triggers.h"

#include "base/clock.h"
#include "base/json.h"
#include "model/kinds.h"

static const struct gw_column columns[] = {
	{ "q", "namespace flow trigger", GW_COLUMN_WORDS },
	{ "namespace", "namespace", GW_COLUMN_NAMESPACE },
	{ "flowId", "flow", GW_COLUMN_TEXT },
	{ "triggerId", "trigger", GW_COLUMN_TEXT },
	{ "state", "state", GW_COLUMN_TEXT },
	{ "startDate", "created", GW_COLUMN_FROM },
	{ "endDate", "created", GW_COLUMN_UNTIL },
	{ NULL, NULL, GW_COLUMN_TEXT },
};

static const struct gw_sort_key sort_keys[] = {
	{ "createdDate", "created" },
	{ "namespace", "namespace" },
	{ "flowId", "flow" },
	{ "triggerId", "trigger" },
	{ "state", "state" },
	{ NULL, NULL },
};

static const struct gw_resource backfill_resource = { &gw_kind_backfill, columns, sort_keys };

/* ---- Looking ---- */

/* With counters; as it is stored if they cannot be had. */
static void list_backfill(struct gw_str *out, const struct gw_record *record, void *arg)
{
	struct gw_error ignored;
	gw_auto_str text = { 0 };
	struct gw_slice doc = record->doc;
	if (gw_engine_print_backfill(gw_api_of(arg)->engine, record, &text, &ignored))
		doc = gw_str_slice(&text);
	gw_str_add(out, doc.data, doc.len);
}

static bool list_backfills(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = { list_backfill, rq, true };
	if (!gw_search_read(&s, rq, &backfill_resource, gw_clock_now(), err) ||
		!gw_search_read_page(&s, err))
		return false;
	if (!s.query.n_orders)
		s.orders[s.query.n_orders++] = (struct gw_order){ "created", true };
	return gw_answer_page(&s, &lister, err);
}

static bool show_backfill(struct gw_http_request *rq, struct gw_error *err)
{
	return gw_engine_show_backfill(gw_api_of(rq)->engine, rq->tenant, rq->args[0],
		&rq->out.body, err);
}

/* ---- Creating ---- */

/* The options are the body's own members, or those of "backfill" in it. */
static json_t *take_options(const json_t *body)
{
	json_t *options = json_object_get(body, "backfill");
	if (json_is_object(options))
		return json_incref(options);
	options = json_copy((json_t *)(uintptr_t)body);
	json_object_del(options, "namespace");
	json_object_del(options, "flowId");
	json_object_del(options, "triggerId");
	json_object_del(options, "tenantId");
	return options;
}

static bool create_backfill(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_trigger_ref ref;
	json_auto_t *body = gw_request_json(rq, err);
	if (!body || !gw_trigger_ref_read(rq, body, &ref, err))
		return false;
	json_auto_t *options = take_options(body);
	const struct gw_backfill_request request = { options, false };
	return gw_engine_create_backfill(gw_api_of(rq)->engine, &ref, &request, NULL, &rq->out.body,
		err);
}

static bool preview_backfill(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	struct gw_trigger_ref ref;
	json_auto_t *body = gw_request_json(rq, err);
	gw_search_begin(&s, rq, &backfill_resource, 0);
	if (!body || !gw_trigger_ref_read(rq, body, &ref, err) || !gw_search_read_page(&s, err))
		return false;
	json_auto_t *options = take_options(body);
	json_auto_t *preview =
		gw_engine_preview_backfill(gw_api_of(rq)->engine, &ref, options, &s.query, err);
	if (preview)
		gw_json_print(&rq->out.body, preview);
	return preview != NULL;
}

/* ---- Changing ---- */

static bool edit(struct gw_http_request *rq, enum gw_backfill_edit what, struct gw_error *err)
{
	return gw_engine_edit_backfill(gw_api_of(rq)->engine, rq->tenant, rq->args[0], what,
		&rq->out.body, err);
}

static bool pause_backfill(struct gw_http_request *rq, struct gw_error *err)
{
	return edit(rq, GW_FILL_PAUSE, err);
}

static bool resume_backfill(struct gw_http_request *rq, struct gw_error *err)
{
	return edit(rq, GW_FILL_RESUME, err);
}

static bool cancel_backfill(struct gw_http_request *rq, struct gw_error *err)
{
	bool kill;
	return gw_request_flag(rq, "kill", false, &kill, err) &&
	       edit(rq, kill ? GW_FILL_CANCEL_AND_KILL : GW_FILL_CANCEL, err);
}

const struct gw_route gw_backfill_routes[] = {
	{ GW_HTTP_GET, "~/backfills", list_backfills, 0 },
	{ GW_HTTP_POST, "~/backfills", create_backfill, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/backfills/preview", preview_backfill, GW_ROUTE_BODY },
	{ GW_HTTP_GET, "~/backfills/{id}", show_backfill, 0 },
	{ GW_HTTP_POST, "~/backfills/{id}/pause", pause_backfill, 0 },
	{ GW_HTTP_POST, "~/backfills/{id}/resume", resume_backfill, 0 },
	{ GW_HTTP_POST, "~/backfills/{id}/cancel", cancel_backfill, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

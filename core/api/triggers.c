/* triggers.c - triggers one by one: search, enable, unlock, restart, delete
 *
 * And the one backfill of each, as Kestra has it. */
#include "api/triggers.h"

#include "api/csv.h"
#include "base/clock.h"
#include "base/json.h"
#include "model/kinds.h"

static const struct gw_column columns[] = {
	{ "q", "namespace flow id", GW_COLUMN_WORDS },
	{ "scope", "namespace", GW_COLUMN_SCOPE },
	{ "namespace", "namespace", GW_COLUMN_NAMESPACE },
	{ "flowId", "flow", GW_COLUMN_TEXT },
	{ "triggerId", "id", GW_COLUMN_TEXT },
	{ "id", "id", GW_COLUMN_TEXT },
	{ "type", "type", GW_COLUMN_TEXT },
	{ "workerId", "worker", GW_COLUMN_TEXT },
	{ "executionId", "execution", GW_COLUMN_TEXT },
	{ "nextExecutionDate", "next", GW_COLUMN_FROM },
	{ "startDate", "next", GW_COLUMN_FROM },
	{ "endDate", "next", GW_COLUMN_UNTIL },
	{ "enabled", "disabled", GW_COLUMN_NOT_FLAG },
	{ NULL, NULL, GW_COLUMN_TEXT },
};

static const struct gw_sort_key sort_keys[] = {
	{ "namespace", "namespace" },
	{ "flowId", "flow" },
	{ "triggerId", "id" },
	{ "executionId", "execution" },
	{ "nextExecutionDate", "next" },
	{ "nextEvaluationDate", "next" },
	{ "disabled", "disabled" },
	{ NULL, NULL },
};

const struct gw_resource gw_trigger_resource = { &gw_kind_trigger, columns, sort_keys };

/* ---- Documents ---- */

static const char *kind_of(struct gw_api *api, const char *type)
{
	struct gw_registry *r = gw_engine_registry(api->engine);
	const struct gw_trigger_entry *entry = type ? gw_registry_trigger(r, type) : NULL;
	const char *kind = "REALTIME";
	if (!entry || entry->type->mode == GW_TRIGGER_SCHEDULE)
		kind = "SCHEDULE";
	else if (entry->type->mode == GW_TRIGGER_POLLING)
		kind = "POLLING";
	gw_registry_unref(&r);
	return kind;
}

/* Copies a member under a second name, if it is there. */
static void alias(json_t *state, const char *from, const char *to)
{
	json_t *value = json_object_get(state, from);
	if (value)
		json_object_set(state, to, value);
}

json_t *gw_trigger_state_json(struct gw_http_request *rq, struct gw_slice doc, struct gw_error *err)
{
	json_t *state = gw_json_parse(doc, err);
	if (!state)
		return NULL;
	json_object_set_new(state, "tenantId", json_string(rq->tenant));
	alias(state, "date", "evaluatedAt");
	alias(state, "date", "lastTriggeredDate");
	alias(state, "date", "updatedAt");
	alias(state, "updatedDate", "updatedAt");
	alias(state, "nextExecutionDate", "nextEvaluationDate");
	json_object_set_new(state, "locked", json_boolean(json_object_get(state, "executionId")));
	json_object_set_new(state, "kind",
		json_string(kind_of(gw_api_of(rq), gw_json_string(state, "type"))));
	return state;
}

static bool answer_state(struct gw_http_request *rq, const struct gw_str *doc, struct gw_error *err)
{
	json_auto_t *state = gw_trigger_state_json(rq, gw_str_slice(doc), err);
	if (state)
		gw_json_print(&rq->out.body, state);
	return state != NULL;
}

/* As its flow defines it: borrowed; NULL if the flow is gone. */
static const json_t *find_definition(const struct gw_flow *flow, const char *id)
{
	size_t i;
	json_t *trigger;
	json_array_foreach (json_object_get(flow->doc, "triggers"), i, trigger) {
		const char *name = gw_json_string(trigger, "id");
		if (name && strcmp(name, id) == 0)
			return trigger;
	}
	return NULL;
}

/* ---- Searching ---- */

/* {"abstractTrigger","triggerContext"} as 1.x has it, {"trigger","state"} as 2.0 does. */
static void list_trigger(struct gw_str *out, const struct gw_record *record, void *arg)
{
	struct gw_http_request *rq = arg;
	struct gw_error ignored;
	json_auto_t *state = gw_trigger_state_json(rq, record->doc, &ignored);
	const char *id = gw_json_string(state, "triggerId");
	struct gw_flow *flow = gw_engine_flow(gw_api_of(rq)->engine, rq->tenant,
		gw_json_string(state, "namespace"), gw_json_string(state, "flowId"), 0, &ignored);
	const json_t *definition = flow && id ? find_definition(flow, id) : NULL;
	json_auto_t *row = json_pack("{s:O?, s:O?, s:O?, s:O?}", "abstractTrigger", definition,
		"triggerContext", state, "trigger", definition, "state", state);
	gw_json_print(out, row);
	gw_flow_unref(&flow);
}

static bool search_triggers(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = { list_trigger, rq, true };
	return gw_search_read(&s, rq, &gw_trigger_resource, gw_clock_now(), err) &&
	       gw_search_read_page(&s, err) && gw_answer_page(&s, &lister, err);
}

static void list_state(struct gw_str *out, const struct gw_record *record, void *arg)
{
	struct gw_error ignored;
	json_auto_t *state = gw_trigger_state_json(arg, record->doc, &ignored);
	gw_json_print(out, state);
}

static bool list_of_flow(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = { list_state, rq, false };
	return gw_search_read(&s, rq, &gw_trigger_resource, gw_clock_now(), err) &&
	       gw_search_add(&s, gw_filter_text(rq, "namespace", GW_EQ, gw_slice_of(rq->args[0])),
		       err) &&
	       gw_search_add(&s, gw_filter_text(rq, "flow", GW_EQ, gw_slice_of(rq->args[1])),
		       err) &&
	       gw_search_read_page(&s, err) && gw_answer_page(&s, &lister, err);
}

static bool export_csv(struct gw_http_request *rq, struct gw_error *err)
{
	static const char *const csv_columns[] = { "namespace", "flowId", "triggerId", "type",
		"disabled", "date", "nextExecutionDate", "executionId", "updatedDate", NULL };
	struct gw_search s;
	return gw_search_read(&s, rq, &gw_trigger_resource, gw_clock_now(), err) &&
	       gw_csv_answer(&s, csv_columns, "triggers.csv", err);
}

/* ---- Changing one ---- */

bool gw_trigger_ref_read(struct gw_http_request *rq, const json_t *body, struct gw_trigger_ref *out,
	struct gw_error *err)
{
	*out = (struct gw_trigger_ref){ rq->tenant, gw_json_string(body, "namespace"),
		gw_json_string(body, "flowId"), gw_json_string(body, "triggerId") };
	const char *missing = !out->namespace ? "namespace"
			      : !out->flow    ? "flowId"
			      : !out->trigger ? "triggerId"
					      : NULL;
	return !missing || gw_fail(err, GW_INVALID, "%s: must not be null", missing);
}

static bool edit(struct gw_http_request *rq, const struct gw_trigger_ref *ref,
	enum gw_trigger_edit what, struct gw_error *err)
{
	gw_auto_str doc = { 0 };
	return gw_engine_edit_trigger(gw_api_of(rq)->engine, ref, what, &doc, err) &&
	       answer_state(rq, &doc, err);
}

static bool edit_in_body(struct gw_http_request *rq, enum gw_trigger_edit what,
	struct gw_error *err)
{
	struct gw_trigger_ref ref;
	json_auto_t *body = gw_request_json(rq, err);
	return body && gw_trigger_ref_read(rq, body, &ref, err) && edit(rq, &ref, what, err);
}

static bool edit_in_path(struct gw_http_request *rq, enum gw_trigger_edit what,
	struct gw_error *err)
{
	return edit(rq,
		&(struct gw_trigger_ref){ rq->tenant, rq->args[0], rq->args[1], rq->args[2] }, what,
		err);
}

static bool restart(struct gw_http_request *rq, struct gw_error *err)
{
	return edit_in_path(rq, GW_TRIGGER_RESTART, err);
}

static bool unlock(struct gw_http_request *rq, struct gw_error *err)
{
	return edit_in_path(rq, GW_TRIGGER_UNLOCK, err);
}

/* What is stored of it starts anew. */
static bool reset(struct gw_http_request *rq, struct gw_error *err)
{
	if (!edit_in_path(rq, GW_TRIGGER_RESET, err))
		return false;
	gw_str_reset(&rq->out.body);
	rq->out.status = 204;
	return true;
}

static bool pause_backfill(struct gw_http_request *rq, struct gw_error *err)
{
	return edit_in_body(rq, GW_BACKFILL_PAUSE, err);
}

static bool unpause_backfill(struct gw_http_request *rq, struct gw_error *err)
{
	return edit_in_body(rq, GW_BACKFILL_UNPAUSE, err);
}

static bool delete_backfill(struct gw_http_request *rq, struct gw_error *err)
{
	return edit_in_body(rq, GW_BACKFILL_DELETE, err);
}

static bool set_disabled(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_trigger_ref ref;
	json_auto_t *body = gw_request_json(rq, err);
	if (!body || !gw_trigger_ref_read(rq, body, &ref, err))
		return false;
	return edit(rq, &ref,
		gw_json_true(body, "disabled") ? GW_TRIGGER_SET_DISABLED : GW_TRIGGER_SET_ENABLED,
		err);
}

static bool start_backfill(struct gw_http_request *rq, const struct gw_trigger_ref *ref,
	const json_t *options, struct gw_error *err)
{
	gw_auto_str doc = { 0 };
	const struct gw_backfill_request request = { options, true };
	if (!json_is_object(options))
		return gw_fail(err, GW_INVALID, "backfill: must not be null");
	return gw_engine_create_backfill(gw_api_of(rq)->engine, ref, &request, &doc, NULL, err) &&
	       answer_state(rq, &doc, err);
}

static bool create_backfill(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_trigger_ref ref;
	json_auto_t *body = gw_request_json(rq, err);
	return body && gw_trigger_ref_read(rq, body, &ref, err) &&
	       start_backfill(rq, &ref, json_object_get(body, "backfill"), err);
}

/* 1.x: identity, disabled (absent = false), and a backfill to be started. */
static bool update_trigger(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_trigger_ref ref;
	json_auto_t *body = gw_request_json(rq, err);
	if (!body || !gw_trigger_ref_read(rq, body, &ref, err))
		return false;
	enum gw_trigger_edit what =
		gw_json_true(body, "disabled") ? GW_TRIGGER_DISABLE : GW_TRIGGER_ENABLE;
	if (!edit(rq, &ref, what, err))
		return false;
	const json_t *options = json_object_get(body, "backfill");
	if (!json_is_object(options))
		return true;
	gw_str_reset(&rq->out.body);
	return start_backfill(rq, &ref, options, err);
}

const struct gw_route gw_trigger_routes[] = {
	{ GW_HTTP_GET, "~/triggers/search", search_triggers, 0 },
	{ GW_HTTP_GET, "~/triggers/{namespace}/{flowId}", list_of_flow, 0 },
	{ GW_HTTP_GET, "~/triggers/export/by-query/csv", export_csv, 0 },
	{ GW_HTTP_PUT, "~/triggers", update_trigger, GW_ROUTE_BODY },
	{ GW_HTTP_PUT, "~/triggers/set-disabled", set_disabled, GW_ROUTE_BODY },
	{ GW_HTTP_PUT, "~/triggers/backfill/create", create_backfill, GW_ROUTE_BODY },
	{ GW_HTTP_PUT, "~/triggers/backfill/pause", pause_backfill, GW_ROUTE_BODY },
	{ GW_HTTP_PUT, "~/triggers/backfill/unpause", unpause_backfill, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/triggers/backfill/delete", delete_backfill, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/triggers/{namespace}/{flowId}/{triggerId}/restart", restart, 0 },
	{ GW_HTTP_POST, "~/triggers/{namespace}/{flowId}/{triggerId}/unlock", unlock, 0 },
	{ GW_HTTP_DELETE, "~/triggers/{namespace}/{flowId}/{triggerId}", reset, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

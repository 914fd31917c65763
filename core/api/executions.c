/* executions.c - executions: create, read, search */
#include "api/executions.h"

#include "api/csv.h"
#include "api/graph.h"
#include "base/clock.h"
#include "base/json.h"
#include "model/kinds.h"

static const struct gw_column columns[] = {
	{ "q", "namespace flow key", GW_COLUMN_WORDS },
	{ "scope", "namespace", GW_COLUMN_SCOPE },
	{ "namespace", "namespace", GW_COLUMN_NAMESPACE },
	{ "flowId", "flow", GW_COLUMN_TEXT },
	{ "flowRevision", "revision", GW_COLUMN_NUMBER },
	{ "id", "key", GW_COLUMN_TEXT },
	{ "executionId", "key", GW_COLUMN_TEXT },
	{ "startDate", "start", GW_COLUMN_FROM },
	{ "endDate", "finish", GW_COLUMN_UNTIL },
	{ "timeRange", "start", GW_COLUMN_RANGE },
	{ "state", "state", GW_COLUMN_STATE },
	{ "labels", "labels", GW_COLUMN_LABELS },
	{ "triggerId", "trigger", GW_COLUMN_TEXT },
	{ "triggerExecutionId", "parent", GW_COLUMN_TEXT },
	{ "childFilter", "parent", GW_COLUMN_CHILD },
	{ "backfill", "backfill", GW_COLUMN_TEXT },
	{ "kind", NULL, GW_COLUMN_KIND },
	{ NULL, NULL, GW_COLUMN_TEXT },
};

static const struct gw_sort_key sort_keys[] = {
	{ "id", "key" },
	{ "namespace", "namespace" },
	{ "flowId", "flow" },
	{ "flowRevision", "revision" },
	{ "state.startDate", "start" },
	{ "state.endDate", "finish" },
	{ "state.duration", "duration" },
	{ "state.current", "state" },
	{ NULL, NULL },
};

const struct gw_resource gw_execution_resource = { &gw_kind_execution, columns, sort_keys };

/* ---- Reading ---- */

json_t *gw_execution_load(struct gw_http_request *rq, const char *id, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	if (!gw_engine_show(gw_api_of(rq)->engine, rq->tenant, id, &text, err))
		return NULL;
	return gw_json_parse(gw_str_slice(&text), err);
}

struct gw_flow *gw_execution_flow(struct gw_http_request *rq, const json_t *execution,
	struct gw_error *err)
{
	json_int_t revision = json_integer_value(json_object_get(execution, "flowRevision"));
	return gw_engine_flow(gw_api_of(rq)->engine, rq->tenant,
		gw_json_string(execution, "namespace"), gw_json_string(execution, "flowId"),
		(int)revision, err);
}

static bool show_execution(struct gw_http_request *rq, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	if (!gw_engine_show(gw_api_of(rq)->engine, rq->tenant, rq->args[0], &text, err))
		return false;
	gw_answer_object(&rq->out.body, gw_slice_of(rq->tenant), gw_str_slice(&text));
	return true;
}

static bool show_flow(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *execution = gw_execution_load(rq, rq->args[0], err);
	struct gw_flow *flow = execution ? gw_execution_flow(rq, execution, err) : NULL;
	if (!flow)
		return false;
	gw_json_print(&rq->out.body, flow->doc);
	gw_flow_unref(&flow);
	return true;
}

static bool show_graph(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *execution = gw_execution_load(rq, rq->args[0], err);
	struct gw_flow *flow = execution ? gw_execution_flow(rq, execution, err) : NULL;
	if (!flow)
		return false;
	json_auto_t *graph = gw_graph_new(flow, json_object_get(execution, "taskRunList"));
	gw_json_print(&rq->out.body, graph);
	gw_flow_unref(&flow);
	return true;
}

/* Whether it could be rendered or not, the answer is 200. */
static bool eval_expression(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_str *out = &rq->out.body;
	json_auto_t *result = gw_engine_eval(gw_api_of(rq)->engine, rq->tenant, rq->args[0],
		rq->args[1], gw_str_slice(&rq->body), err);
	if (!result && err->code == GW_NOT_FOUND)
		return false;
	gw_str_putc(out, '{');
	if (result) {
		gw_json_value(out, "result", result);
	} else {
		gw_json_text(out, "error", gw_slice_of(err->message));
		gw_json_text(out, "stackTrace", gw_slice_of(err->message));
	}
	gw_str_putc(out, '}');
	return true;
}

/* ---- Searching ---- */

void gw_execution_answer(struct gw_str *out, const struct gw_record *record, void *arg)
{
	(void)arg;
	gw_answer_object(out, record->tenant, record->doc);
}

static bool search_executions(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = { .item = gw_execution_answer };
	return gw_search_read(&s, rq, &gw_execution_resource, gw_clock_now(), err) &&
	       gw_search_read_page(&s, err) && gw_answer_page(&s, &lister, err);
}

static bool export_csv(struct gw_http_request *rq, struct gw_error *err)
{
	static const char *const csv_columns[] = { "id", "namespace", "flowId", "flowRevision",
		"state.current", "state.startDate", "state.endDate", "state.duration", "labels",
		"trigger.id", NULL };
	struct gw_search s;
	return gw_search_read(&s, rq, &gw_execution_resource, gw_clock_now(), err) &&
	       gw_csv_answer(&s, csv_columns, "executions.csv", err);
}

/* Values that a field has among the executions that match, for choosing from. */
static bool list_values(struct gw_http_request *rq, struct gw_error *err)
{
	static const char *const names[] = { "namespace", "flowId", "state", "triggerId" };
	static const char *const fields[] = { "namespace", "flow", "state", "trigger" };
	struct gw_search s;
	const char *name = gw_request_param(rq, "field");
	if (!name)
		return gw_fail(err, GW_BAD_REQUEST, "Required QueryValue [field] not specified");
	for (size_t i = 0; i < GW_LEN(names); i++)
		if (strcmp(names[i], name) == 0)
			return gw_search_read(&s, rq, &gw_execution_resource, gw_clock_now(),
				       err) &&
			       gw_answer_values(&s, fields[i], err);
	return gw_fail(err, GW_BAD_REQUEST, "field '%s' has no list of values", name);
}

static bool add_required(struct gw_search *s, const char *param, const char *field,
	struct gw_error *err)
{
	const char *value = gw_request_param(s->rq, param);
	if (!value)
		return gw_fail(err, GW_BAD_REQUEST, "Required QueryValue [%s] not specified",
			param);
	return gw_search_add(s, gw_filter_text(s->rq, field, GW_EQ, gw_slice_of(value)), err);
}

static bool list_of_flow(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = { .item = gw_execution_answer };
	gw_search_begin(&s, rq, &gw_execution_resource, 0);
	return add_required(&s, "namespace", "namespace", err) &&
	       add_required(&s, "flowId", "flow", err) && gw_search_read_page(&s, err) &&
	       gw_answer_page(&s, &lister, err);
}

struct latest {
	struct gw_str *out;
	bool is_whole; /* the execution, not a summary */
};

static bool put_latest(void *arg, const struct gw_record *record, struct gw_error *err)
{
	const struct latest *latest = arg;
	struct gw_str *out = latest->out;
	(void)err;
	gw_json_comma(out);
	if (latest->is_whole) {
		gw_execution_answer(out, record, NULL);
		return true;
	}
	gw_str_putc(out, '{');
	gw_json_text(out, "id", record->key);
	gw_json_text(out, "flowId", record->fields[GW_EXECUTION_FLOW].text);
	gw_json_text(out, "namespace", record->fields[GW_EXECUTION_NAMESPACE].text);
	gw_json_time(out, "startDate", record->fields[GW_EXECUTION_START].number);
	gw_json_text(out, "status", record->fields[GW_EXECUTION_STATE].text);
	gw_str_putc(out, '}');
	return true;
}

static bool find_latest(struct gw_http_request *rq, const json_t *flow, struct latest *latest,
	struct gw_error *err)
{
	struct gw_search s;
	const char *namespace = gw_json_string(flow, "namespace");
	const char *id = gw_json_string(flow, "id");
	if (!namespace || !id)
		return gw_fail(err, GW_INVALID, "each item needs a namespace and an id");
	gw_search_begin(&s, rq, &gw_execution_resource, 0);
	s.orders[s.query.n_orders++] = (struct gw_order){ "start", true };
	s.query.limit = 1;
	return gw_search_add(&s, gw_filter_text(rq, "namespace", GW_EQ, gw_slice_of(namespace)),
		       err) &&
	       gw_search_add(&s, gw_filter_text(rq, "flow", GW_EQ, gw_slice_of(id)), err) &&
	       gw_answer_each(&s, &s.query, put_latest, latest, err);
}

static bool answer_latest(struct gw_http_request *rq, const json_t *flows, bool is_whole,
	struct gw_error *err)
{
	struct latest latest = { &rq->out.body, is_whole };
	size_t i;
	json_t *flow;
	gw_str_putc(latest.out, '[');
	json_array_foreach (flows, i, flow)
		if (!find_latest(rq, flow, &latest, err))
			return false;
	gw_str_putc(latest.out, ']');
	return true;
}

/* [{"namespace","id"}] */
static bool show_latest(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *flows = gw_request_json(rq, err);
	return flows && answer_latest(rq, flows, false, err);
}

/* {"flows":[{"namespace","id"}]}: the older form. */
static bool show_latest_whole(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *body = gw_request_json(rq, err);
	return body && answer_latest(rq, json_object_get(body, "flows"), true, err);
}

/* ---- Outputs, as 2.0 asks for them ---- */

static bool list_outputs(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_str *out = &rq->out.body;
	size_t i;
	json_t *run;
	json_auto_t *execution = gw_execution_load(rq, rq->args[0], err);
	if (!execution)
		return false;
	gw_str_putc(out, '[');
	json_array_foreach (json_object_get(execution, "taskRunList"), i, run) {
		if (json_object_size(json_object_get(run, "outputs")) == 0)
			continue;
		json_auto_t *item = json_pack("{s:O, s:O, s:O*, s:O*, s:b}", "taskId",
			json_object_get(run, "taskId"), "taskRunId", json_object_get(run, "id"),
			"value", json_object_get(run, "value"), "iteration",
			json_object_get(run, "iteration"), "inline", 1);
		gw_json_comma(out);
		gw_json_print(out, item);
	}
	gw_str_putc(out, ']');
	return true;
}

static bool show_outputs(struct gw_http_request *rq, struct gw_error *err)
{
	size_t i;
	json_t *run;
	json_auto_t *execution = gw_execution_load(rq, rq->args[0], err);
	if (!execution)
		return false;
	json_array_foreach (json_object_get(execution, "taskRunList"), i, run) {
		const char *id = gw_json_string(run, "id");
		if (!id || strcmp(id, rq->args[1]) != 0)
			continue;
		gw_json_print(&rq->out.body, json_object_get(run, "outputs"));
		return true;
	}
	return gw_not_found(err);
}

const struct gw_route gw_execution_routes[] = {
	{ GW_HTTP_GET, "~/executions", list_of_flow, 0 },
	{ GW_HTTP_GET, "~/executions/search", search_executions, 0 },
	{ GW_HTTP_GET, "~/executions/export/by-query/csv", export_csv, 0 },
	{ GW_HTTP_GET, "~/executions/distinct-field-values", list_values, 0 },
	{ GW_HTTP_GET, "~/executions/{id}", show_execution, 0 },
	{ GW_HTTP_GET, "~/executions/{id}/flow", show_flow, 0 },
	{ GW_HTTP_GET, "~/executions/{id}/graph", show_graph, 0 },
	{ GW_HTTP_POST, "~/executions/latest", show_latest, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/stats/executions/latest/group-by-flow", show_latest_whole,
		GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/executions/{id}/eval", eval_expression, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/executions/{id}/eval/{taskRunId}", eval_expression, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/executions/{id}/actions/eval", eval_expression, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/executions/{id}/actions/eval/{taskRunId}", eval_expression,
		GW_ROUTE_BODY },
	{ GW_HTTP_GET, "~/outputs/{executionId}", list_outputs, 0 },
	{ GW_HTTP_GET, "~/outputs/{executionId}/{taskRunId}", show_outputs, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

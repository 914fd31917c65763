/* executions_create.c - starting executions, and checking inputs without starting
 *
 * The way of a POST without files: no thread of the pool, no parsing of what the engine answers. */
#include "api/executions.h"

#include "base/clock.h"
#include "base/json.h"

/* ---- What was asked for ---- */

/* "key:value"; the first ":" or blank separates. */
static bool split_label(const char *text, struct gw_labels *out, struct gw_error *err)
{
	size_t len = strcspn(text, ": ");
	if (len == 0 || !text[len])
		return gw_fail(err, GW_INVALID, "Invalid queryString parameter");
	gw_auto_free char *key = gw_strndup(text, len);
	const char *value = text + len + 1;
	value += strspn(value, " ");
	if (gw_labels_get(out, key))
		return gw_fail(err, GW_CONFLICT, "Duplicate key %s", key);
	if (gw_label_is_system(key) && strcmp(key, GW_CORRELATION_LABEL) != 0 &&
		strcmp(key, "system.from") != 0)
		return gw_fail(err, GW_INVALID,
			"System labels can only be set by Kestra itself, offending label: %s=%s",
			key, value);
	gw_labels_add(out, key, value);
	return true;
}

static bool read_labels(const struct gw_http_request *rq, struct gw_labels *out,
	struct gw_error *err)
{
	for (size_t i = 0; i < rq->n_query; i++)
		if (gw_slice_is(rq->query[i].name, "labels") && rq->query[i].value.len &&
			!split_label(rq->query[i].value.data, out, err))
			return false;
	return true;
}

static bool read_schedule_date(const struct gw_http_request *rq, gw_time *out, struct gw_error *err)
{
	const char *text = gw_request_param(rq, "scheduleDate");
	if (!text || !*text)
		return true;
	struct gw_error why;
	return gw_time_parse(gw_slice_of(text), gw_zone_local(), out, &why) ||
	       gw_fail(err, GW_BAD_REQUEST, "scheduleDate: %s", why.message);
}

/* The flow that is to run: from memory where nothing may block, else NULL with to_pool set. */
static struct gw_flow *find_flow(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_engine *engine = gw_api_of(rq)->engine;
	int64_t revision = 0;
	if (!gw_request_int(rq, "revision", &revision, err))
		return NULL;
	if (rq->on_pool)
		return gw_engine_flow(engine, rq->tenant, rq->args[0], rq->args[1], (int)revision,
			err);
	struct gw_flow *flow =
		gw_engine_cached_flow(engine, rq->tenant, rq->args[0], rq->args[1], (int)revision);
	rq->to_pool = !flow;
	return flow;
}

static bool may_run(const struct gw_flow *flow, struct gw_error *err)
{
	if (flow->disabled)
		return gw_fail(err, GW_CONFLICT, "Requested Flow is disabled.");
	if (flow->broken)
		return gw_fail(err, GW_CONFLICT, "Requested Flow is not valid: %s", flow->broken);
	return true;
}

static bool has_files(const struct gw_http_request *rq)
{
	const struct gw_part *part;
	for (size_t i = 0; (part = gw_multipart_part(rq->form, i)); i++)
		if (part->filename || part->fd >= 0)
			return true;
	return false;
}

/* ---- Starting ---- */

struct starting {
	struct gw_http_request *rq;
	struct gw_id id;
};

static void put_url(struct gw_str *out, const struct gw_http_request *rq, const char *id)
{
	gw_auto_str url = { 0 };
	gw_str_printf(&url, "%s/ui/%s/executions/%s/%s/%s", gw_api_of(rq)->url, rq->tenant,
		rq->args[0], rq->args[1], id);
	gw_json_text(out, "url", gw_str_slice(&url));
}

/* The engine's answer, on one of its threads. */
static void started(void *arg, const struct gw_answer *answer)
{
	const struct starting *starting = arg;
	struct gw_http_request *rq = starting->rq;
	struct gw_str *out = &rq->out.body;
	if (!gw_request_take(rq))
		return;
	if (answer->error.code != GW_OK) {
		gw_reply_error(rq, &answer->error);
	} else {
		gw_str_reserve(out, answer->execution.len + 200);
		gw_str_add(out, answer->execution.data, answer->execution.len - 1);
		put_url(out, rq, starting->id.text);
		gw_str_putc(out, '}');
	}
	gw_request_send(rq);
}

static bool fill_start(struct gw_http_request *rq, struct gw_start *start, struct gw_error *err)
{
	start->id = gw_id_new(gw_clock_now());
	if (!gw_request_flag(rq, "wait", false, &start->until_end, err) ||
		!read_schedule_date(rq, &start->schedule_date, err) ||
		!read_labels(rq, &start->labels, err))
		return false;
	gw_auto_form_inputs inputs = { .rq = rq,
		.flow = start->flow,
		.declared = start->flow->inputs,
		.execution = start->id.text };
	return gw_form_inputs_read(&inputs, err) &&
	       gw_form_inputs_resolve(&inputs, &start->inputs, err);
}

/* start is handed over. */
static bool hand_over(struct gw_http_request *rq, struct gw_start *start)
{
	struct gw_error err;
	struct starting *starting = gw_arena_alloc(&rq->arena, sizeof(*starting));
	*starting = (struct starting){ rq, start->id };
	start->done = started;
	start->arg = starting;
	gw_request_later(rq);
	if (gw_engine_start_execution(gw_api_of(rq)->engine, start, &err))
		return true;
	gw_start_free(start);
	if (gw_request_take(rq)) {
		gw_reply_error(rq, &err);
		gw_request_send(rq);
	}
	return true;
}

static bool create_execution(struct gw_http_request *rq, struct gw_error *err)
{
	if (!rq->on_pool && has_files(rq)) {
		rq->to_pool = true;
		return true;
	}
	struct gw_flow *flow = find_flow(rq, err);
	if (!flow)
		return rq->to_pool;
	struct gw_start *start = gw_start_new(rq->tenant, flow);
	bool fine = may_run(flow, err) && fill_start(rq, start, err);
	gw_flow_unref(&flow);
	if (fine)
		return hand_over(rq, start);
	gw_start_free(start);
	return false;
}

/* ---- Checking ---- */

static bool validate_inputs(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_labels labels = { 0 };
	bool fine = read_labels(rq, &labels, err);
	gw_labels_clear(&labels);
	struct gw_flow *flow = fine ? find_flow(rq, err) : NULL;
	if (!flow)
		return false;
	gw_auto_form_inputs inputs = { .rq = rq, .flow = flow, .declared = flow->inputs };
	fine = gw_form_inputs_read(&inputs, err);
	if (fine)
		gw_form_inputs_answer(&inputs);
	gw_flow_unref(&flow);
	return fine;
}

#define CREATE (GW_ROUTE_DIRECT | GW_ROUTE_FORM)

const struct gw_route gw_execution_create_routes[] = {
	{ GW_HTTP_POST, "~/executions/{namespace}/{id}", create_execution, CREATE },
	{ GW_HTTP_POST, "~/executions/trigger/{namespace}/{id}", create_execution, CREATE },
	{ GW_HTTP_POST, "~/executions/{namespace}/{id}/validate", validate_inputs, GW_ROUTE_FORM },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

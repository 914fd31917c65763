/* flows_check.c - what is wrong with sources, without saving them */
#include "api/flows.h"

#include "base/json.h"
#include "check/flow.h"
#include "model/kinds.h"

/* {"index":…,"constraints":…} is left open. */
static void begin_result(struct gw_str *out, int index, const struct gw_violations *v)
{
	gw_str_putc(out, '{');
	gw_json_int(out, "index", index);
	if (v->n) {
		gw_auto_str text = { 0 };
		gw_violations_print(&text, v);
		gw_json_text(out, "constraints", gw_str_slice(&text));
	}
}

static void put_notes(struct gw_str *out, const char *name, const json_t *notes)
{
	const json_t *texts = json_object_get(notes, name);
	if (texts)
		gw_json_value(out, name, texts);
	else
		gw_json_raw(out, name, gw_slice_of("[]"));
}

static void end_result(struct gw_str *out, const json_t *notes, bool outdated)
{
	gw_json_bool(out, "outdated", outdated);
	put_notes(out, "deprecationPaths", notes);
	put_notes(out, "warnings", notes);
	put_notes(out, "infos", notes);
	gw_str_putc(out, '}');
}

static void put_member(struct gw_str *out, const char *name, const json_t *object,
	const char *member)
{
	const char *text = gw_json_string(object, member);
	if (text)
		gw_json_text(out, name, gw_slice_of(text));
}

/* A source that names a revision is outdated unless that is the next one. */
static bool is_outdated(struct gw_http_request *rq, const json_t *flow, const json_t *revision)
{
	const struct gw_flow_choice choice = { gw_json_string(flow, "namespace"),
		gw_json_string(flow, "id"), 0, false };
	struct gw_error ignored;
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	if (!choice.namespace || !choice.id || !json_is_integer(revision) ||
		!gw_flow_find(rq, &choice, &record, &hold, &ignored))
		return false;
	return json_integer_value(revision) != record.fields[GW_FLOW_REVISION].number + 1;
}

static void check_source(struct gw_http_request *rq, const struct gw_registry *registry, int index,
	struct gw_slice source)
{
	struct gw_str *out = &rq->out.body;
	struct gw_error ignored;
	gw_auto_violations v = { 0 };
	json_auto_t *notes = json_object();
	const struct gw_flow_defaults defaults = { gw_api_of(rq)->plugin_defaults };
	json_auto_t *flow = gw_yaml_parse(source, &ignored);
	json_decref(gw_flow_read(source, registry, &defaults, &v, notes));
	gw_json_comma(out);
	begin_result(out, index, &v);
	put_member(out, "flow", flow, "id");
	put_member(out, "namespace", flow, "namespace");
	end_result(out, notes, is_outdated(rq, flow, json_object_get(flow, "revision")));
}

static bool validate_flows(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_registry *registry = gw_engine_registry(gw_api_of(rq)->engine);
	struct gw_slice source;
	size_t at = 0;
	(void)err;
	gw_str_putc(&rq->out.body, '[');
	for (int i = 0; gw_yaml_next_document(gw_str_slice(&rq->body), &at, &source); i++)
		check_source(rq, registry, i, source);
	gw_str_putc(&rq->out.body, ']');
	gw_registry_unref(&registry);
	return true;
}

/* A task or trigger alone, as YAML or JSON. */
static bool validate_part(struct gw_http_request *rq,
	void (*check)(const json_t *part, const struct gw_registry *registry,
		struct gw_violations *v),
	struct gw_error *err)
{
	struct gw_str *out = &rq->out.body;
	gw_auto_violations v = { 0 };
	json_auto_t *part = gw_yaml_parse(gw_str_slice(&rq->body), err);
	if (!part)
		gw_violations_add(&v, "", "", err->message);
	struct gw_registry *registry = gw_engine_registry(gw_api_of(rq)->engine);
	if (part)
		check(part, registry, &v);
	gw_registry_unref(&registry);
	begin_result(out, 0, &v);
	end_result(out, NULL, false);
	return true;
}

static bool validate_task(struct gw_http_request *rq, struct gw_error *err)
{
	const char *section = gw_request_param(rq, "section");
	bool is_trigger = section && strcmp(section, "TRIGGERS") == 0;
	if (section && !is_trigger && strcmp(section, "TASKS") != 0)
		return gw_fail(err, GW_BAD_REQUEST, "section must be TASKS or TRIGGERS, not '%s'",
			section);
	return validate_part(rq, is_trigger ? gw_trigger_check : gw_task_check, err);
}

static bool validate_trigger(struct gw_http_request *rq, struct gw_error *err)
{
	return validate_part(rq, gw_trigger_check, err);
}

const struct gw_route gw_flow_check_routes[] = {
	{ GW_HTTP_POST, "~/flows/validate", validate_flows, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/flows/validate/task", validate_task, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/flows/validate/trigger", validate_trigger, GW_ROUTE_BODY },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

/* expressions.c - rendering expressions for whoever writes a flow */
#include "api/api.h"

#include "base/clock.h"
#include "base/json.h"

#define EXPRESSIONS_MAX 100

/* Without an execution expressions see the flow and its variables. */
struct flow_scope {
	struct gw_scope scope;
	json_t *variables;
};

static const json_t *find_variable(struct gw_scope *scope, const char *name)
{
	return json_object_get(((struct flow_scope *)scope)->variables, name);
}

static json_t *everything(struct gw_scope *scope)
{
	return json_incref(((struct flow_scope *)scope)->variables);
}

static bool render(const char *expression, struct gw_scope *scope, struct gw_str *out,
	struct gw_error *err)
{
	struct gw_template *template = gw_template_compile(gw_slice_of(expression), err);
	bool rendered = template && gw_template_render(template, scope, out, err);
	gw_template_free(template);
	return rendered;
}

static json_t *render_in_flow(const char *expression, json_t *variables, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	struct flow_scope scope = {
		{ .variable = find_variable, .everything = everything, .now = gw_clock_now() },
		variables
	};
	if (!render(expression, &scope.scope, &text, err))
		return NULL;
	return json_stringn(gw_str_text(&text), text.len);
}

/* {flow, vars}, or an empty object if no flow is named. */
static json_t *flow_variables(struct gw_http_request *rq, const json_t *body, struct gw_error *err)
{
	const char *namespace = gw_json_string(body, "namespace");
	const char *id = gw_json_string(body, "flowId");
	if (!namespace || !id)
		return json_object();
	struct gw_flow *flow =
		gw_engine_flow(gw_api_of(rq)->engine, rq->tenant, namespace, id, 0, err);
	if (!flow)
		return NULL;
	json_t *variables = json_pack("{s:{s:s, s:s, s:i, s:s}, s:O*}", "flow", "id", flow->id,
		"namespace", flow->namespace, "revision", flow->revision, "tenantId", flow->tenant,
		"vars", flow->variables);
	gw_flow_unref(&flow);
	return variables;
}

/* {"rendered":{expression: text}}; one that cannot be rendered is answered by what is wrong. */
static bool render_expressions(struct gw_http_request *rq, struct gw_error *err)
{
	size_t i;
	json_t *item;
	json_auto_t *body = gw_request_json(rq, err);
	const json_t *list = json_object_get(body, "expressions");
	const char *execution = gw_json_string(body, "executionId");
	if (!body)
		return false;
	if (!json_is_array(list) || json_array_size(list) > EXPRESSIONS_MAX)
		return gw_fail(err, GW_INVALID, "expressions must be a list of at most %d texts",
			EXPRESSIONS_MAX);
	json_auto_t *variables = execution ? json_object() : flow_variables(rq, body, err);
	json_auto_t *rendered = json_object();
	if (!variables)
		return false;
	json_array_foreach (list, i, item) {
		struct gw_error why = { 0 };
		const char *text = json_is_string(item) ? json_string_value(item) : "";
		json_t *value = execution ? gw_engine_eval(gw_api_of(rq)->engine, rq->tenant,
						    execution, NULL, gw_slice_of(text), &why)
					  : render_in_flow(text, variables, &why);
		json_object_set_new(rendered, text, value ? value : json_string(why.message));
	}
	gw_str_putc(&rq->out.body, '{');
	gw_json_value(&rq->out.body, "rendered", rendered);
	gw_str_putc(&rq->out.body, '}');
	return true;
}

const struct gw_route gw_expression_routes[] = {
	{ GW_HTTP_POST, "~/expressions/render", render_expressions, GW_ROUTE_BODY },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

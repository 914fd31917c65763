/* flows_graph.c - graphs of flows, and what flows have to do with each other */
#include "api/flows.h"
#include "api/graph.h"

#include "base/json.h"
#include "check/flow.h"
#include "model/kinds.h"

#define RELATED_MAX 1000 /* flows looked at when searching for those that name another one */

static bool answer_graph(struct gw_http_request *rq, struct gw_flow *flow, struct gw_error *err)
{
	json_auto_t *graph = flow ? gw_graph_new(flow, NULL) : NULL;
	if (graph)
		gw_json_print(&rq->out.body, graph);
	gw_flow_unref(&flow);
	(void)err;
	return graph != NULL;
}

static bool show_graph(struct gw_http_request *rq, struct gw_error *err)
{
	int64_t revision = 0;
	if (!gw_request_int(rq, "revision", &revision, err))
		return false;
	struct gw_flow *flow = gw_engine_flow(gw_api_of(rq)->engine, rq->tenant, rq->args[0],
		rq->args[1], (int)revision, err);
	if (!flow && err->code == GW_NOT_FOUND)
		gw_fail(err, GW_NOT_FOUND, "Unable to find flow %s_%s", rq->args[0], rq->args[1]);
	return answer_graph(rq, flow, err);
}

/* Of a source that is not stored. */
static bool draw_graph(struct gw_http_request *rq, struct gw_error *err)
{
	const struct gw_flow_defaults defaults = { gw_api_of(rq)->plugin_defaults };
	gw_auto_violations v = { 0 };
	struct gw_registry *registry = gw_engine_registry(gw_api_of(rq)->engine);
	json_auto_t *doc = gw_flow_read(gw_str_slice(&rq->body), registry, &defaults, &v, NULL);
	struct gw_flow *flow =
		doc ? gw_flow_compile(rq->tenant, 1, doc, registry, &defaults) : NULL;
	gw_registry_unref(&registry);
	if (!flow)
		gw_flow_refuse(rq, &v);
	return !flow || answer_graph(rq, flow, err);
}

static bool show_task(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_flow_choice choice = { rq->args[0], rq->args[1], 0, false };
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	if (!gw_request_int(rq, "revision", &choice.revision, err) ||
		!gw_flow_find(rq, &choice, &record, &hold, err))
		return false;
	json_auto_t *doc = gw_json_parse(record.doc, err);
	const json_t *task = gw_graph_find_task(doc, rq->args[2]);
	if (!task)
		return gw_not_found(err);
	gw_json_print(&rq->out.body, task);
	return true;
}

/* ---- Topology: any object with a namespace and a flowId names a flow ---- */

struct topology {
	struct gw_http_request *rq;
	json_t *nodes, *edges;
	struct gw_map seen; /* uids */
};

static void add_flow_node(struct topology *t, const char *uid, const char *namespace,
	const char *id)
{
	if (gw_map_find(&t->seen, uid))
		return;
	gw_map_put(&t->seen, gw_slice_of(uid), t);
	json_array_append_new(t->nodes,
		json_pack("{s:s, s:s, s:s}", "uid", uid, "namespace", namespace, "id", id));
}

/* What a part of a flow's document names becomes edges from or to the flow. */
static void add_named(struct topology *t, const json_t *value, const char *uid, bool is_trigger,
	int depth)
{
	const char *name, *namespace = gw_json_string(value, "namespace");
	const char *id = gw_json_string(value, "flowId");
	json_t *member;
	size_t i;
	if (namespace && id && !strstr(namespace, "{{") && !strstr(id, "{{")) {
		gw_auto_free char *other = gw_sprintf("%s_%s_%s", t->rq->tenant, namespace, id);
		add_flow_node(t, other, namespace, id);
		json_array_append_new(t->edges,
			json_pack("{s:s, s:s, s:s}", "source", is_trigger ? other : uid, "target",
				is_trigger ? uid : other, "relation",
				is_trigger ? "FLOW_TRIGGER" : "FLOW_TASK"));
	}
	if (depth > GW_JSON_DEPTH)
		return;
	json_object_foreach ((json_t *)(uintptr_t)value, name, member)
		add_named(t, member, uid, is_trigger, depth + 1);
	json_array_foreach (value, i, member)
		add_named(t, member, uid, is_trigger, depth + 1);
}

static void add_flow(struct topology *t, const json_t *doc)
{
	static const char *const lists[] = { "tasks", "errors", "finally", "afterExecution" };
	const char *namespace = gw_json_string(doc, "namespace"), *id = gw_json_string(doc, "id");
	gw_auto_free char *uid = gw_sprintf("%s_%s_%s", t->rq->tenant, namespace, id);
	add_flow_node(t, uid, namespace, id);
	for (size_t i = 0; i < GW_LEN(lists); i++)
		add_named(t, json_object_get(doc, lists[i]), uid, false, 0);
	add_named(t, json_object_get(doc, "triggers"), uid, true, 0);
}

static bool add_record(void *arg, const struct gw_record *record, struct gw_error *err)
{
	json_auto_t *doc = gw_json_parse(record->doc, err);
	if (doc)
		add_flow(arg, doc);
	return doc != NULL;
}

static bool edge_touches(const json_t *edge, const char *uid)
{
	return strcmp(gw_json_string(edge, "source"), uid) == 0 ||
	       strcmp(gw_json_string(edge, "target"), uid) == 0;
}

/* Drops edges that do not touch a flow, and the nodes that are then alone. */
static void keep_neighbours(struct topology *t, const char *uid)
{
	for (size_t i = json_array_size(t->edges); i-- > 0;)
		if (!edge_touches(json_array_get(t->edges, i), uid))
			json_array_remove(t->edges, i);
	for (size_t i = json_array_size(t->nodes); i-- > 0;) {
		const char *own = gw_json_string(json_array_get(t->nodes, i), "uid");
		bool used = strcmp(own, uid) == 0;
		for (size_t j = 0; !used && j < json_array_size(t->edges); j++)
			used = edge_touches(json_array_get(t->edges, j), own);
		if (!used)
			json_array_remove(t->nodes, i);
	}
}

/* Scans flows that a filter selects; uid, if not NULL, is the one whose neighbours are wanted. */
static bool answer_topology(struct gw_http_request *rq, struct gw_filter filter, const char *uid,
	struct gw_error *err)
{
	struct topology t = { .rq = rq, .nodes = json_array(), .edges = json_array() };
	struct gw_search s;
	if (uid)
		add_flow_node(&t, uid, rq->args[0], rq->args[1]);
	gw_search_begin(&s, rq, &gw_flow_resource, 0);
	s.query.limit = RELATED_MAX;
	bool fine = gw_search_add(&s, filter, err) &&
		    gw_search_add(&s, gw_filter_number(rq, "deleted", GW_EQ, false), err) &&
		    gw_answer_each(&s, &s.query, add_record, &t, err);
	if (fine && uid)
		keep_neighbours(&t, uid);
	json_auto_t *graph = json_pack("{s:o, s:o}", "nodes", t.nodes, "edges", t.edges);
	gw_map_clear(&t.seen, NULL);
	if (fine)
		gw_json_print(&rq->out.body, graph);
	return fine;
}

static bool show_dependencies(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	const struct gw_flow_choice choice = { rq->args[0], rq->args[1], 0, false };
	if (!gw_flow_find(rq, &choice, &record, &hold, err))
		return false;
	gw_auto_free char *uid = gw_sprintf("%s_%s_%s", rq->tenant, rq->args[0], rq->args[1]);
	/* Whoever names the flow has its id in the source, as it has itself. */
	return answer_topology(rq,
		gw_filter_text(rq, "source", GW_CONTAINS, gw_slice_of(rq->args[1])), uid, err);
}

static bool show_namespace_dependencies(struct gw_http_request *rq, struct gw_error *err)
{
	return answer_topology(rq,
		gw_filter_text(rq, "namespace", GW_UNDER, gw_slice_of(rq->args[0])), NULL, err);
}

const struct gw_route gw_flow_graph_routes[] = {
	{ GW_HTTP_POST, "~/flows/graph", draw_graph, GW_ROUTE_BODY },
	{ GW_HTTP_GET, "~/flows/{namespace}/{id}/graph", show_graph, 0 },
	{ GW_HTTP_GET, "~/flows/{namespace}/{id}/dependencies", show_dependencies, 0 },
	{ GW_HTTP_GET, "~/flows/{namespace}/{id}/tasks/{task}", show_task, 0 },
	{ GW_HTTP_GET, "~/namespaces/{namespace}/dependencies", show_namespace_dependencies, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

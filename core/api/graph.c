/* graph.c - a flow as a graph of nodes, edges and clusters, in Kestra's shape */
#include "api/graph.h"

#include "base/json.h"
#include "base/mem.h"

#define CLASS "io.kestra.core.models.hierarchies."

struct graph {
	json_t *nodes, *edges, *clusters, *flowables;
	const struct gw_flow *flow;
	const json_t *runs;
};

/* Where a list of tasks stands. */
struct place {
	const char *prefix; /* of the tasks' uids */
	const json_t *parents; /* uids of the enclosing clusters */
	const char *from, *to; /* uids of what precedes and follows */
	const char *relation; /* of the edge that leads in */
	const char *value; /* of that edge; NULL = none */
};

/* ---- Finding tasks in documents ---- */

static const json_t *find_in(const json_t *value, const char *id, int depth)
{
	const json_t *found = NULL;
	const char *name, *own = gw_json_string(value, "id");
	json_t *member;
	size_t i;
	if (depth > GW_JSON_DEPTH)
		return NULL;
	if (own && strcmp(own, id) == 0 && gw_json_string(value, "type"))
		return value;
	json_object_foreach ((json_t *)(uintptr_t)value, name, member) {
		if (!found && json_is_object(member) + json_is_array(member))
			found = find_in(member, id, depth + 1);
	}
	json_array_foreach (value, i, member) {
		if (!found)
			found = find_in(member, id, depth + 1);
	}
	return found;
}

const json_t *gw_graph_find_task(const json_t *doc, const char *id)
{
	static const char *const lists[] = { "tasks", "errors", "finally", "afterExecution" };
	const json_t *found = NULL;
	for (size_t i = 0; !found && i < GW_LEN(lists); i++)
		found = find_in(json_object_get(doc, lists[i]), id, 0);
	return found;
}

/* ---- Nodes and edges ---- */

static json_t *find_run(const struct graph *g, const char *task)
{
	size_t i;
	json_t *run;
	json_array_foreach (g->runs, i, run) {
		const char *id = gw_json_string(run, "taskId");
		if (id && strcmp(id, task) == 0)
			return json_incref(run);
	}
	return NULL;
}

static void add_node(struct graph *g, const char *uid, const char *class, const char *task)
{
	gw_auto_free char *type = gw_sprintf(CLASS "%s", class);
	const json_t *doc = task ? gw_graph_find_task(g->flow->doc, task) : NULL;
	json_array_append_new(g->nodes,
		json_pack("{s:s, s:s, s:O*, s:o*}", "uid", uid, "type", type, "task", doc,
			"taskRun", task ? find_run(g, task) : NULL));
}

static void add_edge(struct graph *g, const char *from, const char *to, const char *relation,
	const char *value)
{
	json_array_append_new(g->edges,
		json_pack("{s:s, s:s, s:{s:s, s:s*}}", "source", from, "target", to, "relation",
			"relationType", relation, "value", value));
}

/* ---- Lists and clusters ---- */

static void add_list(struct graph *g, const struct gw_branch *branch, const struct place *place);

static bool starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* "cases/A" and "then" are choices, "errors" and "finally" themselves. */
static void describe_branch(const char *path, struct place *place)
{
	place->value = NULL;
	if (starts(path, "errors")) {
		place->relation = "ERROR";
	} else if (starts(path, "finally")) {
		place->relation = "FINALLY";
	} else if (starts(path, "cases/")) {
		place->relation = "CHOICE";
		place->value = path + strlen("cases/");
	} else if (strcmp(path, "tasks") == 0) {
		place->relation = "SEQUENTIAL";
	} else {
		place->relation = "CHOICE";
		place->value = path;
	}
}

/* A type that says how many children run at once runs them side by side. */
static bool runs_side_by_side(const struct gw_task *task)
{
	const struct gw_property *p = task->type ? task->type->properties : NULL;
	for (; p && p->name; p++)
		if (strcmp(p->name, "concurrent") == 0)
			return true;
	return false;
}

static void add_side_by_side(struct graph *g, const struct gw_branch *branch,
	const struct place *place)
{
	struct place one = *place;
	one.relation = "PARALLEL";
	for (size_t i = 0; i < branch->n; i++)
		add_list(g, &(struct gw_branch){ .tasks = &branch->tasks[i], .n = 1 }, &one);
}

static json_t *uids_from(const struct graph *g, size_t first)
{
	json_t *uids = json_array();
	for (size_t i = first; i < json_array_size(g->nodes); i++)
		json_array_append(uids, json_object_get(json_array_get(g->nodes, i), "uid"));
	return uids;
}

/* A flowable: its start, itself, its children, its end. */
static void add_cluster(struct graph *g, const struct gw_task *task, const char *uid,
	const struct place *around)
{
	gw_auto_free char *start = gw_sprintf("%s.start", uid);
	gw_auto_free char *end = gw_sprintf("%s.end", uid);
	gw_auto_free char *cluster = gw_sprintf("cluster_%s", uid);
	json_auto_t *parents = json_copy((json_t *)(uintptr_t)around->parents);
	size_t first = json_array_size(g->nodes);
	json_array_append_new(parents, json_string(cluster));
	json_array_append_new(g->flowables, json_string(uid));
	add_node(g, start, "GraphClusterRoot", NULL);
	add_node(g, uid, "GraphTask", task->id);
	add_edge(g, start, uid, "SEQUENTIAL", NULL);
	struct place inside = { .prefix = uid, .parents = parents, .from = uid, .to = end };
	for (size_t i = 0; i < task->n_branches; i++) {
		describe_branch(task->branches[i].path, &inside);
		if (strcmp(inside.relation, "SEQUENTIAL") == 0 && runs_side_by_side(task))
			add_side_by_side(g, &task->branches[i], &inside);
		else
			add_list(g, &task->branches[i], &inside);
	}
	add_node(g, end, "GraphClusterEnd", NULL);
	json_array_append_new(g->clusters,
		json_pack("{s:{s:s, s:s, s:{s:s}}, s:o, s:O, s:s, s:s}", "cluster", "uid", cluster,
			"type", CLASS "GraphCluster", "taskNode", "uid", uid, "nodes",
			uids_from(g, first), "parents", around->parents, "start", start, "end",
			end));
}

/* The tasks one after another. */
static void add_list(struct graph *g, const struct gw_branch *branch, const struct place *place)
{
	gw_auto_free char *last = gw_strdup(place->from);
	const char *relation = place->relation, *value = place->value;
	for (size_t i = 0; i < branch->n; i++) {
		const struct gw_task *task = branch->tasks[i];
		gw_auto_free char *uid = gw_sprintf("%s.%s", place->prefix, task->id);
		bool is_cluster = task->n_branches > 0;
		gw_auto_free char *entry =
			is_cluster ? gw_sprintf("%s.start", uid) : gw_strdup(uid);
		add_edge(g, last, entry, relation, value);
		if (is_cluster)
			add_cluster(g, task, uid, place);
		else
			add_node(g, uid, "GraphTask", task->id);
		free(last);
		last = is_cluster ? gw_sprintf("%s.end", uid) : gw_strdup(uid);
		relation = "SEQUENTIAL";
		value = NULL;
	}
	if (branch->n)
		add_edge(g, last, place->to, relation, value);
}

static void add_triggers(struct graph *g)
{
	size_t i;
	json_t *trigger;
	json_array_foreach (json_object_get(g->flow->doc, "triggers"), i, trigger) {
		const char *id = gw_json_string(trigger, "id");
		gw_auto_free char *uid = gw_sprintf("root.Triggers.%s", id ? id : "");
		json_array_append_new(g->nodes, json_pack("{s:s, s:s, s:O}", "uid", uid, "type",
							CLASS "GraphTrigger", "trigger", trigger));
		add_edge(g, uid, "root.start", "SEQUENTIAL", NULL);
	}
}

json_t *gw_graph_new(const struct gw_flow *flow, const json_t *runs)
{
	struct graph g = { json_array(), json_array(), json_array(), json_array(), flow, runs };
	json_auto_t *parents = json_array();
	struct place top = { .prefix = "root",
		.parents = parents,
		.from = "root.start",
		.to = "root.end",
		.relation = "SEQUENTIAL" };
	add_triggers(&g);
	add_node(&g, "root.start", "GraphClusterRoot", NULL);
	add_list(&g, &flow->tasks, &top);
	top.relation = "ERROR";
	add_list(&g, &flow->errors, &top);
	top.relation = "FINALLY";
	add_list(&g, &flow->finally, &top);
	add_node(&g, "root.end", "GraphClusterEnd", NULL);
	top.from = "root.end";
	top.to = "root.after";
	top.relation = "SEQUENTIAL";
	if (flow->after_execution.n)
		add_node(&g, "root.after", "GraphClusterEnd", NULL);
	add_list(&g, &flow->after_execution, &top);
	return json_pack("{s:o, s:o, s:o, s:o}", "nodes", g.nodes, "edges", g.edges, "clusters",
		g.clusters, "flowables", g.flowables);
}

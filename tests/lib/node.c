/* node.c - engines in tests, and what people do with them */
#include "tests/lib/node.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/json.h"
#include "check/input.h"
#include "model/kinds.h"

#include <stdlib.h>

#define PATIENCE_MS 10000
#define LOOK_EVERY_MS 10 /* at what nobody tells about */

/* ---- Life ---- */

static struct gw_registry *load_modules(void)
{
	struct gw_error err;
	gw_auto_free char *folder = gw_sprintf("%s/modules", getenv("GW_BUILD"));
	struct gw_registry *registry =
		gw_registry_load((const char *const[]){ folder, NULL }, GW_IN_SERVER, &err);
	if (!registry)
		fail_msg("%s", err.message);
	return registry;
}

static struct gw_config *configure(struct repo *repo, const char *name, const char *text)
{
	struct gw_error err;
	gw_auto_free char *path = gw_sprintf("%s/%s.yml", repo_folder(repo), name);
	gw_auto_free char *work = gw_sprintf("%s/%s", repo_folder(repo), name);
	gw_auto_free char *files = gw_sprintf("%s/storage", repo_folder(repo));
	if (!gw_file_replace(path, gw_slice_of(text ? text : "{}"), &err))
		fail_msg("%s", err.message);
	struct gw_config *config = gw_config_load(path, &err);
	if (!config || !gw_config_set(config, "server.working-folder", work, &err) ||
		!gw_config_set(config, "server.node-name", name, &err) ||
		!gw_config_set(config, "storage.local.base-path", files, &err) ||
		!gw_config_set(config, "tasks.hosts", "1", &err))
		fail_msg("%s", err.message);
	return config;
}

static void note_loss(void *arg)
{
	struct node *node = arg;
	gw_locked(&node->lock);
	node->is_lost = true;
	pthread_cond_broadcast(&node->changed);
}

static void note_change(void *arg, const char *execution, bool ended)
{
	struct node *node = arg;
	gw_locked(&node->lock);
	if (ended)
		gw_map_put(&node->ended, gw_slice_of(execution), node);
	node->n_changes++;
	pthread_cond_broadcast(&node->changed);
}

void node_use_tenant(struct node *node, const char *tenant)
{
	gw_engine_unfollow(node->follower);
	free(node->tenant);
	node->tenant = gw_strdup(tenant);
	node->follower = gw_engine_follow(node->engine, tenant, "", note_change, node);
}

void node_start_as(struct node *node, struct repo *repo, const char *name,
	const char *configuration, unsigned roles)
{
	static struct gw_registry *registry;
	struct gw_error err;
	if (!registry)
		registry = load_modules();
	*node = (struct node){ .repo = repo };
	pthread_mutex_init(&node->lock, NULL);
	gw_cond_init(&node->changed);
	node->config = configure(repo, name, configuration);
	node->store = repo_store(repo, &node->handle);
	node->storage = gw_storage_open(&gw_storage_local,
		gw_config_section(node->config, "storage"), &err);
	const struct gw_engine_setup setup = {
		.store = node->store,
		.storage = node->storage,
		.registry = registry,
		.config = node->config,
		.roles = roles,
		.lost = note_loss,
		.arg = node,
	};
	node->engine = node->storage ? gw_engine_start(&setup, &err) : NULL;
	if (!node->engine)
		fail_msg("%s", err.message);
	node_use_tenant(node, "main");
}

void node_start(struct node *node, struct repo *repo, const char *name, const char *configuration)
{
	node_start_as(node, repo, name, configuration, GW_ROLE_ALL);
}

void node_stop(struct node *node)
{
	gw_engine_unfollow(node->follower);
	gw_engine_stop(&node->engine, 0);
	gw_store_close(&node->store);
	gw_storage_close(&node->storage);
	gw_config_free(node->config);
	gw_map_clear(&node->ended, NULL);
	free(node->tenant);
	pthread_mutex_destroy(&node->lock);
	pthread_cond_destroy(&node->changed);
}

void node_cut(struct node *node)
{
	repo_cut(node->handle);
}

void node_crash(struct node *node)
{
	node_cut(node);
	node_stop(node);
}

/* ---- Flows ---- */

bool node_try_save(struct node *node, const char *yaml, enum gw_save_mode mode, struct gw_str *why)
{
	struct gw_error err;
	gw_auto_violations violations = { 0 };
	struct gw_save_request request = { .mode = mode, .violations = &violations };
	json_t *doc = NULL;
	bool saved = gw_engine_save_flow(node->engine, node->tenant, gw_slice_of(yaml), &request,
		&doc, &err);
	json_decref(doc);
	if (saved)
		return true;
	gw_violations_print(why, &violations);
	if (why->len == 0)
		gw_str_puts(why, err.message);
	return false;
}

void node_save(struct node *node, const char *yaml)
{
	gw_auto_str why = { 0 };
	if (!node_try_save(node, yaml, GW_SAVE_EITHER, &why))
		fail_msg("%s", gw_str_text(&why));
}

struct gw_flow *node_flow(struct node *node, const char *id)
{
	struct gw_error err;
	struct gw_flow *flow =
		gw_engine_flow(node->engine, node->tenant, "company.team", id, 0, &err);
	if (!flow)
		fail_msg("flow %s: %s", id, err.message);
	return flow;
}

/* ---- Answers ---- */

struct reply {
	struct node *node;
	bool is_there;
	struct gw_error error;
	char *execution;
};

static void hear(void *arg, const struct gw_answer *answer)
{
	struct reply *reply = arg;
	gw_locked(&reply->node->lock);
	reply->error = answer->error;
	reply->execution = gw_slice_dup(answer->execution);
	reply->is_there = true;
	pthread_cond_broadcast(&reply->node->changed);
}

static void await_reply(struct reply *reply)
{
	struct node *node = reply->node;
	gw_locked(&node->lock);
	while (!reply->is_there)
		if (!gw_cond_wait(&node->changed, &node->lock, PATIENCE_MS))
			fail_msg("the engine does not answer");
}

bool node_act(struct node *node, const char *execution, enum gw_action_type type, json_t *arguments,
	char **answer, struct gw_error *err)
{
	struct reply reply = { .node = node };
	pthread_mutex_lock(&node->lock);
	gw_map_remove(&node->ended, gw_slice_of(execution));
	pthread_mutex_unlock(&node->lock);
	const struct gw_action action = { node->tenant, execution, type, arguments, hear, &reply };
	gw_engine_act(node->engine, &action);
	await_reply(&reply);
	*err = reply.error;
	if (answer)
		*answer = gw_steal(&reply.execution);
	free(reply.execution);
	return err->code == GW_OK;
}

/* ---- Starting ---- */

static const json_t *no_variable(struct gw_scope *scope, const char *name)
{
	(void)scope;
	(void)name;
	return NULL;
}

static bool resolve(const struct gw_flow *flow, const json_t *given, json_t **out,
	struct gw_error *err)
{
	struct gw_scope scope = { .variable = no_variable, .now = gw_clock_now() };
	gw_auto_free struct gw_sent_input *sent =
		gw_new_array(struct gw_sent_input, json_object_size(given));
	size_t n = 0;
	const char *id;
	json_t *value;
	*out = NULL;
	if (!flow->inputs)
		return true;
	json_object_foreach ((json_t *)(uintptr_t)given, id, value) {
		const char *text = json_string_value(value);
		sent[n++] = text ? (struct gw_sent_input){ .id = id, .text = gw_slice_of(text) }
				 : (struct gw_sent_input){ .id = id, .value = value };
	}
	*out = gw_inputs_resolve(flow->inputs, sent, n, &scope, err);
	return *out != NULL;
}

char *node_start_execution(struct node *node, const char *flow_id, const json_t *inputs,
	const json_t *labels, struct gw_error *err)
{
	struct reply reply = { .node = node };
	struct gw_flow *flow = node_flow(node, flow_id);
	struct gw_start *start = gw_start_new(node->tenant, flow);
	bool fine = resolve(flow, inputs, &start->inputs, err) &&
		    (!labels || gw_labels_read(&start->labels, labels, err));
	gw_flow_unref(&flow);
	start->id = gw_id_new(gw_clock_now());
	start->done = hear;
	start->arg = &reply;
	gw_auto_free char *id = gw_strdup(start->id.text);
	if (!fine || !gw_engine_start_execution(node->engine, start, err)) {
		gw_start_free(start);
		return NULL;
	}
	await_reply(&reply);
	free(reply.execution);
	*err = reply.error;
	return err->code == GW_OK ? gw_steal(&id) : NULL;
}

/* ---- Looking ---- */

json_t *node_show(struct node *node, const char *execution)
{
	struct gw_error err;
	gw_auto_str text = { 0 };
	if (!gw_engine_show(node->engine, node->tenant, execution, &text, &err))
		fail_msg("%s", err.message);
	json_t *doc = gw_json_parse(gw_str_slice(&text), &err);
	if (!doc)
		fail_msg("%s: %s", err.message, gw_str_text(&text));
	return doc;
}

static const char *state_of(const json_t *doc)
{
	return gw_json_string(json_object_get(doc, "state"), "current");
}

const char *node_state(const json_t *execution)
{
	return state_of(execution);
}

json_t *node_run(const json_t *execution, const char *task)
{
	size_t i;
	json_t *run, *found = NULL;
	json_array_foreach (json_object_get(execution, "taskRunList"), i, run) {
		if (strcmp(gw_json_string(run, "taskId"), task) == 0)
			found = run;
	}
	return found;
}

json_t *node_records(struct node *node, const struct gw_kind *kind, const char *prefix,
	const char *order)
{
	struct gw_error err;
	struct gw_record record;
	enum gw_next next;
	const struct gw_value value = gw_value_string(prefix);
	const struct gw_filter filter = {
		.compare = GW_PREFIX, .field = "key", .values = &value, .n_values = 1
	};
	const struct gw_order by = { order, false };
	const struct gw_query query = { .kind = kind,
		.tenant = gw_slice_of(node->tenant),
		.filters = &filter,
		.n_filters = 1,
		.orders = &by,
		.n_orders = order ? 1 : 0 };
	json_t *docs = json_array();
	gw_auto_stream *stream = gw_store_scan(node->store, &query, &err);
	while (stream && (next = gw_stream_next(stream, &record, &err)) == GW_NEXT_RECORD)
		json_array_append_new(docs, gw_json_parse(record.doc, &err));
	if (!stream || next == GW_NEXT_FAILED)
		fail_msg("%s", err.message);
	return docs;
}

/* ---- Waiting ---- */

static bool wait_for(struct node *node, bool (*check)(void *arg), void *arg)
{
	int64_t until = gw_clock_boot() + PATIENCE_MS * GW_MILLISECOND;
	while (!check(arg)) {
		if (gw_clock_boot() > until)
			return false;
		gw_locked(&node->lock);
		gw_cond_wait(&node->changed, &node->lock, LOOK_EVERY_MS);
	}
	return true;
}

void node_wait(struct node *node, bool (*check)(void *arg), void *arg)
{
	if (!wait_for(node, check, arg))
		fail_msg("it does not come");
}

/* An execution that is waited for, as it was last seen. */
struct awaited {
	struct node *node;
	const char *execution, *what;
	json_t *seen;
};

static void look(struct awaited *a)
{
	json_decref(a->seen);
	a->seen = node_show(a->node, a->execution);
}

static bool has_ended(struct node *node, const char *execution)
{
	gw_locked(&node->lock);
	return gw_map_find(&node->ended, execution);
}

/* It ended before anybody followed. */
static bool is_over(struct node *node, const char *execution)
{
	struct gw_error err;
	struct gw_record record;
	enum gw_state state;
	gw_auto_free void *hold = NULL;
	struct gw_key key = { gw_slice_of(node->tenant), gw_slice_of(execution) };
	return gw_store_get(node->store, &gw_kind_execution, key, &record, &hold, &err) &&
	       gw_state_parse(record.fields[GW_EXECUTION_STATE].text, &state) &&
	       gw_state_is_terminal(state) && !record.owner.data;
}

static bool rests(void *arg)
{
	struct awaited *a = arg;
	bool ended = has_ended(a->node, a->execution) || is_over(a->node, a->execution);
	look(a);
	return ended || strcmp(node_state(a->seen), "PAUSED") == 0;
}

static json_t *await(struct awaited *a, bool (*check)(void *arg))
{
	if (wait_for(a->node, check, a))
		return a->seen;
	gw_auto_free char *tree = node_tree(a->seen);
	fail_msg("%s does not come:\n%s", a->what, tree);
	return NULL;
}

json_t *node_rest(struct node *node, const char *execution)
{
	struct awaited a = { node, execution, "the end", NULL };
	return await(&a, rests);
}

static bool has_line(struct node *node, const char *execution, const char *text)
{
	size_t i;
	json_t *line;
	gw_auto_free char *prefix = gw_sprintf("%s/", execution);
	json_auto_t *lines = node_records(node, &gw_kind_log, prefix, NULL);
	json_array_foreach (lines, i, line) {
		if (strstr(gw_json_string(line, "message"), text))
			return true;
	}
	return false;
}

static bool has_come(void *arg)
{
	struct awaited *a = arg;
	const char *equals = strchr(a->what, '=');
	look(a);
	if (!equals)
		return strcmp(node_state(a->seen), a->what) == 0;
	if (strncmp(a->what, "log=", 4) == 0)
		return has_line(a->node, a->execution, equals + 1);
	gw_auto_free char *task = gw_strndup(a->what, (size_t)(equals - a->what));
	const json_t *run = node_run(a->seen, task);
	return run && strcmp(state_of(run), equals + 1) == 0;
}

/* Without transactions what is seen may be half of a turn: an action, even one that is refused, is
 * answered once all turns before it are written. */
static void let_turn_end(struct node *node, const char *execution)
{
	struct reply reply = { .node = node };
	const struct gw_action refused = { node->tenant, execution, GW_ACT_TASKRUN_STATE,
		json_object(), hear, &reply };
	gw_engine_act(node->engine, &refused);
	await_reply(&reply);
	free(reply.execution);
}

json_t *node_until(struct node *node, const char *execution, const char *what)
{
	struct awaited a = { node, execution, what, NULL };
	await(&a, has_come);
	if (gw_store_capabilities(node->store) & GW_NO_TRANSACTIONS) {
		let_turn_end(node, execution);
		look(&a);
	}
	return a.seen;
}

/* ---- The tree of task runs ---- */

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void print_runs(struct gw_str *out, const json_t *runs, const char *parent, int depth);

static void print_run(struct gw_str *out, const json_t *runs, const json_t *run, int depth)
{
	const char *value = gw_json_string(run, "value");
	size_t n_attempts = json_array_size(json_object_get(run, "attempts"));
	gw_str_printf(out, "%*s%s %s", depth * 2, "", gw_json_string(run, "taskId"), state_of(run));
	if (n_attempts > 1)
		gw_str_printf(out, " x%zu", n_attempts);
	if (value)
		gw_str_printf(out, " [%s]", value);
	gw_str_putc(out, '\n');
	print_runs(out, runs, gw_json_string(run, "id"), depth + 1);
}

/* With the first run of a value come all others of it. */
static void print_value(struct gw_str *out, const json_t *runs, const json_t *first, int depth)
{
	size_t i;
	json_t *run;
	json_array_foreach (runs, i, run) {
		if (same(gw_json_string(run, "parentTaskRunId"),
			    gw_json_string(first, "parentTaskRunId")) &&
			same(gw_json_string(run, "value"), gw_json_string(first, "value")))
			print_run(out, runs, run, depth);
	}
}

static void print_runs(struct gw_str *out, const json_t *runs, const char *parent, int depth)
{
	size_t i;
	json_t *run;
	json_auto_t *seen = json_object();
	json_array_foreach (runs, i, run) {
		const char *value = gw_json_string(run, "value");
		if (!same(gw_json_string(run, "parentTaskRunId"), parent) ||
			json_object_get(seen, value ? value : ""))
			continue;
		json_object_set_new(seen, value ? value : "", json_true());
		print_value(out, runs, run, depth);
	}
}

char *node_tree(const json_t *execution)
{
	struct gw_str out = { 0 };
	gw_str_printf(&out, "%s\n", node_state(execution));
	print_runs(&out, json_object_get(execution, "taskRunList"), NULL, 0);
	return gw_str_steal(&out);
}

/* remote.c - actions on executions that another node owns: asked through records
 *
 * The asker writes an action and signals; the owner does it, replaces the action by its outcome and
 * signals; the asker collects it. If the owner dies meanwhile, the execution is found free. */
#include "engine/node.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

#define POLL_MS 20 /* between looks for the outcome */
#define PATIENCE (30 * GW_SECOND)

/* ---- Asking ---- */

static void fill_record(struct gw_record *record, struct gw_value fields[GW_ACTION_N],
	const struct gw_request *request, struct gw_slice key, struct gw_slice doc)
{
	fields[GW_ACTION_TARGET] = gw_value_string(request->execution);
	*record = (struct gw_record){ .kind = &gw_kind_action,
		.tenant = gw_slice_of(request->tenant),
		.key = key,
		.due = GW_NEVER,
		.fields = fields,
		.doc = doc };
}

static void print_action(struct gw_str *out, const struct gw_request *request, const char *owner)
{
	gw_str_putc(out, '{');
	gw_json_text(out, "owner", gw_slice_of(owner));
	gw_json_text(out, "execution", gw_slice_of(request->execution));
	gw_json_int(out, "type", request->type);
	if (request->arguments)
		gw_json_value(out, "arguments", request->arguments);
	gw_str_putc(out, '}');
}

static void answer(struct gw_request *request, const struct gw_error *error, const char *execution)
{
	struct gw_answer a = { .execution = gw_slice_of(execution) };
	if (error)
		a.error = *error;
	request->done(request->arg, &a);
	gw_request_free(request);
}

static void answer_outcome(struct gw_engine *engine, struct gw_request *request,
	const json_t *outcome)
{
	struct gw_error error;
	const char *message = gw_json_string(outcome, "message");
	if (message) {
		gw_fail(&error, (enum gw_code)json_integer_value(json_object_get(outcome, "code")),
			"%s", message);
		answer(request, &error, NULL);
		return;
	}
	if (!request->until_end) {
		answer(request, NULL, gw_json_string(outcome, "execution"));
		return;
	}
	gw_followers_await(engine->followers, request->tenant, request->execution, request->done,
		request->arg);
	gw_request_free(request);
}

/* The outcome, once it is there; the action's record then goes. */
static bool collect(struct gw_engine *engine, struct gw_key key, json_t **outcome,
	struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	if (!gw_store_get(engine->store, &gw_kind_action, key, &record, &hold, err))
		return false;
	json_auto_t *doc = gw_json_parse(record.doc, err);
	if (!doc)
		return false;
	*outcome = json_incref(json_object_get(doc, "outcome"));
	if (*outcome) {
		struct gw_op op = { .type = GW_DELETE, .record = record };
		gw_store_write_one(engine->store, &op, err);
	}
	return true;
}

static void wait_for_outcome(struct gw_engine *engine, struct gw_request *request,
	struct gw_key key)
{
	struct gw_error err = { 0 };
	gw_time until = gw_clock_now() + PATIENCE;
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t never;
	gw_cond_init(&never);
	json_t *outcome = NULL;
	while (gw_clock_now() < until && collect(engine, key, &outcome, &err) && !outcome) {
		gw_locked(&mutex);
		gw_cond_wait(&never, &mutex, POLL_MS);
	}
	pthread_cond_destroy(&never);
	if (outcome) {
		answer_outcome(engine, request, outcome);
		json_decref(outcome);
		return;
	}
	if (err.code == GW_OK)
		gw_fail(&err, GW_UNAVAILABLE,
			"the node that runs execution %s does not answer, try again",
			request->execution);
	answer(request, &err, NULL);
}

void gw_remote_send(struct gw_engine *engine, const char *owner, struct gw_request *request)
{
	struct gw_error err;
	struct gw_value fields[GW_ACTION_N];
	struct gw_op op = { .type = GW_CREATE };
	gw_auto_str doc = { 0 };
	gw_auto_free char *key =
		gw_sprintf("%s/%s", request->execution, gw_id_new(gw_clock_now()).text);
	print_action(&doc, request, owner);
	fill_record(&op.record, fields, request, gw_slice_of(key), gw_str_slice(&doc));
	if (!gw_store_write_one(engine->store, &op, &err)) {
		answer(request, &err, NULL);
		return;
	}
	gw_store_signal(engine->store);
	wait_for_outcome(engine, request, (struct gw_key){ op.record.tenant, op.record.key });
}

char *gw_remote_executor(struct gw_engine *engine, struct gw_error *err)
{
	struct gw_record record;
	enum gw_next next;
	char *best = NULL;
	gw_time last = GW_NEVER;
	struct gw_query query = { .kind = &gw_kind_node };
	gw_auto_stream *stream = gw_store_scan(engine->store, &query, err);
	while (stream && (next = gw_stream_next(stream, &record, err)) == GW_NEXT_RECORD) {
		gw_time renewed = record.fields[GW_NODE_RENEWED].number;
		int64_t roles = record.fields[GW_NODE_ROLES].number;
		if (!(roles & GW_ROLE_EXECUTOR) || (best && renewed <= last))
			continue;
		free(best);
		best = gw_slice_dup(record.key);
		last = renewed;
	}
	if (stream && next == GW_NEXT_DONE && !best)
		gw_fail(err, GW_UNAVAILABLE,
			"no node runs executions: start one with godwit server executor");
	return best;
}

/* ---- Serving ---- */

/* An action of somebody else's under way here. */
struct service {
	struct gw_engine *engine;
	struct gw_record *record; /* the action's */
};

static void write_outcome(void *arg, const struct gw_answer *a)
{
	struct service *s = arg;
	struct gw_error err;
	gw_auto_str doc = { 0 };
	gw_str_puts(&doc, "{\"outcome\":{");
	if (a->error.code != GW_OK) {
		gw_json_int(&doc, "code", a->error.code);
		gw_json_text(&doc, "message", gw_slice_of(a->error.message));
	} else {
		gw_json_text(&doc, "execution", a->execution);
	}
	gw_str_puts(&doc, "}}");
	struct gw_op op = { .type = GW_REPLACE, .record = *s->record };
	op.record.doc = gw_str_slice(&doc);
	if (!gw_store_write_one(s->engine->store, &op, &err))
		gw_log(GW_WARN, "engine", "answering another node: %s", err.message);
	free(s->record);
	free(s);
}

static void serve_one(struct gw_engine *engine, const struct gw_record *record)
{
	struct gw_error err;
	json_auto_t *doc = gw_json_parse(record->doc, &err);
	const char *owner = gw_json_string(doc, "owner");
	if (!owner || strcmp(owner, engine->node_id.text) != 0)
		return;
	struct service *s = gw_new(struct service);
	*s = (struct service){ engine, gw_record_copy(record) };
	struct gw_op seen = { .type = GW_REPLACE, .record = *record };
	seen.record.doc = gw_slice_of("{}"); /* so that it is done once */
	if (!gw_store_write_one(engine->store, &seen, &err)) {
		free(s->record);
		free(s);
		return;
	}
	s->record->version = seen.version;
	gw_auto_free char *tenant = gw_slice_dup(record->tenant);
	json_t *arguments = json_incref(json_object_get(doc, "arguments"));
	json_object_del(doc, "arguments"); /* only the action has them: it goes to another thread */
	const struct gw_action action = { tenant, gw_json_string(doc, "execution"),
		(enum gw_action_type)json_integer_value(json_object_get(doc, "type")), arguments,
		write_outcome, s };
	gw_engine_act(engine, &action);
}

void gw_remote_serve(struct gw_engine *engine)
{
	struct gw_error err;
	struct gw_record record;
	struct gw_query query = { .kind = &gw_kind_action, .limit = 1000 };
	gw_auto_stream *stream = gw_store_scan(engine->store, &query, &err);
	while (stream && gw_stream_next(stream, &record, &err) == GW_NEXT_RECORD)
		serve_one(engine, &record);
}

/* executions_bulk.c - the same action on many executions
 *
 * By ids it is all or nothing: if one of them cannot be, none is. By query those that cannot be are
 * passed over. */
#include "api/executions.h"

#include "base/clock.h"
#include "base/json.h"
#include "model/kinds.h"

#define WINDOW 64 /* actions under way at once */

/* ---- Which executions an action is for ---- */

enum wanted_state {
	ANY_STATE,
	ENDED,
	NOT_ENDED,
	RESTARTABLE,
	ONLY_PAUSED,
	ONLY_RUNNING,
	ONLY_QUEUED
};

struct verb {
	const char *name; /* "invalid bulk NAME" */
	enum gw_action_type type;
	enum wanted_state wanted;
	const char *complaint; /* of an execution in another state */
};

static bool state_fits(enum wanted_state wanted, enum gw_state state)
{
	switch (wanted) {
	case ENDED:
		return gw_state_is_terminal(state);
	case NOT_ENDED:
		return !gw_state_is_terminal(state);
	case RESTARTABLE:
		return gw_state_is_terminal(state) || state == GW_PAUSED;
	case ONLY_PAUSED:
		return state == GW_PAUSED;
	case ONLY_RUNNING:
		return state == GW_RUNNING;
	case ONLY_QUEUED:
		return state == GW_QUEUED;
	default:
		return true;
	}
}

struct ids {
	char **items;
	size_t n, cap;
};

static void add_id(struct ids *ids, struct gw_slice id)
{
	ids->items = gw_grow(ids->items, ids->n, &ids->cap);
	ids->items[ids->n++] = gw_slice_dup(id);
}

static void ids_clear(struct ids *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		free(ids->items[i]);
	free(ids->items);
	*ids = (struct ids){ 0 };
}

#define auto_ids __attribute__((cleanup(ids_clear))) struct ids

static bool record_fits(const struct gw_record *record, const struct verb *verb)
{
	enum gw_state state;
	return gw_state_parse(record->fields[GW_EXECUTION_STATE].text, &state) &&
	       state_fits(verb->wanted, state);
}

/* ---- By query ---- */

struct collecting {
	const struct verb *verb;
	struct ids *ids;
};

static bool collect_id(void *arg, const struct gw_record *record, struct gw_error *err)
{
	const struct collecting *c = arg;
	(void)err;
	if (record_fits(record, c->verb))
		add_id(c->ids, record->key);
	return true;
}

static bool find_by_query(struct gw_http_request *rq, const struct verb *verb, struct ids *out,
	struct gw_error *err)
{
	struct gw_search s;
	struct collecting c = { verb, out };
	return gw_search_read(&s, rq, &gw_execution_resource, gw_clock_now(), err) &&
	       gw_answer_each(&s, &s.query, collect_id, &c, err);
}

/* ---- By ids ---- */

static bool read_ids(const json_t *list, struct ids *out, struct gw_error *err)
{
	size_t i;
	json_t *id;
	if (!json_is_array(list))
		return gw_fail(err, GW_INVALID, "the body must be a list of execution ids");
	json_array_foreach (list, i, id) {
		if (!json_is_string(id))
			return gw_fail(err, GW_INVALID, "item %zu of the body is no text", i);
		add_id(out, gw_slice_of(json_string_value(id)));
	}
	return true;
}

static void put_invalid(struct gw_str *out, const char *id, const char *complaint)
{
	struct gw_slice text = gw_slice_of(id);
	gw_json_comma(out);
	gw_str_putc(out, '{');
	gw_json_text(out, "message", gw_slice_of(complaint));
	gw_json_text(out, "messageTemplate", gw_slice_of("{messageTemplate}"));
	gw_json_text(out, "rootBean", text);
	gw_json_text(out, "leafBean", text);
	gw_json_text(out, "invalidValue", text);
	gw_json_text(out, "propertyPath", gw_slice_of("execution"));
	gw_json_raw(out, "executableParameters", gw_slice_of("[]"));
	gw_str_putc(out, '}');
}

static bool check_one(struct gw_http_request *rq, const char *id, const struct verb *verb,
	struct gw_str *invalids, struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	struct gw_key key = { gw_slice_of(rq->tenant), gw_slice_of(id) };
	if (gw_store_get(gw_api_of(rq)->store, &gw_kind_execution, key, &record, &hold, err)) {
		if (!record_fits(&record, verb))
			put_invalid(invalids, id, verb->complaint);
		return true;
	}
	if (err->code != GW_NOT_FOUND)
		return false;
	put_invalid(invalids, id, "execution not found");
	return true;
}

/* True with *refused set and the answer written if there is one that cannot be. */
static bool check_all(struct gw_http_request *rq, const struct verb *verb, const struct ids *ids,
	bool *refused, struct gw_error *err)
{
	gw_auto_str invalids = { 0 };
	gw_str_putc(&invalids, '[');
	for (size_t i = 0; i < ids->n; i++)
		if (!check_one(rq, ids->items[i], verb, &invalids, err))
			return false;
	*refused = invalids.len > 1;
	if (!*refused)
		return true;
	gw_str_putc(&invalids, ']');
	rq->out.status = 400;
	gw_str_printf(&rq->out.body, "{\"message\":\"invalid bulk %s\"", verb->name);
	gw_json_raw(&rq->out.body, "invalids", gw_str_slice(&invalids));
	gw_str_putc(&rq->out.body, '}');
	return true;
}

/* ---- Acting on all, some at once ---- */

struct gathering {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned under_way;
	uint64_t n_done;
};

static void one_done(void *arg, const struct gw_answer *answer)
{
	struct gathering *g = arg;
	gw_locked(&g->lock);
	g->under_way--;
	g->n_done += answer->error.code == GW_OK;
	pthread_cond_signal(&g->changed);
}

static void wait_below(struct gathering *g, unsigned n)
{
	gw_locked(&g->lock);
	while (g->under_way >= n)
		gw_cond_wait(&g->changed, &g->lock, -1);
}

static uint64_t act_on_all(struct gw_http_request *rq, enum gw_action_type type,
	const struct ids *ids, json_t *arguments)
{
	struct gathering g = { .lock = PTHREAD_MUTEX_INITIALIZER };
	gw_cond_init(&g.changed);
	for (size_t i = 0; i < ids->n; i++) {
		wait_below(&g, WINDOW);
		pthread_mutex_lock(&g.lock);
		g.under_way++;
		pthread_mutex_unlock(&g.lock);
		const struct gw_action action = { rq->tenant, ids->items[i], type,
			json_deep_copy(arguments), one_done, &g };
		gw_engine_act(gw_api_of(rq)->engine, &action);
	}
	wait_below(&g, 1);
	pthread_cond_destroy(&g.changed);
	return g.n_done;
}

/* ---- The verbs ---- */

static const struct verb kill_verb = { "kill", GW_ACT_KILL, NOT_ENDED,
	"execution already finished" };
static const struct verb pause_verb = { "pause", GW_ACT_PAUSE, ONLY_RUNNING,
	"execution not in state RUNNING" };
static const struct verb resume_verb = { "resume", GW_ACT_RESUME, ONLY_PAUSED,
	"execution not in state PAUSED" };
static const struct verb restart_verb = { "restart", GW_ACT_RESTART, RESTARTABLE,
	"execution not in state FAILED" };
static const struct verb replay_verb = { "replay", GW_ACT_REPLAY, ANY_STATE, "" };
static const struct verb status_verb = { "change status", GW_ACT_STATUS, ENDED,
	"execution is not in a terminal state" };
static const struct verb labels_verb = { "labels", GW_ACT_LABELS, ENDED,
	"execution is not in a terminal state" };
static const struct verb unqueue_verb = { "unqueue", GW_ACT_UNQUEUE, ONLY_QUEUED,
	"execution not in state QUEUED" };
static const struct verb force_run_verb = { "force-run", GW_ACT_FORCE_RUN, NOT_ENDED,
	"execution in a terminal state" };

/* The body [id, …] or {"executionsId":[…]}; then the action. */
static bool act_by_ids(struct gw_http_request *rq, const struct verb *verb, const json_t *list,
	json_t *arguments, struct gw_error *err)
{
	auto_ids ids = { 0 };
	bool refused = false;
	if (!read_ids(list, &ids, err) || !check_all(rq, verb, &ids, &refused, err))
		return false;
	return refused || gw_answer_count(rq, act_on_all(rq, verb->type, &ids, arguments));
}

static bool by_ids(struct gw_http_request *rq, const struct verb *verb, json_t *arguments,
	struct gw_error *err)
{
	json_auto_t *owned = arguments;
	json_auto_t *body = gw_request_json(rq, err);
	return body && act_by_ids(rq, verb, body, owned, err);
}

static bool by_query(struct gw_http_request *rq, const struct verb *verb, json_t *arguments,
	struct gw_error *err)
{
	json_auto_t *owned = arguments;
	auto_ids ids = { 0 };
	return find_by_query(rq, verb, &ids, err) &&
	       gw_answer_count(rq, act_on_all(rq, verb->type, &ids, owned));
}

#define PLAIN_VERB(name)                                                              \
	static bool name##_by_ids(struct gw_http_request *rq, struct gw_error *err)   \
	{                                                                             \
		return by_ids(rq, &name##_verb, NULL, err);                           \
	}                                                                             \
	static bool name##_by_query(struct gw_http_request *rq, struct gw_error *err) \
	{                                                                             \
		return by_query(rq, &name##_verb, NULL, err);                         \
	}

PLAIN_VERB(kill)
PLAIN_VERB(pause)
PLAIN_VERB(resume)
PLAIN_VERB(restart)
PLAIN_VERB(force_run)

/* With the latest revision of their flows if wanted. */
static bool replay_arguments(const struct gw_http_request *rq, json_t **out, struct gw_error *err)
{
	bool latest;
	*out = NULL;
	if (!gw_request_flag(rq, "latestRevision", false, &latest, err))
		return false;
	if (latest)
		*out = json_pack("{s:i}", "revision", 0);
	return true;
}

static bool replay_by_ids(struct gw_http_request *rq, struct gw_error *err)
{
	json_t *arguments;
	return replay_arguments(rq, &arguments, err) && by_ids(rq, &replay_verb, arguments, err);
}

static bool replay_by_query(struct gw_http_request *rq, struct gw_error *err)
{
	json_t *arguments;
	return replay_arguments(rq, &arguments, err) && by_query(rq, &replay_verb, arguments, err);
}

static json_t *unqueue_arguments(const struct gw_http_request *rq)
{
	const char *state = gw_request_param(rq, "newState");
	return json_pack("{s:s*}", "state", state ? state : gw_request_param(rq, "state"));
}

static bool unqueue_by_ids(struct gw_http_request *rq, struct gw_error *err)
{
	return by_ids(rq, &unqueue_verb, unqueue_arguments(rq), err);
}

static bool unqueue_by_query(struct gw_http_request *rq, struct gw_error *err)
{
	return by_query(rq, &unqueue_verb,
		json_pack("{s:s*}", "state", gw_request_param(rq, "newState")), err);
}

static json_t *status_arguments(const struct gw_http_request *rq, struct gw_error *err)
{
	enum gw_state state;
	const char *status = gw_request_param(rq, "newStatus");
	if (!status)
		gw_fail(err, GW_BAD_REQUEST, "Required QueryValue [newStatus] not specified");
	else if (!gw_state_parse(gw_slice_of(status), &state) || !gw_state_is_terminal(state))
		gw_fail(err, GW_INVALID,
			"You can only change the status of an execution to a terminal state.");
	else
		return json_pack("{s:s}", "status", status);
	return NULL;
}

static bool status_by_ids(struct gw_http_request *rq, struct gw_error *err)
{
	json_t *arguments = status_arguments(rq, err);
	return arguments && by_ids(rq, &status_verb, arguments, err);
}

static bool status_by_query(struct gw_http_request *rq, struct gw_error *err)
{
	json_t *arguments = status_arguments(rq, err);
	return arguments && by_query(rq, &status_verb, arguments, err);
}

/* {"executionsId":[…],"executionLabels":[{key,value}]} */
static bool labels_by_ids(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *body = gw_request_json(rq, err);
	if (!body)
		return false;
	json_auto_t *arguments =
		json_pack("{s:O*}", "labels", json_object_get(body, "executionLabels"));
	return act_by_ids(rq, &labels_verb, json_object_get(body, "executionsId"), arguments, err);
}

static bool labels_by_query(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *labels = gw_request_json(rq, err);
	return labels && by_query(rq, &labels_verb, json_pack("{s:O}", "labels", labels), err);
}

/* ---- Deleting ---- */

static bool read_deletion(const struct gw_http_request *rq, struct gw_deletion *out,
	struct gw_error *err)
{
	return gw_request_flag(rq, "deleteLogs", true, &out->logs, err) &&
	       gw_request_flag(rq, "deleteMetrics", true, &out->metrics, err) &&
	       gw_request_flag(rq, "deleteStorage", true, &out->storage, err) &&
	       gw_request_flag(rq, "includeNonTerminated", false, &out->running, err);
}

static struct verb deletion_verb(const struct gw_deletion *what)
{
	return (struct verb){ .name = "delete",
		.wanted = what->running ? ANY_STATE : ENDED,
		.complaint = "execution is not in a terminal state" };
}

static bool delete_all(struct gw_http_request *rq, const struct gw_deletion *what,
	const struct ids *ids, struct gw_error *err)
{
	uint64_t n = 0;
	for (size_t i = 0; i < ids->n; i++) {
		bool done = gw_engine_delete_execution(gw_api_of(rq)->engine, rq->tenant,
			ids->items[i], what, err);
		if (!done && err->code != GW_NOT_FOUND && err->code != GW_CONFLICT)
			return false;
		n += done;
	}
	return gw_answer_count(rq, n);
}

static bool delete_by_ids(struct gw_http_request *rq, struct gw_error *err)
{
	auto_ids ids = { 0 };
	struct gw_deletion what;
	bool refused = false;
	json_auto_t *body = gw_request_json(rq, err);
	if (!body || !read_deletion(rq, &what, err) || !read_ids(body, &ids, err))
		return false;
	struct verb verb = deletion_verb(&what);
	if (!check_all(rq, &verb, &ids, &refused, err))
		return false;
	return refused || delete_all(rq, &what, &ids, err);
}

static bool delete_by_query(struct gw_http_request *rq, struct gw_error *err)
{
	auto_ids ids = { 0 };
	struct gw_deletion what;
	if (!read_deletion(rq, &what, err))
		return false;
	struct verb verb = deletion_verb(&what);
	return find_by_query(rq, &verb, &ids, err) && delete_all(rq, &what, &ids, err);
}

#define BULK(method, verb, handler)                                                         \
	{ method, "~/executions/" verb "/by-ids", handler##_by_ids, GW_ROUTE_BODY },        \
	{                                                                                   \
		method, "~/executions/" verb "/by-query", handler##_by_query, GW_ROUTE_BODY \
	}

const struct gw_route gw_execution_bulk_routes[] = {
	BULK(GW_HTTP_DELETE, "kill", kill),
	BULK(GW_HTTP_POST, "pause", pause),
	BULK(GW_HTTP_POST, "resume", resume),
	BULK(GW_HTTP_POST, "restart", restart),
	BULK(GW_HTTP_POST, "replay", replay),
	BULK(GW_HTTP_POST, "change-status", status),
	BULK(GW_HTTP_POST, "labels", labels),
	BULK(GW_HTTP_POST, "unqueue", unqueue),
	BULK(GW_HTTP_POST, "force-run", force_run),
	{ GW_HTTP_DELETE, "~/executions/by-ids", delete_by_ids, GW_ROUTE_BODY },
	{ GW_HTTP_DELETE, "~/executions/by-query", delete_by_query, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

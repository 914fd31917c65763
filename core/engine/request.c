/* request.c - actions on their way to the shard that has the execution, wherever that is */
#include "engine/internal.h"

#include "base/clock.h"

static void answer_error(struct gw_request *request, const struct gw_error *err)
{
	struct gw_answer answer = { .error = *err };
	request->done(request->arg, &answer);
	gw_request_free(request);
}

static bool owner_is(const struct gw_engine *engine, const char *owner)
{
	return owner && strcmp(owner, engine->node_id.text) == 0;
}

/* Loads the execution so that a shard that does not have it can go on with it. */
static void send(struct gw_engine *engine, struct gw_request *request)
{
	struct gw_error err;
	gw_auto_free char *owner = NULL;
	struct gw_mail *mail;
	request->loaded =
		gw_load_machine(engine, request->tenant, request->execution, &owner, &err);
	if (!request->loaded) {
		answer_error(request, &err);
		return;
	}
	if (!owner && !gw_engine_executes(engine)) {
		gw_auto_free char *executor = gw_remote_executor(engine, &err);
		if (executor)
			gw_remote_send(engine, executor, request);
		else
			answer_error(request, &err);
		return;
	}
	if (owner && !owner_is(engine, owner)) {
		if (request->type == GW_ACT_ADMIT) {
			gw_fail(&err, GW_BUSY, "another node has it"); /* patrols remind it */
			answer_error(request, &err);
			return;
		}
		gw_remote_send(engine, owner, request);
		return;
	}
	if (owner) {
		gw_machine_free(request->loaded); /* the shard has it, or is about to get it */
		request->loaded = NULL;
	}
	mail = gw_new(struct gw_mail);
	mail->type = GW_MAIL_ACTION;
	mail->request = request;
	gw_shard_post(gw_shard_of(engine, request->execution), mail, false);
}

void gw_request_retry(struct gw_engine *engine, struct gw_request *request)
{
	send(engine, request);
}

static struct gw_request *new_request(const char *tenant, const char *execution,
	enum gw_action_type type, json_t *arguments)
{
	struct gw_request *request = gw_new(struct gw_request);
	request->type = type;
	request->tenant = gw_strdup(tenant);
	request->execution = gw_strdup(execution);
	request->arguments = arguments;
	return request;
}

void gw_engine_act(struct gw_engine *engine, const struct gw_action *action)
{
	struct gw_request *request =
		new_request(action->tenant, action->execution, action->type, action->arguments);
	request->done = action->done;
	request->arg = action->arg;
	send(engine, request);
}

/* ---- Waiting for an answer ---- */

struct wait {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool is_answered;
	struct gw_error error;
};

static void hear(void *arg, const struct gw_answer *answer)
{
	struct wait *w = arg;
	gw_locked(&w->lock);
	w->error = answer->error;
	w->is_answered = true;
	pthread_cond_signal(&w->cond);
}

/* Kills an execution and waits until it has ended. */
static bool kill_and_wait(struct gw_engine *engine, const char *tenant, const char *execution,
	struct gw_error *err)
{
	struct wait w = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct gw_request *request = new_request(tenant, execution, GW_ACT_KILL, NULL);
	gw_cond_init(&w.cond);
	request->until_end = true;
	request->done = hear;
	request->arg = &w;
	send(engine, request);
	pthread_mutex_lock(&w.lock);
	while (!w.is_answered)
		gw_cond_wait(&w.cond, &w.lock, -1);
	pthread_mutex_unlock(&w.lock);
	pthread_cond_destroy(&w.cond);
	if (w.error.code == GW_OK || w.error.code == GW_CONFLICT)
		return true;
	*err = w.error;
	return false;
}

/* ---- Deleting ---- */

static bool delete_below(struct gw_engine *engine, const struct gw_kind *kind, const char *tenant,
	const char *execution, struct gw_error *err)
{
	uint64_t n;
	gw_auto_free char *prefix = gw_sprintf("%s/", execution);
	const struct gw_value value = gw_value_string(prefix);
	const struct gw_filter filter = {
		.compare = GW_PREFIX, .field = "key", .values = &value, .n_values = 1
	};
	struct gw_query query = {
		.kind = kind, .tenant = gw_slice_of(tenant), .filters = &filter, .n_filters = 1
	};
	return gw_store_delete_where(engine->store, &query, &n, err);
}

static bool delete_files(struct gw_engine *engine, const struct gw_record *record,
	const char *tenant, const char *execution, struct gw_error *err)
{
	gw_auto_str path = { 0 };
	gw_auto_free char *namespace = gw_slice_dup(record->fields[GW_EXECUTION_NAMESPACE].text);
	gw_auto_free char *flow = gw_slice_dup(record->fields[GW_EXECUTION_FLOW].text);
	gw_storage_execution_path(&path, namespace, flow, execution);
	return gw_storage_delete(engine->storage, tenant, gw_str_text(&path), err);
}

/* What belongs to it first: a deletion that is cut short can be made again. */
static bool delete_ended(struct gw_engine *engine, const struct gw_record *record,
	const struct gw_deletion *what, struct gw_error *err)
{
	gw_auto_free char *tenant = gw_slice_dup(record->tenant);
	gw_auto_free char *execution = gw_slice_dup(record->key);
	if (what->storage && !delete_files(engine, record, tenant, execution, err))
		return false;
	if (what->logs && !delete_below(engine, &gw_kind_log, tenant, execution, err))
		return false;
	if (what->metrics && !delete_below(engine, &gw_kind_metric, tenant, execution, err))
		return false;
	if (!delete_below(engine, &gw_kind_taskrun, tenant, execution, err))
		return false;
	struct gw_op op = { .type = GW_DELETE, .record = *record };
	return gw_store_write_one(engine->store, &op, err);
}

bool gw_engine_delete_execution(struct gw_engine *engine, const char *tenant, const char *execution,
	const struct gw_deletion *what, struct gw_error *err)
{
	struct gw_record record;
	enum gw_state state;
	gw_auto_free void *hold = NULL;
	struct gw_key key = { gw_slice_of(tenant), gw_slice_of(execution) };
	if (!gw_store_get(engine->store, &gw_kind_execution, key, &record, &hold, err))
		return false;
	bool has_ended = gw_state_parse(record.fields[GW_EXECUTION_STATE].text, &state) &&
			 gw_state_is_terminal(state) && !record.owner.data;
	if (!has_ended && !what->running)
		return gw_fail(err, GW_CONFLICT, "Execution '%s' is still running: kill it first",
			execution);
	if (has_ended)
		return delete_ended(engine, &record, what, err);
	free(gw_steal(&hold));
	return kill_and_wait(engine, tenant, execution, err) &&
	       gw_store_get(engine->store, &gw_kind_execution, key, &record, &hold, err) &&
	       delete_ended(engine, &record, what, err);
}

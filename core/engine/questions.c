/* questions.c - what tasks ask the server: one function a question, one table */
#include "engine/questions.h"

#include "base/json.h"
#include "base/log.h"
#include "engine/internal.h"

struct question {
	struct gw_engine *engine;
	const struct gw_job *job;
	const json_t *arguments;
};

static const char *text_or(const json_t *arguments, const char *name, const char *fallback)
{
	const char *text = gw_json_string(arguments, name);
	return text ? text : fallback;
}

/* ---- logs: the lines of an execution ---- */

static bool is_asked_for(const json_t *tasks, struct gw_slice task)
{
	size_t i;
	json_t *id;
	if (json_is_string(tasks))
		return gw_slice_is(task, json_string_value(tasks));
	if (!json_is_array(tasks))
		return true;
	json_array_foreach (tasks, i, id) {
		if (json_is_string(id) && gw_slice_is(task, json_string_value(id)))
			return true;
	}
	return false;
}

static json_t *read_lines(struct gw_stream *stream, const json_t *tasks, struct gw_error *err)
{
	struct gw_record record;
	enum gw_next next;
	json_auto_t *lines = json_array();
	while ((next = gw_stream_next(stream, &record, err)) == GW_NEXT_RECORD) {
		if (!is_asked_for(tasks, record.fields[GW_LOG_TASK].text))
			continue;
		json_t *line = gw_json_parse(record.doc, err);
		if (!line)
			return NULL;
		json_array_append_new(lines, line);
	}
	return next == GW_NEXT_DONE ? json_incref(lines) : NULL;
}

static json_t *find_lines(struct question *q, enum gw_level least, uint64_t limit,
	struct gw_error *err)
{
	gw_auto_free char *prefix =
		gw_sprintf("%s/", text_or(q->arguments, "executionId", q->job->execution));
	const struct gw_value values[] = { gw_value_string(prefix), gw_value_number(least) };
	const struct gw_filter filters[] = {
		{ .compare = GW_PREFIX, .field = "key", .values = &values[0], .n_values = 1 },
		{ .compare = GW_GE, .field = "level", .values = &values[1], .n_values = 1 },
	};
	const struct gw_order order = { "at", limit > 0 };
	struct gw_query query = { .kind = &gw_kind_log,
		.tenant = gw_slice_of(q->job->flow->tenant),
		.filters = filters,
		.n_filters = 2,
		.orders = &order,
		.n_orders = 1,
		.limit = limit };
	gw_auto_stream *stream = gw_store_scan(q->engine->store, &query, err);
	return stream ? read_lines(stream, json_object_get(q->arguments, "tasksId"), err) : NULL;
}

static json_t *answer_logs(struct question *q, struct gw_error *err)
{
	enum gw_level least = GW_INFO;
	gw_level_parse(gw_slice_of(text_or(q->arguments, "level", "INFO")), &least);
	return find_lines(q, least, 0, err);
}

static json_t *answer_error_logs(struct question *q, struct gw_error *err)
{
	return find_lines(q, GW_ERROR, 25, err);
}

/* ---- count: executions of a flow or namespace ---- */

static bool add_state_values(const json_t *states, struct gw_value *values, unsigned *n)
{
	size_t i;
	json_t *state;
	*n = 0;
	json_array_foreach (states, i, state) {
		if (*n < 20 && json_is_string(state))
			values[(*n)++] = gw_value_string(json_string_value(state));
	}
	return *n > 0;
}

static bool add_date(const json_t *arguments, const char *name, struct gw_value *out,
	struct gw_error *err)
{
	gw_time at;
	const char *text = gw_json_string(arguments, name);
	*out = (struct gw_value){ 0 };
	if (!text)
		return true;
	if (!gw_time_parse(gw_slice_of(text), gw_zone_local(), &at, err))
		return gw_explain(err, "%s", name);
	*out = gw_value_time(at);
	return true;
}

/* {namespace, flowId?, states?, startDate?, endDate?} -> a number */
static json_t *answer_count(struct question *q, struct gw_error *err)
{
	struct gw_value states[20], start, end;
	struct gw_filter filters[5];
	unsigned n = 0, n_states;
	uint64_t count;
	const struct gw_value namespace =
		gw_value_string(text_or(q->arguments, "namespace", q->job->flow->namespace));
	const struct gw_value flow = gw_value_string(gw_json_string(q->arguments, "flowId"));
	if (!add_date(q->arguments, "startDate", &start, err) ||
		!add_date(q->arguments, "endDate", &end, err))
		return NULL;
	filters[n++] = (struct gw_filter){ .compare = flow.is_set ? GW_EQ : GW_UNDER,
		.field = "namespace",
		.values = &namespace,
		.n_values = 1 };
	if (flow.is_set)
		filters[n++] = (struct gw_filter){
			.compare = GW_EQ, .field = "flow", .values = &flow, .n_values = 1
		};
	if (add_state_values(json_object_get(q->arguments, "states"), states, &n_states))
		filters[n++] = (struct gw_filter){
			.compare = GW_EQ, .field = "state", .values = states, .n_values = n_states
		};
	if (start.is_set)
		filters[n++] = (struct gw_filter){
			.compare = GW_GE, .field = "start", .values = &start, .n_values = 1
		};
	if (end.is_set)
		filters[n++] = (struct gw_filter){
			.compare = GW_LE, .field = "start", .values = &end, .n_values = 1
		};
	struct gw_query query = { .kind = &gw_kind_execution,
		.tenant = gw_slice_of(q->job->flow->tenant),
		.filters = filters,
		.n_filters = n };
	if (!gw_store_count(q->engine->store, &query, 0, &count, err))
		return NULL;
	return json_integer((json_int_t)count);
}

/* ---- resume: a paused execution ---- */

struct resume {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool is_answered;
	struct gw_error error;
};

static void hear_resume(void *arg, const struct gw_answer *answer)
{
	struct resume *r = arg;
	gw_locked(&r->lock);
	r->error = answer->error;
	r->is_answered = true;
	pthread_cond_signal(&r->cond);
}

/* {executionId, inputs?} -> true */
static json_t *answer_resume(struct question *q, struct gw_error *err)
{
	struct resume r = { .lock = PTHREAD_MUTEX_INITIALIZER };
	json_t *inputs = json_object_get(q->arguments, "inputs");
	const char *execution = gw_json_string(q->arguments, "executionId");
	if (!execution) {
		gw_fail(err, GW_INVALID, "executionId is missing");
		return NULL;
	}
	gw_cond_init(&r.cond);
	const struct gw_action resume = { q->job->flow->tenant, execution, GW_ACT_RESUME,
		json_pack("{s:O*}", "inputs", inputs), hear_resume, &r };
	gw_engine_act(q->engine, &resume);
	pthread_mutex_lock(&r.lock);
	while (!r.is_answered)
		gw_cond_wait(&r.cond, &r.lock, -1);
	pthread_mutex_unlock(&r.lock);
	pthread_cond_destroy(&r.cond);
	if (r.error.code == GW_OK)
		return json_true();
	*err = r.error;
	return NULL;
}

static const struct {
	const char *name;
	json_t *(*answer)(struct question *q, struct gw_error *err);
} questions[] = {
	{ "logs", answer_logs },
	{ "errorLogs", answer_error_logs },
	{ "count", answer_count },
	{ "resume", answer_resume },
};

json_t *gw_engine_ask(void *arg, const struct gw_job *job, const char *question,
	const json_t *arguments, struct gw_error *err)
{
	struct question q = { arg, job, arguments };
	for (size_t i = 0; i < GW_LEN(questions); i++)
		if (strcmp(questions[i].name, question) == 0)
			return questions[i].answer(&q, err);
	gw_fail(err, GW_INVALID, "the server does not know the question '%s'", question);
	return NULL;
}

/* questions.c - what tasks ask the server: one function a question, one table */
#include "engine/questions.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/json.h"
#include "engine/internal.h"

#include <errno.h>
#include <fcntl.h>

#define ERROR_LINES 25 /* that errorLogs() gives */
#define STATES_MAX 20

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

/* ---- The execution that is meant ---- */

/* One of another namespace is found only if that and its flow are named. */
static bool is_meant(const struct question *q, const struct gw_record *record)
{
	struct gw_slice namespace = record->fields[GW_EXECUTION_NAMESPACE].text;
	const char *own = q->job->flow->namespace;
	const char *flow = gw_json_string(q->arguments, "flowId");
	if (!gw_slice_is(namespace, text_or(q->arguments, "namespace", own)))
		return false;
	return flow ? gw_slice_is(record->fields[GW_EXECUTION_FLOW].text, flow)
		    : gw_slice_is(namespace, own);
}

static bool find_execution(const struct question *q, const char *id, struct gw_record *out,
	void **hold, struct gw_error *err)
{
	struct gw_key key = { gw_slice_of(q->job->flow->tenant), gw_slice_of(id) };
	if (!gw_store_get(q->engine->store, &gw_kind_execution, key, out, hold, err))
		return err->code == GW_NOT_FOUND
			       ? gw_fail(err, GW_NOT_FOUND, "Execution '%s' not found", id)
			       : false;
	return is_meant(q, out) || gw_fail(err, GW_NOT_FOUND, "Execution '%s' not found", id);
}

/* ---- logs: the lines of an execution ---- */

struct line_query {
	struct gw_value values[2];
	struct gw_filter filters[2];
	struct gw_order order;
	struct gw_query query;
};

/* Those of at least a level: all, the oldest first; or some, the newest first. */
static void fill_line_query(struct line_query *l, const struct question *q, const char *prefix,
	enum gw_level least, uint64_t limit)
{
	*l = (struct line_query){ .values = { gw_value_string(prefix), gw_value_number(least) },
		.order = { "at", limit > 0 } };
	l->filters[0] = (struct gw_filter){
		.compare = GW_PREFIX, .field = "key", .values = &l->values[0], .n_values = 1
	};
	l->filters[1] = (struct gw_filter){
		.compare = GW_GE, .field = "level", .values = &l->values[1], .n_values = 1
	};
	l->query = (struct gw_query){ .kind = &gw_kind_log,
		.tenant = gw_slice_of(q->job->flow->tenant),
		.filters = l->filters,
		.n_filters = 2,
		.orders = &l->order,
		.n_orders = 1,
		.limit = limit };
}

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

/* Writes the lines of the tasks that are asked for, one JSON object each. */
static bool write_lines(struct question *q, struct gw_stream *stream, int fd, json_int_t *n,
	struct gw_error *err)
{
	struct gw_record record;
	enum gw_next next;
	const json_t *tasks = json_object_get(q->arguments, "tasksId");
	*n = 0;
	while ((next = gw_stream_next(stream, &record, err)) == GW_NEXT_RECORD) {
		if (!is_asked_for(tasks, record.fields[GW_LOG_TASK].text))
			continue;
		if (!gw_fd_write_all(fd, record.doc.data, record.doc.len, err) ||
			!gw_fd_write_all(fd, "\n", 1, err))
			return false;
		++*n;
	}
	return next == GW_NEXT_DONE;
}

/* {executionId?, namespace?, flowId?, tasksId?, level?} -> {uri, size} */
static json_t *answer_logs(struct question *q, struct gw_error *err)
{
	struct gw_record record;
	struct line_query l;
	gw_auto_free void *hold = NULL;
	gw_auto_str uri = { 0 };
	enum gw_level least = GW_INFO;
	json_int_t n;
	const char *id = text_or(q->arguments, "executionId", q->job->execution);
	gw_auto_free char *prefix = gw_sprintf("%s/", id);
	gw_level_parse(gw_slice_of(text_or(q->arguments, "level", "INFO")), &least);
	if (!find_execution(q, id, &record, &hold, err))
		return NULL;
	fill_line_query(&l, q, prefix, least, 0);
	gw_auto_stream *stream = gw_store_scan(q->engine->store, &l.query, err);
	gw_auto_fd fd = open(q->engine->tasks_folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		gw_fail_errno(err, errno, "%s", q->engine->tasks_folder);
	if (fd < 0 || !stream || !write_lines(q, stream, fd, &n, err))
		return NULL;
	gw_job_place(&uri, q->job);
	gw_str_puts(&uri, "/logs.ion");
	if (!gw_storage_write(q->engine->storage, q->job->flow->tenant, gw_str_text(&uri), fd, err))
		return NULL;
	return json_pack("{s:s, s:I}", "uri", gw_str_text(&uri), "size", n);
}

/* ---- errorLogs: the last lines that tell of errors, a list ---- */

static json_t *answer_error_logs(struct question *q, struct gw_error *err)
{
	struct line_query l;
	struct gw_record record;
	enum gw_next next = GW_NEXT_FAILED;
	json_auto_t *lines = json_array();
	gw_auto_free char *prefix = gw_sprintf("%s/", q->job->execution);
	fill_line_query(&l, q, prefix, GW_ERROR, ERROR_LINES);
	gw_auto_stream *stream = gw_store_scan(q->engine->store, &l.query, err);
	while (stream && (next = gw_stream_next(stream, &record, err)) == GW_NEXT_RECORD) {
		json_t *line = gw_json_parse(record.doc, err);
		if (!line)
			return NULL;
		json_array_append_new(lines, line);
	}
	return next == GW_NEXT_DONE ? json_incref(lines) : NULL;
}

/* ---- count: executions by flow ---- */

/* Which executions are counted: all filters but that of the flow. */
struct counting {
	struct question *q;
	struct gw_value namespace, flow, start, end, states[STATES_MAX];
	struct gw_filter filters[5];
	unsigned n; /* filters, the first of them the namespace */
	json_t *results;
};

static void add_filter(struct counting *c, enum gw_compare compare, const char *field,
	const struct gw_value *values, unsigned n)
{
	c->filters[c->n++] = (struct gw_filter){
		.compare = compare, .field = field, .values = values, .n_values = n
	};
}

static bool read_date(const json_t *arguments, const char *name, struct gw_value *out,
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

static bool open_counting(struct counting *c, struct question *q, struct gw_error *err)
{
	size_t i;
	json_t *state;
	unsigned n_states = 0;
	*c = (struct counting){ .q = q };
	if (!read_date(q->arguments, "startDate", &c->start, err) ||
		!read_date(q->arguments, "endDate", &c->end, err))
		return false;
	add_filter(c, GW_EQ, "namespace", &c->namespace, 1);
	if (c->start.is_set)
		add_filter(c, GW_GE, "start", &c->start, 1);
	if (c->end.is_set)
		add_filter(c, GW_LT, "start", &c->end, 1);
	json_array_foreach (json_object_get(q->arguments, "states"), i, state) {
		if (n_states < STATES_MAX && json_is_string(state))
			c->states[n_states++] = gw_value_string(json_string_value(state));
	}
	if (n_states)
		add_filter(c, GW_EQ, "state", c->states, n_states);
	c->results = json_array();
	return true;
}

/* What expressions of a count see: the run's variables, and the number. */
struct count_scope {
	struct gw_scope scope;
	const json_t *context;
	json_t *count;
};

static const json_t *find_variable(struct gw_scope *scope, const char *name)
{
	const struct count_scope *c = (struct count_scope *)scope;
	return strcmp(name, "count") == 0 ? c->count : json_object_get(c->context, name);
}

/* A flow is part of the result if the expression renders to something true with its number. */
static bool add_result(struct counting *c, const char *namespace, const char *flow, uint64_t n,
	struct gw_error *err)
{
	const struct question *q = c->q;
	json_auto_t *count = json_integer((json_int_t)n);
	struct count_scope scope = { .scope = { .variable = find_variable,
					     .now = gw_clock_now(),
					     .recursive =
						     q->engine->machine_setup.recursive_rendering },
		.context = q->job->context,
		.count = count };
	struct gw_tree *tree = gw_tree_compile(json_object_get(q->arguments, "expression"), err);
	json_auto_t *kept = tree ? gw_tree_render(tree, &scope.scope, false, err) : NULL;
	gw_tree_free(tree);
	if (kept && gw_is_truthy(kept))
		json_array_append_new(c->results,
			json_pack("{s:s, s:s, s:O}", "namespace", namespace, "flowId", flow,
				"count", count));
	return kept || gw_explain(err, "expression");
}

static struct gw_query query_of(const struct counting *c, unsigned n_filters)
{
	return (struct gw_query){ .kind = &gw_kind_execution,
		.tenant = gw_slice_of(c->q->job->flow->tenant),
		.filters = c->filters,
		.n_filters = n_filters };
}

static bool count_flow(struct counting *c, const json_t *flow, struct gw_error *err)
{
	uint64_t n;
	const char *id = gw_json_string(flow, "flowId");
	const char *namespace = text_or(flow, "namespace", c->q->job->flow->namespace);
	if (!id)
		return gw_fail(err, GW_INVALID, "flows: flowId is missing");
	c->namespace = gw_value_string(namespace);
	c->flow = gw_value_string(id);
	c->filters[c->n] = (struct gw_filter){
		.compare = GW_EQ, .field = "flow", .values = &c->flow, .n_values = 1
	};
	struct gw_query query = query_of(c, c->n + 1);
	return gw_store_count(c->q->engine->store, &query, 0, &n, err) &&
	       add_result(c, namespace, id, n, err);
}

static bool count_namespace(struct counting *c, const char *namespace, struct gw_error *err)
{
	struct gw_count *counts;
	size_t n;
	c->namespace = gw_value_string(namespace);
	struct gw_query query = query_of(c, c->n);
	if (!gw_store_count_by(c->q->engine->store, &query, "flow", &counts, &n, err))
		return false;
	bool done = true;
	for (size_t i = 0; done && i < n; i++)
		done = add_result(c, namespace, counts[i].value, counts[i].n, err);
	gw_counts_free(counts, n);
	return done;
}

static bool count_all(struct counting *c, struct gw_error *err)
{
	size_t i;
	json_t *item;
	json_array_foreach (json_object_get(c->q->arguments, "flows"), i, item) {
		if (!count_flow(c, item, err))
			return false;
	}
	json_array_foreach (json_object_get(c->q->arguments, "namespaces"), i, item) {
		if (json_is_string(item) && !count_namespace(c, json_string_value(item), err))
			return false;
	}
	return true;
}

/* {flows?, namespaces?, states?, startDate, endDate?, expression} ->
 * {results: [{namespace, flowId, count}]} */
static json_t *answer_count(struct question *q, struct gw_error *err)
{
	struct counting c;
	json_t *answer = NULL;
	if (!open_counting(&c, q, err))
		return NULL;
	if (count_all(&c, err))
		answer = json_pack("{s:O}", "results", c.results);
	json_decref(c.results);
	return answer;
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

static bool resume_and_wait(struct question *q, const char *execution, struct gw_error *err)
{
	struct resume r = { .lock = PTHREAD_MUTEX_INITIALIZER };
	json_t *inputs = json_object_get(q->arguments, "inputs");
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
		return true;
	*err = r.error;
	return false;
}

/* The oldest paused execution of the flow that is named; for free(). */
static char *find_paused(const struct question *q, const char *flow, struct gw_error *err)
{
	struct gw_record record;
	const struct gw_value values[] = {
		gw_value_string(text_or(q->arguments, "namespace", q->job->flow->namespace)),
		gw_value_string(flow),
		gw_value_string(gw_state_name(GW_PAUSED)),
	};
	const struct gw_filter filters[] = {
		{ .compare = GW_EQ, .field = "namespace", .values = &values[0], .n_values = 1 },
		{ .compare = GW_EQ, .field = "flow", .values = &values[1], .n_values = 1 },
		{ .compare = GW_EQ, .field = "state", .values = &values[2], .n_values = 1 },
	};
	struct gw_query query = { .kind = &gw_kind_execution,
		.tenant = gw_slice_of(q->job->flow->tenant),
		.filters = filters,
		.n_filters = GW_LEN(filters),
		.limit = 1 };
	gw_auto_stream *stream = gw_store_scan(q->engine->store, &query, err);
	enum gw_next next = stream ? gw_stream_next(stream, &record, err) : GW_NEXT_FAILED;
	if (next == GW_NEXT_RECORD)
		return gw_slice_dup(record.key);
	if (next == GW_NEXT_DONE)
		gw_fail(err, GW_NOT_FOUND, "no execution of flow '%s' is paused", flow);
	return NULL;
}

/* {executionId?, namespace?, flowId?, inputs?} -> {id, namespace, flowId} */
static json_t *answer_resume(struct question *q, struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	const char *given = gw_json_string(q->arguments, "executionId");
	const char *flow = gw_json_string(q->arguments, "flowId");
	gw_auto_free char *id = !given && flow ? find_paused(q, flow, err)
					       : gw_strdup(given ? given : q->job->execution);
	if (!id || !find_execution(q, id, &record, &hold, err) || !resume_and_wait(q, id, err))
		return NULL;
	struct gw_slice namespace = record.fields[GW_EXECUTION_NAMESPACE].text;
	struct gw_slice of_flow = record.fields[GW_EXECUTION_FLOW].text;
	return json_pack("{s:s, s:s%, s:s%}", "id", id, "namespace", namespace.data, namespace.len,
		"flowId", of_flow.data, of_flow.len);
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
	if (q.engine->ask)
		return q.engine->ask(q.engine->ask_arg, question, arguments, err);
	gw_fail(err, GW_INVALID, "the server does not know the question '%s'", question);
	return NULL;
}

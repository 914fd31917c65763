/* execution_json.c - executions and task runs as JSON, in Kestra's shape, and back */
#include "model/execution.h"

#include "base/json.h"
#include "base/mem.h"

/* ---- Printing ---- */

static void print_string(struct gw_str *out, const char *name, const char *text)
{
	if (text)
		gw_json_text(out, name, gw_slice_of(text));
}

static void print_member(struct gw_str *out, const char *name, const json_t *value)
{
	if (value)
		gw_json_value(out, name, value);
}

static void print_cause(struct gw_str *out, const struct gw_cause *cause)
{
	if (!cause->id)
		return;
	gw_json_key(out, "trigger");
	gw_str_putc(out, '{');
	print_string(out, "id", cause->id);
	print_string(out, "type", cause->type);
	print_member(out, "variables", cause->variables);
	gw_str_putc(out, '}');
}

static void print_time(struct gw_str *out, const char *name, gw_time at)
{
	if (at != GW_NEVER)
		gw_json_time(out, name, at);
}

/* What only this program reads. */
static void print_own(struct gw_str *out, const struct gw_execution *exec)
{
	if (exec->trigger_date == GW_NEVER && exec->retry_at == GW_NEVER && !exec->backfill &&
		!exec->gate && !exec->applied)
		return;
	gw_json_key(out, "godwit");
	gw_str_putc(out, '{');
	print_time(out, "triggerDate", exec->trigger_date);
	print_time(out, "retryAt", exec->retry_at);
	print_string(out, "backfill", exec->backfill);
	print_string(out, "gate", exec->gate);
	print_member(out, "applied", exec->applied);
	gw_str_putc(out, '}');
}

void gw_execution_print(struct gw_str *out, const struct gw_execution *exec)
{
	gw_str_putc(out, '{');
	print_string(out, "id", exec->id.text);
	print_string(out, "namespace", exec->flow->namespace);
	print_string(out, "flowId", exec->flow->id);
	gw_json_int(out, "flowRevision", exec->flow->revision);
	print_member(out, "inputs", exec->inputs);
	print_member(out, "outputs", exec->outputs);
	gw_json_key(out, "labels");
	gw_labels_print(out, &exec->labels);
	print_member(out, "variables", exec->variables);
	gw_json_key(out, "state");
	gw_history_print(out, &exec->state);
	print_string(out, "parentId", exec->parent_id);
	print_string(out, "originalId", exec->original_id ? exec->original_id : exec->id.text);
	print_cause(out, &exec->cause);
	gw_json_bool(out, "deleted", false);
	gw_json_key(out, "metadata");
	gw_str_putc(out, '{');
	gw_json_int(out, "attemptNumber", exec->attempt_number);
	print_time(out, "originalCreatedDate", exec->original_created);
	gw_str_putc(out, '}');
	print_time(out, "scheduleDate", exec->schedule_date);
	print_own(out, exec);
	gw_str_putc(out, '}');
}

static void print_attempts(struct gw_str *out, const struct gw_taskrun *run)
{
	gw_json_key(out, "attempts");
	gw_str_putc(out, '[');
	for (size_t i = 0; i < run->n_attempts; i++) {
		gw_json_comma(out);
		gw_str_putc(out, '{');
		gw_json_key(out, "state");
		gw_history_print(out, &run->attempts[i].state);
		gw_str_putc(out, '}');
	}
	gw_str_putc(out, ']');
}

void gw_taskrun_print(struct gw_str *out, const struct gw_execution *exec,
	const struct gw_taskrun *run)
{
	if (run->is_dropped) {
		gw_str_puts(out, "{}");
		return;
	}
	gw_str_putc(out, '{');
	print_string(out, "id", run->id.text);
	print_string(out, "executionId", exec->id.text);
	print_string(out, "namespace", exec->flow->namespace);
	print_string(out, "flowId", exec->flow->id);
	print_string(out, "taskId", run->task->id);
	print_string(out, "parentTaskRunId", run->parent ? run->parent->id.text : NULL);
	print_string(out, "value", run->value);
	if (run->n_attempts)
		print_attempts(out, run);
	if (run->outputs)
		gw_json_value(out, "outputs", run->outputs);
	else
		gw_json_raw(out, "outputs", gw_slice("{}", 2));
	gw_json_key(out, "state");
	gw_history_print(out, &run->state);
	if (run->iteration >= 0)
		gw_json_int(out, "iteration", run->iteration);
	if (run->lane)
		gw_json_int(out, "lane", run->lane);
	if (run->round)
		gw_json_int(out, "round", run->round);
	if (run->round_of_parent)
		gw_json_int(out, "ofRound", run->round_of_parent);
	print_time(out, "wakeAt", run->wake_at);
	print_member(out, "plan", run->plan);
	gw_str_putc(out, '}');
}

void gw_execution_join(struct gw_str *out, struct gw_slice execution, const struct gw_slice *runs,
	size_t n_runs)
{
	if (n_runs == 0) {
		gw_str_add(out, execution.data, execution.len);
		return;
	}
	gw_str_add(out, execution.data, execution.len - 1);
	gw_json_key(out, "taskRunList");
	gw_str_putc(out, '[');
	for (size_t i = 0; i < n_runs; i++) {
		if (gw_slice_is(runs[i], "{}"))
			continue; /* dropped */
		gw_json_comma(out);
		gw_str_add(out, runs[i].data, runs[i].len);
	}
	gw_str_puts(out, "]}");
}

/* ---- Reading ---- */

static bool read_time(const json_t *object, const char *name, gw_time *out, struct gw_error *err)
{
	const char *text = gw_json_string(object, name);
	*out = GW_NEVER;
	return !text || gw_time_parse(gw_slice_of(text), gw_zone_utc(), out, err);
}

static char *read_string(const json_t *object, const char *name)
{
	return gw_strdup(gw_json_string(object, name));
}

static json_t *read_member(const json_t *object, const char *name)
{
	return json_incref(json_object_get(object, name));
}

static bool read_id(const json_t *doc, const char *name, struct gw_id *out, struct gw_error *err)
{
	const char *text = gw_json_string(doc, name);
	if (!text || strlen(text) > GW_ID_LEN)
		return gw_fail(err, GW_INTERNAL, "'%s' is missing or too long", name);
	memset(out, 0, sizeof(*out));
	memcpy(out->text, text, strlen(text));
	return true;
}

static void read_cause(const json_t *trigger, struct gw_cause *out)
{
	out->id = read_string(trigger, "id");
	out->type = read_string(trigger, "type");
	out->variables = read_member(trigger, "variables");
}

static bool fill_execution(struct gw_execution *exec, const json_t *doc, struct gw_error *err)
{
	const json_t *own = json_object_get(doc, "godwit");
	const json_t *metadata = json_object_get(doc, "metadata");
	exec->inputs = read_member(doc, "inputs");
	exec->outputs = read_member(doc, "outputs");
	exec->variables = read_member(doc, "variables");
	exec->parent_id = read_string(doc, "parentId");
	exec->original_id = read_string(doc, "originalId");
	exec->backfill = read_string(own, "backfill");
	exec->gate = read_string(own, "gate");
	exec->applied = read_member(own, "applied");
	read_cause(json_object_get(doc, "trigger"), &exec->cause);
	exec->attempt_number = (int)json_integer_value(json_object_get(metadata, "attemptNumber"));
	exec->is_stored = true;
	return gw_labels_read(&exec->labels, json_object_get(doc, "labels"), err) &&
	       gw_history_read(json_object_get(doc, "state"), &exec->state, err) &&
	       read_time(metadata, "originalCreatedDate", &exec->original_created, err) &&
	       read_time(doc, "scheduleDate", &exec->schedule_date, err) &&
	       read_time(own, "triggerDate", &exec->trigger_date, err) &&
	       read_time(own, "retryAt", &exec->retry_at, err);
}

struct gw_execution *gw_execution_read(const char *tenant, const json_t *doc, struct gw_flow *flow,
	struct gw_error *err)
{
	struct gw_id id;
	if (!read_id(doc, "id", &id, err))
		return NULL;
	struct gw_execution *exec = gw_execution_new(tenant, flow, id);
	if (fill_execution(exec, doc, err))
		return exec;
	gw_explain(err, "execution %s", id.text);
	gw_execution_free(exec);
	return NULL;
}

static bool read_attempts(struct gw_taskrun *run, const json_t *attempts, struct gw_error *err)
{
	size_t i;
	json_t *attempt;
	json_array_foreach (attempts, i, attempt) {
		struct gw_attempt *a = gw_taskrun_add_attempt(run);
		if (!gw_history_read(json_object_get(attempt, "state"), &a->state, err))
			return false;
	}
	return true;
}

static int read_int(const json_t *doc, const char *name, int absent)
{
	const json_t *value = json_object_get(doc, name);
	return json_is_integer(value) ? (int)json_integer_value(value) : absent;
}

static bool fill_run(struct gw_execution *exec, struct gw_taskrun *run, const json_t *doc,
	struct gw_error *err)
{
	const char *task = gw_json_string(doc, "taskId");
	const char *parent = gw_json_string(doc, "parentTaskRunId");
	run->task = task ? gw_map_find(&exec->flow->tasks_by_id, task) : NULL;
	if (!run->task)
		return gw_fail(err, GW_INTERNAL, "the flow has no task '%s'", task ? task : "");
	run->parent = parent ? gw_execution_find_run(exec, gw_slice_of(parent)) : NULL;
	if (parent && !run->parent)
		return gw_fail(err, GW_INTERNAL, "its parent %s is missing", parent);
	json_t *outputs = json_object_get(doc, "outputs");
	run->outputs = json_object_size(outputs) ? json_incref(outputs) : NULL;
	run->value = read_string(doc, "value");
	run->plan = read_member(doc, "plan");
	run->iteration = read_int(doc, "iteration", -1);
	run->lane = (unsigned)read_int(doc, "lane", 0);
	run->round = read_int(doc, "round", 0);
	run->round_of_parent = read_int(doc, "ofRound", 0);
	return read_id(doc, "id", &run->id, err) && read_time(doc, "wakeAt", &run->wake_at, err) &&
	       gw_history_read(json_object_get(doc, "state"), &run->state, err) &&
	       read_attempts(run, json_object_get(doc, "attempts"), err);
}

struct gw_taskrun *gw_taskrun_read(struct gw_execution *exec, const json_t *doc,
	struct gw_error *err)
{
	struct gw_taskrun *run = gw_new(struct gw_taskrun);
	run->iteration = -1;
	run->is_dropped = json_object_size(doc) == 0;
	if (!run->is_dropped && !fill_run(exec, run, doc, err)) {
		gw_explain(err, "task run %zu of execution %s", exec->n_runs, exec->id.text);
		gw_taskrun_free(run);
		return NULL;
	}
	run->is_stored = true;
	gw_execution_append(exec, run);
	return run;
}

/* act.c - what can be done to an execution: one function an action, one table */
#include "engine/internal.h"

#include "base/json.h"
#include "base/log.h"
#include "engine/block.h"

/* How an execution came to be, and what became of it, as Kestra marks it. */
#define REPLAY_LABEL "system.replay"
#define REPLAYED_LABEL "system.replayed"
#define RESTARTED_LABEL "system.restarted"

void gw_request_free(struct gw_request *request)
{
	if (!request)
		return;
	free(request->tenant);
	free(request->execution);
	json_decref(request->arguments);
	gw_machine_free(request->loaded);
	free(request);
}

/* One action under way. */
struct act {
	struct gw_engine *engine;
	struct gw_machine *m;
	const json_t *arguments;
	gw_time now;
	struct gw_machine **made;
	struct gw_id id; /* of a new execution */
	const char *mark; /* its label: how it came to be */
};

static enum gw_state state_of(const struct act *a)
{
	return gw_history_state(&a->m->exec->state);
}

/* ---- Running executions ---- */

static bool act_kill(struct act *a, struct gw_error *err)
{
	return gw_machine_kill(a->m, a->now, err);
}

static bool act_pause(struct act *a, struct gw_error *err)
{
	return gw_machine_pause(a->m, a->now, err);
}

static bool act_resume(struct act *a, struct gw_error *err)
{
	return gw_machine_resume(a->m, json_object_get(a->arguments, "inputs"), a->now, err);
}

/* A place became free for a queued execution. */
static bool act_admit(struct act *a, struct gw_error *err)
{
	if (state_of(a) != GW_QUEUED)
		return gw_fail(err, GW_CONFLICT, "execution %s does not wait any more",
			a->m->exec->id.text);
	gw_machine_admit(a->m, gw_json_string(a->arguments, "gate"), a->now);
	return true;
}

/* A queued execution starts, or ends as somebody wants it. */
static bool act_unqueue(struct act *a, struct gw_error *err)
{
	enum gw_state state = GW_RUNNING;
	const char *wanted = gw_json_string(a->arguments, "state");
	if (state_of(a) != GW_QUEUED)
		return gw_fail(err, GW_INVALID, "Only QUEUED execution can be unqueued");
	if (wanted && !gw_state_parse(gw_slice_of(wanted), &state))
		return gw_fail(err, GW_INVALID, "'%s' is no state", wanted);
	if (state == GW_RUNNING)
		gw_machine_start(a->m, a->now);
	else
		gw_machine_end_unstarted(a->m, state, "Taken from the queue", a->now);
	return true;
}

static bool act_force_run(struct act *a, struct gw_error *err)
{
	enum gw_state state = state_of(a);
	if (gw_state_is_terminal(state))
		return gw_fail(err, GW_INVALID,
			"Only non terminated executions can be forced run.");
	if (state == GW_PAUSED)
		return gw_machine_resume(a->m, NULL, a->now, err);
	if (state == GW_CREATED || state == GW_QUEUED) {
		a->m->exec->schedule_date = GW_NEVER;
		a->m->is_forced = true;
		gw_machine_start(a->m, a->now);
	}
	return true;
}

/* ---- Ended executions ---- */

static bool set_label(struct act *a, const json_t *label, struct gw_error *err)
{
	const char *key = gw_json_string(label, "key"), *value = gw_json_string(label, "value");
	if (!key || !value)
		return gw_fail(err, GW_INVALID, "a label must have a 'key' and a 'value'");
	if (*key == '\0' && *value == '\0')
		return true;
	const char *now = gw_labels_get(&a->m->exec->labels, key);
	if (gw_label_is_system(key) && (!now || strcmp(now, value) != 0))
		return gw_fail(err, GW_INVALID,
			"System labels can only be set by Kestra itself, offending label: %s=%s",
			key, value);
	gw_labels_set(&a->m->exec->labels, key, value);
	return true;
}

static bool act_labels(struct act *a, struct gw_error *err)
{
	size_t i;
	json_t *label;
	if (!gw_state_is_terminal(state_of(a)))
		return gw_fail(err, GW_BAD_REQUEST, "The execution is not terminated");
	json_array_foreach (json_object_get(a->arguments, "labels"), i, label) {
		if (!set_label(a, label, err))
			return false;
	}
	a->m->exec->is_dirty = true;
	return true;
}

static bool act_status(struct act *a, struct gw_error *err)
{
	enum gw_state wanted;
	const char *name = gw_json_string(a->arguments, "status");
	if (!name || !gw_state_parse(gw_slice_of(name), &wanted) || !gw_state_is_terminal(wanted))
		return gw_fail(err, GW_INVALID,
			"You can only change the status of an execution to a terminal state.");
	if (!gw_state_is_terminal(state_of(a)))
		return gw_fail(err, GW_INVALID,
			"You can only change the status of a terminated execution.");
	a->m->now = a->now;
	gw_machine_set(a->m, wanted);
	return true;
}

/* ---- New executions from old ones ---- */

static struct gw_flow *flow_of_revision(struct act *a, struct gw_error *err)
{
	struct gw_flow *flow = a->m->exec->flow;
	const json_t *revision = json_object_get(a->arguments, "revision");
	if (!json_is_integer(revision))
		return gw_flow_ref(flow);
	return gw_engine_flow(a->engine, flow->tenant, flow->namespace, flow->id,
		(int)json_integer_value(revision), err);
}

static struct gw_execution *copy_execution(struct act *a, struct gw_flow *flow)
{
	const struct gw_execution *old = a->m->exec;
	struct gw_execution *exec = gw_execution_new(old->tenant, flow, a->id);
	const json_t *inputs = json_object_get(a->arguments, "inputs");
	exec->inputs = inputs ? json_deep_copy(inputs) : json_incref(old->inputs);
	exec->variables = json_copy(old->variables);
	for (size_t i = 0; i < old->labels.n; i++)
		gw_labels_add(&exec->labels, old->labels.items[i].key, old->labels.items[i].value);
	gw_labels_set(&exec->labels, a->mark, "true");
	exec->cause = (struct gw_cause){ gw_strdup(old->cause.id), gw_strdup(old->cause.type),
		json_incref(old->cause.variables) };
	exec->parent_id = gw_strdup(old->id.text);
	exec->original_id = gw_strdup(old->original_id ? old->original_id : old->id.text);
	exec->attempt_number = old->attempt_number + 1;
	exec->original_created = old->original_created;
	exec->schedule_date = old->schedule_date;
	exec->trigger_date = old->trigger_date;
	exec->is_dirty = true;
	return exec;
}

static bool copy_run(struct gw_execution *exec, const struct gw_execution *old,
	const struct gw_taskrun *run, struct gw_error *err)
{
	if (!gw_map_find(&exec->flow->tasks_by_id, run->task->id))
		return gw_fail(err, GW_INVALID, "revision %d of the flow has no task '%s'",
			exec->flow->revision, run->task->id);
	struct gw_str text = { 0 };
	gw_taskrun_print(&text, old, run);
	json_auto_t *doc = gw_json_parse(gw_str_slice(&text), err);
	gw_str_clear(&text);
	struct gw_taskrun *copy = doc ? gw_taskrun_read(exec, doc, err) : NULL;
	if (!copy)
		return false;
	copy->is_stored = false;
	return true;
}

/* Those that ended before the chosen one, what encloses it, and the chosen one itself. */
static bool is_kept(const struct gw_taskrun *run, const struct gw_taskrun *chosen)
{
	for (const struct gw_taskrun *up = chosen; up; up = up->parent)
		if (up == run)
			return true;
	return run->ordinal < chosen->ordinal && !run->is_dropped &&
	       gw_state_is_terminal(gw_history_state(&run->state));
}

static bool copy_runs(struct gw_execution *exec, const struct gw_execution *old,
	const struct gw_taskrun *chosen, struct gw_error *err)
{
	for (unsigned i = 0; i <= chosen->ordinal; i++)
		if (is_kept(old->runs[i], chosen) && !copy_run(exec, old, old->runs[i], err))
			return false;
	return true;
}

/* Copies get ids of their own; parents are pointers, so they follow. */
static void reopen_runs(struct gw_machine *made, gw_time now)
{
	struct gw_execution *exec = made->exec;
	made->now = now;
	for (size_t i = 0; i < exec->n_runs; i++) {
		exec->runs[i]->id = gw_id_new(now);
		gw_taskrun_touch(made, exec->runs[i]);
	}
	struct gw_taskrun *chosen = exec->runs[exec->n_runs - 1];
	gw_taskrun_set(made, chosen, GW_RESTARTED);
	for (struct gw_taskrun *up = chosen->parent; up; up = up->parent)
		gw_taskrun_set(made, up, GW_RUNNING);
}

/* From the first task, or from the task run that arguments name. */
static bool replay_from(struct act *a, struct gw_execution *exec, struct gw_error *err)
{
	const struct gw_execution *old = a->m->exec;
	const char *id = gw_json_string(a->arguments, "taskRunId");
	const struct gw_taskrun *chosen = id ? gw_execution_find_run(old, gw_slice_of(id)) : NULL;
	if (id && !chosen)
		return gw_fail(err, GW_INVALID, "execution %s has no task run %s", old->id.text,
			id);
	if (chosen && !copy_runs(exec, old, chosen, err))
		return false;
	struct gw_machine *made = gw_machine_new(a->m->setup, exec);
	*a->made = made;
	if (!chosen) {
		gw_history_add(&exec->state, GW_CREATED, a->now);
		gw_machine_start(made, a->now);
		return true;
	}
	gw_history_copy(&exec->state, &old->state);
	reopen_runs(made, a->now);
	gw_machine_set(made, GW_RESTARTED);
	gw_machine_set(made, GW_RUNNING);
	gw_machine_resume_work(made, true, a->now);
	return true;
}

static bool replay_with_flow(struct act *a, struct gw_error *err)
{
	struct gw_flow *flow = flow_of_revision(a, err);
	if (!flow)
		return false;
	struct gw_execution *exec = copy_execution(a, flow);
	gw_flow_unref(&flow);
	if (replay_from(a, exec, err))
		return true;
	if (!*a->made)
		gw_execution_free(exec);
	return false;
}

static bool act_replay(struct act *a, struct gw_error *err)
{
	if (!replay_with_flow(a, err))
		return false;
	gw_labels_set(&a->m->exec->labels, REPLAYED_LABEL, "true");
	a->m->exec->is_dirty = true;
	return true;
}

/* The first run that failed is where a restart with another revision begins. */
static bool act_restart(struct act *a, struct gw_error *err)
{
	if (!json_is_integer(json_object_get(a->arguments, "revision"))) {
		if (!gw_machine_restart(a->m, a->now, err))
			return false;
		gw_labels_set(&a->m->exec->labels, RESTARTED_LABEL, "true");
		return true;
	}
	if (!gw_state_is_terminal(state_of(a)))
		return gw_fail(err, GW_CONFLICT,
			"Execution must be terminated to be restarted, current state is '%s' !",
			gw_state_name(state_of(a)));
	json_auto_t *arguments = json_copy((json_t *)(uintptr_t)a->arguments);
	for (size_t i = 0; i < a->m->exec->n_runs; i++) {
		const struct gw_taskrun *run = a->m->exec->runs[i];
		if (gw_history_state(&run->state) == GW_FAILED &&
			run->task->type->mode != GW_TASK_FLOWABLE) {
			json_object_set_new(arguments, "taskRunId", json_string(run->id.text));
			break;
		}
	}
	struct act replay = *a;
	replay.arguments = arguments;
	replay.mark = RESTARTED_LABEL;
	return replay_with_flow(&replay, err);
}

/* A person says how a task run ended; the execution goes on from there. */
static bool act_taskrun_state(struct act *a, struct gw_error *err)
{
	enum gw_state wanted;
	const char *id = gw_json_string(a->arguments, "taskRunId");
	const char *name = gw_json_string(a->arguments, "state");
	struct gw_taskrun *run = id ? gw_execution_find_run(a->m->exec, gw_slice_of(id)) : NULL;
	if (!run)
		return gw_fail(err, GW_NOT_FOUND, "execution %s has no task run %s",
			a->m->exec->id.text, id ? id : "");
	if (!name || !gw_state_parse(gw_slice_of(name), &wanted))
		return gw_fail(err, GW_INVALID, "'%s' is no state", name ? name : "");
	return gw_machine_set_run(a->m, run, wanted, a->now, err);
}

static bool (*const actions[])(struct act *a, struct gw_error *err) = {
	[GW_ACT_KILL] = act_kill,
	[GW_ACT_PAUSE] = act_pause,
	[GW_ACT_RESUME] = act_resume,
	[GW_ACT_RESTART] = act_restart,
	[GW_ACT_REPLAY] = act_replay,
	[GW_ACT_LABELS] = act_labels,
	[GW_ACT_STATUS] = act_status,
	[GW_ACT_TASKRUN_STATE] = act_taskrun_state,
	[GW_ACT_ADMIT] = act_admit,
	[GW_ACT_UNQUEUE] = act_unqueue,
	[GW_ACT_FORCE_RUN] = act_force_run,
};

bool gw_act(struct gw_engine *engine, struct gw_machine *m, struct gw_request *request, gw_time now,
	struct gw_machine **made, struct gw_error *err)
{
	struct act a = { engine, m, request->arguments, now, made, gw_id_new(now), REPLAY_LABEL };
	bool is_parked = !m->root && m->exec->n_runs > 0;
	if (is_parked && !gw_state_is_terminal(state_of(&a)))
		gw_machine_resume_work(m, engine->run_again, now);
	return actions[request->type](&a, err);
}

struct gw_machine *gw_act_retry(struct gw_engine *engine, struct gw_machine *m, gw_time now)
{
	struct gw_error err;
	struct gw_machine *made = NULL;
	const char *const cause[] = { m->exec->tenant, m->exec->id.text, "retry", NULL };
	struct gw_id id = gw_id_derive(m->exec->retry_at, cause);
	struct act a = { engine, m, NULL, now, &made, id, REPLAY_LABEL };
	if (!replay_with_flow(&a, &err))
		gw_log(GW_ERROR, "engine", "retrying %s: %s", m->exec->id.text, err.message);
	m->exec->retry_at = GW_NEVER;
	m->exec->is_dirty = true;
	return made;
}

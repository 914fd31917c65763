/* taskrun.c - one task run: whether it runs, how it ends, when it is tried again */
#include "engine/block.h"

#include "base/mem.h"
#include "metrics/metrics.h"

#include <sodium.h>

void gw_taskrun_touch(struct gw_machine *m, struct gw_taskrun *run)
{
	m->exec->is_dirty = true;
	if (run->is_dirty)
		return;
	run->is_dirty = true;
	m->dirty = gw_grow(m->dirty, m->n_dirty, &m->cap_dirty);
	m->dirty[m->n_dirty++] = run;
}

void gw_taskrun_set(struct gw_machine *m, struct gw_taskrun *run, enum gw_state state)
{
	gw_history_add(&run->state, state, m->now);
	gw_taskrun_touch(m, run);
	if (!gw_state_is_terminal(state))
		return;
	gw_meter_add_state(GW_METER_TASKRUN_ENDED, state, 1);
	gw_meter_time_state(GW_METER_TASKRUN_DURATION, state,
		m->now - gw_history_start(&run->state));
}

void gw_taskrun_set_timer(struct gw_machine *m, struct gw_taskrun *run, gw_time at)
{
	run->wake_at = at;
	gw_taskrun_touch(m, run);
	m->timers = gw_grow(m->timers, m->n_timers, &m->cap_timers);
	m->timers[m->n_timers++] = run;
}

/* ---- What a run did ---- */

static void add_entry(struct gw_machine *m, struct gw_taskrun *run, struct gw_entry entry)
{
	entry.run = run;
	entry.attempt = run->n_attempts ? run->n_attempts - 1 : 0;
	m->entries = gw_grow(m->entries, m->n_entries, &m->cap_entries);
	m->entries[m->n_entries++] = entry;
	m->exec->is_dirty = true;
}

static void hide_secrets(const struct gw_machine *m, struct gw_line *line)
{
	struct gw_str hidden = { 0 };
	if (m->mask.n == 0 || !gw_mask_apply(&m->mask, gw_slice(line->text, line->len), &hidden))
		return;
	free(line->text);
	line->len = hidden.len;
	line->text = gw_str_steal(&hidden);
}

/* Lines and metrics move to the machine. */
static void take_entries(struct gw_machine *m, struct gw_taskrun *run, struct gw_effects *e)
{
	for (size_t i = 0; i < e->n_lines; i++) {
		hide_secrets(m, &e->lines[i]);
		if (e->lines[i].level < run->task->log_level)
			free(e->lines[i].text);
		else
			add_entry(m, run,
				(struct gw_entry){ .number = run->line++, .line = e->lines[i] });
	}
	for (size_t i = 0; i < e->n_metrics; i++)
		add_entry(m, run,
			(struct gw_entry){ .number = run->n_metrics++, .metric = e->metrics[i] });
	e->n_lines = e->n_metrics = 0;
}

static void take_labels(struct gw_machine *m, const json_t *labels)
{
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)(uintptr_t)labels, key, value) {
		gw_labels_set(&m->exec->labels, key, json_string_value(value));
		m->exec->is_dirty = true;
	}
}

void gw_taskrun_take_effects(struct gw_machine *m, struct gw_taskrun *run, struct gw_effects *e)
{
	take_entries(m, run, e);
	take_labels(m, e->labels);
	if (e->variables) {
		if (!m->exec->variables)
			m->exec->variables = json_object();
		json_object_update(m->exec->variables, e->variables);
		m->exec->is_dirty = true;
	}
	if (e->outputs) {
		json_decref(run->outputs);
		run->outputs = gw_steal(&e->outputs);
		gw_taskrun_touch(m, run);
	}
	gw_effects_clear(e);
}

/* ---- Retry ---- */

static int64_t retry_delay(const struct gw_retry *r, size_t n_attempts)
{
	if (r->type == GW_RETRY_RANDOM) {
		int64_t span = r->max_interval_us - r->interval_us;
		return r->interval_us +
		       (span > 0 ? (int64_t)randombytes_uniform((uint32_t)(span / 1000)) * 1000
				 : 0);
	}
	if (r->type == GW_RETRY_CONSTANT)
		return r->interval_us;
	double delay = (double)r->interval_us;
	for (size_t i = 1; i < n_attempts && delay < (double)r->max_interval_us; i++)
		delay *= r->factor;
	return delay < (double)r->max_interval_us ? (int64_t)delay : r->max_interval_us;
}

/* When a failed run is tried again; GW_NEVER = not any more. A retry that makes a new execution
 * counts executions instead of attempts. */
static gw_time retry_at(const struct gw_machine *m, const struct gw_taskrun *run)
{
	const struct gw_retry *r = &run->task->retry;
	const struct gw_execution *exec = m->exec;
	size_t n = r->new_execution ? (size_t)exec->attempt_number : run->n_attempts;
	if (r->type == GW_RETRY_NONE || (r->max_attempts && n >= (size_t)r->max_attempts))
		return GW_NEVER;
	gw_time at = m->now + retry_delay(r, n);
	gw_time first = r->new_execution ? exec->original_created
					 : gw_history_start(&run->attempts[0].state);
	if (r->max_duration_us && at > first + r->max_duration_us)
		return GW_NEVER;
	return at;
}

/* The same run once more, or the whole execution anew: then this one ends RETRIED. */
static void retry(struct gw_machine *m, struct gw_taskrun *run, gw_time at)
{
	if (run->task->retry.new_execution) {
		m->exec->retry_at = at;
		gw_machine_end_early(m, GW_RETRIED);
		return;
	}
	gw_taskrun_set(m, run, GW_RETRYING);
	gw_machine_follow(m, GW_RETRYING);
	gw_taskrun_set_timer(m, run, at);
}

/* ---- Ending ---- */

static enum gw_state allowed_state(const struct gw_taskrun *run, enum gw_state state)
{
	if (state == GW_SUCCESS && run->task->retry.warning_on_retry && run->n_attempts > 1)
		state = GW_WARNING;
	if (state == GW_FAILED && run->task->allow_failure)
		state = GW_WARNING;
	if (state == GW_WARNING && run->task->allow_warning)
		state = GW_SUCCESS;
	return state;
}

static void end_attempt(struct gw_machine *m, struct gw_taskrun *run, enum gw_state state)
{
	struct gw_attempt *attempt = gw_taskrun_attempt(run);
	if (attempt && !gw_state_is_terminal(gw_history_state(&attempt->state)))
		gw_history_add(&attempt->state, state, m->now);
}

static void begin_attempt(struct gw_machine *m, struct gw_taskrun *run)
{
	struct gw_attempt *attempt = gw_taskrun_add_attempt(run);
	gw_history_add(&attempt->state, GW_CREATED, m->now);
	gw_history_add(&attempt->state, GW_RUNNING, m->now);
}

/* The run ends in this state, unless it is tried again. */
void gw_taskrun_finish(struct gw_machine *m, struct gw_taskrun *run, enum gw_state state)
{
	bool is_flowable = run->task->type->mode == GW_TASK_FLOWABLE;
	if (is_flowable && run->n_attempts == 0 && state != GW_SKIPPED)
		begin_attempt(m, run);
	end_attempt(m, run, state);
	if (state == GW_FAILED && !is_flowable && !gw_machine_is_stopping(m)) {
		gw_time at = retry_at(m, run);
		if (at != GW_NEVER) {
			retry(m, run, at);
			return;
		}
	}
	run->wake_at = GW_NEVER;
	gw_taskrun_set(m, run, allowed_state(run, state));
	run->block = NULL;
	m->n_live--;
	gw_context_add_outputs(m, run);
	gw_block_child_ended(m, run);
	if (m->n_live == 0)
		gw_block_enqueue(m, m->root);
}

static void fail(struct gw_machine *m, struct gw_taskrun *run, const char *message)
{
	if (run->n_attempts == 0)
		begin_attempt(m, run);
	gw_machine_log(m, run, GW_ERROR, message);
	gw_taskrun_finish(m, run, GW_FAILED);
}

/* ---- Beginning ---- */

/* runIf: true, false, or an error (then *failed). */
static bool wants_to_run(struct gw_machine *m, struct gw_taskrun *run, bool *failed)
{
	struct gw_context c;
	struct gw_error err;
	gw_auto_str text = { 0 };
	*failed = false;
	if (!run->task->run_if)
		return true;
	gw_context_open(&c, m, run);
	bool rendered = gw_template_render(run->task->run_if, &c.scope, &text, &err);
	gw_context_close(&c);
	if (!rendered) {
		*failed = true;
		fail(m, run, err.message);
		return false;
	}
	return !gw_text_is_falsy(gw_str_slice(&text));
}

static json_t *render_properties(struct gw_machine *m, struct gw_taskrun *run, struct gw_error *err)
{
	struct gw_context c;
	gw_context_open(&c, m, run);
	json_t *properties = run->round > 0 ? gw_task_properties_again(run->task, &c.scope, err)
					    : gw_task_properties(run->task, &c.scope, err);
	gw_context_close(&c);
	return properties;
}

static bool plan_lanes(struct gw_machine *m, struct gw_block *b, const json_t *properties,
	struct gw_error *err)
{
	struct gw_taskrun *run = b->owner;
	gw_plan_clear(&b->plan);
	b->plan.task = run->task;
	b->plan.round = run->round;
	b->plan.elapsed_us = m->now - gw_history_start(&run->state);
	b->plan.now = m->now;
	if (!run->task->type->plan(&b->plan, properties, err))
		return false;
	gw_block_set_lanes(b);
	return true;
}

/* Pauses or waits before the lanes start, if the plan says so. */
static void hold_lanes(struct gw_machine *m, struct gw_block *b)
{
	if (b->plan.pauses) {
		b->is_paused = true;
		gw_taskrun_set(m, b->owner, GW_PAUSED);
		gw_machine_follow(m, GW_PAUSED);
	} else if (b->plan.waits) {
		b->is_waiting = true;
	}
	if (b->plan.delay_us > 0)
		gw_taskrun_set_timer(m, b->owner, m->now + b->plan.delay_us);
}

static bool fail_plan(struct gw_machine *m, struct gw_taskrun *run, const struct gw_error *err)
{
	run->block->phase = GW_PHASE_OVER;
	gw_block_enqueue(m, run->block); /* which lets go of it */
	fail(m, run, err->message);
	return false;
}

/* Renders and plans; what was rendered is kept with the run, so that it can be planned again. */
bool gw_taskrun_plan(struct gw_machine *m, struct gw_taskrun *run)
{
	struct gw_error err;
	struct gw_block *b = run->block;
	json_t *properties = render_properties(m, run, &err);
	if (!properties)
		return fail_plan(m, run, &err);
	json_decref(run->plan);
	run->plan = properties;
	gw_taskrun_touch(m, run);
	bool planned = plan_lanes(m, b, properties, &err);
	gw_taskrun_take_effects(m, run, &b->plan.effects);
	gw_context_add_outputs(m, run); /* its tasks see them already */
	if (!planned)
		return fail_plan(m, run, &err);
	hold_lanes(m, b);
	return true;
}

/* What it logged and put out is stored already. */
void gw_taskrun_replan(struct gw_machine *m, struct gw_taskrun *run)
{
	struct gw_error err;
	struct gw_block *b = gw_block_new(run);
	if (!plan_lanes(m, b, run->plan, &err))
		fail_plan(m, run, &err);
	gw_effects_clear(&b->plan.effects);
}

static void begin_flowable(struct gw_machine *m, struct gw_taskrun *run)
{
	struct gw_block *b = gw_block_new(run);
	gw_taskrun_set(m, run, GW_RUNNING);
	gw_block_enqueue(m, b);
	gw_taskrun_plan(m, run);
}

/* gw_run_render of a pure task; self is its context. */
static json_t *render_raw(struct gw_run *task_run, const json_t *raw, struct gw_error *err)
{
	struct gw_context *c = task_run->self;
	struct gw_tree *tree = gw_tree_compile(raw, err);
	json_t *value = tree ? gw_tree_render(tree, &c->scope, false, err) : NULL;
	gw_tree_free(tree);
	return value;
}

static void run_pure(struct gw_machine *m, struct gw_taskrun *run, json_t *properties)
{
	static const struct gw_run_services services = { .render = render_raw };
	struct gw_error err;
	struct gw_context c;
	struct gw_run task_run = { .services = &services,
		.self = &c,
		.now = m->now,
		.least_level = run->task->log_level,
		.effects.state = GW_SUCCESS };
	gw_context_open(&c, m, run);
	bool done = run->task->type->run(&task_run, properties, &err);
	gw_context_close(&c);
	enum gw_state state = done ? task_run.effects.state : GW_FAILED;
	bool ends = task_run.effects.ends_execution;
	enum gw_state end_state = task_run.effects.end_state;
	json_decref(properties);
	gw_taskrun_take_effects(m, run, &task_run.effects);
	if (!done)
		gw_machine_log(m, run, GW_ERROR, err.message);
	gw_taskrun_finish(m, run, state);
	if (ends)
		gw_machine_end_early(m, end_state);
}

static void submit(struct gw_machine *m, struct gw_taskrun *run, json_t *properties)
{
	run->is_submitted = true;
	m->n_submitted++;
	m->effects = gw_grow(m->effects, m->n_effects, &m->cap_effects);
	m->effects[m->n_effects++] = (struct gw_effect){ GW_EFFECT_RUN, run, properties };
}

static void begin_runnable(struct gw_machine *m, struct gw_taskrun *run)
{
	struct gw_error err;
	json_t *properties = NULL;
	bool by_worker = gw_task_needs(run->task) != 0;
	gw_taskrun_set(m, run, GW_RUNNING);
	begin_attempt(m, run);
	if (!by_worker && !(properties = render_properties(m, run, &err)))
		fail(m, run, err.message);
	else if (!by_worker && run->task->type->mode == GW_TASK_PURE && run->task->in_server)
		run_pure(m, run, properties);
	else
		submit(m, run, properties);
}

/* A run that is CREATED, for the first time or again. */
void gw_taskrun_begin(struct gw_machine *m, struct gw_taskrun *run)
{
	bool failed;
	if (!wants_to_run(m, run, &failed)) {
		if (!failed)
			gw_taskrun_finish(m, run, GW_SKIPPED);
		return;
	}
	if (run->task->type->mode == GW_TASK_FLOWABLE)
		begin_flowable(m, run);
	else
		begin_runnable(m, run);
}

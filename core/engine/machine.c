/* machine.c - the execution as a whole: start, pause, kill, restart, end */
#include "engine/machine.h"

#include "base/mem.h"
#include "check/input.h"
#include "engine/block.h"
#include "metrics/metrics.h"

struct gw_machine *gw_machine_new(const struct gw_machine_setup *setup, struct gw_execution *exec)
{
	struct gw_machine *m = gw_new(struct gw_machine);
	m->setup = setup;
	m->exec = exec;
	return m;
}

void gw_machine_drop_entries(struct gw_machine *m)
{
	for (size_t i = 0; i < m->n_entries; i++) {
		free(m->entries[i].line.text);
		free(m->entries[i].metric.name);
		json_decref(m->entries[i].metric.tags);
	}
	m->n_entries = 0;
}

void gw_machine_drop_blocks(struct gw_machine *m)
{
	for (size_t i = m->agenda_head; i < m->n_agenda; i++)
		if (m->agenda[i].block->phase == GW_PHASE_OVER &&
			--m->agenda[i].block->n_on_agenda == 0 && m->agenda[i].block != m->root)
			gw_block_free(m->agenda[i].block);
	for (size_t i = 0; i < m->exec->n_runs; i++)
		gw_block_free(m->exec->runs[i]->block);
	gw_block_free(m->root);
	m->root = NULL;
	m->agenda_head = m->n_agenda = m->n_timers = 0;
	m->n_live = m->n_submitted = 0;
}

void gw_machine_free(struct gw_machine *m)
{
	if (!m)
		return;
	gw_machine_drop_blocks(m);
	for (size_t i = 0; i < m->n_effects; i++)
		json_decref(m->effects[i].properties);
	gw_machine_drop_entries(m);
	free(m->agenda);
	free(m->timers);
	free(m->dirty);
	free(m->effects);
	free(m->entries);
	json_decref(m->outputs);
	json_decref(m->shared);
	gw_mask_clear(&m->mask);
	gw_execution_free(m->exec);
	free(m);
}

void gw_machine_set(struct gw_machine *m, enum gw_state state)
{
	if (gw_history_state(&m->exec->state) == state && m->exec->state.n)
		return;
	gw_history_add(&m->exec->state, state, m->now);
	m->exec->is_dirty = true;
	if (!gw_state_is_terminal(state))
		return;
	gw_meter_add_state(GW_METER_EXECUTION_ENDED, state, 1);
	gw_meter_time_state(GW_METER_EXECUTION_DURATION, state,
		m->now - gw_history_start(&m->exec->state));
}

void gw_machine_follow(struct gw_machine *m, enum gw_state state)
{
	if (!m->is_held && !gw_state_is_terminal(gw_history_state(&m->exec->state)))
		gw_machine_set(m, state);
}

void gw_machine_log(struct gw_machine *m, struct gw_taskrun *run, enum gw_level level,
	const char *text)
{
	struct gw_effects e = { .state = GW_SUCCESS };
	gw_effects_log(&e, m->now, level, gw_slice_of(text));
	if (run) {
		gw_taskrun_take_effects(m, run, &e);
		return;
	}
	for (size_t i = 0; i < e.n_lines; i++) {
		m->entries = gw_grow(m->entries, m->n_entries, &m->cap_entries);
		m->entries[m->n_entries++] =
			(struct gw_entry){ .number = m->exec->line++, .line = e.lines[i] };
	}
	e.n_lines = 0;
	gw_effects_clear(&e);
	m->exec->is_dirty = true;
}

static enum gw_state state_of(const struct gw_machine *m)
{
	return gw_history_state(&m->exec->state);
}

/* ---- Going on ---- */

void gw_machine_go(struct gw_machine *m, gw_time now)
{
	m->now = now;
	while (m->agenda_head < m->n_agenda && m->fresh < GW_FRESH_MAX)
		gw_block_work(m);
}

bool gw_machine_is_cut(const struct gw_machine *m)
{
	return m->agenda_head < m->n_agenda;
}

bool gw_machine_is_over(const struct gw_machine *m)
{
	return gw_state_is_terminal(state_of(m)) && m->n_live == 0 &&
	       (!m->root || m->root->phase == GW_PHASE_OVER);
}

void gw_machine_make_root(struct gw_machine *m)
{
	m->root = gw_block_new(NULL);
	m->root->plan.lanes = gw_new(struct gw_lane);
	m->root->plan.lanes[0] =
		(struct gw_lane){ .branch = &m->exec->flow->tasks, .task = -1, .iteration = -1 };
	m->root->plan.n_lanes = m->root->plan.cap_lanes = 1;
	gw_block_set_lanes(m->root);
}

static bool waits_for_date(const struct gw_machine *m)
{
	return m->exec->schedule_date != GW_NEVER && m->exec->schedule_date > m->now;
}

bool gw_machine_wants_place(const struct gw_machine *m)
{
	return m->exec->flow->concurrency > 0 && state_of(m) == GW_CREATED && !m->exec->gate &&
	       !m->is_forced && !waits_for_date(m) && !m->root;
}

void gw_machine_admit(struct gw_machine *m, const char *gate, gw_time now)
{
	m->now = now;
	free(m->exec->gate);
	m->exec->gate = gw_strdup(gate);
	m->exec->is_dirty = true;
	gw_machine_start(m, now);
}

void gw_machine_queue(struct gw_machine *m, const char *message, gw_time now)
{
	m->now = now;
	gw_machine_log(m, NULL, GW_INFO, message);
	gw_machine_set(m, GW_QUEUED);
}

void gw_machine_start(struct gw_machine *m, gw_time now)
{
	m->now = now;
	if (m->exec->state.n == 0)
		gw_machine_set(m, GW_CREATED);
	if (m->exec->original_created == GW_NEVER)
		m->exec->original_created = now;
	if (waits_for_date(m) || gw_machine_wants_place(m))
		return;
	if (m->exec->flow->broken) {
		gw_machine_end_unstarted(m, GW_FAILED, m->exec->flow->broken, now);
		return;
	}
	gw_machine_set(m, GW_RUNNING);
	gw_machine_make_root(m);
	gw_block_enqueue(m, m->root);
	gw_machine_go(m, now);
}

/* ---- Ending ---- */

static bool render_outputs(struct gw_machine *m, json_t *outputs, struct gw_error *err)
{
	size_t i;
	json_t *output;
	json_array_foreach (m->exec->flow->outputs, i, output) {
		struct gw_context c;
		gw_context_open(&c, m, NULL);
		json_auto_t *raw =
			gw_tree_render(m->exec->flow->output_values[i], &c.scope, true, err);
		gw_context_close(&c);
		json_t *value = raw ? gw_output_convert(output, raw, err) : NULL;
		const char *id = json_string_value(json_object_get(output, "id"));
		if (!value)
			return gw_explain(err, "output '%s'", id);
		json_object_set_new(outputs, id, value);
	}
	return true;
}

/* The state of an execution whose tasks ended in this state. */
static enum gw_state end_state(struct gw_machine *m, enum gw_state state)
{
	struct gw_error err;
	json_auto_t *outputs = json_object();
	if (!m->exec->flow->outputs || (state != GW_SUCCESS && state != GW_WARNING))
		return state;
	if (!render_outputs(m, outputs, &err)) {
		gw_auto_free char *text =
			gw_sprintf("Failed to render output values: %s", err.message);
		gw_machine_log(m, NULL, GW_ERROR, text);
		return GW_FAILED;
	}
	m->exec->outputs = json_incref(outputs);
	return state;
}

void gw_machine_finish(struct gw_machine *m, enum gw_state state)
{
	gw_machine_set(m, end_state(m, state));
}

void gw_machine_end_unstarted(struct gw_machine *m, enum gw_state state, const char *message,
	gw_time now)
{
	m->now = now;
	gw_machine_log(m, NULL, state == GW_FAILED ? GW_ERROR : GW_INFO, message);
	gw_machine_set(m, state);
}

/* ---- News from workers and timers ---- */

void gw_result_clear(struct gw_result *result)
{
	free(result->message);
	gw_effects_clear(&result->effects);
}

void gw_machine_ended(struct gw_machine *m, struct gw_taskrun *run, struct gw_result *result,
	gw_time now)
{
	m->now = now;
	if (!run->is_submitted) {
		gw_result_clear(result);
		return;
	}
	run->is_submitted = false;
	m->n_submitted--;
	enum gw_state state = result->state == GW_SUCCESS ? result->effects.state : result->state;
	bool ends = result->effects.ends_execution;
	enum gw_state end_state = result->effects.end_state;
	gw_taskrun_take_effects(m, run, &result->effects);
	if (result->message)
		gw_machine_log(m, run, GW_ERROR, result->message);
	gw_result_clear(result);
	gw_taskrun_finish(m, run, state);
	if (ends)
		gw_machine_end_early(m, end_state);
	gw_machine_go(m, now);
}

void gw_machine_lines(struct gw_machine *m, struct gw_taskrun *run, struct gw_effects *effects)
{
	gw_taskrun_take_effects(m, run, effects);
}

/* A delay is over: the run is tried again, or its list goes on. */
static void wake(struct gw_machine *m, struct gw_taskrun *run)
{
	struct gw_block *b = run->block;
	run->wake_at = GW_NEVER;
	gw_taskrun_touch(m, run);
	if (!b) {
		gw_taskrun_set(m, run, GW_CREATED);
		gw_machine_follow(m, GW_RUNNING);
		gw_taskrun_begin(m, run);
		return;
	}
	if (b->is_paused) {
		gw_taskrun_set(m, run, GW_RUNNING);
		gw_machine_follow(m, GW_RUNNING);
	}
	b->is_paused = b->is_waiting = false;
	if (run->plan || gw_taskrun_plan(m, run))
		gw_block_enqueue(m, b);
}

void gw_machine_timers(struct gw_machine *m, gw_time now)
{
	m->now = now;
	for (size_t i = 0; !m->is_held && i < m->n_timers;) {
		struct gw_taskrun *run = m->timers[i];
		if (run->wake_at > now) {
			i++;
			continue;
		}
		m->timers[i] = m->timers[--m->n_timers];
		if (run->wake_at != GW_NEVER)
			wake(m, run);
	}
	if (!m->root && state_of(m) == GW_CREATED)
		gw_machine_start(m, now);
	gw_machine_go(m, now);
}

gw_time gw_machine_next_timer(const struct gw_machine *m)
{
	bool is_created = !m->root && state_of(m) == GW_CREATED;
	gw_time next = is_created && waits_for_date(m) ? m->exec->schedule_date : m->exec->retry_at;
	for (size_t i = 0; !m->is_held && i < m->n_timers; i++) {
		gw_time at = m->timers[i]->wake_at;
		if (at != GW_NEVER && (next == GW_NEVER || at < next))
			next = at;
	}
	return next;
}

/* ---- Stopping ---- */

bool gw_machine_is_stopping(const struct gw_machine *m)
{
	return m->ends_early || state_of(m) == GW_KILLING;
}

/* Workers are told; what only waits ends here; lists end when nothing of them runs. */
static void stop_runs(struct gw_machine *m)
{
	for (size_t i = 0; i < m->exec->n_runs; i++) {
		struct gw_taskrun *run = m->exec->runs[i];
		if (gw_state_is_terminal(gw_history_state(&run->state)))
			continue;
		if (run->is_submitted) {
			m->effects = gw_grow(m->effects, m->n_effects, &m->cap_effects);
			m->effects[m->n_effects++] =
				(struct gw_effect){ GW_EFFECT_KILL, run, NULL };
		} else if (run->block) {
			gw_block_wake(m, run->block);
		} else {
			gw_taskrun_finish(m, run, m->ends_early ? m->early_state : GW_KILLED);
		}
	}
	if (m->root)
		gw_block_enqueue(m, m->root);
}

void gw_machine_end_early(struct gw_machine *m, enum gw_state state)
{
	m->ends_early = true;
	m->early_state = state;
	stop_runs(m);
}

bool gw_machine_kill(struct gw_machine *m, gw_time now, struct gw_error *err)
{
	if (gw_state_is_terminal(state_of(m)))
		return gw_fail(err, GW_CONFLICT, "Execution is already finished, can't kill it");
	m->now = now;
	m->is_held = false;
	gw_machine_set(m, GW_KILLING);
	stop_runs(m);
	if (!m->root)
		gw_machine_set(m, GW_KILLED);
	gw_machine_go(m, now);
	return true;
}

/* ---- Pausing ---- */

bool gw_machine_pause(struct gw_machine *m, gw_time now, struct gw_error *err)
{
	if (state_of(m) != GW_RUNNING)
		return gw_fail(err, GW_INVALID, "The execution is not running");
	m->now = now;
	m->is_held = true;
	gw_machine_set(m, GW_PAUSED);
	return true;
}

static void resume_run(struct gw_machine *m, struct gw_taskrun *run, const json_t *inputs)
{
	run->wake_at = GW_NEVER;
	if (inputs) {
		if (!run->outputs)
			run->outputs = json_object();
		json_object_set_new(run->outputs, "onResume", json_deep_copy(inputs));
	}
	gw_taskrun_set(m, run, GW_RUNNING);
	run->block->is_paused = false;
	run->block->plan.pause_state = GW_SUCCESS;
	gw_context_add_outputs(m, run);
	gw_block_enqueue(m, run->block);
}

static bool has_paused_run(const struct gw_machine *m)
{
	for (size_t i = 0; i < m->exec->n_runs; i++)
		if (m->exec->runs[i]->block && m->exec->runs[i]->block->is_paused)
			return true;
	return false;
}

/* Everything that was held back is looked at again. */
static void release(struct gw_machine *m)
{
	for (size_t i = 0; i < m->exec->n_runs; i++)
		if (m->exec->runs[i]->block)
			gw_block_wake(m, m->exec->runs[i]->block);
	gw_block_wake(m, m->root);
}

bool gw_machine_resume(struct gw_machine *m, const json_t *inputs, gw_time now,
	struct gw_error *err)
{
	if (state_of(m) != GW_PAUSED && !has_paused_run(m))
		return gw_fail(err, GW_CONFLICT, "Execution '%s' is not paused, can't resume it",
			m->exec->id.text);
	bool was_held = m->is_held;
	m->now = now;
	m->is_held = false;
	gw_machine_follow(m, GW_RESTARTED);
	gw_machine_follow(m, GW_RUNNING);
	for (size_t i = 0; i < m->exec->n_runs; i++) {
		struct gw_taskrun *run = m->exec->runs[i];
		if (run->block && run->block->is_paused)
			resume_run(m, run, inputs);
	}
	if (was_held)
		release(m);
	gw_machine_go(m, now);
	return true;
}

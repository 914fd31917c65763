/* rebuild.c - a machine from stored task runs: after a takeover, and for restarts */
#include "engine/block.h"

#include "base/mem.h"

static bool has_ended(const struct gw_taskrun *run)
{
	return run->is_dropped || gw_state_is_terminal(gw_history_state(&run->state));
}

static void adopt_run(struct gw_machine *m, struct gw_taskrun *run)
{
	if (run->is_dropped)
		return;
	if (!has_ended(run))
		m->n_live++;
	if (run->outputs)
		gw_context_add_outputs(m, run);
	if (run->wake_at != GW_NEVER && !has_ended(run))
		gw_taskrun_set_timer(m, run, run->wake_at);
	gw_block_adopt(m, run);
	if (has_ended(run) || run->task->type->mode != GW_TASK_FLOWABLE)
		return;
	if (run->plan)
		gw_taskrun_replan(m, run);
	else if (run->round > 0) /* between two rounds: planned when its timer wakes it */
		gw_block_new(run);
	if (!run->block)
		return;
	run->block->is_paused = gw_history_state(&run->state) == GW_PAUSED;
	run->block->is_waiting = !run->block->is_paused && run->wake_at != GW_NEVER;
}

/* Blocks and lanes as they were; nothing is decided yet. */
static void rebuild(struct gw_machine *m)
{
	gw_machine_drop_blocks(m);
	gw_machine_make_root(m);
	for (size_t i = 0; i < m->exec->n_runs; i++)
		adopt_run(m, m->exec->runs[i]);
	if (gw_state_is_terminal(gw_history_state(&m->exec->state)))
		m->root->phase = GW_PHASE_AFTER;
}

/* An attempt that a crash interrupted ends; then it is made again, or the run fails. */
static void settle_interrupted(struct gw_machine *m, struct gw_taskrun *run, bool run_again)
{
	struct gw_attempt *attempt = gw_taskrun_attempt(run);
	enum gw_state state = gw_history_state(&run->state);
	if (attempt && !gw_state_is_terminal(gw_history_state(&attempt->state)))
		gw_history_add(&attempt->state, run_again ? GW_RESUBMITTED : GW_FAILED, m->now);
	if (state == GW_RETRYING)
		return;
	if (state == GW_CREATED || state == GW_RESTARTED || run_again) {
		gw_taskrun_begin(m, run);
		return;
	}
	gw_machine_log(m, run, GW_ERROR, "The server that ran this task stopped before it ended");
	gw_taskrun_finish(m, run, GW_FAILED);
}

static void settle_runs(struct gw_machine *m, bool run_again)
{
	bool stopping = gw_machine_is_stopping(m);
	for (size_t i = 0; i < m->exec->n_runs; i++) {
		struct gw_taskrun *run = m->exec->runs[i];
		if (has_ended(run))
			continue;
		if (run->block)
			gw_block_wake(m, run->block);
		else if (stopping)
			gw_taskrun_finish(m, run, GW_KILLED);
		else
			settle_interrupted(m, run, run_again);
	}
	gw_block_wake(m, m->root);
}

/* PAUSED without a task that pauses: a person held it. */
static bool was_held(const struct gw_machine *m)
{
	if (gw_history_state(&m->exec->state) != GW_PAUSED)
		return false;
	for (size_t i = 0; i < m->exec->n_runs; i++)
		if (gw_history_state(&m->exec->runs[i]->state) == GW_PAUSED)
			return false;
	return true;
}

void gw_machine_resume_work(struct gw_machine *m, bool run_again, gw_time now)
{
	enum gw_state state = gw_history_state(&m->exec->state);
	m->now = now;
	if (state == GW_QUEUED || m->exec->retry_at != GW_NEVER)
		return;
	if (state == GW_CREATED && m->exec->n_runs == 0) {
		gw_machine_start(m, now);
		return;
	}
	rebuild(m);
	m->is_held = was_held(m);
	settle_runs(m, run_again);
	gw_machine_go(m, now);
}

/* ---- Restart ---- */

static bool is_to_redo(const struct gw_taskrun *run)
{
	enum gw_state state = gw_history_state(&run->state);
	return !run->is_dropped && (state == GW_FAILED || state == GW_KILLED ||
					   state == GW_PAUSED || state == GW_RETRIED);
}

static bool is_in_errors(struct gw_machine *m, const struct gw_taskrun *run)
{
	const struct gw_task *parent = run->parent ? run->parent->task : NULL;
	const struct gw_branch *errors =
		parent ? gw_task_branch(parent, "errors") : &m->exec->flow->errors;
	for (size_t i = 0; errors && i < errors->n; i++)
		if (errors->tasks[i] == run->task)
			return true;
	return run->parent && is_in_errors(m, run->parent);
}

static void reset_run(struct gw_machine *m, struct gw_taskrun *run)
{
	bool is_flowable = run->task->type->mode == GW_TASK_FLOWABLE;
	gw_taskrun_set(m, run, is_flowable ? GW_RUNNING : GW_RESTARTED);
	for (struct gw_taskrun *up = run->parent; up && has_ended(up); up = up->parent)
		gw_taskrun_set(m, up, GW_RUNNING);
}

/* Failed runs and what encloses them are live again; runs of errors lists are forgotten. */
static bool reset_runs(struct gw_machine *m)
{
	bool any = false;
	for (size_t i = 0; i < m->exec->n_runs; i++) {
		struct gw_taskrun *run = m->exec->runs[i];
		if (is_in_errors(m, run)) {
			run->is_dropped = true;
			gw_taskrun_touch(m, run);
		} else if (is_to_redo(run)) {
			reset_run(m, run);
			any = true;
		}
	}
	return any;
}

bool gw_machine_restart(struct gw_machine *m, gw_time now, struct gw_error *err)
{
	enum gw_state state = gw_history_state(&m->exec->state);
	if (!gw_state_is_terminal(state) && state != GW_PAUSED)
		return gw_fail(err, GW_CONFLICT,
			"Execution must be terminated to be restarted, current state is '%s' !",
			gw_state_name(state));
	m->now = now;
	if (!reset_runs(m))
		return gw_fail(err, GW_INVALID,
			"Illegal argument: No task found to restart execution from!");
	m->exec->attempt_number++;
	json_decref(gw_steal(&m->exec->outputs));
	free(gw_steal(&m->exec->gate)); /* its place went with its end */
	m->exec->retry_at = GW_NEVER;
	gw_machine_set(m, GW_RESTARTED);
	gw_machine_set(m, GW_RUNNING);
	rebuild(m);
	settle_runs(m, true);
	gw_machine_go(m, now);
	return true;
}

/* Once it has ended the lists are found again with the run in its new state; while it runs, only a
 * run that nobody works on can be changed. */
bool gw_machine_set_run(struct gw_machine *m, struct gw_taskrun *run, enum gw_state state,
	gw_time now, struct gw_error *err)
{
	m->now = now;
	if (!gw_state_is_terminal(gw_history_state(&m->exec->state))) {
		if (has_ended(run) || run->is_submitted || run->block)
			return gw_fail(err, GW_CONFLICT,
				"task run %s cannot be changed while it runs: kill it first",
				run->id.text);
		gw_taskrun_finish(m, run, state);
		gw_machine_go(m, now);
		return true;
	}
	gw_taskrun_set(m, run, state);
	for (struct gw_taskrun *up = run->parent; up; up = up->parent)
		gw_taskrun_set(m, up, GW_RUNNING);
	gw_machine_set(m, GW_RESTARTED);
	gw_machine_set(m, GW_RUNNING);
	rebuild(m);
	settle_runs(m, true);
	gw_machine_go(m, now);
	return true;
}

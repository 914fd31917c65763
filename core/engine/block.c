/* block.c - a running list of tasks: its lanes, then errors, then finally */
#include "engine/block.h"

#include "base/mem.h"
#include "metrics/metrics.h"

struct gw_block *gw_block_new(struct gw_taskrun *owner)
{
	struct gw_block *b = gw_new(struct gw_block);
	b->owner = owner;
	if (owner)
		owner->block = b;
	return b;
}

void gw_block_free(struct gw_block *b)
{
	if (!b)
		return;
	if (b->owner)
		b->owner->block = NULL;
	gw_plan_clear(&b->plan);
	free(b->lanes);
	free(b);
}

static struct gw_lane_state lane_over(const struct gw_branch *branch, int task)
{
	struct gw_lane_state lane = { .branch = branch, .end = (unsigned)branch->n };
	if (task >= 0) {
		lane.next = (unsigned)task;
		lane.end = lane.next + 1;
	}
	return lane;
}

void gw_block_set_lanes(struct gw_block *b)
{
	free(b->lanes);
	b->lanes = gw_new_array(struct gw_lane_state, b->plan.n_lanes);
	for (size_t i = 0; i < b->plan.n_lanes; i++)
		b->lanes[i] = lane_over(b->plan.lanes[i].branch, b->plan.lanes[i].task);
	b->next_lane = b->n_active = b->n_ended = 0;
	b->phase = GW_PHASE_TASKS;
}

static void add_to_agenda(struct gw_machine *m, struct gw_block *b, int lane)
{
	if (m->agenda_head == m->n_agenda)
		m->agenda_head = m->n_agenda = 0;
	m->agenda = gw_grow(m->agenda, m->n_agenda, &m->cap_agenda);
	m->agenda[m->n_agenda++] = (struct gw_agenda_item){ b, lane };
	b->n_on_agenda++;
}

void gw_block_enqueue(struct gw_machine *m, struct gw_block *b)
{
	if (b->n_on_agenda == 0)
		add_to_agenda(m, b, -1);
}

struct gw_block *gw_block_of(struct gw_machine *m, const struct gw_taskrun *run)
{
	return run->parent ? run->parent->block : m->root;
}

/* ---- Which branch a phase runs ---- */

static const struct gw_branch *phase_branch(struct gw_machine *m, const struct gw_block *b,
	enum gw_phase phase)
{
	const struct gw_flow *flow = m->exec->flow;
	switch (phase) {
	case GW_PHASE_ERRORS:
		return b->owner ? gw_task_branch(b->owner->task, "errors") : &flow->errors;
	case GW_PHASE_FINALLY:
		return b->owner ? gw_task_branch(b->owner->task, "finally") : &flow->finally;
	case GW_PHASE_AFTER:
		return b->owner ? NULL : &flow->after_execution;
	default:
		return NULL;
	}
}

/* ---- Lanes ---- */

static bool lane_may_start(const struct gw_block *b, size_t i)
{
	const struct gw_lane *lane = &b->plan.lanes[i];
	for (size_t k = 0; k < lane->n_after; k++) {
		for (size_t j = 0; j < b->plan.n_lanes; j++) {
			const struct gw_lane *other = &b->plan.lanes[j];
			if (other->task >= 0 && !b->lanes[j].is_ended &&
				strcmp(other->branch->tasks[other->task]->id, lane->after[k]) == 0)
				return false;
		}
	}
	return true;
}

static void start_next_task(struct gw_machine *m, struct gw_block *b, struct gw_lane_state *lane,
	const struct gw_lane *plan)
{
	const struct gw_task *task = lane->branch->tasks[lane->next++];
	struct gw_taskrun *run = gw_execution_add_run(m->exec, task, b->owner, m->now);
	gw_taskrun_touch(m, run);
	gw_meter_add(GW_METER_TASKRUN_CREATED, 1);
	if (plan) {
		run->lane = (unsigned)(lane - b->lanes);
		run->value = gw_strdup(plan->value);
		run->iteration = plan->iteration;
	}
	run->round_of_parent = b->owner ? b->owner->round : 0;
	lane->n_running = 1;
	b->n_running++;
	m->fresh++;
	m->n_live++;
	gw_taskrun_begin(m, run);
}

/* Starts the next task of a lane, or notes that it has ended. */
static void go_on_with_lane(struct gw_machine *m, struct gw_block *b, size_t i)
{
	struct gw_lane_state *lane = &b->lanes[i];
	if (lane->is_ended || lane->n_running)
		return;
	if (lane->next < lane->end) {
		start_next_task(m, b, lane, &b->plan.lanes[i]);
		return;
	}
	lane->is_ended = true;
	b->n_ended++;
	if (lane->is_started)
		b->n_active--;
}

static void start_lane(struct gw_machine *m, struct gw_block *b, size_t i)
{
	b->lanes[i].is_started = true;
	b->n_active++;
	go_on_with_lane(m, b, i);
}

static bool has_room(const struct gw_machine *m, const struct gw_block *b)
{
	return !b->any_failed && m->fresh < GW_FRESH_MAX &&
	       (b->plan.limit <= 0 || b->n_active < (size_t)b->plan.limit);
}

/* Lanes start in order; one that has to wait for others is looked at again later. */
static void start_lanes(struct gw_machine *m, struct gw_block *b)
{
	bool in_order = true;
	for (size_t i = b->next_lane; i < b->plan.n_lanes && has_room(m, b); i++) {
		if (!b->lanes[i].is_started && lane_may_start(b, i))
			start_lane(m, b, i);
		in_order = in_order && b->lanes[i].is_started;
		if (in_order)
			b->next_lane = i + 1;
	}
	if (m->fresh >= GW_FRESH_MAX && b->next_lane < b->plan.n_lanes)
		gw_block_enqueue(m, b);
}

/* ---- Phases ---- */

/* True when the phase is over. */
static bool run_lanes(struct gw_machine *m, struct gw_block *b)
{
	if (b->any_failed)
		return true;
	start_lanes(m, b);
	return b->any_failed || b->n_ended == b->plan.n_lanes;
}

static bool run_list(struct gw_machine *m, struct gw_block *b)
{
	if (!b->has_list) {
		const struct gw_branch *branch = phase_branch(m, b, b->phase);
		if (!branch || branch->n == 0)
			return true;
		b->list = lane_over(branch, -1);
		b->has_list = true;
	}
	if (b->list.n_running)
		return false;
	if (b->list.next < b->list.end) {
		start_next_task(m, b, &b->list, NULL);
		return false;
	}
	b->has_list = false;
	return true;
}

static enum gw_state outcome(const struct gw_machine *m, const struct gw_block *b)
{
	if (m->ends_early)
		return m->early_state;
	if (b->any_killed || gw_machine_is_stopping(m))
		return GW_KILLED;
	if (b->any_failed || b->finally_failed)
		return GW_FAILED;
	return b->any_warning ? GW_WARNING : GW_SUCCESS;
}

/* The lanes have run completely: once more, or on to what follows. */
static void end_round(struct gw_machine *m, struct gw_block *b)
{
	if (!b->owner || !b->plan.again || b->any_failed) {
		b->phase = b->any_failed ? GW_PHASE_ERRORS : GW_PHASE_FINALLY;
		return;
	}
	b->owner->round++;
	json_decref(b->owner->plan);
	b->owner->plan = NULL;
	gw_taskrun_touch(m, b->owner);
	b->is_waiting = true;
	gw_taskrun_set_timer(m, b->owner, m->now + b->plan.again_us);
}

static void end_flowable(struct gw_machine *m, struct gw_block *b)
{
	enum gw_state state = outcome(m, b);
	b->phase = GW_PHASE_OVER;
	if (state == GW_FAILED && b->owner->task->type->flags & GW_ALLOWS_FAILURE)
		state = GW_WARNING;
	if (state == GW_SUCCESS && b->plan.pauses)
		state = b->plan.pause_state;
	gw_taskrun_finish(m, b->owner, state);
	if (state == GW_CANCELLED && b->plan.pauses)
		gw_machine_end_early(m, GW_CANCELLED);
}

/* What follows once the phase is through; false if there is something to wait for. */
static bool next_phase(struct gw_machine *m, struct gw_block *b)
{
	switch (b->phase) {
	case GW_PHASE_TASKS:
		end_round(m, b);
		return true;
	case GW_PHASE_ERRORS:
		b->phase = GW_PHASE_FINALLY;
		return true;
	case GW_PHASE_FINALLY:
		if (b->owner)
			end_flowable(m, b);
		else
			b->phase = GW_PHASE_END;
		return true;
	case GW_PHASE_END: /* task runs that outlived their failed parent are waited for */
		if (m->n_live > 0)
			return false;
		b->phase = GW_PHASE_AFTER;
		gw_machine_finish(m, outcome(m, b));
		return true;
	default:
		b->phase = GW_PHASE_OVER;
		return true;
	}
}

/* A killed list starts nothing more: it ends when nothing of it runs. */
static void stop(struct gw_machine *m, struct gw_block *b)
{
	b->any_killed = true;
	b->is_paused = b->is_waiting = false;
	if (b->n_running > 0)
		return;
	if (b->owner)
		end_flowable(m, b);
	else
		b->phase = GW_PHASE_END;
}

static void advance(struct gw_machine *m, struct gw_block *b)
{
	if (gw_machine_is_stopping(m) && b->phase < GW_PHASE_END)
		stop(m, b);
	while (!b->is_paused && !b->is_waiting && !m->is_held && b->phase != GW_PHASE_OVER) {
		bool through = b->phase == GW_PHASE_TASKS ? run_lanes(m, b) : run_list(m, b);
		if (!through || !next_phase(m, b))
			return;
	}
}

static bool is_stopped(const struct gw_machine *m, const struct gw_block *b)
{
	return b->phase != GW_PHASE_TASKS || b->any_failed || gw_machine_is_stopping(m) ||
	       m->is_held;
}

/* Does the oldest thing on the agenda. A block that is over goes with its last item. */
void gw_block_work(struct gw_machine *m)
{
	struct gw_agenda_item item = m->agenda[m->agenda_head++];
	struct gw_block *b = item.block;
	b->n_on_agenda--;
	if (item.lane >= 0 && !is_stopped(m, b))
		go_on_with_lane(m, b, (size_t)item.lane);
	advance(m, b);
	if (b->phase == GW_PHASE_OVER && b->n_on_agenda == 0 && b != m->root)
		gw_block_free(b);
}

/* ---- Children ---- */

static void note_state(struct gw_block *b, enum gw_state state)
{
	if (b->phase == GW_PHASE_FINALLY)
		b->finally_failed |= state == GW_FAILED;
	if (b->phase != GW_PHASE_TASKS)
		return;
	b->any_failed |= state == GW_FAILED;
	b->any_killed |= state == GW_KILLED;
	b->any_warning |= state == GW_WARNING;
}

static bool is_of_list(const struct gw_block *b, const struct gw_taskrun *run)
{
	if (!b->has_list)
		return false;
	for (size_t i = 0; i < b->list.branch->n; i++)
		if (b->list.branch->tasks[i] == run->task)
			return true;
	return false;
}

void gw_block_child_ended(struct gw_machine *m, const struct gw_taskrun *run)
{
	struct gw_block *b = gw_block_of(m, run);
	if (!b)
		return; /* its parent ended before it (a failed Parallel) */
	b->n_running--;
	note_state(b, gw_history_state(&run->state));
	if (is_of_list(b, run)) {
		b->list.n_running = 0;
		gw_block_enqueue(m, b);
	} else if (run->lane < b->plan.n_lanes) {
		b->lanes[run->lane].n_running = 0;
		add_to_agenda(m, b, (int)run->lane);
	}
}

/* ---- Rebuilding ---- */

/* The phase whose list holds a task; TASKS if none does. */
static enum gw_phase phase_of(struct gw_machine *m, const struct gw_block *b,
	const struct gw_task *task)
{
	for (enum gw_phase phase = GW_PHASE_ERRORS; phase < GW_PHASE_OVER; phase++) {
		const struct gw_branch *branch = phase_branch(m, b, phase);
		for (size_t i = 0; branch && i < branch->n; i++)
			if (branch->tasks[i] == task)
				return phase;
	}
	return GW_PHASE_TASKS;
}

static unsigned position_of(const struct gw_branch *branch, const struct gw_task *task)
{
	unsigned i = 0;
	while (i < branch->n && branch->tasks[i] != task)
		i++;
	return i;
}

static void adopt_in_list(struct gw_machine *m, struct gw_block *b, struct gw_taskrun *run,
	enum gw_phase phase)
{
	if (b->phase != phase || !b->has_list)
		b->list = lane_over(phase_branch(m, b, phase), -1);
	b->phase = phase;
	b->has_list = true;
	b->list.next = position_of(b->list.branch, run->task) + 1;
	b->list.n_running = !gw_state_is_terminal(gw_history_state(&run->state));
}

static void adopt_in_lane(struct gw_block *b, struct gw_taskrun *run, bool has_ended)
{
	struct gw_lane_state *lane = &b->lanes[run->lane];
	if (!lane->is_started)
		b->n_active++;
	lane->is_started = true;
	lane->next = position_of(lane->branch, run->task) + 1;
	lane->n_running = !has_ended;
	if (has_ended && lane->next >= lane->end && !lane->is_ended) {
		lane->is_ended = true;
		b->n_ended++;
		b->n_active--;
	}
}

void gw_block_adopt(struct gw_machine *m, struct gw_taskrun *run)
{
	struct gw_block *b = gw_block_of(m, run);
	enum gw_state state = gw_history_state(&run->state);
	if (!b || (run->parent && run->round_of_parent != run->parent->round))
		return;
	enum gw_phase phase = phase_of(m, b, run->task);
	if (phase != GW_PHASE_TASKS)
		adopt_in_list(m, b, run, phase);
	else if (run->lane < b->plan.n_lanes)
		adopt_in_lane(b, run, gw_state_is_terminal(state));
	b->n_running += !gw_state_is_terminal(state);
	note_state(b, state);
}

void gw_block_wake(struct gw_machine *m, struct gw_block *b)
{
	for (size_t i = 0; i < b->plan.n_lanes; i++) {
		const struct gw_lane_state *lane = &b->lanes[i];
		if (lane->is_started && !lane->is_ended && !lane->n_running)
			add_to_agenda(m, b, (int)i);
	}
	gw_block_enqueue(m, b);
}

/* live.c - executions in memory: who waits for them, their timers, what follows a write */
#include "engine/live.h"

#include "base/log.h"
#include "engine/gate.h"

#define MOVES_MAX 20 /* looks for an execution that is handed from one thread to another */
#define NONE SIZE_MAX
#define PARK_AFTER (10 * GW_SECOND) /* with nothing to do for this long it leaves memory */

/* ---- In and out ---- */

struct gw_live *gw_live_add(struct gw_shard *shard, struct gw_machine *m)
{
	struct gw_live *live = gw_new(struct gw_live);
	live->shard = shard;
	live->m = m;
	live->key = gw_sprintf("%s/%s", m->exec->tenant, m->exec->id.text);
	live->group = live->timer_at = NONE;
	gw_map_put(&shard->lives, gw_slice_of(live->key), live);
	return live;
}

static void free_live(void *p)
{
	struct gw_live *live = p;
	while (live->waiters) {
		struct gw_waiter *waiter = live->waiters;
		live->waiters = waiter->next;
		free(waiter);
	}
	for (size_t i = 0; i < live->n_made; i++)
		gw_machine_free(live->made[i]);
	free(live->made);
	gw_machine_free(live->m);
	free(live->key);
	free(live);
}

void gw_live_touch(struct gw_live *live)
{
	struct gw_shard *shard = live->shard;
	if (live->is_touched)
		return;
	live->is_touched = true;
	shard->touched = gw_grow(shard->touched, shard->n_touched, &shard->cap_touched);
	shard->touched[shard->n_touched++] = live;
}

/* ---- Timers: a binary heap, the earliest first ---- */

static void place(struct gw_shard *shard, struct gw_live *live, size_t at)
{
	shard->timers[at] = live;
	live->timer_at = at;
}

static void sift_up(struct gw_shard *shard, struct gw_live *live, size_t at)
{
	for (; at > 0 && shard->timers[(at - 1) / 2]->timer > live->timer; at = (at - 1) / 2)
		place(shard, shard->timers[(at - 1) / 2], at);
	place(shard, live, at);
}

static void sift_down(struct gw_shard *shard, struct gw_live *live, size_t at)
{
	for (size_t child; (child = 2 * at + 1) < shard->n_timers; at = child) {
		if (child + 1 < shard->n_timers &&
			shard->timers[child + 1]->timer < shard->timers[child]->timer)
			child++;
		if (shard->timers[child]->timer >= live->timer)
			break;
		place(shard, shard->timers[child], at);
	}
	place(shard, live, at);
}

static void drop_timer(struct gw_live *live)
{
	struct gw_shard *shard = live->shard;
	size_t at = live->timer_at;
	if (at == NONE)
		return;
	live->timer_at = NONE;
	struct gw_live *last = shard->timers[--shard->n_timers];
	if (last == live)
		return;
	sift_up(shard, last, at);
	sift_down(shard, last, last->timer_at);
}

static void set_timer(struct gw_live *live, gw_time at)
{
	struct gw_shard *shard = live->shard;
	if (live->timer_at != NONE && live->timer == at)
		return;
	drop_timer(live);
	live->timer = at;
	if (at == GW_NEVER)
		return;
	shard->timers = gw_grow(shard->timers, shard->n_timers, &shard->cap_timers);
	sift_up(shard, live, shard->n_timers++);
}

gw_time gw_live_next_timer(const struct gw_shard *shard)
{
	return shard->n_timers ? shard->timers[0]->timer : GW_NEVER;
}

struct gw_live *gw_live_pop_timer(struct gw_shard *shard, gw_time now)
{
	if (shard->n_timers == 0 || shard->timers[0]->timer > now)
		return NULL;
	struct gw_live *live = shard->timers[0];
	drop_timer(live);
	return live;
}

/* ---- Waiters ---- */

static struct gw_waiter *add_waiter(struct gw_live *live)
{
	struct gw_waiter *waiter = gw_new(struct gw_waiter);
	waiter->next = live->waiters;
	live->waiters = waiter;
	return waiter;
}

void gw_live_expect(struct gw_live *live, const struct gw_start *start, struct gw_batch *batch)
{
	struct gw_waiter *waiter = add_waiter(live);
	waiter->until_end = start->until_end;
	waiter->done = start->done;
	waiter->arg = start->arg;
	if (start->until_end)
		return;
	gw_str_reset(&batch->text);
	gw_execution_print(&batch->text, live->m->exec);
	waiter->execution = gw_arena_copy(&batch->arena, gw_str_slice(&batch->text));
}

static void answer(struct gw_live *live, struct gw_waiter *waiter)
{
	gw_auto_str text = { 0 };
	struct gw_answer a = { .error = waiter->error, .execution = waiter->execution };
	if (a.error.code == GW_OK && !a.execution.data) {
		gw_machine_print(&text, live->m);
		a.execution = gw_str_slice(&text);
	}
	waiter->done(waiter->arg, &a);
	free(waiter);
}

/* Answers those who wait for this write and, once it is over, for the end; all on an error. */
static void answer_waiters(struct gw_live *live, bool is_over, const struct gw_error *error)
{
	struct gw_waiter *kept = NULL, *next;
	for (struct gw_waiter *waiter = live->waiters; waiter; waiter = next) {
		next = waiter->next;
		if (error && waiter->error.code == GW_OK)
			waiter->error = *error;
		if (waiter->until_end && !is_over && !error) {
			waiter->next = kept;
			kept = waiter;
		} else {
			answer(live, waiter);
		}
	}
	live->waiters = kept;
}

/* Who still waits is told so. */
void gw_live_clear(struct gw_shard *shard)
{
	const struct gw_error error = { GW_UNAVAILABLE, "the server is stopping" };
	for (struct gw_map_entry *e = NULL; (e = gw_map_next(&shard->lives, e));)
		answer_waiters(e->value, true, &error);
	gw_map_clear(&shard->lives, free_live);
}

/* ---- Actions ---- */

static void refuse(struct gw_request *request, enum gw_code code, const char *mail)
{
	struct gw_answer a = { 0 };
	gw_fail(&a.error, code, "%s", mail);
	request->done(request->arg, &a);
	gw_request_free(request);
}

/* The execution in memory; else the stored one that came with the request, which is now ours. */
static struct gw_live *find_live(struct gw_shard *shard, struct gw_request *request)
{
	gw_auto_free char *key = gw_sprintf("%s/%s", request->tenant, request->execution);
	struct gw_live *live = gw_map_find(&shard->lives, key);
	if (!live && request->loaded)
		live = gw_live_add(shard, gw_steal(&request->loaded));
	return live;
}

static void add_made(struct gw_live *live, struct gw_machine *made)
{
	live->made = gw_grow(live->made, live->n_made, &live->cap_made);
	live->made[live->n_made++] = made;
	gw_live_touch(live);
}

void gw_live_retry(struct gw_live *live)
{
	const struct gw_execution *exec = live->m->exec;
	gw_time now = live->shard->now;
	if (exec->retry_at == GW_NEVER || exec->retry_at > now)
		return;
	struct gw_machine *made = gw_act_retry(live->shard->engine, live->m, now);
	if (made)
		add_made(live, made);
}

void gw_live_handle_action(struct gw_shard *shard, struct gw_mail *mail)
{
	struct gw_request *request = mail->request;
	struct gw_live *live = find_live(shard, request);
	struct gw_machine *made = NULL;
	struct gw_error err = { 0 };
	if (!live && request->tries++ < MOVES_MAX) {
		gw_request_retry(shard->engine, request);
		return;
	}
	if (!live) {
		refuse(request, GW_UNAVAILABLE,
			"the execution is moving between threads, try again");
		return;
	}
	gw_live_touch(live);
	bool done = gw_act(shard->engine, live->m, request, shard->now, &made, &err);
	struct gw_waiter *waiter = add_waiter(live);
	waiter->until_end = done && request->until_end;
	waiter->done = request->done;
	waiter->arg = request->arg;
	if (!done)
		waiter->error = err;
	if (made) {
		gw_str_reset(&shard->batch.text);
		gw_execution_print(&shard->batch.text, made->exec);
		waiter->execution =
			gw_arena_copy(&shard->batch.arena, gw_str_slice(&shard->batch.text));
		add_made(live, made);
	}
	gw_request_free(request);
}

/* ---- Around a write ---- */

static bool waits_for_end(const struct gw_live *live)
{
	for (const struct gw_waiter *waiter = live->waiters; waiter; waiter = waiter->next)
		if (waiter->until_end)
			return true;
	return false;
}

/* Nothing runs, nothing is due soon, nobody waits: it can be found again by its record. */
static bool may_leave(const struct gw_live *live)
{
	const struct gw_machine *m = live->m;
	gw_time next = gw_machine_next_timer(m);
	bool is_idle = gw_machine_is_over(m) ||
		       (m->n_submitted == 0 && !gw_machine_is_cut(m) && !waits_for_end(live));
	return is_idle && (next == GW_NEVER || next > live->shard->now + PARK_AFTER);
}

/* When somebody has to take it again. */
static gw_time due_when_left(const struct gw_live *live)
{
	if (gw_engine_executes(live->shard->engine))
		return gw_machine_next_timer(live->m);
	gw_time date = live->m->exec->schedule_date;
	return date == GW_NEVER ? live->shard->now : date;
}

static void put_made(struct gw_live *live)
{
	for (size_t i = 0; i < live->n_made; i++)
		gw_batch_execution(&live->shard->batch, live->made[i], live->shard->engine->owner,
			GW_NEVER);
}

void gw_live_prepare(struct gw_live *live)
{
	struct gw_shard *shard = live->shard;
	struct gw_machine *m = live->m;
	if (gw_machine_is_cut(m))
		gw_machine_go(m, shard->now);
	live->group = NONE;
	live->leaves = !gw_engine_executes(shard->engine) || may_leave(live);
	bool is_left = live->leaves && (!m->exec->is_stored || live->is_owned);
	if (!m->exec->is_dirty && !is_left && live->n_made == 0)
		return;
	live->group = gw_batch_group(&shard->batch);
	put_made(live);
	if (!m->exec->is_dirty && !is_left)
		return;
	if (live->leaves)
		gw_batch_execution(&shard->batch, m, (struct gw_slice){ 0 }, due_when_left(live));
	else
		gw_batch_execution(&shard->batch, m, shard->engine->owner, GW_NEVER);
}

static void start_effects(struct gw_live *live)
{
	struct gw_machine *m = live->m;
	for (size_t i = 0; i < m->n_effects; i++) {
		if (m->effects[i].type == GW_EFFECT_RUN)
			gw_jobs_run(live->shard->engine, m, &m->effects[i]);
		else
			gw_jobs_kill(live->shard->engine, m, m->effects[i].run);
	}
	m->n_effects = 0;
}

/* They move to the shards they belong to, which start their effects. */
static void hand_over_made(struct gw_live *live)
{
	for (size_t i = 0; i < live->n_made; i++) {
		struct gw_mail *mail = gw_new(struct gw_mail);
		mail->type = GW_MAIL_ADOPT;
		mail->machine = live->made[i];
		gw_shard_post(gw_shard_of(live->shard->engine, mail->machine->exec->id.text), mail,
			false);
	}
	live->n_made = 0;
}

/* Those who wait for the end go on waiting, wherever it runs. */
static void let_go(struct gw_live *live)
{
	const struct gw_execution *exec = live->m->exec;
	for (struct gw_waiter *waiter = live->waiters; waiter; waiter = waiter->next)
		gw_followers_await(live->shard->engine->followers, exec->tenant, exec->id.text,
			waiter->done, waiter->arg);
	drop_timer(live);
	gw_map_remove(&live->shard->lives, gw_slice_of(live->key));
	free_live(live);
}

/* Another node has it now, or it was deleted: what runs here ends. */
static void lose(struct gw_live *live)
{
	struct gw_machine *m = live->m;
	struct gw_error error;
	gw_fail(&error, GW_CONFLICT, "execution %s was changed elsewhere, try again",
		m->exec->id.text);
	gw_log(GW_WARN, "engine", "%s", error.message);
	for (size_t i = 0; i < m->exec->n_runs; i++)
		if (m->exec->runs[i]->is_submitted)
			gw_jobs_kill(live->shard->engine, m, m->exec->runs[i]);
	answer_waiters(live, true, &error);
	let_go(live);
}

bool gw_live_settle(struct gw_live *live, bool written)
{
	struct gw_shard *shard = live->shard;
	struct gw_machine *m = live->m;
	live->is_touched = false;
	if (live->group != NONE && (!written || !gw_batch_confirm(&shard->batch, live->group))) {
		lose(live);
		return false;
	}
	if (live->group != NONE)
		live->is_owned = !live->leaves;
	bool is_over = gw_machine_is_over(m);
	start_effects(live);
	if (is_over && !live->has_ended) {
		live->has_ended = true;
		if (m->exec->gate)
			gw_gate_leave(shard->engine, m->exec);
		gw_engine_execution_ended(shard->engine, m->exec);
		shard->has_news |= !shard->engine->scheduler && m->exec->trigger_date != GW_NEVER;
	}
	answer_waiters(live, is_over, NULL);
	gw_followers_tell(shard->engine->followers, m->exec->tenant, m->exec->id.text, is_over);
	hand_over_made(live);
	if (live->leaves) {
		shard->has_news |= !gw_engine_executes(shard->engine);
		let_go(live);
		return false;
	}
	set_timer(live, gw_machine_next_timer(m));
	return gw_machine_is_cut(m);
}

/* shard.c - a thread that decides about its executions: drain the inbox, decide, write, start
 *
 * While it writes, the next messages collect: they share the next write. */
#include "engine/shard.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/gate.h"

#include <stdio.h>

/* ---- The inbox ---- */

struct gw_shard *gw_shard_of(struct gw_engine *engine, const char *execution)
{
	return &engine->shards[gw_hash(execution, strlen(execution)) % engine->n_shards];
}

bool gw_shard_post(struct gw_shard *shard, struct gw_mail *mail, bool bounded)
{
	gw_locked(&shard->lock);
	if (bounded && (shard->n_waiting >= GW_INBOX_MAX || shard->is_stopping))
		return false;
	mail->next = NULL;
	if (shard->last)
		shard->last->next = mail;
	else
		shard->first = mail;
	shard->last = mail;
	if (shard->n_waiting++ == 0)
		pthread_cond_signal(&shard->wake);
	return true;
}

void gw_shard_post_lines(struct gw_shard *shard, struct gw_mail *mail)
{
	const struct gw_effects *e = &mail->result.effects;
	mail->size = e->n_lines * sizeof(*e->lines);
	for (size_t i = 0; i < e->n_lines; i++)
		mail->size += e->lines[i].len;
	pthread_mutex_lock(&shard->lock);
	while (shard->lines_ahead >= GW_LINES_AHEAD && !shard->takes_all)
		pthread_cond_wait(&shard->room, &shard->lock);
	shard->lines_ahead += mail->size;
	pthread_mutex_unlock(&shard->lock);
	gw_shard_post(shard, mail, false);
}

void gw_shard_take_all_lines(struct gw_shard *shard)
{
	gw_locked(&shard->lock);
	shard->takes_all = true;
	pthread_cond_broadcast(&shard->room);
}

/* The lines of this turn are written, or of no use any more. */
static void make_room(struct gw_shard *shard)
{
	if (shard->lines_taken == 0)
		return;
	gw_locked(&shard->lock);
	shard->lines_ahead -= shard->lines_taken;
	shard->lines_taken = 0;
	pthread_cond_broadcast(&shard->room);
}

/* Takes all messages; waits for one until the next timer if there is nothing else to do. */
static struct gw_mail *drain(struct gw_shard *shard, bool may_wait)
{
	gw_locked(&shard->lock);
	while (may_wait && !shard->first && !shard->is_stopping) {
		gw_time next = gw_live_next_timer(shard);
		int64_t wait_ms = next == GW_NEVER ? -1 : (next - gw_clock_now() + 999) / 1000;
		if (next != GW_NEVER && wait_ms <= 0)
			break;
		if (!gw_cond_wait(&shard->wake, &shard->lock, wait_ms))
			break;
	}
	struct gw_mail *first = shard->first;
	shard->first = shard->last = NULL;
	shard->n_waiting = 0;
	return first;
}

/* ---- Handling messages ---- */

static void handle_start(struct gw_shard *shard, struct gw_mail *mail)
{
	struct gw_start *start = mail->start;
	struct gw_machine *m = gw_start_machine(shard->engine, start, shard->now);
	struct gw_live *live = gw_live_add(shard, m);
	if (start->done)
		gw_live_expect(live, start, &shard->batch);
	gw_live_touch(live);
	if (gw_engine_executes(shard->engine))
		gw_machine_start(m, shard->now);
	gw_start_free(start);
}

/* One that is here already stays as it is: a claim may yield what its owner holds once more. */
static void handle_adopt(struct gw_shard *shard, struct gw_mail *mail)
{
	const struct gw_execution *exec = mail->machine->exec;
	gw_auto_free char *key = gw_sprintf("%s/%s", exec->tenant, exec->id.text);
	if (gw_map_find(&shard->lives, key)) {
		gw_machine_free(mail->machine);
		return;
	}
	struct gw_live *live = gw_live_add(shard, mail->machine);
	live->is_owned = true;
	gw_live_touch(live);
}

static void handle_worker(struct gw_shard *shard, struct gw_mail *mail)
{
	struct gw_live *live = gw_map_find(&shard->lives, mail->execution);
	struct gw_taskrun *run = live ? live->m->exec->runs[mail->ordinal] : NULL;
	shard->lines_taken += mail->size;
	if (run && mail->type == GW_MAIL_ENDED)
		gw_machine_ended(live->m, run, &mail->result, shard->now);
	else if (run)
		gw_machine_lines(live->m, run, &mail->result.effects);
	else
		gw_result_clear(&mail->result);
	if (live)
		gw_live_touch(live);
	free(mail->execution);
}

static void (*const handlers[])(struct gw_shard *shard, struct gw_mail *mail) = {
	[GW_MAIL_START] = handle_start,
	[GW_MAIL_ADOPT] = handle_adopt,
	[GW_MAIL_ENDED] = handle_worker,
	[GW_MAIL_LINES] = handle_worker,
	[GW_MAIL_ACTION] = gw_live_handle_action,
};

static void handle_all(struct gw_shard *shard, struct gw_mail *mail)
{
	while (mail) {
		struct gw_mail *next = mail->next;
		handlers[mail->type](shard, mail);
		free(mail);
		mail = next;
	}
	for (struct gw_live *live; (live = gw_live_pop_timer(shard, shard->now));) {
		gw_machine_timers(live->m, shard->now);
		gw_live_retry(live);
		gw_live_touch(live);
	}
}

/* ---- Writing ---- */

static bool write_batch(struct gw_shard *shard)
{
	struct gw_error err;
	if (shard->batch.n_groups == 0)
		return true;
	if (gw_batch_write(&shard->batch, shard->engine->store, -1, &err))
		return true;
	gw_log(GW_ERROR, "engine", "writing failed: %s", err.message);
	return false;
}

/* One turn; true if some execution was cut and goes on at once. */
static bool turn(struct gw_shard *shard, struct gw_mail *messages)
{
	size_t n_cut = 0;
	shard->now = gw_clock_now();
	handle_all(shard, messages);
	gw_gate_enter_all(shard);
	for (size_t i = 0; i < shard->n_touched; i++)
		gw_live_prepare(shard->touched[i]);
	bool written = write_batch(shard);
	size_t n = shard->n_touched;
	shard->n_touched = 0;
	for (size_t i = 0; i < n; i++) {
		struct gw_live *live = shard->touched[i];
		if (gw_live_settle(live, written))
			shard->touched[n_cut++] = live;
	}
	for (size_t i = 0; i < n_cut; i++)
		gw_live_touch(shard->touched[i]);
	gw_batch_reset(&shard->batch);
	make_room(shard);
	if (shard->has_news)
		gw_store_signal(shard->engine->store);
	shard->has_news = false;
	return n_cut > 0;
}

static bool has_stopped(struct gw_shard *shard)
{
	gw_locked(&shard->lock);
	return shard->is_stopping && !shard->first;
}

static void *run_shard(void *arg)
{
	struct gw_shard *shard = arg;
	bool again = false;
	while (again || !has_stopped(shard))
		again = turn(shard, drain(shard, !again));
	return NULL;
}

bool gw_shard_open(struct gw_shard *shard, struct gw_engine *engine, unsigned index,
	struct gw_error *err)
{
	char name[16];
	*shard = (struct gw_shard){ .engine = engine, .index = index };
	pthread_mutex_init(&shard->lock, NULL);
	gw_cond_init(&shard->wake);
	gw_cond_init(&shard->room);
	snprintf(name, sizeof(name), "shard-%u", index);
	return gw_thread_start(&shard->thread, name, run_shard, shard, err);
}

void gw_shard_close(struct gw_shard *shard)
{
	pthread_mutex_lock(&shard->lock);
	shard->is_stopping = true;
	pthread_cond_signal(&shard->wake);
	pthread_mutex_unlock(&shard->lock);
	pthread_join(shard->thread, NULL);
	gw_live_clear(shard);
	gw_batch_clear(&shard->batch);
	free(shard->touched);
	free(shard->timers);
	pthread_mutex_destroy(&shard->lock);
	pthread_cond_destroy(&shard->wake);
	pthread_cond_destroy(&shard->room);
}

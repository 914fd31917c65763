/* scheduler.c - the thread that holds triggers that are due soon, and fires them to the millisecond
 *
 * A trigger is a claimable record: what is not due within seconds costs nothing. All that is due at
 * once is decided together and written together; executions that go on move to their shards. */
#include "engine/scheduler.h"

#include "base/clock.h"
#include "base/log.h"

#define CLAIM_MAX 1000u
#define CHECK_EVERY (10 * GW_SECOND) /* executions that are waited for are looked up */

/* An execution has ended, says somebody. */
struct news {
	struct news *next;
	char *execution; /* tenant/id */
	enum gw_state state;
};

struct gw_scheduler {
	struct gw_engine *engine;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct news *first_news, *last_news; /* guarded by lock, as the flags */
	bool is_woken, is_stopping;
	bool has_news; /* for nodes that run executions: they are told after the write */
	/* The rest is the thread's own: */
	struct gw_map watches; /* by key */
	struct gw_map waits; /* tenant/execution -> watch */
	struct gw_watch **heap; /* by at, the earliest first */
	size_t n_heap, cap_heap;
	struct gw_watch **touched;
	size_t n_touched, cap_touched;
	struct gw_batch batch;
	gw_time now, next_claim, next_check;
};

/* ---- The heap ---- */

static void place(struct gw_scheduler *s, struct gw_watch *w, size_t at)
{
	s->heap[at] = w;
	w->heap_at = at;
}

static void sift_up(struct gw_scheduler *s, struct gw_watch *w, size_t at)
{
	for (; at > 0 && s->heap[(at - 1) / 2]->at > w->at; at = (at - 1) / 2)
		place(s, s->heap[(at - 1) / 2], at);
	place(s, w, at);
}

static void sift_down(struct gw_scheduler *s, struct gw_watch *w, size_t at)
{
	for (size_t child; (child = 2 * at + 1) < s->n_heap; at = child) {
		if (child + 1 < s->n_heap && s->heap[child + 1]->at < s->heap[child]->at)
			child++;
		if (s->heap[child]->at >= w->at)
			break;
		place(s, s->heap[child], at);
	}
	place(s, w, at);
}

static void leave_heap(struct gw_scheduler *s, struct gw_watch *w)
{
	size_t at = w->heap_at;
	if (at == SIZE_MAX)
		return;
	w->heap_at = SIZE_MAX;
	struct gw_watch *last = s->heap[--s->n_heap];
	if (last == w)
		return;
	sift_up(s, last, at);
	sift_down(s, last, last->heap_at);
}

static void enter_heap(struct gw_scheduler *s, struct gw_watch *w)
{
	leave_heap(s, w);
	if (w->at == GW_NEVER)
		return;
	s->heap = gw_grow(s->heap, s->n_heap, &s->cap_heap);
	sift_up(s, w, s->n_heap++);
}

/* ---- Watches ---- */

static void touch(struct gw_scheduler *s, struct gw_watch *w)
{
	if (w->is_touched)
		return;
	w->is_touched = true;
	s->touched = gw_grow(s->touched, s->n_touched, &s->cap_touched);
	s->touched[s->n_touched++] = w;
}

static void forget_wait(void *arg, struct gw_watch *w, const char *execution)
{
	struct gw_scheduler *s = arg;
	gw_auto_free char *key = gw_sprintf("%s/%s", w->t.tenant, execution);
	gw_map_remove(&s->waits, gw_slice_of(key));
}

static void note_wait(void *arg, struct gw_watch *w, const char *execution)
{
	struct gw_scheduler *s = arg;
	gw_auto_free char *key = gw_sprintf("%s/%s", w->t.tenant, execution);
	gw_map_put(&s->waits, gw_slice_of(key), w);
}

static void untouch(struct gw_scheduler *s, const struct gw_watch *w)
{
	for (size_t i = 0; w->is_touched && i < s->n_touched; i++) {
		if (s->touched[i] == w) {
			s->touched[i] = s->touched[--s->n_touched];
			return;
		}
	}
}

static void drop(struct gw_scheduler *s, struct gw_watch *w)
{
	untouch(s, w);
	leave_heap(s, w);
	gw_watch_waits(w, forget_wait, s);
	gw_map_remove(&s->watches, gw_slice_of(w->key));
	gw_watch_free(w);
}

static void add_claimed(struct gw_scheduler *s, const struct gw_record *record)
{
	struct gw_error err;
	struct gw_watch *w = gw_new(struct gw_watch);
	w->at = w->known.from = w->known.to = GW_NEVER;
	w->heap_at = w->group = SIZE_MAX;
	w->is_new = true;
	w->key = gw_sprintf("%.*s/%.*s", GW_SLICE(record->tenant), GW_SLICE(record->key));
	if (!gw_trigger_state_read(record, &w->t, &err) ||
		((w->t.backfill || w->t.pending) &&
			!gw_backfills_load(s->engine->store, &w->t, true, &w->backfills, &err))) {
		gw_log(GW_ERROR, "scheduler", "%s", err.message);
		gw_watch_free(w);
		return;
	}
	struct gw_watch *before = gw_map_find(&s->watches, w->key);
	if (before && gw_version_equal(before->t.version, w->t.version)) {
		gw_watch_free(w); /* a claim may yield what its owner holds once more */
		return;
	}
	if (before)
		drop(s, before); /* it was edited: the new one counts */
	gw_map_put(&s->watches, gw_slice_of(w->key), w);
	gw_watch_waits(w, note_wait, s);
	if (w->t.execution)
		s->next_check = s->now;
	touch(s, w);
}

/* Takes what is due soon; more of it comes at once if there was a lot. */
static void claim(struct gw_scheduler *s)
{
	struct gw_error err;
	struct gw_record record;
	enum gw_next next = GW_NEXT_FAILED;
	size_t n = 0;
	gw_auto_stream *stream = gw_store_claim(s->engine->store, &gw_kind_trigger,
		s->engine->owner, s->now + GW_LOOK_AHEAD, CLAIM_MAX, &err);
	while (stream && (next = gw_stream_next(stream, &record, &err)) == GW_NEXT_RECORD) {
		add_claimed(s, &record);
		n++;
	}
	if (next == GW_NEXT_FAILED)
		gw_log(GW_WARN, "scheduler", "claiming triggers: %s", err.message);
	s->next_claim = n == CLAIM_MAX ? s->now : s->now + GW_LOOK_AHEAD - GW_SECOND;
}

/* ---- Executions that are waited for ---- */

static void tell_ended(struct gw_scheduler *s, const char *key, enum gw_state state)
{
	struct gw_watch *w = gw_map_remove(&s->waits, gw_slice_of(key));
	if (!w)
		return;
	gw_watch_ended(w, strchr(key, '/') + 1, state);
	touch(s, w);
}

static void hear_news(struct gw_scheduler *s, struct news *news)
{
	while (news) {
		struct news *next = news->next;
		tell_ended(s, news->execution, news->state);
		free(news->execution);
		free(news);
		news = next;
	}
}

static bool state_of(struct gw_scheduler *s, const char *key, enum gw_state *state)
{
	struct gw_error err;
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	const char *slash = strchr(key, '/');
	struct gw_key at = { gw_slice(key, (size_t)(slash - key)), gw_slice_of(slash + 1) };
	if (gw_store_get(s->engine->store, &gw_kind_execution, at, &record, &hold, &err))
		return gw_state_parse(record.fields[GW_EXECUTION_STATE].text, state);
	*state = GW_KILLED; /* deleted: nothing to wait for */
	return err.code == GW_NOT_FOUND;
}

/* The safety net: news get lost when another node runs the execution. */
static void check_waits(struct gw_scheduler *s)
{
	size_t n = 0;
	char **keys = gw_new_array(char *, s->waits.n);
	for (struct gw_map_entry *e = NULL; (e = gw_map_next(&s->waits, e));)
		keys[n++] = gw_strdup(e->key);
	for (size_t i = 0; i < n; i++) {
		enum gw_state state;
		if (state_of(s, keys[i], &state) && gw_state_is_terminal(state))
			tell_ended(s, keys[i], state);
		free(keys[i]);
	}
	free(keys);
	s->next_check = s->now + CHECK_EVERY;
}

/* ---- Writing ---- */

static gw_time due_when_left(const struct gw_watch *w)
{
	return w->t.disabled || w->t.is_asleep ? GW_NEVER : w->t.next;
}

/* The guard first: the trigger's cursor, then its backfills, then the executions. */
static void prepare(struct gw_scheduler *s, struct gw_watch *w)
{
	struct gw_slice owner = w->leaves ? (struct gw_slice){ 0 } : s->engine->owner;
	w->group = SIZE_MAX;
	if (!w->is_dirty && !w->leaves)
		return;
	w->group = gw_batch_group(&s->batch);
	gw_backfills_show(&w->backfills, &w->t);
	gw_trigger_state_put(&s->batch, GW_REPLACE, &w->t, owner,
		w->leaves ? due_when_left(w) : GW_NEVER);
	gw_batch_target(&s->batch, &w->t.version, NULL);
	for (size_t i = 0; i < w->backfills.n; i++)
		if (w->backfills.items[i]->is_dirty)
			gw_backfill_put(&s->batch, w->backfills.items[i]);
	for (size_t i = 0; i < w->n_made; i++) {
		bool is_over = gw_machine_is_over(w->made[i]);
		bool stays = !is_over && gw_engine_executes(s->engine);
		gw_batch_execution(&s->batch, w->made[i],
			stays ? s->engine->owner : (struct gw_slice){ 0 },
			stays || is_over ? GW_NEVER : s->now);
	}
	w->is_dirty = false;
}

static void hand_over(struct gw_scheduler *s, struct gw_machine *m)
{
	struct gw_execution *exec = m->exec;
	if (gw_machine_is_over(m) || !gw_engine_executes(s->engine)) {
		s->has_news = true;
		gw_followers_tell(s->engine->followers, exec->tenant, exec->id.text,
			gw_machine_is_over(m));
		gw_machine_free(m);
		return;
	}
	struct gw_mail *mail = gw_new(struct gw_mail);
	mail->type = GW_MAIL_ADOPT;
	mail->machine = m;
	gw_shard_post(gw_shard_of(s->engine, exec->id.text), mail, false);
}

/* It was edited, and is anybody's now; or it was written and what it promises was not: then it is
 * read again as one that somebody else left. */
static void lose(struct gw_scheduler *s, struct gw_watch *w)
{
	struct gw_error err;
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	const char *slash = strchr(w->key, '/');
	struct gw_key at = { gw_slice(w->key, (size_t)(slash - w->key)), gw_slice_of(slash + 1) };
	gw_log(GW_DEBUG, "scheduler", "%s was edited", w->key);
	s->next_claim = s->now;
	bool is_mine = gw_store_get(s->engine->store, &gw_kind_trigger, at, &record, &hold, &err) &&
		       gw_slice_equal(record.owner, s->engine->owner);
	drop(s, w);
	if (is_mine)
		add_claimed(s, &record);
}

static void settle(struct gw_scheduler *s, struct gw_watch *w, bool written)
{
	w->is_touched = false;
	if (w->group != SIZE_MAX && (!written || !gw_batch_confirm(&s->batch, w->group))) {
		lose(s, w);
		return;
	}
	gw_watch_waits(w, note_wait, s);
	for (size_t i = 0; i < w->n_made; i++)
		hand_over(s, w->made[i]);
	w->n_made = 0;
	if (w->t.pending && !w->leaves) { /* all of it is there */
		json_decref(gw_steal(&w->t.pending));
		w->is_dirty = true;
		w->at = s->now;
	}
	if (w->leaves)
		drop(s, w);
	else
		enter_heap(s, w);
}

static void write_all(struct gw_scheduler *s)
{
	struct gw_error err;
	bool written = true;
	size_t n = s->n_touched;
	if (s->batch.n_groups && !gw_batch_write(&s->batch, s->engine->store, -1, &err)) {
		gw_log(GW_ERROR, "scheduler", "writing failed: %s", err.message);
		written = false;
	}
	s->n_touched = 0;
	for (size_t i = 0; i < n; i++)
		settle(s, s->touched[i], written);
	gw_batch_reset(&s->batch);
	if (s->has_news && !gw_engine_executes(s->engine))
		gw_store_signal(s->engine->store);
	s->has_news = false;
}

/* ---- The thread ---- */

static struct news *take_news(struct gw_scheduler *s)
{
	gw_locked(&s->lock);
	if (s->is_woken) {
		s->next_claim = 0;
		if (!gw_engine_executes(s->engine) && s->waits.n > 0)
			s->next_check = 0; /* news are signals then */
	}
	s->is_woken = false;
	struct news *news = s->first_news;
	s->first_news = s->last_news = NULL;
	return news;
}

void gw_scheduler_turn(struct gw_scheduler *s)
{
	s->now = gw_clock_now();
	hear_news(s, take_news(s));
	if (s->next_claim <= s->now)
		claim(s);
	if (s->next_check <= s->now)
		check_waits(s);
	while (s->n_heap && s->heap[0]->at <= s->now) {
		struct gw_watch *w = s->heap[0];
		leave_heap(s, w);
		touch(s, w);
	}
	for (size_t i = 0; i < s->n_touched; i++) {
		gw_watch_decide(s->engine, s->touched[i], s->now);
		prepare(s, s->touched[i]);
	}
	write_all(s);
}

gw_time gw_scheduler_next(const struct gw_scheduler *s)
{
	gw_time at = s->next_claim < s->next_check ? s->next_claim : s->next_check;
	return s->n_heap && s->heap[0]->at < at ? s->heap[0]->at : at;
}

static void wait_for_work(struct gw_scheduler *s)
{
	gw_locked(&s->lock);
	while (!s->first_news && !s->is_woken && !s->is_stopping) {
		int64_t wait_ms = (gw_scheduler_next(s) - gw_clock_now() + 999) / 1000;
		if (wait_ms <= 0 || !gw_cond_wait(&s->wake, &s->lock, wait_ms))
			break;
	}
}

static bool has_to_stop(struct gw_scheduler *s)
{
	gw_locked(&s->lock);
	return s->is_stopping;
}

/* Gives everything back, so that another node takes it at once. */
void gw_scheduler_give_back(struct gw_scheduler *s)
{
	struct gw_error err;
	for (struct gw_map_entry *e = NULL; (e = gw_map_next(&s->watches, e));) {
		struct gw_watch *w = e->value;
		gw_batch_group(&s->batch);
		gw_trigger_state_put(&s->batch, GW_REPLACE, &w->t, (struct gw_slice){ 0 },
			w->t.execution || w->t.backfill ? 0 : due_when_left(w));
	}
	if (s->batch.n_groups && !gw_batch_write(&s->batch, s->engine->store, 5000, &err))
		gw_log(GW_WARN, "scheduler", "giving triggers back: %s", err.message);
}

static void *run_scheduler(void *arg)
{
	struct gw_scheduler *s = arg;
	while (!has_to_stop(s)) {
		wait_for_work(s);
		gw_scheduler_turn(s);
	}
	gw_scheduler_give_back(s);
	return NULL;
}

/* ---- From other threads ---- */

struct gw_scheduler *gw_scheduler_new(struct gw_engine *engine)
{
	struct gw_scheduler *s = gw_new(struct gw_scheduler);
	s->engine = engine;
	s->next_check = gw_clock_now() + CHECK_EVERY;
	pthread_mutex_init(&s->lock, NULL);
	gw_cond_init(&s->wake);
	return s;
}

struct gw_scheduler *gw_scheduler_start(struct gw_engine *engine, struct gw_error *err)
{
	struct gw_scheduler *s = gw_scheduler_new(engine);
	if (gw_thread_start(&s->thread, "scheduler", run_scheduler, s, err))
		return s;
	gw_scheduler_free(s);
	return NULL;
}

static void free_watch(void *p)
{
	gw_watch_free(p);
}

void gw_scheduler_quit(struct gw_scheduler *s)
{
	gw_locked(&s->lock);
	s->is_stopping = true;
	pthread_cond_signal(&s->wake);
}

void gw_scheduler_join(struct gw_scheduler *s)
{
	pthread_join(s->thread, NULL);
}

void gw_scheduler_free(struct gw_scheduler *s)
{
	if (!s)
		return;
	hear_news(s, s->first_news);
	gw_map_clear(&s->waits, NULL);
	gw_map_clear(&s->watches, free_watch);
	gw_batch_clear(&s->batch);
	free(s->heap);
	free(s->touched);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->wake);
	free(s);
}

void gw_scheduler_wake(struct gw_scheduler *s)
{
	gw_locked(&s->lock);
	s->is_woken = true;
	pthread_cond_signal(&s->wake);
}

void gw_scheduler_tell(struct gw_scheduler *s, const struct gw_execution *exec)
{
	struct news *news = gw_new(struct news);
	news->execution = gw_sprintf("%s/%s", exec->tenant, exec->id.text);
	news->state = gw_history_state(&exec->state);
	gw_locked(&s->lock);
	if (s->last_news)
		s->last_news->next = news;
	else
		s->first_news = news;
	s->last_news = news;
	pthread_cond_signal(&s->wake);
}

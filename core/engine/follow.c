/* follow.c - telling those who follow executions, or wait for their end, that something changed
 *
 * Shards tell what they write. What other nodes write is looked at again and again, all of it at
 * once, while somebody follows or waits. */
#include "engine/internal.h"

#include "engine/node.h"

#include <stdatomic.h>

#define LOOK_EVERY_MS 50

struct gw_follower {
	struct gw_followers *all;
	struct gw_follower *next;
	char *tenant, *execution; /* execution "" = all of the tenant */
	struct gw_version seen; /* of what another node wrote */
	/* With done it waits for the end, and belongs to this file. */
	void (*changed)(void *arg, const char *execution, bool ended);
	void (*done)(void *arg, const struct gw_answer *answer);
	void *arg;
	bool has_ended;
};

struct gw_followers {
	struct gw_engine *engine;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct gw_follower *first;
	atomic_uint n;
	bool is_stopping, is_joined;
};

/* ---- Coming and going ---- */

static struct gw_follower *add(struct gw_followers *all, const char *tenant, const char *execution)
{
	struct gw_follower *f = gw_new(struct gw_follower);
	f->all = all;
	f->tenant = gw_strdup(tenant);
	f->execution = gw_strdup(execution);
	return f;
}

static void enter(struct gw_follower *f)
{
	struct gw_followers *all = f->all;
	gw_locked(&all->lock);
	f->next = all->first;
	all->first = f;
	atomic_fetch_add(&all->n, 1);
	pthread_cond_signal(&all->wake);
}

static void free_follower(struct gw_follower *f)
{
	free(f->tenant);
	free(f->execution);
	free(f);
}

struct gw_follower *gw_engine_follow(struct gw_engine *engine, const char *tenant,
	const char *execution, void (*changed)(void *arg, const char *execution, bool ended),
	void *arg)
{
	struct gw_follower *f = add(engine->followers, tenant, execution);
	f->changed = changed;
	f->arg = arg;
	enter(f);
	return f;
}

void gw_engine_unfollow(struct gw_follower *f)
{
	struct gw_followers *all;
	if (!f)
		return;
	all = f->all;
	pthread_mutex_lock(&all->lock);
	struct gw_follower **at = &all->first;
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	atomic_fetch_sub(&all->n, 1);
	pthread_mutex_unlock(&all->lock);
	free_follower(f);
}

void gw_followers_await(struct gw_followers *all, const char *tenant, const char *execution,
	void (*done)(void *arg, const struct gw_answer *answer), void *arg)
{
	struct gw_follower *f = add(all, tenant, execution);
	f->done = done;
	f->arg = arg;
	enter(f);
}

/* ---- Telling ---- */

static void tell(struct gw_follower *f, const char *execution, bool ended)
{
	if (f->done)
		f->has_ended |= ended;
	else
		f->changed(f->arg, execution, ended);
}

void gw_followers_tell(struct gw_followers *all, const char *tenant, const char *execution,
	bool ended)
{
	if (atomic_load_explicit(&all->n, memory_order_relaxed) == 0)
		return;
	gw_locked(&all->lock);
	for (struct gw_follower *f = all->first; f; f = f->next)
		if (strcmp(f->tenant, tenant) == 0 &&
			(*f->execution == '\0' || strcmp(f->execution, execution) == 0))
			tell(f, execution, ended);
}

/* ---- Looking at what other nodes do ---- */

/* What is followed; its texts stay valid in the arena. */
static size_t list_keys(struct gw_followers *all, struct gw_arena *arena, struct gw_key **out)
{
	size_t n = 0;
	gw_locked(&all->lock);
	struct gw_key *keys = *out = gw_new_array(struct gw_key, atomic_load(&all->n));
	for (struct gw_follower *f = all->first; f; f = f->next) {
		if (*f->execution == '\0')
			continue;
		keys[n].tenant = gw_arena_copy(arena, gw_slice_of(f->tenant));
		keys[n++].key = gw_arena_copy(arena, gw_slice_of(f->execution));
	}
	return n;
}

/* The record's news, if it has any; one that is gone has ended. */
static void compare(struct gw_followers *all, const struct gw_key *key,
	const struct gw_record *record)
{
	enum gw_state state = GW_CREATED;
	bool is_ours = record->kind && gw_slice_equal(record->owner, all->engine->owner);
	bool ended = !record->kind ||
		     (!record->owner.data &&
			     gw_state_parse(record->fields[GW_EXECUTION_STATE].text, &state) &&
			     gw_state_is_terminal(state));
	gw_locked(&all->lock);
	for (struct gw_follower *f = all->first; f && !is_ours; f = f->next) {
		if (!gw_slice_is(key->key, f->execution) || !gw_slice_is(key->tenant, f->tenant) ||
			gw_version_equal(f->seen, record->version))
			continue;
		f->seen = record->version;
		tell(f, f->execution, ended);
	}
}

static void look(struct gw_followers *all)
{
	struct gw_error ignored; /* the next look may see more */
	struct gw_arena arena = { 0 };
	gw_auto_free struct gw_key *keys = NULL;
	gw_auto_free struct gw_record *records = NULL;
	size_t n = list_keys(all, &arena, &keys);
	if (n > 0 && gw_store_get_many(all->engine->store, &gw_kind_execution, keys, n, &records,
			     &ignored))
		for (size_t i = 0; i < n; i++)
			compare(all, &keys[i], &records[i]);
	gw_arena_clear(&arena);
}

/* ---- Those who wait for an end ---- */

/* One whose execution has ended, or any; no longer in the list. */
static struct gw_follower *take_waiting(struct gw_followers *all, bool any)
{
	gw_locked(&all->lock);
	for (struct gw_follower **at = &all->first; *at; at = &(*at)->next) {
		struct gw_follower *f = *at;
		if (!f->done || !(any || f->has_ended))
			continue;
		*at = f->next;
		atomic_fetch_sub(&all->n, 1);
		return f;
	}
	return NULL;
}

static void answer(struct gw_followers *all, struct gw_follower *f)
{
	gw_auto_str text = { 0 };
	struct gw_answer a = { 0 };
	if (!f->has_ended)
		gw_fail(&a.error, GW_UNAVAILABLE, "the server is stopping");
	else if (gw_engine_show(all->engine, f->tenant, f->execution, &text, &a.error))
		a.execution = gw_str_slice(&text);
	f->done(f->arg, &a);
	free_follower(f);
}

/* ---- The thread ---- */

/* Until there is something to look at, or it is time to look again; false = stop. */
static bool pause_before_look(struct gw_followers *all)
{
	gw_locked(&all->lock);
	while (!all->is_stopping && !all->first)
		gw_cond_wait(&all->wake, &all->lock, -1);
	if (!all->is_stopping)
		gw_cond_wait(&all->wake, &all->lock, LOOK_EVERY_MS);
	return !all->is_stopping;
}

static void *run(void *arg)
{
	struct gw_followers *all = arg;
	struct gw_engine *engine = all->engine;
	while (pause_before_look(all)) {
		if (!gw_engine_executes(engine) || gw_node_has_others(engine->node))
			look(all);
		for (struct gw_follower *f; (f = take_waiting(all, false));)
			answer(all, f);
	}
	return NULL;
}

struct gw_followers *gw_followers_new(struct gw_engine *engine, struct gw_error *err)
{
	struct gw_followers *all = gw_new(struct gw_followers);
	all->engine = engine;
	pthread_mutex_init(&all->lock, NULL);
	gw_cond_init(&all->wake);
	if (gw_thread_start(&all->thread, "follow", run, all, err))
		return all;
	all->is_joined = true;
	gw_followers_free(all);
	return NULL;
}

void gw_followers_stop(struct gw_followers *all)
{
	if (!all || all->is_joined)
		return;
	pthread_mutex_lock(&all->lock);
	all->is_stopping = true;
	pthread_cond_signal(&all->wake);
	pthread_mutex_unlock(&all->lock);
	pthread_join(all->thread, NULL);
	all->is_joined = true;
	for (struct gw_follower *f; (f = take_waiting(all, true));)
		answer(all, f);
}

void gw_followers_free(struct gw_followers *all)
{
	if (!all)
		return;
	pthread_mutex_destroy(&all->lock);
	pthread_cond_destroy(&all->wake);
	free(all);
}

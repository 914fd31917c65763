/* follow.c - telling those who follow executions that something changed */
#include "engine/internal.h"

#include <stdatomic.h>

struct gw_follower {
	struct gw_followers *all;
	struct gw_follower *next;
	char *tenant, *execution; /* execution "" = all of the tenant */
	void (*changed)(void *arg, const char *execution, bool ended);
	void *arg;
};

struct gw_followers {
	struct gw_engine *engine;
	pthread_mutex_t lock;
	struct gw_follower *first;
	atomic_uint n;
};

struct gw_followers *gw_followers_new(struct gw_engine *engine)
{
	struct gw_followers *all = gw_new(struct gw_followers);
	all->engine = engine;
	pthread_mutex_init(&all->lock, NULL);
	return all;
}

void gw_followers_free(struct gw_followers *all)
{
	if (!all)
		return;
	pthread_mutex_destroy(&all->lock);
	free(all);
}

struct gw_follower *gw_engine_follow(struct gw_engine *engine, const char *tenant,
	const char *execution, void (*changed)(void *arg, const char *execution, bool ended),
	void *arg)
{
	struct gw_followers *all = engine->followers;
	struct gw_follower *f = gw_new(struct gw_follower);
	*f = (struct gw_follower){ all, NULL, gw_strdup(tenant), gw_strdup(execution), changed,
		arg };
	gw_locked(&all->lock);
	f->next = all->first;
	all->first = f;
	atomic_fetch_add(&all->n, 1);
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
	free(f->tenant);
	free(f->execution);
	free(f);
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
			f->changed(f->arg, execution, ended);
}

/* lanes.c - batches on their way into a repository, several at once */
#include "backup/lanes.h"

#include "base/mem.h"
#include "base/thread.h"

#define LANES 3

struct lane {
	struct gw_lanes *lanes;
	pthread_t thread;
	struct gw_restore_batch *batch; /* its own while it is busy */
	struct gw_restore_count *count;
	bool is_busy;
};

struct gw_lanes {
	struct gw_store *store;
	const struct gw_editor *editor;
	pthread_mutex_t lock; /* guards what follows, and is_busy */
	pthread_cond_t changed;
	struct lane lane[LANES];
	unsigned n;
	bool is_stopping, has_failed;
	struct gw_error err; /* of the first that failed */
};

static void add_up(struct gw_restore_count *to, const struct gw_restore_count *more)
{
	for (int i = 0; i < GW_CHANGE_N; i++)
		to->by[i] += more->by[i];
}

static bool wait_for_batch(struct lane *lane)
{
	struct gw_lanes *l = lane->lanes;
	gw_locked(&l->lock);
	while (!lane->is_busy && !l->is_stopping)
		gw_cond_wait(&l->changed, &l->lock, -1);
	return lane->is_busy;
}

static void settle(struct lane *lane, const struct gw_restore_count *count,
	const struct gw_error *err)
{
	struct gw_lanes *l = lane->lanes;
	gw_batch_restored_clear(lane->batch);
	gw_locked(&l->lock);
	add_up(lane->count, count);
	if (err && !l->has_failed) {
		l->has_failed = true;
		l->err = *err;
	}
	lane->is_busy = false;
	pthread_cond_broadcast(&l->changed);
}

static void *run_lane(void *arg)
{
	struct lane *lane = arg;
	struct gw_lanes *l = lane->lanes;
	while (wait_for_batch(lane)) {
		struct gw_error err;
		struct gw_restore_count count = { 0 };
		bool ok = gw_batch_restore(l->store, l->editor, lane->batch, &count, &err);
		settle(lane, &count, ok ? NULL : &err);
	}
	return NULL;
}

struct gw_lanes *gw_lanes_start(struct gw_store *store, const struct gw_editor *editor,
	struct gw_error *err)
{
	struct gw_lanes *l = gw_new(struct gw_lanes);
	l->store = store;
	l->editor = editor;
	pthread_mutex_init(&l->lock, NULL);
	gw_cond_init(&l->changed);
	for (; l->n < LANES; l->n++) {
		struct lane *lane = &l->lane[l->n];
		lane->lanes = l;
		lane->batch = gw_new(struct gw_restore_batch);
		if (gw_thread_start(&lane->thread, "restore", run_lane, lane, err))
			continue;
		free(lane->batch);
		gw_lanes_stop(&l);
		return NULL;
	}
	return l;
}

static struct lane *find_free(struct gw_lanes *l)
{
	for (;;) {
		for (unsigned i = 0; i < l->n; i++)
			if (!l->lane[i].is_busy)
				return &l->lane[i];
		gw_cond_wait(&l->changed, &l->lock, -1);
	}
}

bool gw_lanes_put(struct gw_lanes *l, struct gw_restore_batch **batch,
	struct gw_restore_count *count, struct gw_error *err)
{
	gw_locked(&l->lock);
	struct lane *lane = find_free(l);
	if (l->has_failed) {
		*err = l->err;
		return false;
	}
	struct gw_restore_batch *empty = lane->batch;
	lane->batch = *batch;
	lane->count = count;
	lane->is_busy = true;
	*batch = empty;
	pthread_cond_broadcast(&l->changed);
	return true;
}

static bool is_busy(const struct gw_lanes *l)
{
	for (unsigned i = 0; i < l->n; i++)
		if (l->lane[i].is_busy)
			return true;
	return false;
}

bool gw_lanes_wait(struct gw_lanes *l, struct gw_error *err)
{
	gw_locked(&l->lock);
	while (is_busy(l))
		gw_cond_wait(&l->changed, &l->lock, -1);
	if (l->has_failed)
		*err = l->err;
	return !l->has_failed;
}

static void tell_to_stop(struct gw_lanes *l)
{
	gw_locked(&l->lock);
	l->is_stopping = true;
	pthread_cond_broadcast(&l->changed);
}

void gw_lanes_stop(struct gw_lanes **lanes)
{
	struct gw_lanes *l = gw_steal(lanes);
	if (!l)
		return;
	tell_to_stop(l);
	for (unsigned i = 0; i < l->n; i++) {
		pthread_join(l->lane[i].thread, NULL);
		gw_batch_restored_clear(l->lane[i].batch);
		free(l->lane[i].batch);
	}
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

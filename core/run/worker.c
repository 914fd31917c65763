/* worker.c - threads that do jobs, and the jobs that wait for one */
#include "run/worker.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/thread.h"
#include "metrics/metrics.h"
#include "run/work.h"

#include <dirent.h>
#include <errno.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_MAX 1024
#define FDS_PER_JOB 6 /* three to the child, one of the thread, two while it starts */
#define FDS_OF_OTHERS 256
#define SHARED 0711 /* a task user passes through to folders of its own */
#define IDLE_MS 30000 /* then a thread ends */

struct entry {
	struct gw_job *job;
	struct gw_work *work; /* NULL = it waits */
	bool is_killed;
	gw_time since; /* it waits */
	struct entry *next; /* of those that wait */
};

struct hand {
	struct gw_worker *worker;
	char *folder; /* its own: making folders in the same one would take turns */
	pthread_t thread;
	struct hand *next; /* of those that ended */
};

struct gw_worker {
	struct gw_worker_setup setup;
	char *folder;
	unsigned max;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t waiting; /* there is a job, or nothing more to come */
	pthread_cond_t quiet; /* a job or a thread has ended */
	struct entry *first, **last; /* that wait: killed ones, then the others */
	struct gw_map entries; /* by task run; those that wait and those that run */
	struct hand *ended; /* threads to be joined */
	unsigned next_hand, running, n_waiting;
	unsigned threads; /* that take jobs: more than max only to end killed ones */
	unsigned alive; /* threads, and those about to end */
	unsigned idle; /* threads that wait for a job */
	bool stops;
};

/* ---- Jobs ---- */

struct gw_job *gw_job_new(struct gw_flow *flow)
{
	struct gw_job *job = gw_new(struct gw_job);
	job->flow = gw_flow_ref(flow);
	job->attempt = 1;
	job->timeout_at = GW_NEVER;
	return job;
}

void gw_job_free(struct gw_job *job)
{
	if (!job)
		return;
	gw_flow_unref(&job->flow);
	json_decref(job->properties);
	json_decref(job->context);
	json_decref(job->secrets);
	free(job->execution);
	free(job->taskrun);
	free(job);
}

static void finish_job(struct gw_job *job, struct gw_job_result *result)
{
	job->done(job, result);
	gw_effects_clear(&result->effects);
	gw_job_free(job);
}

/* ---- A thread ---- */

/* Whether there is something that this thread may do; waits for it. */
static bool await_entry(struct gw_worker *worker)
{
	worker->idle++;
	while (!worker->first && !worker->stops && worker->threads <= worker->max)
		if (!gw_cond_wait(&worker->waiting, &worker->lock, IDLE_MS))
			break;
	worker->idle--;
	return worker->first && (worker->threads <= worker->max || worker->first->is_killed);
}

/* The next job; NULL when this thread has nothing to do for long, or never again. */
static struct entry *take_entry(struct gw_worker *worker, struct gw_work *work)
{
	gw_locked(&worker->lock);
	if (!await_entry(worker)) {
		worker->threads--;
		return NULL;
	}
	struct entry *entry = worker->first;
	worker->first = entry->next;
	if (!worker->first)
		worker->last = &worker->first;
	worker->n_waiting--;
	worker->running++;
	gw_meter_add(GW_METER_WORKER_PENDING, -1);
	gw_meter_add(GW_METER_WORKER_RUNNING, 1);
	gw_meter_time(GW_METER_WORKER_QUEUED, gw_clock_now() - entry->since);
	work->job = entry->job;
	if (work->job->timeout_at != GW_NEVER)
		work->job->timeout_at += gw_clock_now() - entry->since;
	work->stop = entry->is_killed ? GW_STOP_KILLED
		     : worker->stops  ? GW_STOP_SHUTDOWN
				      : GW_GOES_ON;
	entry->work = work;
	return entry;
}

static void put_entry(struct gw_worker *worker, struct entry *entry)
{
	gw_locked(&worker->lock);
	gw_map_remove(&worker->entries, gw_slice_of(entry->job->taskrun));
}

static void leave(struct gw_worker *worker)
{
	gw_locked(&worker->lock);
	worker->running--;
	gw_meter_add(GW_METER_WORKER_RUNNING, -1);
	pthread_cond_broadcast(&worker->quiet);
}

static void do_entry(struct gw_worker *worker, struct entry *entry, struct gw_work *work)
{
	struct gw_job_result result = { 0 };
	int64_t begun = gw_clock_boot();
	gw_meter_add(GW_METER_WORKER_STARTED, 1);
	gw_work_do(work, &result);
	gw_meter_add_state(GW_METER_WORKER_ENDED, result.state, 1);
	gw_meter_time_state(GW_METER_WORKER_DURATION, result.state, gw_clock_boot() - begun);
	gw_meter_add(GW_METER_WORKER_TIMEOUT, work->stop == GW_STOP_TIMEOUT);
	put_entry(worker, entry); /* from here on it cannot be killed: work is gone */
	finish_job(entry->job, &result);
	free(entry);
	leave(worker);
}

static void do_entries(struct gw_worker *worker, const char *base)
{
	gw_auto_fd wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	gw_auto_free char *spare = NULL;
	for (;;) {
		struct gw_work work = { .setup = &worker->setup,
			.wake = wake,
			.base = base,
			.spare = &spare,
			.child = GW_NO_CHILD };
		struct entry *entry = take_entry(worker, &work);
		if (!entry)
			return;
		do_entry(worker, entry, &work);
	}
}

static void *labour(void *arg)
{
	struct hand *hand = arg;
	struct gw_worker *worker = hand->worker;
	struct gw_error unremoved;
	mkdir(hand->folder, SHARED);
	do_entries(worker, hand->folder);
	gw_tree_remove(hand->folder, &unremoved);
	gw_locked(&worker->lock);
	worker->alive--;
	hand->next = worker->ended;
	worker->ended = hand;
	pthread_cond_broadcast(&worker->quiet);
	return NULL;
}

static void free_hand(struct hand *hand)
{
	free(hand->folder);
	free(hand);
}

/* With the lock held; threads on the list have let go of it for the last time. */
static void join_ended(struct gw_worker *worker)
{
	while (worker->ended) {
		struct hand *hand = worker->ended;
		worker->ended = hand->next;
		pthread_join(hand->thread, NULL);
		free_hand(hand);
	}
}

/* With the lock held. */
static void add_thread(struct gw_worker *worker)
{
	struct gw_error err;
	struct hand *hand = gw_new(struct hand);
	hand->worker = worker;
	hand->folder = gw_sprintf("%s/%u", worker->folder, worker->next_hand++);
	join_ended(worker);
	if (gw_thread_start(&hand->thread, "worker", labour, hand, &err)) {
		worker->threads++;
		worker->alive++;
		return;
	}
	free_hand(hand);
	gw_log(GW_ERROR, "run", "%s", err.message);
}

/* ---- Giving it work ---- */

/* True if it is stopped: then no thread will come for it. */
static bool enqueue(struct gw_worker *worker, struct gw_job *job)
{
	struct entry *entry = gw_new(struct entry);
	entry->job = job;
	entry->since = gw_clock_now();
	gw_locked(&worker->lock);
	gw_map_put(&worker->entries, gw_slice_of(job->taskrun), entry);
	*worker->last = entry;
	worker->last = &entry->next;
	worker->n_waiting++;
	gw_meter_add(GW_METER_WORKER_PENDING, 1);
	if (worker->stops)
		return true;
	if (worker->idle >= worker->n_waiting)
		pthread_cond_signal(&worker->waiting);
	else if (worker->threads < worker->max)
		add_thread(worker);
	return false;
}

/* On the caller's thread: jobs that wait are taken and found to be stopped. */
static void turn_away(struct gw_worker *worker)
{
	pthread_mutex_lock(&worker->lock);
	worker->threads++;
	pthread_mutex_unlock(&worker->lock);
	do_entries(worker, worker->folder);
}

void gw_worker_submit(struct gw_worker *worker, struct gw_job *job)
{
	if (enqueue(worker, job))
		turn_away(worker);
}

static void stop_work(struct gw_work *work, enum gw_stop stop)
{
	enum gw_stop none = GW_GOES_ON;
	uint64_t one = 1;
	if (atomic_compare_exchange_strong(&work->stop, &none, stop) &&
		write(work->wake, &one, sizeof(one)) < 0)
		return; /* it is awake already */
}

/* Moves a job to the front of those that wait and sees that a thread takes it. */
static void kill_waiting(struct gw_worker *worker, struct entry *entry)
{
	struct entry **p = &worker->first;
	while (*p != entry)
		p = &(*p)->next;
	*p = entry->next;
	if (worker->last == &entry->next)
		worker->last = p;
	entry->next = worker->first;
	worker->first = entry;
	if (!entry->next)
		worker->last = &entry->next;
	entry->is_killed = true;
	if (worker->idle == 0 && worker->threads <= worker->max)
		add_thread(worker);
}

bool gw_worker_kill(struct gw_worker *worker, const char *taskrun)
{
	gw_locked(&worker->lock);
	struct entry *entry = gw_map_find(&worker->entries, taskrun);
	if (entry && entry->work)
		stop_work(entry->work, GW_STOP_KILLED);
	else if (entry && !entry->is_killed)
		kill_waiting(worker, entry);
	return entry != NULL;
}

struct gw_worker_counts gw_worker_counts(struct gw_worker *worker)
{
	gw_locked(&worker->lock);
	return (struct gw_worker_counts){ worker->running, worker->n_waiting, worker->max };
}

/* ---- Start and stop ---- */

static unsigned bound(unsigned wanted)
{
	struct rlimit files;
	unsigned max = wanted ? wanted : DEFAULT_MAX;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY)
		return max;
	rlim_t possible = files.rlim_cur > FDS_OF_OTHERS + FDS_PER_JOB
				  ? (files.rlim_cur - FDS_OF_OTHERS) / FDS_PER_JOB
				  : 1;
	return possible < max ? (unsigned)possible : max;
}

static bool empty_folder(const char *path, struct gw_error *err)
{
	DIR *folder = opendir(path);
	for (struct dirent *e; folder && (e = readdir(folder));) {
		gw_auto_free char *inner = gw_sprintf("%s/%s", path, e->d_name);
		bool is_self = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
		if (!is_self && !gw_tree_remove(inner, err)) {
			closedir(folder);
			return false;
		}
	}
	if (folder)
		closedir(folder);
	return true;
}

struct gw_worker *gw_worker_start(const struct gw_worker_setup *setup, struct gw_error *err)
{
	if (!gw_dir_make(setup->folder, err) || !empty_folder(setup->folder, err))
		return NULL;
	if (chmod(setup->folder, SHARED) != 0) {
		gw_fail_errno(err, errno, "%s", setup->folder);
		return NULL;
	}
	struct gw_worker *worker = gw_new(struct gw_worker);
	worker->setup = *setup;
	worker->folder = gw_strdup(setup->folder);
	worker->setup.folder = worker->folder;
	worker->max = bound(setup->max);
	gw_meter_set(GW_METER_WORKER_THREADS, worker->max);
	worker->last = &worker->first;
	pthread_mutex_init(&worker->lock, NULL);
	gw_cond_init(&worker->waiting);
	gw_cond_init(&worker->quiet);
	return worker;
}

/* Jobs that wait are taken and found to be stopped. */
static void stop_all(struct gw_worker *worker, int64_t grace_us)
{
	int64_t until = gw_clock_boot() + grace_us;
	worker->stops = true;
	pthread_cond_broadcast(&worker->waiting);
	while (worker->running > 0 || worker->first) {
		int64_t left_ms = (until - gw_clock_boot()) / 1000;
		if (left_ms <= 0 || !gw_cond_wait(&worker->quiet, &worker->lock, left_ms))
			break;
	}
	for (struct gw_map_entry *e = NULL; (e = gw_map_next(&worker->entries, e));)
		if (((struct entry *)e->value)->work)
			stop_work(((struct entry *)e->value)->work, GW_STOP_SHUTDOWN);
	while (worker->alive > 0)
		pthread_cond_wait(&worker->quiet, &worker->lock);
}

void gw_worker_stop(struct gw_worker *worker, int64_t grace_us)
{
	pthread_mutex_lock(&worker->lock);
	stop_all(worker, grace_us);
	join_ended(worker);
	pthread_mutex_unlock(&worker->lock);
	turn_away(worker); /* if there never was a thread for them */
}

void gw_worker_free(struct gw_worker **worker)
{
	struct gw_worker *w = gw_steal(worker);
	if (!w)
		return;
	gw_map_clear(&w->entries, NULL);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->waiting);
	pthread_cond_destroy(&w->quiet);
	free(w->folder);
	free(w);
}

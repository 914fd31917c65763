/* pool.c - threads that do what would block an HTTP thread */
#include "api/pool.h"

#include "base/mem.h"
#include "base/thread.h"

struct queue {
	struct gw_pool_job *first, **end;
};

struct gw_pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct queue urgent, normal;
	size_t n, max; /* of the normal queue */
	bool urgent_was_last;
	bool stopping;
	pthread_t *threads;
	unsigned n_threads;
};

static void push(struct queue *queue, struct gw_pool_job *job)
{
	job->next = NULL;
	*queue->end = job;
	queue->end = &job->next;
}

static struct gw_pool_job *pop(struct queue *queue)
{
	struct gw_pool_job *job = queue->first;
	if (!job)
		return NULL;
	queue->first = job->next;
	if (!queue->first)
		queue->end = &queue->first;
	return job;
}

/* The queues take turns while both have work. */
static struct gw_pool_job *next_job(struct gw_pool *pool)
{
	bool is_urgent = pool->urgent.first && !(pool->urgent_was_last && pool->normal.first);
	struct gw_pool_job *job = pop(is_urgent ? &pool->urgent : &pool->normal);
	pool->urgent_was_last = is_urgent;
	pool->n -= job && !is_urgent;
	return job;
}

/* Waits for the next job; NULL when the pool stops. */
static struct gw_pool_job *take_job(struct gw_pool *pool)
{
	gw_locked(&pool->lock);
	while (!pool->stopping) {
		struct gw_pool_job *job = next_job(pool);
		if (job)
			return job;
		gw_cond_wait(&pool->work, &pool->lock, -1);
	}
	return NULL;
}

static void *run_jobs(void *arg)
{
	struct gw_pool *pool = arg;
	struct gw_pool_job *job;
	while ((job = take_job(pool)))
		job->run(job);
	return NULL;
}

struct gw_pool *gw_pool_start(unsigned threads, size_t queue, struct gw_error *err)
{
	struct gw_pool *pool = gw_new(struct gw_pool);
	pthread_mutex_init(&pool->lock, NULL);
	gw_cond_init(&pool->work);
	pool->urgent.end = &pool->urgent.first;
	pool->normal.end = &pool->normal.first;
	pool->max = queue;
	pool->threads = gw_new_array(pthread_t, threads);
	for (unsigned i = 0; i < threads; i++) {
		if (!gw_thread_start(&pool->threads[i], "api", run_jobs, pool, err)) {
			gw_pool_stop(pool);
			gw_pool_free(pool);
			return NULL;
		}
		pool->n_threads++;
	}
	return pool;
}

static void drop_all(struct queue *queue)
{
	struct gw_pool_job *job;
	while ((job = pop(queue)))
		job->drop(job);
}

static void stop_threads(struct gw_pool *pool)
{
	gw_locked(&pool->lock);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->work);
}

void gw_pool_stop(struct gw_pool *pool)
{
	stop_threads(pool);
	for (unsigned i = 0; i < pool->n_threads; i++)
		pthread_join(pool->threads[i], NULL);
	pool->n_threads = 0;
	drop_all(&pool->urgent);
	drop_all(&pool->normal);
}

void gw_pool_free(struct gw_pool *pool)
{
	if (!pool)
		return;
	pthread_cond_destroy(&pool->work);
	pthread_mutex_destroy(&pool->lock);
	free(pool->threads);
	free(pool);
}

bool gw_pool_submit(struct gw_pool *pool, struct gw_pool_job *job)
{
	gw_locked(&pool->lock);
	if (pool->stopping || pool->n == pool->max)
		return false;
	push(&pool->normal, job);
	pool->n++;
	pthread_cond_signal(&pool->work);
	return true;
}

static bool push_urgent(struct gw_pool *pool, struct gw_pool_job *job)
{
	gw_locked(&pool->lock);
	if (pool->stopping)
		return false;
	push(&pool->urgent, job);
	pthread_cond_signal(&pool->work);
	return true;
}

void gw_pool_urge(struct gw_pool *pool, struct gw_pool_job *job)
{
	if (!push_urgent(pool, job))
		job->drop(job);
}

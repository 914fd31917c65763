/* thread.h - threads with small stacks, and locks freed by scope */
#ifndef GODWIT_THREAD_H
#define GODWIT_THREAD_H

#include <godwit/time.h>

#include <pthread.h>

/* Starts a named thread (15 characters are shown) with a 1 MiB stack and all signals blocked. */
GW_EXPORT bool gw_thread_start(pthread_t *out, const char *name, void *(*run)(void *), void *arg,
	struct gw_error *err);

static inline void gw_unlock_p(pthread_mutex_t **m)
{
	pthread_mutex_unlock(*m);
}

/* Holds a lock until the end of the scope: gw_locked(&queue->lock); */
#define gw_locked(mutex)                                                                  \
	__attribute__((cleanup(gw_unlock_p), unused)) pthread_mutex_t *locked_ = (mutex); \
	pthread_mutex_lock(locked_)

/* A condition variable that waits on CLOCK_MONOTONIC. */
GW_EXPORT void gw_cond_init(pthread_cond_t *cond);
/* False when timeout_ms (< 0: for ever) passed. */
GW_EXPORT bool gw_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t timeout_ms);

#endif

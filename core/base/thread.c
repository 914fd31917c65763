/* thread.c - starting threads, and waiting on conditions */
#include "base/thread.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#define STACK_SIZE ((size_t)1 << 20)

bool gw_thread_start(pthread_t *out, const char *name, void *(*run)(void *), void *arg,
	struct gw_error *err)
{
	sigset_t all, before;
	pthread_attr_t attr;
	pthread_t thread;
	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&thread, &attr, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (failed)
		return gw_fail_errno(err, failed, "starting thread %s", name);
	char shown[16];
	snprintf(shown, sizeof(shown), "%s", name);
	pthread_setname_np(thread, shown);
	*out = thread;
	return true;
}

void gw_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

bool gw_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t timeout_ms)
{
	if (timeout_ms < 0)
		return pthread_cond_wait(cond, mutex) == 0;
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += timeout_ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	return pthread_cond_timedwait(cond, mutex, &until) != ETIMEDOUT;
}

/* plain.c - how fast processes start with nothing around them */
#include "tests/bench/plain.h"

#include "base/clock.h"
#include "base/thread.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4

static atomic_int left;

static void read_to_end(int fd)
{
	char unused[4096];
	while (read(fd, unused, sizeof(unused)) > 0)
		;
	close(fd);
}

static void spawn_one(void)
{
	char name[] = "/bin/true";
	char *argv[] = { name, NULL };
	int out[2], errors[2];
	pid_t pid;
	posix_spawn_file_actions_t actions;
	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0)
		abort();
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	posix_spawn_file_actions_adddup2(&actions, errors[1], 2);
	if (posix_spawn(&pid, name, &actions, NULL, argv, environ) != 0)
		abort();
	posix_spawn_file_actions_destroy(&actions);
	close(out[1]);
	close(errors[1]);
	read_to_end(out[0]);
	read_to_end(errors[0]);
	waitpid(pid, NULL, 0);
}

static void *spawn_many(void *arg)
{
	while (atomic_fetch_sub(&left, 1) > 0)
		spawn_one();
	return arg;
}

double bench_spawn_rate(int n)
{
	pthread_t threads[THREADS];
	struct gw_error err;
	int64_t begin = gw_clock_boot();
	atomic_store(&left, n);
	for (int i = 0; i < THREADS; i++)
		gw_thread_start(&threads[i], "spawn", spawn_many, NULL, &err);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return n / ((double)(gw_clock_boot() - begin) / 1e6);
}

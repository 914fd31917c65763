/* runs.h - for tests that run tasks: hosts, a worker, jobs and what became of them
 *
 * A program that uses it starts hosts from itself: its main returns RUNS_MAIN(…). */
#ifndef GW_TESTS_LIB_RUNS_H
#define GW_TESTS_LIB_RUNS_H

#include "tests/unit/test.h"

#include "base/fd.h"
#include "run/host.h"
#include "run/worker.h"

#include <pthread.h>

/* A bound for isolated tasks that the host itself, its modules and a little more fit into. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RUNS_MEMORY 0 /* sanitizers need all the address space there is */
#else
#define RUNS_MEMORY (INT64_C(512) << 20)
#endif

/* Types of a module in the server: "test.Script" {script, env} and "test.Command" {argv} are
 * programs, "test.Pure" outputs its property "value". */
extern const struct gw_module runs_module;

struct runs_options {
	const char *const *modules; /* "tests/lib/wild", ended by NULL; NULL = none */
	const struct gw_module *const *own; /* in the server; NULL = none */
	const char *const *own_files; /* the same by name, as modules */
	unsigned hosts, jobs; /* 0 = 1, 0 = 64 */
	int64_t grace_us; /* 0 = 5 s */
	int64_t memory;
	const char *user;
	int lock; /* a descriptor + 1; 0 = none */
};

struct runs {
	char folder[64]; /* of this test: removed at the end */
	char node[32];
	struct gw_hosts *hosts;
	struct gw_worker *worker;
	struct gw_storage *storage;
	struct gw_registry *own;
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

/* A job as the test sees it. */
struct outcome {
	struct runs *runs;
	bool is_done;
	struct gw_job_result result;
	struct gw_str lines; /* "INFO text\n" each */
	size_t n_lines, n_batches;
};

void runs_start(struct runs *runs, const struct runs_options *options);
void runs_stop(struct runs *runs);
/* A job for a type; properties are stolen, NULL = none. */
struct gw_job *runs_job(struct runs *runs, const char *type, json_t *properties);
/* The same with properties as they are written in a flow, which the worker renders. */
struct gw_job *runs_written_job(struct runs *runs, const char *type, json_t *properties);
struct outcome *runs_submit(struct runs *runs, struct gw_job *job);
struct outcome *runs_await(struct outcome *outcome);
struct outcome *runs_do(struct runs *runs, const char *type, json_t *properties);
/* Waits until a text is among the lines. */
void runs_await_line(struct outcome *outcome, const char *text);
void outcome_free(struct outcome *outcome);
#define auto_outcome __attribute__((cleanup(outcome_free_p))) struct outcome
void outcome_free_p(struct outcome **outcome);

/* Processes that carry a run of the node in their environment, hosts and this one left out. */
size_t runs_processes(const struct runs *runs);
/* Waits up to ten seconds until there are n. */
void runs_await_processes(const struct runs *runs, size_t n);
/* The process ids of this process's hosts. */
size_t runs_hosts(pid_t *pids, size_t max);

/* What main returns: a host's life if that is what was started, else the tests'. */
#define RUNS_MAIN(argc, argv, tests, start, stop)           \
	((argc) > 1 && strcmp((argv)[1], GW_HOST_VERB) == 0 \
			? gw_host_main(argc, argv)          \
			: cmocka_run_group_tests(tests, start, stop))

#endif

/* worker.h - running tasks: a thread for each that runs, made on demand and reused */
#ifndef GW_RUN_WORKER_H
#define GW_RUN_WORKER_H

#include "model/flow.h"
#include "run/hosts.h"
#include "run/run.h"
#include "storage/storage.h"

struct gw_worker;
struct gw_job;

struct gw_job_result {
	enum gw_state state; /* a terminal one */
	struct gw_error error; /* code GW_OK = none; it is among the log lines already */
	struct gw_effects effects; /* lines: those that were not handed on before */
	bool fires; /* of a trigger: an execution starts */
	bool interrupted; /* the worker stopped before the job ended: the state says nothing */
};

/* One attempt of a task, or one poll of a trigger. Made with gw_job_new, filled in, submitted. */
struct gw_job {
	struct gw_flow *flow; /* a reference, owned */
	const struct gw_task *task; /* of the flow; NULL = the trigger is polled */
	const struct gw_trigger *trigger;
	char *execution, *taskrun; /* ids; taskrun is unique among the jobs; owned */
	int attempt; /* from 1 */
	json_t *properties; /* rendered; NULL = the worker renders them, I/O allowed; owned */
	json_t *context; /* variables by name, nobody else's; owned */
	json_t *secrets; /* texts to hide in log lines, a list or NULL; owned */
	gw_time timeout_at; /* moved on by the time it waits for a thread; GW_NEVER = none */

	/* Lines of a run that goes on, ten times a second at most; may take effects->lines. It may
	 * wait: so does what the task prints. NULL = all come with the result. */
	void (*lines)(struct gw_job *job, struct gw_effects *effects);
	/* Exactly once, on a thread of the worker unless it is stopped; what it takes out of the
	 * result (sets to NULL or zero) is its own. The job is freed afterwards. */
	void (*done)(struct gw_job *job, struct gw_job_result *result);
	void *arg;
};

struct gw_worker_setup {
	struct gw_hosts *hosts;
	struct gw_storage *storage;
	const char *folder; /* for working folders, of this node alone: emptied at the start */
	unsigned max; /* jobs at once; 0 = 1024 */
	int64_t grace_us; /* between TERM and KILL */
	bool recursive; /* texts are rendered until nothing changes */
	/* What a task asks with gw_run_ask, and "errorLogs": a new reference, NULL on error. */
	json_t *(*ask)(void *arg, const struct gw_job *job, const char *question,
		const json_t *arguments, struct gw_error *err);
	void *arg;
};

/* What setup points to must outlive the worker. */
GW_EXPORT struct gw_worker *gw_worker_start(const struct gw_worker_setup *setup,
	struct gw_error *err);
/* Lets jobs end for grace_us, then kills them; those that wait are not started. All are done when
 * it returns, interrupted if need be; jobs submitted later are at once, on the caller's thread. */
GW_EXPORT void gw_worker_stop(struct gw_worker *worker, int64_t grace_us);
GW_EXPORT void gw_worker_free(struct gw_worker **worker); /* a stopped one; tolerates NULL */

GW_EXPORT struct gw_job *gw_job_new(struct gw_flow *flow); /* takes a reference of its own */
GW_EXPORT void gw_job_free(struct gw_job *job); /* for one that was not submitted */
/* The folder of its files in internal storage: kestra:///…/executions/ID/tasks/TASK/RUN */
GW_EXPORT void gw_job_place(struct gw_str *uri, const struct gw_job *job);
/* Never blocks. The worker owns the job from here on. */
GW_EXPORT void gw_worker_submit(struct gw_worker *worker, struct gw_job *job);
/* Ends a job KILLED, whether it runs or waits; false if there is none of this task run. */
GW_EXPORT bool gw_worker_kill(struct gw_worker *worker, const char *taskrun);

struct gw_worker_counts {
	unsigned running, waiting, max;
};

GW_EXPORT struct gw_worker_counts gw_worker_counts(struct gw_worker *worker);

#endif

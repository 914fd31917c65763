/* work.h - one job being done: for the files of this room */
#ifndef GW_RUN_WORK_H
#define GW_RUN_WORK_H

#include "expr/expr.h"
#include "run/child.h"
#include "run/functions.h"
#include "run/lines.h"
#include "run/worker.h"

#include <stdatomic.h>

enum gw_stop { GW_GOES_ON, GW_STOP_KILLED, GW_STOP_TIMEOUT, GW_STOP_SHUTDOWN };

struct gw_work {
	struct gw_run run; /* what the functions of a type get; run.self is this */
	const struct gw_worker_setup *setup;
	struct gw_job *job;
	_Atomic enum gw_stop stop; /* set by others, who then write to wake */
	int wake; /* eventfd of the thread */
	const char *base; /* folder of the thread, where working folders are made; exists */
	char **spare; /* of the thread: a working folder that was left as it was; NULL = none */

	struct gw_scope scope; /* first looked up: gw_run_define, then the job's context */
	struct gw_functions functions;
	struct gw_mask mask;
	size_t masked; /* lines of run.effects that are masked already */
	char *id; /* value of GODWIT_RUN */
	char *folder; /* NULL = not asked for yet */

	struct gw_child child;
	struct gw_lines out, err_lines;
	bool has_ended; /* the child; status or error says how */
	bool has_result; /* an isolated task has sent it */
	bool fires;
	int status; /* of waitpid */
	struct gw_error error; /* of the child's start, its result or its end */
	int64_t flush_at; /* us since boot: lines are handed on; 0 = there are none */
	int64_t kill_at; /* us since boot: grace is over; 0 = it was not told to stop */
};

/* Runs the whole job on the calling thread: fills result (zeroed before). */
void gw_work_do(struct gw_work *work, struct gw_job_result *result);

/* ---- Services (services.c) ---- */

extern const struct gw_run_services gw_work_services;
void gw_work_set_up(struct gw_work *work);
void gw_work_tear_down(struct gw_work *work);
/* Hands lines on to the job's owner if there are any. */
void gw_work_flush(struct gw_work *work);
/* The same services for an isolated task: answers one of its messages (serve.c). */
void gw_work_serve(struct gw_work *work, struct gw_message *m);

/* ---- The working folder (folder.c) ---- */

/* The one of a job, made on first use. */
const char *gw_work_folder(struct gw_run *run, struct gw_error *err);
/* What was put into it belongs to the user that tasks run as. */
bool gw_work_give_folder(struct gw_work *work, struct gw_error *err);
/* Removes it, or keeps it for the thread's next job if nothing was left in it. */
void gw_work_return_folder(struct gw_work *work);

/* ---- Following (follow.c) ---- */

/* Starts a child (program NULL = isolated, task is its first message) and stays with it to its end.
 * False with the error of its start or end. */
bool gw_work_follow(struct gw_work *work, const struct gw_program *program, const json_t *task,
	struct gw_error *err);

#endif

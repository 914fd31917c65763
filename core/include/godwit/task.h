/* task.h - task types: what a task can be told, and what it does */
#ifndef GODWIT_TASK_H
#define GODWIT_TASK_H

#include <godwit/json.h>
#include <godwit/property.h>
#include <godwit/state.h>

enum gw_task_mode {
	GW_TASK_ISOLATED, /* run is called in a child process of a task host */
	GW_TASK_PURE, /* run is called where the engine decides: no I/O, no waiting, no state.
			   * Honoured only for the installation's own modules. */
	GW_TASK_PROGRAM, /* program yields a command; own modules' is called in the server */
	GW_TASK_FLOWABLE, /* plan says which child tasks run, how */
};

/* ---- One run of a task ---- */

struct gw_run; /* opaque; valid during the call */

/* Effects are collected and committed together with the result. */
GW_EXPORT void gw_run_log(struct gw_run *run, enum gw_level level, const char *format, ...)
	GW_PRINTF(3, 4);
GW_EXPORT void gw_run_log_text(struct gw_run *run, enum gw_level level, struct gw_slice text);
GW_EXPORT void gw_run_output(struct gw_run *run, const char *name, json_t *value); /* owns value */
GW_EXPORT void gw_run_counter(struct gw_run *run, const char *name, double value,
	const json_t *tags);
GW_EXPORT void gw_run_timer(struct gw_run *run, const char *name, int64_t us, const json_t *tags);
/* A state other than SUCCESS for a run that ends well (WARNING, KILLED, SKIPPED …). */
GW_EXPORT void gw_run_state(struct gw_run *run, enum gw_state state);
/* Sets an execution label; an existing key is replaced. */
GW_EXPORT void gw_run_label(struct gw_run *run, const char *key, const char *value);
/* Sets an execution variable; owns value, null removes the variable. */
GW_EXPORT void gw_run_variable(struct gw_run *run, const char *name, json_t *value);
/* Ends the whole execution in this state after the task (execution.Exit). */
GW_EXPORT void gw_run_end_execution(struct gw_run *run, enum gw_state state);

/* Something of the task's own that stays to the end of the run: from program over line to finish.
 * free (may be NULL) is called at the end. */
GW_EXPORT void gw_run_attach(struct gw_run *run, void *data, void (*free)(void *data));
GW_EXPORT void *gw_run_attached(struct gw_run *run); /* NULL = nothing */
/* A variable that gw_run_render of this run knows beside the execution's; owns value. */
GW_EXPORT void gw_run_define(struct gw_run *run, const char *name, json_t *value);
/* Renders a GW_LATE value with the context of this run; a new reference, NULL on error. */
GW_EXPORT json_t *gw_run_render(struct gw_run *run, const json_t *raw, struct gw_error *err);
/* Whether a rendered condition holds: not null, false, 0, "", "false", "0" or "-0". */
GW_EXPORT bool gw_is_truthy(const json_t *rendered);

/* Not for pure tasks: */

/* A private folder of this run, made on first use and removed afterwards. */
GW_EXPORT const char *gw_run_directory(struct gw_run *run, struct gw_error *err);
/* Internal storage: a readable descriptor of a kestra:///… URI; -1 on error. */
GW_EXPORT int gw_run_read(struct gw_run *run, const char *uri, struct gw_error *err);
/* Stores what fd holds under this run; *uri is for free(). */
GW_EXPORT bool gw_run_write(struct gw_run *run, int fd, const char *name, char **uri,
	struct gw_error *err);
/* Asks the server: "logs", "count", "resume" … (docs/plugins.md lists questions and answers).
 * A new reference, NULL on error. */
GW_EXPORT json_t *gw_run_ask(struct gw_run *run, const char *question, const json_t *arguments,
	struct gw_error *err);

/* ---- Programs ---- */

struct gw_program {
	char **argv; /* ended by NULL; strings and array from malloc, freed by the caller */
	json_t *env; /* {name: value} on top of the server's own; owned; NULL = nothing */
};

struct gw_exit {
	int code; /* exit status; 128 + signal if killed by one */
	int signal; /* 0 = it ended by itself */
	uint64_t stdout_lines, stderr_lines;
};

/* ---- Flowables ---- */

struct gw_plan; /* which lanes of child tasks run; a lane is a sequence */

/* Adds a lane that runs the task list found in a property: branch "tasks", "then",
 * "cases/FIRST". value is what taskrun.value shows (NULL = none; a text, or JSON text). task >= 0
 * picks a single task of the list. */
GW_EXPORT void gw_plan_lane(struct gw_plan *plan, const char *branch, int task, const char *value,
	int iteration);
/* Makes the last lane wait until all lanes that run the given tasks (ids) have ended. */
GW_EXPORT void gw_plan_after(struct gw_plan *plan, const char *task_id);
GW_EXPORT void gw_plan_limit(struct gw_plan *plan, int lanes_at_once); /* 0 = all, the default */
GW_EXPORT void gw_plan_output(struct gw_plan *plan, const char *name, json_t *value); /* owns */
/* The flowable waits, PAUSED, until somebody resumes it or until the delay is over (us; 0 =
 * for ever); then its lanes start. After a delay it ends in the given state, if they end well. */
GW_EXPORT void gw_plan_pause(struct gw_plan *plan, int64_t delay_us, enum gw_state then);
/* The flowable stays RUNNING for this long before its lanes start, or before it ends if it has none
 * (flow.Sleep): no thread waits. */
GW_EXPORT void gw_plan_wait(struct gw_plan *plan, int64_t delay_us);
/* How often this list of lanes has run completely (0 on the first call), how long ago it began. */
GW_EXPORT int gw_plan_round(const struct gw_plan *plan);
GW_EXPORT int64_t gw_plan_elapsed(const struct gw_plan *plan);
/* plan is called again, its properties rendered anew, when the lanes have ended well and the delay
 * (us) is over; without this call the flowable ends. */
GW_EXPORT void gw_plan_again(struct gw_plan *plan, int64_t delay_us);
/* How many tasks a branch holds; -1 = there is no such branch. */
GW_EXPORT int gw_plan_tasks(const struct gw_plan *plan, const char *branch);
GW_EXPORT void gw_plan_log(struct gw_plan *plan, enum gw_level level, const char *format, ...)
	GW_PRINTF(3, 4);

enum gw_flowable_flag {
	GW_ALLOWS_FAILURE = 1 << 0, /* failed children make it WARNING */
};

/* ---- The type ---- */

struct gw_check; /* collects what is wrong with a flow */

/* path is relative to the task ("cases", "tasks[0].task"); "" = the task itself. */
GW_EXPORT void gw_check_fail(struct gw_check *check, const char *path, const char *format, ...)
	GW_PRINTF(3, 4);
/* What is only unwise: shown to who edits the flow. */
GW_EXPORT void gw_check_warn(struct gw_check *check, const char *format, ...) GW_PRINTF(2, 3);
GW_EXPORT bool gw_check_is_flowable(const struct gw_check *check, const char *task_type);
/* The task starts that flow: refused if it is the flow that is checked. */
GW_EXPORT void gw_check_subflow(struct gw_check *check, const char *namespace, const char *flow_id);

struct gw_task_type {
	const char *type; /* "io.kestra.plugin.core.log.Log" */
	const char *const *aliases; /* old names, ended by NULL; found without regard to case */
	const char *summary;
	enum gw_task_mode mode;
	unsigned flags; /* enum gw_flowable_flag */
	const struct gw_property *properties; /* ended by a NULL name */
	const struct gw_property *outputs;

	/* Whatever the property table cannot say. Properties are as written, unrendered. */
	void (*check)(struct gw_check *check, const json_t *properties);

	/* Properties are rendered, converted and complete with defaults. false fails the run:
	 * the message is logged at ERROR; outputs set so far are kept. */
	bool (*run)(struct gw_run *run, const json_t *properties, struct gw_error *err);

	bool (*program)(struct gw_run *run, const json_t *properties, struct gw_program *out,
		struct gw_error *err);
	/* Each line the program prints, without its end; is_error = from stderr. */
	void (*line)(struct gw_run *run, struct gw_slice text, bool is_error);
	bool (*finish)(struct gw_run *run, const json_t *properties, const struct gw_exit *end,
		struct gw_error *err);

	/* A pure function of the rendered properties; false fails the flowable. */
	bool (*plan)(struct gw_plan *plan, const json_t *properties, struct gw_error *err);
};

#endif

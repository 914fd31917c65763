/* machine.h - the state machine: what follows from an event, without I/O, clocks or globals
 *
 * Flow, execution, task runs and one event in; changed (dirty) records, log lines and effects out.
 * The caller writes what is dirty in one group, then starts the effects (engine/shard.c). */
#ifndef GW_ENGINE_MACHINE_H
#define GW_ENGINE_MACHINE_H

#include "check/property.h"
#include "model/execution.h"
#include "run/functions.h"
#include "run/plan.h"

struct gw_registry;

/* What all machines of an engine share. */
struct gw_machine_setup {
	const json_t *envs; /* {name: value} for {{ envs.x }} */
	const json_t *globals; /* for {{ globals.x }} */
	const json_t *kestra; /* {environment, url} */
	struct gw_storage *storage; /* for {{ read(…) }}; NULL = no functions from outside */
	struct gw_hosts *hosts; /* for functions that modules add */
	bool recursive_rendering;
	bool keeps_sealed; /* SECRET inputs stay encrypted: for people who look */
};

enum gw_effect_type {
	GW_EFFECT_RUN, /* a worker shall run it */
	GW_EFFECT_KILL, /* a worker has it and shall end it */
};

struct gw_effect {
	enum gw_effect_type type;
	struct gw_taskrun *run;
	json_t *properties; /* RUN: rendered, owned; NULL = the worker renders them */
};

/* A log line or metric to be written. */
struct gw_entry {
	const struct gw_taskrun *run; /* NULL = of the execution itself */
	size_t attempt;
	unsigned number;
	struct gw_line line; /* text NULL = this is a metric */
	struct gw_metric metric;
};

/* How a run that a worker had ended. */
struct gw_result {
	enum gw_state state; /* SUCCESS means: what effects say */
	char *message; /* why it failed; owned, NULL = nothing to say */
	struct gw_effects effects;
};

GW_EXPORT void gw_result_clear(struct gw_result *result);

struct gw_block; /* a running list of tasks (engine/block.h) */

struct gw_agenda_item {
	struct gw_block *block;
	int lane; /* that may go on; -1 = just look at the block */
};

struct gw_machine {
	const struct gw_machine_setup *setup;
	struct gw_execution *exec;
	gw_time now;
	struct gw_block *root;
	struct gw_agenda_item *agenda; /* what to look at, from agenda_head on */
	size_t agenda_head, n_agenda, cap_agenda;
	unsigned fresh; /* task runs made since the last write */
	unsigned n_live; /* runs that have not ended */
	unsigned n_submitted; /* of them with a worker */
	struct gw_taskrun **timers; /* runs with a wake_at */
	size_t n_timers, cap_timers;
	bool is_held; /* paused by a person: nothing new starts */
	bool is_forced; /* a person started it, whatever the limit */
	bool ends_early; /* a task said so (execution.Exit) */
	enum gw_state early_state;
	struct gw_taskrun **dirty; /* runs to be written */
	size_t n_dirty, cap_dirty;
	struct gw_effect *effects;
	size_t n_effects, cap_effects;
	struct gw_entry *entries;
	size_t n_entries, cap_entries;
	json_t *outputs; /* {{ outputs }}, kept up to date */
	struct gw_mask mask; /* secrets it has seen, hidden in log lines */
	json_t *shared; /* variables that never change */
};

GW_EXPORT struct gw_machine *gw_machine_new(const struct gw_machine_setup *setup,
	struct gw_execution *exec); /* owns exec */
GW_EXPORT void gw_machine_free(struct gw_machine *m);

/* ---- Events ---- */

GW_EXPORT void gw_machine_start(struct gw_machine *m, gw_time now);
/* After loading: lists are found again from the task runs, interrupted ones end or start again. */
GW_EXPORT void gw_machine_resume_work(struct gw_machine *m, bool run_again, gw_time now);
/* Goes on with what was cut; until gw_machine_is_cut is false. */
GW_EXPORT void gw_machine_go(struct gw_machine *m, gw_time now);
/* A worker's news; the result's contents are taken over. */
GW_EXPORT void gw_machine_ended(struct gw_machine *m, struct gw_taskrun *run,
	struct gw_result *result, gw_time now);
GW_EXPORT void gw_machine_lines(struct gw_machine *m, struct gw_taskrun *run,
	struct gw_effects *effects);
GW_EXPORT void gw_machine_timers(struct gw_machine *m, gw_time now);
GW_EXPORT bool gw_machine_kill(struct gw_machine *m, gw_time now, struct gw_error *err);
GW_EXPORT bool gw_machine_pause(struct gw_machine *m, gw_time now, struct gw_error *err);
/* inputs: an object for onResume, borrowed, or NULL. */
GW_EXPORT bool gw_machine_resume(struct gw_machine *m, const json_t *inputs, gw_time now,
	struct gw_error *err);
GW_EXPORT bool gw_machine_restart(struct gw_machine *m, gw_time now, struct gw_error *err);
/* A person says how a task run ended; what comes after it goes on. */
GW_EXPORT bool gw_machine_set_run(struct gw_machine *m, struct gw_taskrun *run, enum gw_state state,
	gw_time now, struct gw_error *err);
/* Concurrency limits: it is CREATED and must be admitted, queued or ended before it starts. */
GW_EXPORT bool gw_machine_wants_place(const struct gw_machine *m);
GW_EXPORT void gw_machine_admit(struct gw_machine *m, const char *gate, gw_time now);
GW_EXPORT void gw_machine_queue(struct gw_machine *m, const char *message, gw_time now);
/* Ends it before anything ran (concurrency limits), with a log line. */
GW_EXPORT void gw_machine_end_unstarted(struct gw_machine *m, enum gw_state state,
	const char *message, gw_time now);

/* Frees the log lines and metrics that were written. */
GW_EXPORT void gw_machine_drop_entries(struct gw_machine *m);

/* ---- Asking ---- */

/* True while decisions wait for the next write: too many task runs for one. */
GW_EXPORT bool gw_machine_is_cut(const struct gw_machine *m);
GW_EXPORT gw_time gw_machine_next_timer(const struct gw_machine *m); /* GW_NEVER = none */
/* The execution has ended and nothing of it runs. */
GW_EXPORT bool gw_machine_is_over(const struct gw_machine *m);
/* Variables for a worker that renders by itself; a new reference, nothing shared. */
GW_EXPORT json_t *gw_machine_snapshot(struct gw_machine *m, const struct gw_taskrun *run);

#define GW_FRESH_MAX 200u /* task runs a write */

#endif

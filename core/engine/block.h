/* block.h - between the files of the state machine: block.c, taskrun.c, context.c, machine.c */
#ifndef GW_ENGINE_BLOCK_H
#define GW_ENGINE_BLOCK_H

#include "engine/machine.h"

enum gw_phase {
	GW_PHASE_TASKS,
	GW_PHASE_ERRORS,
	GW_PHASE_FINALLY,
	GW_PHASE_END, /* the execution's only: ends once nothing lives any more */
	GW_PHASE_AFTER, /* the execution's only: afterExecution */
	GW_PHASE_OVER,
};

struct gw_lane_state {
	const struct gw_branch *branch;
	unsigned next, end; /* positions in the branch */
	unsigned n_running; /* 0 or 1 */
	bool is_started, is_ended;
};

/* A running list of tasks: that of a flowable, or the execution's own. */
struct gw_block {
	struct gw_taskrun *owner; /* NULL = the execution */
	enum gw_phase phase;
	struct gw_plan plan;
	struct gw_lane_state *lanes; /* one per lane of the plan */
	size_t next_lane, n_active, n_ended; /* lanes */
	size_t n_running; /* task runs of lanes or list */
	struct gw_lane_state list; /* of errors, finally or afterExecution */
	bool has_list;
	bool any_failed, any_killed, any_warning, finally_failed;
	bool is_paused; /* a Pause that waits */
	bool is_waiting; /* for the owner's wake_at */
	unsigned n_on_agenda;
};

/* block.c: lists of tasks */
struct gw_block *gw_block_new(struct gw_taskrun *owner);
void gw_block_free(struct gw_block *b);
void gw_block_set_lanes(struct gw_block *b); /* from its plan */
void gw_block_enqueue(struct gw_machine *m, struct gw_block *b);
void gw_block_work(struct gw_machine *m);
void gw_block_child_ended(struct gw_machine *m, const struct gw_taskrun *run);
/* Looks at all of it again. */
void gw_block_wake(struct gw_machine *m, struct gw_block *b);
/* Takes a stored task run into account while a machine is rebuilt. */
void gw_block_adopt(struct gw_machine *m, struct gw_taskrun *run);
struct gw_block *gw_block_of(struct gw_machine *m, const struct gw_taskrun *run);

/* taskrun.c: one task run */
void gw_taskrun_begin(struct gw_machine *m, struct gw_taskrun *run);
void gw_taskrun_finish(struct gw_machine *m, struct gw_taskrun *run, enum gw_state state);
void gw_taskrun_touch(struct gw_machine *m, struct gw_taskrun *run); /* it changed */
void gw_taskrun_set(struct gw_machine *m, struct gw_taskrun *run, enum gw_state state);
bool gw_taskrun_plan(struct gw_machine *m, struct gw_taskrun *run); /* rendered anew */
void gw_taskrun_replan(struct gw_machine *m, struct gw_taskrun *run); /* as it was rendered */
void gw_taskrun_set_timer(struct gw_machine *m, struct gw_taskrun *run, gw_time at);
void gw_taskrun_take_effects(struct gw_machine *m, struct gw_taskrun *run,
	struct gw_effects *effects);

/* machine.c: the execution */
void gw_machine_set(struct gw_machine *m, enum gw_state state);
/* The same because of a task run: one that has ended, or is held, keeps its state. */
void gw_machine_follow(struct gw_machine *m, enum gw_state state);
void gw_machine_log(struct gw_machine *m, struct gw_taskrun *run, enum gw_level level,
	const char *text);
void gw_machine_finish(struct gw_machine *m, enum gw_state state); /* nothing lives */
void gw_machine_end_early(struct gw_machine *m, enum gw_state state); /* execution.Exit */
bool gw_machine_is_stopping(const struct gw_machine *m);

void gw_machine_make_root(struct gw_machine *m);
void gw_machine_drop_blocks(struct gw_machine *m); /* to be rebuilt, or freed */

/* context.c: what expressions see */
struct gw_context {
	struct gw_scope scope;
	struct gw_machine *m;
	const struct gw_taskrun *run; /* NULL = the execution itself */
	json_t *made; /* variables made for this evaluation */
};

void gw_context_open(struct gw_context *c, struct gw_machine *m, const struct gw_taskrun *run);
void gw_context_close(struct gw_context *c);
void gw_context_add_outputs(struct gw_machine *m, const struct gw_taskrun *run);

#endif

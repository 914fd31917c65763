/* rig.h - a state machine under test: a flow from YAML, a clock that stands still */
#ifndef GW_TESTS_ENGINE_RIG_H
#define GW_TESTS_ENGINE_RIG_H

#include "tests/unit/test.h"

#include "check/flow.h"
#include "engine/machine.h"

struct rig {
	struct gw_registry *registry; /* the installation's own modules */
	struct gw_flow *flow;
	struct gw_machine_setup setup;
	struct gw_machine *m;
	gw_time now;
	struct gw_taskrun **pending; /* runs that a "worker" has, in the order they were given */
	size_t n_pending, cap_pending;
	unsigned n_written; /* writes so far */
	unsigned n_crashes; /* counted by the test */
};

/* Fails the test if the flow is not valid. Tasks of type test.Work go to a worker. */
void rig_open(struct rig *r, const char *yaml);
void rig_close(struct rig *r);
/* A new execution, decided until it waits. inputs: JSON text or NULL. */
void rig_start(struct rig *r, const char *inputs);
/* What a shard does after an event: notes effects, forgets what is dirty, goes on while cut. */
void rig_settle(struct rig *r);
/* The i-th pending run ends. outputs: JSON text or NULL. */
void rig_end(struct rig *r, size_t i, enum gw_state state, const char *outputs);
/* Time passes; timers that are due wake. */
void rig_advance(struct rig *r, int64_t us);
/* The process dies: only what was written remains, and is loaded. */
void rig_crash(struct rig *r);
/* "SUCCESS\na SUCCESS\nb FAILED x2\n  c SUCCESS [v]\n": states as a tree, in order of creation. */
char *rig_tree(const struct rig *r);
enum gw_state rig_state(const struct rig *r);
struct gw_taskrun *rig_run(const struct rig *r, const char *task); /* the last of this task */
void assert_tree(const struct rig *r, const char *expected);

#endif

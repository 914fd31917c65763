/* node.h - for tests: engines in this process on one repository, and what people do with them
 *
 * Task hosts are started from the test program itself: its main returns NODE_MAIN(…). */
#ifndef GW_TESTS_LIB_NODE_H
#define GW_TESTS_LIB_NODE_H

#include "tests/lib/repo.h"

#include "base/thread.h"
#include "engine/engine.h"
#include "run/host.h"

/* ---- An engine ---- */

struct node {
	struct repo *repo;
	char *tenant; /* that the functions below are about; "main" at first */
	struct gw_config *config;
	struct gw_store *store;
	struct gw_backend *handle;
	struct gw_storage *storage;
	struct gw_engine *engine;
	struct gw_follower *follower;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned n_changes;
	struct gw_map ended; /* executions that are over, as followers are told */
	bool is_lost; /* others took it for dead */
};

/* name: of its working folder. configuration: YAML as in a file, NULL = defaults. */
void node_start(struct node *node, struct repo *repo, const char *name, const char *configuration);
void node_start_as(struct node *node, struct repo *repo, const char *name,
	const char *configuration, unsigned roles);
void node_stop(struct node *node); /* what runs is given back */
/* From now on it reaches the repository no more, as if it had died; then it is taken apart. */
void node_crash(struct node *node);
void node_cut(struct node *node); /* only the first half of it */
void node_use_tenant(struct node *node, const char *tenant);

/* ---- Flows ---- */

/* True, or false with what is wrong, one violation a line. */
bool node_try_save(struct node *node, const char *yaml, enum gw_save_mode mode, struct gw_str *why);
void node_save(struct node *node, const char *yaml); /* must be fine */
struct gw_flow *node_flow(struct node *node, const char *id); /* of namespace company.team */

/* ---- Executions: JSON as the API shows it, new references ---- */

/* Starts one of namespace company.team; inputs are resolved as the API does. NULL and *err if they
 * are refused. The id is for free(). */
char *node_start_execution(struct node *node, const char *flow, const json_t *inputs,
	const json_t *labels, struct gw_error *err);
json_t *node_show(struct node *node, const char *execution);
const char *node_state(const json_t *execution); /* borrowed */
/* Waits until all of it has ended, or until it is PAUSED. */
json_t *node_rest(struct node *node, const char *execution);
/* Waits for "STATE" of the execution, "task=STATE" of a task's last run, "log=TEXT". */
json_t *node_until(struct node *node, const char *execution, const char *what);
/* Waits until check holds. */
void node_wait(struct node *node, bool (*check)(void *arg), void *arg);
/* arguments are stolen; true = done, *execution is what was answered, for free() (may be NULL). */
bool node_act(struct node *node, const char *execution, enum gw_action_type type, json_t *arguments,
	char **answer, struct gw_error *err);

/* "SUCCESS\na SUCCESS\nb FAILED x2\n  c SUCCESS [v]\n": states, values and numbers of attempts as a
 * tree; runs of one value stand together. For free(). */
char *node_tree(const json_t *execution);
/* The last run of a task; borrowed, NULL = none. */
json_t *node_run(const json_t *execution, const char *task);
/* The documents of a kind whose key begins so, in the order of a field or of keys (NULL). */
json_t *node_records(struct node *node, const struct gw_kind *kind, const char *prefix,
	const char *order);

#define NODE_MAIN(argc, argv, tests) \
	((argc) > 1 && strcmp((argv)[1], GW_HOST_VERB) == 0 ? gw_host_main(argc, argv) : RUN(tests))

#endif

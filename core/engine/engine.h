/* engine.h - what the rest of the program asks of the engine
 *
 * engine may use: everything but security, backup, api, cli. Calls that take a "done" answer later,
 * on an engine thread; done must not block. Answers come after the commit that makes them true. */
#ifndef GW_ENGINE_ENGINE_H
#define GW_ENGINE_ENGINE_H

#include "engine/start.h"
#include "check/flow.h"
#include "config/config.h"
#include "storage/storage.h"
#include "store/store.h"

struct gw_engine;

enum gw_role {
	GW_ROLE_WEBSERVER = 1 << 0,
	GW_ROLE_EXECUTOR = 1 << 1, /* claims executions, decides about them and runs their tasks */
	GW_ROLE_SCHEDULER = 1 << 2,
	GW_ROLE_ALL = 7,
};

struct gw_engine_setup {
	struct gw_store *store;
	struct gw_storage *storage;
	struct gw_registry *registry; /* the engine takes a reference */
	const struct gw_config *config;
	unsigned roles;
	/* Called once, on a thread of the engine, when other nodes took this one for dead: what it
	 * has is theirs now; stop it and start again. May be NULL. */
	void (*lost)(void *arg);
	void *arg;
	/* Answers what tasks ask and the engine does not know, on a worker's thread; a new
	 * reference. NULL = nobody does. */
	json_t *(*ask)(void *arg, const char *question, const json_t *arguments,
		struct gw_error *err);
	void *ask_arg;
};

/* Takes the node's place (working folder, node record), recovers what a predecessor left, starts
 * the threads. What setup points to must outlive the engine. */
GW_EXPORT struct gw_engine *gw_engine_start(const struct gw_engine_setup *setup,
	struct gw_error *err);
/* Stops claiming, lets runs end for up to grace_us, gives the rest back. */
GW_EXPORT void gw_engine_stop(struct gw_engine **engine, int64_t grace_us);
/* Loads modules anew (SIGHUP): new task hosts; what runs goes on in the old ones. Types of the
 * installation's own modules stay as they are until a restart. */
GW_EXPORT bool gw_engine_reload(struct gw_engine *engine, struct gw_error *err);
/* New modules: a new registry for what starts from now on. */
GW_EXPORT void gw_engine_set_registry(struct gw_engine *engine, struct gw_registry *registry);
GW_EXPORT struct gw_registry *gw_engine_registry(struct gw_engine *engine); /* a reference */

/* ---- Flows ---- */

enum gw_save_mode { GW_SAVE_CREATE, GW_SAVE_UPDATE, GW_SAVE_EITHER };
enum gw_saved { GW_SAVED_CREATED, GW_SAVED_UPDATED, GW_SAVED_UNCHANGED };

struct gw_save_request {
	enum gw_save_mode mode;
	const char *namespace, *id; /* UPDATE: what the source must be about; NULL = anything */
	struct gw_violations *violations; /* filled in on GW_INVALID */
	json_t *notes; /* an object that gets infos and warnings (check/flow.h); NULL = drop */
	enum gw_saved saved; /* set */
};

/* Checks and stores a source; its triggers are written with it. *doc is the flow as the API shows
 * it, a new reference. With violations: GW_INVALID. */
GW_EXPORT bool gw_engine_save_flow(struct gw_engine *engine, const char *tenant,
	struct gw_slice source, struct gw_save_request *request, json_t **doc,
	struct gw_error *err);
/* A new revision that says deleted; its triggers go. */
GW_EXPORT bool gw_engine_delete_flow(struct gw_engine *engine, const char *tenant,
	const char *namespace, const char *id, struct gw_error *err);
/* Compiled, from the cache; revision 0 = the latest. A reference; NULL with GW_NOT_FOUND. */
GW_EXPORT struct gw_flow *gw_engine_flow(struct gw_engine *engine, const char *tenant,
	const char *namespace, const char *id, int revision, struct gw_error *err);

/* The same if it is in memory, else NULL at once: for threads that must not block. */
GW_EXPORT struct gw_flow *gw_engine_cached_flow(struct gw_engine *engine, const char *tenant,
	const char *namespace, const char *id, int revision);

/* ---- Executions ---- */

enum gw_action_type {
	GW_ACT_KILL, /* {cascade} */
	GW_ACT_PAUSE,
	GW_ACT_RESUME, /* {inputs} */
	GW_ACT_RESTART, /* {revision?}: with one, a new execution */
	GW_ACT_REPLAY, /* {taskRunId?, revision?, inputs?}: a new execution */
	GW_ACT_LABELS, /* {labels: [{key, value}]} */
	GW_ACT_STATUS, /* {status} of an ended execution */
	GW_ACT_TASKRUN_STATE, /* {taskRunId, state} */
	GW_ACT_UNQUEUE, /* {state?} */
	GW_ACT_FORCE_RUN,
	GW_ACT_ADMIT, /* {gate}: the engine's own, when a place is free */
};

/* Something to be done to an execution, wherever it is owned. */
struct gw_action {
	const char *tenant, *execution;
	enum gw_action_type type;
	json_t *arguments; /* handed over; NULL = none */
	void (*done)(void *arg, const struct gw_answer *answer);
	void *arg;
};

/* The answer's execution is the changed one (the new one for REPLAY). */
GW_EXPORT void gw_engine_act(struct gw_engine *engine, const struct gw_action *action);
/* Deletes an ended execution with what belongs to it; a running one is killed first if wanted, else
 * GW_CONFLICT. Blocks. */
struct gw_deletion {
	bool logs, metrics, storage; /* go too */
	bool running; /* kill it first */
};
GW_EXPORT bool gw_engine_delete_execution(struct gw_engine *engine, const char *tenant,
	const char *execution, const struct gw_deletion *what, struct gw_error *err);

/* An execution with its task runs as the API shows it; GW_NOT_FOUND. */
GW_EXPORT bool gw_engine_show(struct gw_engine *engine, const char *tenant, const char *execution,
	struct gw_str *out, struct gw_error *err);

/* Calls changed after each commit that touches the execution (any thread; must not block), from
 * now on, wherever it runs, until unfollowed. execution "" = all of the tenant. */
struct gw_follower;
GW_EXPORT struct gw_follower *gw_engine_follow(struct gw_engine *engine, const char *tenant,
	const char *execution, void (*changed)(void *arg, const char *execution, bool ended),
	void *arg);
GW_EXPORT void gw_engine_unfollow(struct gw_follower *follower); /* no call after it returns */

/* Renders an expression with an execution's context (POST …/eval). A new reference. */
GW_EXPORT json_t *gw_engine_eval(struct gw_engine *engine, const char *tenant,
	const char *execution, const char *taskrun, struct gw_slice expression,
	struct gw_error *err);

#endif

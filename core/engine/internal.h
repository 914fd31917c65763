/* internal.h - the engine's parts, for the files of this folder only */
#ifndef GW_ENGINE_INTERNAL_H
#define GW_ENGINE_INTERNAL_H

#include "engine/engine.h"
#include "engine/shard.h"

struct gw_worker;
struct gw_hosts;
struct gw_catalog;
struct gw_scheduler;
struct gw_node;
struct gw_followers;

/* ---- The engine ---- */

struct gw_engine {
	struct gw_store *store;
	struct gw_storage *storage;
	const struct gw_config *config;
	unsigned roles;
	struct gw_id node_id; /* of this process */
	char *node_name; /* stays when it restarts */
	char *working_folder, *tasks_folder;
	int lock; /* on the working folder; task hosts keep it open too */
	struct gw_slice owner; /* node_id as a slice */
	struct gw_shard *shards;
	unsigned n_shards;
	struct gw_catalog *catalog;
	struct gw_scheduler *scheduler; /* NULL = this node has none */
	struct gw_node *node;
	struct gw_worker *worker;
	struct gw_hosts *hosts;
	struct gw_followers *followers;
	struct gw_machine_setup machine_setup;
	struct gw_flow_defaults defaults;
	bool run_again; /* interrupted runs are made again (worker-task-restart-strategy) */
	pthread_mutex_t registry_lock;
	struct gw_registry *registry, **old_registries;
	size_t n_old_registries, cap_old_registries;
	void (*lost)(void *arg);
	void *lost_arg;
	json_t *(*ask)(void *arg, const char *question, const json_t *arguments,
		struct gw_error *err); /* NULL = nobody else answers */
	void *ask_arg;
};

/* Whether executions run here; else they are written for nodes that run them. */
bool gw_engine_executes(const struct gw_engine *engine);
void gw_engine_wake_scheduler(struct gw_engine *engine); /* triggers changed */
/* An execution has ended and that is written: who waits for it goes on. */
void gw_engine_execution_ended(struct gw_engine *engine, const struct gw_execution *exec);

/* Others took this node for dead and have its work: it must start again under a new id. */
void gw_engine_lost(struct gw_engine *engine);

/* ---- start.c: new executions ---- */

/* The execution a start asks for, CREATED; the start keeps only its callback. */
struct gw_machine *gw_start_machine(struct gw_engine *engine, struct gw_start *start, gw_time now);

/* ---- load.c: executions from records ---- */

/* From its record as read or claimed just now; NULL on an error. */
struct gw_machine *gw_load_record(struct gw_engine *engine, const struct gw_record *record,
	struct gw_error *err);
/* NULL with GW_NOT_FOUND. *owner is who owns it, for free(); NULL = nobody. */
struct gw_machine *gw_load_machine(struct gw_engine *engine, const char *tenant,
	const char *execution, char **owner, struct gw_error *err);
/* An execution in memory as the API shows it. */
void gw_machine_print(struct gw_str *out, const struct gw_machine *m);

/* ---- act.c: actions ---- */

/* Does to a machine what a request asks; true = the machine changed. A new execution that came of
 * it (replay) is returned through *made. */
bool gw_act(struct gw_engine *engine, struct gw_machine *m, struct gw_request *request, gw_time now,
	struct gw_machine **made, struct gw_error *err);
/* The execution that takes the place of one that is RETRIED, its time having come; NULL if that
 * cannot be. */
struct gw_machine *gw_act_retry(struct gw_engine *engine, struct gw_machine *m, gw_time now);
void gw_request_free(struct gw_request *request);

/* ---- request.c, remote.c: actions on their way ---- */

/* Looks again where the execution is. */
void gw_request_retry(struct gw_engine *engine, struct gw_request *request);
/* Another node has the execution: it is asked, and answers. */
void gw_remote_send(struct gw_engine *engine, const char *owner, struct gw_request *request);
/* A node that runs executions, for free(); NULL with GW_UNAVAILABLE if there is none. */
char *gw_remote_executor(struct gw_engine *engine, struct gw_error *err);

/* ---- catalog.c: flows ---- */

struct gw_catalog *gw_catalog_new(struct gw_engine *engine);
void gw_catalog_free(struct gw_catalog *catalog);
/* Flows may have changed elsewhere: what is the latest is looked up again. */
void gw_catalog_refresh(struct gw_catalog *catalog);
/* All compiled flows are made anew (another registry). */
void gw_catalog_clear(struct gw_catalog *catalog);

/* ---- follow.c ---- */

struct gw_followers *gw_followers_new(struct gw_engine *engine, struct gw_error *err);
void gw_followers_stop(struct gw_followers *followers); /* who waits is told; tolerates NULL */
void gw_followers_free(struct gw_followers *followers);
/* After a commit; cheap when nobody follows. */
void gw_followers_tell(struct gw_followers *followers, const char *tenant, const char *execution,
	bool ended);
/* Answers when an execution has ended that another node runs. */
void gw_followers_await(struct gw_followers *followers, const char *tenant, const char *execution,
	void (*done)(void *arg, const struct gw_answer *answer), void *arg);

/* ---- jobs.c: between shards and the worker ---- */

bool gw_jobs_open(struct gw_engine *engine, struct gw_error *err);
/* What the shards still submit after that is interrupted. */
void gw_jobs_stop(struct gw_engine *engine, int64_t grace_us);
void gw_jobs_close(struct gw_engine *engine);
void gw_jobs_run(struct gw_engine *engine, struct gw_machine *m, struct gw_effect *effect);
void gw_jobs_kill(struct gw_engine *engine, struct gw_machine *m, struct gw_taskrun *run);

#endif

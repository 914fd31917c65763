/* shard.h - threads that decide: each owns the executions whose id hashes to it */
#ifndef GW_ENGINE_SHARD_H
#define GW_ENGINE_SHARD_H

#include "base/thread.h"
#include "engine/batch.h"
#include "engine/engine.h"

enum gw_mail_type {
	GW_MAIL_START, /* a new execution */
	GW_MAIL_ADOPT, /* one that another thread made, its effects still to be started */
	GW_MAIL_ENDED, /* a worker's run has ended */
	GW_MAIL_LINES, /* a worker's run goes on printing */
	GW_MAIL_ACTION,
};

/* Something to be done to an execution; handed over through a shard's inbox. */
struct gw_request {
	enum gw_action_type type;
	char *tenant, *execution;
	json_t *arguments; /* NULL = none */
	struct gw_machine *loaded; /* the execution as stored, for a shard that does not have it */
	unsigned tries;
	bool until_end; /* answer when the execution has ended */
	void (*done)(void *arg, const struct gw_answer *answer);
	void *arg;
};

struct gw_mail {
	struct gw_mail *next;
	enum gw_mail_type type;
	struct gw_start *start; /* START */
	struct gw_machine *machine; /* ADOPT */
	struct gw_request *request; /* ACTION */
	char *execution; /* ENDED, LINES: tenant/id */
	unsigned ordinal;
	struct gw_result result;
	size_t size; /* LINES: how much memory they take */
};

struct gw_live; /* an execution in memory */

struct gw_shard {
	struct gw_engine *engine;
	unsigned index;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct gw_mail *first, *last; /* inbox, guarded by lock */
	size_t n_waiting;
	bool is_stopping;
	pthread_cond_t room; /* for lines */
	size_t lines_ahead; /* size of those that are not written yet */
	bool takes_all; /* lines do not wait any more */
	/* The rest is the thread's own: */
	struct gw_map lives;
	struct gw_live **touched;
	size_t n_touched, cap_touched;
	struct gw_live **timers; /* a heap by time */
	size_t n_timers, cap_timers;
	struct gw_batch batch;
	size_t lines_taken; /* size of those of this turn */
	bool has_news; /* for other nodes: they are told after the write */
	gw_time now;
};

#define GW_INBOX_MAX 20000u
#define GW_LINES_AHEAD ((size_t)4 << 20)

bool gw_shard_open(struct gw_shard *shard, struct gw_engine *engine, unsigned index,
	struct gw_error *err);
void gw_shard_close(struct gw_shard *shard);
/* False (and still the caller's) if bounded and the inbox is full. */
bool gw_shard_post(struct gw_shard *shard, struct gw_mail *mail, bool bounded);
/* LINES: waits while those that came before take much memory, so that what prints them waits. */
void gw_shard_post_lines(struct gw_shard *shard, struct gw_mail *mail);
void gw_shard_take_all_lines(struct gw_shard *shard); /* from now on without waiting */
struct gw_shard *gw_shard_of(struct gw_engine *engine, const char *execution);

#endif

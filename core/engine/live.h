/* live.h - executions that a shard holds in memory, between shard.c and live.c */
#ifndef GW_ENGINE_LIVE_H
#define GW_ENGINE_LIVE_H

#include "engine/internal.h"

/* Somebody who waits for an answer. */
struct gw_waiter {
	struct gw_waiter *next;
	bool until_end;
	struct gw_error error; /* code GW_OK = the execution is the answer */
	struct gw_slice
		execution; /* its text, in the batch; data NULL = as it is after the write */
	void (*done)(void *arg, const struct gw_answer *answer);
	void *arg;
};

struct gw_live {
	struct gw_shard *shard;
	struct gw_machine *m;
	struct gw_machine **made; /* executions that came of it, written in its group */
	size_t n_made, cap_made;
	char *key; /* tenant/id */
	struct gw_waiter *waiters;
	size_t group; /* of the current batch; SIZE_MAX = nothing to write */
	size_t timer_at; /* place in the shard's heap; SIZE_MAX = none */
	gw_time timer;
	bool is_touched;
	bool has_ended; /* who waited for the end knows */
	bool is_owned; /* its record names this node */
	bool leaves; /* it is nobody's after this write */
};

struct gw_live *gw_live_add(struct gw_shard *shard, struct gw_machine *m);
void gw_live_touch(struct gw_live *live);
/* Answers a start: the execution as it was created, or as it ends. */
void gw_live_expect(struct gw_live *live, const struct gw_start *start, struct gw_batch *batch);
void gw_live_handle_action(struct gw_shard *shard, struct gw_mail *mail);
/* A RETRIED execution whose time has come makes the one that takes its place. */
void gw_live_retry(struct gw_live *live);
void gw_live_clear(struct gw_shard *shard);

/* Puts what changed into the batch. */
void gw_live_prepare(struct gw_live *live);
/* After the write: answers, starts effects, lets go of what is over (false) or was cut (true). */
bool gw_live_settle(struct gw_live *live, bool written);

gw_time gw_live_next_timer(const struct gw_shard *shard); /* GW_NEVER = none */
struct gw_live *gw_live_pop_timer(struct gw_shard *shard, gw_time now); /* NULL = none is due */

#endif

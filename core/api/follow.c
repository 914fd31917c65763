/* follow.c - event streams that tell what becomes of an execution */
#include "api/follow.h"

#include "api/executions.h"
#include "base/json.h"

#define UNREAD_MAX ((size_t)1 << 20) /* bytes that may wait for a client */

/* The job of a follower is in one place at a time. */
enum { IDLE, QUEUED, LOOKING, LOOK_AGAIN };

/* ---- The life of a follower ---- */

static void queue_job(struct gw_follow *f)
{
	gw_pool_urge(f->api->pool, &f->job);
}

/* Has it look, soon. Any thread. */
static void touch(struct gw_follow *f)
{
	pthread_mutex_lock(&f->lock);
	bool was_idle = f->phase == IDLE;
	if (was_idle)
		f->phase = QUEUED;
	else if (f->phase == LOOKING)
		f->phase = LOOK_AGAIN;
	pthread_mutex_unlock(&f->lock);
	if (was_idle)
		queue_job(f);
}

static void free_follow(struct gw_follow *f)
{
	gw_engine_unfollow(f->follower);
	gw_events_unref(f->events);
	if (f->free_state)
		f->free_state(f->state);
	free(f->tenant);
	free(f->execution);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

static struct gw_follow *follow_of(struct gw_pool_job *job)
{
	return (struct gw_follow *)(void *)((char *)job - offsetof(struct gw_follow, job));
}

/* Moves on to a phase; true if the client is gone. */
static bool enter(struct gw_follow *f, int phase)
{
	gw_locked(&f->lock);
	f->phase = phase;
	return f->closed;
}

static bool must_look_again(struct gw_follow *f)
{
	gw_locked(&f->lock);
	bool again = f->phase == LOOK_AGAIN;
	f->phase = again ? QUEUED : IDLE;
	return again;
}

static void run_follow(struct gw_pool_job *job)
{
	struct gw_follow *f = follow_of(job);
	if (enter(f, LOOKING)) {
		free_follow(f);
		return;
	}
	f->look(f);
	if (must_look_again(f))
		queue_job(f);
}

/* The pool stops: nobody looks any more. */
static void drop_follow(struct gw_pool_job *job)
{
	struct gw_follow *f = follow_of(job);
	if (enter(f, IDLE))
		free_follow(f);
}

static void changed(void *arg, const char *execution, bool ended)
{
	(void)execution;
	(void)ended;
	touch(arg);
}

static void closed(void *arg)
{
	struct gw_follow *f = arg;
	pthread_mutex_lock(&f->lock);
	f->closed = true;
	pthread_mutex_unlock(&f->lock);
	touch(f);
}

void gw_follow_start(struct gw_http_request *rq, struct gw_follow *f)
{
	f->api = gw_api_of(rq);
	f->tenant = gw_strdup(rq->tenant);
	f->execution = gw_strdup(rq->args[0]);
	f->job = (struct gw_pool_job){ .run = run_follow, .drop = drop_follow };
	pthread_mutex_init(&f->lock, NULL);
	f->phase = QUEUED; /* until all is set up */
	f->events = gw_events_new(UNREAD_MAX, closed, f);
	rq->out.events = f->events;
	f->follower = gw_engine_follow(f->api->engine, f->tenant, f->execution, changed, f);
	queue_job(f);
}

/* ---- Following an execution ---- */

static bool is_over(struct gw_slice text)
{
	struct gw_error ignored;
	enum gw_state state;
	json_auto_t *execution = gw_json_parse(text, &ignored);
	const char *name = gw_json_string(json_object_get(execution, "state"), "current");
	return !name || (gw_state_parse(gw_slice_of(name), &state) && gw_state_is_terminal(state));
}

/* state: whether anything was sent. */
static void look_at_execution(struct gw_follow *f)
{
	struct gw_error ignored;
	gw_auto_str text = { 0 }, event = { 0 };
	if (!gw_engine_show(f->api->engine, f->tenant, f->execution, &text, &ignored)) {
		gw_events_end(f->events);
		return;
	}
	gw_answer_object(&event, gw_slice_of(f->tenant), gw_str_slice(&text));
	bool over = is_over(gw_str_slice(&text));
	bool *told = f->state;
	if (!over || *told)
		gw_events_send(f->events, "progress", gw_str_slice(&event));
	*told = true;
	if (over) {
		gw_events_send(f->events, "end", gw_str_slice(&event));
		gw_events_end(f->events);
	}
}

static bool follow_execution(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *execution = gw_execution_load(rq, rq->args[0], err);
	if (!execution)
		return false;
	struct gw_follow *f = gw_new(struct gw_follow);
	f->look = look_at_execution;
	f->state = gw_new(bool);
	f->free_state = free;
	gw_follow_start(rq, f);
	return true;
}

const struct gw_route gw_follow_routes[] = {
	{ GW_HTTP_GET, "~/executions/{id}/follow", follow_execution, GW_ROUTE_STREAM },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

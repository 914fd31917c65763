/* sse.c - event streams */
#include "api/sse.h"

#include "api/peers.h"
#include "base/mem.h"
#include "base/thread.h"

#include <microhttpd.h>
#include <stdatomic.h>

#define BLOCK 16384u

struct gw_events {
	atomic_int references;
	void (*closed)(void *arg);
	void *arg;
	struct gw_event_streams *streams; /* NULL = not open yet */
	struct gw_events *next, **link; /* in streams */

	pthread_mutex_t lock;
	struct MHD_Connection *connection;
	int fd;
	struct gw_str buffer; /* from sent on it waits to be read */
	size_t sent;
	size_t limit;
	bool suspended;
	bool ended;
};

struct gw_events *gw_events_new(size_t limit, void (*closed)(void *arg), void *arg)
{
	struct gw_events *e = gw_new(struct gw_events);
	atomic_init(&e->references, 2);
	pthread_mutex_init(&e->lock, NULL);
	e->limit = limit;
	e->closed = closed;
	e->arg = arg;
	return e;
}

void gw_events_unref(struct gw_events *e)
{
	if (!e || atomic_fetch_sub(&e->references, 1) > 1)
		return;
	pthread_mutex_destroy(&e->lock);
	gw_str_clear(&e->buffer);
	free(e);
}

/* ---- The writing side; e->lock is held in these ---- */

static void wake(struct gw_events *e)
{
	if (!e->suspended)
		return;
	e->suspended = false;
	MHD_resume_connection(e->connection);
}

static void end(struct gw_events *e)
{
	e->ended = true;
	wake(e);
}

/* The buffer to append to; what was read is dropped first. */
static struct gw_str *unread(struct gw_events *e)
{
	if (e->sent == e->buffer.len) {
		gw_str_reset(&e->buffer);
		e->sent = 0;
	}
	return &e->buffer;
}

bool gw_events_send(struct gw_events *e, const char *id, struct gw_slice data)
{
	gw_locked(&e->lock);
	if (e->ended)
		return false;
	size_t waiting = e->buffer.len - e->sent;
	/* A single event of any size is fine; it is those that pile up that are not. */
	if (waiting && waiting + data.len > e->limit) {
		end(e);
		return false;
	}
	struct gw_str *out = unread(e);
	gw_str_printf(out, "id: %s\ndata: ", id);
	gw_str_add(out, data.data, data.len);
	gw_str_puts(out, "\n\n");
	wake(e);
	return true;
}

void gw_events_end(struct gw_events *e)
{
	gw_locked(&e->lock);
	end(e);
}

/* ---- The reading side: HTTP threads ---- */

static ssize_t read_events(void *arg, uint64_t position, char *out, size_t max)
{
	(void)position;
	struct gw_events *e = arg;
	gw_locked(&e->lock);
	size_t n = e->buffer.len - e->sent;
	if (n > max)
		n = max;
	if (n) {
		memcpy(out, e->buffer.data + e->sent, n);
		e->sent += n;
		return (ssize_t)n;
	}
	if (e->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	/* Returning 0 without it would spin. */
	MHD_suspend_connection(e->connection);
	e->suspended = true;
	return 0;
}

static void enlist(struct gw_events *e, struct gw_event_streams *streams)
{
	gw_locked(&streams->lock);
	e->streams = streams;
	e->next = streams->first;
	e->link = &streams->first;
	if (e->next)
		e->next->link = &e->next;
	streams->first = e;
	if (streams->closed)
		gw_events_end(e);
}

static void delist(struct gw_events *e)
{
	if (!e->streams)
		return;
	gw_locked(&e->streams->lock);
	*e->link = e->next;
	if (e->next)
		e->next->link = e->link;
}

static void release(void *arg)
{
	struct gw_events *e = arg;
	delist(e);
	gw_events_end(e);
	if (e->closed)
		e->closed(e->arg);
	gw_events_unref(e);
}

struct MHD_Response *gw_events_open(struct gw_events *e, struct gw_event_streams *streams,
	struct MHD_Connection *connection)
{
	e->connection = connection;
	e->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	enlist(e, streams);
	return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_events, e, release);
}

void gw_events_discard(struct gw_events *e)
{
	release(e);
}

/* ---- From time to time ---- */

static void sweep_one(struct gw_events *e, bool heartbeat)
{
	gw_locked(&e->lock);
	if (!e->suspended)
		return;
	if (gw_peer_left(e->fd)) {
		end(e);
	} else if (heartbeat) {
		gw_str_puts(unread(e), ": ping\n\n");
		wake(e);
	}
}

void gw_events_sweep(struct gw_event_streams *streams, bool heartbeat)
{
	gw_locked(&streams->lock);
	for (struct gw_events *e = streams->first; e; e = e->next)
		sweep_one(e, heartbeat);
}

void gw_events_end_all(struct gw_event_streams *streams)
{
	gw_locked(&streams->lock);
	streams->closed = true;
	for (struct gw_events *e = streams->first; e; e = e->next)
		gw_events_end(e);
}

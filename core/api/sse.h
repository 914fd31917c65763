/* sse.h - event streams: events go out as fast as the client reads, up to a bound
 *
 * A stream is made by a handler (rq->out.events), fed by anybody, and over when it was ended, when
 * the client left, or when more than its limit waits unread. */
#ifndef GW_API_SSE_H
#define GW_API_SSE_H

#include <godwit/text.h>

#include <pthread.h>

struct gw_events;
struct MHD_Connection;
struct MHD_Response;

/* All streams of a server. */
struct gw_event_streams {
	pthread_mutex_t lock;
	struct gw_events *first;
	bool closed; /* new ones end at once */
};

/* closed is called once, on an HTTP thread, when nobody reads any more: must not block. Two
 * references: the caller's, and the response's. */
GW_EXPORT struct gw_events *gw_events_new(size_t limit, void (*closed)(void *arg), void *arg);
GW_EXPORT void gw_events_unref(struct gw_events *e);
/* id is the event's field "id"; data has no line breaks (JSON). False: nobody reads any more. */
GW_EXPORT bool gw_events_send(struct gw_events *e, const char *id, struct gw_slice data);
GW_EXPORT void gw_events_end(struct gw_events *e); /* after what was sent */

/* For the server: */
GW_EXPORT struct MHD_Response *gw_events_open(struct gw_events *e, struct gw_event_streams *streams,
	struct MHD_Connection *connection);
GW_EXPORT void gw_events_discard(struct gw_events *e); /* instead of opening it */
/* Ends those whose client left; heartbeat: writes a comment to the others. */
GW_EXPORT void gw_events_sweep(struct gw_event_streams *streams, bool heartbeat);
GW_EXPORT void gw_events_end_all(struct gw_event_streams *streams);

#endif

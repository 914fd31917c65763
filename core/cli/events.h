/* events.h - the text of an event stream, cut into events */
#ifndef GW_CLI_EVENTS_H
#define GW_CLI_EVENTS_H

#include "cli/client.h"

/* Zero-initialised but for listener. */
struct gw_events {
	const struct gw_listener *listener;
	struct gw_str line; /* begun, without its end */
	struct gw_str id, data; /* of the event begun */
	bool has_data;
};

GW_EXPORT void gw_events_clear(struct gw_events *events);
#define gw_auto_events __attribute__((cleanup(gw_events_clear))) struct gw_events

/* False when the listener wants no more. */
GW_EXPORT bool gw_events_feed(struct gw_events *events, struct gw_slice text);

#endif

/* wire.h - effects as JSON, between an isolated task and the server */
#ifndef GW_RUN_WIRE_H
#define GW_RUN_WIRE_H

#include "run/run.h"

/* Everything but the lines; a new reference. */
GW_EXPORT json_t *gw_effects_pack(const struct gw_effects *e);
/* Adds what a document says to effects; nothing in it is trusted. */
GW_EXPORT bool gw_effects_unpack(const json_t *doc, struct gw_effects *e, struct gw_error *err);

#endif

/* node.h - this process among others: its place, its life sign, taking over from the dead */
#ifndef GW_ENGINE_NODE_H
#define GW_ENGINE_NODE_H

#include "engine/internal.h"

/* Takes the working folder (GW_CONFLICT if another process has it) and writes the node's record. */
struct gw_node *gw_node_open(struct gw_engine *engine, struct gw_error *err);
/* Starts the threads: life signs, takeover, listening for signals. */
bool gw_node_start(struct gw_node *node, struct gw_error *err);
bool gw_node_has_others(const struct gw_node *node); /* as of the last patrol; any thread */
GW_EXPORT void gw_node_stop(struct gw_node *node); /* no more life signs; tolerates NULL */
void gw_node_close(struct gw_node *node); /* the record goes, the folder is free */

/* remote.c: actions that other nodes ask of us */
void gw_remote_serve(struct gw_engine *engine);

#endif

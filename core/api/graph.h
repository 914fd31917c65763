/* graph.h - a flow as a graph of nodes, edges and clusters, in Kestra's shape */
#ifndef GW_API_GRAPH_H
#define GW_API_GRAPH_H

#include "model/flow.h"

/* {nodes, edges, clusters, flowables}: a new reference. runs, if not NULL, is a list of task runs
 * (each with a taskId) that are put beside their tasks. */
GW_EXPORT json_t *gw_graph_new(const struct gw_flow *flow, const json_t *runs);
/* The task of that id anywhere in a flow's document, borrowed; NULL if there is none. */
GW_EXPORT const json_t *gw_graph_find_task(const json_t *doc, const char *id);

#endif

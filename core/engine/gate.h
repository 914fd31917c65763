/* gate.h - concurrency limits: how many executions of a flow run at once
 *
 * One record per limited flow, changed only by compare-and-swap: who is in, and who waits in which
 * order. A place is taken before the execution starts and given back after it has ended; one that a
 * crash left behind is found when somebody wants it. */
#ifndef GW_ENGINE_GATE_H
#define GW_ENGINE_GATE_H

#include "engine/live.h"

/* Lets in, queues or ends every touched execution that wants a place. */
void gw_gate_enter_all(struct gw_shard *shard);
/* An execution that held a place has ended: the next one in the queue gets it. */
GW_EXPORT void gw_gate_leave(struct gw_engine *engine, const struct gw_execution *exec);
/* Queues whose place was lost in a crash move on. */
void gw_gate_patrol(struct gw_engine *engine);

#endif

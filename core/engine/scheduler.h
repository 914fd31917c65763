/* scheduler.h - firing triggers when they are due */
#ifndef GW_ENGINE_SCHEDULER_H
#define GW_ENGINE_SCHEDULER_H

#include "engine/watch.h"

struct gw_scheduler *gw_scheduler_start(struct gw_engine *engine, struct gw_error *err);
void gw_scheduler_stop(struct gw_scheduler *s); /* gives its triggers back; tolerates NULL */
/* Any thread: some trigger may be due now (edited, saved, signalled). */
void gw_scheduler_wake(struct gw_scheduler *s);
/* Any thread: this execution, which a trigger started, has ended. */
void gw_scheduler_tell(struct gw_scheduler *s, const struct gw_execution *exec);

#endif

/* scheduler.h - firing triggers when they are due */
#ifndef GW_ENGINE_SCHEDULER_H
#define GW_ENGINE_SCHEDULER_H

#include "engine/watch.h"

struct gw_scheduler *gw_scheduler_start(struct gw_engine *engine, struct gw_error *err);
void gw_scheduler_quit(struct gw_scheduler *s); /* fires nothing more, gives its triggers back */
void gw_scheduler_join(struct gw_scheduler *s); /* waits for that; it can still be told news */
void gw_scheduler_free(struct gw_scheduler *s); /* tolerates NULL */
/* Any thread: some trigger may be due now (edited, saved, signalled). */
void gw_scheduler_wake(struct gw_scheduler *s);
/* Any thread: this execution, which a trigger started, has ended. */
void gw_scheduler_tell(struct gw_scheduler *s, const struct gw_execution *exec);

#endif

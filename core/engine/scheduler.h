/* scheduler.h - firing triggers when they are due */
#ifndef GW_ENGINE_SCHEDULER_H
#define GW_ENGINE_SCHEDULER_H

#include "engine/watch.h"

/* With a thread of its own. */
struct gw_scheduler *gw_scheduler_start(struct gw_engine *engine, struct gw_error *err);
void gw_scheduler_quit(struct gw_scheduler *s); /* fires nothing more, gives its triggers back */
void gw_scheduler_join(struct gw_scheduler *s); /* waits for that; it can still be told news */
GW_EXPORT void gw_scheduler_free(struct gw_scheduler *s); /* tolerates NULL */
/* Any thread: some trigger may be due now (edited, saved, signalled). */
void gw_scheduler_wake(struct gw_scheduler *s);
/* Any thread: this execution, which a trigger started, has ended. */
void gw_scheduler_tell(struct gw_scheduler *s, const struct gw_execution *exec);

/* ---- The parts of its life; without a thread somebody calls them one by one ---- */

GW_EXPORT struct gw_scheduler *gw_scheduler_new(struct gw_engine *engine);
/* Hears news, claims, fires what is due and writes it, at most so much at once. */
GW_EXPORT void gw_scheduler_turn(struct gw_scheduler *s);
/* When there is something to do again. */
GW_EXPORT gw_time gw_scheduler_next(const struct gw_scheduler *s);
GW_EXPORT void gw_scheduler_give_back(struct gw_scheduler *s);

#endif

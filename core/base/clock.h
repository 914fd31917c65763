/* clock.h - what time it is
 *
 * The engine's time is CLOCK_BOOTTIME plus an offset to the database's clock, so that it never
 * steps back and all nodes agree. Decisions take "now" as an argument; only loops ask here. */
#ifndef GW_BASE_CLOCK_H
#define GW_BASE_CLOCK_H

#include <godwit/time.h>

GW_EXPORT gw_time gw_clock_now(void);
GW_EXPORT int64_t gw_clock_boot(void); /* us since boot, suspended time included */
/* The database said it is "then", at some moment between two of gw_clock_boot(). Our clock, at
 * first the wall clock, moves no further than that proves: a slow answer does not make it jump. */
GW_EXPORT void gw_clock_adjust(gw_time then, int64_t before, int64_t after);
/* Tests: time stands still at now and moves only by further calls; GW_NEVER = real time again. */
GW_EXPORT void gw_clock_fake(gw_time now);

#endif

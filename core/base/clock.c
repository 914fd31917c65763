/* clock.c - the clocks of this machine, and the one that engines agree on */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t offset = GW_NEVER; /* of the engine's time to boot time; GW_NEVER = unset */
static _Atomic gw_time fake = GW_NEVER;

static int64_t read_clock(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return t.tv_sec * GW_SECOND + t.tv_nsec / 1000;
}

int64_t gw_clock_boot(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

gw_time gw_clock_now(void)
{
	gw_time frozen = atomic_load_explicit(&fake, memory_order_relaxed);
	if (frozen != GW_NEVER)
		return frozen;
	int64_t o = atomic_load_explicit(&offset, memory_order_relaxed);
	if (o == GW_NEVER)
		return read_clock(CLOCK_REALTIME);
	return gw_clock_boot() + o;
}

void gw_clock_adjust(gw_time then, int64_t before, int64_t after)
{
	int64_t least = then - after, most = then - before, o = atomic_load(&offset);
	if (o == GW_NEVER)
		o = read_clock(CLOCK_REALTIME) - gw_clock_boot();
	atomic_store(&offset, o < least ? least : o > most ? most : o);
}

void gw_clock_fake(gw_time now)
{
	atomic_store(&fake, now);
}

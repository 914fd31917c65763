/* near.h - which name somebody may have meant */
#ifndef GW_CHECK_NEAR_H
#define GW_CHECK_NEAR_H

#include <godwit/text.h>

/* The nearest of the names offered so far. */
struct gw_near {
	const char *wanted;
	const char *best; /* borrowed; NULL = none is near */
	unsigned distance;
};

GW_EXPORT void gw_near_offer(struct gw_near *near, const char *name);

#endif

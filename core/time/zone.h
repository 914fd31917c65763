/* zone.h - what core/time knows about a zone beside its offsets: its changes and their names */
#ifndef GW_TIME_ZONE_H
#define GW_TIME_ZONE_H

#include <godwit/time.h>

#include "time/posix_tz.h"

/* Between two changes a zone keeps one offset and one abbreviation. */
struct gw_zone_phase {
	int offset; /* seconds east of UTC */
	const char *abbreviation; /* "CEST", "-03"; lives as long as the zone */
};

struct gw_zone {
	char *name;
	char *abbreviations; /* of the phases */
	gw_time *changes; /* ascending */
	struct gw_zone_phase *phases; /* phases[i] holds from changes[i] on */
	size_t n;
	struct gw_zone_phase first; /* before the first change */
	struct gw_posix_tz rule; /* after the last one */
	bool has_rule;
};

/* A zone from the bytes of a TZif file; NULL if they are none. */
GW_EXPORT struct gw_zone *gw_zone_read(const char *name, struct gw_slice tzif);
GW_EXPORT void gw_zone_free(struct gw_zone *zone);

GW_EXPORT struct gw_zone_phase gw_zone_phase(const struct gw_zone *zone, gw_time at);
/* The first change after an instant, the last one at or before it; GW_NEVER if there is none. */
GW_EXPORT gw_time gw_zone_change_after(const struct gw_zone *zone, gw_time at);
GW_EXPORT gw_time gw_zone_change_before(const struct gw_zone *zone, gw_time at);

/* "+01:00", "-00:25:21" */
void gw_offset_print(struct gw_str *out, int offset_s);

#endif

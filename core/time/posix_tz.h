/* posix_tz.h - the rule that ends a TZif file: "CET-1CEST,M3.5.0,M10.5.0/3" */
#ifndef GW_TIME_POSIX_TZ_H
#define GW_TIME_POSIX_TZ_H

#include <stdbool.h>
#include <stdint.h>

struct gw_tz_side {
	int offset; /* seconds east of UTC */
	char name[12];
};

struct gw_tz_change {
	char kind; /* 'M' month.week.day, 'J' 1-365 without leap day, 'D' 0-365 */
	int month, week, day;
	int second; /* of the day, local time; may be negative or beyond a day */
};

struct gw_posix_tz {
	struct gw_tz_side standard, daylight;
	bool has_daylight;
	struct gw_tz_change start, end; /* of daylight time */
};

bool gw_posix_tz_parse(const char *text, struct gw_posix_tz *out);
/* All in seconds since 1970. */
const struct gw_tz_side *gw_posix_tz_side(const struct gw_posix_tz *tz, int64_t at);
/* The first change after an instant, the last at or before it; false if there is none. */
bool gw_posix_tz_after(const struct gw_posix_tz *tz, int64_t at, int64_t *out);
bool gw_posix_tz_before(const struct gw_posix_tz *tz, int64_t at, int64_t *out);

#endif

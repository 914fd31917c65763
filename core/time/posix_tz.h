/* posix_tz.h - the rule that ends a TZif file: "CET-1CEST,M3.5.0,M10.5.0/3" */
#ifndef GW_TIME_POSIX_TZ_H
#define GW_TIME_POSIX_TZ_H

#include <stdbool.h>
#include <stdint.h>

struct gw_tz_change {
	char kind; /* 'M' month.week.day, 'J' 1-365 without leap day, 'D' 0-365 */
	int month, week, day;
	int second; /* of the day, local time; may be negative or beyond a day */
};

struct gw_posix_tz {
	int standard, daylight; /* seconds east of UTC */
	bool has_daylight;
	struct gw_tz_change start, end; /* of daylight time */
};

bool gw_posix_tz_parse(const char *text, struct gw_posix_tz *out);
int gw_posix_tz_offset(const struct gw_posix_tz *tz, int64_t seconds);

#endif

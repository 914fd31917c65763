/* names.h - English names of months, weekdays, eras, quarters, halves of a day and time zones */
#ifndef GW_TIME_NAMES_H
#define GW_TIME_NAMES_H

#include <stddef.h>

struct gw_name {
	const char *full, *medium, *narrow;
};

/* In order: index 0 is the field's first value. */
extern const struct gw_name gw_era_names[2], gw_month_names[12], gw_quarter_names[4];
extern const struct gw_name gw_weekday_names[7], gw_half_names[2];

struct gw_zone_text {
	const char *abbreviation;
	int minutes; /* east of UTC; the abbreviation alone may be ambiguous */
	const char *full, *generic, *generic_full;
};

/* NULL if the abbreviation is not a widely used one. */
const struct gw_zone_text *gw_zone_text(const char *abbreviation, int offset_s);
/* All of them, for reading; ended by a NULL abbreviation. */
extern const struct gw_zone_text gw_zone_texts[];

#endif

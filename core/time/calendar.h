/* calendar.h - months, days and weeks, as numbers */
#ifndef GW_TIME_CALENDAR_H
#define GW_TIME_CALENDAR_H

#include <godwit/time.h>

int gw_month_length(int year, int month);
int64_t gw_day_number(int year, int month, int day); /* days since 1970-01-01 */
struct gw_civil gw_day_date(int64_t number);
int gw_day_of_year(const struct gw_civil *date); /* 1-366 */

struct gw_week_rule {
	int first; /* weekday that starts a week, 1 = Monday */
	int least; /* days of a new year that its week 1 has at least */
};
extern const struct gw_week_rule gw_iso_weeks, gw_us_weeks;

struct gw_week {
	int year, week;
	int day; /* 1-7 from the first day of the week */
};
struct gw_week gw_week_of(const struct gw_civil *date, struct gw_week_rule rule);
int64_t gw_week_day_number(struct gw_week week, struct gw_week_rule rule);

#endif

/* week.c - counting weeks */
#include "time/calendar.h"

const struct gw_week_rule gw_iso_weeks = { 1, 4 };
const struct gw_week_rule gw_us_weeks = { 7, 1 };

/* 0-6: how many days after the first day of a week. */
static int day_of_week(const struct gw_civil *date, struct gw_week_rule rule)
{
	return (gw_civil_weekday(date) - rule.first + 7) % 7;
}

/* A week belongs to the year of this one of its days. */
static int decisive_day(struct gw_week_rule rule)
{
	return 7 - rule.least;
}

struct gw_week gw_week_of(const struct gw_civil *date, struct gw_week_rule rule)
{
	int day = day_of_week(date, rule);
	struct gw_civil decisive = gw_day_date(gw_day_number(date->year, date->month, date->day) -
					       day + decisive_day(rule));
	return (struct gw_week){ decisive.year, (gw_day_of_year(&decisive) + 6) / 7, day + 1 };
}

int64_t gw_week_day_number(struct gw_week w, struct gw_week_rule rule)
{
	struct gw_civil new_year = { .year = w.year, .month = 1, .day = 1 };
	int to_decisive = (decisive_day(rule) - day_of_week(&new_year, rule) + 7) % 7;
	int64_t week_1 = gw_day_number(w.year, 1, 1) + to_decisive - decisive_day(rule);
	return week_1 + (int64_t)(w.week - 1) * 7 + w.day - 1;
}

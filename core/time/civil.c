/* civil.c - calendar dates and instants (proleptic Gregorian calendar) */
#include "time/calendar.h"

#define DAY_S INT64_C(86400)

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Years begin in March so that leap days come last. */
int64_t gw_day_number(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct gw_civil gw_day_date(int64_t number)
{
	int64_t z = number + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t of_era = z - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;
	struct gw_civil c = {
		.day = (int)(of_year - (153 * month + 2) / 5 + 1),
		.month = (int)(month < 10 ? month + 3 : month - 9),
	};
	c.year = (int)(year + era * 400 + (c.month <= 2));
	return c;
}

struct gw_civil gw_civil_at(gw_time at, int offset_s)
{
	int64_t seconds = floor_div(at, GW_SECOND);
	int64_t local = seconds + offset_s;
	int64_t days = floor_div(local, DAY_S);
	int64_t rest = local - days * DAY_S;
	struct gw_civil c = gw_day_date(days);
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	c.micro = (int)((at % GW_SECOND + GW_SECOND) % GW_SECOND);
	return c;
}

gw_time gw_civil_time(const struct gw_civil *c, int offset_s)
{
	int64_t days = gw_day_number(c->year, c->month, c->day);
	int64_t seconds = days * DAY_S + c->hour * 3600 + c->minute * 60 + c->second - offset_s;
	return seconds * GW_SECOND + c->micro;
}

int gw_civil_weekday(const struct gw_civil *c)
{
	int64_t days = gw_day_number(c->year, c->month, c->day);
	return (int)(days + 3 - floor_div(days + 3, 7) * 7) + 1;
}

int gw_day_of_year(const struct gw_civil *c)
{
	return (int)(gw_day_number(c->year, c->month, c->day) - gw_day_number(c->year, 1, 1)) + 1;
}

int gw_month_length(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (leap && month == 2);
}

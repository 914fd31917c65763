/* posix_tz.c */
#include "time/posix_tz.h"

#include <godwit/time.h>

#include <ctype.h>
#include <stdlib.h>

/* ---- Reading ---- */

static bool skip_name(const char **p)
{
	const char *start = *p;
	if (**p == '<') {
		while (**p && **p != '>')
			(*p)++;
		return **p == '>' && (*p)++;
	}
	while (isalpha((unsigned char)**p))
		(*p)++;
	return *p - start >= 3;
}

static bool read_number(const char **p, int *out)
{
	if (!isdigit((unsigned char)**p))
		return false;
	char *end;
	*out = (int)strtol(*p, &end, 10);
	*p = end;
	return true;
}

/* "[+-]h[:m[:s]]" in seconds */
static bool read_clock(const char **p, int *out)
{
	int sign = **p == '-' ? -1 : 1, part, total = 0;
	if (**p == '-' || **p == '+')
		(*p)++;
	for (int weight = 3600; weight > 0; weight /= 60) {
		if (!read_number(p, &part))
			return false;
		total += part * weight;
		if (**p != ':')
			break;
		(*p)++;
	}
	*out = sign * total;
	return true;
}

static bool read_change(const char **p, struct gw_tz_change *c)
{
	c->second = 7200;
	c->kind = **p == 'M' || **p == 'J' ? *(*p)++ : 'D';
	if (c->kind == 'M') {
		if (!read_number(p, &c->month) || *(*p)++ != '.' || !read_number(p, &c->week) ||
			*(*p)++ != '.' || !read_number(p, &c->day))
			return false;
		if (c->month < 1 || c->month > 12 || c->week < 1 || c->week > 5 || c->day > 6)
			return false;
	} else if (!read_number(p, &c->day)) {
		return false;
	}
	if (**p != '/')
		return true;
	(*p)++;
	return read_clock(p, &c->second);
}

bool gw_posix_tz_parse(const char *p, struct gw_posix_tz *tz)
{
	*tz = (struct gw_posix_tz){ 0 };
	int west;
	if (!skip_name(&p) || !read_clock(&p, &west))
		return false;
	tz->standard = -west;
	if (*p == '\0')
		return true;
	if (!skip_name(&p))
		return false;
	tz->daylight = tz->standard + 3600;
	if (*p != ',') {
		if (!read_clock(&p, &west))
			return false;
		tz->daylight = -west;
	}
	tz->has_daylight = true;
	if (*p++ != ',' || !read_change(&p, &tz->start) || *p++ != ',' ||
		!read_change(&p, &tz->end))
		return false;
	return *p == '\0';
}

/* ---- Using ---- */

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_length(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return days[month - 1] + (month == 2 && is_leap(year));
}

/* The instant of a change in a year, in seconds, for clocks that show the given offset. */
static int64_t change_at(const struct gw_tz_change *c, int year, int offset)
{
	struct gw_civil first = { .year = year, .month = c->kind == 'M' ? c->month : 1, .day = 1 };
	int64_t day = gw_civil_time(&first, 0) / GW_SECOND / 86400;
	if (c->kind == 'M') {
		int weekday = gw_civil_weekday(&first) % 7;
		int date = 1 + (c->day - weekday + 7) % 7 + (c->week - 1) * 7;
		while (date > month_length(year, c->month))
			date -= 7;
		day += date - 1;
	} else if (c->kind == 'J') {
		day += c->day - 1 + (is_leap(year) && c->day >= 60);
	} else {
		day += c->day;
	}
	return day * 86400 + c->second - offset;
}

int gw_posix_tz_offset(const struct gw_posix_tz *tz, int64_t seconds)
{
	if (!tz->has_daylight)
		return tz->standard;
	int year = gw_civil_at(seconds * GW_SECOND, tz->standard).year;
	int64_t start = change_at(&tz->start, year, tz->standard);
	int64_t end = change_at(&tz->end, year, tz->daylight);
	bool summer =
		start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end;
	return summer ? tz->daylight : tz->standard;
}

/* posix_tz.c - reading a POSIX TZ rule, and when it changes offsets */
#include "time/posix_tz.h"

#include "time/calendar.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- Reading ---- */

/* "CEST" or "<-03>" */
static bool read_name(const char **p, char out[12])
{
	bool quoted = **p == '<';
	*p += quoted;
	size_t len = 0;
	while (isalpha((unsigned char)(*p)[len]) ||
		(quoted && (*p)[len] && strchr("+-0123456789", (*p)[len])))
		len++;
	if (len < 3 || len > 11)
		return false;
	memcpy(out, *p, len);
	out[len] = '\0';
	*p += len;
	return !quoted || *(*p)++ == '>';
}

static bool read_number(const char **p, int max, int *out)
{
	int number = 0;
	if (!isdigit((unsigned char)**p))
		return false;
	for (; isdigit((unsigned char)**p); (*p)++) {
		number = number * 10 + (**p - '0');
		if (number > max)
			return false;
	}
	*out = number;
	return true;
}

static bool skip(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* "[+-]h[:m[:s]]" in seconds */
static bool read_clock(const char **p, int *out)
{
	int sign = **p == '-' ? -1 : 1, part, total = 0;
	if (**p == '-' || **p == '+')
		(*p)++;
	for (int weight = 3600; weight > 0; weight /= 60) {
		if (!read_number(p, weight == 3600 ? 167 : 59, &part))
			return false;
		total += part * weight;
		if (!skip(p, ':'))
			break;
	}
	*out = sign * total;
	return true;
}

static bool read_change(const char **p, struct gw_tz_change *c)
{
	bool read;
	c->second = 7200;
	c->kind = **p == 'M' || **p == 'J' ? *(*p)++ : 'D';
	if (c->kind == 'M')
		read = read_number(p, 12, &c->month) && skip(p, '.') &&
		       read_number(p, 5, &c->week) && skip(p, '.') && read_number(p, 6, &c->day) &&
		       c->month > 0 && c->week > 0;
	else
		read = read_number(p, 365, &c->day) && (c->kind == 'D' || c->day > 0);
	return read && (!skip(p, '/') || read_clock(p, &c->second));
}

static bool read_offset(const char **p, int *out)
{
	int west;
	if (!read_clock(p, &west) || abs(west) > 26 * 3600)
		return false;
	*out = -west;
	return true;
}

bool gw_posix_tz_parse(const char *p, struct gw_posix_tz *tz)
{
	*tz = (struct gw_posix_tz){ 0 };
	if (!read_name(&p, tz->standard.name) || !read_offset(&p, &tz->standard.offset))
		return false;
	if (*p == '\0')
		return true;
	tz->has_daylight = true;
	tz->daylight.offset = tz->standard.offset + 3600;
	if (!read_name(&p, tz->daylight.name))
		return false;
	if (*p != ',' && !read_offset(&p, &tz->daylight.offset))
		return false;
	return skip(&p, ',') && read_change(&p, &tz->start) && skip(&p, ',') &&
	       read_change(&p, &tz->end) && *p == '\0';
}

/* ---- Using ---- */

/* The instant of a change in a year, in seconds, for clocks that show the given offset. */
static int64_t change_at(const struct gw_tz_change *c, int year, int offset)
{
	struct gw_civil first = { .year = year, .month = c->kind == 'M' ? c->month : 1, .day = 1 };
	int64_t day = gw_day_number(year, first.month, 1);
	if (c->kind == 'M') {
		int weekday = gw_civil_weekday(&first) % 7;
		int date = 1 + (c->day - weekday + 7) % 7 + (c->week - 1) * 7;
		while (date > gw_month_length(year, c->month))
			date -= 7;
		day += date - 1;
	} else if (c->kind == 'J') {
		day += c->day - 1 + (gw_month_length(year, 2) == 29 && c->day >= 60);
	} else {
		day += c->day;
	}
	return day * 86400 + c->second - offset;
}

static int year_of(const struct gw_posix_tz *tz, int64_t at)
{
	return gw_civil_at(at * GW_SECOND, tz->standard.offset).year;
}

static int64_t start_in(const struct gw_posix_tz *tz, int year)
{
	return change_at(&tz->start, year, tz->standard.offset);
}

static int64_t end_in(const struct gw_posix_tz *tz, int year)
{
	return change_at(&tz->end, year, tz->daylight.offset);
}

const struct gw_tz_side *gw_posix_tz_side(const struct gw_posix_tz *tz, int64_t at)
{
	if (!tz->has_daylight)
		return &tz->standard;
	int year = year_of(tz, at);
	int64_t start = start_in(tz, year), end = end_in(tz, year);
	bool summer = start < end ? at >= start && at < end : at >= start || at < end;
	return summer ? &tz->daylight : &tz->standard;
}

/* Changes may be a week outside of their year. */
static bool find_change(const struct gw_posix_tz *tz, int64_t at, bool later, int64_t *out)
{
	int year = year_of(tz, at);
	bool found = false;
	for (int i = 0; tz->has_daylight && i < 10; i++) {
		int64_t change =
			i % 2 ? start_in(tz, year - 2 + i / 2) : end_in(tz, year - 2 + i / 2);
		bool is_nearer = !found || (later ? change < *out : change > *out);
		if ((change > at) != later || !is_nearer)
			continue;
		*out = change;
		found = true;
	}
	return found;
}

bool gw_posix_tz_after(const struct gw_posix_tz *tz, int64_t at, int64_t *out)
{
	return find_change(tz, at, true, out);
}

bool gw_posix_tz_before(const struct gw_posix_tz *tz, int64_t at, int64_t *out)
{
	return find_change(tz, at, false, out);
}

/* pattern_resolve.c - the instant that the fields of a date name */
#include "time/pattern_item.h"

#include "time/calendar.h"

static bool have(const struct gw_fields *f, const char *fields)
{
	for (; *fields; fields++)
		if (!gw_fields_have(f, *fields))
			return false;
	return true;
}

/* ---- Dates ---- */

static bool resolve_year(const struct gw_fields *f, int64_t *out)
{
	if (have(f, "u"))
		*out = gw_fields_get(f, 'u');
	else if (have(f, "Gy") && gw_fields_get(f, 'G') == 0)
		*out = 1 - gw_fields_get(f, 'y');
	else if (have(f, "y"))
		*out = gw_fields_get(f, 'y');
	else
		return false;
	return true;
}

static int64_t resolve_week(const struct gw_fields *f)
{
	int64_t weekday =
		have(f, "E") ? gw_fields_get(f, 'E') : (gw_fields_get(f, 'e') + 5) % 7 + 1;
	bool is_iso = have(f, "I");
	struct gw_week week = {
		.year = (int)gw_fields_get(f, is_iso ? 'I' : 'Y'),
		.week = (int)gw_fields_get(f, is_iso ? 'J' : 'w'),
		.day = (int)(is_iso ? weekday : weekday % 7 + 1),
	};
	return gw_week_day_number(week, is_iso ? gw_iso_weeks : gw_us_weeks);
}

/* *day counts from 1970-01-01. As Java's smart resolver, the 30th of February is its last day. */
static bool resolve_date(const struct gw_fields *f, int64_t *day, struct gw_error *err)
{
	int64_t year;
	bool has_year = resolve_year(f, &year);
	if (has_year && have(f, "Md")) {
		int month = (int)gw_fields_get(f, 'M'), of_month = (int)gw_fields_get(f, 'd');
		int length = gw_month_length((int)year, month);
		*day = gw_day_number((int)year, month, of_month < length ? of_month : length);
	} else if (has_year && have(f, "D")) {
		int of_year = (int)gw_fields_get(f, 'D');
		if (of_year == 366 && gw_month_length((int)year, 2) == 28)
			return gw_fail(err, GW_INVALID,
				"Invalid date 'DayOfYear 366' as '%d' is not a leap year",
				(int)year);
		*day = gw_day_number((int)year, 1, 1) + of_year - 1;
	} else if (have(f, "g")) {
		*day = gw_fields_get(f, 'g') - 40587;
	} else if (have(f, "YwE") || have(f, "Ywe") || have(f, "IJE")) {
		*day = resolve_week(f);
	} else {
		return gw_fail(err, GW_INVALID, "it does not say year, month and day");
	}
	struct gw_civil date = gw_day_date(*day);
	int weekday = gw_civil_weekday(&date);
	if (have(f, "E") && weekday != gw_fields_get(f, 'E'))
		return gw_fail(err, GW_INVALID,
			"Conflict found: Field DayOfWeek %d differs from DayOfWeek %d derived from "
			"%04d-%02d-%02d",
			weekday, (int)gw_fields_get(f, 'E'), date.year, date.month, date.day);
	return true;
}

/* ---- Times of day ---- */

static int64_t resolve_hour(const struct gw_fields *f)
{
	if (have(f, "H"))
		return gw_fields_get(f, 'H');
	if (have(f, "k"))
		return gw_fields_get(f, 'k') % 24;
	int64_t half = 12 * gw_fields_get(f, 'a');
	return have(f, "ha")   ? gw_fields_get(f, 'h') % 12 + half
	       : have(f, "Ka") ? gw_fields_get(f, 'K') + half
			       : 0;
}

/* *us counts from midnight; a text without an hour means midnight. */
static bool resolve_time(const struct gw_fields *f, int64_t *us, struct gw_error *err)
{
	if (have(f, "N") || have(f, "A")) {
		*us = have(f, "N") ? gw_fields_get(f, 'N') / 1000 : gw_fields_get(f, 'A') * 1000;
		return true;
	}
	int64_t hour = resolve_hour(f);
	int64_t minutes = hour * 60 + gw_fields_get(f, 'm');
	*us = (minutes * 60 + gw_fields_get(f, 's')) * GW_SECOND + gw_fields_get(f, 'n') / 1000;
	if (hour == 24 && *us > 24 * 3600 * GW_SECOND)
		return gw_fail(err, GW_INVALID,
			"Invalid value for HourOfDay (valid values 0 - 23): 24");
	return true;
}

bool gw_fields_time(const struct gw_fields *f, const struct gw_zone *zone, gw_time *out,
	struct gw_error *err)
{
	int64_t day = 0, us = 0;
	if (!gw_fields_check(f, err) || !resolve_date(f, &day, err) || !resolve_time(f, &us, err))
		return false;
	gw_time wall = day * 86400 * GW_SECOND + us;
	if (f->has_offset) {
		*out = wall - f->offset_s * GW_SECOND;
	} else {
		struct gw_civil civil = gw_civil_at(wall, 0);
		*out = gw_zone_resolve(f->zone ? f->zone : zone, &civil);
	}
	return true;
}

/* pattern_print.c - printing dates by pattern */
#include "time/pattern.h"

#include "time/calendar.h"
#include "time/pattern_item.h"
#include "time/zone.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* An instant in a zone, as far as patterns ask. */
struct moment {
	struct gw_civil c;
	const struct gw_zone *zone;
	struct gw_zone_phase phase;
	int weekday;
	int64_t nano_of_day;
};

static int64_t week_field(char field, const struct moment *m)
{
	struct gw_week iso = gw_week_of(&m->c, gw_iso_weeks), us = gw_week_of(&m->c, gw_us_weeks);
	switch (field) {
	case 'I':
		return iso.year;
	case 'J':
		return iso.week;
	case 'Y':
		return us.year;
	case 'w':
		return us.week;
	case 'W':
		return (m->c.day + 6 - us.day) / 7 + 1;
	default: /* 'e' */
		return us.day;
	}
}

static int64_t date_field(char field, const struct moment *m)
{
	switch (field) {
	case 'G':
		return m->c.year > 0;
	case 'u':
		return m->c.year;
	case 'y':
		return m->c.year > 0 ? m->c.year : 1 - m->c.year;
	case 'M':
		return m->c.month;
	case 'Q':
		return (m->c.month + 2) / 3;
	case 'd':
		return m->c.day;
	case 'D':
		return gw_day_of_year(&m->c);
	case 'E':
		return m->weekday;
	case 'F':
		return (m->c.day - 1) % 7 + 1;
	case 'g':
		return gw_day_number(m->c.year, m->c.month, m->c.day) + 40587;
	default:
		return week_field(field, m);
	}
}

static int64_t get_field(char field, const struct moment *m)
{
	switch (field) {
	case 'a':
		return m->c.hour / 12;
	case 'h':
		return (m->c.hour + 11) % 12 + 1;
	case 'H':
		return m->c.hour;
	case 'K':
		return m->c.hour % 12;
	case 'k':
		return (m->c.hour + 23) % 24 + 1;
	case 'm':
		return m->c.minute;
	case 's':
		return m->c.second;
	case 'n':
		return m->c.micro * 1000;
	case 'A':
		return m->nano_of_day / 1000000;
	case 'N':
		return m->nano_of_day;
	default:
		return date_field(field, m);
	}
}

static void print_number(struct gw_str *out, const struct gw_item *item, int64_t number)
{
	struct gw_digits digits = gw_item_digits(item);
	bool is_year = item->type == GW_ITEM_YEAR;
	if (is_year && digits.most == 2)
		number = llabs(number) % 100;
	char text[24];
	int len = snprintf(text, sizeof(text), "%0*lld", digits.least, llabs(number));
	bool needs_plus = is_year && item->count >= 4 && len > digits.least;
	gw_str_puts(out, number < 0 ? "-" : needs_plus ? "+" : "");
	gw_str_puts(out, text);
}

static void print_fraction(struct gw_str *out, const struct gw_item *item, int micro)
{
	char digits[] = ".000000000";
	for (int i = 6; i > 0; i--, micro /= 10)
		digits[i] = (char)('0' + micro % 10);
	if (item->field == 'n') {
		gw_str_add(out, digits + 1, (size_t)item->count);
		return;
	}
	size_t len = strlen(digits);
	while (len > 1 && digits[len - 1] == '0')
		len--;
	gw_str_add(out, digits, len > 1 ? len : 0);
}

static void print_period(struct gw_str *out, const struct gw_item *item, const struct gw_civil *c)
{
	if (c->hour == 0 && c->minute == 0)
		gw_str_puts(out, item->count == 5 ? "mi" : "midnight");
	else if (c->hour == 12 && c->minute == 0)
		gw_str_puts(out, item->count == 5 ? "n" : "noon");
	else
		gw_str_puts(out, c->hour < 6    ? "at night"
				 : c->hour < 12 ? "in the morning"
				 : c->hour < 18 ? "in the afternoon"
				 : c->hour < 21 ? "in the evening"
						: "at night");
}

static void print_offset(struct gw_str *out, struct gw_offset_style style, int offset_s)
{
	int size = abs(offset_s), minutes = size / 60 % 60, seconds = size % 60;
	const char *colon = style.colon ? ":" : "";
	bool with_seconds = style.seconds && seconds;
	bool with_minutes = style.minutes || minutes || with_seconds;
	if (style.zero && size / 3600 == 0 && minutes == 0 && !with_seconds) {
		gw_str_puts(out, style.zero);
		return;
	}
	gw_str_printf(out, "%s%c%0*d", style.prefix, offset_s < 0 ? '-' : '+',
		style.is_short ? 1 : 2, size / 3600);
	if (with_minutes)
		gw_str_printf(out, "%s%02d", colon, minutes);
	if (with_seconds)
		gw_str_printf(out, "%s%02d", colon, seconds);
}

/* "+01:00" and "Z" are no names of a region. */
static bool is_region(const struct gw_zone *zone)
{
	return *zone->name != '+' && *zone->name != '-' && strcmp(zone->name, "Z") != 0;
}

static void print_zone_text(struct gw_str *out, const struct gw_item *item, const struct moment *m)
{
	static const struct gw_offset_style style = { true, true, true, "GMT", "GMT", false };
	const char *abbreviation = m->phase.abbreviation;
	const struct gw_zone_text *text = gw_zone_text(abbreviation, m->phase.offset);
	bool is_full = item->count == 4;
	if (text && item->field == 'v')
		gw_str_puts(out, is_full ? text->generic_full : text->generic);
	else if (text && is_full)
		gw_str_puts(out, text->full);
	else if (!is_region(m->zone))
		gw_str_puts(out, m->zone->name);
	else if (isalpha((unsigned char)*abbreviation) && item->field == 'z' && !is_full)
		gw_str_puts(out, abbreviation);
	else
		print_offset(out, style, m->phase.offset);
}

static void print_zone(struct gw_str *out, const struct gw_item *item, const struct moment *m)
{
	if (item->field == 'V')
		gw_str_puts(out, m->zone->name);
	else if (item->field != 'i')
		print_zone_text(out, item, m);
	else if (is_region(m->zone))
		gw_str_printf(out, "[%s]", m->zone->name);
}

static void print_item(struct gw_str *out, const struct gw_item *item, const struct moment *m)
{
	switch (item->type) {
	case GW_ITEM_LITERAL:
		gw_str_add(out, item->text.data, item->text.len);
		break;
	case GW_ITEM_OPEN:
	case GW_ITEM_CLOSE:
		break;
	case GW_ITEM_YEAR:
	case GW_ITEM_NUMBER:
		print_number(out, item, get_field(item->field, m));
		break;
	case GW_ITEM_NAME:
		gw_str_puts(out, gw_item_name(item, get_field(item->field, m)));
		break;
	case GW_ITEM_FRACTION:
		print_fraction(out, item, m->c.micro);
		break;
	case GW_ITEM_PERIOD:
		print_period(out, item, &m->c);
		break;
	case GW_ITEM_ZONE:
		print_zone(out, item, m);
		break;
	case GW_ITEM_OFFSET:
		print_offset(out, gw_item_offset(item), m->phase.offset);
		break;
	}
}

bool gw_pattern_format(struct gw_str *out, const char *pattern, gw_time at,
	const struct gw_zone *zone, struct gw_error *err)
{
	struct gw_pattern p;
	if (strcmp(pattern, "iso_instant") == 0) {
		gw_time_print(out, at);
		return true;
	}
	if (!gw_pattern_compile(pattern, &p, err))
		return false;
	struct moment m = { .zone = zone, .phase = gw_zone_phase(zone, at) };
	m.c = gw_civil_at(at, m.phase.offset);
	m.weekday = gw_civil_weekday(&m.c);
	int seconds = m.c.hour * 3600 + m.c.minute * 60 + m.c.second;
	m.nano_of_day = (seconds * GW_SECOND + m.c.micro) * 1000;
	for (size_t i = 0; i < p.n; i++)
		print_item(out, &p.items[i], &m);
	return true;
}

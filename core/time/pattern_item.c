/* pattern_item.c - taking a date pattern apart: what its letters mean, and the named formats */
#include "time/pattern_item.h"

#include "base/mem.h"

#include <ctype.h>

#define UP_TO(n) ((2u << (n)) - 2)
#define JUST(n) (1u << (n))
#define FREE 19 /* digits */
#define YEARS 200000
#define DAYS 50000000

#define ONLY_NAMED "fiIJjR"

static const struct gw_letter letters[] = {
	/* letter, field, type, counts, digits, named from, least, most, names, Java's name */
	{ 'G', 'G', GW_ITEM_NAME, UP_TO(5), 0, 1, 0, 1, gw_era_names, "Era" },
	{ 'u', 'u', GW_ITEM_YEAR, UP_TO(FREE), FREE, 0, -YEARS, YEARS, NULL, "Year" },
	{ 'y', 'y', GW_ITEM_YEAR, UP_TO(FREE), FREE, 0, 1, YEARS, NULL, "YearOfEra" },
	{ 'Y', 'Y', GW_ITEM_YEAR, UP_TO(FREE), FREE, 0, -YEARS, YEARS, NULL, "WeekBasedYear" },
	{ 'M', 'M', GW_ITEM_NUMBER, UP_TO(5), 0, 3, 1, 12, gw_month_names, "MonthOfYear" },
	{ 'L', 'M', GW_ITEM_NUMBER, UP_TO(5), 0, 3, 1, 12, gw_month_names, "MonthOfYear" },
	{ 'Q', 'Q', GW_ITEM_NUMBER, UP_TO(5), 0, 3, 1, 4, gw_quarter_names, "QuarterOfYear" },
	{ 'q', 'Q', GW_ITEM_NUMBER, UP_TO(5), 0, 3, 1, 4, gw_quarter_names, "QuarterOfYear" },
	{ 'w', 'w', GW_ITEM_NUMBER, UP_TO(2), 2, 0, 1, 53, NULL, "WeekOfWeekBasedYear" },
	{ 'W', 'W', GW_ITEM_NUMBER, JUST(1), 2, 0, 0, 6, NULL, "WeekOfMonth" },
	{ 'd', 'd', GW_ITEM_NUMBER, UP_TO(2), 0, 0, 1, 31, NULL, "DayOfMonth" },
	{ 'D', 'D', GW_ITEM_NUMBER, UP_TO(3), 3, 0, 1, 366, NULL, "DayOfYear" },
	{ 'F', 'F', GW_ITEM_NUMBER, JUST(1), 2, 0, 1, 7, NULL, "AlignedDayOfWeekInMonth" },
	{ 'g', 'g', GW_ITEM_NUMBER, UP_TO(FREE), FREE, 0, 0, DAYS, NULL, "ModifiedJulianDay" },
	{ 'E', 'E', GW_ITEM_NAME, UP_TO(5), 0, 1, 1, 7, gw_weekday_names, "DayOfWeek" },
	{ 'e', 'e', GW_ITEM_NUMBER, UP_TO(5), 2, 3, 1, 7, gw_weekday_names, "DayOfWeek" },
	{ 'c', 'e', GW_ITEM_NUMBER, UP_TO(5) & ~JUST(2), 2, 3, 1, 7, gw_weekday_names,
		"DayOfWeek" },
	{ 'a', 'a', GW_ITEM_NAME, JUST(1), 0, 1, 0, 1, gw_half_names, "AmPmOfDay" },
	{ 'B', 'B', GW_ITEM_PERIOD, JUST(1) | JUST(4) | JUST(5), 0, 0, 0, 0, NULL, "DayPeriod" },
	{ 'h', 'h', GW_ITEM_NUMBER, UP_TO(2), 0, 0, 1, 12, NULL, "ClockHourOfAmPm" },
	{ 'H', 'H', GW_ITEM_NUMBER, UP_TO(2), 0, 0, 0, 23, NULL, "HourOfDay" },
	{ 'K', 'K', GW_ITEM_NUMBER, UP_TO(2), 0, 0, 0, 11, NULL, "HourOfAmPm" },
	{ 'k', 'k', GW_ITEM_NUMBER, UP_TO(2), 0, 0, 1, 24, NULL, "ClockHourOfDay" },
	{ 'm', 'm', GW_ITEM_NUMBER, UP_TO(2), 0, 0, 0, 59, NULL, "MinuteOfHour" },
	{ 's', 's', GW_ITEM_NUMBER, UP_TO(2), 0, 0, 0, 59, NULL, "SecondOfMinute" },
	{ 'S', 'n', GW_ITEM_FRACTION, UP_TO(9), 0, 0, 0, 0, NULL, "NanoOfSecond" },
	{ 'n', 'n', GW_ITEM_NUMBER, UP_TO(FREE), FREE, 0, 0, 999999999, NULL, "NanoOfSecond" },
	{ 'A', 'A', GW_ITEM_NUMBER, UP_TO(FREE), FREE, 0, 0, 86399999, NULL, "MilliOfDay" },
	{ 'N', 'N', GW_ITEM_NUMBER, UP_TO(FREE), FREE, 0, 0, 86399999999999, NULL, "NanoOfDay" },
	{ 'V', 'V', GW_ITEM_ZONE, JUST(2), 0, 0, 0, 0, NULL, "ZoneId" },
	{ 'v', 'v', GW_ITEM_ZONE, JUST(1) | JUST(4), 0, 0, 0, 0, NULL, "ZoneText" },
	{ 'z', 'z', GW_ITEM_ZONE, UP_TO(4), 0, 0, 0, 0, NULL, "ZoneText" },
	{ 'O', 'O', GW_ITEM_OFFSET, JUST(1) | JUST(4), 0, 0, 0, 0, NULL, "LocalizedOffset" },
	{ 'X', 'X', GW_ITEM_OFFSET, UP_TO(5), 0, 0, 0, 0, NULL, "Offset" },
	{ 'x', 'x', GW_ITEM_OFFSET, UP_TO(5), 0, 0, 0, 0, NULL, "Offset" },
	{ 'Z', 'Z', GW_ITEM_OFFSET, UP_TO(5), 0, 0, 0, 0, NULL, "Offset" },

	/* Only in named formats: the fraction as long as it is, the zone unless it is an offset,
	 * ISO weeks, RFC 1123 offsets. */
	{ 'f', 'f', GW_ITEM_FRACTION, JUST(1), 0, 0, 0, 0, NULL, "NanoOfSecond" },
	{ 'i', 'i', GW_ITEM_ZONE, JUST(1), 0, 0, 0, 0, NULL, "ZoneId" },
	{ 'I', 'I', GW_ITEM_YEAR, JUST(4), FREE, 0, -YEARS, YEARS, NULL, "WeekBasedYear" },
	{ 'J', 'J', GW_ITEM_NUMBER, JUST(2), 0, 0, 1, 53, NULL, "WeekOfWeekBasedYear" },
	{ 'j', 'E', GW_ITEM_NUMBER, JUST(1), 0, 0, 1, 7, NULL, "DayOfWeek" },
	{ 'R', 'R', GW_ITEM_OFFSET, JUST(1), 0, 0, 0, 0, NULL, "Offset" },
};

static const struct {
	const char *name, *pattern;
} formats[] = {
	{ "iso", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX" },
	{ "iso_sec", "yyyy-MM-dd'T'HH:mm:ssXXX" },
	{ "sql", "yyyy-MM-dd HH:mm:ss.SSSSSS" },
	{ "sql_seq", "yyyy-MM-dd HH:mm:ss" },
	{ "iso_date_time", "uuuu-MM-dd'T'HH:mm[:ssf][XXXXX[i]]" },
	{ "iso_date", "uuuu-MM-dd[XXXXX]" },
	{ "iso_time", "HH:mm[:ssf][XXXXX]" },
	{ "iso_local_date", "uuuu-MM-dd" },
	{ "iso_local_date_time", "uuuu-MM-dd'T'HH:mm[:ssf]" },
	{ "iso_local_time", "HH:mm[:ssf]" },
	{ "iso_offset_time", "HH:mm[:ssf]XXXXX" },
	{ "iso_ordinal_date", "uuuu-DDD[XXXXX]" },
	{ "iso_week_date", "IIII-'W'JJ-j[XXXXX]" },
	{ "iso_zoned_date_time", "uuuu-MM-dd'T'HH:mm[:ssf]XXXXX[i]" },
	{ "rfc_1123_date_time", "[EEE, ]d MMM uuuu HH:mm[:ss] R" },
	{ "full", "EEEE, MMMM d, y 'at' h:mm:ss a zzzz" },
	{ "long", "MMMM d, y 'at' h:mm:ss a z" },
	{ "medium", "MMM d, y, h:mm:ss a" },
	{ "short", "M/d/yy, h:mm a" },
};

static const struct gw_letter *find_letter(char letter, bool is_named)
{
	if (!is_named && strchr(ONLY_NAMED, letter))
		return NULL;
	for (size_t i = 0; i < GW_LEN(letters); i++)
		if (letters[i].letter == letter)
			return &letters[i];
	return NULL;
}

static bool add_item(struct gw_pattern *p, struct gw_item item, struct gw_error *err)
{
	if (p->n == GW_PATTERN_ITEMS)
		return gw_fail(err, GW_INVALID, "Date pattern has more than %d parts",
			GW_PATTERN_ITEMS);
	p->items[p->n++] = item;
	return true;
}

static bool add_literal(struct gw_pattern *p, const char *text, size_t len, struct gw_error *err)
{
	return len == 0 || add_item(p, (struct gw_item){ .text = gw_slice(text, len) }, err);
}

static bool add_letters(struct gw_pattern *p, char c, int count, struct gw_error *err)
{
	const struct gw_letter *l = find_letter(c, p->is_named);
	if (!l)
		return gw_fail(err, GW_INVALID, "Unknown pattern letter: %c", c);
	if (count > FREE || l->counts >> count == 0)
		return gw_fail(err, GW_INVALID, "Too many pattern letters: %c", c);
	if (!(l->counts & JUST(count)))
		return gw_fail(err, GW_INVALID, "Wrong number of pattern letters: %c", c);
	struct gw_item item = { l->type, l->field, count, l, { NULL, 0 } };
	if (l->named_from && count >= l->named_from) {
		item.type = GW_ITEM_NAME;
		item.field = l->field == 'e' ? 'E' : l->field;
	}
	return add_item(p, item, err);
}

/* 'quoted', with '' for a quote; *text is moved from behind the first quote to behind the last. */
static bool add_quoted(struct gw_pattern *p, const char **text, struct gw_error *err)
{
	const char *start = *text;
	if (start[0] == '\'' && start[1] != '\'') {
		(*text)++;
		return add_literal(p, start, 1, err);
	}
	for (;;) {
		const char *end = strchr(start, '\'');
		if (!end)
			return gw_fail(err, GW_INVALID,
				"Pattern ends with an incomplete string literal: %s", *text - 1);
		bool is_doubled = end[1] == '\'';
		if (!add_literal(p, start, (size_t)(end - start) + is_doubled, err))
			return false;
		start = end + 1 + is_doubled;
		if (!is_doubled)
			break;
	}
	*text = start;
	return true;
}

static bool is_literal(char c)
{
	return c && !isalpha((unsigned char)c) && !strchr("'[]{}#", c);
}

static bool add_part(struct gw_pattern *p, const char **text, int *depth, struct gw_error *err)
{
	const char *start = *text;
	if (isalpha((unsigned char)*start)) {
		*text += strspn(start, (const char[]){ *start, '\0' });
		return add_letters(p, *start, (int)(*text - start), err);
	}
	if (strchr("{}#", *start))
		return gw_fail(err, GW_INVALID, "Pattern includes reserved character: '%c'",
			*start);
	(*text)++;
	switch (*start) {
	case '\'':
		return add_quoted(p, text, err);
	case '[':
		++*depth;
		return add_item(p, (struct gw_item){ .type = GW_ITEM_OPEN }, err);
	case ']':
		if (--*depth < 0)
			return gw_fail(err, GW_INVALID,
				"Pattern invalid as it contains ] without previous [");
		return add_item(p, (struct gw_item){ .type = GW_ITEM_CLOSE }, err);
	default:
		while (is_literal(**text))
			(*text)++;
		return add_literal(p, start, (size_t)(*text - start), err);
	}
}

bool gw_pattern_compile(const char *pattern, struct gw_pattern *out, struct gw_error *err)
{
	out->n = 0;
	out->is_named = false;
	for (size_t i = 0; i < GW_LEN(formats) && !out->is_named; i++) {
		out->is_named = strcmp(pattern, formats[i].name) == 0;
		if (out->is_named)
			pattern = formats[i].pattern;
	}
	int depth = 0;
	while (*pattern)
		if (!add_part(out, &pattern, &depth, err))
			return false;
	return true;
}

/* ---- What an item looks like ---- */

struct gw_digits gw_item_digits(const struct gw_item *item)
{
	if (item->type == GW_ITEM_YEAR && item->count == 2)
		return (struct gw_digits){ 2, 2 };
	int most = item->count == 1 ? FREE : item->letter->digits;
	return (struct gw_digits){ item->count, most ? most : item->count };
}

struct gw_offset_style gw_item_offset(const struct gw_item *item)
{
	static const struct gw_offset_style by_count[] = {
		{ 0 },
		{ false, false, false, NULL, "", false },
		{ false, true, false, NULL, "", false },
		{ true, true, false, NULL, "", false },
		{ false, true, true, NULL, "", false },
		{ true, true, true, NULL, "", false },
	};
	char letter = item->letter->letter;
	if (letter == 'O' || (letter == 'Z' && item->count == 4))
		return (struct gw_offset_style){ true, item->count == 4, true, "GMT", "GMT",
			item->count == 1 };
	bool is_rfc_822 = letter == 'Z' && item->count < 4;
	struct gw_offset_style style = by_count[is_rfc_822 || letter == 'R' ? 2 : item->count];
	style.zero = letter == 'R' ? "GMT" : letter == 'x' || is_rfc_822 ? NULL : "Z";
	return style;
}

const char *gw_item_name(const struct gw_item *item, int64_t value)
{
	const struct gw_name *name = &item->letter->names[value - item->letter->least];
	return item->count == 4 ? name->full : item->count == 5 ? name->narrow : name->medium;
}

/* As Java's smart resolver does, takes 24:00 (the end of a day) and 0 for 12 or 24 o'clock too. */
bool gw_fields_check(const struct gw_fields *f, struct gw_error *err)
{
	for (size_t i = 0; i < GW_LEN(letters); i++) {
		const struct gw_letter *l = &letters[i];
		if (l->least == l->most || !gw_fields_have(f, l->field))
			continue;
		int64_t value = gw_fields_get(f, l->field);
		int64_t least = strchr("hk", l->field) ? 0 : l->least;
		int64_t most = l->field == 'H' ? 24 : l->most;
		if (value < least || value > most)
			return gw_fail(err, GW_INVALID,
				"Invalid value for %s (valid values %lld - %lld): %lld", l->name,
				(long long)l->least, (long long)l->most, (long long)value);
	}
	return true;
}

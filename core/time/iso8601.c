/* iso8601.c - reading and printing instants and durations in ISO 8601 */
#include <godwit/time.h>

#include "base/mem.h"
#include "time/calendar.h"
#include "time/zone.h"

#include <ctype.h>

/* ---- Printing ---- */

static void put_padded(char *out, int width, int number)
{
	for (int i = width; i-- > 0; number /= 10)
		out[i] = (char)('0' + number % 10);
}

static void print_date_time(struct gw_str *out, const struct gw_civil *c)
{
	char text[] = "-00-00T00:00:00";
	char year[] = "0000";
	put_padded(year, 4, c->year);
	put_padded(text + 1, 2, c->month);
	put_padded(text + 4, 2, c->day);
	put_padded(text + 7, 2, c->hour);
	put_padded(text + 10, 2, c->minute);
	put_padded(text + 13, 2, c->second);
	if (c->year >= 0 && c->year <= 9999)
		gw_str_add(out, year, 4);
	else
		gw_str_printf(out, "%c%04d", c->year < 0 ? '-' : '+', abs(c->year));
	gw_str_add(out, text, sizeof(text) - 1);
	if (c->micro == 0)
		return;
	char fraction[] = ".000000";
	put_padded(fraction + 1, 6, c->micro);
	gw_str_add(out, fraction, c->micro % 1000 == 0 ? 4 : 7);
}

/* All that is decided together has one instant, so the last text is kept. */
void gw_time_print(struct gw_str *out, gw_time at)
{
	static _Thread_local gw_time last = GW_NEVER;
	static _Thread_local char text[40];
	static _Thread_local size_t len;
	size_t start = out->len;
	if (at == last) {
		gw_str_add(out, text, len);
		return;
	}
	struct gw_civil c = gw_civil_at(at, 0);
	print_date_time(out, &c);
	gw_str_putc(out, 'Z');
	if (out->full || out->len - start > sizeof(text))
		return;
	last = at;
	len = out->len - start;
	memcpy(text, out->data + start, len);
}

void gw_offset_print(struct gw_str *out, int offset_s)
{
	int size = abs(offset_s);
	gw_str_printf(out, "%c%02d:%02d", offset_s < 0 ? '-' : '+', size / 3600, size / 60 % 60);
	if (size % 60)
		gw_str_printf(out, ":%02d", size % 60);
}

void gw_time_print_zoned(struct gw_str *out, gw_time at, const struct gw_zone *zone)
{
	int offset = gw_zone_offset(zone, at);
	struct gw_civil c = gw_civil_at(at, offset);
	print_date_time(out, &c);
	if (offset == 0) {
		gw_str_putc(out, 'Z');
		return;
	}
	gw_offset_print(out, offset);
}

/* ---- Reading ---- */

struct reader {
	const char *p, *end;
	bool failed;
};

static struct reader read_from(struct gw_slice text)
{
	const char *start = text.data ? text.data : "";
	return (struct reader){ start, start + text.len, false };
}

static int read_digits(struct reader *r, int width)
{
	int number = 0;
	for (int i = 0; i < width; i++, r->p++) {
		if (r->p >= r->end || !isdigit((unsigned char)*r->p)) {
			r->failed = true;
			return 0;
		}
		number = number * 10 + (*r->p - '0');
	}
	return number;
}

static bool skip(struct reader *r, char c)
{
	if (r->p >= r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

static void expect(struct reader *r, char c)
{
	if (!skip(r, c))
		r->failed = true;
}

static int read_fraction(struct reader *r)
{
	int micro = 0, digits = 0;
	for (; r->p < r->end && isdigit((unsigned char)*r->p); r->p++, digits++)
		if (digits < 6)
			micro = micro * 10 + (*r->p - '0');
	if (digits == 0 || digits > 9)
		r->failed = true;
	for (; digits < 6; digits++)
		micro *= 10;
	return micro;
}

static void read_clock_time(struct reader *r, struct gw_civil *c)
{
	c->hour = read_digits(r, 2);
	expect(r, ':');
	c->minute = read_digits(r, 2);
	if (skip(r, ':')) {
		c->second = read_digits(r, 2);
		if (skip(r, '.') || skip(r, ','))
			c->micro = read_fraction(r);
	}
}

/* True if an offset stands here; *offset_s gets it. */
static bool read_offset(struct reader *r, int *offset_s)
{
	*offset_s = 0;
	if (skip(r, 'Z') || skip(r, 'z'))
		return true;
	if (r->p >= r->end || (*r->p != '+' && *r->p != '-'))
		return false;
	int sign = *r->p++ == '-' ? -1 : 1;
	int hours = read_digits(r, 2), minutes = 0, seconds = 0;
	if (skip(r, ':') || (r->p < r->end && isdigit((unsigned char)*r->p)))
		minutes = read_digits(r, 2);
	if (skip(r, ':'))
		seconds = read_digits(r, 2);
	if (hours > 18 || minutes > 59 || seconds > 59)
		r->failed = true;
	*offset_s = sign * (hours * 3600 + minutes * 60 + seconds);
	return true;
}

static bool is_date(const struct gw_civil *c)
{
	return c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= gw_month_length(c->year, c->month) && c->hour < 24 && c->minute < 60 &&
	       c->second < 60;
}

/* "[Europe/Paris]" names the zone; an offset before it says which of two equal dates is meant. */
static bool read_zone_name(struct reader *r, const struct gw_zone **zone, struct gw_error *err)
{
	const char *close = memchr(r->p, ']', (size_t)(r->end - r->p));
	if (!close || close + 1 != r->end) {
		r->failed = true;
		return true;
	}
	gw_auto_free char *name = gw_strndup(r->p, (size_t)(close - r->p));
	*zone = gw_zone_find(name, err);
	r->p = r->end;
	return *zone != NULL;
}

bool gw_time_parse(struct gw_slice text, const struct gw_zone *zone, gw_time *out,
	struct gw_error *err)
{
	struct reader r = read_from(text);
	struct gw_civil c = { 0 };
	int offset_s;
	c.year = read_digits(&r, 4);
	expect(&r, '-');
	c.month = read_digits(&r, 2);
	expect(&r, '-');
	c.day = read_digits(&r, 2);
	if (!r.failed && (skip(&r, 'T') || skip(&r, ' ') || skip(&r, 't')))
		read_clock_time(&r, &c);
	bool has_offset = !r.failed && read_offset(&r, &offset_s);
	if (!r.failed && skip(&r, '[') && !read_zone_name(&r, &zone, err))
		return false;
	if (r.failed || r.p != r.end || !is_date(&c))
		return gw_fail(err, GW_INVALID,
			"'%.*s' is no date: write it as 2024-12-20T10:00:00Z", GW_SLICE(text));
	*out = has_offset ? gw_civil_time(&c, offset_s) : gw_zone_resolve(zone, &c);
	return true;
}

/* ---- Durations ---- */

struct unit {
	char letter;
	bool after_t;
	int64_t us;
};

static const struct unit units[] = {
	{ 'W', false, 7 * 86400 * GW_SECOND },
	{ 'D', false, 86400 * GW_SECOND },
	{ 'H', true, 3600 * GW_SECOND },
	{ 'M', true, 60 * GW_SECOND },
	{ 'S', true, GW_SECOND },
};

/* The unit of a letter, behind those that were read already. */
static const struct unit *find_unit(const struct unit *last, char letter, bool after_t)
{
	for (const struct unit *u = last ? last + 1 : units; u < units + GW_LEN(units); u++)
		if (u->letter == letter && u->after_t == after_t)
			return u;
	return NULL;
}

static int read_sign(struct reader *r)
{
	if (skip(r, '-'))
		return -1;
	skip(r, '+');
	return 1;
}

/* "-1.5S" at the reader: adds it to *total, moves *last on. */
static void read_part(struct reader *r, bool after_t, const struct unit **last, int64_t *total)
{
	int sign = read_sign(r);
	int64_t number = 0, us;
	int micro = 0, digits = 0;
	for (; r->p < r->end && isdigit((unsigned char)*r->p) && digits < 12; digits++)
		number = number * 10 + (*r->p++ - '0');
	bool has_fraction = skip(r, '.') || skip(r, ',');
	if (has_fraction)
		micro = read_fraction(r);
	char letter = r->p < r->end ? (char)toupper((unsigned char)*r->p) : '\0';
	*last = find_unit(*last, letter, after_t);
	if (!*last || digits == 0 || (has_fraction && letter != 'S') ||
		__builtin_mul_overflow(number, (*last)->us, &us) ||
		__builtin_add_overflow(*total, sign * (us + micro), total)) {
		r->failed = true;
		return;
	}
	r->p++;
}

bool gw_duration_parse(struct gw_slice text, int64_t *out_us, struct gw_error *err)
{
	struct reader r = read_from(text);
	const struct unit *last = NULL;
	int sign = read_sign(&r);
	int64_t total = 0;
	bool after_t = false, any = false;
	if (!skip(&r, 'P') && !skip(&r, 'p'))
		r.failed = true;
	while (!r.failed && r.p < r.end) {
		if (!after_t && (skip(&r, 'T') || skip(&r, 't'))) {
			after_t = true;
			any = false;
			continue;
		}
		read_part(&r, after_t, &last, &total);
		any = true;
	}
	if (r.failed || !any || total == INT64_MIN)
		return gw_fail(err, GW_INVALID,
			"'%.*s' is no duration: write it as PT1H30M, PT5S or P1D", GW_SLICE(text));
	*out_us = sign * total;
	return true;
}

void gw_duration_print(struct gw_str *out, int64_t us)
{
	int64_t seconds = us / GW_SECOND;
	int micro = (int)(us % GW_SECOND);
	if (us == 0) {
		gw_str_puts(out, "PT0S");
		return;
	}
	gw_str_puts(out, "PT");
	if (seconds / 3600)
		gw_str_printf(out, "%ldH", (long)(seconds / 3600));
	if (seconds / 60 % 60)
		gw_str_printf(out, "%ldM", (long)(seconds / 60 % 60));
	if (seconds % 60 == 0 && micro == 0)
		return;
	gw_str_printf(out, "%s%ld", us < 0 && seconds % 60 == 0 ? "-" : "", (long)(seconds % 60));
	if (micro) {
		char fraction[] = ".000000";
		put_padded(fraction + 1, 6, abs(micro));
		size_t len = 7;
		while (fraction[len - 1] == '0')
			len--;
		gw_str_add(out, fraction, len);
	}
	gw_str_putc(out, 'S');
}

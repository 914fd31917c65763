/* cron.c - reading cron expressions, and finding the dates that they match */
#include <godwit/time.h>

#include "base/mem.h"
#include "time/calendar.h"
#include "time/zone.h"

#include <ctype.h>

#define TEXT_MAX 500
#define HORIZON (INT64_C(8) * 366 * 86400 * GW_SECOND)
#define YEAR_0 (INT64_C(-62167219200) * GW_SECOND)
#define YEAR_10000 (INT64_C(253402300800) * GW_SECOND)

/* ---- Reading ---- */

struct field {
	int least, most;
	const char *names; /* of 1, 2, 3 …: three letters each */
};

static const struct field fields[] = {
	{ 0, 59, "" },
	{ 0, 59, "" },
	{ 0, 23, "" },
	{ 1, 31, "" },
	{ 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC" },
	{ 0, 7, "MONTUEWEDTHUFRISATSUN" },
};

static const struct {
	const char *name, *meaning;
} nicknames[] = {
	{ "@yearly", "0 0 0 1 1 *" },
	{ "@annually", "0 0 0 1 1 *" },
	{ "@monthly", "0 0 0 1 * *" },
	{ "@weekly", "0 0 0 * * 0" },
	{ "@daily", "0 0 0 * * *" },
	{ "@midnight", "0 0 0 * * *" },
	{ "@hourly", "0 0 * * * *" },
};

static bool fail_characters(struct gw_slice text, struct gw_error *err)
{
	gw_auto_str left = { 0 };
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("#?/*0123456789,-", text.data[i]))
			gw_str_putc(&left, text.data[i]);
	return gw_fail(err, GW_INVALID,
		"Invalid chars in expression! Expression: %.*s Invalid chars: %s", GW_SLICE(text),
		gw_str_text(&left));
}

static bool read_number(struct gw_slice text, int *out)
{
	int number = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (!isdigit((unsigned char)text.data[i]) || i == 9)
			return false;
		number = number * 10 + (text.data[i] - '0');
	}
	*out = number;
	return text.len > 0;
}

static bool read_value(const struct field *f, struct gw_slice text, int *out, struct gw_error *err)
{
	for (int i = 0; f->names[i * 3]; i++) {
		if (gw_slice_equal(text, gw_slice(f->names + i * 3, 3))) {
			*out = i + 1;
			return true;
		}
	}
	return read_number(text, out) || fail_characters(text, err);
}

static bool check_value(const struct field *f, int value, struct gw_error *err)
{
	if (value >= f->least && value <= f->most)
		return true;
	return gw_fail(err, GW_INVALID, "Value %d not in range [%d, %d]", value, f->least, f->most);
}

static bool read_step(const struct field *f, struct gw_slice text, int *out, struct gw_error *err)
{
	int step;
	if (!read_number(text, &step))
		return gw_fail(err, GW_INVALID, "For input string: \"%.*s\"", GW_SLICE(text));
	if (step < 1 || step > f->most || step > f->most - f->least + 1)
		return gw_fail(err, GW_INVALID, "Period %d not in range [%d, %d]", step, f->least,
			f->most);
	*out = step;
	return true;
}

/* What stands before and after the first separator; false if there is none. */
static bool split(struct gw_slice text, char separator, struct gw_slice *before,
	struct gw_slice *after)
{
	const char *at = memchr(text.data, separator, text.len);
	if (!at)
		return false;
	*before = gw_slice(text.data, (size_t)(at - text.data));
	*after = gw_slice(at + 1, text.len - before->len - 1);
	return true;
}

struct range {
	int from, to, step;
};

/* "from-to" or "from-to/step" */
static bool read_range(const struct field *f, struct gw_slice text, struct range *out,
	struct gw_error *err)
{
	struct gw_slice from = { 0 }, to = { 0 }, step;
	split(text, '-', &from, &to);
	if (to.len == 0 || memchr(to.data, '-', to.len))
		return gw_fail(err, GW_INVALID, "Missing values for range: %.*s", GW_SLICE(text));
	if (from.len == 0)
		return gw_fail(err, GW_INVALID,
			"Invalid expression! Expression: %.*s does not describe a range. "
			"Negative numbers are not allowed.",
			GW_SLICE(text));
	bool stepped = split(to, '/', &to, &step);
	if (!read_value(f, from, &out->from, err) || !read_value(f, to, &out->to, err) ||
		!check_value(f, out->from, err) || !check_value(f, out->to, err))
		return false;
	if (out->from > out->to)
		return gw_fail(err, GW_INVALID, "Invalid range! [%d,%d]", out->from, out->to);
	return !stepped || read_step(f, step, &out->step, err);
}

/* "*\/step" or "from/step" */
static bool read_stepped(const struct field *f, struct gw_slice text, struct range *out,
	struct gw_error *err)
{
	struct gw_slice from = { 0 }, step = { 0 };
	split(text, '/', &from, &step);
	if (step.len == 0)
		return gw_fail(err, GW_INVALID, "Missing steps for expression: %.*s",
			GW_SLICE(text));
	if (memchr(step.data, '/', step.len))
		return gw_fail(err, GW_INVALID, "Invalid expression: %.*s", GW_SLICE(text));
	if (from.len > 0 && !gw_slice_is(from, "*") &&
		(!read_value(f, from, &out->from, err) || !check_value(f, out->from, err)))
		return false;
	if (f->most == 7 && out->from == 7)
		out->from = 0; /* Sunday */
	return read_step(f, step, &out->step, err);
}

static bool read_item(const struct field *f, struct gw_slice text, uint64_t *bits,
	struct gw_error *err)
{
	struct range r = { f->least, f->most, 1 };
	if (memchr(text.data, '-', text.len)) {
		if (!read_range(f, text, &r, err))
			return false;
	} else if (memchr(text.data, '/', text.len)) {
		if (!read_stepped(f, text, &r, err))
			return false;
	} else if (memchr(text.data, '?', text.len) || memchr(text.data, '#', text.len)) {
		return gw_fail(err, GW_INVALID, "Invalid expression: %.*s", GW_SLICE(text));
	} else if (!gw_slice_is(text, "*")) {
		if (!read_value(f, text, &r.from, err) || !check_value(f, r.from, err))
			return false;
		r.to = r.from;
	}
	for (int value = r.from; value <= r.to; value += r.step)
		*bits |= UINT64_C(1) << value;
	return true;
}

static bool read_field(const struct field *f, struct gw_slice text, uint64_t *bits,
	struct gw_error *err)
{
	struct gw_slice item, rest = text;
	while (split(rest, ',', &item, &rest))
		if (!read_item(f, item, bits, err))
			return false;
	return read_item(f, rest, bits, err);
}

static bool is_any(struct gw_slice text)
{
	return gw_slice_is(text, "*") || gw_slice_is(text, "*/1");
}

static bool read_parts(const struct gw_slice parts[6], struct gw_cron *out, struct gw_error *err)
{
	uint64_t bits[6] = { 0 };
	struct gw_error cause;
	for (size_t i = 0; i < GW_LEN(fields); i++)
		if (!read_field(&fields[i], parts[i], &bits[i], &cause))
			return gw_fail(err, GW_INVALID, "Failed to parse cron expression. %s",
				cause.message);
	*out = (struct gw_cron){
		.seconds = bits[0],
		.minutes = bits[1],
		.hours = (uint32_t)bits[2],
		.days = (uint32_t)bits[3],
		.months = (uint32_t)bits[4],
		.weekdays = (uint32_t)((bits[5] | bits[5] >> 7) & 0x7f),
		.any_day = is_any(parts[3]),
		.any_weekday = is_any(parts[5]),
	};
	return true;
}

/* The next word, in capitals; len 0 at the end. */
static struct gw_slice next_word(char **p)
{
	while (isspace((unsigned char)**p))
		(*p)++;
	char *start = *p;
	for (; **p && !isspace((unsigned char)**p); (*p)++)
		**p = (char)toupper((unsigned char)**p);
	return gw_slice(start, (size_t)(*p - start));
}

bool gw_cron_parse(const char *text, bool with_seconds, struct gw_cron *out, struct gw_error *err)
{
	if (strcmp(text, "@reboot") == 0)
		return gw_fail(err, GW_INVALID, "Nickname @reboot not supported!");
	for (size_t i = 0; i < GW_LEN(nicknames); i++)
		if (strcmp(text, nicknames[i].name) == 0)
			return gw_cron_parse(nicknames[i].meaning, true, out, err);
	if (strlen(text) > TEXT_MAX)
		return gw_fail(err, GW_INVALID, "Cron expression is longer than %d characters",
			TEXT_MAX);
	gw_auto_free char *copy = gw_strdup(text);
	struct gw_slice parts[6] = { { "0", 1 } }, word;
	int first = with_seconds ? 0 : 1, n = 0;
	for (char *p = copy; (word = next_word(&p)).len > 0; n++) {
		if (word.data[word.len - 1] == ',')
			return gw_fail(err, GW_INVALID,
				"Invalid field value! Trailing commas not permitted! '%.*s'",
				GW_SLICE(word));
		if (first + n < 6)
			parts[first + n] = word;
	}
	if (n == 0)
		return gw_fail(err, GW_INVALID, "Empty expression!");
	if (n != 6 - first)
		return gw_fail(err, GW_INVALID,
			"Cron expression contains %d parts but we expect one of [%d]", n,
			6 - first);
	return read_parts(parts, out, err);
}

/* ---- Finding; "wall" is what a clock of the zone shows, in seconds since its 1970 ---- */

static bool has(uint64_t bits, int value)
{
	return bits >> value & 1;
}

static bool day_matches(const struct gw_cron *cron, const struct gw_civil *c)
{
	bool day = has(cron->days, c->day);
	bool weekday = has(cron->weekdays, gw_civil_weekday(c) % 7);
	return cron->any_day || cron->any_weekday ? day && weekday : day || weekday;
}

/* From start until before end nothing matches. */
struct miss {
	int64_t start, end;
};

/* The month, day, hour, minute or second around a date if it is one that does not match. */
static bool find_miss(const struct gw_cron *cron, int64_t wall, struct miss *out)
{
	struct gw_civil c = gw_civil_at(wall * GW_SECOND, 0);
	if (!has(cron->months, c.month)) {
		out->start = gw_day_number(c.year, c.month, 1) * 86400;
		out->end = out->start + gw_month_length(c.year, c.month) * 86400;
		return true;
	}
	int length = !day_matches(cron, &c)          ? 86400
		     : !has(cron->hours, c.hour)     ? 3600
		     : !has(cron->minutes, c.minute) ? 60
		     : !has(cron->seconds, c.second) ? 1
						     : 0;
	int of_day = c.hour * 3600 + c.minute * 60 + c.second;
	if (length == 0)
		return false;
	out->start = wall - of_day % length;
	out->end = out->start + length;
	return true;
}

/* Moves to the first match before stop. */
static bool find_forward(const struct gw_cron *cron, int64_t *wall, int64_t stop)
{
	for (struct miss m; *wall < stop; *wall = m.end)
		if (!find_miss(cron, *wall, &m))
			return true;
	return false;
}

/* Moves to the last match that is not before stop. */
static bool find_backward(const struct gw_cron *cron, int64_t *wall, int64_t stop)
{
	for (struct miss m; *wall >= stop; *wall = m.start - 1)
		if (!find_miss(cron, *wall, &m))
			return true;
	return false;
}

/* Does a match at least hourly around this hour? */
static bool is_dense(const struct gw_cron *cron, int hour)
{
	return cron->minutes & (cron->minutes - 1) || cron->seconds & (cron->seconds - 1) ||
	       has(cron->hours, (hour + 1) % 24);
}

/* Did the clocks show this match before, so that it does not count again? */
static bool is_repeat(const struct gw_cron *cron, const struct gw_zone *zone, gw_time at)
{
	gw_time change = gw_zone_change_before(zone, at);
	if (change == GW_NEVER)
		return false;
	int offset = gw_zone_offset(zone, at);
	int back = gw_zone_offset(zone, change - GW_SECOND) - offset;
	return at - change < back * GW_SECOND && !is_dense(cron, gw_civil_at(at, offset).hour);
}

static int64_t whole_seconds(gw_time at)
{
	return at / GW_SECOND - (at % GW_SECOND < 0);
}

/* Between two changes of offset the clocks run evenly: each phase is searched by itself. */
gw_time gw_cron_next(const struct gw_cron *cron, const struct gw_zone *zone, gw_time at)
{
	if (at < YEAR_0 || at >= YEAR_10000)
		return GW_NEVER;
	gw_time last = at + HORIZON;
	at = (whole_seconds(at) + 1) * GW_SECOND;
	while (at <= last) {
		int offset = gw_zone_offset(zone, at);
		gw_time change = gw_zone_change_after(zone, at);
		gw_time end = change == GW_NEVER || change > last ? last + GW_SECOND : change;
		int64_t wall = at / GW_SECOND + offset;
		bool found = find_forward(cron, &wall, end / GW_SECOND + offset);
		at = found ? (wall - offset) * GW_SECOND : end;
		if (found && !is_repeat(cron, zone, at))
			return at;
		at += found ? GW_SECOND : 0;
	}
	return GW_NEVER;
}

gw_time gw_cron_previous(const struct gw_cron *cron, const struct gw_zone *zone, gw_time at)
{
	if (at < YEAR_0 || at >= YEAR_10000)
		return GW_NEVER;
	gw_time first = at - HORIZON;
	at = whole_seconds(at - 1) * GW_SECOND;
	while (at >= first) {
		int offset = gw_zone_offset(zone, at);
		gw_time change = gw_zone_change_before(zone, at);
		gw_time start = change < first ? first : change;
		int64_t wall = whole_seconds(at) + offset;
		bool found = find_backward(cron, &wall, whole_seconds(start) + offset);
		at = (found ? wall - offset : whole_seconds(start)) * GW_SECOND;
		if (found && !is_repeat(cron, zone, at))
			return at;
		at -= GW_SECOND;
	}
	return GW_NEVER;
}

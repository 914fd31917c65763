/* functions_date.c - now, and questions about dates */
#include "expr/moment.h"

#include "base/mem.h"
#include "expr/value.h"
#include "time/calendar.h"

static const char *const weekdays[] = { "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY",
	"SATURDAY", "SUNDAY" };

static const char *const months[] = { "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE",
	"JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER" };

static const char *const positions[] = { "FIRST", "SECOND", "THIRD", "FOURTH", "LAST" };

static json_t *now(struct gw_call *call)
{
	const struct gw_zone *zone = gw_moment_zone(call, 1);
	return zone ? gw_moment_print(call, 0, call->ev->scope->now, zone) : NULL;
}

/* ---- Reading ---- */

/* An instant; what has no offset is in UTC. */
static bool read_instant(struct gw_call *call, int i, gw_time *out)
{
	struct gw_slice text = gw_slice_of("");
	struct gw_error err;
	if (!gw_arg_text(call, i, &text))
		return false;
	if (gw_time_parse(text, gw_zone_utc(), out, &err))
		return true;
	return gw_eval_fail(call->ev, "The '%s()' function could not parse a date argument: %s",
		call->what->name, err.message);
}

/* Date and time as they are written, whatever the offset. */
static bool read_written(struct gw_call *call, struct gw_civil *out)
{
	struct gw_slice text = gw_slice_of("");
	struct gw_error err;
	gw_time at, local;
	if (!gw_arg_text(call, 0, &text) || !read_instant(call, 0, &at))
		return false;
	size_t n = 0;
	while (n < text.len && (n < 11 || !strchr("Zz+-[", text.data[n])))
		n++;
	if (!gw_time_parse(gw_slice(text.data, n), gw_zone_utc(), &local, &err))
		return gw_eval_fail(call->ev, "%s", err.message);
	*out = gw_civil_at(local, 0);
	return true;
}

/* The index of a name in a table; false with an error. */
static bool find_name(struct gw_call *call, struct gw_slice name, const char *const *names,
	size_t n, size_t *out)
{
	for (size_t i = 0; i < n; i++) {
		if (strlen(names[i]) == name.len &&
			strncasecmp(names[i], name.data, name.len) == 0) {
			*out = i;
			return true;
		}
	}
	return gw_eval_fail(call->ev,
		"The '%s()' function received an invalid value: '%.*s'. Expected one of: %s … %s.",
		call->what->name, GW_SLICE(name), names[0], names[n - 1]);
}

/* ---- Questions ---- */

static json_t *day_of_week(struct gw_call *call)
{
	struct gw_civil c;
	if (!read_written(call, &c))
		return NULL;
	return gw_string(gw_slice_of(weekdays[gw_civil_weekday(&c) - 1]));
}

static json_t *month_of_year(struct gw_call *call)
{
	struct gw_civil c;
	return read_written(call, &c) ? gw_string(gw_slice_of(months[c.month - 1])) : NULL;
}

static json_t *day_of_month(struct gw_call *call)
{
	struct gw_civil c;
	return read_written(call, &c) ? json_integer(c.day) : NULL;
}

static json_t *hour_of_day(struct gw_call *call)
{
	struct gw_civil c;
	if (!read_written(call, &c))
		return NULL;
	if (json_string_length(call->args[0]) <= 10)
		return gw_call_fail(call, "The 'hourOfDay()' function could not parse 'date': "
					  "it has no time of day");
	return json_integer(c.hour);
}

static json_t *is_weekend(struct gw_call *call)
{
	struct gw_civil c;
	return read_written(call, &c) ? json_boolean(gw_civil_weekday(&c) > 5) : NULL;
}

static json_t *is_date_after(struct gw_call *call)
{
	gw_time date, reference;
	if (!read_instant(call, 0, &date) || !read_instant(call, 1, &reference))
		return NULL;
	return json_boolean(date > reference);
}

static json_t *is_date_before(struct gw_call *call)
{
	gw_time date, reference;
	if (!read_instant(call, 0, &date) || !read_instant(call, 1, &reference))
		return NULL;
	return json_boolean(date < reference);
}

static json_t *is_date_between(struct gw_call *call)
{
	gw_time date, after, before;
	if (!read_instant(call, 0, &date) || !read_instant(call, 1, &after) ||
		!read_instant(call, 2, &before))
		return NULL;
	return json_boolean(date > after && date < before);
}

static json_t *is_day_week_in_month(struct gw_call *call)
{
	struct gw_civil c;
	struct gw_slice day = gw_slice_of(""), position = gw_slice_of("");
	size_t weekday = 0, nth = 0;
	if (!read_written(call, &c) || !gw_arg_text(call, 1, &day) ||
		!gw_arg_text(call, 2, &position) ||
		!find_name(call, day, weekdays, GW_LEN(weekdays), &weekday) ||
		!find_name(call, position, positions, GW_LEN(positions), &nth))
		return NULL;
	bool is_last = nth == GW_LEN(positions) - 1;
	return json_boolean((size_t)gw_civil_weekday(&c) == weekday + 1 &&
			    (is_last ? c.day + 7 > gw_month_length(c.year, c.month)
				     : (size_t)(c.day - 1) / 7 == nth));
}

/* Bit n = weekday n from Monday. */
static bool read_working_days(struct gw_call *call, unsigned *out)
{
	struct gw_slice text = gw_slice_of("");
	size_t day = 0;
	*out = 0;
	if (!gw_arg_text(call, 1, &text))
		return false;
	for (size_t i = 0; i < text.len;) {
		size_t n = 0;
		while (i + n < text.len && !strchr(", \t\n", text.data[i + n]))
			n++;
		if (n && !find_name(call, gw_slice(text.data + i, n), weekdays, GW_LEN(weekdays),
				 &day))
			return false;
		*out |= n ? 1u << day : 0;
		i += n + 1;
	}
	*out = *out ? *out : 0x1f;
	return true;
}

static json_t *is_last_working_day(struct gw_call *call)
{
	struct gw_civil c;
	unsigned working;
	if (!read_written(call, &c) || !read_working_days(call, &working))
		return NULL;
	int weekday = gw_civil_weekday(&c) - 1, last = gw_month_length(c.year, c.month);
	bool is = working >> weekday & 1;
	for (int day = c.day + 1; is && day <= last; day++)
		is = !(working >> (weekday + day - c.day) % 7 & 1);
	return json_boolean(is);
}

static const struct gw_builtin table[] = {
	{ "dayOfMonth", day_of_month, "date!", 0, NULL },
	{ "dayOfWeek", day_of_week, "date!", 0, NULL },
	{ "hourOfDay", hour_of_day, "date!", 0, NULL },
	{ "isDateAfter", is_date_after, "date!,reference!", 0, NULL },
	{ "isDateBefore", is_date_before, "date!,reference!", 0, NULL },
	{ "isDateBetween", is_date_between, "date!,after!,before!", 0, NULL },
	{ "isDayWeekInMonth", is_day_week_in_month, "date!,dayOfWeek!,position!", 0, NULL },
	{ "isLastWorkingDay", is_last_working_day, "date!,workingDays", 0, NULL },
	{ "isWeekend", is_weekend, "date!", 0, NULL },
	{ "monthOfYear", month_of_year, "date!", 0, NULL },
	{ "now", now, "format,timeZone,existingFormat,locale", 0, NULL },
};

const struct gw_builtins gw_date_functions = { table, GW_LEN(table) };

/* dates.c - conditions on the date that a schedule wants to fire at */
#include "plugins/schedule/schedule.h"

#define DAY_US (24 * 3600 * GW_SECOND)

/* A date as it was written: the instant, and what clock and calendar showed there. */
struct date {
	gw_time instant;
	struct gw_civil local;
	int64_t offset_us; /* east of UTC */
};

#define TRIGGER_DATE "\"{{ trigger.date }}\""
#define DATE_SUMMARY "The date that is tested, by default the one that the trigger fires for."
#define WEEKDAYS "enum(MONDAY,TUESDAY,WEDNESDAY,THURSDAY,FRIDAY,SATURDAY,SUNDAY)"

/* ---- Reading ---- */

/* The date and time of day, without the offset or zone behind them. */
static struct gw_slice without_zone(const char *text)
{
	const char *time = strchr(text, 'T');
	return gw_slice(text, time ? (size_t)(time - text) + strcspn(time, "Z+-[") : strlen(text));
}

static bool read_own_date(const json_t *properties, struct date *out, struct gw_error *err)
{
	const char *text = gw_json_string(properties, "date");
	gw_time instant, local;
	if (!text)
		return gw_fail(err, GW_INVALID, "the date must be a text");
	if (!gw_time_parse(gw_slice_of(text), gw_zone_utc(), &instant, err) ||
		!gw_time_parse(without_zone(text), gw_zone_utc(), &local, err))
		return gw_explain(err, "date '%s'", text);
	*out = (struct date){ instant, gw_civil_at(local, 0), local - instant };
	return true;
}

/* 1 = Monday .. 7 = Sunday, as the property says; 0 = no such day. */
static int weekday_of(const json_t *properties)
{
	static const char *const names[] = { "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY",
		"SATURDAY", "SUNDAY" };
	const char *name = gw_json_string(properties, "dayOfWeek");
	for (int i = 0; name && i < 7; i++)
		if (strcmp(names[i], name) == 0)
			return i + 1;
	return 0;
}

/* Whether at lies strictly between the properties after and before, one of which must be there. */
static bool lies_between(const json_t *properties, int64_t at,
	bool (*read)(const char *text, int64_t *out, struct gw_error *err), bool *holds,
	struct gw_error *err)
{
	const char *after = gw_json_string(properties, "after");
	const char *before = gw_json_string(properties, "before");
	int64_t from, to;
	if (!after && !before)
		return gw_fail(err, GW_INVALID, "Invalid condition with no before nor after");
	if ((after && !read(after, &from, err)) || (before && !read(before, &to, err)))
		return false;
	*holds = (!after || at > from) && (!before || at < to);
	return true;
}

/* ---- DateTimeBetween ---- */

static const struct gw_property date_time_properties[] = {
	{ "date", "string", 0, TRIGGER_DATE, DATE_SUMMARY },
	{ "after", "datetime", 0, NULL, "The date must be later than this one." },
	{ "before", "datetime", 0, NULL,
		"The date must be earlier than this one. At least one of `after` and `before` "
		"must be given." },
	{ 0 },
};

static bool read_instant(const char *text, int64_t *out, struct gw_error *err)
{
	return gw_time_parse(gw_slice_of(text), gw_zone_local(), out, err) ||
	       gw_explain(err, "date '%s'", text);
}

static bool test_date_time(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	struct date date;
	(void)nested, (void)n;
	return read_own_date(properties, &date, err) &&
	       lies_between(properties, date.instant, read_instant, holds, err);
}

const struct gw_condition_type date_time_between = {
	.type = "io.kestra.plugin.core.condition.DateTimeBetween",
	.aliases = FORMER_NAMES("DateTimeBetweenCondition"),
	.summary = "Holds between two dates.",
	.properties = date_time_properties,
	.test = test_date_time,
};

/* ---- TimeBetween ---- */

static const struct gw_property time_properties[] = {
	{ "date", "string", 0, TRIGGER_DATE, DATE_SUMMARY },
	{ "after", "string", 0, NULL,
		"The time of day must be later than this one, such as `16:00:00+02:00`." },
	{ "before", "string", 0, NULL,
		"The time of day must be earlier than this one. At least one of `after` and "
		"`before` must be given." },
	{ 0 },
};

/* A time of day on the clock of UTC; beyond midnight it is negative or more than a day. */
static bool read_time(const char *text, int64_t *out, struct gw_error *err)
{
	gw_auto_str date = { 0 };
	gw_str_printf(&date, "1970-01-01T%s", text);
	return gw_time_parse(gw_str_slice(&date), gw_zone_utc(), out, err) ||
	       gw_explain(err, "time '%s'", text);
}

static bool test_time(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	struct date date;
	(void)nested, (void)n;
	if (!read_own_date(properties, &date, err))
		return false;
	const struct gw_civil time = { 1970, 1, 1, date.local.hour, date.local.minute,
		date.local.second, date.local.micro };
	return lies_between(properties, gw_civil_time(&time, 0) - date.offset_us, read_time, holds,
		err);
}

const struct gw_condition_type time_between = {
	.type = "io.kestra.plugin.core.condition.TimeBetween",
	.aliases = FORMER_NAMES("TimeBetweenCondition"),
	.summary = "Holds between two times of the day.",
	.properties = time_properties,
	.test = test_time,
};

/* ---- DayWeek, Weekend ---- */

static const struct gw_property day_week_properties[] = {
	{ "date", "string", 0, TRIGGER_DATE, DATE_SUMMARY },
	{ "dayOfWeek", WEEKDAYS, GW_REQUIRED, NULL, "The day of the week that the date must be." },
	{ 0 },
};

static bool test_day_week(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	struct date date;
	(void)nested, (void)n;
	if (!read_own_date(properties, &date, err))
		return false;
	*holds = gw_civil_weekday(&date.local) == weekday_of(properties);
	return true;
}

const struct gw_condition_type day_week = {
	.type = "io.kestra.plugin.core.condition.DayWeek",
	.aliases = FORMER_NAMES("DayWeekCondition"),
	.summary = "Holds on one day of the week.",
	.properties = day_week_properties,
	.test = test_day_week,
};

static const struct gw_property weekend_properties[] = {
	{ "date", "string", 0, TRIGGER_DATE, DATE_SUMMARY }, { 0 }
};

static bool test_weekend(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	struct date date;
	(void)nested, (void)n;
	if (!read_own_date(properties, &date, err))
		return false;
	*holds = gw_civil_weekday(&date.local) >= 6;
	return true;
}

const struct gw_condition_type weekend = {
	.type = "io.kestra.plugin.core.condition.Weekend",
	.aliases = FORMER_NAMES("WeekendCondition"),
	.summary = "Holds on Saturdays and Sundays.",
	.properties = weekend_properties,
	.test = test_weekend,
};

/* ---- DayWeekInMonth ---- */

static const struct gw_property day_in_month_properties[] = {
	{ "date", "string", 0, TRIGGER_DATE, DATE_SUMMARY },
	{ "dayOfWeek", WEEKDAYS, GW_REQUIRED, NULL, "The day of the week that the date must be." },
	{ "dayInMonth", "enum(FIRST,SECOND,THIRD,FOURTH,LAST)", GW_REQUIRED, NULL,
		"Which of these days of the month it must be." },
	{ 0 },
};

static bool is_last_in_month(const struct gw_civil *local)
{
	gw_time at = gw_civil_time(local, 0);
	return gw_civil_at(at + 7 * DAY_US, 0).month != local->month;
}

static bool test_day_in_month(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	static const char *const places[] = { "FIRST", "SECOND", "THIRD", "FOURTH" };
	const char *wanted = gw_json_string(properties, "dayInMonth");
	struct date date;
	(void)nested, (void)n;
	if (!read_own_date(properties, &date, err))
		return false;
	int week = (date.local.day - 1) / 7;
	bool is_place = wanted && (strcmp(wanted, "LAST") == 0
						  ? is_last_in_month(&date.local)
						  : week < 4 && strcmp(wanted, places[week]) == 0);
	*holds = is_place && gw_civil_weekday(&date.local) == weekday_of(properties);
	return true;
}

const struct gw_condition_type day_week_in_month = {
	.type = "io.kestra.plugin.core.condition.DayWeekInMonth",
	.aliases = FORMER_NAMES("DayWeekInMonthCondition"),
	.summary = "Holds on the first, second, third, fourth or last of a day of the week in a "
		   "month, such as its first Monday.",
	.properties = day_in_month_properties,
	.test = test_day_in_month,
};

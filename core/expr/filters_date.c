/* filters_date.c - date, dateAdd and the timestamps */
#include "expr/moment.h"

#include "base/mem.h"
#include "expr/value.h"
#include "time/calendar.h"

#define DAY (86400 * GW_SECOND)

static json_t *date(struct gw_call *call)
{
	const struct gw_zone *zone = gw_moment_zone(call, 1);
	struct gw_moment moment;
	if (!zone || !gw_moment_read(call, 2, zone, &moment))
		return NULL;
	return gw_moment_print(call, 0, moment.at, zone);
}

/* ---- Adding ---- */

static const struct unit {
	const char *name; /* as java.time.temporal.ChronoUnit calls it */
	int64_t us; /* exact, or of a local date and time: days */
	int64_t months;
	bool is_local;
} units[] = {
	{ "MICROS", 1, 0, false },
	{ "MILLIS", GW_MILLISECOND, 0, false },
	{ "SECONDS", GW_SECOND, 0, false },
	{ "MINUTES", 60 * GW_SECOND, 0, false },
	{ "HOURS", 3600 * GW_SECOND, 0, false },
	{ "HALF_DAYS", 12 * 3600 * GW_SECOND, 0, false },
	{ "DAYS", DAY, 0, true },
	{ "WEEKS", 7 * DAY, 0, true },
	{ "MONTHS", 0, 1, true },
	{ "YEARS", 0, 12, true },
	{ "DECADES", 0, 120, true },
	{ "CENTURIES", 0, 1200, true },
};

static const struct unit *find_unit(struct gw_call *call)
{
	struct gw_slice name = gw_slice_of("");
	if (!gw_arg_text(call, 1, &name))
		return NULL;
	for (size_t i = 0; i < GW_LEN(units); i++)
		if (strcasecmp(name.data, units[i].name) == 0)
			return &units[i];
	gw_call_fail(call,
		"'%.*s' is no unit: use MICROS, MILLIS, SECONDS, MINUTES, HOURS, "
		"HALF_DAYS, DAYS, WEEKS, MONTHS, YEARS, DECADES or CENTURIES",
		GW_SLICE(name));
	return NULL;
}

/* The same day of another month, or its last. */
static bool add_months(struct gw_civil *c, int64_t months)
{
	int64_t total = c->year * INT64_C(12) + c->month - 1;
	if (__builtin_add_overflow(total, months, &total) || total < -12 * 200000 ||
		total > 12 * 200000)
		return false;
	c->month = (int)((total % 12 + 12) % 12) + 1;
	c->year = (int)((total - (c->month - 1)) / 12);
	int last = gw_month_length(c->year, c->month);
	c->day = c->day < last ? c->day : last;
	return true;
}

/* Days and more are added to the local date, so that the time of day stays. */
static bool add_local(struct gw_moment *m, int64_t us, int64_t months)
{
	int offset = m->zone ? gw_zone_offset(m->zone, m->at) : m->offset_s;
	struct gw_civil c = gw_civil_at(m->at, offset);
	gw_time local;
	if (!add_months(&c, months) || __builtin_add_overflow(gw_civil_time(&c, 0), us, &local) ||
		local / GW_SECOND > INT64_C(6000000000000) ||
		local / GW_SECOND < -INT64_C(6000000000000))
		return false;
	c = gw_civil_at(local, 0);
	m->at = m->zone ? gw_zone_resolve(m->zone, &c) : gw_civil_time(&c, m->offset_s);
	return true;
}

static bool add(struct gw_moment *m, const struct unit *unit, int64_t amount)
{
	int64_t us, months;
	if (__builtin_mul_overflow(unit->us, amount, &us) ||
		__builtin_mul_overflow(unit->months, amount, &months))
		return false;
	return unit->is_local ? add_local(m, us, months)
			      : !__builtin_add_overflow(m->at, us, &m->at);
}

static json_t *date_add(struct gw_call *call)
{
	const struct unit *unit = find_unit(call);
	const struct gw_zone *zone = unit ? gw_moment_zone(call, 3) : NULL;
	struct gw_moment moment;
	int64_t amount = 0;
	if (!zone || !gw_arg_int(call, 0, &amount) || !gw_moment_read(call, 4, zone, &moment))
		return NULL;
	if (!add(&moment, unit, amount))
		return gw_call_fail(call, "There is no date %lld %s away", (long long)amount,
			unit->name);
	return gw_moment_print(call, 2, moment.at, zone);
}

/* ---- Timestamps ---- */

static bool read_instant(struct gw_call *call, gw_time *out)
{
	const struct gw_zone *zone = gw_moment_zone(call, 0);
	struct gw_moment moment;
	if (!zone || !gw_moment_read(call, 1, zone, &moment))
		return false;
	*out = moment.at;
	return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static json_t *timestamp(struct gw_call *call)
{
	gw_time at;
	return read_instant(call, &at) ? json_integer(floor_div(at, GW_SECOND)) : NULL;
}

static json_t *timestamp_milli(struct gw_call *call)
{
	gw_time at;
	return read_instant(call, &at) ? json_integer(floor_div(at, GW_MILLISECOND)) : NULL;
}

/* The seconds as nanoseconds and rest: beyond 64 bits it wraps. */
static json_t *print_nanos(int64_t seconds, int64_t rest)
{
	gw_auto_str text = { 0 };
	uint64_t nanos = (uint64_t)seconds * UINT64_C(1000000000) + (uint64_t)rest;
	gw_str_int(&text, (int64_t)nanos);
	return gw_string(gw_str_slice(&text));
}

/* Kestra's: nanoseconds of the whole seconds plus the microseconds. */
static json_t *timestamp_micro(struct gw_call *call)
{
	gw_time at;
	if (!read_instant(call, &at))
		return NULL;
	int64_t seconds = floor_div(at, GW_SECOND);
	return print_nanos(seconds, at - seconds * GW_SECOND);
}

static json_t *timestamp_nano(struct gw_call *call)
{
	gw_time at;
	if (!read_instant(call, &at))
		return NULL;
	int64_t seconds = floor_div(at, GW_SECOND);
	return print_nanos(seconds, (at - seconds * GW_SECOND) * 1000);
}

static const struct gw_builtin table[] = {
	{ "date", date, "format,timeZone,existingFormat,locale", GW_KEEPS_NULL, NULL },
	{ "dateAdd", date_add, "amount!,unit!,format,timeZone,existingFormat,locale", GW_KEEPS_NULL,
		NULL },
	{ "timestamp", timestamp, "timeZone,existingFormat", GW_KEEPS_NULL, NULL },
	{ "timestampMicro", timestamp_micro, "timeZone,existingFormat", GW_KEEPS_NULL, NULL },
	{ "timestampMilli", timestamp_milli, "timeZone,existingFormat", GW_KEEPS_NULL, NULL },
	{ "timestampNano", timestamp_nano, "timeZone,existingFormat", GW_KEEPS_NULL, NULL },
};

const struct gw_builtins gw_date_filters = { table, GW_LEN(table) };

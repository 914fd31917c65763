/* test_cron.c - cron expressions against a table and against a search minute by minute */
#include "tests/unit/table.h"

#include <godwit/time.h>

static struct gw_error err;

static const struct gw_zone *zone_of(const char *name)
{
	const struct gw_zone *zone = gw_zone_find(name, &err);
	assert_non_null(zone);
	return zone;
}

static gw_time time_of(const char *text)
{
	gw_time at;
	if (!gw_time_parse(gw_slice_of(text), gw_zone_utc(), &at, &err))
		fail_msg("%s", err.message);
	return at;
}

static struct gw_cron cron_of(const char *text)
{
	struct gw_cron cron;
	if (!gw_cron_parse(text, false, &cron, &err))
		fail_msg("%s: %s", text, err.message);
	return cron;
}

/* ---- The table ---- */

static void check_row(char *const columns[TABLE_COLUMNS])
{
	struct gw_cron cron;
	gw_auto_str got = { 0 };
	const struct gw_zone *zone = zone_of(columns[2]);
	gw_time at = time_of(columns[3]);
	bool parsed = gw_cron_parse(columns[0], *columns[1] == '1', &cron, &err);
	if (!parsed)
		gw_str_printf(&got, "!%s", err.message);
	for (int i = 0; parsed && i < 6 && at != GW_NEVER; i++) {
		at = gw_cron_next(&cron, zone, at);
		gw_str_puts(&got, i ? " " : "");
		if (at == GW_NEVER)
			gw_str_putc(&got, '-');
		else
			gw_time_print(&got, at);
	}
	if (strcmp(gw_str_text(&got), columns[4]) != 0)
		fail_msg("%s in %s after %s:\n  got    %s\n  wanted %s", columns[0], columns[2],
			columns[3], gw_str_text(&got), columns[4]);
}

static void expressions_are_read_and_evaluated_as_kestra_does(void **state)
{
	(void)state;
	each_row("tests/unit/time/cron.tsv", check_row);
}

/* ---- Minute by minute ---- */

struct case_of_search {
	const char *expression, *zone, *from;
};

/* Some rely on months without a 31st, leap days, gaps and overlaps in their three weeks. */
static const struct case_of_search searches[] = {
	{ "*/30 * * * *", "Europe/Paris", "2024-03-20T00:00:00Z" },
	{ "*/30 * * * *", "Europe/Paris", "2024-10-17T00:00:00Z" },
	{ "30 2 * * *", "Europe/Paris", "2024-03-20T00:00:00Z" },
	{ "30 2 * * *", "Europe/Paris", "2024-10-17T00:00:00Z" },
	{ "0 0 * * *", "America/Havana", "2024-10-25T00:00:00Z" },
	{ "10 0 * * *", "America/Havana", "2024-03-01T00:00:00Z" },
	{ "*/7 1-3 * * 0", "America/New_York", "2024-10-25T00:00:00Z" },
	{ "15,45 * * * *", "Australia/Lord_Howe", "2024-03-28T00:00:00Z" },
	{ "*/10 2 * * *", "Australia/Lord_Howe", "2024-09-26T00:00:00Z" },
	{ "0 12 29,31 * 1", "UTC", "2024-02-20T00:00:00Z" },
	{ "0 9 * * *", "Pacific/Apia", "2011-12-20T00:00:00Z" },
	{ "5 4 * * *", "Antarctica/Troll", "2024-10-17T00:00:00Z" },
};

static bool has(uint64_t bits, int value)
{
	return bits >> value & 1;
}

static bool shows_match(const struct gw_cron *cron, const struct gw_civil *c)
{
	bool day = has(cron->days, c->day), weekday = has(cron->weekdays, gw_civil_weekday(c) % 7);
	bool both = cron->any_day || cron->any_weekday;
	return has(cron->minutes, c->minute) && has(cron->hours, c->hour) &&
	       has(cron->months, c->month) && (both ? day && weekday : day || weekday);
}

/* Were the clocks as far back as three hours ago where they are now? */
static bool was_shown(const struct gw_zone *zone, gw_time at)
{
	int offset = gw_zone_offset(zone, at);
	for (int minutes = 30; minutes <= 180; minutes += 30) {
		gw_time before = at - minutes * 60 * GW_SECOND;
		if (gw_zone_offset(zone, before) - offset == minutes * 60)
			return true;
	}
	return false;
}

static bool matches(const struct gw_cron *cron, const struct gw_zone *zone, gw_time at)
{
	struct gw_civil c = gw_civil_at(at, gw_zone_offset(zone, at));
	bool is_dense =
		__builtin_popcountll(cron->minutes) > 1 || has(cron->hours, (c.hour + 1) % 24);
	return shows_match(cron, &c) && (is_dense || !was_shown(zone, at));
}

static void next_and_previous_agree_with_a_search_minute_by_minute(void **state)
{
	(void)state;
	for (size_t i = 0; i < GW_LEN(searches); i++) {
		struct gw_cron cron = cron_of(searches[i].expression);
		const struct gw_zone *zone = zone_of(searches[i].zone);
		gw_time start = time_of(searches[i].from), last = start;
		gw_time end = start + 21 * 86400 * GW_SECOND;
		for (gw_time at = start + 60 * GW_SECOND; at < end; at += 60 * GW_SECOND) {
			if (!matches(&cron, zone, at))
				continue;
			assert_int_equal(gw_cron_next(&cron, zone, last), at);
			assert_int_equal(gw_cron_next(&cron, zone, at - 1), at);
			if (last != start)
				assert_int_equal(gw_cron_previous(&cron, zone, at), last);
			last = at;
		}
		assert_true(last != start);
		assert_int_equal(gw_cron_previous(&cron, zone, end), last);
	}
}

/* ---- Limits ---- */

static void a_leap_day_is_found_eight_years_ahead_and_back(void **state)
{
	(void)state;
	struct gw_cron cron = cron_of("0 0 29 2 *");
	const struct gw_zone *utc = gw_zone_utc();
	gw_time before = time_of("2096-02-29T00:00:00Z"), after = time_of("2104-02-29T00:00:00Z");
	assert_int_equal(gw_cron_next(&cron, utc, before), after);
	assert_int_equal(gw_cron_previous(&cron, utc, after), before);
}

static void a_date_that_never_comes_is_never(void **state)
{
	(void)state;
	struct gw_cron cron = cron_of("0 0 30 2 *");
	const struct gw_zone *paris = zone_of("Europe/Paris");
	gw_time at = time_of("2024-01-01T00:00:00Z");
	assert_int_equal(gw_cron_next(&cron, paris, at), GW_NEVER);
	assert_int_equal(gw_cron_previous(&cron, paris, at), GW_NEVER);
}

static void instants_beyond_the_calendar_have_no_neighbours(void **state)
{
	(void)state;
	struct gw_cron cron = cron_of("* * * * *");
	const gw_time ends[] = { INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX };
	for (size_t i = 0; i < GW_LEN(ends); i++) {
		assert_int_equal(gw_cron_next(&cron, gw_zone_utc(), ends[i]), GW_NEVER);
		assert_int_equal(gw_cron_previous(&cron, gw_zone_utc(), ends[i]), GW_NEVER);
	}
}

static void dates_before_1970_are_found_too(void **state)
{
	(void)state;
	struct gw_cron cron = cron_of("30 6 * * *");
	gw_time at = time_of("1969-12-31T06:30:00.000001Z");
	assert_int_equal(gw_cron_previous(&cron, gw_zone_utc(), at), at - 1);
	assert_int_equal(gw_cron_next(&cron, gw_zone_utc(), at), time_of("1970-01-01T06:30:00Z"));
}

static void a_refused_expression_leaves_the_result_alone(void **state)
{
	(void)state;
	struct gw_cron cron = { .seconds = 42 };
	gw_auto_str longest = { 0 };
	assert_false(gw_cron_parse("1 2 3 4 8", false, &cron, &err));
	for (int i = 0; i < 400; i++)
		gw_str_puts(&longest, "1,");
	gw_str_puts(&longest, "1 * * * *");
	assert_false(gw_cron_parse(gw_str_text(&longest), false, &cron, &err));
	assert_int_equal(cron.seconds, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_are_read_and_evaluated_as_kestra_does),
		cmocka_unit_test(next_and_previous_agree_with_a_search_minute_by_minute),
		cmocka_unit_test(a_leap_day_is_found_eight_years_ahead_and_back),
		cmocka_unit_test(a_date_that_never_comes_is_never),
		cmocka_unit_test(instants_beyond_the_calendar_have_no_neighbours),
		cmocka_unit_test(dates_before_1970_are_found_too),
		cmocka_unit_test(a_refused_expression_leaves_the_result_alone),
	};
	return RUN(tests);
}

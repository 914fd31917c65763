/* test_schedule.c - the dates of schedules */
#include "tests/plugin/plugin.h"

#define SCHEDULE "io.kestra.plugin.core.trigger.Schedule"
#define ON_DATES "io.kestra.plugin.core.trigger.ScheduleOnDates"

static gw_time instant(const char *text)
{
	struct gw_error err;
	gw_time at;
	if (!gw_time_parse(gw_slice_of(text), gw_zone_utc(), &at, &err))
		fail_msg("%s", err.message);
	return at;
}

/* The date after (or before) an instant, printed in the trigger's zone; "never" if none. */
static const char *nearest(const char *type, const char *properties, const char *at, bool after)
{
	static char text[100];
	const struct gw_trigger_type *t = gw_registry_trigger(modules, type)->type;
	json_auto_t *given = json_of(properties);
	struct gw_error err;
	const struct gw_zone *zone;
	gw_auto_str out = { 0 };
	gw_time found;
	assert_true(t->zone(given, &zone, &err));
	assert_true((after ? t->next : t->previous)(given, instant(at), &found, &err));
	if (found == GW_NEVER)
		return "never";
	gw_time_print_zoned(&out, found, zone);
	snprintf(text, sizeof(text), "%s", gw_str_text(&out));
	return text;
}

static void a_schedule_knows_the_dates_around_an_instant(void **state)
{
	(void)state;
	const char *quarter = "{'cron': '*/15 * * * *', 'timezone': 'UTC'}";
	assert_string_equal(nearest(SCHEDULE, quarter, "2024-12-20T10:00:00Z", true),
		"2024-12-20T10:15:00Z");
	assert_string_equal(nearest(SCHEDULE, quarter, "2024-12-20T10:00:00Z", false),
		"2024-12-20T09:45:00Z");
	assert_string_equal(nearest(SCHEDULE, quarter, "2024-12-20T10:00:01Z", false),
		"2024-12-20T10:00:00Z");
}

static void a_schedule_fires_by_the_clock_of_its_zone(void **state)
{
	(void)state;
	const char *daily = "{'cron': '30 6 * * *', 'timezone': 'America/New_York'}";
	assert_string_equal(nearest(SCHEDULE, daily, "2024-07-01T00:00:00Z", true),
		"2024-07-01T06:30:00-04:00");
	assert_string_equal(nearest(SCHEDULE, daily, "2024-12-01T00:00:00Z", true),
		"2024-12-01T06:30:00-05:00");
}

static void a_schedule_may_have_seconds_or_a_nickname(void **state)
{
	(void)state;
	assert_string_equal(
		nearest(SCHEDULE, "{'cron': '*/5 * * * * *', 'withSeconds': true, 'timezone': 'Z'}",
			"2024-12-20T10:00:00Z", true),
		"2024-12-20T10:00:05Z");
	assert_string_equal(nearest(SCHEDULE, "{'cron': '@monthly', 'timezone': 'UTC'}",
				    "2024-12-20T10:00:00Z", true),
		"2025-01-01T00:00:00Z");
}

static void a_date_that_never_comes_is_never(void **state)
{
	(void)state;
	assert_string_equal(nearest(SCHEDULE, "{'cron': '0 0 30 2 *', 'timezone': 'UTC'}",
				    "2024-12-20T10:00:00Z", true),
		"never");
}

static void a_wrong_cron_or_zone_is_refused_in_kestras_words(void **state)
{
	(void)state;
	const char *cron = check_trigger(SCHEDULE, "{'cron': '61 * * * *'}");
	const char *wanted = "cron: invalid cron expression '61 * * * *': ";
	assert_memory_equal(cron, wanted, strlen(wanted));
	assert_true(strlen(cron) > strlen(wanted) + 1);
	assert_string_equal(check_trigger(SCHEDULE, "{'cron': '@daily', 'timezone': 'Mars/X'}"),
		"timezone: invalid timezone (Mars/X)\n");
	assert_string_equal(check_trigger(SCHEDULE, "{'cron': '@daily'}"), "");
	assert_string_equal(check_trigger(SCHEDULE, "{}"), "");
}

static void a_wrong_cron_fails_also_when_it_is_asked_for_dates(void **state)
{
	(void)state;
	struct gw_error err;
	gw_time out = 7;
	json_auto_t *given = json_of("{'cron': 'x'}"), *none = json_of("{}");
	const struct gw_trigger_type *t = gw_registry_trigger(modules, SCHEDULE)->type;
	assert_false(t->next(given, 0, &out, &err));
	assert_false(t->previous(none, 0, &out, &err));
	assert_int_equal(out, 7);
}

#define DATES                                                                                      \
	"{'dates': ['2025-01-01T10:00:00Z', '2024-01-01T00:00:00.900+02:00', '2024-06-01T08:00']," \
	"'timezone': 'Europe/Paris'}"

static void a_list_of_dates_fires_in_their_order(void **state)
{
	(void)state;
	assert_string_equal(nearest(ON_DATES, DATES, "2023-01-01T00:00:00Z", true),
		"2023-12-31T23:00:00+01:00");
	assert_string_equal(nearest(ON_DATES, DATES, "2023-12-31T22:00:00Z", true),
		"2024-06-01T08:00:00+02:00");
	assert_string_equal(nearest(ON_DATES, DATES, "2025-01-01T10:00:00Z", true), "never");
	assert_string_equal(nearest(ON_DATES, DATES, "2025-01-01T10:00:00Z", false),
		"2024-06-01T08:00:00+02:00");
	assert_string_equal(nearest(ON_DATES, "{'dates': []}", "2025-01-01T10:00:00Z", true),
		"never");
}

static void a_list_of_dates_must_hold_dates(void **state)
{
	(void)state;
	const char *complaint = check_trigger(ON_DATES,
		"{'dates': ['2025-01-01T10:00:00Z', 'soon', 4], 'timezone': 'Nowhere'}");
	assert_non_null(strstr(complaint, "dates[1]: invalid date 'soon': "));
	assert_non_null(strstr(complaint, "dates[2]: a date must be a text\n"));
	assert_non_null(strstr(complaint, "timezone: invalid timezone (Nowhere)\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_schedule_knows_the_dates_around_an_instant),
		cmocka_unit_test(a_schedule_fires_by_the_clock_of_its_zone),
		cmocka_unit_test(a_schedule_may_have_seconds_or_a_nickname),
		cmocka_unit_test(a_date_that_never_comes_is_never),
		cmocka_unit_test(a_wrong_cron_or_zone_is_refused_in_kestras_words),
		cmocka_unit_test(a_wrong_cron_fails_also_when_it_is_asked_for_dates),
		cmocka_unit_test(a_list_of_dates_fires_in_their_order),
		cmocka_unit_test(a_list_of_dates_must_hold_dates),
	};
	return RUN_PLUGIN(tests);
}

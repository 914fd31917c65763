/* test_schedule.c - which dates a schedule fires at, and what its executions are */
#include "tests/unit/engine/ticks.h"

#include "base/json.h"

#define AT(time) "2024-03-01T" time ":00Z"

static struct ticks t;

static int close_ticks(void **state)
{
	(void)state;
	ticks_close(&t);
	return 0;
}

static void each_date_fires_once(void **state)
{
	(void)state;
	ticks_open(&t, AT("10:00"), FLOW(PASSES HOURLY));
	tick(&t, AT("10:00"));
	assert_fired(&t, "");
	tick(&t, AT("10:59"));
	assert_fired(&t, "");
	tick(&t, AT("11:00"));
	tick_again(&t);
	assert_fired(&t, AT("11:00") " SUCCESS\n");
	tick(&t, AT("11:01"));
	tick(&t, AT("12:00"));
	assert_fired(&t, AT("11:00") " SUCCESS\n" AT("12:00") " SUCCESS\n");
}

static void dates_are_those_of_the_time_zone(void **state)
{
	(void)state;
	ticks_open(&t, "2024-03-30T00:00:00Z",
		FLOW(PASSES "triggers: [{id: t, type: "
			    "io.kestra.plugin.core.trigger.Schedule, timezone: Europe/Paris, "
			    "cron: '30 2 * * *'}]\n"));
	tick(&t, "2024-03-30T01:30:00Z");
	/* The night of the 31st has no 02:30. */
	tick(&t, "2024-03-31T01:30:00Z");
	tick(&t, "2024-04-01T00:30:00Z");
	assert_fired(&t, "2024-03-30T02:30:00+01:00 SUCCESS\n2024-04-01T02:30:00+02:00 SUCCESS\n");
}

static void a_date_that_comes_twice_counts_once(void **state)
{
	(void)state;
	ticks_open(&t, "2024-10-26T12:00:00Z",
		FLOW(PASSES "triggers: [{id: t, type: "
			    "io.kestra.plugin.core.trigger.Schedule, timezone: Europe/Paris, "
			    "cron: '30 2 * * *'}]\n"));
	tick(&t, "2024-10-27T00:30:00Z");
	tick(&t, "2024-10-27T01:30:00Z");
	tick(&t, "2024-10-28T01:30:00Z");
	assert_fired(&t, "2024-10-27T02:30:00+02:00 SUCCESS\n2024-10-28T02:30:00+01:00 SUCCESS\n");
}

static void only_dates_whose_conditions_hold_fire(void **state)
{
	(void)state;
	/* The 1st of March 2024 is a Friday. */
	ticks_open(&t, AT("00:00"),
		FLOW(PASSES SCHEDULE("cron: '0 12 * * *', conditions: [{type: "
				     "io.kestra.plugin.core.condition.Weekend}]")));
	tick(&t, "2024-03-01T12:00:00Z");
	tick(&t, "2024-03-02T12:00:00Z");
	tick(&t, "2024-03-03T12:00:00Z");
	tick(&t, "2024-03-04T12:00:00Z");
	tick(&t, "2024-03-09T12:00:00Z");
	assert_fired(&t, "2024-03-02T12:00:00Z SUCCESS\n2024-03-03T12:00:00Z SUCCESS\n"
			 "2024-03-09T12:00:00Z SUCCESS\n");
	json_auto_t *execution = first_execution(&t, "2024-03-03T12:00:00Z");
	const json_t *variables =
		json_object_get(json_object_get(execution, "trigger"), "variables");
	assert_string_equal(gw_json_string(variables, "previous"), "2024-03-02T12:00:00Z");
	assert_string_equal(gw_json_string(variables, "next"), "2024-03-09T12:00:00Z");
}

static void a_condition_that_fails_is_a_failed_execution(void **state)
{
	(void)state;
	ticks_open(&t, AT("10:00"),
		FLOW(PASSES SCHEDULE("cron: '0 * * * *', conditions: [{type: "
				     "io.kestra.plugin.core.condition.Expression, expression: "
				     "'{{ nothing }}'}]")));
	tick(&t, AT("11:00"));
	tick(&t, AT("12:00"));
	assert_fired(&t, AT("11:00") " FAILED\n" AT("12:00") " FAILED\n");
}

static void the_trigger_says_what_its_execution_has(void **state)
{
	(void)state;
	ticks_open(&t, AT("10:00"),
		FLOW("labels: {team: data}\n"
		     "inputs: [{id: day, type: STRING}, {id: size, type: INT, defaults: "
		     "3}]\n" PASSES
				SCHEDULE("cron: '0 * * * *', inputs: {day: \"{{ trigger.date | "
					 "date('dd') }}\"}, labels: {date: \"{{ trigger.date }}\", "
					 "bad: \"{{ nothing }}\"}")));
	tick(&t, AT("11:00"));
	json_auto_t *execution = first_execution(&t, AT("11:00"));
	gw_auto_str text = { 0 };
	gw_json_print(&text, json_object_get(execution, "inputs"));
	assert_string_equal(gw_str_text(&text), "{\"day\":\"01\",\"size\":3}");
	gw_str_reset(&text);
	gw_json_print(&text, json_object_get(execution, "labels"));
	assert_non_null(strstr(gw_str_text(&text), "{\"key\":\"team\",\"value\":\"data\"}"));
	assert_non_null(strstr(gw_str_text(&text), "{\"key\":\"date\",\"value\":\"" AT("11:00")));
	assert_null(strstr(gw_str_text(&text), "bad"));
	gw_str_reset(&text);
	gw_json_print(&text, json_object_get(execution, "trigger"));
	assert_string_equal(gw_str_text(&text),
		"{\"id\":\"t\",\"type\":\"io.kestra.plugin.core.trigger.Schedule\",\"variables\":"
		"{\"date\":\"" AT("11:00") "\",\"next\":\"" AT("12:00") "\",\"previous\":\"" AT(
			"10:00") "\"}}");
}

static void inputs_that_cannot_be_had_are_a_failed_execution(void **state)
{
	(void)state;
	ticks_open(&t, AT("10:00"), FLOW("inputs: [{id: day, type: STRING}]\n" PASSES HOURLY));
	tick(&t, AT("11:00"));
	tick(&t, AT("12:00"));
	assert_fired(&t, AT("11:00") " FAILED\n" AT("12:00") " FAILED\n");
}

static void listed_dates_fire_once_each(void **state)
{
	(void)state;
	ticks_open(&t, AT("10:00"),
		FLOW(PASSES "triggers: [{id: t, type: "
			    "io.kestra.plugin.core.trigger.ScheduleOnDates, timezone: UTC, dates: "
			    "['2024-03-01T09:00:00Z', '2024-03-01T11:30:00', "
			    "'2024-03-01T12:00:00+01:00']}]\n"));
	tick(&t, AT("11:00"));
	tick(&t, AT("11:30"));
	tick(&t, "2025-03-01T11:30:00Z");
	assert_fired(&t, AT("11:00") " SUCCESS\n" AT("11:30") " SUCCESS\n");
}

static void one_execution_of_a_trigger_runs_at_a_time(void **state)
{
	struct gw_error err;
	(void)state;
	ticks_open(&t, AT("10:00"), FLOW(WAITS HOURLY));
	tick(&t, AT("11:00"));
	tick(&t, AT("12:00"));
	tick(&t, AT("12:30"));
	assert_fired(&t, AT("11:00") " PAUSED\n");
	json_auto_t *first = first_execution(&t, AT("11:00"));
	const char *id = gw_json_string(first, "id");
	json_auto_t *locked = trigger_now(&t);
	assert_string_equal(gw_json_string(locked, "executionId"), id);
	assert_true(node_act(&t.node, id, GW_ACT_RESUME, NULL, NULL, &err));
	tick(&t, AT("12:31"));
	assert_fired(&t, AT("11:00") " SUCCESS\n" AT("12:00") " PAUSED\n");
}

static void a_trigger_that_is_unlocked_does_not_wait(void **state)
{
	(void)state;
	ticks_open(&t, AT("10:00"), FLOW(WAITS HOURLY));
	assert_int_equal(refused(&t, GW_TRIGGER_UNLOCK), GW_CONFLICT);
	tick(&t, AT("11:00"));
	tick(&t, AT("12:00"));
	edit(&t, GW_TRIGGER_UNLOCK);
	tick(&t, AT("12:01"));
	assert_fired(&t, AT("11:00") " PAUSED\n" AT("12:00") " PAUSED\n");
}

static void executions_overlap_where_the_trigger_allows_it(void **state)
{
	(void)state;
	ticks_open(&t, AT("10:00"),
		FLOW(WAITS SCHEDULE("cron: '0 * * * *', allowConcurrent: true")));
	tick(&t, AT("11:00"));
	tick(&t, AT("12:00"));
	assert_fired(&t, AT("11:00") " PAUSED\n" AT("12:00") " PAUSED\n");
}

static void stop_after_disables_the_trigger(void **state)
{
	(void)state;
	ticks_open(&t, AT("10:00"),
		FLOW("tasks: [{id: t, type: io.kestra.plugin.core.execution.Fail}]\n" SCHEDULE(
			"cron: '0 * * * *', stopAfter: [FAILED]")));
	tick(&t, AT("11:00"));
	tick(&t, AT("12:00"));
	assert_fired(&t, AT("11:00") " FAILED\n");
	json_auto_t *trigger = trigger_now(&t);
	assert_true(gw_json_true(trigger, "disabled"));
}

static void stop_after_sees_how_a_long_execution_ends(void **state)
{
	struct gw_error err;
	(void)state;
	ticks_open(&t, AT("10:00"),
		FLOW(WAITS SCHEDULE("cron: '0 * * * *', stopAfter: [SUCCESS]")));
	tick(&t, AT("11:00"));
	json_auto_t *first = first_execution(&t, AT("11:00"));
	assert_true(node_act(&t.node, gw_json_string(first, "id"), GW_ACT_RESUME, NULL, NULL,
		&err));
	tick(&t, AT("12:00"));
	assert_fired(&t, AT("11:00") " SUCCESS\n");
}

#define TEST(name) cmocka_unit_test_teardown(name, close_ticks)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(each_date_fires_once),
		TEST(dates_are_those_of_the_time_zone),
		TEST(a_date_that_comes_twice_counts_once),
		TEST(only_dates_whose_conditions_hold_fire),
		TEST(a_condition_that_fails_is_a_failed_execution),
		TEST(the_trigger_says_what_its_execution_has),
		TEST(inputs_that_cannot_be_had_are_a_failed_execution),
		TEST(listed_dates_fire_once_each),
		TEST(one_execution_of_a_trigger_runs_at_a_time),
		TEST(a_trigger_that_is_unlocked_does_not_wait),
		TEST(executions_overlap_where_the_trigger_allows_it),
		TEST(stop_after_disables_the_trigger),
		TEST(stop_after_sees_how_a_long_execution_ends),
	};
	return NODE_MAIN(argc, argv, tests);
}

/* test_metrics.c - counting, and what Prometheus reads */
#include "tests/unit/test.h"

#include "metrics/metrics.h"

static char *printed(void)
{
	struct gw_str out = { 0 };
	gw_metrics_print(&out);
	return gw_str_steal(&out);
}

static void expect_line(const char *line)
{
	gw_auto_free char *text = printed();
	gw_auto_free char *whole = gw_sprintf("\n%s\n", line);
	if (!strstr(text, whole))
		print_error("not found: %s\n%s", line, text);
	assert_non_null(strstr(text, whole));
}

static void counters_have_the_names_that_dashboards_know(void **state)
{
	(void)state;
	expect_line("# TYPE kestra_executor_execution_started_count_total counter");
	expect_line("kestra_executor_execution_started_count_total 0");
	gw_meter_add(GW_METER_EXECUTION_STARTED, 2);
	gw_meter_add(GW_METER_EXECUTION_STARTED, 1);
	expect_line("kestra_executor_execution_started_count_total 3");
}

static void states_appear_once_something_ended_in_them(void **state)
{
	(void)state;
	gw_auto_free char *before = printed();
	assert_null(strstr(before, "kestra_executor_execution_end_count_total{"));
	gw_meter_add_state(GW_METER_EXECUTION_ENDED, GW_FAILED, 1);
	expect_line("kestra_executor_execution_end_count_total{state=\"FAILED\"} 1");
}

static void gauges_go_up_and_down(void **state)
{
	(void)state;
	gw_meter_add(GW_METER_WORKER_RUNNING, 3);
	gw_meter_add(GW_METER_WORKER_RUNNING, -1);
	expect_line("kestra_worker_job_running 2");
	gw_meter_set(GW_METER_WORKER_RUNNING, 0);
	expect_line("kestra_worker_job_running 0");
}

static void durations_are_cumulative_histograms_in_seconds(void **state)
{
	(void)state;
	gw_meter_time(GW_METER_TRIGGER_DELAY, 500);
	gw_meter_time(GW_METER_TRIGGER_DELAY, 1000);
	gw_meter_time(GW_METER_TRIGGER_DELAY, 2000000);
	gw_meter_time(GW_METER_TRIGGER_DELAY, INT64_C(7200000000));
	expect_line("kestra_scheduler_trigger_delay_duration_seconds_bucket{le=\"0.001\"} 2");
	expect_line("kestra_scheduler_trigger_delay_duration_seconds_bucket{le=\"1\"} 2");
	expect_line("kestra_scheduler_trigger_delay_duration_seconds_bucket{le=\"5\"} 3");
	expect_line("kestra_scheduler_trigger_delay_duration_seconds_bucket{le=\"3600\"} 3");
	expect_line("kestra_scheduler_trigger_delay_duration_seconds_bucket{le=\"+Inf\"} 4");
	expect_line("kestra_scheduler_trigger_delay_duration_seconds_count 4");
	expect_line("kestra_scheduler_trigger_delay_duration_seconds_sum 7202.0015");
}

static void durations_by_state_carry_both_labels(void **state)
{
	(void)state;
	gw_meter_time_state(GW_METER_TASKRUN_DURATION, GW_SUCCESS, 1000);
	expect_line("kestra_executor_taskrun_ended_duration_seconds_bucket{"
		    "state=\"SUCCESS\",le=\"0.001\"} 1");
	expect_line("kestra_executor_taskrun_ended_duration_seconds_count{state=\"SUCCESS\"} 1");
}

static void every_line_is_a_comment_or_a_number_under_a_name(void **state)
{
	(void)state;
	gw_auto_free char *text = printed();
	char *rest = text;
	for (char *line; (line = strsep(&rest, "\n")) && rest;) {
		char *end;
		if (*line == '#')
			continue;
		size_t n = strspn(line, "abcdefghijklmnopqrstuvwxyz_");
		assert_true(n > 0 && (line[n] == '{' || line[n] == ' '));
		strtod(strrchr(line, ' ') + 1, &end);
		assert_int_equal(*end, '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_have_the_names_that_dashboards_know),
		cmocka_unit_test(states_appear_once_something_ended_in_them),
		cmocka_unit_test(gauges_go_up_and_down),
		cmocka_unit_test(durations_are_cumulative_histograms_in_seconds),
		cmocka_unit_test(durations_by_state_carry_both_labels),
		cmocka_unit_test(every_line_is_a_comment_or_a_number_under_a_name),
	};
	return RUN(tests);
}

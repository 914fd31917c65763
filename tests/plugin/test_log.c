/* test_log.c - writing and fetching logs */
#include "tests/plugin/plugin.h"

#define LOG "io.kestra.plugin.core.log.Log"
#define FETCH "io.kestra.plugin.core.log.Fetch"

static void a_text_is_logged_at_info_unless_a_level_is_given(void **state)
{
	(void)state;
	auto_trial info = { 0 }, warn = { 0 };
	run_task(&info, LOG, "{'message': 'hello'}");
	assert_true(info.done);
	assert_string_equal(line(&info, 0), "INFO hello");
	run_task(&warn, LOG, "{'message': 'careful', 'level': 'WARN'}");
	assert_string_equal(line(&warn, 0), "WARN careful");
}

static void each_text_of_a_list_is_a_line(void **state)
{
	(void)state;
	auto_trial t = { 0 };
	run_task(&t, LOG, "{'message': ['one', 'two', 3, {'a': 1}]}");
	assert_int_equal(t.run.effects.n_lines, 4);
	assert_string_equal(line(&t, 1), "INFO two");
	assert_string_equal(line(&t, 2), "INFO 3");
	assert_string_equal(line(&t, 3), "INFO {\"a\":1}");
}

static void an_empty_list_logs_nothing(void **state)
{
	(void)state;
	auto_trial t = { 0 };
	run_task(&t, LOG, "{'message': []}");
	assert_true(t.done);
	assert_int_equal(t.run.effects.n_lines, 0);
}

static void fetch_asks_the_server_and_gives_out_its_answer(void **state)
{
	(void)state;
	auto_trial t = { .answer = "{'uri': 'kestra:///a/logs.ion', 'size': 2}" };
	run_task(&t, FETCH, "{'tasksId': ['a']}");
	assert_true(t.done);
	assert_string_equal(t.question, "logs {\"tasksId\":[\"a\"],\"level\":\"INFO\"}");
	assert_json(t.run.effects.outputs, "{'uri': 'kestra:///a/logs.ion', 'size': 2}");
}

static void fetch_fails_with_the_servers_reason(void **state)
{
	(void)state;
	auto_trial t = { 0 };
	run_task(&t, FETCH, "{'executionId': 'x'}");
	assert_false(t.done);
	assert_string_equal(t.err.message, "nobody knows");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_logged_at_info_unless_a_level_is_given),
		cmocka_unit_test(each_text_of_a_list_is_a_line),
		cmocka_unit_test(an_empty_list_logs_nothing),
		cmocka_unit_test(fetch_asks_the_server_and_gives_out_its_answer),
		cmocka_unit_test(fetch_fails_with_the_servers_reason),
	};
	return RUN_PLUGIN(tests);
}

/* test_debug.c - the tasks of the module debug */
#include "tests/plugin/plugin.h"

#define RETURN "io.kestra.plugin.core.debug.Return"
#define ECHO "io.kestra.plugin.core.debug.Echo"

static void return_gives_out_its_text_and_measures_it(void **state)
{
	(void)state;
	auto_trial t = { 0 };
	run_task(&t, RETURN, "{'format': 'h\xc3\xa9llo \xf0\x9f\x9a\x80'}");
	assert_true(t.done);
	assert_json(t.run.effects.outputs, "{'value': 'h\xc3\xa9llo \xf0\x9f\x9a\x80'}");
	assert_string_equal(line(&t, 0), "DEBUG h\xc3\xa9llo \xf0\x9f\x9a\x80");
	assert_int_equal(metric(&t, "length"), 8);
	assert_true(metric(&t, "duration") >= 0);
}

static void return_without_a_format_gives_null(void **state)
{
	(void)state;
	auto_trial t = { 0 };
	run_task(&t, RETURN, "{}");
	assert_true(t.done);
	assert_json(t.run.effects.outputs, "{'value': null}");
	assert_int_equal(t.run.effects.n_lines, 0);
	assert_int_equal(metric(&t, "length"), 0);
}

static void echo_logs_at_its_level(void **state)
{
	(void)state;
	auto_trial t = { 0 }, empty = { 0 };
	run_task(&t, ECHO, "{'format': 'boo', 'level': 'ERROR'}");
	assert_string_equal(line(&t, 0), "ERROR boo");
	run_task(&empty, ECHO, "{}");
	assert_true(empty.done);
	assert_int_equal(empty.run.effects.n_lines, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(return_gives_out_its_text_and_measures_it),
		cmocka_unit_test(return_without_a_format_gives_null),
		cmocka_unit_test(echo_logs_at_its_level),
	};
	return RUN_PLUGIN(tests);
}

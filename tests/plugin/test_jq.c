/* test_jq.c - the filter jq, called as expressions call it */
#include "tests/lib/runs.h"

#include "base/json.h"
#include "run/functions.h"

static struct runs runs;

static int start(void **state)
{
	static const char *const modules[] = { "plugins/jq/jq", NULL };
	(void)state;
	runs_start(&runs, &(struct runs_options){ .modules = modules, .memory = RUNS_MEMORY });
	return 0;
}

static int stop(void **state)
{
	(void)state;
	runs_stop(&runs);
	return 0;
}

static json_t *call(json_t *input, const char *expression, struct gw_error *err)
{
	struct gw_functions functions = { .storage = runs.storage, .hosts = runs.hosts };
	json_auto_t *arguments = json_pack("{s:o, s:s}", "input", input, "expression", expression);
	return gw_function_call(&functions, "jq", arguments, err);
}

static void assert_yields(json_t *input, const char *expression, const char *expected)
{
	struct gw_error err = { 0 };
	gw_auto_str text = { 0 };
	json_auto_t *result = call(input, expression, &err);
	if (!result)
		fail_msg("%s: %s", expression, err.message);
	gw_json_print(&text, result);
	assert_string_equal(gw_str_text(&text), expected);
}

static void assert_fails(json_t *input, const char *expression, const char *message)
{
	struct gw_error err = { 0 };
	assert_null(call(input, expression, &err));
	if (!strstr(err.message, message))
		fail_msg("'%s' is not in '%s'", message, err.message);
}

static void results_are_always_a_list(void **state)
{
	(void)state;
	assert_yields(json_pack("{s:[i, i]}", "a", 1, 2), ".a", "[[1,2]]");
	assert_yields(json_pack("{s:[i, i]}", "a", 1, 2), ".a[]", "[1,2]");
	assert_yields(json_pack("{s:[i, i]}", "a", 1, 2), ".b[]?", "[]");
	assert_yields(json_pack("[i, f]", 1, 2.5), "add", "[3.5]");
}

static void texts_are_read_as_json(void **state)
{
	(void)state;
	assert_yields(json_string("{\"name\": \"J\xc3\xb6rg\"}"), ".name", "[\"J\xc3\xb6rg\"]");
	assert_fails(json_string("{oops"), ".", "jq: the input is no JSON");
}

static void a_filter_serves_again(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		gw_auto_free char *expected = gw_sprintf("[%d]", i + 1);
		gw_auto_free char *other = gw_sprintf(". + %d", i);
		assert_yields(json_integer(i), ". + 1", expected);
		assert_yields(json_integer(1), other, expected);
	}
}

static void errors_are_told(void **state)
{
	(void)state;
	assert_fails(json_object(), ".a |", "syntax error");
	assert_fails(json_object(), "error(\"mine\")", "mine");
	assert_fails(json_string("[1]"), ".a", "Cannot index array with string \"a\"");
	assert_yields(json_object(), ".a", "[null]");
}

static void endless_filters_end(void **state)
{
	(void)state;
	assert_fails(json_null(), "range(1e9)", "more than 100000 results");
	assert_yields(json_integer(1), ".", "[1]");
}

#if RUNS_MEMORY > 0
static void a_filter_that_takes_all_memory_breaks_nothing(void **state)
{
	(void)state;
	assert_fails(json_string("\"x\""), "reduce range(40) as $i (.; . + .)",
		"its process ended");
	assert_yields(json_integer(1), ".", "[1]");
}
#endif

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_are_always_a_list),
		cmocka_unit_test(texts_are_read_as_json),
		cmocka_unit_test(a_filter_serves_again),
		cmocka_unit_test(errors_are_told),
		cmocka_unit_test(endless_filters_end),
#if RUNS_MEMORY > 0
		cmocka_unit_test(a_filter_that_takes_all_memory_breaks_nothing),
#endif
	};
	return RUNS_MAIN(argc, argv, tests, start, stop);
}

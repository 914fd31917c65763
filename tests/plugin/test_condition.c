/* test_condition.c - the conditions of triggers */
#include "tests/plugin/plugin.h"

#define TYPE(name) "io.kestra.plugin.core.condition." name

static int test(const char *type, const char *properties)
{
	struct gw_error err;
	int holds = test_condition(type, properties, NULL, 0, &err);
	if (holds < 0)
		fail_msg("%s", err.message);
	return holds;
}

static void expect_error(const char *type, const char *properties, const char *begins)
{
	struct gw_error err;
	assert_int_equal(test_condition(type, properties, NULL, 0, &err), -1);
	assert_memory_equal(err.message, begins, strlen(begins));
}

/* ---- Dates ---- */

static void date_time_between_excludes_its_ends(void **state)
{
	(void)state;
	const char *type = TYPE("DateTimeBetween");
	assert_int_equal(
		test(type, "{'date': '2024-05-05T10:00:00Z', 'after': '2024-05-05T09:00:00Z'}"), 1);
	assert_int_equal(
		test(type,
			"{'date': '2024-05-05T10:00:00Z', 'after': '2024-05-05T12:00:00+02:00'}"),
		0);
	assert_int_equal(
		test(type, "{'date': '2024-05-05T10:00:00Z', 'before': '2024-05-05T10:00:00Z'}"),
		0);
	assert_int_equal(test(type,
				 "{'date': '2024-05-05T10:00:00Z', 'after': '2024-01-01T00:00:00Z',"
				 "'before': '2025-01-01T00:00:00Z'}"),
		1);
	expect_error(type, "{'date': '2024-05-05T10:00:00Z'}",
		"Invalid condition with no before nor after");
	expect_error(type, "{'date': 'soon', 'after': '2024-01-01T00:00:00Z'}", "date 'soon': ");
	expect_error(type, "{'date': '2024-05-05T10:00:00Z', 'after': 'x'}", "date 'x': ");
}

static void time_between_compares_on_one_clock(void **state)
{
	(void)state;
	const char *type = TYPE("TimeBetween");
	const char *evening = "{'date': '2024-05-05T%s', 'after': '16:00:00+02:00',"
			      "'before': '20:00:00.000000+02:00'}";
	static const struct {
		const char *time;
		int holds;
	} cases[] = {
		{ "15:00:00Z", 1 },
		{ "14:00:00Z", 0 },
		{ "14:00:01Z", 1 },
		{ "18:00:00Z", 0 },
		{ "17:30:00+02:00", 1 },
		{ "19:00:00-02:00", 0 },
	};
	for (size_t i = 0; i < GW_LEN(cases); i++) {
		gw_auto_str properties = { 0 };
		const char *cut = strstr(evening, "%s");
		gw_str_add(&properties, evening, (size_t)(cut - evening));
		gw_str_printf(&properties, "%s%s", cases[i].time, cut + 2);
		assert_int_equal(test(type, gw_str_text(&properties)), cases[i].holds);
	}
	expect_error(type, "{'date': '2024-05-05T10:00:00Z', 'after': 'noon'}", "time 'noon': ");
	expect_error(type, "{'date': '2024-05-05T10:00:00Z'}",
		"Invalid condition with no before nor after");
}

static void days_are_those_of_the_date_as_written(void **state)
{
	(void)state;
	const char *type = TYPE("DayWeek");
	assert_int_equal(test(type, "{'date': '2024-12-20T10:00:00Z', 'dayOfWeek': 'FRIDAY'}"), 1);
	assert_int_equal(test(type, "{'date': '2024-12-20T10:00:00Z', 'dayOfWeek': 'MONDAY'}"), 0);
	assert_int_equal(test(type,
				 "{'date': '2024-12-21T00:30:00+05:00', 'dayOfWeek': 'SATURDAY'}"),
		1);
	assert_int_equal(test(type, "{'date': '2024-12-20T23:30:00-05:00[America/New_York]', "
				    "'dayOfWeek': 'FRIDAY'}"),
		1);
	assert_int_equal(test(type, "{'date': '2024-12-20', 'dayOfWeek': 'FRIDAY'}"), 1);
}

static void the_weekend_is_saturday_and_sunday(void **state)
{
	(void)state;
	assert_int_equal(test(TYPE("Weekend"), "{'date': '2024-12-20T23:59:59Z'}"), 0);
	assert_int_equal(test(TYPE("Weekend"), "{'date': '2024-12-21T00:00:00Z'}"), 1);
	assert_int_equal(test(TYPE("Weekend"), "{'date': '2024-12-22T23:59:59Z'}"), 1);
	assert_int_equal(test(TYPE("Weekend"), "{'date': '2024-12-23T00:00:00Z'}"), 0);
}

static void days_of_a_month_are_counted_from_its_ends(void **state)
{
	(void)state;
	static const struct {
		const char *day, *place;
		int holds;
	} cases[] = {
		{ "02", "FIRST", 1 },
		{ "09", "FIRST", 0 },
		{ "09", "SECOND", 1 },
		{ "16", "THIRD", 1 },
		{ "23", "FOURTH", 1 },
		{ "30", "FOURTH", 0 },
		{ "30", "LAST", 1 },
		{ "23", "LAST", 0 },
		{ "03", "FIRST", 0 },
	};
	for (size_t i = 0; i < GW_LEN(cases); i++) {
		gw_auto_free char *properties =
			gw_sprintf("{'date': '2024-12-%sT08:00:00Z', 'dayOfWeek': 'MONDAY', "
				   "'dayInMonth': '%s'}",
				cases[i].day, cases[i].place);
		assert_int_equal(test(TYPE("DayWeekInMonth"), properties), cases[i].holds);
	}
}

/* ---- Expressions and other conditions ---- */

static void an_expression_holds_unless_it_is_blank_or_false(void **state)
{
	(void)state;
	const char *type = TYPE("Expression");
	assert_int_equal(test(type, "{'expression': 'true'}"), 1);
	assert_int_equal(test(type, "{'expression': '0'}"), 1);
	assert_int_equal(test(type, "{'expression': ' false\\n'}"), 0);
	assert_int_equal(test(type, "{'expression': ' \\t '}"), 0);
	assert_int_equal(test(type, "{'expression': false}"), 0);
	assert_int_equal(test(type, "{'expression': null}"), 0);
}

static void or_and_not_combine_what_is_inside_them(void **state)
{
	(void)state;
	struct gw_error err;
	const bool none[] = { false, false }, one[] = { false, true };
	assert_int_equal(test_condition(TYPE("Or"), "{}", none, 2, &err), 0);
	assert_int_equal(test_condition(TYPE("Or"), "{}", one, 2, &err), 1);
	assert_int_equal(test_condition(TYPE("Or"), "{}", NULL, 0, &err), 0);
	assert_int_equal(test_condition(TYPE("Not"), "{}", none, 2, &err), 1);
	assert_int_equal(test_condition(TYPE("Not"), "{}", one, 2, &err), 0);
}

/* ---- Executions ---- */

#define ACTUAL "'actualNamespace': 'company.team', 'actualFlowId': 'etl'"

static void flows_are_told_by_namespace_and_id(void **state)
{
	(void)state;
	static const char *const types[] = { TYPE("ExecutionFlow"), TYPE("FlowCondition") };
	for (size_t i = 0; i < GW_LEN(types); i++) {
		assert_int_equal(test(types[i],
					 "{'namespace': 'company.team', 'flowId': 'etl', " ACTUAL
					 "}"),
			1);
		assert_int_equal(test(types[i],
					 "{'namespace': 'company', 'flowId': 'etl', " ACTUAL "}"),
			0);
		assert_int_equal(test(types[i],
					 "{'namespace': 'company.team', 'flowId': 'x', " ACTUAL
					 "}"),
			0);
	}
}

static void namespaces_are_compared_whole_or_in_part(void **state)
{
	(void)state;
	const char *type = TYPE("ExecutionNamespace");
	assert_int_equal(test(type, "{'namespace': 'company', " ACTUAL "}"), 0);
	assert_int_equal(test(type, "{'namespace': 'company', 'prefix': true, " ACTUAL "}"), 1);
	assert_int_equal(test(type, "{'namespace': 'company', 'comparison': 'PREFIX', " ACTUAL "}"),
		1);
	assert_int_equal(test(type, "{'namespace': 'team', 'comparison': 'SUFFIX', " ACTUAL "}"),
		1);
	assert_int_equal(
		test(type,
			"{'namespace': 'team', 'comparison': 'SUFFIX', 'actualNamespace': null}"),
		0);
	assert_int_equal(test(TYPE("FlowNamespaceCondition"),
				 "{'namespace': 'company', 'prefix': true, " ACTUAL "}"),
		1);
	assert_int_equal(test(TYPE("FlowNamespaceCondition"),
				 "{'namespace': 'company', " ACTUAL "}"),
		0);
}

static void states_are_in_a_list_or_not(void **state)
{
	(void)state;
	const char *type = TYPE("ExecutionStatus");
	assert_int_equal(test(type, "{'in': ['FAILED', 'KILLED'], 'actualState': 'FAILED'}"), 1);
	assert_int_equal(test(type, "{'in': ['FAILED'], 'actualState': 'SUCCESS'}"), 0);
	assert_int_equal(test(type, "{'notIn': ['FAILED'], 'actualState': 'FAILED'}"), 0);
	assert_int_equal(test(type, "{'notIn': ['FAILED'], 'actualState': 'SUCCESS'}"), 1);
	assert_int_equal(test(type, "{'actualState': 'SUCCESS'}"), 1);
	assert_int_equal(test(type, "{'in': [], 'actualState': 'SUCCESS'}"), 0);
}

static void all_labels_must_be_there(void **state)
{
	(void)state;
	const char *type = TYPE("ExecutionLabels");
#define HAS "'actualLabels': {'env': 'prod', 'n': '3', 'system': {'correlationId': 'c'}}"
	assert_int_equal(test(type, "{'labels': {'env': 'prod', 'n': 3}, " HAS "}"), 1);
	assert_int_equal(test(type, "{'labels': {'env': 'prod', 'team': 'x'}, " HAS "}"), 0);
	assert_int_equal(test(type, "{'labels': [{'key': 'env', 'value': 'prod'}], " HAS "}"), 1);
	assert_int_equal(test(type, "{'labels': [{'key': 'env', 'value': 'dev'}], " HAS "}"), 0);
	assert_int_equal(test(type, "{'labels': {'system.correlationId': 'c'}, " HAS "}"), 1);
	assert_int_equal(test(type, "{'labels': {'system.other.more': 'c'}, " HAS "}"), 0);
	assert_int_equal(test(type, "{'labels': {'env': 'prod'}, 'actualLabels': null}"), 0);
}

static void outputs_are_judged_by_an_expression(void **state)
{
	(void)state;
	assert_int_equal(test(TYPE("ExecutionOutputs"), "{'expression': 'true'}"), 1);
	assert_int_equal(test(TYPE("ExecutionOutputs"), "{'expression': '0'}"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(date_time_between_excludes_its_ends),
		cmocka_unit_test(time_between_compares_on_one_clock),
		cmocka_unit_test(days_are_those_of_the_date_as_written),
		cmocka_unit_test(the_weekend_is_saturday_and_sunday),
		cmocka_unit_test(days_of_a_month_are_counted_from_its_ends),
		cmocka_unit_test(an_expression_holds_unless_it_is_blank_or_false),
		cmocka_unit_test(or_and_not_combine_what_is_inside_them),
		cmocka_unit_test(flows_are_told_by_namespace_and_id),
		cmocka_unit_test(namespaces_are_compared_whole_or_in_part),
		cmocka_unit_test(states_are_in_a_list_or_not),
		cmocka_unit_test(all_labels_must_be_there),
		cmocka_unit_test(outputs_are_judged_by_an_expression),
	};
	return RUN_PLUGIN(tests);
}

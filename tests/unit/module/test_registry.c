/* test_registry.c - finding types by name and alias */
#include "tests/unit/test.h"

#include "module/registry.h"

static bool run_nothing(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)run, (void)properties, (void)err;
	return true;
}

static const struct gw_task_type zebra = {
	.type = "test.Zebra",
	.aliases = (const char *const[]){ "old.Stripes", "old.Horse", NULL },
	.run = run_nothing,
};
static const struct gw_task_type ant = {
	.type = "test.Ant",
	.aliases = (const char *const[]){ "OLD.stripes", NULL },
	.run = run_nothing,
};
static const struct gw_trigger_type clock_trigger = {
	.type = "test.Clock",
	.mode = GW_TRIGGER_EVENT,
};

static bool always(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	(void)properties, (void)nested, (void)n, (void)err;
	*holds = true;
	return true;
}

static const struct gw_condition_type always_condition = { .type = "test.Always", .test = always };

static const struct gw_module zoo = {
	GW_MODULE_HEAD,
	.name = "zoo",
	.version = "3.1",
	.tasks = (const struct gw_task_type *const[]){ &zebra, &ant, NULL },
	.triggers = (const struct gw_trigger_type *const[]){ &clock_trigger, NULL },
	.conditions = (const struct gw_condition_type *const[]){ &always_condition, NULL },
};

static struct gw_registry *open_zoo(void)
{
	return gw_registry_of((const struct gw_module *const[]){ &zoo, NULL });
}

static void types_are_found_by_their_exact_name(void **state)
{
	(void)state;
	struct gw_registry *r = open_zoo();
	assert_string_equal(gw_registry_task(r, "test.Zebra")->type->type, "test.Zebra");
	assert_null(gw_registry_task(r, "test.zebra"));
	assert_null(gw_registry_task(r, "test.Clock"));
	assert_non_null(gw_registry_trigger(r, "test.Clock"));
	assert_non_null(gw_registry_condition(r, "test.Always"));
	assert_null(gw_registry_backend(r, "zoo"));
	assert_string_equal(gw_registry_task(r, "test.Ant")->origin.version, "3.1");
	gw_registry_unref(&r);
}

static void aliases_are_found_whatever_their_case_and_the_first_wins(void **state)
{
	(void)state;
	struct gw_registry *r = open_zoo();
	assert_string_equal(gw_registry_task(r, "Old.HORSE")->type->type, "test.Zebra");
	assert_string_equal(gw_registry_task(r, "old.stripes")->type->type, "test.Zebra");
	assert_string_equal(gw_registry_problem_at(r, 0),
		"zoo: type 'test.Ant': its alias 'OLD.stripes' belongs to 'test.Zebra' already");
	gw_registry_unref(&r);
}

static void walking_goes_by_name_and_ends(void **state)
{
	(void)state;
	struct gw_registry *r = open_zoo();
	assert_string_equal(gw_registry_task_at(r, 0)->type->type, "test.Ant");
	assert_string_equal(gw_registry_task_at(r, 1)->type->type, "test.Zebra");
	assert_null(gw_registry_task_at(r, 2));
	assert_non_null(gw_registry_trigger_at(r, 0));
	assert_null(gw_registry_trigger_at(r, 1));
	assert_null(gw_registry_condition_at(r, 1));
	gw_registry_unref(&r);
}

static void a_registry_lives_as_long_as_somebody_holds_it(void **state)
{
	(void)state;
	struct gw_registry *first = open_zoo(), *second = gw_registry_ref(first);
	gw_registry_unref(&first);
	assert_null(first);
	assert_non_null(gw_registry_task(second, "test.Ant"));
	gw_registry_unref(&second);
	gw_registry_unref(&second);
}

/* Loads a module of one task with this name and property; its only problem must end so. */
static void expect_refused(struct gw_task_type type, const struct gw_property *row,
	const char *problem)
{
	const struct gw_property table[] = { *row, { 0 } };
	type.properties = table;
	const struct gw_module m = {
		GW_MODULE_HEAD,
		.name = "m",
		.tasks = (const struct gw_task_type *const[]){ &type, NULL },
	};
	struct gw_registry *r = gw_registry_of((const struct gw_module *const[]){ &m, NULL });
	assert_null(gw_registry_task_at(r, 0));
	assert_non_null(gw_registry_problem_at(r, 0));
	assert_string_equal(gw_registry_problem_at(r, 0), problem);
	gw_registry_unref(&r);
}

static void names_that_are_not_well_formed_are_refused(void **state)
{
	(void)state;
	const struct gw_property fine = { "a", "string", 0, NULL, NULL };
	static const char *const bad[] = { "", "Alone", ".test.A", "test.A.", "test..A", "test.4",
		"test.A B", "test.\xc3\xa9" };
	for (size_t i = 0; i < GW_LEN(bad); i++) {
		gw_auto_free char *problem =
			gw_sprintf("m: a type cannot be named '%s': write words separated by dots",
				bad[i]);
		expect_refused((struct gw_task_type){ .type = bad[i], .run = run_nothing }, &fine,
			problem);
	}
	expect_refused((struct gw_task_type){ .type = "test.A", .run = run_nothing },
		&(struct gw_property){ "1st", "string", 0, NULL, NULL },
		"m: type 'test.A': a property cannot be named '1st'");
}

static void schemas_that_cannot_be_read_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "strnig", "list", "list<>", "list<string", "map<a>",
		"enum()", "enum(A,)", "enum(A", "string|", "string ", "list<string>>", "{}", "{a}",
		"{a:}", "{a:string", "{:string}",
		"list<list<list<list<list<list<list<list<list<list<any>>>>>>>>>>" };
	for (size_t i = 0; i < GW_LEN(bad); i++) {
		gw_auto_free char *problem =
			gw_sprintf("m: type 'test.A': property 'a': its schema '%s' cannot be read",
				bad[i]);
		expect_refused((struct gw_task_type){ .type = "test.A", .run = run_nothing },
			&(struct gw_property){ "a", bad[i], 0, NULL, NULL }, problem);
	}
}

static void schemas_of_the_language_are_accepted(void **state)
{
	(void)state;
	static const struct gw_property table[] = {
		{ "a", "string|list<string>|map<any>", 0, "[\"x\", 1]", NULL },
		{ "b", "enum(A,B_C,D-E)", 0, "\"A\"", NULL },
		{ "c", "map<list<task>>", 0, NULL, NULL },
		{ "d", "list<dagtask>", 0, NULL, NULL },
		{ "e", "{one:string,two?:list<{three:enum(A,B)}>}|any", 0, NULL, NULL },
		{ 0 },
	};
	const struct gw_task_type type = {
		.type = "test.A", .properties = table, .run = run_nothing
	};
	const struct gw_module m = {
		GW_MODULE_HEAD,
		.name = "m",
		.tasks = (const struct gw_task_type *const[]){ &type, NULL },
	};
	struct gw_registry *r = gw_registry_of((const struct gw_module *const[]){ &m, NULL });
	assert_null(gw_registry_problem_at(r, 0));
	assert_non_null(gw_registry_task(r, "test.A"));
	gw_registry_unref(&r);
}

static void a_type_without_its_function_or_with_a_broken_default_is_refused(void **state)
{
	(void)state;
	const struct gw_property fine = { "a", "string", 0, NULL, NULL };
	expect_refused((struct gw_task_type){ .type = "test.A" }, &fine,
		"m: type 'test.A' lacks the function 'run'");
	expect_refused((struct gw_task_type){ .type = "test.A", .mode = GW_TASK_FLOWABLE }, &fine,
		"m: type 'test.A' lacks the function 'plan'");
	expect_refused((struct gw_task_type){ .type = "test.A", .run = run_nothing },
		&(struct gw_property){ "a", "string", 0, "World", NULL },
		"m: type 'test.A': property 'a': its default: invalid token near 'World' at line "
		"1, "
		"column 5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_found_by_their_exact_name),
		cmocka_unit_test(aliases_are_found_whatever_their_case_and_the_first_wins),
		cmocka_unit_test(walking_goes_by_name_and_ends),
		cmocka_unit_test(a_registry_lives_as_long_as_somebody_holds_it),
		cmocka_unit_test(names_that_are_not_well_formed_are_refused),
		cmocka_unit_test(schemas_that_cannot_be_read_are_refused),
		cmocka_unit_test(schemas_of_the_language_are_accepted),
		cmocka_unit_test(a_type_without_its_function_or_with_a_broken_default_is_refused),
	};
	return RUN(tests);
}

/* test_describe.c - describing types, and reading a description */
#include "tests/unit/test.h"

#include "base/json.h"
#include "module/registry.h"

static bool run_nothing(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)run, (void)properties, (void)err;
	return true;
}

static const struct gw_task_type own_task = {
	.type = "own.Task", .aliases = (const char *const[]){ "old.Task", NULL }, .run = run_nothing
};
static const struct gw_module own_module = {
	GW_MODULE_HEAD,
	.name = "own",
	.tasks = (const struct gw_task_type *const[]){ &own_task, NULL },
};

static struct gw_registry *open_own(void)
{
	return gw_registry_of((const struct gw_module *const[]){ &own_module, NULL });
}

static struct gw_registry *merge(const char *described)
{
	struct gw_error err;
	struct gw_registry *own = open_own();
	json_auto_t *doc = gw_json_parse(gw_slice_of(described), &err);
	assert_non_null(doc);
	struct gw_registry *merged = gw_registry_merge(own, doc);
	gw_registry_unref(&own);
	return merged;
}

static const char *const hello =
	"{\"tasks\": [{\"type\": \"ext.Hello\", \"summary\": \"Greets.\", \"module\": \"ext\","
	"\"version\": \"2\", \"path\": \"/p/ext.so\", \"aliases\": [\"ext.old.Hello\"],"
	"\"properties\": [{\"name\": \"name\", \"schema\": \"string\", \"flags\": 1,"
	"\"fallback\": \"\\\"you\\\"\", \"summary\": \"Who.\"}], \"outputs\": []}],"
	"\"triggers\": [{\"type\": \"ext.Poll\", \"path\": \"/p/ext.so\"}],"
	"\"problems\": [\"/p/b.so: is broken\"]}";

static void described_types_are_there_beside_our_own_and_isolated(void **state)
{
	(void)state;
	struct gw_registry *r = merge(hello);
	const struct gw_task_entry *task = gw_registry_task(r, "EXT.old.hello");
	assert_string_equal(task->type->type, "ext.Hello");
	assert_int_equal(task->type->mode, GW_TASK_ISOLATED);
	assert_null(task->type->run);
	assert_false(task->origin.in_server);
	assert_string_equal(task->origin.path, "/p/ext.so");
	assert_string_equal(task->type->properties[0].fallback, "\"you\"");
	assert_int_equal(task->type->properties[0].flags, GW_REQUIRED);
	assert_null(task->type->properties[1].name);
	assert_int_equal(gw_registry_trigger(r, "ext.Poll")->type->mode, GW_TRIGGER_POLLING);
	assert_non_null(gw_registry_task(r, "own.Task")->type->run);
	assert_string_equal(gw_registry_task_at(r, 0)->type->type, "ext.Hello");
	assert_string_equal(gw_registry_problem_at(r, 0), "/p/b.so: is broken");
	gw_registry_unref(&r);
}

static void what_was_described_describes_itself_alike(void **state)
{
	(void)state;
	struct gw_registry *first = merge(hello);
	json_auto_t *doc = gw_registry_describe(first);
	assert_int_equal(json_array_size(json_object_get(doc, "tasks")), 1);
	struct gw_registry *own = open_own(), *second = gw_registry_merge(own, doc);
	json_auto_t *again = gw_registry_describe(second);
	assert_true(json_equal(doc, again));
	gw_registry_unref(&own);
	gw_registry_unref(&first);
	gw_registry_unref(&second);
}

static void nobody_takes_a_name_from_our_own(void **state)
{
	(void)state;
	struct gw_registry *r =
		merge("{\"tasks\": [{\"type\": \"own.Task\", \"path\": \"/p/x.so\"}]}");
	assert_non_null(gw_registry_task(r, "own.Task")->type->run);
	assert_string_equal(gw_registry_problem_at(r, 0),
		"/p/x.so: type 'own.Task' is there already, from own");
	gw_registry_unref(&r);
}

static void what_a_host_says_of_a_file_that_the_server_opened_does_not_matter(void **state)
{
	(void)state;
	struct gw_registry *r = merge("{\"tasks\": [{\"type\": \"own.Task\", \"path\": \"own\"}],"
				      "\"problems\": [\"own: is refused\", \"own2: is broken\"]}");
	assert_non_null(gw_registry_task(r, "own.Task")->type->run);
	assert_string_equal(gw_registry_problem_at(r, 0), "own2: is broken");
	assert_null(gw_registry_problem_at(r, 1));
	gw_registry_unref(&r);
}

static void a_description_that_makes_no_sense_adds_nothing(void **state)
{
	(void)state;
	static const char *const nonsense[] = {
		"[]",
		"{\"tasks\": {}, \"triggers\": 4, \"problems\": [1, null]}",
		"{\"tasks\": [7, null, [], {}, {\"type\": 3}]}",
		"{\"tasks\": [{\"type\": \"a.B\", \"properties\": [{\"schema\": \"string\"}]}]}",
		"{\"tasks\": [{\"type\": \"a.B\", \"properties\": [{\"name\": \"x\"}]}]}",
		"{\"tasks\": [{\"type\": \"a.B\", \"aliases\": [1]}]}",
		"{\"tasks\": [{\"type\": \"a.B\", \"outputs\": [[]]}]}",
	};
	for (size_t i = 0; i < GW_LEN(nonsense); i++) {
		struct gw_registry *r = merge(nonsense[i]);
		assert_non_null(gw_registry_task_at(r, 0));
		assert_null(gw_registry_task_at(r, 1));
		gw_registry_unref(&r);
	}
}

static void one_problem_is_told_once(void **state)
{
	(void)state;
	struct gw_registry *r = merge("{\"problems\": [\"a: b\", \"a: b\", \"c: d\"]}");
	assert_string_equal(gw_registry_problem_at(r, 1), "c: d");
	assert_null(gw_registry_problem_at(r, 2));
	gw_registry_unref(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(described_types_are_there_beside_our_own_and_isolated),
		cmocka_unit_test(what_was_described_describes_itself_alike),
		cmocka_unit_test(nobody_takes_a_name_from_our_own),
		cmocka_unit_test(what_a_host_says_of_a_file_that_the_server_opened_does_not_matter),
		cmocka_unit_test(a_description_that_makes_no_sense_adds_nothing),
		cmocka_unit_test(one_problem_is_told_once),
	};
	return RUN(tests);
}

/* test_trial.c - running a task by hand */
#include "tests/plugin/plugin.h"

#include <godwit/trial.h>

#include <unistd.h>

static json_t *try(const char *type, const char *properties, struct gw_error *err)
{
	json_auto_t *given = json_of(properties);
	return gw_trial_run(gw_registry_task(modules, type)->type, given, err);
}

static void what_a_task_did_is_told(void **state)
{
	(void)state;
	struct gw_error err;
	json_auto_t *done = try("io.kestra.plugin.core.debug.Return", "{'format': 'hi'}", &err);
	assert_json(json_object_get(done, "outputs"), "{'value': 'hi'}");
	assert_json(json_object_get(done, "state"), "'SUCCESS'");
	assert_json(json_object_get(done, "logs"), "[{'level': 'DEBUG', 'message': 'hi'}]");
	json_t *length = json_array_get(json_object_get(done, "metrics"), 0);
	assert_json(length, "{'name': 'length', 'type': 'counter', 'value': 2.0, 'tags': null}");
}

static void defaults_are_filled_in(void **state)
{
	(void)state;
	struct gw_error err;
	json_auto_t *done = try("io.kestra.plugin.core.log.Log", "{'message': 'hi'}", &err);
	assert_json(json_object_get(done, "logs"), "[{'level': 'INFO', 'message': 'hi'}]");
	assert_json(json_object_get(done, "outputs"), "null");
}

static void a_task_that_fails_says_why(void **state)
{
	(void)state;
	struct gw_error err;
	assert_null(try("io.kestra.plugin.core.execution.Fail", "{'errorMessage': 'no'}", &err));
	assert_string_equal(err.message, "no");
	assert_null(try("io.kestra.plugin.core.flow.Sequential", "{}", &err));
	assert_string_equal(err.message,
		"type 'io.kestra.plugin.core.flow.Sequential' has no function 'run'");
	assert_null(try("io.kestra.plugin.core.log.Fetch", "{}", &err));
	assert_string_equal(err.message, "logs is not available to this kind of task");
}

static bool keep_folder(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	const char *folder = gw_run_directory(run, err);
	(void)properties;
	if (!folder || folder != gw_run_directory(run, err) || access(folder, W_OK) != 0)
		return gw_fail(err, GW_INTERNAL, "no folder");
	gw_run_output(run, "folder", json_string(folder));
	return true;
}

static void its_folder_is_there_and_goes_afterwards(void **state)
{
	(void)state;
	struct gw_error err;
	static const struct gw_task_type type = { .type = "test.Folder", .run = keep_folder };
	json_auto_t *done = gw_trial_run(&type, NULL, &err);
	assert_non_null(done);
	const char *folder =
		json_string_value(json_object_get(json_object_get(done, "outputs"), "folder"));
	assert_int_not_equal(access(folder, F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_task_did_is_told),
		cmocka_unit_test(defaults_are_filled_in),
		cmocka_unit_test(a_task_that_fails_says_why),
		cmocka_unit_test(its_folder_is_there_and_goes_afterwards),
	};
	return RUN_PLUGIN(tests);
}

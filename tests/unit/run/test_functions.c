/* test_functions.c - functions of expressions that do I/O */
#include "tests/lib/runs.h"

#include "base/json.h"
#include "run/functions.h"

#include <fcntl.h>

static struct runs runs;
static struct gw_mask mask;
static json_t *context;

static int start(void **state)
{
	(void)state;
	runs_start(&runs, &(struct runs_options){ 0 });
	context = json_pack("{s:{s:s, s:s, s:s}}", "trigger", "executionId", "parent", "namespace",
		"other.team", "flowId", "Caller");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	json_decref(context);
	gw_mask_clear(&mask);
	runs_stop(&runs);
	return 0;
}

static json_t *answer(void *arg, const char *question, const json_t *arguments,
	struct gw_error *err)
{
	(void)arguments;
	(void)err;
	return json_pack("[s, s]", arg, question);
}

static json_t *call(const char *name, json_t *arguments, struct gw_error *err)
{
	char who[] = "engine";
	struct gw_functions functions = { runs.storage, runs.hosts, "main", "company.team", "flow",
		"exec", context, &mask, answer, who };
	json_t *result = gw_function_call(&functions, name, arguments, err);
	json_decref(arguments);
	return result;
}

static void assert_yields(const char *name, json_t *arguments, const char *expected)
{
	struct gw_error err = { 0 };
	gw_auto_str text = { 0 };
	json_auto_t *result = call(name, arguments, &err);
	if (!result)
		fail_msg("%s", err.message);
	gw_json_print(&text, result);
	assert_string_equal(gw_str_text(&text), expected);
}

static void assert_fails(const char *name, json_t *arguments, const char *message)
{
	struct gw_error err = { 0 };
	assert_null(call(name, arguments, &err));
	assert_string_equal(err.message, message);
}

static void secrets_come_from_the_environment(void **state)
{
	(void)state;
	gw_auto_str hidden = { 0 };
	setenv("SECRET_MY_KEY", "dG9wIHNl\nY3JldA==", 1);
	setenv("SECRET_JSON", "eyJ1c2VyIjogInJvb3QifQ==", 1);
	setenv("SECRET_BROKEN", "?", 1);
	assert_yields("secret", json_pack("{s:s}", "key", "my_key"), "\"top secret\"");
	assert_yields("secret", json_pack("{s:s, s:s}", "key", "JSON", "subkey", "user"),
		"\"root\"");
	assert_fails("secret", json_pack("{s:s, s:s}", "key", "JSON", "subkey", "pass"),
		"Cannot find secret sub-key 'pass' in secret 'JSON'.");
	assert_fails("secret", json_pack("{s:s}", "key", "NONE"),
		"Cannot find secret for key 'NONE'.");
	assert_fails("secret", json_pack("{s:s}", "key", "BROKEN"),
		"Cannot find secret for key 'BROKEN'.");
	assert_fails("secret", json_object(), "The 'secret' function expects an argument 'key'.");
	assert_true(gw_mask_apply(&mask, gw_slice_of("top secret"), &hidden));
}

static void put(const char *uri, const char *content)
{
	struct gw_error err;
	gw_auto_free char *path = gw_sprintf("%s/file", runs.folder);
	assert_true(gw_file_replace(path, gw_slice_of(content), &err));
	gw_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	if (!gw_storage_write(runs.storage, "main", uri, fd, &err))
		fail_msg("%s", err.message);
}

static json_t *path(const char *text)
{
	return json_pack("{s:s}", "path", text);
}

static void files_of_the_execution_can_be_read(void **state)
{
	(void)state;
	const char *own = "kestra:///company/team/flow/executions/exec/tasks/a/b/file";
	const char *parent = "kestra:///other/team/caller/executions/parent/file";
	put(own, "mine\xff");
	put(parent, "");
	assert_yields("read", path(own), "\"mine\xef\xbf\xbd\"");
	assert_yields("read", path(parent), "\"\"");
	assert_yields("fileSize", path(own), "5");
	assert_yields("isFileEmpty", path(own), "false");
	assert_yields("isFileEmpty", path(parent), "true");
	assert_yields("fileExists", path(own), "true");
	assert_yields("fileExists", path("kestra:///company/team/flow/executions/exec/no"),
		"false");
}

static void files_of_others_cannot(void **state)
{
	(void)state;
	static const char *const others[] = { "kestra:///company/team/flow/executions/other/file",
		"kestra:///company/team/flow/executions/execution/file",
		"kestra:///company/team/flow/executions/exec", "kestra:///" };
	for (size_t i = 0; i < GW_LEN(others); i++) {
		gw_auto_free char *message = gw_sprintf("Unable to read the file '%s' as it didn't "
							"belong to the current execution",
			others[i]);
		assert_fails("read", path(others[i]), message);
	}
	assert_fails("read", path("kestra:///company/team/flow/executions/exec/../other/file"),
		"'kestra:///company/team/flow/executions/exec/../other/file' must not contain "
		"'..'");
}

static void namespace_files_can_be_read(void **state)
{
	(void)state;
	put("kestra:///company/team/_files/d/a.txt", "of a namespace");
	put("kestra:///company/_files/b.txt", "of another");
	assert_yields("read", path("d/a.txt"), "\"of a namespace\"");
	assert_yields("read", path("/d/a.txt"), "\"of a namespace\"");
	assert_yields("read", json_pack("{s:s, s:s}", "path", "b.txt", "namespace", "company"),
		"\"of another\"");
	assert_yields("fileURI", path("d/a.txt"), "\"kestra:///company/team/_files/d/a.txt\"");
	assert_fails("fileURI", path("../x"), "'../x' must not contain '..'");
	assert_yields("fileExists", path("none"), "false");
}

static void texts_can_be_encrypted(void **state)
{
	(void)state;
	struct gw_error err;
	const char *key = "AAECAwQFBgcICQoLDA0ODw==";
	json_t *sealed =
		call("encrypt", json_pack("{s:s, s:s}", "key", key, "plaintext", "x"), &err);
	assert_yields("decrypt", json_pack("{s:s, s:o}", "key", key, "encrypted", sealed), "\"x\"");
}

static void the_engine_knows_error_logs(void **state)
{
	(void)state;
	assert_yields("errorLogs", json_object(), "[\"engine\",\"errorLogs\"]");
}

static void what_is_not_there_says_so(void **state)
{
	(void)state;
	assert_fails("kv", json_pack("{s:s}", "key", "x"),
		"kv() is not available: this installation has no KV store");
	assert_fails("jq", json_object(), "jq is not available: no module provides it");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_come_from_the_environment),
		cmocka_unit_test(files_of_the_execution_can_be_read),
		cmocka_unit_test(files_of_others_cannot),
		cmocka_unit_test(namespace_files_can_be_read),
		cmocka_unit_test(texts_can_be_encrypted),
		cmocka_unit_test(the_engine_knows_error_logs),
		cmocka_unit_test(what_is_not_there_says_so),
	};
	return RUNS_MAIN(argc, argv, tests, start, stop);
}

/* test_shell.c - shell.Commands and shell.Script, through a worker and task hosts */
#include "tests/lib/runs.h"

#include "base/clock.h"
#include "base/json.h"

#include <fcntl.h>
#include <unistd.h>

#define COMMANDS "io.kestra.plugin.scripts.shell.Commands"
#define SCRIPT "io.kestra.plugin.scripts.shell.Script"

static struct runs runs;

static int start(void **state)
{
	static const char *const own[] = { "plugins/shell/shell", NULL };
	(void)state;
	runs_start(&runs, &(struct runs_options){ .own_files = own });
	return 0;
}

static int stop(void **state)
{
	(void)state;
	runs_stop(&runs);
	return 0;
}

/* Properties as JSON text with 'quotes' for "quotes". */
static json_t *json_of(const char *text)
{
	gw_auto_free char *copy = gw_strdup(text);
	struct gw_error err;
	for (char *p = copy; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	json_t *value = gw_json_parse(gw_slice_of(copy), &err);
	if (!value)
		fail_msg("%s in %s", err.message, copy);
	return value;
}

static struct outcome *submit(const char *type, const char *properties)
{
	return runs_submit(&runs, runs_written_job(&runs, type, json_of(properties)));
}

static struct outcome *run(const char *type, const char *properties)
{
	return runs_await(submit(type, properties));
}

static const json_t *output_of(const struct outcome *o, const char *name)
{
	return json_object_get(o->result.effects.outputs, name);
}

static void assert_output(const struct outcome *o, const char *name, const char *expected)
{
	gw_auto_str text = { 0 };
	const json_t *value = output_of(o, name);
	if (value)
		gw_json_print(&text, value);
	assert_string_equal(gw_str_text(&text), expected);
}

static void assert_ends(const struct outcome *o, enum gw_state state, const char *lines)
{
	assert_string_equal(gw_str_text(&o->lines), lines);
	assert_int_equal(o->result.state, state);
}

static void read_stored(const char *uri, struct gw_str *out)
{
	struct gw_error err;
	gw_auto_fd fd = gw_storage_read(runs.storage, "main", uri, &err);
	if (fd < 0)
		fail_msg("%s: %s", uri, err.message);
	assert_true(gw_fd_read_all(fd, 1 << 20, out, &err));
}

/* The content of an output file. */
static void assert_stored(const struct outcome *o, const char *path, const char *expected)
{
	gw_auto_str content = { 0 };
	const char *uri = gw_json_string(output_of(o, "outputFiles"), path);
	if (!uri)
		fail_msg("%s was not stored", path);
	read_stored(uri, &content);
	assert_string_equal(gw_str_text(&content), expected);
}

/* ---- Commands ---- */

static void commands_run_in_one_shell(void **state)
{
	(void)state;
	auto_outcome *o = run(COMMANDS, "{'commands': ['x=1', 'echo $x', 'echo {{ name }}']}");
	assert_ends(o, GW_SUCCESS, "INFO 1\nINFO world\n");
	assert_output(o, "exitCode", "0");
	assert_output(o, "vars", "{}");
	assert_output(o, "outputFiles", "{}");
	assert_output(o, "taskRunner", "{}");
}

static void an_expression_may_yield_the_commands(void **state)
{
	(void)state;
	struct gw_job *job =
		runs_written_job(&runs, COMMANDS, json_of("{'commands': '{{ list }}'}"));
	json_object_set_new(job->context, "list", json_pack("[s, s]", "echo a", "echo b"));
	auto_outcome *o = runs_await(runs_submit(&runs, job));
	assert_ends(o, GW_SUCCESS, "INFO a\nINFO b\n");
}

static void what_comes_before_runs_first(void **state)
{
	(void)state;
	auto_outcome *o = run(SCRIPT, "{'beforeCommands': ['x=before', 'echo $x'], 'script': 'echo "
				      "after $x\\necho two'}");
	assert_ends(o, GW_SUCCESS, "INFO before\nINFO after before\nINFO two\n");
}

static void another_interpreter_can_be_named(void **state)
{
	(void)state;
	auto_outcome *o =
		run(SCRIPT, "{'interpreter': ['/bin/cat', '/dev/null', '-'], 'script': 'x'}");
	assert_int_equal(o->result.state, GW_FAILED);
	auto_outcome *echo = run(SCRIPT,
		"{'interpreter': ['/bin/echo', 'given:'], 'script': 'x', 'failFast': false}");
	assert_ends(echo, GW_SUCCESS, "INFO given: x\n");
}

static void the_first_failure_ends_it(void **state)
{
	(void)state;
	auto_outcome *o = run(COMMANDS, "{'commands': ['false', 'echo not reached']}");
	assert_ends(o, GW_FAILED, "ERROR Command failed with exit code 1\n");
	auto_outcome *slow =
		run(COMMANDS, "{'commands': ['false', 'echo reached'], 'failFast': false}");
	assert_ends(slow, GW_SUCCESS, "INFO reached\n");
	auto_outcome *windows = run(COMMANDS, "{'commands': ['false', 'true'], 'targetOS': "
					      "'WINDOWS', 'interpreter': ['/bin/echo']}");
	assert_ends(windows, GW_SUCCESS, "INFO false\nINFO true\n");
}

static void exit_codes_are_told(void **state)
{
	(void)state;
	auto_outcome *o = run(COMMANDS, "{'commands': ['exit 66']}");
	assert_ends(o, GW_FAILED, "ERROR Command failed with exit code 66\n");
	assert_string_equal(o->result.error.message, "Command failed with exit code 66");
	assert_output(o, "exitCode", "66");
	auto_outcome *unknown = run(COMMANDS, "{'commands': ['no-such-command-here']}");
	assert_output(unknown, "exitCode", "127");
}

static void standard_error_is_an_error_line_and_no_warning_unless_asked(void **state)
{
	(void)state;
	auto_outcome *o = run(COMMANDS, "{'commands': ['echo oops >&2']}");
	assert_ends(o, GW_SUCCESS, "ERROR oops\n");
	auto_outcome *asked =
		run(COMMANDS, "{'commands': ['echo oops >&2'], 'warningOnStdErr': true}");
	assert_ends(asked, GW_WARNING, "ERROR oops\n");
}

static void the_environment_is_rendered(void **state)
{
	(void)state;
	auto_outcome *o = run(COMMANDS,
		"{'commands': ['echo $GREETING $N', '[ $WORKING_DIR = $PWD ] && echo same'],"
		" 'env': {'GREETING': 'hello {{ name }}', 'N': 5}}");
	assert_ends(o, GW_SUCCESS, "INFO hello world 5\nINFO same\n");
}

/* ---- What it prints ---- */

static void outputs_are_printed(void **state)
{
	(void)state;
	auto_outcome *o = run(COMMANDS,
		"{'commands': ["
		"'echo "
		"\\'::{\\\\\\'outputs\\\\\\':{\\\\\\'a\\\\\\':1,\\\\\\'b\\\\\\':[true]}}::\\'',"
		"'echo "
		"\\'::{\\\\\\'outputs\\\\\\':{\\\\\\'a\\\\\\':2},\\\\\\'unknown\\\\\\':0}::\\'',"
		"'echo \\'x ::{}::\\'', 'echo \\'::{oops}::\\'']}");
	assert_output(o, "vars", "{\"a\":2,\"b\":[true]}");
	assert_non_null(strstr(o->lines.data, "INFO x ::{}::\n"));
	assert_non_null(strstr(o->lines.data, "WARN Invalid outputs '"));
	assert_int_equal(o->n_lines, 2);
}

static void metrics_and_logs_are_printed(void **state)
{
	(void)state;
	auto_outcome *o = runs_await(runs_submit(&runs,
		runs_written_job(&runs, SCRIPT,
			json_pack("{s:s}", "script",
				"cat << 'EOF'\n"
				"::{\"metrics\":[{\"name\":\"rows\",\"type\":\"counter\",\"value\":"
				"3,"
				"\"tags\":{\"k\":\"v\"}},{\"name\":\"took\",\"type\":\"timer\","
				"\"value\":1.5},"
				"{\"name\":\"iso\",\"type\":\"timer\",\"value\":\"PT2S\"}],"
				"\"logs\":[{\"level\":\"WARN\",\"message\":\"careful\"}]}::\n"
				"EOF"))));
	const struct gw_effects *e = &o->result.effects;
	assert_ends(o, GW_SUCCESS, "WARN careful\n");
	assert_int_equal(e->n_metrics, 3);
	assert_string_equal(e->metrics[0].name, "rows");
	assert_true(!e->metrics[0].is_timer && e->metrics[0].value == 3);
	assert_string_equal(gw_json_string(e->metrics[0].tags, "k"), "v");
	assert_true(e->metrics[1].is_timer && e->metrics[1].value == 1500);
	assert_true(e->metrics[2].is_timer && e->metrics[2].value == 2000);
}

/* ---- Files ---- */

static void store(const char *uri, const char *content)
{
	struct gw_error err;
	gw_auto_free char *path = gw_sprintf("%s/stored", runs.folder);
	assert_true(gw_file_replace(path, gw_slice_of(content), &err));
	gw_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	if (!gw_storage_write(runs.storage, "main", uri, fd, &err))
		fail_msg("%s", err.message);
}

static void input_files_are_there(void **state)
{
	(void)state;
	store("kestra:///some/file.txt", "stored");
	auto_outcome *o = run(COMMANDS,
		"{'commands': ['cat a.txt b/c/d.txt e.txt; ls'], 'inputFiles': {'a.txt': 'hi {{ "
		"name }}\\n',"
		"'b/c/d.txt': 'deep\\n', 'e.txt': 'kestra:///some/file.txt', 'f.txt': null}}");
	assert_ends(o, GW_SUCCESS,
		"INFO hi world\nINFO deep\nINFO storeda.txt\nINFO b\nINFO e.txt\n");
}

static void input_files_may_come_from_an_expression(void **state)
{
	(void)state;
	struct gw_job *job = runs_written_job(&runs, COMMANDS,
		json_of("{'commands': ['cat x.txt'], 'inputFiles': '{{ files }}'}"));
	json_object_set_new(job->context, "files", json_pack("{s:s}", "x.txt", "from a map"));
	auto_outcome *o = runs_await(runs_submit(&runs, job));
	assert_ends(o, GW_SUCCESS, "INFO from a map\n");
}

static void only_relative_input_files(void **state)
{
	(void)state;
	static const char *const bad[] = { "/etc/x", "../x", "a/../../x", "a/.." };
	for (size_t i = 0; i < GW_LEN(bad); i++) {
		gw_auto_free char *message = gw_sprintf("Invalid outputFile (only relative path is "
							"supported) for path '%s'",
			bad[i]);
		auto_outcome *o = runs_await(runs_submit(&runs,
			runs_written_job(&runs, COMMANDS,
				json_pack("{s:[s], s:{s:s}}", "commands", "true", "inputFiles",
					bad[i], "x"))));
		assert_int_equal(o->result.state, GW_FAILED);
		assert_string_equal(o->result.error.message, message);
	}
}

static void uris_in_commands_become_files(void **state)
{
	(void)state;
	store("kestra:///some/data.csv", "1,2");
	auto_outcome *o = run(COMMANDS, "{'commands': ['cat \\'kestra:///some/data.csv\\'; echo', "
					"'echo kestra:///some/data.csv']}");
	assert_int_equal(o->result.state, GW_SUCCESS);
	assert_memory_equal(o->lines.data, "INFO 1,2\n", 9);
	assert_non_null(strstr(o->lines.data, runs.folder));
	auto_outcome *missing = run(COMMANDS, "{'commands': ['cat kestra:///not/there']}");
	assert_int_equal(missing->result.state, GW_FAILED);
}

static void output_files_are_stored(void **state)
{
	(void)state;
	auto_outcome *o = run(COMMANDS,
		"{'commands': ['mkdir -p d/e', 'echo 1 > a.txt', 'echo 2 > d/b.txt', 'echo 3 > "
		"d/e/c.txt',"
		"'echo 4 > other', 'ln -s a.txt link.txt', 'ln -s /etc/passwd out.txt',"
		"'mkfifo pipe.txt'], 'outputFiles': ['*.txt', 'd/**.txt']}");
	assert_ends(o, GW_SUCCESS, "");
	assert_int_equal(json_object_size(output_of(o, "outputFiles")), 4);
	assert_stored(o, "a.txt", "1\n");
	assert_stored(o, "link.txt", "1\n");
	assert_stored(o, "d/b.txt", "2\n");
	assert_stored(o, "d/e/c.txt", "3\n");
	const char *uri = gw_json_string(output_of(o, "outputFiles"), "a.txt");
	const char *begin = "kestra:///company/team/flow/executions/exec/tasks/task/";
	assert_memory_equal(uri, begin, strlen(begin));
	assert_string_equal(uri + strlen(uri) - 6, "-a.txt");
}

static void output_files_survive_a_failure(void **state)
{
	(void)state;
	auto_outcome *o = run(COMMANDS,
		"{'commands': ['echo 1 > a.txt', 'exit 3'], 'outputFiles': ['a.txt', 'missing']}");
	assert_ends(o, GW_FAILED, "ERROR Command failed with exit code 3\n");
	assert_output(o, "exitCode", "3");
	assert_stored(o, "a.txt", "1\n");
}

static void the_output_directory_is_stored(void **state)
{
	(void)state;
	static const char *const ways[] = { "'outputDirectory': true", "'runner': 'PROCESS'" };
	for (size_t i = 0; i < GW_LEN(ways); i++) {
		gw_auto_free char *properties = gw_sprintf(
			"{'commands': ['echo 1 > {{ outputDir }}/a', 'mkdir $OUTPUT_DIR/b',"
			"'echo 2 > {{ workingDir }}/outputs/b/c'], %s}",
			ways[i]);
		auto_outcome *o = run(COMMANDS, properties);
		assert_ends(o, GW_SUCCESS, "");
		assert_stored(o, "a", "1\n");
		assert_stored(o, "b/c", "2\n");
	}
}

/* ---- What there is not ---- */

static void what_is_not_there_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *properties, *message;
	} cases[] = {
		{ "{'commands': ['true'], 'taskRunner': {'type': "
		  "'io.kestra.plugin.scripts.runner.docker.Docker'}}",
			"the task runner io.kestra.plugin.scripts.runner.docker.Docker is not "
			"available: tasks run as processes, write type: "
			"io.kestra.plugin.core.runner.Process" },
		{ "{'commands': ['true'], 'runner': 'DOCKER'}",
			"the task runner DOCKER is not available: tasks run as processes, write "
			"type: io.kestra.plugin.core.runner.Process" },
		{ "{'commands': ['true'], 'namespaceFiles': {'enabled': true}}",
			"namespaceFiles are not available: list files in inputFiles" },
	};
	for (size_t i = 0; i < GW_LEN(cases); i++) {
		auto_outcome *o = run(COMMANDS, cases[i].properties);
		assert_int_equal(o->result.state, GW_FAILED);
		assert_string_equal(o->result.error.message, cases[i].message);
	}
	auto_outcome *fine =
		run(COMMANDS, "{'commands': ['true'], 'containerImage': 'ubuntu:24.04', "
			      "'namespaceFiles': {'enabled': false},"
			      "'taskRunner': {'type': 'io.kestra.plugin.core.runner.Process'}}");
	assert_ends(fine, GW_SUCCESS, "");
}

/* ---- Being stopped ---- */

static void a_kill_ends_it(void **state)
{
	(void)state;
	struct gw_job *job = runs_written_job(&runs, COMMANDS,
		json_of("{'commands': ['echo up', 'sleep 60'], 'outputFiles': ['*']}"));
	gw_auto_free char *id = gw_strdup(job->taskrun);
	auto_outcome *o = runs_submit(&runs, job);
	runs_await_line(o, "up");
	assert_true(gw_worker_kill(runs.worker, id));
	assert_int_equal(runs_await(o)->result.state, GW_KILLED);
	runs_await_processes(&runs, 0);
}

static void a_timeout_ends_it(void **state)
{
	(void)state;
	struct gw_job *job =
		runs_written_job(&runs, COMMANDS, json_of("{'commands': ['sleep 60']}"));
	job->timeout_at = gw_clock_now() + 100 * GW_MILLISECOND;
	auto_outcome *o = runs_await(runs_submit(&runs, job));
	assert_ends(o, GW_FAILED, "ERROR Timeout\n");
	runs_await_processes(&runs, 0);
}

static void a_secret_is_hidden(void **state)
{
	(void)state;
	setenv("SECRET_PASSWORD", "aHVudGVy\nMmh1bnRlcg==", 1);
	auto_outcome *o =
		run(COMMANDS, "{'commands': ['echo it is {{ secret(\\'password\\') }}']}");
	assert_ends(o, GW_SUCCESS, "INFO it is **masked*****\n");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_run_in_one_shell),
		cmocka_unit_test(an_expression_may_yield_the_commands),
		cmocka_unit_test(what_comes_before_runs_first),
		cmocka_unit_test(another_interpreter_can_be_named),
		cmocka_unit_test(the_first_failure_ends_it),
		cmocka_unit_test(exit_codes_are_told),
		cmocka_unit_test(standard_error_is_an_error_line_and_no_warning_unless_asked),
		cmocka_unit_test(the_environment_is_rendered),
		cmocka_unit_test(outputs_are_printed),
		cmocka_unit_test(metrics_and_logs_are_printed),
		cmocka_unit_test(input_files_are_there),
		cmocka_unit_test(input_files_may_come_from_an_expression),
		cmocka_unit_test(only_relative_input_files),
		cmocka_unit_test(uris_in_commands_become_files),
		cmocka_unit_test(output_files_are_stored),
		cmocka_unit_test(output_files_survive_a_failure),
		cmocka_unit_test(the_output_directory_is_stored),
		cmocka_unit_test(what_is_not_there_is_refused),
		cmocka_unit_test(a_kill_ends_it),
		cmocka_unit_test(a_timeout_ends_it),
		cmocka_unit_test(a_secret_is_hidden),
	};
	return RUNS_MAIN(argc, argv, tests, start, stop);
}

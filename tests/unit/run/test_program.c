/* test_program.c - programs as children of task hosts, through a worker */
#include "tests/lib/runs.h"

#include "base/clock.h"
#include "base/json.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct runs runs;

static int start(void **state)
{
	(void)state;
	runs_start(&runs, &(struct runs_options){
				  .own = (const struct gw_module *const[]){ &runs_module, NULL },
				  .grace_us = 200 * GW_MILLISECOND,
				  .hosts = 2 });
	return 0;
}

static int stop(void **state)
{
	(void)state;
	runs_stop(&runs);
	return 0;
}

static struct outcome *do_script(const char *script)
{
	return runs_do(&runs, "test.Script", json_pack("{s:s}", "script", script));
}

static struct outcome *submit_script(const char *script)
{
	return runs_submit(&runs,
		runs_job(&runs, "test.Script", json_pack("{s:s}", "script", script)));
}

static void kill_outcome(struct outcome *outcome, const char *taskrun)
{
	assert_true(gw_worker_kill(runs.worker, taskrun));
	runs_await(outcome);
	assert_int_equal(outcome->result.state, GW_KILLED);
}

static json_int_t output_of(const struct outcome *outcome, const char *name)
{
	return json_integer_value(json_object_get(outcome->result.effects.outputs, name));
}

static void a_program_prints_and_ends(void **state)
{
	(void)state;
	auto_outcome *o = do_script("echo one; echo two >&2; printf three");
	assert_int_equal(o->result.state, GW_SUCCESS);
	assert_non_null(strstr(o->lines.data, "INFO one\n"));
	assert_non_null(strstr(o->lines.data, "ERROR two\n"));
	assert_non_null(strstr(o->lines.data, "INFO three\n"));
	assert_int_equal(output_of(o, "stdout"), 2);
	assert_int_equal(output_of(o, "stderr"), 1);
}

static void an_exit_code_fails_and_keeps_outputs(void **state)
{
	(void)state;
	auto_outcome *o = do_script("exit 66");
	assert_int_equal(o->result.state, GW_FAILED);
	assert_string_equal(o->result.error.message, "exit code 66");
	assert_int_equal(output_of(o, "exitCode"), 66);
	assert_string_equal(o->lines.data, "ERROR exit code 66\n");
}

static void a_signal_counts_as_an_exit_code(void **state)
{
	(void)state;
	auto_outcome *o = do_script("kill -9 $$");
	assert_int_equal(o->result.state, GW_FAILED);
	assert_int_equal(output_of(o, "exitCode"), 128 + SIGKILL);
}

static void a_program_that_is_not_there_says_so(void **state)
{
	(void)state;
	auto_outcome *o =
		runs_do(&runs, "test.Command", json_pack("{s:[s]}", "argv", "/not/there"));
	assert_int_equal(o->result.state, GW_FAILED);
	assert_string_equal(o->result.error.message,
		"/not/there: the process could not be started: No such file or directory");
}

static void commands_are_found_as_a_shell_finds_them(void **state)
{
	(void)state;
	auto_outcome *o =
		runs_do(&runs, "test.Command", json_pack("{s:[s, s]}", "argv", "env", "--"));
	assert_int_equal(o->result.state, GW_SUCCESS);
	auto_outcome *nowhere =
		runs_do(&runs, "test.Command", json_pack("{s:[s]}", "argv", "no-such-command"));
	assert_string_equal(nowhere->result.error.message,
		"no-such-command: the process could not be started: No such file or directory");
	auto_outcome *plain = do_script("printf 'echo plain $1\\n' > s; chmod +x s; exec ./s one");
	assert_string_equal(plain->lines.data, "INFO plain one\n");
}

static void a_script_without_an_interpreter_is_for_the_shell(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_free char *path = gw_sprintf("%s/script", runs.folder);
	assert_true(gw_file_replace(path, gw_slice_of("[ \"$1\" = one ] && [ $# = 1 ]"), &err));
	assert_int_equal(chmod(path, 0700), 0);
	auto_outcome *o =
		runs_do(&runs, "test.Command", json_pack("{s:[s, s]}", "argv", path, "one"));
	assert_int_equal(o->result.state, GW_SUCCESS);
}

static void its_folder_is_its_own_and_goes_away(void **state)
{
	(void)state;
	auto_outcome *o = do_script("touch file; mkdir -p a/b; chmod 0 a; pwd");
	const char *folder = strchr(o->lines.data, ' ') + 1;
	o->lines.data[o->lines.len - 1] = '\0';
	assert_non_null(strstr(folder, runs.folder));
	assert_int_equal(access(folder, F_OK), -1);
}

static void its_surroundings_are_clean(void **state)
{
	(void)state;
	setenv("SECRET_X", "hidden", 1);
	auto_outcome *o = do_script("ls /proc/self/fd | wc -l; umask; cat /proc/self/oom_score_adj;"
				    "echo ${GODWIT_RUN%%/*}; echo [$SECRET_X]; ulimit -c; "
				    "grep SigBlk /proc/self/status; grep SigIgn /proc/self/status");
	assert_non_null(strstr(o->lines.data, "INFO 4\n")); /* ls opens one itself */
	assert_non_null(strstr(o->lines.data, "INFO 0077\n"));
	assert_non_null(strstr(o->lines.data, "INFO 500\n"));
	assert_non_null(strstr(o->lines.data, runs.node));
	assert_non_null(strstr(o->lines.data, "INFO []\n"));
	assert_non_null(strstr(o->lines.data, "SigBlk:\t0000000000000000\n"));
	unsigned long long ignored = strtoull(strstr(o->lines.data, "SigIgn:") + 8, NULL, 16);
	assert_int_equal(ignored & 0x7fffffff, 0); /* libc keeps two real-time signals to itself */
}

static void its_environment_is_the_servers_and_its_own(void **state)
{
	(void)state;
	auto_outcome *o = runs_do(&runs, "test.Script",
		json_pack("{s:s, s:{s:s, s:i, s:s}}", "script", "echo $GREETING $N $PATH", "env",
			"GREETING", "hello world", "N", 5, "PATH", "/bin"));
	assert_string_equal(o->lines.data, "INFO hello world 5 /bin\n");
}

static void a_background_child_does_not_hold_the_run(void **state)
{
	(void)state;
	int64_t begin = gw_clock_boot();
	auto_outcome *o = do_script("sleep 60 & echo done");
	assert_int_equal(o->result.state, GW_SUCCESS);
	assert_string_equal(o->lines.data, "INFO done\n");
	assert_true(gw_clock_boot() - begin < 10 * GW_SECOND);
	runs_await_processes(&runs, 0);
}

static void a_kill_reaches_children(void **state)
{
	(void)state;
	struct gw_job *job = runs_job(&runs, "test.Script",
		json_pack("{s:s}", "script", "sleep 60 & echo up; wait"));
	gw_auto_free char *id = gw_strdup(job->taskrun);
	auto_outcome *o = runs_submit(&runs, job);
	runs_await_line(o, "up");
	kill_outcome(o, id);
	runs_await_processes(&runs, 0);
	assert_false(gw_worker_kill(runs.worker, id));
}

static void a_kill_reaches_what_left_the_session(void **state)
{
	(void)state;
	struct gw_job *job = runs_job(&runs, "test.Script",
		json_pack("{s:s}", "script",
			"setsid sh -c 'setsid sleep 61 & sleep 62' & sleep 0.1; echo up; wait"));
	gw_auto_free char *id = gw_strdup(job->taskrun);
	auto_outcome *o = runs_submit(&runs, job);
	runs_await_line(o, "up");
	kill_outcome(o, id);
	runs_await_processes(&runs, 0);
}

static void who_ignores_term_is_killed(void **state)
{
	(void)state;
	struct gw_job *job = runs_job(&runs, "test.Script",
		json_pack("{s:s}", "script", "trap '' TERM; echo up; while :; do sleep 1; done"));
	gw_auto_free char *id = gw_strdup(job->taskrun);
	auto_outcome *o = runs_submit(&runs, job);
	runs_await_line(o, "up");
	kill_outcome(o, id);
	runs_await_processes(&runs, 0);
}

static void who_handles_term_may_say_goodbye(void **state)
{
	(void)state;
	struct gw_job *job = runs_job(&runs, "test.Script",
		json_pack("{s:s}", "script",
			"trap 'echo bye; exit 0' TERM; echo up; sleep 60 & wait"));
	gw_auto_free char *id = gw_strdup(job->taskrun);
	auto_outcome *o = runs_submit(&runs, job);
	runs_await_line(o, "up");
	kill_outcome(o, id);
	assert_non_null(strstr(o->lines.data, "INFO bye\n"));
}

static void a_timeout_fails(void **state)
{
	(void)state;
	struct gw_job *job =
		runs_job(&runs, "test.Script", json_pack("{s:s}", "script", "sleep 60 & wait"));
	job->timeout_at = gw_clock_now() + 100 * GW_MILLISECOND;
	auto_outcome *o = runs_await(runs_submit(&runs, job));
	assert_int_equal(o->result.state, GW_FAILED);
	assert_non_null(strstr(o->lines.data, "ERROR Timeout"));
	runs_await_processes(&runs, 0);
}

static void lines_can_be_followed_live(void **state)
{
	(void)state;
	struct gw_job *job = runs_job(&runs, "test.Script",
		json_pack("{s:s}", "script", "echo first; sleep 60"));
	gw_auto_free char *id = gw_strdup(job->taskrun);
	auto_outcome *o = runs_submit(&runs, job);
	runs_await_line(o, "first");
	kill_outcome(o, id);
}

static void any_bytes_can_be_printed(void **state)
{
	(void)state;
	auto_outcome *o = do_script("printf 'a\\000b\\377c\\n'; head -c 100000 /dev/urandom");
	assert_int_equal(o->result.state, GW_SUCCESS);
	assert_non_null(strstr(o->lines.data, "INFO ab\xef\xbf\xbd"
					      "c\n"));
}

static void a_million_lines_are_kept_and_no_more(void **state)
{
	(void)state;
	auto_outcome *o = do_script("seq 1 1000005");
	assert_int_equal(o->result.state, GW_SUCCESS);
	assert_int_equal(o->n_lines, 1000001);
	assert_non_null(strstr(o->lines.data, "INFO 1000000\n"));
	assert_non_null(strstr(o->lines.data, "WARN 5 more log lines were dropped"));
	assert_int_equal(output_of(o, "stdout"), 1000005);
}

static void a_line_of_ten_megabytes_is_cut(void **state)
{
	(void)state;
	auto_outcome *o = do_script("head -c 10485760 /dev/zero | tr '\\0' x; echo");
	assert_int_equal(o->result.state, GW_SUCCESS);
	assert_true(o->n_lines >= 1024);
	assert_true(o->n_lines <= 1040);
	size_t n = 0;
	for (const char *p = o->lines.data; *p; p++)
		n += *p == 'x';
	assert_int_equal(n, 10485760);
}

static void secrets_are_hidden(void **state)
{
	(void)state;
	struct gw_job *job = runs_job(&runs, "test.Script",
		json_pack("{s:s}", "script", "echo it is hunter2hunter2; echo s3cret >&2"));
	job->secrets = json_pack("[s, s]", "hunter2hunter2", "s3cret");
	auto_outcome *o = runs_await(runs_submit(&runs, job));
	assert_non_null(strstr(o->lines.data, "INFO it is **masked******"));
	assert_non_null(strstr(o->lines.data, "ERROR ******\n"));
}

static void a_hundred_run_at_once(void **state)
{
	(void)state;
	struct outcome *all[100];
	for (int i = 0; i < 100; i++)
		all[i] = submit_script("echo x; sleep 0.05");
	for (int i = 0; i < 100; i++) {
		runs_await(all[i]);
		assert_int_equal(all[i]->result.state, GW_SUCCESS);
		outcome_free(all[i]);
	}
}

static void waiting_jobs_are_killed_at_once(void **state)
{
	(void)state;
	struct runs own;
	struct outcome *all[10];
	char *ids[10];
	runs_start(&own, &(struct runs_options){
				 .own = (const struct gw_module *const[]){ &runs_module, NULL },
				 .jobs = 1 });
	for (int i = 0; i < 10; i++) {
		struct gw_job *job = runs_job(&own, "test.Script",
			json_pack("{s:s}", "script", i == 0 ? "sleep 60" : "echo $$"));
		ids[i] = gw_strdup(job->taskrun);
		all[i] = runs_submit(&own, job);
	}
	for (int i = 8; i > 0; i--) /* the last one waits on */
		assert_true(gw_worker_kill(own.worker, ids[i]));
	for (int i = 8; i > 0; i--)
		assert_int_equal(runs_await(all[i])->result.state, GW_KILLED);
	assert_false(all[0]->is_done);
	assert_true(gw_worker_kill(own.worker, ids[0]));
	assert_int_equal(runs_await(all[0])->result.state, GW_KILLED);
	assert_int_equal(runs_await(all[9])->result.state, GW_SUCCESS);
	for (int i = 0; i < 10; i++) {
		outcome_free(all[i]);
		free(ids[i]);
	}
	runs_stop(&own);
}

static void waiting_does_not_count_against_the_timeout(void **state)
{
	(void)state;
	struct runs own;
	runs_start(&own, &(struct runs_options){
				 .own = (const struct gw_module *const[]){ &runs_module, NULL },
				 .jobs = 1 });
	auto_outcome *first = runs_submit(&own,
		runs_job(&own, "test.Script", json_pack("{s:s}", "script", "sleep 0.5")));
	struct gw_job *job = runs_job(&own, "test.Script", json_pack("{s:s}", "script", "true"));
	job->timeout_at = gw_clock_now() + 400 * GW_MILLISECOND;
	auto_outcome *second = runs_await(runs_submit(&own, job));
	assert_int_equal(second->result.state, GW_SUCCESS);
	runs_await(first);
	runs_stop(&own);
}

static void a_host_that_dies_fails_its_runs_and_is_replaced(void **state)
{
	(void)state;
	struct outcome *all[10];
	pid_t hosts[8];
	for (int i = 0; i < 10; i++)
		all[i] = submit_script("echo up; setsid sleep 60 & sleep 60");
	for (int i = 0; i < 10; i++)
		runs_await_line(all[i], "up");
	size_t n = runs_hosts(hosts, 8);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++)
		kill(hosts[i], SIGKILL);
	for (int i = 0; i < 10; i++) {
		runs_await(all[i]);
		assert_int_equal(all[i]->result.state, GW_FAILED);
		assert_non_null(strstr(all[i]->lines.data,
			"ERROR /bin/sh: the task host died while the task was running\n"));
		outcome_free(all[i]);
	}
	runs_await_processes(&runs, 0);
	auto_outcome *o = do_script("echo again");
	assert_string_equal(o->lines.data, "INFO again\n");
}

static void a_deadline_that_passes_ends_everything(void **state)
{
	(void)state;
	struct runs own;
	runs_start(&own, &(struct runs_options){
				 .own = (const struct gw_module *const[]){ &runs_module, NULL } });
	auto_outcome *o = runs_submit(&own,
		runs_job(&own, "test.Script",
			json_pack("{s:s}", "script", "echo up; setsid sleep 60 & sleep 60")));
	runs_await_line(o, "up");
	gw_hosts_deadline(own.hosts, gw_clock_boot() + 3600 * GW_SECOND);
	gw_hosts_deadline(own.hosts, gw_clock_boot() + 50 * GW_MILLISECOND);
	assert_int_equal(runs_await(o)->result.state, GW_FAILED);
	runs_await_processes(&own, 0);
	runs_stop(&own);
}

/* As after its server was frozen, before that notices. */
static void a_host_starts_nothing_after_its_deadline(void **state)
{
	(void)state;
	struct runs own;
	pid_t hosts[8];
	struct outcome *all[20];
	runs_start(&own, &(struct runs_options){
				 .own = (const struct gw_module *const[]){ &runs_module, NULL } });
	size_t n = runs_hosts(hosts, GW_LEN(hosts));
	for (size_t i = 0; i < n; i++)
		kill(hosts[i], SIGSTOP);
	gw_hosts_deadline(own.hosts, gw_clock_boot() - GW_SECOND);
	for (size_t i = 0; i < GW_LEN(all); i++)
		all[i] = runs_submit(&own,
			runs_job(&own, "test.Script", json_pack("{s:s}", "script", "echo up")));
	for (size_t i = 0; i < n; i++)
		kill(hosts[i], SIGCONT);
	for (size_t i = 0; i < GW_LEN(all); i++) {
		assert_int_equal(runs_await(all[i])->result.state, GW_FAILED);
		assert_null(strstr(all[i]->lines.data, "INFO up"));
		outcome_free(all[i]);
	}
	runs_stop(&own);
}

static void stopping_interrupts_what_runs(void **state)
{
	(void)state;
	struct runs own;
	runs_start(&own, &(struct runs_options){
				 .own = (const struct gw_module *const[]){ &runs_module, NULL },
				 .jobs = 1 });
	auto_outcome *first = runs_submit(&own,
		runs_job(&own, "test.Script", json_pack("{s:s}", "script", "echo up; sleep 60")));
	auto_outcome *second = runs_submit(&own,
		runs_job(&own, "test.Script", json_pack("{s:s}", "script", "echo never")));
	runs_await_line(first, "up");
	gw_worker_stop(own.worker, 0);
	assert_true(first->is_done && first->result.interrupted);
	assert_true(second->is_done && second->result.interrupted);
	assert_int_equal(second->n_lines, 0);
	auto_outcome *late = runs_submit(&own,
		runs_job(&own, "test.Script", json_pack("{s:s}", "script", "echo never")));
	assert_true(late->is_done && late->result.interrupted);
	assert_int_equal(late->n_lines, 0);
	runs_stop(&own);
}

static void tasks_can_run_as_another_user(void **state)
{
	(void)state;
	struct runs own;
	if (getuid() != 0)
		skip();
	runs_start(&own, &(struct runs_options){
				 .own = (const struct gw_module *const[]){ &runs_module, NULL },
				 .user = "nobody" });
	auto_outcome *o = runs_do(&own, "test.Script",
		json_pack("{s:s}", "script",
			"id -un; touch file; echo x > /dev/stdout; mkdir a; chmod 500 a"));
	assert_string_equal(o->lines.data, "INFO nobody\nINFO x\n");
	auto_outcome *again = runs_do(&own, "test.Script", json_pack("{s:s}", "script", "ls"));
	assert_int_equal(again->n_lines, 0);
	runs_stop(&own);
}

static void leftovers_are_removed_at_the_start(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_free char *folder = gw_sprintf("%s/other", runs.folder);
	gw_auto_free char *inner = gw_sprintf("%s/old/run", folder);
	assert_true(gw_dir_make(inner, &err));
	struct gw_worker *worker = gw_worker_start(&(struct gw_worker_setup){ .hosts = runs.hosts,
							   .storage = runs.storage,
							   .folder = folder },
		&err);
	assert_int_equal(access(inner, F_OK), -1);
	assert_int_equal(access(folder, F_OK), 0);
	gw_worker_stop(worker, 0);
	gw_worker_free(&worker);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_prints_and_ends),
		cmocka_unit_test(an_exit_code_fails_and_keeps_outputs),
		cmocka_unit_test(a_signal_counts_as_an_exit_code),
		cmocka_unit_test(a_program_that_is_not_there_says_so),
		cmocka_unit_test(commands_are_found_as_a_shell_finds_them),
		cmocka_unit_test(a_script_without_an_interpreter_is_for_the_shell),
		cmocka_unit_test(its_folder_is_its_own_and_goes_away),
		cmocka_unit_test(its_surroundings_are_clean),
		cmocka_unit_test(its_environment_is_the_servers_and_its_own),
		cmocka_unit_test(a_background_child_does_not_hold_the_run),
		cmocka_unit_test(a_kill_reaches_children),
		cmocka_unit_test(a_kill_reaches_what_left_the_session),
		cmocka_unit_test(who_ignores_term_is_killed),
		cmocka_unit_test(who_handles_term_may_say_goodbye),
		cmocka_unit_test(a_timeout_fails),
		cmocka_unit_test(lines_can_be_followed_live),
		cmocka_unit_test(any_bytes_can_be_printed),
		cmocka_unit_test(a_million_lines_are_kept_and_no_more),
		cmocka_unit_test(a_line_of_ten_megabytes_is_cut),
		cmocka_unit_test(secrets_are_hidden),
		cmocka_unit_test(a_hundred_run_at_once),
		cmocka_unit_test(waiting_jobs_are_killed_at_once),
		cmocka_unit_test(waiting_does_not_count_against_the_timeout),
		cmocka_unit_test(a_host_that_dies_fails_its_runs_and_is_replaced),
		cmocka_unit_test(a_deadline_that_passes_ends_everything),
		cmocka_unit_test(a_host_starts_nothing_after_its_deadline),
		cmocka_unit_test(stopping_interrupts_what_runs),
		cmocka_unit_test(tasks_can_run_as_another_user),
		cmocka_unit_test(leftovers_are_removed_at_the_start),
	};
	return RUNS_MAIN(argc, argv, tests, start, stop);
}

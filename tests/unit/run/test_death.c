/* test_death.c - a server that dies or freezes takes everything it started along */
#include "tests/lib/runs.h"

#include "base/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

/* Some leave the session, some clear their environment, some do both and lose their parent. */
#define SCRIPT                                                                                  \
	"setsid sh -c 'setsid sleep 60 & sleep 60' & sleep 60 & (env -i setsid sleep 6060 &); " \
	"sleep 0.1; echo up; wait"
#define JOBS 5
#define PROCESSES (JOBS * 5)

/* A process that runs programs until it is killed. */
struct server {
	pid_t pid;
	struct runs runs; /* its folder and node */
	char lock[100];
};

static _Noreturn void serve(int ready, int lock, int64_t deadline_us)
{
	struct runs runs;
	runs_start(&runs, &(struct runs_options){
				  .own = (const struct gw_module *const[]){ &runs_module, NULL },
				  .hosts = 2,
				  .lock = lock + 1 });
	for (int i = 0; i < JOBS; i++)
		runs_await_line(runs_submit(&runs, runs_job(&runs, "test.Script",
							   json_pack("{s:s}", "script", SCRIPT))),
			"up");
	if (deadline_us)
		gw_hosts_deadline(runs.hosts, gw_clock_boot() + deadline_us);
	if (write(ready, &runs, sizeof(runs)) < 0)
		_exit(1);
	for (;;)
		pause();
}

static void start_server(struct server *server, int64_t deadline_us)
{
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	snprintf(server->lock, sizeof(server->lock), "/tmp/godwit-lock-%d", (int)getpid());
	server->pid = fork();
	if (server->pid == 0) {
		int lock = open(server->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (flock(lock, LOCK_EX) == 0)
			serve(ready[1], lock, deadline_us);
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &server->runs, sizeof(server->runs)), sizeof(server->runs));
	close(ready[0]);
	runs_await_processes(&server->runs, PROCESSES);
}

/* Processes with this command line; words are separated by NUL. */
static size_t count_commands(const char *words)
{
	size_t n = 0;
	DIR *proc = opendir("/proc");
	for (struct dirent *e; (e = readdir(proc));) {
		struct gw_error err;
		gw_auto_str text = { 0 };
		gw_auto_free char *path = gw_sprintf("/proc/%s/cmdline", e->d_name);
		n += gw_file_read(path, 4096, &text, &err) && text.len > 10 &&
		     memcmp(text.data, words, 10) == 0;
	}
	closedir(proc);
	return n;
}

static void clean_up(struct server *server)
{
	struct gw_error err;
	waitpid(server->pid, NULL, 0);
	assert_true(gw_tree_remove(server->runs.folder, &err));
	unlink(server->lock);
}

static void a_killed_server_leaves_no_process(void **state)
{
	(void)state;
	struct server server;
	start_server(&server, 0);
	kill(server.pid, SIGKILL);
	runs_await_processes(&server.runs, 0);
	clean_up(&server);
}

static void the_lock_is_free_once_all_are_gone(void **state)
{
	(void)state;
	struct server server;
	start_server(&server, 0);
	int lock = open(server.lock, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), -1);
	assert_int_equal(count_commands("sleep\0006060"), JOBS);
	kill(server.pid, SIGKILL);
	assert_int_equal(flock(lock, LOCK_EX), 0);
	assert_int_equal(runs_processes(&server.runs), 0);
	assert_int_equal(count_commands("sleep\0006060"), 0);
	close(lock);
	clean_up(&server);
}

static void a_frozen_servers_tasks_end_at_the_deadline(void **state)
{
	(void)state;
	struct server server;
	start_server(&server, GW_SECOND);
	kill(server.pid, SIGSTOP);
	runs_await_processes(&server.runs, 0);
	kill(server.pid, SIGKILL);
	clean_up(&server);
}

static void a_starting_server_kills_what_was_left_behind(void **state)
{
	(void)state;
	struct runs runs = { 0 };
	struct gw_error err;
	static const struct gw_module *const none[] = { NULL };
	snprintf(runs.node, sizeof(runs.node), "left-%d", (int)getpid());
	gw_auto_free char *run = gw_sprintf("%s/taskrun/1", runs.node);
	pid_t pid = fork();
	if (pid == 0) {
		setenv("GODWIT_RUN", run, 1);
		execlp("sleep", "sleep", "60", (char *)NULL);
		_exit(127);
	}
	runs_await_processes(&runs, 1);
	struct gw_registry *own = gw_registry_of(none);
	struct gw_hosts *hosts = gw_hosts_start(&(struct gw_hosts_setup){ .n = 1,
							.node = runs.node,
							.own = own,
							.lock = -1 },
		&err);
	assert_non_null(hosts);
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	gw_hosts_stop(&hosts);
	gw_registry_unref(&own);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_server_leaves_no_process),
		cmocka_unit_test(the_lock_is_free_once_all_are_gone),
		cmocka_unit_test(a_frozen_servers_tasks_end_at_the_deadline),
		cmocka_unit_test(a_starting_server_kills_what_was_left_behind),
	};
	return RUNS_MAIN(argc, argv, tests, NULL, NULL);
}

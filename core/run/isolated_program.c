/* isolated_program.c - a program task of a module that does not run in the server */
#include "run/isolated.h"

#include "base/fd.h"
#include "base/mem.h"
#include "run/lines.h"
#include "run/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct output {
	struct gw_run *run;
	const struct gw_task_type *type;
};

static void take_line(void *arg, struct gw_slice text, bool is_error)
{
	const struct output *output = arg;
	if (output->type->line)
		output->type->line(output->run, text, is_error);
}

static void set_variable(void *arg, const char *entry)
{
	(void)arg;
	const char *equals = strchr(entry, '=');
	gw_auto_free char *name = gw_strndup(entry, (size_t)(equals - entry));
	setenv(name, equals + 1, 1);
}

static pid_t spawn(const struct gw_program *program, const char *folder, int out, int err_fd,
	struct gw_error *err)
{
	pid_t pid = -1;
	posix_spawn_file_actions_t actions;
	gw_program_env(program, set_variable, NULL);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err_fd, STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	posix_spawn_file_actions_addchdir_np(&actions, folder);
	int failed = posix_spawnp(&pid, program->argv[0], &actions, NULL, program->argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed)
		gw_fail_errno(err, failed, "starting %s", program->argv[0]);
	return failed ? -1 : pid;
}

/* Reads until the program has ended; then what is there. */
static void follow(pid_t pid, int fds[2], struct gw_lines lines[2])
{
	gw_auto_fd end = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd watched[] = { { .fd = fds[0], .events = POLLIN },
		{ .fd = fds[1], .events = POLLIN }, { .fd = end, .events = POLLIN } };
	while (!watched[2].revents) {
		if (poll(watched, 3, -1) < 0)
			continue;
		for (int i = 0; i < 2; i++)
			if (watched[i].revents && gw_lines_read(&lines[i], fds[i]) == 0)
				watched[i].fd = -1;
	}
	for (int i = 0; i < 2; i++) {
		gw_lines_drain(&lines[i], fds[i]);
		gw_lines_end(&lines[i]);
	}
}

bool gw_isolated_program(struct gw_run *run, const struct gw_task_type *type,
	const json_t *properties, struct gw_error *err)
{
	gw_auto_program program = { 0 };
	struct output output = { run, type };
	struct gw_lines lines[2] = { { .line = take_line, .arg = &output },
		{ .line = take_line, .arg = &output, .is_error = true } };
	int out[2], errors[2], status = 0;
	const char *folder = gw_run_directory(run, err);
	if (!folder || !gw_program_make(type, run, properties, &program, err))
		return false;
	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0)
		return gw_fail_errno(err, errno, "making pipes");
	pid_t pid = spawn(&program, folder, out[1], errors[1], err);
	close(out[1]);
	close(errors[1]);
	if (pid < 0)
		return false;
	follow(pid, (int[]){ out[0], errors[0] }, lines);
	waitpid(pid, &status, 0);
	struct gw_exit end = gw_exit_of(status);
	end.stdout_lines = lines[0].n;
	end.stderr_lines = lines[1].n;
	return gw_program_finish(type, run, properties, &end, err);
}

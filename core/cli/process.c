/* process.c - limits, memory, dumps, signals of a server process */
#include "cli/process.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { ARENAS = 2, TRIM_EVERY_S = 60, ENDED_BY_SIGNAL = 130, COMMAND_MAX = 1 << 20 };

static rlim_t few_descriptors; /* what the process was started with; 0 = it still has them */

void gw_process_raise_descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	few_descriptors = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Secrets are in memory: no dumps, no attaching. Leak checkers attach, so not under them. */
static void refuse_dumps(void)
{
#ifndef __SANITIZE_ADDRESS__
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

void gw_process_prepare(bool has_task_user)
{
	umask(077);
	refuse_dumps();
	mallopt(M_ARENA_MAX, ARENAS);
	signal(SIGPIPE, SIG_IGN);
	if (geteuid() == 0 && !has_task_user)
		gw_log(GW_WARN, "cli",
			"running as root, and so do tasks: set tasks.user, or start as another "
			"user");
}

void gw_process_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = path ? strlen(path) : 0;
	if (n < 2 || n >= sizeof(to.sun_path) || (*path != '/' && *path != '@'))
		return;
	memcpy(to.sun_path, path, n);
	if (*path == '@')
		to.sun_path[0] = '\0'; /* an abstract name */
	gw_auto_fd fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	if (fd >= 0 &&
		sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to, len) < 0)
		gw_log(GW_WARN, "cli", "nobody listens at NOTIFY_SOCKET");
}

/* ---- Signals ---- */

static void ours(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
}

void gw_process_block_signals(void)
{
	sigset_t set;
	ours(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

enum gw_request_from_outside gw_process_wait(void)
{
	sigset_t set;
	const struct timespec while_idle = { TRIM_EVERY_S, 0 };
	ours(&set);
	for (;;) {
		int number = sigtimedwait(&set, NULL, &while_idle);
		if (number > 0)
			return number == SIGHUP ? GW_RELOAD : GW_STOP;
		malloc_trim(0);
	}
}

/* The words of our command line, which lie in text. */
static char **split_command(struct gw_str *text, struct gw_error *err)
{
	gw_auto_fd fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		gw_fail_errno(err, errno, "/proc/self/cmdline");
	if (fd < 0 || !gw_fd_read_all(fd, COMMAND_MAX, text, err))
		return NULL;
	size_t n = 0;
	char **words = gw_new_array(char *, text->len + 1);
	for (size_t at = 0; at < text->len; at += strlen(text->data + at) + 1)
		words[n++] = text->data + at;
	return words;
}

_Noreturn void gw_process_start_again(void)
{
	struct gw_error err;
	struct rlimit limit;
	char program[PATH_MAX] = { 0 };
	gw_auto_str text = { 0 };
	gw_auto_free char **words = split_command(&text, &err);
	if (few_descriptors && getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = few_descriptors;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (words && (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0 ||
			     execv(program, words) != 0))
		gw_fail_errno(&err, errno, "%s", program);
	gw_log(GW_ERROR, "cli", "starting again: %s", err.message);
	_exit(EXIT_FAILURE);
}

static void end_at_once(int number)
{
	(void)number;
	_exit(ENDED_BY_SIGNAL);
}

void gw_process_stop_at_once_on_signal(void)
{
	sigset_t set;
	const struct sigaction action = { .sa_handler = end_at_once };
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	ours(&set);
	sigdelset(&set, SIGHUP); /* too late for new modules */
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

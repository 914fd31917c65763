/* start.c - starting children in a task host */
#include "run/start.h"

#include "base/mem.h"
#include "run/strays.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SOCKET, OUT, ERR }; /* the descriptors of a message */

#define STACK_SIZE ((size_t)65536)

struct program {
	const struct gw_start_plan *plan;
	const int *fds;
	const char *folder;
	const char *path; /* of what is executed */
	char **argv, **env;
	pid_t host;
	int failed; /* errno of what went wrong in the child */
};

/* A session of its own that dies with the host, with standard streams and nothing else open. */
static bool settle(const struct gw_start_plan *plan, const int *fds, pid_t host)
{
	sigset_t none;
	sigemptyset(&none);
	if (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return false;
	if (getppid() != host)
		_exit(127); /* it died before it could take us along */
	return dup2(fds[OUT], STDOUT_FILENO) >= 0 && dup2(fds[ERR], STDERR_FILENO) >= 0 &&
	       setrlimit(RLIMIT_NOFILE, &plan->nofile) == 0 &&
	       sigprocmask(SIG_SETMASK, &none, NULL) == 0;
}

/* Runs on a stack of its own in the host's memory, which waits: nothing here may allocate. */
static int become(void *arg)
{
	struct program *p = arg;
	if (settle(p->plan, p->fds, p->host) && close_range(3, ~0u, 0) == 0 &&
		chdir(p->folder) == 0)
		execve(p->path, p->argv, p->env);
	p->failed = errno;
	_exit(127);
}

static const char *next_text(struct gw_slice *rest)
{
	const char *text = rest->data;
	const char *end = rest->len ? memchr(text, '\0', rest->len) : NULL;
	if (!end)
		return "";
	*rest = gw_slice(end + 1, rest->len - (size_t)(end + 1 - text));
	return text;
}

static bool is_overridden(const char *entry, char **by, size_t n)
{
	const char *equals = strchr(entry, '=');
	size_t len = equals ? (size_t)(equals - entry) + 1 : strlen(entry);
	for (size_t i = 0; i < n; i++)
		if (strncmp(by[i], entry, len) == 0)
			return true;
	return false;
}

/* The run's own entries, then what the host has beside them. */
static char **make_environment(const struct gw_start_plan *plan, char **own, size_t n_own)
{
	size_t n = 0;
	while (plan->environ[n])
		n++;
	char **env = gw_new_array(char *, n_own + n + 1);
	memcpy(env, own, n_own * sizeof(*own));
	size_t used = n_own;
	for (size_t i = 0; i < n; i++)
		if (!is_overridden(plan->environ[i], own, n_own))
			env[used++] = plan->environ[i];
	return env;
}

/* The rest of a message as an array of texts that borrow from it. */
static char **split_texts(struct gw_slice rest, size_t *n)
{
	char **texts = NULL;
	size_t cap = 0;
	*n = 0;
	while (rest.len > 0 && memchr(rest.data, '\0', rest.len)) {
		const char *text = next_text(&rest);
		texts = gw_grow(texts, *n, &cap);
		memcpy(&texts[(*n)++], &text, sizeof(text));
	}
	texts = gw_grow(texts, *n, &cap);
	texts[*n] = NULL;
	return texts;
}

/* As execvp finds it, but never in a relative folder; the name itself if it is nowhere. */
static char *find_program(const char *name)
{
	const char *folder = getenv("PATH");
	if (strchr(name, '/'))
		return gw_strdup(name);
	for (size_t n; folder; folder = folder[n] ? folder + n + 1 : NULL) {
		n = strcspn(folder, ":");
		gw_auto_free char *path = gw_sprintf("%.*s/%s", (int)n, folder, name);
		if (*folder == '/' && access(path, X_OK) == 0)
			return gw_steal(&path);
	}
	return gw_strdup(name);
}

/* With room for one more in front: the first item is at [1]. */
static char **copy_argv(char **from, size_t n)
{
	char **copy = gw_new_array(char *, n + 2);
	memcpy(copy + 1, from, n * sizeof(*from));
	return copy;
}

/* As vfork: memory is shared and the host waits until the child has become another program. */
static pid_t launch(struct program *p)
{
	static char stack[STACK_SIZE] __attribute__((aligned(16)));
	pid_t pid = clone(become, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, p);
	if (pid >= 0 && p->failed) {
		waitpid(pid, NULL, 0);
		errno = p->failed;
		return -1;
	}
	return pid;
}

/* What the kernel does not know how to start is a script without "#!", as for execvp. */
static pid_t launch_script(struct program *p, char **argv)
{
	static char shell[] = "/bin/sh";
	gw_auto_free char *script = gw_strdup(p->path);
	argv[0] = shell;
	argv[1] = script;
	p->argv = argv;
	p->path = shell;
	p->failed = 0;
	return launch(p);
}

pid_t gw_start_program(const struct gw_start_plan *plan, const struct gw_message *m)
{
	struct gw_slice rest = m->body;
	const char *id = next_text(&rest), *folder = next_text(&rest);
	gw_auto_free char *run = gw_sprintf(GW_RUN_ENV "%s", id);
	size_t n;
	gw_auto_free char **texts = split_texts(rest, &n);
	size_t argc = (size_t)m->code;
	if (m->code <= 0 || argc > n) {
		errno = EINVAL;
		return -1;
	}
	gw_auto_free char **argv = copy_argv(texts, argc);
	gw_auto_free char *path = find_program(texts[0]);
	texts[argc - 1] = run; /* the environment begins with it */
	gw_auto_free char **env = make_environment(plan, texts + argc - 1, n - argc + 1);
	struct program p = { plan, m->fds, folder, path, argv + 1, env, getpid(), 0 };
	pid_t pid = launch(&p);
	return pid < 0 && errno == ENOEXEC ? launch_script(&p, argv) : pid;
}

static void label_self(const struct gw_start_plan *plan, const char *id)
{
	memset(plan->run_slot, '\0', plan->run_slot_len);
	memcpy(plan->run_slot, id, strnlen(id, plan->run_slot_len));
}

pid_t gw_start_isolated(const struct gw_start_plan *plan, const struct gw_message *m)
{
	pid_t host = getpid();
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	struct gw_slice rest = m->body;
	if (!settle(plan, m->fds, host) || dup2(m->fds[SOCKET], GW_ISOLATED_SOCKET) < 0 ||
		close_range(GW_ISOLATED_SOCKET + 1, ~0u, 0) != 0)
		_exit(127);
	label_self(plan, next_text(&rest));
	struct rlimit memory = { plan->memory, plan->memory };
	if (plan->memory && setrlimit(RLIMIT_AS, &memory) != 0)
		_exit(127);
	return 0;
}

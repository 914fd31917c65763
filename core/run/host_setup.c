/* host_setup.c - how a task host becomes one */
#include "run/host_setup.h"

#include "base/fd.h"
#include "base/json.h"
#include "base/mem.h"
#include "run/host.h"
#include "run/strays.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define OOM_SCORE "500" /* tasks are killed before the server */

extern char **environ;

/* Signals that others send to all of the server's processes are the server's business. */
static void own_signals(void)
{
	static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };
	sigset_t others;
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigfillset(&others);
	for (size_t i = 0; i < GW_LEN(own); i++)
		sigdelset(&others, own[i]);
	sigprocmask(SIG_SETMASK, &others, NULL);
}

static bool open_streams(struct gw_error *err)
{
	gw_auto_fd null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return gw_fail_errno(err, errno, "/dev/null");
	return true;
}

static bool drop_privileges(const char *user, struct gw_error *err)
{
	if (!user)
		return true;
	errno = 0;
	struct passwd *pw = getpwnam(user);
	if (!pw)
		return gw_fail(err, GW_INVALID, "tasks.user: there is no user %s", user);
	if (initgroups(pw->pw_name, pw->pw_gid) != 0 || setgid(pw->pw_gid) != 0 ||
		setuid(pw->pw_uid) != 0)
		return gw_fail_errno(err, errno, "tasks.user: becoming %s", user);
	return true;
}

static void lower_importance(void)
{
	gw_auto_fd fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, OOM_SCORE, strlen(OOM_SCORE)) < 0)
		return; /* a container may forbid it */
}

static bool set_process(const json_t *doc, struct gw_error *err)
{
	own_signals();
	setsid();
	umask(077);
	lower_importance();
	if (!open_streams(err) || !drop_privileges(gw_json_string(doc, "user"), err))
		return false;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		return gw_fail_errno(err, errno, "setting up the process");
	return true;
}

/* Programs get this process's environment without GODWIT_RUN, which is theirs alone. */
static bool plan_children(struct gw_start_plan *plan, const json_t *doc, struct gw_error *err)
{
	size_t n = 0;
	plan->run_slot = getenv("GODWIT_RUN");
	if (!plan->run_slot)
		return gw_fail(err, GW_INVALID, "this is started by the server, not by hand");
	plan->run_slot_len = strlen(plan->run_slot);
	while (environ[n])
		n++;
	plan->environ = gw_new_array(char *, n + 1);
	for (size_t i = 0, used = 0; i < n; i++)
		if (!gw_slice_starts(gw_slice_of(environ[i]), gw_slice_of(GW_RUN_ENV)))
			plan->environ[used++] = environ[i];
	if (getrlimit(RLIMIT_NOFILE, &plan->nofile) != 0)
		return gw_fail_errno(err, errno, "reading limits");
	plan->nofile.rlim_cur = (rlim_t)json_integer_value(json_object_get(doc, "nofile"));
	plan->memory = (rlim_t)json_integer_value(json_object_get(doc, "memory"));
	return true;
}

/* ---- Modules ---- */

struct loading {
	int control;
	const json_t *skip; /* paths that brought a host down */
	int threads; /* of this process before anything was loaded */
};

static int count_threads(void)
{
	int n = 0;
	DIR *tasks = opendir("/proc/self/task");
	for (struct dirent *e; tasks && (e = readdir(tasks));)
		n += e->d_name[0] != '.';
	if (tasks)
		closedir(tasks);
	return n;
}

/* Forking with threads about would leave their locks locked for ever: the host gives up, and the
 * server starts another without the module that was announced last. */
static void refuse_threads(const struct loading *loading)
{
	if (count_threads() > loading->threads)
		_exit(GW_HOST_THREADS);
}

static bool announce(void *arg, const char *path)
{
	struct loading *loading = arg;
	struct gw_error err;
	size_t i;
	json_t *skipped;
	json_array_foreach (loading->skip, i, skipped)
		if (strcmp(json_string_value(skipped), path) == 0)
			return false;
	refuse_threads(loading);
	gw_message_send(loading->control,
		&(struct gw_message){ .type = GW_MSG_LOADING, .body = gw_slice_of(path) }, 0, &err);
	return true;
}

static struct gw_registry *load_modules(int control, const json_t *doc, struct gw_error *err)
{
	const json_t *list = json_object_get(doc, "folders");
	gw_auto_free const char **folders = gw_new_array(const char *, json_array_size(list) + 1);
	for (size_t i = 0; i < json_array_size(list); i++)
		folders[i] = json_string_value(json_array_get(list, i));
	struct loading loading = { control, json_object_get(doc, "skip"), count_threads() };
	struct gw_registry *registry =
		gw_registry_load_with(&(struct gw_load){ folders, GW_IN_HOST, announce, &loading },
			err);
	refuse_threads(&loading);
	return registry;
}

static bool tell_ready(int control, const struct gw_registry *registry, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	json_auto_t *described = gw_registry_describe(registry);
	gw_json_print(&text, described);
	return gw_message_send(control,
		&(struct gw_message){ .type = GW_MSG_READY, .body = gw_str_slice(&text) }, 0, err);
}

bool gw_host_set_up(struct gw_host_setup *setup, int control, struct gw_error *err)
{
	gw_auto_message m = { 0 };
	if (gw_message_receive(control, &m, 0) != GW_RECEIVED || m.type != GW_MSG_SETUP)
		return gw_fail(err, GW_INVALID, "this is started by the server, not by hand");
	json_auto_t *doc = gw_json_parse(m.body, err);
	if (!doc || !set_process(doc, err) || !plan_children(&setup->plan, doc, err))
		return false;
	setup->node = gw_strdup(gw_json_string(doc, "node"));
	setup->registry = load_modules(control, doc, err);
	return setup->registry && tell_ready(control, setup->registry, err);
}

/* host_process.c - starting and ending one task host */
#include "run/host_process.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/mem.h"
#include "run/host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOAD_TIMEOUT_MS 30000 /* for one module */
#define END_TIMEOUT_MS 10000 /* for killing all its children */
#define HIGH_FD 10 /* above the numbers that a host is started with */

struct gw_host *gw_host_ref(struct gw_host *host)
{
	atomic_fetch_add(&host->references, 1);
	return host;
}

void gw_host_unref(struct gw_host **host)
{
	if (*host && atomic_fetch_sub(&(*host)->references, 1) == 1) {
		gw_fd_close(&(*host)->control);
		free(*host);
	}
	*host = NULL;
}

int gw_host_end(struct gw_host *host)
{
	int status = 0;
	struct pollfd watched = { .fd = host->control, .events = POLLIN };
	shutdown(host->control, SHUT_WR);
	while (poll(&watched, 1, END_TIMEOUT_MS) < 0)
		;
	if (!watched.revents)
		kill(host->pid, SIGKILL);
	while (waitpid(host->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

void gw_host_failure_clear(struct gw_host_failure *failure)
{
	free(failure->path);
	free(failure->reason);
	*failure = (struct gw_host_failure){ 0 };
}

/* ---- Starting the process ---- */

static bool spawn(const struct gw_host_order *order, int control, int lock, pid_t *pid,
	struct gw_error *err)
{
	char verb[] = GW_HOST_VERB, name[] = "godwit";
	char *argv[] = { name, verb, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, control, GW_HOST_CONTROL);
	if (lock >= 0)
		posix_spawn_file_actions_adddup2(&actions, lock, GW_HOST_LOCK);
	posix_spawn_file_actions_addclosefrom_np(&actions,
		lock >= 0 ? GW_HOST_LOCK + 1 : GW_HOST_CONTROL + 1);
	int failed = posix_spawn(pid, "/proc/self/exe", &actions, NULL, argv, order->environ);
	posix_spawn_file_actions_destroy(&actions);
	return failed ? gw_fail_errno(err, failed, "starting a task host") : true;
}

static struct gw_host *start_process(const struct gw_host_order *order, struct gw_error *err)
{
	int pair[2];
	pid_t pid;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		gw_fail_errno(err, errno, "starting a task host");
		return NULL;
	}
	gw_auto_fd mine = pair[0], near = pair[1];
	gw_auto_fd theirs = fcntl(near, F_DUPFD_CLOEXEC, HIGH_FD);
	gw_auto_fd lock = order->lock < 0 ? -1 : fcntl(order->lock, F_DUPFD_CLOEXEC, HIGH_FD);
	if (theirs < 0 || (order->lock >= 0 && lock < 0)) {
		gw_fail_errno(err, errno, "starting a task host");
		return NULL;
	}
	if (!spawn(order, theirs, lock, &pid, err))
		return NULL;
	struct gw_host *host = gw_new(struct gw_host);
	atomic_store(&host->references, 1);
	host->control = mine;
	mine = -1;
	host->pid = pid;
	host->born = gw_clock_boot();
	return host;
}

/* ---- Its first words ---- */

static bool send_setup(struct gw_host *host, const struct gw_host_order *order, const json_t *skip,
	struct gw_error *err)
{
	gw_auto_str text = { 0 };
	json_auto_t *doc = json_copy(order->setup);
	json_object_set(doc, "skip", (json_t *)(uintptr_t)skip);
	gw_json_print(&text, doc);
	return gw_message_send(host->control,
		&(struct gw_message){ .type = GW_MSG_SETUP, .body = gw_str_slice(&text) }, 0, err);
}

static char *reason_of(int status, bool is_late)
{
	if (is_late)
		return gw_sprintf("was not loaded within %d s", LOAD_TIMEOUT_MS / 1000);
	if (WIFSIGNALED(status))
		return gw_sprintf("crashed while loading (SIG%s)", sigabbrev_np(WTERMSIG(status)));
	if (WEXITSTATUS(status) == GW_HOST_THREADS)
		return gw_strdup("starts threads, which a task host does not allow");
	return gw_sprintf("ended the process while loading (exit status %d)", WEXITSTATUS(status));
}

enum said { SAID_READY, SAID_NOTHING, SAID_GOODBYE };

/* Waits for a word; the module it opens next goes to *path. */
static enum said listen_once(struct gw_host *host, char **path, json_t **described)
{
	struct gw_error err;
	gw_auto_message m = { 0 };
	struct pollfd watched = { .fd = host->control, .events = POLLIN };
	int n;
	while ((n = poll(&watched, 1, LOAD_TIMEOUT_MS)) < 0)
		;
	if (n == 0)
		return SAID_NOTHING;
	if (gw_message_receive(host->control, &m, 0) != GW_RECEIVED)
		return SAID_GOODBYE;
	if (m.type == GW_MSG_READY) {
		*described = gw_json_parse(m.body, &err);
		return *described ? SAID_READY : SAID_GOODBYE;
	}
	free(*path);
	*path = gw_slice_dup(m.body);
	return listen_once(host, path, described);
}

struct gw_host *gw_host_start(const struct gw_host_order *order, const json_t *skip,
	json_t **described, struct gw_host_failure *failure, struct gw_error *err)
{
	gw_auto_free char *path = NULL;
	struct gw_host *host = start_process(order, err);
	if (!host)
		return NULL;
	enum said said = SAID_GOODBYE;
	if (send_setup(host, order, skip, err))
		said = listen_once(host, &path, described);
	if (said == SAID_READY)
		return host;
	if (said == SAID_NOTHING)
		kill(host->pid, SIGKILL);
	gw_auto_free char *reason = reason_of(gw_host_end(host), said == SAID_NOTHING);
	gw_host_unref(&host);
	if (path) {
		failure->path = gw_steal(&path);
		failure->reason = gw_steal(&reason);
	} else {
		gw_fail(err, GW_UNAVAILABLE, "a task host %s", reason);
	}
	return NULL;
}

/* host.c - the task host's loop: starting, signalling and reaping children */
#include "run/host.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "run/host_setup.h"
#include "run/isolated.h"
#include "run/start.h"
#include "run/strays.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN_MAX ((size_t)1 << 20)
#define RETRY_MS 10 /* how often a full socket is tried again */

struct child {
	pid_t pid;
	uint32_t run;
	int socket; /* owned */
	char *id; /* value of its GODWIT_RUN */
	int status; /* of waitid, once it ended */
	bool is_stopped; /* a signal was sent: strays are looked for when it ends */
	struct child *next; /* in the list of ended ones */
};

struct host {
	struct gw_host_setup setup;
	int control, signals, deadline;
	bool drains;
	struct gw_map by_pid, by_run; /* of struct child */
	struct child *ended; /* to be reported */
	struct gw_map stopped; /* ids among them whose strays must die first */
};

static struct gw_slice pid_key(const pid_t *pid)
{
	return gw_slice((const char *)pid, sizeof(*pid));
}

static struct gw_slice run_key(const uint32_t *run)
{
	return gw_slice((const char *)run, sizeof(*run));
}

static void free_child(struct child *child)
{
	gw_fd_close(&child->socket);
	free(child->id);
	free(child);
}

/* ---- The end of everything ---- */

/* Whoever lost its parent came to us: false if the kernel does not tell. */
static bool kill_children(void)
{
	gw_auto_str pids = { 0 };
	struct gw_error err;
	gw_auto_free char *path = gw_sprintf("/proc/self/task/%d/children", (int)getpid());
	if (!gw_file_read(path, CHILDREN_MAX, &pids, &err))
		return false;
	for (const char *p = gw_str_text(&pids); *p; p += strcspn(p, " "), p += *p == ' ')
		kill((pid_t)strtol(p, NULL, 10), SIGKILL);
	return true;
}

/* Ends when nothing is left, so that whoever takes the lock next is alone. */
static _Noreturn void end_all(struct host *host)
{
	for (struct gw_map_entry *e = NULL; (e = gw_map_next(&host->by_pid, e));)
		kill(-((struct child *)e->value)->pid, SIGKILL);
	gw_strays_kill_node(host->setup.node);
	while (kill_children() && waitpid(-1, NULL, 0) > 0)
		;
	_exit(0);
}

/* ---- Starting ---- */

static void answer(int socket, enum gw_message_type type, int code)
{
	struct gw_error err;
	struct gw_message m = { .type = type, .code = code };
	gw_message_send(socket, &m, MSG_DONTWAIT, &err); /* nobody listens: nothing is lost */
}

static void start_child(struct host *host, struct gw_message *m)
{
	bool is_isolated = m->type == GW_MSG_ISOLATED;
	if (m->n_fds != 3)
		return;
	pid_t pid = is_isolated ? gw_start_isolated(&host->setup.plan, m)
				: gw_start_program(&host->setup.plan, m);
	if (pid == 0)
		gw_isolated_main(host->setup.registry, GW_ISOLATED_SOCKET);
	if (pid < 0) {
		answer(m->fds[0], GW_MSG_NOT_STARTED, errno);
		return;
	}
	struct child *child = gw_new(struct child);
	child->pid = pid;
	child->run = m->run;
	child->id = gw_strdup(gw_str_text(&m->buffer)); /* the body begins with it */
	child->socket = m->fds[0];
	m->fds[0] = -1;
	gw_map_put(&host->by_pid, pid_key(&child->pid), child);
	gw_map_put(&host->by_run, run_key(&child->run), child);
}

/* ---- What the server says ---- */

static void signal_child(struct host *host, struct gw_message *m)
{
	struct child *child = gw_map_get(&host->by_run, run_key(&m->run));
	if (!child)
		return; /* it has ended meanwhile */
	child->is_stopped = true;
	kill(-child->pid, m->code);
}

static void set_deadline(struct host *host, struct gw_message *m)
{
	struct itimerspec at = { .it_value = {
					 m->number / GW_SECOND, m->number % GW_SECOND * 1000 } };
	if (m->number <= gw_clock_boot())
		end_all(host); /* before anything is started that was asked for after it */
	timerfd_settime(host->deadline, TFD_TIMER_ABSTIME, &at, NULL);
}

static void drain(struct host *host, struct gw_message *m)
{
	(void)m;
	host->drains = true;
}

static void (*const handlers[])(struct host *host, struct gw_message *m) = {
	[GW_MSG_PROGRAM] = start_child,
	[GW_MSG_ISOLATED] = start_child,
	[GW_MSG_SIGNAL] = signal_child,
	[GW_MSG_DEADLINE] = set_deadline,
	[GW_MSG_DRAIN] = drain,
};

static void listen_to_server(struct host *host)
{
	for (;;) {
		gw_auto_message m = { 0 };
		enum gw_received got = gw_message_receive(host->control, &m, MSG_DONTWAIT);
		if (got == GW_CLOSED)
			end_all(host);
		if (got == GW_NOTHING)
			return;
		if ((size_t)m.type < GW_LEN(handlers) && handlers[m.type])
			handlers[m.type](host, &m);
	}
}

/* ---- Reaping ---- */

/* The group dies before its leader's number becomes free. */
static void reap(struct host *host, pid_t pid)
{
	struct child *child = gw_map_remove(&host->by_pid, pid_key(&pid));
	int status = 0;
	if (child)
		kill(-pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (!child)
		return; /* an orphan that came to us */
	gw_map_remove(&host->by_run, run_key(&child->run));
	child->status = status;
	child->next = host->ended;
	host->ended = child;
	if (child->is_stopped)
		gw_map_put(&host->stopped, gw_slice_of(child->id), child);
}

static void reap_all(struct host *host)
{
	struct signalfd_siginfo unused[8];
	siginfo_t info = { 0 };
	while (read(host->signals, unused, sizeof(unused)) > 0)
		;
	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
		reap(host, info.si_pid);
		info.si_pid = 0;
	}
}

static bool was_stopped(const void *arg, struct gw_slice run)
{
	const struct host *host = arg;
	return gw_map_get(&host->stopped, run);
}

/* False while its socket is full of what an isolated task sent and nobody has read. */
static bool report(struct child *child)
{
	struct gw_error err;
	struct gw_message m = { .type = GW_MSG_ENDED, .code = child->status };
	return gw_message_send(child->socket, &m, MSG_DONTWAIT, &err) || err.code != GW_BUSY;
}

static void report_ended(struct host *host)
{
	if (host->stopped.n > 0) {
		gw_strays_kill(was_stopped, host);
		gw_map_clear(&host->stopped, NULL);
	}
	for (struct child **p = &host->ended; *p;) {
		struct child *child = *p;
		if (!report(child)) {
			p = &child->next;
			continue;
		}
		*p = child->next;
		free_child(child);
	}
}

/* ---- The loop ---- */

static void run_host(struct host *host)
{
	struct pollfd watched[] = {
		{ .fd = host->control, .events = POLLIN },
		{ .fd = host->signals, .events = POLLIN },
		{ .fd = host->deadline, .events = POLLIN },
	};
	while (!host->drains || host->by_pid.n > 0 || host->ended) {
		if (poll(watched, GW_LEN(watched), host->ended ? RETRY_MS : -1) < 0)
			continue;
		if (watched[2].revents)
			end_all(host);
		if (watched[1].revents)
			reap_all(host);
		report_ended(host);
		if (watched[0].revents)
			listen_to_server(host);
	}
}

int gw_host_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	struct gw_error err;
	sigset_t children;
	struct host host = { .control = GW_HOST_CONTROL };
	if (!gw_host_set_up(&host.setup, GW_HOST_CONTROL, &err)) {
		dprintf(STDERR_FILENO, "godwit: task host: %s\n", err.message);
		return 1;
	}
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	host.signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
	host.deadline = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	run_host(&host);
	_exit(0); /* as it must be in every case: what modules left behind does not matter */
}

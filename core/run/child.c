/* child.c - asking a host to start a child */
#include "run/child.h"

#include "base/fd.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TRIES 3 /* a host may die under our hands */

/* The host's ends of what connects a child with us. */
struct far_ends {
	int socket, out, err;
};

static void close_far(struct far_ends *far)
{
	gw_fd_close(&far->socket);
	gw_fd_close(&far->out);
	gw_fd_close(&far->err);
}

static bool connect_pair(int *near, int *far)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	*near = pair[0];
	*far = pair[1];
	return true;
}

/* The user owns the far end: /dev/stdout can be opened. */
static bool connect_pipe(const struct gw_task_user *user, int *near, int *far)
{
	int pair[2];
	if (pipe2(pair, O_CLOEXEC) != 0)
		return false;
	*near = pair[0];
	*far = pair[1];
	return !user->is_set || fchown(*far, user->uid, user->gid) == 0;
}

static void add_text(void *arg, const char *text)
{
	gw_str_add(arg, text, strlen(text) + 1);
}

static int describe_program(struct gw_str *body, const struct gw_child_plan *plan)
{
	int argc = 0;
	add_text(body, plan->folder);
	while (plan->program->argv[argc])
		add_text(body, plan->program->argv[argc++]);
	gw_program_env(plan->program, add_text, body);
	return argc;
}

static bool tell_host(const struct gw_child *child, const struct gw_child_plan *plan,
	const struct far_ends *far, struct gw_error *err)
{
	gw_auto_str body = { 0 };
	struct gw_message m = { .type = plan->program ? GW_MSG_PROGRAM : GW_MSG_ISOLATED,
		.run = child->run,
		.fds = { far->socket, far->out, far->err },
		.n_fds = 3 };
	add_text(&body, plan->id);
	if (plan->program)
		m.code = describe_program(&body, plan);
	m.body = gw_str_slice(&body);
	if (gw_message_send(child->host->control, &m, 0, err))
		return true;
	child->host->is_dead = err->code != GW_INVALID;
	return false;
}

static bool try_start(struct gw_hosts *hosts, const struct gw_child_plan *plan,
	struct gw_child *child, struct gw_error *err)
{
	__attribute__((cleanup(close_far))) struct far_ends far = { -1, -1, -1 };
	child->host = gw_hosts_pick(hosts, err);
	if (!child->host)
		return false;
	child->run = atomic_fetch_add(&child->host->next_run, 1);
	const struct gw_task_user *user = gw_hosts_user(hosts);
	if (!connect_pair(&child->socket, &far.socket) ||
		!connect_pipe(user, &child->out, &far.out) ||
		!connect_pipe(user, &child->err, &far.err))
		return gw_fail_errno(err, errno, "connecting a child process");
	return tell_host(child, plan, &far, err);
}

bool gw_child_start(struct gw_hosts *hosts, const struct gw_child_plan *plan, struct gw_child *out,
	struct gw_error *err)
{
	for (int i = 0; i < TRIES; i++) {
		struct gw_child child = GW_NO_CHILD;
		if (try_start(hosts, plan, &child, err)) {
			*out = child;
			return true;
		}
		bool is_hopeless = !child.host || child.err < 0 || err->code == GW_INVALID;
		gw_child_close(&child);
		if (is_hopeless)
			break;
	}
	return false;
}

void gw_child_signal(const struct gw_child *child, int signal)
{
	struct gw_error err;
	gw_message_send(child->host->control,
		&(struct gw_message){ .type = GW_MSG_SIGNAL, .run = child->run, .code = signal }, 0,
		&err); /* a host that is gone has taken the child along */
}

void gw_child_close(struct gw_child *child)
{
	gw_fd_close(&child->socket);
	gw_fd_close(&child->out);
	gw_fd_close(&child->err);
	if (child->host)
		atomic_fetch_sub(&child->host->running, 1);
	gw_host_unref(&child->host);
}

/* follow.c - staying with a child to its end: lines, requests, kill and timeout */
#include "run/work.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "run/strays.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define BURST 64 /* messages taken between two looks at the clock */

enum { SOCKET, OUT, ERR, WAKE, WATCHED };

/* ---- How it ends ---- */

/* Its host took it along; what it left behind did not notice. */
static void end_with_host(struct gw_work *work)
{
	work->has_ended = true;
	gw_strays_kill_run(work->id);
	gw_fail(&work->error, GW_UNAVAILABLE, "the task host died while the task was running");
}

static void end_unstarted(struct gw_work *work, int number)
{
	work->has_ended = true;
	gw_fail_errno(&work->error, number, "the process could not be started");
}

static void end_garbled(struct gw_work *work)
{
	gw_child_signal(&work->child, SIGKILL);
	if (work->error.code == GW_OK)
		gw_fail(&work->error, GW_INVALID, "the task sent what is no message");
	work->has_result = true; /* this is the one that counts */
}

static void take_message(struct gw_work *work, struct gw_message *m)
{
	if (m->type == GW_MSG_NOT_STARTED) {
		end_unstarted(work, m->code);
	} else if (m->type == GW_MSG_ENDED) {
		work->has_ended = true;
		work->status = m->code;
	} else {
		gw_work_serve(work, m);
	}
}

/* Takes what is there, but not for ever: the clock matters too. */
static void listen_to_child(struct gw_work *work)
{
	gw_auto_message m = { 0 };
	for (int i = 0; i < BURST && !work->has_ended; i++) {
		switch (gw_message_receive(work->child.socket, &m, MSG_DONTWAIT)) {
		case GW_RECEIVED:
			take_message(work, &m);
			break;
		case GW_GARBLED:
			end_garbled(work);
			break;
		case GW_CLOSED:
			end_with_host(work);
			break;
		case GW_NOTHING:
			return;
		}
	}
}

/* ---- Stopping it ---- */

static void check_timeout(struct gw_work *work)
{
	enum gw_stop none = GW_GOES_ON;
	if (work->job->timeout_at != GW_NEVER && gw_clock_now() >= work->job->timeout_at)
		atomic_compare_exchange_strong(&work->stop, &none, GW_STOP_TIMEOUT);
}

static void stop_child(struct gw_work *work)
{
	int64_t now = gw_clock_boot();
	check_timeout(work);
	if (work->stop == GW_GOES_ON)
		return;
	if (work->kill_at == 0) {
		gw_child_signal(&work->child, SIGTERM);
		work->kill_at = now + work->setup->grace_us;
	} else if (now >= work->kill_at) {
		gw_child_signal(&work->child, SIGKILL);
		work->kill_at = INT64_MAX;
	}
}

/* ---- The loop ---- */

static void lower(int64_t *wait_us, int64_t other)
{
	if (other < *wait_us)
		*wait_us = other > 0 ? other : 0;
}

static int next_wakeup_ms(const struct gw_work *work)
{
	int64_t now = gw_clock_boot(), wait_us = INT64_MAX;
	if (work->flush_at)
		lower(&wait_us, work->flush_at - now);
	if (work->kill_at)
		lower(&wait_us, work->kill_at - now);
	else if (work->job->timeout_at != GW_NEVER)
		lower(&wait_us, work->job->timeout_at - gw_clock_now());
	if (wait_us > INT64_C(1000000000))
		return wait_us == INT64_MAX ? -1 : 1000000;
	return (int)((wait_us + 999) / 1000);
}

static void read_output(struct gw_lines *lines, struct pollfd *watched)
{
	if (watched->revents && gw_lines_read(lines, watched->fd) == 0)
		watched->fd = -1;
}

static void watch_child(struct gw_work *work)
{
	struct pollfd watched[WATCHED] = {
		[SOCKET] = { .fd = work->child.socket, .events = POLLIN },
		[OUT] = { .fd = work->child.out, .events = POLLIN },
		[ERR] = { .fd = work->child.err, .events = POLLIN },
		[WAKE] = { .fd = work->wake, .events = POLLIN },
	};
	uint64_t unused;
	stop_child(work);
	while (!work->has_ended) {
		if (poll(watched, WATCHED, next_wakeup_ms(work)) < 0)
			continue;
		if (watched[WAKE].revents && read(work->wake, &unused, sizeof(unused)) < 0)
			continue;
		read_output(&work->out, &watched[OUT]);
		read_output(&work->err_lines, &watched[ERR]);
		if (watched[SOCKET].revents)
			listen_to_child(work);
		stop_child(work);
		if (work->flush_at && gw_clock_boot() >= work->flush_at)
			gw_work_flush(work);
	}
}

/* ---- An isolated task that ended without a result ---- */

static const char *module_of(const struct gw_work *work, struct gw_registry *registry)
{
	const struct gw_job *job = work->job;
	const struct gw_task_entry *task =
		job->task ? gw_registry_task(registry, job->task->type_name) : NULL;
	const struct gw_trigger_entry *trigger =
		job->task ? NULL : gw_registry_trigger(registry, job->trigger->type_name);
	return task ? task->origin.module : trigger ? trigger->origin.module : "of this type";
}

static bool explain_end(const struct gw_work *work, struct gw_error *err)
{
	const struct gw_job *job = work->job;
	const char *type = job->task ? job->task->type_name : job->trigger->type_name;
	struct gw_registry *registry = gw_hosts_registry(work->setup->hosts);
	const char *module = module_of(work, registry);
	if (WIFSIGNALED(work->status))
		gw_fail(err, GW_INTERNAL, "module %s crashed in %s: SIG%s (%s)", module, type,
			sigabbrev_np(WTERMSIG(work->status)), sigdescr_np(WTERMSIG(work->status)));
	else
		gw_fail(err, GW_INTERNAL, "module %s ended the process of %s with exit status %d",
			module, type, WEXITSTATUS(work->status));
	gw_registry_unref(&registry);
	return false;
}

/* ---- The whole ---- */

static void send_task(struct gw_work *work, const json_t *task)
{
	struct gw_error err = { 0 };
	gw_auto_str text = { 0 };
	gw_json_print(&text, task);
	struct gw_message m = { .type = GW_MSG_TASK, .body = gw_str_slice(&text) };
	if (gw_message_send(work->child.socket, &m, 0, &err) || err.code != GW_INVALID)
		return; /* if nobody listens, why is told next */
	work->error = err;
	work->has_result = true;
	gw_child_signal(&work->child, SIGKILL);
}

static void drain_output(struct gw_work *work)
{
	gw_lines_drain(&work->out, work->child.out);
	gw_lines_drain(&work->err_lines, work->child.err);
	gw_lines_end(&work->out);
	gw_lines_end(&work->err_lines);
}

bool gw_work_follow(struct gw_work *work, const struct gw_program *program, const json_t *task,
	struct gw_error *err)
{
	struct gw_child_plan plan = { work->id, work->folder, program };
	if (!gw_child_start(work->setup->hosts, &plan, &work->child, err))
		return false;
	if (task)
		send_task(work, task);
	watch_child(work);
	drain_output(work);
	gw_child_close(&work->child);
	if (work->error.code != GW_OK) {
		*err = work->error;
		return false;
	}
	bool is_cut = task && !work->has_result;
	return !is_cut || explain_end(work, err);
}

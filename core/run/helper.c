/* helper.c - processes that serve functions of expressions */
#include "run/helper.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/thread.h"
#include "run/child.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_IDLE 4
#define TIMEOUT_MS 10000

struct gw_helpers {
	struct gw_hosts *hosts;
	pthread_mutex_t lock;
	struct gw_child idle[MAX_IDLE];
	size_t n;
};

/* ---- Idle ones ---- */

struct gw_helpers *gw_helpers_new(struct gw_hosts *hosts)
{
	struct gw_helpers *helpers = gw_new(struct gw_helpers);
	helpers->hosts = hosts;
	pthread_mutex_init(&helpers->lock, NULL);
	return helpers;
}

void gw_helpers_flush(struct gw_helpers *helpers)
{
	gw_locked(&helpers->lock);
	while (helpers->n > 0)
		gw_child_close(&helpers->idle[--helpers->n]);
}

void gw_helpers_free(struct gw_helpers **helpers)
{
	if (!*helpers)
		return;
	gw_helpers_flush(*helpers);
	pthread_mutex_destroy(&(*helpers)->lock);
	free(*helpers);
	*helpers = NULL;
}

static bool take_idle(struct gw_helpers *helpers, struct gw_child *out)
{
	gw_locked(&helpers->lock);
	if (helpers->n == 0)
		return false;
	*out = helpers->idle[--helpers->n];
	return true;
}

/* Its socket closes, which ends it, if it is not wanted any more. */
static void put_idle(struct gw_helpers *helpers, struct gw_child *child)
{
	gw_locked(&helpers->lock);
	if (helpers->n < MAX_IDLE && !child->host->drains) {
		helpers->idle[helpers->n++] = *child;
		*child = (struct gw_child)GW_NO_CHILD;
	}
}

/* ---- One call ---- */

static bool send_task(const struct gw_child *child, const char *type, const json_t *arguments,
	struct gw_error *err)
{
	gw_auto_str text = { 0 };
	json_auto_t *task = json_pack("{s:s, s:O*, s:i}", "type", type, "properties", arguments,
		"level", GW_ERROR);
	gw_json_print(&text, task);
	return gw_message_send(child->socket,
		&(struct gw_message){ .type = GW_MSG_TASK, .body = gw_str_slice(&text) }, 0, err);
}

static void discard(int *fd)
{
	char unused[4096];
	if (read(*fd, unused, sizeof(unused)) <= 0)
		*fd = -1;
}

/* What a function asks for is refused; what it says and prints is nobody's. */
static bool receive_result(const struct gw_child *child, struct gw_message *m, struct gw_error *err)
{
	struct gw_message refusal = { .type = GW_MSG_REFUSED,
		.code = GW_INVALID,
		.body = gw_slice_of("a function has nothing but its arguments") };
	enum gw_received got = gw_message_receive(child->socket, m, MSG_DONTWAIT);
	if (got == GW_NOTHING)
		return true;
	if (got != GW_RECEIVED || m->type == GW_MSG_ENDED || m->type == GW_MSG_NOT_STARTED)
		return gw_fail(err, GW_UNAVAILABLE, "its process ended");
	if (m->type != GW_MSG_RESULT && m->type != GW_MSG_LINE)
		return gw_message_send(child->socket, &refusal, MSG_DONTWAIT, err);
	return true;
}

static bool await_result(const struct gw_child *child, struct gw_message *m, struct gw_error *err)
{
	struct pollfd watched[] = { { .fd = child->socket, .events = POLLIN },
		{ .fd = child->out, .events = POLLIN }, { .fd = child->err, .events = POLLIN } };
	int64_t until = gw_clock_boot() / 1000 + TIMEOUT_MS;
	m->type = GW_MSG_TASK; /* anything but a result */
	while (m->type != GW_MSG_RESULT) {
		int64_t left = until - gw_clock_boot() / 1000;
		if (left <= 0)
			return gw_fail(err, GW_INVALID, "it took more than %d s",
				TIMEOUT_MS / 1000);
		if (poll(watched, GW_LEN(watched), (int)left) <= 0)
			continue;
		if (watched[0].revents && !receive_result(child, m, err))
			return false;
		for (int i = 1; i <= 2; i++)
			if (watched[i].revents)
				discard(&watched[i].fd);
	}
	return true;
}

static json_t *read_result(const struct gw_message *m, struct gw_error *err)
{
	json_auto_t *doc = gw_json_parse(m->body, err);
	const char *message = gw_json_string(doc, "error");
	if (!doc)
		return NULL;
	if (m->code != GW_OK) {
		gw_fail(err, (enum gw_code)m->code, "%s", message ? message : "it failed");
		return NULL;
	}
	json_t *result = json_object_get(json_object_get(doc, "outputs"), "result");
	return result ? json_incref(result) : json_null();
}

static json_t *call_child(struct gw_helpers *helpers, struct gw_child *child, const char *type,
	const json_t *arguments, struct gw_error *err)
{
	gw_auto_message m = { 0 };
	if (!send_task(child, type, arguments, err) || !await_result(child, &m, err)) {
		gw_child_signal(child, SIGKILL);
		gw_child_close(child);
		return NULL;
	}
	put_idle(helpers, child);
	gw_child_close(child);
	return read_result(&m, err);
}

json_t *gw_helper_call(struct gw_hosts *hosts, const char *name, const json_t *arguments,
	struct gw_error *err)
{
	struct gw_helpers *helpers = gw_hosts_helpers(hosts);
	gw_auto_free char *type = gw_sprintf(GW_FUNCTION_TYPE "%s", name);
	gw_auto_free char *id =
		gw_sprintf("%s/function/%s", gw_hosts_node(hosts), gw_id_new(gw_clock_now()).text);
	struct gw_child_plan plan = { .id = id };
	struct gw_child child;
	json_t *result;
	if (take_idle(helpers, &child)) {
		err->code = GW_OK;
		result = call_child(helpers, &child, type, arguments, err);
		if (result || err->code != GW_UNAVAILABLE)
			return result; /* else it had died while it was idle */
	}
	if (!gw_child_start(hosts, &plan, &child, err))
		return NULL;
	return call_child(helpers, &child, type, arguments, err);
}

/* serve.c - what an isolated task says and asks, answered over its socket */
#include "run/work.h"

#include "base/fd.h"
#include "base/json.h"
#include "base/mem.h"
#include "run/wire.h"

#include <signal.h>
#include <sys/socket.h>

/* A task that does not fetch its answers is not waited for. */
static void reply(struct gw_work *work, const struct gw_message *m)
{
	struct gw_error err = { 0 };
	if (!gw_message_send(work->child.socket, m, MSG_DONTWAIT, &err) && err.code == GW_BUSY)
		gw_child_signal(&work->child, SIGKILL);
}

static void reply_text(struct gw_work *work, struct gw_slice text)
{
	reply(work, &(struct gw_message){ .type = GW_MSG_REPLY, .body = text });
}

static void refuse(struct gw_work *work, const struct gw_error *err)
{
	reply(work, &(struct gw_message){ .type = GW_MSG_REFUSED,
			    .code = (int)err->code,
			    .body = gw_slice_of(err->message) });
}

static void reply_json(struct gw_work *work, json_t *value, const struct gw_error *err)
{
	gw_auto_str text = { 0 };
	if (!value) {
		refuse(work, err);
		return;
	}
	gw_json_print(&text, value);
	if (text.len > GW_BODY_MAX) {
		struct gw_error large;
		gw_fail(&large, GW_INVALID, "the answer is too large");
		refuse(work, &large);
	} else {
		reply_text(work, gw_str_slice(&text));
	}
	json_decref(value);
}

static void serve_line(struct gw_work *work, struct gw_message *m)
{
	if (m->code >= GW_TRACE && m->code <= GW_ERROR)
		gw_run_log_text(&work->run, (enum gw_level)m->code, m->body);
}

static void serve_render(struct gw_work *work, struct gw_message *m)
{
	struct gw_error err = { 0 };
	json_auto_t *request = gw_json_parse(m->body, &err);
	json_t *value = json_object_get(request, "value");
	json_t *variables = json_object_get(request, "variables");
	json_decref(work->run.defined);
	work->run.defined = json_is_object(variables) ? json_incref(variables) : NULL;
	reply_json(work, value ? gw_run_render(&work->run, value, &err) : NULL, &err);
}

static void serve_directory(struct gw_work *work, struct gw_message *m)
{
	(void)m;
	struct gw_error err;
	const char *folder = gw_run_directory(&work->run, &err);
	if (folder)
		reply_text(work, gw_slice_of(folder));
	else
		refuse(work, &err);
}

static void serve_read(struct gw_work *work, struct gw_message *m)
{
	struct gw_error err;
	gw_auto_fd fd = gw_run_read(&work->run, gw_str_text(&m->buffer), &err);
	if (fd < 0)
		refuse(work, &err);
	else
		reply(work,
			&(struct gw_message){ .type = GW_MSG_REPLY, .fds = { fd }, .n_fds = 1 });
}

static void serve_write(struct gw_work *work, struct gw_message *m)
{
	struct gw_error err;
	gw_auto_free char *uri = NULL;
	int fd = m->n_fds == 1 ? m->fds[0] : -1;
	if (gw_run_write(&work->run, fd, gw_str_text(&m->buffer), &uri, &err))
		reply_text(work, gw_slice_of(uri));
	else
		refuse(work, &err);
}

static void serve_ask(struct gw_work *work, struct gw_message *m)
{
	struct gw_error err = { 0 };
	json_auto_t *request = gw_json_parse(m->body, &err);
	const char *question = gw_json_string(request, "question");
	if (request && !question)
		gw_fail(&err, GW_INVALID, "a question is missing");
	const json_t *arguments = json_object_get(request, "arguments");
	reply_json(work, question ? gw_run_ask(&work->run, question, arguments, &err) : NULL, &err);
}

static void take_result(struct gw_work *work, struct gw_message *m)
{
	struct gw_error *err = &work->error;
	json_auto_t *doc = gw_json_parse(m->body, err);
	work->has_result = true;
	if (!doc || !gw_effects_unpack(doc, &work->run.effects, err)) {
		gw_explain(err, "the result of the task cannot be used");
		return;
	}
	const char *message = gw_json_string(doc, "error");
	work->fires = gw_json_true(doc, "fires");
	if (m->code != GW_OK)
		gw_fail(err, (enum gw_code)m->code, "%s", message ? message : "the task failed");
}

static void (*const handlers[])(struct gw_work *work, struct gw_message *m) = {
	[GW_MSG_LINE] = serve_line,
	[GW_MSG_RENDER] = serve_render,
	[GW_MSG_DIRECTORY] = serve_directory,
	[GW_MSG_READ] = serve_read,
	[GW_MSG_WRITE] = serve_write,
	[GW_MSG_ASK] = serve_ask,
	[GW_MSG_RESULT] = take_result,
};

void gw_work_serve(struct gw_work *work, struct gw_message *m)
{
	bool is_known = (size_t)m->type < GW_LEN(handlers) && handlers[m->type];
	if (is_known && !work->has_result)
		handlers[m->type](work, m);
}

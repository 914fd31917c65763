/* isolated.c - the process of an isolated task: services are asked over its socket */
#include "run/isolated.h"

#include "base/json.h"
#include "base/mem.h"
#include "run/message.h"
#include "run/wire.h"

#include <stdio.h>
#include <unistd.h>

struct task {
	struct gw_run run; /* first: what the functions of a type get */
	int socket;
	char *folder; /* NULL = not asked for yet */
	bool fires; /* a poll's answer */
};

static struct task *task_of(struct gw_run *run)
{
	return run->self;
}

/* ---- Talking ---- */

static void send_message(struct task *task, const struct gw_message *m)
{
	struct gw_error err;
	if (!gw_message_send(task->socket, m, 0, &err)) {
		fprintf(stderr, "%s\n", err.message);
		_exit(1); /* nobody is left to work for */
	}
}

static bool ask_server(struct task *task, const struct gw_message *m, struct gw_message *reply,
	struct gw_error *err)
{
	send_message(task, m);
	if (gw_message_receive(task->socket, reply, 0) != GW_RECEIVED)
		_exit(1);
	if (reply->type == GW_MSG_REFUSED)
		return gw_fail(err, (enum gw_code)reply->code, "%.*s", GW_SLICE(reply->body));
	return true;
}

static json_t *ask_json(struct task *task, enum gw_message_type type, json_t *request,
	struct gw_error *err)
{
	gw_auto_message reply = { 0 };
	gw_auto_str text = { 0 };
	gw_json_print(&text, request);
	json_decref(request);
	struct gw_message m = { .type = type, .body = gw_str_slice(&text) };
	return ask_server(task, &m, &reply, err) ? gw_json_parse(reply.body, err) : NULL;
}

/* ---- Services ---- */

static const char *ask_directory(struct gw_run *run, struct gw_error *err)
{
	struct task *task = task_of(run);
	gw_auto_message reply = { 0 };
	struct gw_message m = { .type = GW_MSG_DIRECTORY };
	if (!task->folder && ask_server(task, &m, &reply, err))
		task->folder = gw_slice_dup(reply.body);
	return task->folder;
}

static int ask_read(struct gw_run *run, const char *uri, struct gw_error *err)
{
	gw_auto_message reply = { 0 };
	struct gw_message m = { .type = GW_MSG_READ, .body = gw_slice_of(uri) };
	if (!ask_server(task_of(run), &m, &reply, err))
		return -1;
	int fd = reply.fds[0];
	reply.fds[0] = -1;
	return fd;
}

static bool ask_write(struct gw_run *run, int fd, const char *name, char **uri,
	struct gw_error *err)
{
	gw_auto_message reply = { 0 };
	struct gw_message m = {
		.type = GW_MSG_WRITE, .body = gw_slice_of(name), .fds = { fd }, .n_fds = 1
	};
	if (!ask_server(task_of(run), &m, &reply, err))
		return false;
	*uri = gw_slice_dup(reply.body);
	return true;
}

static json_t *ask_question(struct gw_run *run, const char *question, const json_t *arguments,
	struct gw_error *err)
{
	return ask_json(task_of(run), GW_MSG_ASK,
		json_pack("{s:s, s:O*}", "question", question, "arguments", arguments), err);
}

static json_t *ask_render(struct gw_run *run, const json_t *raw, struct gw_error *err)
{
	return ask_json(task_of(run), GW_MSG_RENDER,
		json_pack("{s:O, s:O*}", "value", raw, "variables", run->defined), err);
}

static void pass_lines_on(struct gw_run *run)
{
	struct gw_effects *e = &run->effects;
	for (size_t i = 0; i < e->n_lines; i++) {
		const struct gw_line *line = &e->lines[i];
		send_message(task_of(run), &(struct gw_message){ .type = GW_MSG_LINE,
						   .code = (int)line->level,
						   .body = gw_slice(line->text, line->len) });
	}
	gw_effects_clear_lines(e);
	e->n_logged = 0; /* the server counts */
}

static const struct gw_run_services services = {
	.directory = ask_directory,
	.read = ask_read,
	.write = ask_write,
	.ask = ask_question,
	.render = ask_render,
	.logged = pass_lines_on,
};

/* ---- Running ---- */

static bool call_task(struct task *task, const struct gw_registry *registry, const json_t *doc,
	struct gw_error *err)
{
	const char *name = gw_json_string(doc, "type");
	const json_t *properties = json_object_get(doc, "properties");
	const struct gw_task_entry *entry = gw_registry_task(registry, name);
	if (!entry)
		return gw_fail(err, GW_NOT_FOUND, "no task host knows the type %s", name);
	if (entry->type->mode == GW_TASK_PROGRAM)
		return gw_isolated_program(&task->run, entry->type, properties, err);
	return entry->type->run(&task->run, properties, err);
}

static bool call_poll(struct task *task, const struct gw_registry *registry, const json_t *doc,
	struct gw_error *err)
{
	const char *name = gw_json_string(doc, "type");
	const struct gw_trigger_entry *entry = gw_registry_trigger(registry, name);
	if (!entry || !entry->type->poll)
		return gw_fail(err, GW_NOT_FOUND, "no task host knows how to poll %s", name);
	return entry->type->poll(&task->run, json_object_get(doc, "properties"), &task->fires, err);
}

static void send_result(struct task *task, const struct gw_error *err)
{
	gw_auto_str text = { 0 };
	json_auto_t *doc = gw_effects_pack(&task->run.effects);
	if (err->code != GW_OK)
		json_object_set_new(doc, "error", json_string(err->message));
	json_object_set_new(doc, "fires", json_boolean(task->fires));
	gw_json_print(&text, doc);
	struct gw_message m = {
		.type = GW_MSG_RESULT, .code = (int)err->code, .body = gw_str_slice(&text)
	};
	struct gw_error refused = { 0 };
	if (gw_message_send(task->socket, &m, 0, &refused))
		return;
	m.code = (int)refused.code;
	m.body = gw_slice_of("{\"error\": \"the result is too large\"}");
	send_message(task, &m);
}

static void run_one(const struct gw_registry *registry, int socket, const json_t *doc)
{
	struct gw_error err = { 0 };
	struct task task = { .socket = socket };
	task.run = (struct gw_run){ .services = &services,
		.self = &task,
		.now = GW_NEVER,
		.least_level = (enum gw_level)json_integer_value(json_object_get(doc, "level")) };
	gw_effects_clear(&task.run.effects);
	bool is_poll = gw_json_true(doc, "poll");
	bool ok = (is_poll ? call_poll : call_task)(&task, registry, doc, &err);
	if (ok)
		err.code = GW_OK;
	else if (err.code == GW_OK)
		gw_fail(&err, GW_INTERNAL, "the task failed without saying why");
	fflush(NULL);
	send_result(&task, &err);
	gw_run_clear(&task.run);
	free(task.folder);
}

_Noreturn void gw_isolated_main(const struct gw_registry *registry, int socket)
{
	for (;;) {
		struct gw_error err;
		gw_auto_message m = { 0 };
		if (gw_message_receive(socket, &m, 0) != GW_RECEIVED || m.type != GW_MSG_TASK)
			_exit(0);
		json_auto_t *doc = gw_json_parse(m.body, &err);
		run_one(registry, socket, doc);
		if (gw_json_true(doc, "last"))
			_exit(0);
	}
}

/* execution.c - commands about executions */
#include "cli/verbs.h"

#include "base/json.h"
#include "base/mem.h"
#include "cli/follow.h"
#include "cli/form.h"
#include "cli/remote.h"
#include "cli/show.h"
#include "cli/terminal.h"

static json_t *call(const struct gw_remote *remote, const char *method, const char *const *pieces,
	struct gw_error *err)
{
	gw_auto_str path = { 0 };
	gw_remote_path(remote, &path, pieces);
	return gw_remote_json(remote,
		&(struct gw_call){ .method = method, .path = gw_str_text(&path) }, err);
}

/* ---- Starting ---- */

static bool add_labels(struct gw_str *path, const struct gw_args *args, struct gw_error *err)
{
	const char *label;
	for (size_t i = 0; (label = gw_args_next(args, "label", &i));) {
		if (!strchr(label, ':'))
			return gw_fail(err, GW_BAD_REQUEST, "a label is KEY:VALUE, not '%s'",
				label);
		gw_remote_query(path, "labels", label);
	}
	return true;
}

static bool add_inputs(struct gw_form *form, const struct gw_args *args, struct gw_error *err)
{
	const char *input;
	for (size_t i = 0; (input = gw_args_next(args, "input", &i));)
		if (!gw_form_add(form, input, err))
			return false;
	gw_form_end(form);
	return true;
}

static json_t *start(const struct gw_remote *remote, const struct gw_args *args,
	struct gw_error *err)
{
	gw_auto_str path = { 0 };
	gw_auto_form form;
	gw_form_init(&form);
	gw_remote_path(remote, &path,
		(const char *const[]){ "executions", args->words[0], args->words[1], NULL });
	gw_remote_query(&path, "revision", gw_args_get(args, "revision"));
	gw_remote_query(&path, "scheduleDate", gw_args_get(args, "schedule-date"));
	if (!add_labels(&path, args, err) || !add_inputs(&form, args, err))
		return NULL;
	return gw_remote_json(remote,
		&(struct gw_call){ "POST", gw_str_text(&path), gw_str_text(&form.type),
			gw_str_slice(&form.body) },
		err);
}

/* Waits for the end as asked; exit status 1 unless it went well. */
static bool wait_for_end(const struct gw_remote *remote, struct gw_args *args, const char *id,
	struct gw_error *err)
{
	bool well = false;
	bool follow = gw_args_has(args, "follow");
	if (!follow && !gw_args_has(args, "wait"))
		return true;
	if (follow && !gw_follow_logs(remote, id, NULL, err))
		return false;
	if (!gw_follow_states(remote, id, follow || remote->json, &well, err))
		return false;
	args->exit_status = well ? 0 : 1;
	return true;
}

bool gw_verb_execution_run(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	json_auto_t *doc = start(&remote, args, err);
	if (!doc)
		return false;
	const char *id = gw_member(doc, "id");
	if (remote.json)
		gw_show_json(doc);
	else
		printf("%s  %s\n", id, gw_member(doc, "url"));
	fflush(stdout);
	return wait_for_end(&remote, args, id, err);
}

/* ---- Looking ---- */

static void print_labels(const json_t *labels)
{
	gw_auto_str text = { 0 };
	size_t i;
	json_t *label;
	json_array_foreach (labels, i, label)
		gw_str_printf(&text, "%s%s:%s", i > 0 ? ", " : "", gw_member(label, "key"),
			gw_member(label, "value"));
	gw_show_field("labels", gw_str_text(&text));
}

static void print_taskruns(const json_t *taskruns)
{
	gw_auto_table table = { .columns = 5 };
	static const char *const heads[] = { "task", "value", "state", "attempts", "start" };
	size_t i;
	json_t *taskrun;
	for (i = 0; i < GW_LEN(heads); i++)
		gw_table_add(&table, heads[i]);
	json_array_foreach (taskruns, i, taskrun) {
		const json_t *state = json_object_get(taskrun, "state");
		gw_auto_free char *attempts =
			gw_sprintf("%zu", json_array_size(json_object_get(taskrun, "attempts")));
		gw_table_add(&table, gw_member(taskrun, "taskId"));
		gw_table_add(&table, gw_member(taskrun, "value"));
		gw_table_add(&table, gw_member(state, "current"));
		gw_table_add(&table, attempts);
		gw_table_add(&table, gw_member(state, "startDate"));
	}
	if (json_array_size(taskruns) > 0) {
		fputc('\n', stdout);
		gw_table_print(&table, stdout);
	}
}

static void print_execution(const json_t *doc)
{
	const json_t *state = json_object_get(doc, "state");
	gw_auto_free char *flow =
		gw_sprintf("%s.%s", gw_member(doc, "namespace"), gw_member(doc, "flowId"));
	gw_show_field("id", gw_member(doc, "id"));
	gw_show_field("flow", flow);
	gw_show_field("state", gw_member(state, "current"));
	gw_show_field("start", gw_member(state, "startDate"));
	gw_show_field("end", gw_member(state, "endDate"));
	print_labels(json_object_get(doc, "labels"));
	print_taskruns(json_object_get(doc, "taskRunList"));
}

bool gw_verb_execution_get(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	json_auto_t *doc = call(&remote, "GET",
		(const char *const[]){ "executions", args->words[0], NULL }, err);
	if (!doc)
		return false;
	if (remote.json)
		gw_show_json(doc);
	else
		print_execution(doc);
	return true;
}

bool gw_verb_execution_logs(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	gw_auto_str path = { 0 };
	const char *level = gw_args_get(args, "level");
	size_t i;
	json_t *line;
	if (!gw_remote_open(&remote, args, err))
		return false;
	if (gw_args_has(args, "follow"))
		return gw_follow_logs(&remote, args->words[0], level, err);
	gw_remote_path(&remote, &path, (const char *const[]){ "logs", args->words[0], NULL });
	gw_remote_query(&path, "minLevel", level);
	json_auto_t *lines = gw_remote_json(&remote,
		&(struct gw_call){ .method = "GET", .path = gw_str_text(&path) }, err);
	if (!lines)
		return false;
	if (remote.json)
		gw_show_json(lines);
	else
		json_array_foreach (lines, i, line)
			gw_print_log_line(line);
	return true;
}

bool gw_verb_execution_kill(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	if (!gw_remote_open(&remote, args, err))
		return false;
	json_auto_t *doc = call(&remote, "DELETE",
		(const char *const[]){ "executions", args->words[0], "kill", NULL }, err);
	if (!doc)
		return false;
	if (remote.json)
		gw_show_json(doc);
	else
		printf("%s is being killed\n", args->words[0]);
	return true;
}

bool gw_verb_execution_follow(struct gw_args *args, struct gw_error *err)
{
	gw_auto_remote remote = { 0 };
	bool well = false;
	if (!gw_remote_open(&remote, args, err) ||
		!gw_follow_states(&remote, args->words[0], false, &well, err))
		return false;
	args->exit_status = well ? 0 : 1;
	return true;
}

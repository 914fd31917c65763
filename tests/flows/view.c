/* view.c - what a case shows of an execution: one function a view, one table */
#include "tests/flows/flows.h"

#include "base/json.h"
#include "model/kinds.h"

#include <ctype.h>
#include <stdlib.h>

/* ---- Texts without what differs each time ---- */

static bool is_id(const char *text)
{
	size_t n = 0;
	while (isalnum((unsigned char)text[n]))
		n++;
	return n == GW_ID_LEN;
}

/* How long the date is that a text begins with; 0 = it is none. */
static size_t date_length(const char *text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";
	size_t n = 0;
	for (; form[n]; n++)
		if (form[n] == 'd' ? !isdigit((unsigned char)text[n]) : text[n] != form[n])
			return 0;
	n += strspn(text + n, ".0123456789");
	if (text[n] == 'Z')
		return n + 1;
	return text[n] == '+' || text[n] == '-' ? n + 6 : n;
}

void view_text(struct play *p, const char *text)
{
	for (const char *at = text; *at;) {
		bool starts = at == text || !isalnum((unsigned char)at[-1]);
		size_t date = starts ? date_length(at) : 0;
		if (date) {
			gw_str_puts(p->out, "<date>");
			at += date;
		} else if (starts && is_id(at)) {
			gw_str_puts(p->out, "<id>");
			at += GW_ID_LEN;
		} else {
			gw_str_putc(p->out, *at++);
		}
	}
}

static void put_json(struct play *p, const json_t *value)
{
	gw_auto_str text = { 0 };
	gw_json_print(&text, value);
	view_text(p, gw_str_text(&text));
	gw_str_putc(p->out, '\n');
}

void view_tree(struct play *p, const json_t *execution)
{
	gw_auto_free char *tree = node_tree(execution);
	view_text(p, tree);
}

/* ---- Views ---- */

static void each_run(struct play *p, const json_t *execution, const char *task,
	void (*print)(struct play *p, const json_t *run))
{
	size_t i;
	json_t *run;
	json_array_foreach (json_object_get(execution, "taskRunList"), i, run) {
		if (strcmp(gw_json_string(run, "taskId"), task) == 0)
			print(p, run);
	}
}

static void print_outputs(struct play *p, const json_t *run)
{
	const char *value = gw_json_string(run, "value");
	const json_t *outputs = json_object_get(run, "outputs");
	if (value)
		gw_str_printf(p->out, "[%s] ", value);
	if (outputs)
		put_json(p, outputs);
	else
		gw_str_puts(p->out, "none\n");
}

static void view_outputs(struct play *p, const json_t *execution, const char *task)
{
	if (*task)
		each_run(p, execution, task, print_outputs);
	else
		print_outputs(p, execution);
}

static void view_inputs(struct play *p, const json_t *execution, const char *argument)
{
	(void)argument;
	put_json(p, json_object_get(execution, "inputs"));
}

static void view_trigger(struct play *p, const json_t *execution, const char *argument)
{
	(void)argument;
	put_json(p, json_object_get(execution, "trigger"));
}

static int compare_labels(const void *a, const void *b)
{
	return strcmp(gw_json_string(*(json_t *const *)a, "key"),
		gw_json_string(*(json_t *const *)b, "key"));
}

static void view_label(struct play *p, const json_t *execution, const char *argument)
{
	const json_t *labels = json_object_get(execution, "labels");
	size_t n = json_array_size(labels);
	gw_auto_free json_t **sorted = gw_new_array(json_t *, n);
	(void)argument;
	for (size_t i = 0; i < n; i++)
		sorted[i] = json_array_get(labels, i);
	qsort(sorted, n, sizeof(json_t *), compare_labels);
	for (size_t i = 0; i < n; i++) {
		gw_str_printf(p->out, "%s=", gw_json_string(sorted[i], "key"));
		view_text(p, gw_json_string(sorted[i], "value"));
		gw_str_putc(p->out, '\n');
	}
}

static void print_history(struct play *p, const json_t *of)
{
	size_t i;
	json_t *moment;
	json_array_foreach (json_object_get(json_object_get(of, "state"), "histories"), i, moment) {
		gw_str_printf(p->out, "%s%s", i ? " " : "", gw_json_string(moment, "state"));
	}
	gw_str_putc(p->out, '\n');
}

static void view_history(struct play *p, const json_t *execution, const char *task)
{
	if (*task)
		each_run(p, execution, task, print_history);
	else
		print_history(p, execution);
}

static void print_attempts(struct play *p, const json_t *run)
{
	size_t i;
	json_t *attempt;
	json_array_foreach (json_object_get(run, "attempts"), i, attempt) {
		print_history(p, attempt);
	}
}

static void view_attempts(struct play *p, const json_t *execution, const char *task)
{
	each_run(p, execution, task, print_attempts);
}

/* Lines of at least a level, in the order of time. */
static void view_logs(struct play *p, const json_t *execution, const char *level)
{
	size_t i;
	json_t *line;
	enum gw_level least = GW_TRACE, own = GW_TRACE;
	gw_auto_free char *prefix = gw_sprintf("%s/", gw_json_string(execution, "id"));
	json_auto_t *lines = node_records(p->node, &gw_kind_log, prefix, "at");
	if (*level)
		assert_true(gw_level_parse(gw_slice_of(level), &least));
	json_array_foreach (lines, i, line) {
		const char *task = gw_json_string(line, "taskId");
		gw_level_parse(gw_slice_of(gw_json_string(line, "level")), &own);
		if (own < least)
			continue;
		gw_str_printf(p->out, "%s %s: ", gw_level_name(own), task ? task : "-");
		view_text(p, gw_json_string(line, "message"));
		gw_str_putc(p->out, '\n');
	}
}

static void view_eval(struct play *p, const json_t *execution, const char *expression)
{
	struct gw_error err;
	json_auto_t *value = gw_engine_eval(p->node->engine, p->node->tenant,
		gw_json_string(execution, "id"), NULL, gw_slice_of(expression), &err);
	view_text(p, value ? json_string_value(value) : err.message);
	gw_str_putc(p->out, '\n');
}

/* ---- Several executions ---- */

static json_t *executions_of(struct play *p, const char *flow)
{
	size_t i;
	json_t *doc;
	json_auto_t *all = node_records(p->node, &gw_kind_execution, "", "state");
	json_t *own = json_array();
	json_array_foreach (all, i, doc) {
		if (strcmp(gw_json_string(doc, "flowId"), flow) == 0)
			json_array_append(own, doc);
	}
	return own;
}

static void view_executions(struct play *p, const char *flow)
{
	size_t i;
	json_t *doc;
	json_auto_t *all = executions_of(p, flow);
	json_array_foreach (all, i, doc) {
		gw_str_printf(p->out, "%s\n", node_state(doc));
	}
}

static void choose_execution(struct play *p, const char *argument)
{
	size_t i, len = strcspn(argument, " ");
	json_t *doc, *found = NULL;
	gw_auto_free char *flow = gw_strndup(argument, len);
	json_auto_t *all = executions_of(p, flow);
	json_array_foreach (all, i, doc) {
		if (strcmp(node_state(doc), argument + len + 1) == 0)
			found = doc;
	}
	if (!found)
		fail_msg("there is no execution %s", argument);
	free(p->execution);
	p->execution = gw_strdup(gw_json_string(found, "id"));
	json_auto_t *execution = node_show(p->node, p->execution);
	view_tree(p, execution);
}

/* ---- The table ---- */

static const struct {
	const char *name;
	void (*show)(struct play *p, const json_t *execution, const char *argument);
} views[] = {
	{ "outputs", view_outputs },
	{ "inputs", view_inputs },
	{ "label", view_label },
	{ "history", view_history },
	{ "attempts", view_attempts },
	{ "trigger", view_trigger },
	{ "logs", view_logs },
	{ "eval", view_eval },
};

bool view(struct play *p, const char *name, const char *argument)
{
	if (strcmp(name, "executions") == 0) {
		view_executions(p, argument);
		return true;
	}
	if (strcmp(name, "execution") == 0) {
		choose_execution(p, argument);
		return true;
	}
	for (size_t i = 0; i < GW_LEN(views); i++) {
		if (strcmp(views[i].name, name) != 0)
			continue;
		json_auto_t *execution = node_show(p->node, p->execution);
		views[i].show(p, execution, argument);
		return true;
	}
	return false;
}

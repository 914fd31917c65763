/* steps.c - what a case does: one function a step, one table */
#include "tests/flows/flows.h"

#include "base/json.h"
#include "check/input.h"
#include "yaml/yaml.h"

#include <stdlib.h>

/* A step taken apart: "start FLOW until WHAT {inputs}". */
struct step {
	char *verb, *text; /* owned; text: what is between */
	char *until; /* NULL = until it rests */
	json_t *map; /* NULL = none */
};

static char *take_word(const char **at)
{
	*at += strspn(*at, " ");
	size_t n = strcspn(*at, " ");
	char *word = gw_strndup(*at, n);
	*at += n;
	*at += strspn(*at, " ");
	return word;
}

static json_t *read_map(const char *text)
{
	struct gw_error err;
	json_t *map = gw_yaml_parse(gw_slice_of(text), &err);
	if (!map)
		fail_msg("%s: %s", text, err.message);
	return map;
}

static void read_step(struct step *s, const char *line)
{
	*s = (struct step){ .verb = take_word(&line) };
	bool takes_all = strcmp(s->verb, "eval") == 0;
	const char *brace = takes_all ? NULL : strchr(line, '{');
	const char *until = takes_all ? NULL : strstr(line, "until ");
	const char *end = line + strlen(line);
	if (brace) {
		s->map = read_map(brace);
		end = brace;
	}
	if (until && until < end) {
		s->until = gw_strndup(until + 6, (size_t)(end - until - 6));
		end = until;
	}
	while (end > line && end[-1] == ' ')
		end--;
	s->text = gw_strndup(line, (size_t)(end - line));
	for (size_t n = s->until ? strlen(s->until) : 0; n && s->until[n - 1] == ' ';)
		s->until[--n] = '\0';
}

static void clear_step(struct step *s)
{
	free(s->verb);
	free(s->text);
	free(s->until);
	json_decref(s->map);
}

/* ---- Waiting ---- */

static void wait_and_print(struct play *p, const struct step *s)
{
	json_auto_t *execution = s->until ? node_until(p->node, p->execution, s->until)
					  : node_rest(p->node, p->execution);
	view_tree(p, execution);
}

static void refuse(struct play *p, const struct gw_error *err)
{
	gw_str_puts(p->out, "refused: ");
	view_text(p, err->message);
	gw_str_putc(p->out, '\n');
}

static void rest(struct play *p, const struct step *s)
{
	wait_and_print(p, s);
}

static void until(struct play *p, const struct step *s)
{
	json_auto_t *execution = node_until(p->node, p->execution, s->text);
	view_tree(p, execution);
}

/* ---- Flows ---- */

static bool save_next(struct play *p, struct gw_str *why)
{
	struct gw_slice source;
	if (!gw_yaml_next_document(p->flows, &p->flows_at, &source))
		fail_msg("there is no document to be saved");
	gw_auto_free char *yaml = gw_slice_dup(source);
	return node_try_save(p->node, yaml, GW_SAVE_EITHER, why);
}

static void save(struct play *p, const struct step *s)
{
	gw_auto_str why = { 0 };
	(void)s;
	if (save_next(p, &why))
		gw_str_puts(p->out, "saved\n");
	else
		gw_str_printf(p->out, "%s%s", gw_str_text(&why),
			why.data[why.len - 1] == '\n' ? "" : "\n");
}

static void save_all(struct play *p)
{
	struct gw_slice source;
	size_t at;
	gw_auto_str why = { 0 };
	while (at = p->flows_at, gw_yaml_next_document(p->flows, &at, &source))
		if (!save_next(p, &why))
			fail_msg("%s", gw_str_text(&why));
}

/* ---- Starting ---- */

static void with(struct play *p, const struct step *s)
{
	json_decref(p->labels);
	p->labels = json_incref(s->map);
}

static void start(struct play *p, const struct step *s)
{
	struct gw_error err;
	json_auto_t *labels = gw_steal(&p->labels);
	free(p->execution);
	p->execution = node_start_execution(p->node, s->text, s->map, labels, &err);
	if (p->execution)
		wait_and_print(p, s);
	else
		refuse(p, &err);
}

/* ---- Actions ---- */

static void act(struct play *p, const struct step *s, enum gw_action_type type, json_t *arguments)
{
	struct gw_error err;
	gw_auto_free char *answer = NULL;
	if (!node_act(p->node, p->execution, type, arguments, &answer, &err)) {
		refuse(p, &err);
		return;
	}
	json_auto_t *made = gw_json_parse(gw_slice_of(answer), &err);
	assert_non_null(made);
	free(p->execution);
	p->execution = gw_strdup(gw_json_string(made, "id"));
	wait_and_print(p, s);
}

static json_t *find_task(const json_t *list, const char *id)
{
	size_t i;
	const char *key;
	json_t *item, *member, *found;
	json_array_foreach (list, i, item) {
		if (gw_json_string(item, "id") && strcmp(gw_json_string(item, "id"), id) == 0)
			return item;
		json_object_foreach (item, key, member) {
			if ((found = find_task(member, id)))
				return found;
		}
	}
	return NULL;
}

static const json_t *nothing(struct gw_scope *scope, const char *name)
{
	(void)scope;
	(void)name;
	return NULL;
}

/* What the paused task asks for, given as the API takes it. */
static bool resolve_resume(const struct play *p, const json_t *given, json_t **out,
	struct gw_error *err)
{
	size_t i, n = 0;
	json_t *run, *value;
	const char *name;
	const json_t *declared = NULL;
	json_auto_t *execution = node_show(p->node, p->execution);
	struct gw_flow *flow = node_flow(p->node, gw_json_string(execution, "flowId"));
	struct gw_scope scope = { .variable = nothing };
	gw_auto_free struct gw_sent_input *sent =
		gw_new_array(struct gw_sent_input, json_object_size(given));
	json_array_foreach (json_object_get(execution, "taskRunList"), i, run) {
		if (strcmp(node_state(run), "PAUSED") == 0)
			declared = json_object_get(find_task(json_object_get(flow->doc, "tasks"),
							   gw_json_string(run, "taskId")),
				"onResume");
	}
	json_object_foreach ((json_t *)(uintptr_t)given, name, value) {
		sent[n++] = (struct gw_sent_input){ .id = name, .value = value };
	}
	*out = declared ? gw_inputs_resolve(declared, sent, n, &scope, err) : NULL;
	gw_flow_unref(&flow);
	return *out || !declared;
}

static void resume(struct play *p, const struct step *s)
{
	struct gw_error err;
	json_t *inputs;
	if (resolve_resume(p, s->map, &inputs, &err))
		act(p, s, GW_ACT_RESUME, json_pack("{s:o*}", "inputs", inputs));
	else
		refuse(p, &err);
}

static void kill_it(struct play *p, const struct step *s)
{
	act(p, s, GW_ACT_KILL, NULL);
}

static void pause_it(struct play *p, const struct step *s)
{
	act(p, s, GW_ACT_PAUSE, NULL);
}

static void restart(struct play *p, const struct step *s)
{
	act(p, s, GW_ACT_RESTART, json_incref(s->map));
}

static void unqueue(struct play *p, const struct step *s)
{
	act(p, s, GW_ACT_UNQUEUE, json_incref(s->map));
}

static void force_run(struct play *p, const struct step *s)
{
	act(p, s, GW_ACT_FORCE_RUN, NULL);
}

/* The id of a task's last run, of "task[value]" the one with that value. */
static char *run_id(const struct play *p, const char *name)
{
	size_t i;
	json_t *run, *found = NULL;
	size_t len = strcspn(name, "[");
	gw_auto_free char *value =
		name[len] ? gw_strndup(name + len + 1, strlen(name + len) - 2) : NULL;
	json_auto_t *execution = node_show(p->node, p->execution);
	json_array_foreach (json_object_get(execution, "taskRunList"), i, run) {
		const char *task = gw_json_string(run, "taskId");
		const char *own = gw_json_string(run, "value");
		if (gw_slice_is(gw_slice(name, len), task) &&
			(!value || (own && strcmp(own, value) == 0)))
			found = run;
	}
	if (!found)
		fail_msg("there is no task run %s", name);
	return gw_strdup(gw_json_string(found, "id"));
}

static void replay(struct play *p, const struct step *s)
{
	json_t *arguments = s->map ? json_incref(s->map) : json_object();
	gw_auto_free char *run = *s->text ? run_id(p, s->text) : NULL;
	if (run)
		json_object_set_new(arguments, "taskRunId", json_string(run));
	act(p, s, GW_ACT_REPLAY, arguments);
}

static void set_labels(struct play *p, const struct step *s)
{
	const char *key;
	json_t *value;
	json_t *labels = json_array();
	json_object_foreach (s->map, key, value) {
		json_array_append_new(labels, json_pack("{s:s, s:O}", "key", key, "value", value));
	}
	act(p, s, GW_ACT_LABELS, json_pack("{s:o}", "labels", labels));
}

static void set_status(struct play *p, const struct step *s)
{
	act(p, s, GW_ACT_STATUS, json_pack("{s:s}", "status", s->text));
}

static void set_run(struct play *p, const struct step *s)
{
	const char *at = s->text;
	gw_auto_free char *task = take_word(&at);
	gw_auto_free char *run = run_id(p, task);
	act(p, s, GW_ACT_TASKRUN_STATE, json_pack("{s:s, s:s}", "taskRunId", run, "state", at));
}

/* ---- All of them ---- */

static const struct {
	const char *verb;
	void (*take)(struct play *p, const struct step *s);
} steps[] = {
	{ "start", start },
	{ "with", with },
	{ "save", save },
	{ "rest", rest },
	{ "until", until },
	{ "resume", resume },
	{ "kill", kill_it },
	{ "pause", pause_it },
	{ "restart", restart },
	{ "replay", replay },
	{ "unqueue", unqueue },
	{ "force-run", force_run },
	{ "labels", set_labels },
	{ "status", set_status },
	{ "set", set_run },
};

static void take_step(struct play *p, const char *line)
{
	struct step s;
	size_t i = 0;
	read_step(&s, line);
	while (i < GW_LEN(steps) && strcmp(steps[i].verb, s.verb) != 0)
		i++;
	if (i < GW_LEN(steps))
		steps[i].take(p, &s);
	else if (!view(p, s.verb, s.text))
		fail_msg("unknown step: %s", line);
	clear_step(&s);
}

void steps_run(struct node *node, struct gw_slice flows, const char *text, struct gw_str *out)
{
	struct play p = { .node = node, .flows = flows, .out = out };
	bool was_comment = false;
	if (!strstr(text, "> save"))
		save_all(&p);
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		int n = (int)strcspn(line, "\n");
		if (*line != '>' && *line != '#')
			continue;
		gw_str_printf(out, "%s%.*s\n", out->len && !was_comment ? "\n" : "", n, line);
		was_comment = *line == '#';
		gw_auto_free char *step = gw_strndup(line + 1, (size_t)n - 1);
		if (!was_comment)
			take_step(&p, step);
	}
	free(p.execution);
	json_decref(p.labels);
}

/* snapshot.c - the variables a task mentions, copied for a worker that renders by itself */
#include "engine/block.h"

struct snapshot {
	struct gw_context *context;
	json_t *out;
};

static void copy_all(struct snapshot *s, const char *root)
{
	const json_t *value = s->context->scope.variable(&s->context->scope, root);
	if (value)
		json_object_set_new(s->out, root, json_deep_copy(value));
}

/* Of outputs only the tasks that are named: there may be thousands. */
static void copy_outputs_of(struct snapshot *s, const char *task)
{
	const json_t *value = json_object_get(s->context->m->outputs, task);
	json_t *outputs = json_object_get(s->out, "outputs");
	if (!outputs) {
		outputs = json_object();
		json_object_set_new(s->out, "outputs", outputs);
	}
	if (value && !json_object_get(outputs, task))
		json_object_set_new(outputs, task, json_deep_copy(value));
}

static void copy_mentioned(void *arg, const char *root, const char *member)
{
	struct snapshot *s = arg;
	if (strcmp(root, "outputs") == 0 && member)
		copy_outputs_of(s, member);
	else if (strcmp(root, "outputs") == 0 || !json_object_get(s->out, root))
		copy_all(s, root);
}

json_t *gw_machine_snapshot(struct gw_machine *m, const struct gw_taskrun *run)
{
	struct gw_context c;
	struct snapshot s = { &c, json_object() };
	gw_context_open(&c, m, run);
	if (gw_task_needs(run->task) & GW_NEEDS_ALL) {
		json_auto_t *all = c.scope.everything(&c.scope);
		json_decref(s.out);
		s.out = json_deep_copy(all);
	} else {
		gw_task_variables(run->task, copy_mentioned, &s);
		copy_mentioned(&s, "flow", NULL);
	}
	gw_context_close(&c);
	return s.out;
}

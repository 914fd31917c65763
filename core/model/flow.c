/* flow.c - the life of a compiled flow */
#include "model/flow.h"

#include "base/mem.h"

struct gw_flow *gw_flow_ref(struct gw_flow *flow)
{
	atomic_fetch_add(&flow->references, 1);
	return flow;
}

static void clear_branch(struct gw_branch *branch)
{
	free(branch->path);
	free(branch->tasks);
}

static void free_task(struct gw_task *task)
{
	for (size_t i = 0; i < task->n_branches; i++)
		clear_branch(&task->branches[i]);
	for (size_t i = 0; task->properties && task->type->properties[i].name; i++)
		gw_tree_free(task->properties[i]);
	json_decref(task->constants);
	free(task->properties);
	free(task->branches);
	gw_template_free(task->run_if);
	gw_tree_free(task->timeout);
	free(task->id);
	free(task->type_name);
	free(task);
}

static void clear_trigger(struct gw_trigger *trigger)
{
	free(trigger->id);
	free(trigger->type_name);
	json_decref(trigger->properties);
	gw_tree_free(trigger->inputs);
	for (size_t i = 0; trigger->label_values && i < trigger->labels.n; i++)
		gw_template_free(trigger->label_values[i]);
	free(trigger->label_values);
	gw_labels_clear(&trigger->labels);
	json_decref(trigger->conditions);
	free(trigger->stop_after);
}

static void free_flow(struct gw_flow *flow)
{
	size_t n_outputs = json_array_size(flow->outputs);
	for (size_t i = 0; flow->output_values && i < n_outputs; i++)
		gw_tree_free(flow->output_values[i]);
	free(flow->output_values);
	clear_branch(&flow->tasks);
	clear_branch(&flow->errors);
	clear_branch(&flow->finally);
	clear_branch(&flow->after_execution);
	gw_map_clear(&flow->tasks_by_id, NULL);
	for (size_t i = 0; i < flow->n_all_tasks; i++)
		free_task(flow->all_tasks[i]);
	free(flow->all_tasks);
	for (size_t i = 0; i < flow->n_triggers; i++)
		clear_trigger(&flow->triggers[i]);
	free(flow->triggers);
	gw_labels_clear(&flow->labels);
	json_decref(flow->doc);
	json_decref(flow->variables);
	json_decref(flow->inputs);
	json_decref(flow->outputs);
	free(flow->tenant);
	free(flow->namespace);
	free(flow->id);
	free(flow->broken);
	free(flow);
}

void gw_flow_unref(struct gw_flow **flow)
{
	if (*flow && atomic_fetch_sub(&(*flow)->references, 1) == 1)
		free_flow(*flow);
	*flow = NULL;
}

const struct gw_trigger *gw_flow_trigger(const struct gw_flow *flow, const char *id)
{
	for (size_t i = 0; i < flow->n_triggers; i++)
		if (strcmp(flow->triggers[i].id, id) == 0)
			return &flow->triggers[i];
	return NULL;
}

const struct gw_branch *gw_task_branch(const struct gw_task *task, const char *path)
{
	for (size_t i = 0; i < task->n_branches; i++)
		if (strcmp(task->branches[i].path, path) == 0)
			return &task->branches[i];
	return NULL;
}

void gw_flow_key(struct gw_str *out, const char *namespace, const char *id)
{
	gw_str_printf(out, "%s/%s", namespace, id);
}

void gw_revision_key(struct gw_str *out, const char *namespace, const char *id, int revision)
{
	gw_str_printf(out, "%s/%s/%06d", namespace, id, revision);
}

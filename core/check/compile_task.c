/* compile_task.c - tasks, the lists they hold, and what they inherit */
#include "check/compile.h"

#include "base/json.h"
#include "base/mem.h"
#include "check/schema.h"
#include "check/tables.h"

static int64_t duration_of(const json_t *object, const char *key)
{
	struct gw_error err;
	int64_t us = 0;
	const char *text = gw_json_string(object, key);
	if (text)
		gw_duration_parse(gw_slice_of(text), &us, &err);
	return us;
}

static enum gw_retry_type retry_type(const char *name)
{
	static const char *const names[] = { "", "constant", "exponential", "random" };
	for (size_t i = 1; name && i < GW_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return (enum gw_retry_type)i;
	return GW_RETRY_NONE;
}

struct gw_retry gw_compile_retry(const json_t *retry)
{
	const char *behavior = gw_json_string(retry, "behavior");
	const json_t *attempts = json_object_get(retry, "maxAttempts");
	const json_t *factor = json_object_get(retry, "delayFactor");
	struct gw_retry out = { .type = retry_type(gw_json_string(retry, "type")) };
	attempts = attempts ? attempts : json_object_get(retry, "maxAttempt");
	out.interval_us =
		duration_of(retry, out.type == GW_RETRY_RANDOM ? "minInterval" : "interval");
	out.max_interval_us = duration_of(retry, "maxInterval");
	out.max_duration_us = duration_of(retry, "maxDuration");
	out.factor = factor ? json_number_value(factor) : 2;
	out.max_attempts = (int)json_integer_value(attempts);
	out.warning_on_retry = gw_json_true(retry, "warningOnRetry");
	out.new_execution = behavior && strcmp(behavior, "CREATE_NEW_EXECUTION") == 0;
	return out;
}

static void compile_run_if(struct gw_compiler *c, struct gw_task *task, const json_t *doc)
{
	struct gw_error err;
	const json_t *given = json_object_get(doc, "runIf");
	const char *text = json_is_false(given) ? "false" : json_string_value(given);
	if (!text || strcmp(text, "true") == 0)
		return;
	task->run_if = gw_template_compile(gw_slice_of(text), &err);
	if (!task->run_if)
		gw_compile_break(c, "task", task->id, err.message);
}

static void compile_timeout(struct gw_compiler *c, struct gw_task *task, const json_t *doc)
{
	struct gw_error err;
	const json_t *given = json_object_get(doc, "timeout");
	if (!given || json_is_null(given))
		return;
	task->timeout = gw_tree_compile(given, &err);
	if (!task->timeout)
		gw_compile_break(c, "task", task->id, err.message);
}

static void enlist(struct gw_compiler *c, struct gw_task *task)
{
	struct gw_flow *flow = c->flow;
	task->index = (unsigned)flow->n_all_tasks;
	flow->all_tasks = gw_grow(flow->all_tasks, flow->n_all_tasks, &c->cap_tasks);
	flow->all_tasks[flow->n_all_tasks++] = task;
	gw_map_put(&flow->tasks_by_id, gw_slice_of(task->id), task);
}

/* The lists of tasks a task holds, in the order of its table, then errors and finally. */
static void compile_children(struct gw_compiler *c, struct gw_task *task, const json_t *doc)
{
	const struct gw_property *const tables[] = { task->type->properties, gw_flowable_table };
	struct gw_task *outer = c->parent;
	struct gw_retry outer_retry = c->retry;
	c->parent = task;
	c->retry = task->retry;
	for (size_t i = 0; i < GW_LEN(tables); i++)
		for (const struct gw_property *row = tables[i]; row && row->name; row++)
			if (gw_schema_has_tasks(gw_slice_of(row->schema)))
				gw_compile_branches(c, task, row, json_object_get(doc, row->name));
	c->parent = outer;
	c->retry = outer_retry;
}

static struct gw_task *compile_task(struct gw_compiler *c, const json_t *doc)
{
	const char *id = gw_json_string(doc, "id"), *type = gw_json_string(doc, "type");
	const struct gw_task_entry *entry = type ? gw_registry_task(c->registry, type) : NULL;
	const json_t *retry = json_object_get(doc, "retry");
	struct gw_task *task = gw_new(struct gw_task);
	task->id = gw_strdup(id ? id : "");
	task->parent = c->parent;
	task->type_name = gw_strdup(entry ? entry->type->type : type ? type : "");
	task->retry = retry ? gw_compile_retry(retry) : c->retry;
	task->allow_failure = gw_json_true(doc, "allowFailure");
	task->allow_warning = gw_json_true(doc, "allowWarning");
	task->log_to_file = gw_json_true(doc, "logToFile");
	task->log_level = gw_compile_level(doc);
	enlist(c, task);
	if (!entry) {
		gw_auto_free char *message = gw_sprintf("Invalid type: %s", type ? type : "null");
		gw_compile_break(c, "task", id, message);
		return task;
	}
	task->type = entry->type;
	task->in_server = entry->origin.in_server;
	compile_run_if(c, task, doc);
	compile_timeout(c, task, doc);
	gw_compile_properties(c, task, doc);
	if (entry->type->mode == GW_TASK_FLOWABLE)
		compile_children(c, task, doc);
	return task;
}

static void add_task(struct gw_compiler *c, struct gw_branch *branch, const json_t *doc)
{
	if (!json_is_object(doc) || gw_json_true(doc, "disabled"))
		return;
	branch->tasks = gw_realloc(branch->tasks, (branch->n + 1) * sizeof(*branch->tasks));
	struct gw_task *task = compile_task(c, doc);
	branch->tasks[branch->n++] = task;
}

void gw_compile_branch(struct gw_compiler *c, struct gw_branch *branch, const char *path,
	const json_t *tasks)
{
	size_t i;
	json_t *task;
	branch->path = gw_strdup(path);
	json_array_foreach (tasks, i, task)
		add_task(c, branch, task);
}

/* Tasks in a value that belong to the branch it makes: of a list, or of a list of maps. */
static void add_tasks(struct gw_compiler *c, struct gw_branch *branch, struct gw_slice schema,
	const json_t *value)
{
	struct gw_schema option;
	struct gw_schema_field field;
	size_t i;
	json_t *item;
	if (!gw_schema_choose(schema, value, &option))
		return;
	if (option.kind == GW_IS_TASK)
		add_task(c, branch, value);
	if (option.kind == GW_IS_LIST)
		json_array_foreach (value, i, item)
			add_tasks(c, branch, option.inner, item);
	while (option.kind == GW_IS_FIELDS && gw_schema_next_field(&option.inner, &field)) {
		gw_auto_free char *name = gw_slice_dup(field.name);
		if (gw_schema_has_tasks(field.schema))
			add_tasks(c, branch, field.schema, json_object_get(value, name));
	}
}

static void add_branch(struct gw_compiler *c, struct gw_task *task, const char *path,
	struct gw_slice schema, const json_t *value)
{
	struct gw_branch branch = { .path = gw_strdup(path) };
	add_tasks(c, &branch, schema, value);
	task->branches =
		gw_realloc(task->branches, (task->n_branches + 1) * sizeof(*task->branches));
	task->branches[task->n_branches++] = branch;
}

void gw_compile_branches(struct gw_compiler *c, struct gw_task *task, const struct gw_property *row,
	const json_t *value)
{
	struct gw_schema option;
	const char *key;
	json_t *member;
	if (!value || json_is_null(value) || gw_task_branch(task, row->name) ||
		!gw_schema_choose(gw_slice_of(row->schema), value, &option))
		return;
	if (option.kind != GW_IS_MAP) {
		add_branch(c, task, row->name, gw_slice_of(row->schema), value);
		return;
	}
	json_object_foreach ((json_t *)(uintptr_t)value, key, member) {
		gw_auto_free char *path = gw_sprintf("%s/%s", row->name, key);
		add_branch(c, task, path, option.inner, member);
	}
}

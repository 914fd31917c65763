/* functions_run.c - functions of the run around: its variables, its secrets, its files */
#include "expr/builtin.h"

#include "base/mem.h"
#include "expr/value.h"

static const json_t *variable(struct gw_call *call, const char *name)
{
	return gw_frame_find(call->ev, name);
}

static json_t *keep_or_null(const json_t *value)
{
	return value ? gw_keep(value) : json_null();
}

/* The value of a task run, as the key under which outputs of its iteration stand. */
static const json_t *at_value(const json_t *outputs, const json_t *taskrun)
{
	const json_t *value = json_object_get(taskrun, "value");
	return json_is_string(value) ? json_object_get(outputs, json_string_value(value)) : NULL;
}

/* ---- Outputs of iterations ---- */

/* From the outermost parent to the nearest: the outputs under their values; NULL = missing. */
static const json_t *descend(struct gw_call *call, const json_t *outputs)
{
	const json_t *parents = variable(call, "parents");
	for (size_t i = json_array_size(parents); i-- > 0 && outputs;) {
		const json_t *taskrun = json_object_get(json_array_get(parents, i), "taskrun");
		if (taskrun)
			outputs = at_value(outputs, taskrun);
	}
	return outputs;
}

static json_t *current_each_output(struct gw_call *call)
{
	if (!json_is_object(call->args[0]))
		return gw_call_fail(call, "The 'currentEachOutput' function expects an argument "
					  "'outputs' with type map.");
	const json_t *outputs = descend(call, call->args[0]);
	if (!outputs)
		return gw_call_fail(call, "No execution outputs for the current task runs path");
	return keep_or_null(at_value(outputs, variable(call, "taskrun")));
}

static bool read_iteration(struct gw_call *call, int64_t *out)
{
	const json_t *iteration = json_object_get(variable(call, "taskrun"), "iteration");
	if (!iteration)
		return gw_eval_fail(call->ev, " 'iterationOutputs()' function should be used "
					      "inside iterative tasks only");
	*out = json_integer_value(iteration) - 1;
	if (!gw_arg_int(call, 1, out))
		return false;
	return *out >= 0 ||
	       gw_eval_fail(call->ev, "Cannot fetch iteration %lld: no previous iteration exists.",
		       (long long)*out);
}

/* The value that a task put out in another iteration: the one before, unless it is said. */
static json_t *iteration_output(struct gw_call *call)
{
	struct gw_slice task = gw_value_slice(json_object_get(variable(call, "task"), "id"));
	int64_t iteration;
	if (!gw_arg_text(call, 0, &task) || !read_iteration(call, &iteration))
		return NULL;
	const json_t *outputs = json_object_get(variable(call, "outputs"), task.data);
	outputs = descend(call, outputs);
	if (!outputs)
		return json_null();
	if (iteration >= (int64_t)json_object_size(outputs))
		return gw_call_fail(call,
			"The provided index (%lld) is out of range. It refers to an iteration "
			"whose "
			"outputs do not exist yet. Maximum valid index is %lld.",
			(long long)iteration, (long long)json_object_size(outputs) - 1);
	json_t *map = (json_t *)(uintptr_t)outputs;
	void *at = json_object_iter(map);
	while (iteration-- > 0)
		at = json_object_iter_next(map, at);
	return keep_or_null(json_object_get(json_object_iter_value(at), "value"));
}

/* Of the nearest parent; index 0 is the outermost. */
static json_t *parent_output(struct gw_call *call)
{
	const json_t *parent = variable(call, "parent"), *parents = variable(call, "parents");
	int64_t index = -1, n = (int64_t)json_array_size(parents);
	if (!gw_arg_int(call, 0, &index))
		return NULL;
	if (index >= n)
		return gw_call_fail(call, "Invalid index: %lld for parents size: %lld",
			(long long)index, (long long)n);
	if (index >= 0)
		parent = json_array_get(parents, (size_t)(n - 1 - index));
	const char *id = json_string_value(json_object_get(json_object_get(parent, "task"), "id"));
	const json_t *taskrun = json_object_get(parent, "taskrun");
	const json_t *outputs = id ? json_object_get(variable(call, "outputs"), id) : NULL;
	return keep_or_null(json_object_get(taskrun, "value") ? at_value(outputs, taskrun)
							      : outputs);
}

/* One output of each iteration of a loop. */
static json_t *loop_outputs(struct gw_call *call)
{
	struct gw_slice name = gw_slice_of("");
	size_t i;
	json_t *item;
	if (!json_is_array(call->args[0]))
		return gw_call_fail(call,
			"The 'loopOutputs' function expects 'outputs' to be a list.");
	if (!gw_arg_text(call, 1, &name))
		return NULL;
	json_t *list = json_array();
	json_array_foreach (call->args[0], i, item) {
		const json_t *outputs = json_object_get(item, "outputs");
		json_array_append_new(list, keep_or_null(json_object_get(outputs, name.data)));
	}
	return list;
}

/* ---- Tasks and environment ---- */

static void add_if_state(json_t *list, const char *id, const json_t *state, const char *wanted,
	const char *value)
{
	const char *name = json_string_value(state);
	if (!name || strcasecmp(name, wanted) != 0)
		return;
	json_t *task = json_object();
	json_object_set_new(task, "taskId", json_string(id));
	json_object_set(task, "state", (json_t *)(uintptr_t)state);
	if (value)
		json_object_set_new(task, "value", json_string(value));
	json_array_append_new(list, task);
}

static json_t *tasks_with_state(struct gw_call *call)
{
	struct gw_slice wanted = gw_slice_of("");
	const char *id, *value;
	json_t *task, *member;
	json_t *tasks = (json_t *)(uintptr_t)variable(call, "tasks");
	if (!gw_arg_text(call, 0, &wanted))
		return NULL;
	json_t *list = json_array();
	json_object_foreach (tasks, id, task) {
		json_object_foreach (task, value, member) {
			if (strcmp(value, "state") == 0)
				add_if_state(list, id, member, wanted.data, NULL);
			else
				add_if_state(list, id, json_object_get(member, "state"),
					wanted.data, value);
		}
	}
	return list;
}

static json_t *env(struct gw_call *call)
{
	struct gw_slice name = gw_slice_of("");
	if (!gw_arg_text(call, 0, &name))
		return NULL;
	const json_t *value = json_object_get(variable(call, "envs"), name.data);
	if (value && !(json_is_string(value) && json_string_length(value) == 0))
		return gw_keep(value);
	return keep_or_null(call->args[1]);
}

static json_t *print_context(struct gw_call *call)
{
	struct gw_scope *scope = call->ev->scope;
	json_t *all = scope->everything ? scope->everything(scope) : NULL;
	return all ? all : gw_call_fail(call, "'%s' is not available here", call->what->name);
}

/* ---- Rendering ---- */

static json_t *render_text(struct gw_call *call, const struct gw_place *place)
{
	struct gw_eval *ev = call->ev;
	gw_auto_str out = { .limit = GW_EXPR_TEXT_MAX };
	ev->is_undefined = false;
	struct gw_template *t = gw_template_compile(gw_value_slice(call->args[0]), ev->err);
	bool ok = t && gw_template_render_at(t, place, &out, ev->err);
	gw_template_free(t);
	return ok ? gw_call_text(call, &out) : NULL;
}

static json_t *render_tree(struct gw_call *call, const struct gw_place *place)
{
	struct gw_eval *ev = call->ev;
	ev->is_undefined = false;
	struct gw_tree *tree = gw_tree_compile(call->args[0], ev->err);
	json_t *value = tree ? gw_tree_render_at(tree, place, true, ev->err) : NULL;
	gw_tree_free(tree);
	return value;
}

/* A template in a template takes more of the stack than an operator does. */
static json_t *render_value(struct gw_call *call, bool recursive)
{
	const uint32_t levels = 20;
	struct gw_eval *ev = call->ev;
	struct gw_place place = { ev->scope, ev->frame, recursive };
	if (!gw_value_check_depth(ev, call->args[0]) || !gw_eval_enter(ev, levels))
		return NULL;
	json_t *value = json_is_string(call->args[0]) ? render_text(call, &place)
						      : render_tree(call, &place);
	gw_eval_leave(ev, levels);
	return value;
}

static json_t *render(struct gw_call *call)
{
	bool recursive = true;
	return gw_arg_bool(call, 1, &recursive) ? render_value(call, recursive) : NULL;
}

static json_t *render_once(struct gw_call *call)
{
	return render_value(call, false);
}

static const struct gw_builtin table[] = {
	{ "currentEachOutput", current_each_output, "outputs!", 0, "parents taskrun" },
	{ "decrypt", NULL, "key!,encrypted!", GW_ASKS, NULL },
	{ "encrypt", NULL, "key!,plaintext!", GW_ASKS, NULL },
	{ "env", env, "name!,default", 0, "envs" },
	{ "errorLogs", NULL, "", GW_ASKS, NULL },
	{ "fetchContext", print_context, "", GW_READS_ALL, NULL },
	{ "fileExists", NULL, "path!,namespace", GW_ASKS, NULL },
	{ "fileSize", NULL, "path!,namespace", GW_ASKS, NULL },
	{ "fileURI", NULL, "path!,namespace", GW_ASKS, NULL },
	{ "http", NULL, "uri!,method,query,body,contentType,headers,options,accept", GW_ASKS,
		NULL },
	{ "isFileEmpty", NULL, "path!,namespace", GW_ASKS, NULL },
	{ "isPublicHoliday", NULL, "date!,countryCode!,subDivision", GW_ASKS, NULL },
	{ "iterationOutput", iteration_output, "taskId,iteration", 0,
		"task taskrun parents outputs" },
	{ "kv", NULL, "key!,namespace,errorOnMissing", GW_ASKS, NULL },
	{ "loopOutputs", loop_outputs, "outputs!,name!", 0, NULL },
	{ "parentOutput", parent_output, "index", 0, "parent parents outputs" },
	{ "printContext", print_context, "", GW_READS_ALL, NULL },
	{ "read", NULL, "path!,namespace", GW_ASKS, NULL },
	{ "render", render, "toRender!,recursive", GW_ASKS | GW_READS_ALL, NULL },
	{ "renderOnce", render_once, "toRender!", GW_ASKS | GW_READS_ALL, NULL },
	{ "secret", NULL, "key!,namespace,subkey", GW_ASKS, NULL },
	{ "tasksWithState", tasks_with_state, "state!", 0, "tasks" },
};

const struct gw_builtins gw_run_functions = { table, GW_LEN(table) };

/* context.c - the variables that expressions see, each made when it is first asked for */
#include "engine/block.h"

#include "base/json.h"
#include "base/mem.h"
#include "check/secret.h"

#define MAX_NESTING 64 /* enclosing iterations */

/* ---- Outputs, kept up to date as task runs end ---- */

/* Values of the enclosing iterations, the outermost first, then its own. */
static size_t iteration_values(const struct gw_taskrun *run, const char *values[MAX_NESTING])
{
	size_t n = 0;
	for (const struct gw_taskrun *r = run; r && n < MAX_NESTING; r = r->parent)
		if (r->value)
			values[n++] = r->value;
	for (size_t i = 0; i < n / 2; i++) {
		const char *kept = values[i];
		values[i] = values[n - 1 - i];
		values[n - 1 - i] = kept;
	}
	return n;
}

static json_t *member_object(json_t *object, const char *name)
{
	json_t *member = json_object_get(object, name);
	if (!json_is_object(member)) {
		member = json_object();
		json_object_set_new(object, name, member);
	}
	return member;
}

/* tree.task[value]… = value */
static void put_by_iteration(json_t *tree, const struct gw_taskrun *run, json_t *value)
{
	const char *values[MAX_NESTING];
	size_t n = iteration_values(run, values);
	const char *name = run->task->id;
	for (size_t i = 0; i < n; i++) {
		tree = member_object(tree, name);
		name = values[i];
	}
	json_object_set(tree, name, value);
}

void gw_context_add_outputs(struct gw_machine *m, const struct gw_taskrun *run)
{
	if (!run->outputs)
		return;
	if (!m->outputs)
		m->outputs = json_object();
	put_by_iteration(m->outputs, run, run->outputs);
}

/* ---- Makers ---- */

static void set_text(json_t *object, const char *name, const char *text)
{
	if (text)
		json_object_set_new(object, name, json_string(text));
}

static void set_time(json_t *object, const char *name, gw_time at)
{
	gw_auto_str text = { 0 };
	if (at == GW_NEVER)
		return;
	gw_time_print(&text, at);
	set_text(object, name, gw_str_text(&text));
}

static json_t *make_flow(struct gw_context *c)
{
	const struct gw_flow *flow = c->m->exec->flow;
	json_t *value = json_pack("{s:s, s:s, s:i, s:s}", "id", flow->id, "namespace",
		flow->namespace, "revision", flow->revision, "tenantId", flow->tenant);
	return value;
}

static json_t *make_execution(struct gw_context *c)
{
	const struct gw_execution *exec = c->m->exec;
	json_t *value = json_object();
	set_text(value, "id", exec->id.text);
	set_time(value, "startDate", gw_history_start(&exec->state));
	set_text(value, "originalId", exec->original_id ? exec->original_id : exec->id.text);
	set_text(value, "state", gw_state_name(gw_history_state(&exec->state)));
	set_time(value, "endDate", gw_history_end(&exec->state));
	if (exec->outputs)
		json_object_set(value, "outputs", exec->outputs);
	return value;
}

static json_t *make_task(struct gw_context *c)
{
	if (!c->run)
		return NULL;
	return json_pack("{s:s, s:s}", "id", c->run->task->id, "type", c->run->task->type_name);
}

/* Those that have ended: 0 during the first attempt. */
static json_int_t count_attempts(const struct gw_taskrun *run)
{
	json_int_t n = 0;
	for (size_t i = 0; i < run->n_attempts; i++)
		n += gw_state_is_terminal(gw_history_state(&run->attempts[i].state));
	return n;
}

static json_t *make_taskrun(struct gw_context *c)
{
	if (!c->run)
		return NULL;
	json_t *value = json_object();
	set_text(value, "id", c->run->id.text);
	set_time(value, "startDate", gw_history_start(&c->run->state));
	json_object_set_new(value, "attemptsCount", json_integer(count_attempts(c->run)));
	if (c->run->parent)
		set_text(value, "parentId", c->run->parent->id.text);
	set_text(value, "value", c->run->value);
	if (c->run->iteration >= 0)
		json_object_set_new(value, "iteration", json_integer(c->run->iteration));
	return value;
}

static json_t *make_parent_of(const struct gw_taskrun *run)
{
	json_t *value = json_object();
	if (run->value)
		json_object_set_new(value, "taskrun", json_pack("{s:s}", "value", run->value));
	if (json_object_size(run->outputs))
		json_object_set(value, "outputs", run->outputs);
	return value;
}

/* Those that have something to show, the nearest first; NULL = none. */
static json_t *make_parents(struct gw_context *c)
{
	json_t *list = NULL;
	for (const struct gw_taskrun *r = c->run ? c->run->parent : NULL; r; r = r->parent) {
		if (!r->value && json_object_size(r->outputs) == 0)
			continue;
		list = list ? list : json_array();
		json_array_append_new(list, make_parent_of(r));
	}
	return list;
}

static json_t *make_parent(struct gw_context *c)
{
	json_auto_t *list = make_parents(c);
	return json_incref(json_array_get(list, 0));
}

static json_t *make_outputs(struct gw_context *c)
{
	return c->m->outputs ? json_incref(c->m->outputs) : json_object();
}

static json_t *make_tasks(struct gw_context *c)
{
	json_t *tree = json_object();
	for (size_t i = 0; i < c->m->exec->n_runs; i++) {
		const struct gw_taskrun *run = c->m->exec->runs[i];
		json_auto_t *state =
			json_pack("{s:s}", "state", gw_state_name(gw_history_state(&run->state)));
		put_by_iteration(tree, run, state);
	}
	return tree;
}

/* Dotted keys nest: {{ labels.system.correlationId }}. */
static json_t *make_labels(struct gw_context *c)
{
	const struct gw_labels *labels = &c->m->exec->labels;
	json_t *tree = json_object();
	for (size_t i = 0; i < labels->n; i++) {
		gw_auto_free char *key = gw_strdup(labels->items[i].key);
		json_t *at = tree;
		char *part = key;
		for (char *dot; (dot = strchr(part, '.')); part = dot + 1) {
			*dot = '\0';
			at = member_object(at, part);
		}
		set_text(at, part, labels->items[i].value);
	}
	return tree;
}

/* A copy with sealed values opened; their texts are hidden in log lines from now on. */
static json_t *reveal(struct gw_machine *m, const json_t *value)
{
	struct gw_error ignored;
	gw_auto_str text = { 0 };
	const char *key;
	json_t *member;
	if (gw_secret_is_sealed(value) && gw_secret_open(value, &text, &ignored)) {
		gw_mask_add(&m->mask, gw_str_text(&text));
		return json_stringn(gw_str_text(&text), text.len);
	}
	json_t *copy = json_copy((json_t *)(uintptr_t)value);
	json_object_foreach (copy, key, member) {
		if (json_is_object(member))
			json_object_set_new(copy, key, reveal(m, member));
	}
	return copy;
}

static json_t *make_inputs(struct gw_context *c)
{
	json_t *inputs = c->m->exec->inputs;
	if (!inputs)
		return json_object();
	return c->m->setup->keeps_sealed ? json_incref(inputs) : reveal(c->m, inputs);
}

/* The flow's, as tasks of the execution changed them; null removes one. */
static json_t *make_vars(struct gw_context *c)
{
	const json_t *declared = c->m->exec->flow->variables;
	json_t *vars = json_object();
	const char *name;
	json_t *value;
	json_object_update(vars, (json_t *)(uintptr_t)declared);
	json_object_foreach (c->m->exec->variables, name, value) {
		if (json_is_null(value))
			json_object_del(vars, name);
		else
			json_object_set(vars, name, value);
	}
	return vars;
}

static json_t *make_trigger(struct gw_context *c)
{
	return json_incref(c->m->exec->cause.variables);
}

static json_t *borrow(const json_t *value)
{
	return value ? json_incref((json_t *)(uintptr_t)value) : json_object();
}

static json_t *make_envs(struct gw_context *c)
{
	return borrow(c->m->setup->envs);
}

static json_t *make_globals(struct gw_context *c)
{
	return borrow(c->m->setup->globals);
}

static json_t *make_kestra(struct gw_context *c)
{
	return borrow(c->m->setup->kestra);
}

static const struct maker {
	const char *name;
	json_t *(*make)(struct gw_context *c); /* NULL = undefined */
	bool is_shared; /* never changes during an execution */
} makers[] = {
	{ "outputs", make_outputs, false },
	{ "inputs", make_inputs, true },
	{ "trigger", make_trigger, true },
	{ "taskrun", make_taskrun, false },
	{ "execution", make_execution, false },
	{ "flow", make_flow, true },
	{ "vars", make_vars, false },
	{ "labels", make_labels, false },
	{ "task", make_task, false },
	{ "tasks", make_tasks, false },
	{ "parent", make_parent, false },
	{ "parents", make_parents, false },
	{ "envs", make_envs, true },
	{ "globals", make_globals, true },
	{ "kestra", make_kestra, true },
};

/* ---- The scope ---- */

static const struct maker *find_maker(const char *name)
{
	for (size_t i = 0; i < GW_LEN(makers); i++)
		if (strcmp(makers[i].name, name) == 0)
			return &makers[i];
	return NULL;
}

static json_t *keep(json_t **cache, const char *name, json_t *value)
{
	if (!value)
		return NULL;
	if (!*cache)
		*cache = json_object();
	json_object_set_new(*cache, name, value);
	return value;
}

static const json_t *find_variable(struct gw_scope *scope, const char *name)
{
	struct gw_context *c = (struct gw_context *)scope;
	json_t *own = json_object_get(c->m->exec->variables, name);
	if (own)
		return own;
	json_t *value = json_object_get(c->made, name);
	if (!value)
		value = json_object_get(c->m->shared, name);
	const struct maker *maker = value ? NULL : find_maker(name);
	if (maker)
		value = keep(maker->is_shared ? &c->m->shared : &c->made, name, maker->make(c));
	return value;
}

static json_t *everything(struct gw_scope *scope)
{
	struct gw_context *c = (struct gw_context *)scope;
	json_t *all = json_object();
	for (size_t i = 0; i < GW_LEN(makers); i++) {
		const json_t *value = find_variable(scope, makers[i].name);
		if (value)
			json_object_set(all, makers[i].name, (json_t *)(uintptr_t)value);
	}
	json_object_update(all, c->m->exec->variables);
	return all;
}

/* What modules add (jq …) and files are waited for: both are bounded. */
static json_t *ask(struct gw_scope *scope, const char *function, const json_t *arguments,
	struct gw_error *err)
{
	struct gw_context *c = (struct gw_context *)scope;
	const struct gw_execution *exec = c->m->exec;
	json_auto_t *context = json_pack("{s:O*}", "trigger", exec->cause.variables);
	const struct gw_functions functions = {
		.storage = c->m->setup->storage,
		.hosts = c->m->setup->hosts,
		.tenant = exec->tenant,
		.namespace = exec->flow->namespace,
		.flow = exec->flow->id,
		.execution = exec->id.text,
		.context = context,
		.mask = &c->m->mask,
	};
	return gw_function_call(&functions, function, arguments, err);
}

void gw_context_open(struct gw_context *c, struct gw_machine *m, const struct gw_taskrun *run)
{
	*c = (struct gw_context){
		.scope = { .variable = find_variable,
			.everything = everything,
			.ask = m->setup->storage && !m->setup->keeps_sealed ? ask : NULL,
			.now = m->now,
			.recursive = m->setup->recursive_rendering },
		.m = m,
		.run = run,
	};
}

void gw_context_close(struct gw_context *c)
{
	json_decref(c->made);
	c->made = NULL;
}

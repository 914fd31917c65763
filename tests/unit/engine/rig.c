/* rig.c - driving a state machine without an engine */
#include "tests/unit/engine/rig.h"

#include "engine/block.h"

#include "base/json.h"

#include <dlfcn.h>
#include <stdlib.h>

static bool work(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)run;
	(void)properties;
	return gw_fail(err, GW_INTERNAL, "a worker runs this");
}

static const struct gw_property work_properties[] = {
	{ "text", "string", 0, NULL, "Anything." },
	{ 0 },
};

static const struct gw_task_type work_type = {
	.type = "test.Work",
	.summary = "Goes to a worker.",
	.mode = GW_TASK_ISOLATED,
	.properties = work_properties,
	.run = work,
};

static const struct gw_module work_module = {
	GW_MODULE_HEAD,
	.name = "work",
	.version = "1",
	.summary = "For tests.",
	.tasks = (const struct gw_task_type *const[]){ &work_type, NULL },
};

static const struct gw_module *open_module(const char *name)
{
	gw_auto_free char *path = gw_sprintf("%s/modules/%s.so", getenv("GW_BUILD"), name);
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		fail_msg("%s", dlerror());
	return dlsym(handle, "gw_module");
}

/* The installation's own modules and the one above, all in this process. */
static struct gw_registry *load_registry(void)
{
	static const char *const names[] = { "debug", "execution", "flow", "labels", "log" };
	const struct gw_module *modules[GW_LEN(names) + 2] = { &work_module };
	for (size_t i = 0; i < GW_LEN(names); i++)
		modules[i + 1] = open_module(names[i]);
	return gw_registry_of(modules);
}

void rig_open(struct rig *r, const char *yaml)
{
	static struct gw_registry *registry;
	gw_auto_violations v = { 0 };
	if (!registry)
		registry = load_registry();
	*r = (struct rig){ .registry = registry, .now = 1700000000 * GW_SECOND };
	json_auto_t *doc = gw_flow_read(gw_slice_of(yaml), registry, NULL, &v, NULL);
	if (!doc) {
		gw_auto_str text = { 0 };
		gw_violations_print(&text, &v);
		fail_msg("%s", gw_str_text(&text));
	}
	r->flow = gw_flow_compile("main", 1, doc, registry, NULL);
	assert_null(r->flow->broken);
}

void rig_close(struct rig *r)
{
	gw_machine_free(r->m);
	gw_flow_unref(&r->flow);
	free(r->pending);
}

static void note_effects(struct rig *r)
{
	struct gw_machine *m = r->m;
	for (size_t i = 0; i < m->n_effects; i++) {
		json_decref(m->effects[i].properties);
		if (m->effects[i].type == GW_EFFECT_KILL)
			continue; /* the test ends it */
		r->pending = gw_grow(r->pending, r->n_pending, &r->cap_pending);
		r->pending[r->n_pending++] = m->effects[i].run;
	}
	m->n_effects = 0;
}

static void forget_dirty(struct gw_machine *m)
{
	for (size_t i = 0; i < m->n_dirty; i++)
		m->dirty[i]->is_dirty = false;
	m->n_dirty = 0;
	m->exec->is_dirty = false;
	m->fresh = 0;
	gw_machine_drop_entries(m);
}

void rig_settle(struct rig *r)
{
	do {
		if (gw_machine_is_cut(r->m))
			gw_machine_go(r->m, r->now);
		forget_dirty(r->m);
		note_effects(r);
		r->n_written++;
	} while (gw_machine_is_cut(r->m));
}

void rig_start(struct rig *r, const char *inputs)
{
	struct gw_error err;
	struct gw_execution *exec = gw_execution_new("main", r->flow, gw_id_new(r->now));
	if (inputs)
		exec->inputs = gw_json_parse(gw_slice_of(inputs), &err);
	gw_history_add(&exec->state, GW_CREATED, r->now);
	r->m = gw_machine_new(&r->setup, exec);
	gw_machine_start(r->m, r->now);
	rig_settle(r);
}

void rig_end(struct rig *r, size_t i, enum gw_state state, const char *outputs)
{
	struct gw_error err;
	assert_true(i < r->n_pending);
	struct gw_taskrun *run = r->pending[i];
	memmove(&r->pending[i], &r->pending[i + 1], (--r->n_pending - i) * sizeof(run));
	struct gw_result result = { .state = state, .effects.state = GW_SUCCESS };
	if (outputs)
		result.effects.outputs = gw_json_parse(gw_slice_of(outputs), &err);
	gw_machine_ended(r->m, run, &result, r->now);
	rig_settle(r);
}

void rig_advance(struct rig *r, int64_t us)
{
	r->now += us;
	gw_machine_timers(r->m, r->now);
	rig_settle(r);
}

/* Prints everything, reads it back: what a node does that takes over. */
void rig_crash(struct rig *r)
{
	struct gw_error err;
	gw_auto_str text = { 0 };
	struct gw_execution *old = r->m->exec;
	gw_execution_print(&text, old);
	json_auto_t *doc = gw_json_parse(gw_str_slice(&text), &err);
	struct gw_execution *exec = gw_execution_read("main", doc, r->flow, &err);
	assert_non_null(exec);
	for (size_t i = 0; i < old->n_runs; i++) {
		gw_str_reset(&text);
		gw_taskrun_print(&text, old, old->runs[i]);
		json_auto_t *run = gw_json_parse(gw_str_slice(&text), &err);
		assert_non_null(gw_taskrun_read(exec, run, &err));
	}
	gw_machine_free(r->m);
	r->n_pending = 0;
	r->m = gw_machine_new(&r->setup, exec);
	gw_machine_resume_work(r->m, true, r->now);
	rig_settle(r);
}

enum gw_state rig_state(const struct rig *r)
{
	return gw_history_state(&r->m->exec->state);
}

struct gw_taskrun *rig_run(const struct rig *r, const char *task)
{
	struct gw_taskrun *found = NULL;
	for (size_t i = 0; i < r->m->exec->n_runs; i++)
		if (strcmp(r->m->exec->runs[i]->task->id, task) == 0)
			found = r->m->exec->runs[i];
	assert_non_null(found);
	return found;
}

static void print_runs(struct gw_str *out, const struct rig *r, const struct gw_taskrun *parent,
	int depth)
{
	for (size_t i = 0; i < r->m->exec->n_runs; i++) {
		const struct gw_taskrun *run = r->m->exec->runs[i];
		if (run->parent != parent || run->is_dropped)
			continue;
		gw_str_printf(out, "%*s%s %s", depth * 2, "", run->task->id,
			gw_state_name(gw_history_state(&run->state)));
		if (run->n_attempts > 1)
			gw_str_printf(out, " x%zu", run->n_attempts);
		if (run->value)
			gw_str_printf(out, " [%s]", run->value);
		gw_str_putc(out, '\n');
		print_runs(out, r, run, depth + 1);
	}
}

char *rig_tree(const struct rig *r)
{
	struct gw_str out = { 0 };
	gw_str_printf(&out, "%s\n", gw_state_name(rig_state(r)));
	print_runs(&out, r, NULL, 0);
	return gw_str_steal(&out);
}

void assert_tree(const struct rig *r, const char *expected)
{
	gw_auto_free char *tree = rig_tree(r);
	assert_string_equal(tree, expected);
}

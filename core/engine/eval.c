/* eval.c - rendering an expression with the context of a stored execution */
#include "engine/internal.h"

#include "engine/block.h"

static json_t *render(struct gw_machine *m, const struct gw_taskrun *run,
	const struct gw_template *template, struct gw_error *err)
{
	struct gw_context c;
	gw_auto_str text = { 0 };
	gw_context_open(&c, m, run);
	bool rendered = gw_template_render(template, &c.scope, &text, err);
	gw_context_close(&c);
	return rendered ? json_stringn(gw_str_text(&text), text.len) : NULL;
}

/* Encrypted inputs stay as they are. */
static json_t *eval_in(struct gw_machine *m, const char *taskrun, struct gw_slice expression,
	struct gw_error *err)
{
	const struct gw_taskrun *run = NULL;
	if (taskrun && !(run = gw_execution_find_run(m->exec, gw_slice_of(taskrun)))) {
		gw_fail(err, GW_NOT_FOUND, "execution %s has no task run %s", m->exec->id.text,
			taskrun);
		return NULL;
	}
	for (size_t i = 0; i < m->exec->n_runs; i++)
		if (!m->exec->runs[i]->is_dropped)
			gw_context_add_outputs(m, m->exec->runs[i]);
	struct gw_template *template = gw_template_compile(expression, err);
	json_t *result = template ? render(m, run, template, err) : NULL;
	gw_template_free(template);
	return result;
}

json_t *gw_engine_eval(struct gw_engine *engine, const char *tenant, const char *execution,
	const char *taskrun, struct gw_slice expression, struct gw_error *err)
{
	gw_auto_free char *owner = NULL;
	struct gw_machine *m = gw_load_machine(engine, tenant, execution, &owner, err);
	if (!m)
		return NULL;
	struct gw_machine_setup setup = *m->setup;
	setup.keeps_sealed = true;
	m->setup = &setup;
	m->now = gw_history_start(&m->exec->state);
	json_t *result = eval_in(m, taskrun, expression, err);
	gw_machine_free(m);
	return result;
}

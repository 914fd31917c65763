/* start.c - new executions */
#include "engine/start.h"

#include "engine/internal.h"

#include "metrics/metrics.h"

struct gw_start *gw_start_new(const char *tenant, struct gw_flow *flow)
{
	struct gw_start *start = gw_new(struct gw_start);
	start->tenant = gw_strdup(tenant);
	start->flow = gw_flow_ref(flow);
	start->schedule_date = start->trigger_date = GW_NEVER;
	return start;
}

void gw_start_free(struct gw_start *start)
{
	if (!start)
		return;
	free(start->tenant);
	gw_flow_unref(&start->flow);
	json_decref(start->inputs);
	json_decref(start->variables);
	gw_labels_clear(&start->labels);
	gw_cause_clear(&start->cause);
	free(start->backfill);
	free(start);
}

/* The caller's, else the flow's, then its own id to follow it by. */
static void set_labels(struct gw_execution *exec, const struct gw_labels *given)
{
	const struct gw_labels *own = &exec->flow->labels;
	for (size_t i = 0; i < own->n; i++)
		if (!gw_label_is_system(own->items[i].key))
			gw_labels_add(&exec->labels, own->items[i].key, own->items[i].value);
	for (size_t i = 0; i < given->n; i++)
		gw_labels_set(&exec->labels, given->items[i].key, given->items[i].value);
	gw_labels_add(&exec->labels, GW_CORRELATION_LABEL, exec->id.text);
}

struct gw_machine *gw_start_machine(struct gw_engine *engine, struct gw_start *start, gw_time now)
{
	struct gw_execution *exec = gw_execution_new(start->tenant, start->flow, start->id);
	set_labels(exec, &start->labels);
	exec->inputs = gw_steal(&start->inputs);
	exec->variables = gw_steal(&start->variables);
	exec->backfill = gw_steal(&start->backfill);
	exec->cause = start->cause;
	start->cause = (struct gw_cause){ 0 };
	exec->schedule_date = start->schedule_date;
	exec->trigger_date = start->trigger_date;
	exec->original_created = now;
	gw_history_add(&exec->state, GW_CREATED, now);
	exec->is_dirty = true;
	gw_meter_add(GW_METER_EXECUTION_STARTED, 1);
	return gw_machine_new(&engine->machine_setup, exec);
}

bool gw_engine_start_execution(struct gw_engine *engine, struct gw_start *start,
	struct gw_error *err)
{
	struct gw_mail *mail = gw_new(struct gw_mail);
	mail->type = GW_MAIL_START;
	mail->start = start;
	if (gw_shard_post(gw_shard_of(engine, start->id.text), mail, true))
		return true;
	free(mail);
	return gw_fail(err, GW_BUSY, "too many executions are being created: try again later");
}

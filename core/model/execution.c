/* execution.c - the life of executions and task runs, and what records of them hold */
#include "model/execution.h"

#include "base/mem.h"

struct gw_execution *gw_execution_new(const char *tenant, struct gw_flow *flow, struct gw_id id)
{
	struct gw_execution *exec = gw_new(struct gw_execution);
	exec->id = id;
	exec->tenant = gw_strdup(tenant);
	exec->flow = gw_flow_ref(flow);
	exec->attempt_number = 1;
	exec->original_created = exec->schedule_date = GW_NEVER;
	exec->trigger_date = exec->retry_at = GW_NEVER;
	return exec;
}

void gw_taskrun_free(struct gw_taskrun *run)
{
	for (size_t i = 0; i < run->n_attempts; i++)
		gw_history_clear(&run->attempts[i].state);
	free(run->attempts);
	gw_history_clear(&run->state);
	json_decref(run->outputs);
	json_decref(run->plan);
	free(run->value);
	free(run);
}

void gw_cause_clear(struct gw_cause *cause)
{
	free(cause->id);
	free(cause->type);
	json_decref(cause->variables);
	*cause = (struct gw_cause){ 0 };
}

void gw_execution_free(struct gw_execution *exec)
{
	if (!exec)
		return;
	for (size_t i = 0; i < exec->n_runs; i++)
		gw_taskrun_free(exec->runs[i]);
	free(exec->runs);
	gw_history_clear(&exec->state);
	gw_labels_clear(&exec->labels);
	gw_cause_clear(&exec->cause);
	json_decref(exec->inputs);
	json_decref(exec->outputs);
	json_decref(exec->variables);
	json_decref(exec->applied);
	free(exec->parent_id);
	free(exec->original_id);
	free(exec->backfill);
	free(exec->gate);
	gw_flow_unref(&exec->flow);
	free(exec->tenant);
	free(exec);
}

void gw_execution_append(struct gw_execution *exec, struct gw_taskrun *run)
{
	run->ordinal = (unsigned)exec->n_runs;
	exec->runs = gw_grow(exec->runs, exec->n_runs, &exec->cap_runs);
	exec->runs[exec->n_runs++] = run;
}

struct gw_taskrun *gw_execution_add_run(struct gw_execution *exec, const struct gw_task *task,
	struct gw_taskrun *parent, gw_time now)
{
	struct gw_taskrun *run = gw_new(struct gw_taskrun);
	gw_execution_append(exec, run);
	run->iteration = -1;
	run->wake_at = GW_NEVER;
	run->id = gw_id_new(now);
	run->task = task;
	run->parent = parent;
	gw_history_add(&run->state, GW_CREATED, now);
	return run;
}

struct gw_taskrun *gw_execution_find_run(const struct gw_execution *exec, struct gw_slice id)
{
	for (size_t i = 0; i < exec->n_runs; i++)
		if (gw_slice_is(id, exec->runs[i]->id.text))
			return exec->runs[i];
	return NULL;
}

struct gw_attempt *gw_taskrun_attempt(struct gw_taskrun *run)
{
	return run->n_attempts ? &run->attempts[run->n_attempts - 1] : NULL;
}

struct gw_attempt *gw_taskrun_add_attempt(struct gw_taskrun *run)
{
	run->attempts = gw_grow(run->attempts, run->n_attempts, &run->cap_attempts);
	run->attempts[run->n_attempts] = (struct gw_attempt){ 0 };
	if (run->n_attempts > 0) /* what came before the first attempt counts as its own */
		run->line = run->n_metrics = 0;
	return &run->attempts[run->n_attempts++];
}

/* ---- Records ---- */

void gw_execution_fields(const struct gw_execution *exec, struct gw_value fields[GW_EXECUTION_N])
{
	const struct gw_history *state = &exec->state;
	gw_time end =
		gw_state_is_terminal(gw_history_state(state)) ? gw_history_end(state) : GW_NEVER;
	json_t *parent = json_object_get(exec->cause.variables, "executionId");
	memset(fields, 0, GW_EXECUTION_N * sizeof(fields[0]));
	fields[GW_EXECUTION_NAMESPACE] = gw_value_string(exec->flow->namespace);
	fields[GW_EXECUTION_FLOW] = gw_value_string(exec->flow->id);
	fields[GW_EXECUTION_REVISION] = gw_value_number(exec->flow->revision);
	fields[GW_EXECUTION_STATE] = gw_value_string(gw_state_name(gw_history_state(state)));
	fields[GW_EXECUTION_START] = gw_value_time(gw_history_start(state));
	fields[GW_EXECUTION_END] = gw_value_time(end);
	if (end != GW_NEVER)
		fields[GW_EXECUTION_DURATION] = gw_value_number(gw_history_duration(state));
	fields[GW_EXECUTION_TRIGGER] = gw_value_string(exec->cause.id);
	fields[GW_EXECUTION_TRIGGER_DATE] = gw_value_time(exec->trigger_date);
	fields[GW_EXECUTION_BACKFILL] = gw_value_string(exec->backfill);
	fields[GW_EXECUTION_PARENT] = gw_value_string(json_string_value(parent));
	fields[GW_EXECUTION_TASKRUNS] = gw_value_number((int64_t)exec->n_runs);
}

void gw_taskrun_fields(const struct gw_taskrun *run, struct gw_value fields[GW_TASKRUN_N])
{
	memset(fields, 0, GW_TASKRUN_N * sizeof(fields[0]));
	fields[GW_TASKRUN_TASK] = gw_value_string(run->task->id);
	fields[GW_TASKRUN_STATE] = gw_value_string(gw_state_name(gw_history_state(&run->state)));
}

void gw_taskrun_key(struct gw_str *out, const char *execution, unsigned ordinal)
{
	char digits[] = "/000000";
	for (size_t i = sizeof(digits) - 2; i > 0; i--, ordinal /= 10)
		digits[i] = (char)('0' + ordinal % 10);
	gw_str_puts(out, execution);
	gw_str_add(out, digits, sizeof(digits) - 1);
}

/* plan.c - the functions that flowable tasks call */
#include "run/plan.h"

#include "base/mem.h"

void gw_plan_clear(struct gw_plan *plan)
{
	for (size_t i = 0; i < plan->n_lanes; i++) {
		struct gw_lane *lane = &plan->lanes[i];
		for (size_t k = 0; k < lane->n_after; k++)
			free(lane->after[k]);
		free(lane->after);
		free(lane->value);
	}
	free(plan->lanes);
	gw_effects_clear(&plan->effects);
	*plan = (struct gw_plan){ 0 };
}

void gw_plan_lane(struct gw_plan *plan, const char *branch, int task, const char *value,
	int iteration)
{
	const struct gw_branch *found = gw_task_branch(plan->task, branch);
	if (!found || found->n == 0 || task >= (int)found->n)
		return; /* a branch that is not there has nothing to run */
	plan->lanes = gw_grow(plan->lanes, plan->n_lanes, &plan->cap_lanes);
	plan->lanes[plan->n_lanes++] =
		(struct gw_lane){ found, task, gw_strdup(value), iteration, NULL, 0 };
}

void gw_plan_after(struct gw_plan *plan, const char *task_id)
{
	struct gw_lane *lane = &plan->lanes[plan->n_lanes - 1];
	lane->after = gw_realloc(lane->after, (lane->n_after + 1) * sizeof(*lane->after));
	lane->after[lane->n_after++] = gw_strdup(task_id);
}

void gw_plan_limit(struct gw_plan *plan, int lanes_at_once)
{
	plan->limit = lanes_at_once;
}

void gw_plan_output(struct gw_plan *plan, const char *name, json_t *value)
{
	if (!plan->effects.outputs)
		plan->effects.outputs = json_object();
	json_object_set_new(plan->effects.outputs, name, value);
}

void gw_plan_pause(struct gw_plan *plan, int64_t delay_us, enum gw_state then)
{
	plan->pauses = true;
	plan->delay_us = delay_us;
	plan->pause_state = then;
}

void gw_plan_wait(struct gw_plan *plan, int64_t delay_us)
{
	plan->waits = true;
	plan->delay_us = delay_us;
}

int gw_plan_round(const struct gw_plan *plan)
{
	return plan->round;
}

int64_t gw_plan_elapsed(const struct gw_plan *plan)
{
	return plan->elapsed_us;
}

void gw_plan_again(struct gw_plan *plan, int64_t delay_us)
{
	plan->again = true;
	plan->again_us = delay_us;
}

int gw_plan_tasks(const struct gw_plan *plan, const char *branch)
{
	const struct gw_branch *found = gw_task_branch(plan->task, branch);
	return found ? (int)found->n : -1;
}

void gw_plan_log(struct gw_plan *plan, enum gw_level level, const char *format, ...)
{
	gw_auto_str text = { 0 };
	va_list args;
	va_start(args, format);
	gw_str_vprintf(&text, format, args);
	va_end(args);
	gw_effects_log(&plan->effects, plan->now, level, gw_str_slice(&text));
}

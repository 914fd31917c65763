/* work.c - one job from its properties to its result */
#include "run/work.h"

#include "base/json.h"
#include "base/mem.h"
#include "check/property.h"

/* ---- The three ways to run ---- */

static void log_output(void *arg, struct gw_slice text, bool is_error)
{
	struct gw_work *work = arg;
	gw_run_log_text(&work->run, is_error ? GW_ERROR : GW_INFO, text);
}

static bool run_isolated(struct gw_work *work, const json_t *properties, struct gw_error *err)
{
	const struct gw_job *job = work->job;
	json_auto_t *task = json_pack("{s:s, s:O*, s:b, s:b, s:i}", "type",
		job->task ? job->task->type_name : job->trigger->type_name, "properties",
		properties, "poll", job->task == NULL, "last", 1, "level", work->run.least_level);
	work->out = (struct gw_lines){ .line = log_output, .arg = work };
	work->err_lines = (struct gw_lines){ .line = log_output, .arg = work, .is_error = true };
	return gw_work_follow(work, NULL, task, err);
}

static void pass_line(void *arg, struct gw_slice text, bool is_error)
{
	struct gw_work *work = arg;
	if (work->job->task->type->line)
		work->job->task->type->line(&work->run, text, is_error);
}

static bool run_program(struct gw_work *work, const json_t *properties, struct gw_error *err)
{
	const struct gw_task_type *type = work->job->task->type;
	gw_auto_program program = { 0 };
	work->out = (struct gw_lines){ .line = pass_line, .arg = work };
	work->err_lines = (struct gw_lines){ .line = pass_line, .arg = work, .is_error = true };
	if (!gw_run_directory(&work->run, err) ||
		!gw_program_make(type, &work->run, properties, &program, err) ||
		!gw_work_give_folder(work, err))
		return false;
	if (work->stop != GW_GOES_ON)
		return true; /* it has not begun: there is nothing to finish */
	if (!gw_work_follow(work, &program, NULL, err))
		return gw_explain(err, "%s", program.argv[0]);
	struct gw_exit end = gw_exit_of(work->status);
	end.stdout_lines = work->out.n;
	end.stderr_lines = work->err_lines.n;
	return work->stop != GW_GOES_ON ||
	       gw_program_finish(type, &work->run, properties, &end, err);
}

static bool run_here(struct gw_work *work, const json_t *properties, struct gw_error *err)
{
	return work->job->task->type->run(&work->run, properties, err);
}

static bool run_as_declared(struct gw_work *work, const json_t *properties, struct gw_error *err)
{
	const struct gw_task *task = work->job->task;
	if (!task || !task->in_server || task->type->mode == GW_TASK_ISOLATED)
		return run_isolated(work, properties, err);
	if (task->type->mode == GW_TASK_PROGRAM)
		return run_program(work, properties, err);
	if (task->type->mode == GW_TASK_PURE)
		return run_here(work, properties, err);
	return gw_fail(err, GW_INTERNAL, "%s is not run by a worker", task->type_name);
}

/* ---- The result ---- */

static bool check_outputs(const struct gw_work *work, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	if (work->run.effects.outputs)
		gw_json_print(&text, work->run.effects.outputs);
	if (text.len <= GW_OUTPUT_MAX)
		return true;
	return gw_fail(err, GW_INVALID,
		"the outputs take %zu bytes, at most %u are kept: store large ones as a file",
		text.len, GW_OUTPUT_MAX);
}

static bool run_job(struct gw_work *work, struct gw_error *err)
{
	const struct gw_job *job = work->job;
	json_auto_t *rendered = json_incref(job->properties);
	if (!rendered && job->task)
		rendered = gw_task_properties(job->task, &work->scope, err);
	if (!rendered && job->task)
		return false;
	if (work->stop != GW_GOES_ON)
		return true;
	return run_as_declared(work, rendered, err) && check_outputs(work, err);
}

static void log_timeout(struct gw_work *work)
{
	const struct gw_task *task = work->job->task;
	const json_t *written = task && task->timeout ? gw_tree_source(task->timeout) : NULL;
	const char *text = json_string_value(written);
	gw_run_log(&work->run, GW_ERROR, "Timeout%s%s", text ? " after " : "", text ? text : "");
}

static void log_dropped(struct gw_work *work)
{
	struct gw_effects *e = &work->run.effects;
	if (e->n_dropped == 0)
		return;
	size_t dropped = e->n_dropped;
	e->n_logged = 0; /* room for this one */
	gw_run_log(&work->run, GW_WARN, "%zu more log lines were dropped: an attempt keeps %u",
		dropped, GW_LINES_MAX);
}

static enum gw_state fail_job(struct gw_work *work, struct gw_error *err)
{
	gw_auto_str hidden = { 0 };
	if (err->code == GW_OK)
		gw_fail(err, GW_INTERNAL, "the task failed without saying why");
	gw_run_log(&work->run, GW_ERROR, "%s", err->message);
	if (gw_mask_apply(&work->mask, gw_slice_of(err->message), &hidden))
		gw_fail(err, err->code, "%s", gw_str_text(&hidden));
	if (!check_outputs(work, &(struct gw_error){ 0 })) {
		json_decref(work->run.effects.outputs);
		work->run.effects.outputs = NULL;
	}
	return GW_FAILED;
}

static enum gw_state end_job(struct gw_work *work, bool ok, struct gw_error *err)
{
	log_dropped(work);
	switch (atomic_load(&work->stop)) {
	case GW_STOP_KILLED:
	case GW_STOP_SHUTDOWN:
		return GW_KILLED;
	case GW_STOP_TIMEOUT:
		log_timeout(work);
		return GW_FAILED;
	case GW_GOES_ON:
		break;
	}
	return ok ? work->run.effects.state : fail_job(work, err);
}

void gw_work_do(struct gw_work *work, struct gw_job_result *result)
{
	gw_work_set_up(work);
	bool ok = run_job(work, &result->error);
	result->state = end_job(work, ok, &result->error);
	if (ok || work->stop != GW_GOES_ON)
		result->error.code = GW_OK;
	result->interrupted = work->stop == GW_STOP_SHUTDOWN;
	result->fires = work->fires;
	result->effects = work->run.effects;
	work->run.effects = (struct gw_effects){ 0 };
	gw_work_tear_down(work);
}

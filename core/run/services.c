/* services.c - what a running task can ask for, in the server */
#include "run/work.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

#include <sys/stat.h>

#define FLUSH_US (100 * GW_MILLISECOND)
#define FLUSH_LINES 1000 /* so many are handed on at once */

static struct gw_work *work_of(struct gw_run *run)
{
	return run->self;
}

/* ---- Lines ---- */

void gw_work_flush(struct gw_work *work)
{
	struct gw_effects *e = &work->run.effects;
	work->flush_at = 0;
	if (e->n_lines == 0 || !work->job->lines)
		return;
	work->job->lines(work->job, e);
	gw_effects_clear_lines(e);
	work->masked = 0;
}

static void hide_secrets(struct gw_work *work, struct gw_line *line)
{
	gw_auto_str hidden = { 0 };
	if (!gw_mask_apply(&work->mask, gw_slice(line->text, line->len), &hidden))
		return;
	free(line->text);
	line->len = hidden.len;
	line->text = gw_str_steal(&hidden);
}

static void take_lines(struct gw_run *run)
{
	struct gw_work *work = work_of(run);
	struct gw_effects *e = &run->effects;
	for (; work->masked < e->n_lines; work->masked++)
		hide_secrets(work, &e->lines[work->masked]);
	if (work->flush_at == 0)
		work->flush_at = gw_clock_boot() + FLUSH_US;
	if (e->n_lines >= FLUSH_LINES)
		gw_work_flush(work);
}

/* ---- Rendering ---- */

static struct gw_work *work_of_scope(struct gw_scope *scope)
{
	return (struct gw_work *)((char *)scope - offsetof(struct gw_work, scope));
}

static const json_t *find_variable(struct gw_scope *scope, const char *name)
{
	struct gw_work *work = work_of_scope(scope);
	const json_t *defined = json_object_get(work->run.defined, name);
	return defined ? defined : json_object_get(work->job->context, name);
}

static json_t *list_variables(struct gw_scope *scope)
{
	struct gw_work *work = work_of_scope(scope);
	json_t *all = work->job->context ? json_copy(work->job->context) : json_object();
	json_object_update(all, work->run.defined);
	return all;
}

static json_t *call_function(struct gw_scope *scope, const char *function, const json_t *arguments,
	struct gw_error *err)
{
	return gw_function_call(&work_of_scope(scope)->functions, function, arguments, err);
}

static json_t *render(struct gw_run *run, const json_t *raw, struct gw_error *err)
{
	struct gw_work *work = work_of(run);
	struct gw_tree *tree = gw_tree_compile(raw, err);
	if (!tree)
		return NULL;
	json_t *value = gw_tree_render(tree, &work->scope, false, err);
	gw_tree_free(tree);
	return value;
}

/* ---- Storage ---- */

static int read_file(struct gw_run *run, const char *uri, struct gw_error *err)
{
	struct gw_work *work = work_of(run);
	return gw_storage_read(work->setup->storage, work->job->flow->tenant, uri, err);
}

void gw_job_place(struct gw_str *uri, const struct gw_job *job)
{
	gw_str_puts(uri, "kestra://");
	gw_storage_execution_path(uri, job->flow->namespace, job->flow->id, job->execution);
	gw_str_puts(uri, job->task ? "/tasks/" : "/trigger/");
	gw_storage_slug(uri, gw_slice_of(job->task ? job->task->id : job->trigger->id));
	if (job->task)
		gw_str_printf(uri, "/%s", job->taskrun);
}

static bool write_file(struct gw_run *run, int fd, const char *name, char **uri,
	struct gw_error *err)
{
	struct gw_work *work = work_of(run);
	struct stat st;
	gw_auto_str place = { 0 };
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return gw_fail(err, GW_INVALID, "%s is no regular file", name);
	gw_job_place(&place, work->job);
	gw_str_printf(&place, "/%s", name);
	const char *tenant = work->job->flow->tenant;
	if (!gw_storage_write(work->setup->storage, tenant, gw_str_text(&place), fd, err))
		return false;
	*uri = gw_str_steal(&place);
	return true;
}

/* ---- Questions ---- */

static json_t *ask_engine(void *arg, const char *question, const json_t *arguments,
	struct gw_error *err)
{
	struct gw_work *work = arg;
	if (work->setup->ask)
		return work->setup->ask(work->setup->arg, work->job, question, arguments, err);
	gw_fail(err, GW_INVALID, "nobody can answer %s", question);
	return NULL;
}

static json_t *ask(struct gw_run *run, const char *question, const json_t *arguments,
	struct gw_error *err)
{
	return ask_engine(work_of(run), question, arguments, err);
}

const struct gw_run_services gw_work_services = {
	.directory = gw_work_folder,
	.read = read_file,
	.write = write_file,
	.ask = ask,
	.render = render,
	.logged = take_lines,
};

/* ---- From one job to the next ---- */

void gw_work_set_up(struct gw_work *work)
{
	const struct gw_job *job = work->job;
	size_t i;
	json_t *secret;
	work->run.services = &gw_work_services;
	work->run.self = work;
	work->run.now = GW_NEVER;
	work->run.least_level = job->task ? job->task->log_level : job->trigger->log_level;
	gw_effects_clear(&work->run.effects);
	work->id = gw_sprintf("%s/%s/%d", gw_hosts_node(work->setup->hosts), job->taskrun,
		job->attempt);
	work->functions = (struct gw_functions){ work->setup->storage, work->setup->hosts,
		job->flow->tenant, job->flow->namespace, job->flow->id, job->execution,
		job->context, &work->mask, ask_engine, work };
	work->scope = (struct gw_scope){ .variable = find_variable,
		.everything = list_variables,
		.ask = call_function,
		.now = gw_clock_now(),
		.recursive = work->setup->recursive };
	json_array_foreach (job->secrets, i, secret)
		if (json_is_string(secret))
			gw_mask_add(&work->mask, json_string_value(secret));
}

void gw_work_tear_down(struct gw_work *work)
{
	gw_work_return_folder(work);
	gw_run_clear(&work->run);
	gw_mask_clear(&work->mask);
	free(work->folder);
	free(work->id);
}

/* jobs.c - between the shards, which decide, and the worker, which runs */
#include "engine/internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/block.h"
#include "engine/questions.h"
#include "run/worker.h"

#include <sys/stat.h>

/* What a job belongs to. */
struct ticket {
	struct gw_engine *engine;
	char *execution; /* tenant/id */
	char *id;
	unsigned ordinal;
};

static struct gw_mail *new_mail(const struct ticket *t, enum gw_mail_type type,
	struct gw_result result)
{
	struct gw_mail *mail = gw_new(struct gw_mail);
	mail->type = type;
	mail->execution = gw_strdup(t->execution);
	mail->ordinal = t->ordinal;
	mail->result = result;
	return mail;
}

static void post(const struct ticket *t, enum gw_mail_type type, struct gw_result result)
{
	gw_shard_post(gw_shard_of(t->engine, t->id), new_mail(t, type, result), false);
}

static void hear_lines(struct gw_job *job, struct gw_effects *effects)
{
	const struct ticket *t = job->arg;
	struct gw_result result = { .state = GW_RUNNING };
	result.effects.state = GW_SUCCESS;
	result.effects.lines = gw_steal(&effects->lines);
	result.effects.n_lines = effects->n_lines;
	effects->n_lines = effects->cap_lines = 0;
	gw_shard_post_lines(gw_shard_of(t->engine, t->id), new_mail(t, GW_MAIL_LINES, result));
}

static void hear_end(struct gw_job *job, struct gw_job_result *end)
{
	struct ticket *t = job->arg;
	if (!end->interrupted) {
		struct gw_result result = { .state = end->state, .effects = end->effects };
		end->effects = (struct gw_effects){ .state = GW_SUCCESS };
		post(t, GW_MAIL_ENDED, result);
	}
	free(t->execution);
	free(t->id);
	free(t);
}

/* When the task's timeout strikes; false if it cannot be rendered. */
static bool timeout_at(struct gw_machine *m, const struct gw_taskrun *run, gw_time *out,
	struct gw_error *err)
{
	struct gw_context c;
	int64_t timeout_us;
	*out = GW_NEVER;
	if (!run->task->timeout)
		return true;
	gw_context_open(&c, m, run);
	json_auto_t *text = gw_tree_render(run->task->timeout, &c.scope, false, err);
	gw_context_close(&c);
	if (!text || !gw_duration_parse(gw_slice_of(json_string_value(text)), &timeout_us, err))
		return gw_explain(err, "timeout");
	*out = gw_clock_now() + timeout_us;
	return true;
}

static void refuse(struct ticket *t, const struct gw_error *err)
{
	struct gw_result result = { .state = GW_FAILED, .message = gw_strdup(err->message) };
	result.effects.state = GW_SUCCESS;
	post(t, GW_MAIL_ENDED, result);
	free(t->execution);
	free(t->id);
	free(t);
}

/* What it has seen of secrets so far: the worker hides them too. */
static json_t *secrets_of(const struct gw_machine *m)
{
	json_t *list = m->mask.n ? json_array() : NULL;
	for (size_t i = 0; i < m->mask.n; i++)
		json_array_append_new(list, json_string(m->mask.secrets[i]));
	return list;
}

void gw_jobs_run(struct gw_engine *engine, struct gw_machine *m, struct gw_effect *effect)
{
	struct gw_error err;
	struct gw_taskrun *run = effect->run;
	struct ticket *t = gw_new(struct ticket);
	struct gw_job *job = gw_job_new(m->exec->flow);
	*t = (struct ticket){ engine, gw_sprintf("%s/%s", m->exec->tenant, m->exec->id.text),
		gw_strdup(m->exec->id.text), run->ordinal };
	job->task = run->task;
	job->execution = gw_strdup(m->exec->id.text);
	job->taskrun = gw_strdup(run->id.text);
	job->attempt = (int)run->n_attempts;
	job->properties = gw_steal(&effect->properties);
	job->context = gw_machine_snapshot(m, run);
	job->secrets = secrets_of(m);
	job->lines = hear_lines;
	job->done = hear_end;
	job->arg = t;
	if (!engine->worker)
		gw_fail(&err, GW_UNAVAILABLE, "this node runs no tasks");
	if (engine->worker && timeout_at(m, run, &job->timeout_at, &err)) {
		gw_worker_submit(engine->worker, job);
		return;
	}
	gw_job_free(job);
	refuse(t, &err);
}

void gw_jobs_kill(struct gw_engine *engine, struct gw_machine *m, struct gw_taskrun *run)
{
	(void)m;
	if (engine->worker)
		gw_worker_kill(engine->worker, run->id.text);
}

/* ---- Life ---- */

static const char **texts_of(const json_t *list, const char *first)
{
	size_t i, n = 0;
	json_t *item;
	const char **texts = gw_new_array(const char *, json_array_size(list) + 2);
	if (first)
		texts[n++] = first;
	json_array_foreach (list, i, item) {
		texts[n++] = json_string_value(item);
	}
	return texts;
}

/* This node and no other of this machine: its name, and the folder whose lock it holds. */
static char *name_on_machine(const struct gw_engine *engine)
{
	struct stat st = { 0 };
	stat(engine->working_folder, &st);
	return gw_sprintf("%.100s-%jx-%jx", engine->node_name, (uintmax_t)st.st_dev,
		(uintmax_t)st.st_ino);
}

static bool start_hosts(struct gw_engine *engine, const char *node, struct gw_error *err)
{
	const struct gw_config *config = engine->config;
	gw_auto_free char *own = gw_registry_own_folder();
	gw_auto_free const char **folders =
		texts_of(gw_config_section(config, "plugins.path"), own);
	const json_t *hidden_list = gw_config_section(config, "tasks.hidden-environment");
	gw_auto_free const char **hidden = hidden_list ? texts_of(hidden_list, NULL) : NULL;
	const struct gw_hosts_setup setup = {
		.n = (unsigned)gw_config_int(config, "tasks.hosts"),
		.node = node,
		.folders = folders,
		.own = engine->registry,
		.hidden = hidden,
		.user = gw_config_text(config, "tasks.user"),
		.lock = engine->lock,
		.memory = GW_ISOLATED_MEMORY,
	};
	engine->hosts = gw_hosts_start(&setup, err);
	engine->machine_setup.hosts = engine->hosts;
	return engine->hosts != NULL;
}

bool gw_jobs_open(struct gw_engine *engine, struct gw_error *err)
{
	const char *tmp = gw_config_text(engine->config, "tasks.tmp-dir.path");
	gw_auto_free char *node = name_on_machine(engine);
	if (!start_hosts(engine, node, err))
		return false;
	engine->tasks_folder =
		gw_sprintf("%s/%s", tmp ? tmp : engine->working_folder, tmp ? node : "tasks");
	const struct gw_worker_setup setup = {
		.hosts = engine->hosts,
		.storage = engine->storage,
		.folder = engine->tasks_folder,
		.max = (unsigned)gw_config_int(engine->config, "tasks.threads"),
		.grace_us = 10 * GW_SECOND,
		.recursive = engine->machine_setup.recursive_rendering,
		.ask = gw_engine_ask,
		.arg = engine,
	};
	engine->worker = gw_worker_start(&setup, err);
	if (!engine->worker)
		return false;
	struct gw_registry *all = gw_hosts_registry(engine->hosts);
	gw_engine_set_registry(engine, all);
	gw_registry_unref(&all);
	return true;
}

bool gw_engine_reload(struct gw_engine *engine, struct gw_error *err)
{
	if (!engine->hosts)
		return gw_fail(err, GW_CONFLICT, "this node runs no tasks");
	if (!gw_hosts_reload(engine->hosts, err))
		return false;
	struct gw_registry *all = gw_hosts_registry(engine->hosts);
	gw_engine_set_registry(engine, all);
	gw_registry_unref(&all);
	return true;
}

void gw_jobs_stop(struct gw_engine *engine, int64_t grace_us)
{
	for (unsigned i = 0; i < engine->n_shards; i++)
		gw_shard_take_all_lines(&engine->shards[i]);
	gw_worker_stop(engine->worker, grace_us);
}

void gw_jobs_close(struct gw_engine *engine)
{
	gw_worker_free(&engine->worker);
	gw_hosts_stop(&engine->hosts);
	free(gw_steal(&engine->tasks_folder));
}

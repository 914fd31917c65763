/* runs.c - running tasks in tests */
#include "tests/lib/runs.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "base/thread.h"
#include "check/flow.h"
#include "run/strays.h"

#include <dirent.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

static struct gw_error err;

/* ---- Types in the server ---- */

static bool make_script(struct gw_run *run, const json_t *properties, struct gw_program *out,
	struct gw_error *failed)
{
	(void)run;
	(void)failed;
	out->argv = gw_new_array(char *, 4);
	out->argv[0] = gw_strdup("/bin/sh");
	out->argv[1] = gw_strdup("-c");
	out->argv[2] = gw_strdup(gw_json_string(properties, "script"));
	out->env = json_incref(json_object_get(properties, "env"));
	return true;
}

static bool make_command(struct gw_run *run, const json_t *properties, struct gw_program *out,
	struct gw_error *failed)
{
	(void)run;
	(void)failed;
	const json_t *argv = json_object_get(properties, "argv");
	out->argv = gw_new_array(char *, json_array_size(argv) + 1);
	for (size_t i = 0; i < json_array_size(argv); i++)
		out->argv[i] = gw_strdup(json_string_value(json_array_get(argv, i)));
	return true;
}

static void log_line(struct gw_run *run, struct gw_slice text, bool is_error)
{
	gw_run_log_text(run, is_error ? GW_ERROR : GW_INFO, text);
}

static bool finish_script(struct gw_run *run, const json_t *properties, const struct gw_exit *end,
	struct gw_error *failed)
{
	(void)properties;
	gw_run_output(run, "exitCode", json_integer(end->code));
	gw_run_output(run, "stdout", json_integer((json_int_t)end->stdout_lines));
	gw_run_output(run, "stderr", json_integer((json_int_t)end->stderr_lines));
	return end->code == 0 || gw_fail(failed, GW_INVALID, "exit code %d", end->code);
}

static bool run_pure(struct gw_run *run, const json_t *properties, struct gw_error *failed)
{
	(void)failed;
	gw_run_output(run, "value", json_incref(json_object_get(properties, "value")));
	return true;
}

static const struct gw_property no_properties[] = { { 0 } };
static const struct gw_property value_properties[] = { { "value", "any", 0, NULL, "Its output." },
	{ 0 } };

static const struct gw_task_type script_task = { .type = "test.Script",
	.mode = GW_TASK_PROGRAM,
	.properties = no_properties,
	.outputs = no_properties,
	.program = make_script,
	.line = log_line,
	.finish = finish_script };

static const struct gw_task_type command_task = { .type = "test.Command",
	.mode = GW_TASK_PROGRAM,
	.properties = no_properties,
	.outputs = no_properties,
	.program = make_command };

static const struct gw_task_type pure_task = { .type = "test.Pure",
	.mode = GW_TASK_PURE,
	.properties = value_properties,
	.outputs = no_properties,
	.run = run_pure };

const struct gw_module runs_module = {
	GW_MODULE_HEAD,
	.name = "test",
	.tasks = (const struct gw_task_type *const[]){ &script_task, &command_task, &pure_task,
		NULL },
};

/* ---- Start and stop ---- */

static void link_modules(const char *folder, const char *const *modules)
{
	assert_int_equal(mkdir(folder, 0755), 0);
	for (size_t i = 0; modules && modules[i]; i++) {
		const char *name = strrchr(modules[i], '/') + 1;
		gw_auto_free char *from = gw_sprintf("%s/%.*s.libs/%s.so", getenv("GW_BUILD"),
			(int)(name - modules[i]), modules[i], name);
		gw_auto_free char *to = gw_sprintf("%s/%s.so", folder, name);
		assert_int_equal(symlink(from, to), 0);
	}
}

static struct gw_registry *load_own(const struct runs *runs, const struct runs_options *options)
{
	static const struct gw_module *const none[] = { NULL };
	gw_auto_free char *folder = gw_sprintf("%s/own", runs->folder);
	if (!options->own_files)
		return gw_registry_of(options->own ? options->own : none);
	link_modules(folder, options->own_files);
	struct gw_registry *registry =
		gw_registry_load((const char *const[]){ folder, NULL }, GW_IN_SERVER, &err);
	assert_non_null(registry);
	assert_null(gw_registry_problem_at(registry, 0));
	return registry;
}

static void start_hosts(struct runs *runs, const struct runs_options *options)
{
	gw_auto_free char *modules = gw_sprintf("%s/modules", runs->folder);
	link_modules(modules, options->modules);
	runs->hosts =
		gw_hosts_start(&(struct gw_hosts_setup){ .n = options->hosts ? options->hosts : 1,
				       .node = runs->node,
				       .folders = (const char *const[]){ modules, NULL },
				       .own = runs->own,
				       .user = options->user,
				       .lock = options->lock - 1,
				       .memory = options->memory },
			&err);
	if (!runs->hosts)
		fail_msg("%s", err.message);
}

static void start_worker(struct runs *runs, const struct runs_options *options)
{
	gw_auto_free char *work = gw_sprintf("%s/work", runs->folder);
	gw_auto_free char *files = gw_sprintf("%s/storage", runs->folder);
	json_auto_t *settings =
		json_pack("{s:s, s:{s:s}}", "type", "local", "local", "base-path", files);
	runs->storage = gw_storage_open(&gw_storage_local, settings, &err);
	if (!runs->storage)
		fail_msg("%s", err.message);
	runs->worker = gw_worker_start(&(struct gw_worker_setup){ .hosts = runs->hosts,
					       .storage = runs->storage,
					       .folder = work,
					       .max = options->jobs ? options->jobs : 64,
					       .grace_us = options->grace_us ? options->grace_us
									     : 5 * GW_SECOND },
		&err);
	if (!runs->worker)
		fail_msg("%s", err.message);
}

void runs_start(struct runs *runs, const struct runs_options *options)
{
	static _Atomic int serial;
	assert_non_null(getenv("GW_BUILD"));
	*runs = (struct runs){ .folder = "/tmp/godwit-runs-XXXXXX" };
	assert_non_null(mkdtemp(runs->folder));
	assert_int_equal(chmod(runs->folder, 0711), 0); /* for tasks of another user */
	snprintf(runs->node, sizeof(runs->node), "test-%d-%d", (int)getpid(), serial++);
	pthread_mutex_init(&runs->lock, NULL);
	gw_cond_init(&runs->changed);
	gw_log_setup(GW_ERROR, false);
	runs->own = load_own(runs, options);
	start_hosts(runs, options);
	start_worker(runs, options);
}

void runs_stop(struct runs *runs)
{
	gw_worker_stop(runs->worker, 0);
	gw_worker_free(&runs->worker);
	gw_hosts_stop(&runs->hosts);
	gw_storage_close(&runs->storage);
	gw_registry_unref(&runs->own);
	pthread_mutex_destroy(&runs->lock);
	pthread_cond_destroy(&runs->changed);
	assert_true(gw_tree_remove(runs->folder, &err));
}

/* ---- Jobs ---- */

static struct gw_flow *make_flow(struct runs *runs, const char *type)
{
	struct gw_registry *registry = gw_hosts_registry(runs->hosts);
	const struct gw_task_entry *entry = gw_registry_task(registry, type);
	struct gw_flow *flow = gw_new(struct gw_flow);
	struct gw_task *task = gw_new(struct gw_task);
	if (!entry)
		fail_msg("no type %s", type);
	flow->references = 1;
	flow->tenant = gw_strdup("main");
	flow->namespace = gw_strdup("company.team");
	flow->id = gw_strdup("flow");
	task->id = gw_strdup("task");
	task->type_name = gw_strdup(type);
	task->type = entry->type;
	task->in_server = entry->origin.in_server;
	flow->all_tasks = gw_new_array(struct gw_task *, 1);
	flow->all_tasks[flow->n_all_tasks++] = task;
	gw_registry_unref(&registry); /* the types stay as long as the hosts */
	return flow;
}

static struct gw_job *make_job(struct gw_flow *flow)
{
	struct gw_job *job = gw_job_new(flow);
	job->task = flow->all_tasks[0];
	gw_flow_unref(&flow);
	job->execution = gw_strdup("exec");
	job->taskrun = gw_strdup(gw_id_new(gw_clock_now()).text);
	job->context =
		json_pack("{s:s, s:{s:s}}", "name", "world", "flow", "namespace", "company.team");
	return job;
}

struct gw_job *runs_job(struct runs *runs, const char *type, json_t *properties)
{
	struct gw_job *job = make_job(make_flow(runs, type));
	job->properties = properties ? properties : json_object();
	return job;
}

static void assert_valid(struct runs *runs, const json_t *task)
{
	gw_auto_violations violations = { 0 };
	gw_auto_str text = { 0 };
	struct gw_registry *registry = gw_hosts_registry(runs->hosts);
	gw_task_check(task, registry, &violations);
	gw_registry_unref(&registry);
	gw_violations_print(&text, &violations);
	assert_string_equal(gw_str_text(&text), "");
}

struct gw_job *runs_written_job(struct runs *runs, const char *type, json_t *properties)
{
	static const struct gw_flow_defaults defaults;
	json_auto_t *task = json_pack("{s:s, s:s}", "id", "task", "type", type);
	json_object_update_new(task, properties);
	assert_valid(runs, task);
	json_t *doc = json_pack("{s:s, s:s, s:[O]}", "id", "flow", "namespace", "company.team",
		"tasks", task);
	struct gw_registry *registry = gw_hosts_registry(runs->hosts);
	struct gw_flow *flow = gw_flow_compile("main", 1, doc, registry, &defaults);
	json_decref(doc);
	gw_registry_unref(&registry);
	if (flow->broken)
		fail_msg("%s", flow->broken);
	return make_job(flow);
}

static void keep_lines(struct outcome *outcome, const struct gw_effects *effects)
{
	for (size_t i = 0; i < effects->n_lines; i++) {
		const struct gw_line *line = &effects->lines[i];
		gw_str_printf(&outcome->lines, "%s %s\n", gw_level_name(line->level), line->text);
	}
	outcome->n_lines += effects->n_lines;
	outcome->n_batches++;
	pthread_cond_broadcast(&outcome->runs->changed);
}

static void take_lines(struct gw_job *job, struct gw_effects *effects)
{
	struct outcome *outcome = job->arg;
	gw_locked(&outcome->runs->lock);
	keep_lines(outcome, effects);
}

static void take_result(struct gw_job *job, struct gw_job_result *result)
{
	struct outcome *outcome = job->arg;
	gw_locked(&outcome->runs->lock);
	assert_false(outcome->is_done);
	keep_lines(outcome, &result->effects);
	outcome->result = *result;
	result->effects = (struct gw_effects){ 0 };
	outcome->is_done = true;
}

struct outcome *runs_submit(struct runs *runs, struct gw_job *job)
{
	struct outcome *outcome = gw_new(struct outcome);
	outcome->runs = runs;
	job->lines = take_lines;
	job->done = take_result;
	job->arg = outcome;
	gw_worker_submit(runs->worker, job);
	return outcome;
}

struct outcome *runs_await(struct outcome *outcome)
{
	gw_locked(&outcome->runs->lock);
	while (!outcome->is_done)
		pthread_cond_wait(&outcome->runs->changed, &outcome->runs->lock);
	return outcome;
}

struct outcome *runs_do(struct runs *runs, const char *type, json_t *properties)
{
	return runs_await(runs_submit(runs, runs_job(runs, type, properties)));
}

void runs_await_line(struct outcome *outcome, const char *text)
{
	gw_locked(&outcome->runs->lock);
	while (!strstr(gw_str_text(&outcome->lines), text)) {
		if (outcome->is_done)
			fail_msg("no line '%s' in: %s", text, gw_str_text(&outcome->lines));
		pthread_cond_wait(&outcome->runs->changed, &outcome->runs->lock);
	}
}

void outcome_free(struct outcome *outcome)
{
	if (!outcome)
		return;
	gw_effects_clear(&outcome->result.effects);
	gw_str_clear(&outcome->lines);
	free(outcome);
}

void outcome_free_p(struct outcome **outcome)
{
	outcome_free(*outcome);
}

/* ---- Processes ---- */

static bool carries(const char *pid, const char *node)
{
	struct gw_error unread;
	gw_auto_str text = { 0 };
	gw_auto_free char *path = gw_sprintf("/proc/%s/environ", pid);
	gw_auto_free char *wanted = gw_sprintf(GW_RUN_ENV "%s/", node);
	return gw_file_read(path, 1 << 22, &text, &unread) &&
	       memmem(gw_str_text(&text), text.len, wanted, strlen(wanted));
}

size_t runs_processes(const struct runs *runs)
{
	size_t n = 0;
	DIR *proc = opendir("/proc");
	for (struct dirent *e; (e = readdir(proc));)
		n += e->d_name[0] > '0' && e->d_name[0] <= '9' && carries(e->d_name, runs->node);
	closedir(proc);
	return n;
}

void runs_await_processes(const struct runs *runs, size_t n)
{
	for (int i = 0; i < 1000; i++) {
		if (runs_processes(runs) == n)
			return;
		poll(NULL, 0, 10);
	}
	fail_msg("%zu processes, not %zu", runs_processes(runs), n);
}

static size_t add_children(const char *thread, pid_t *pids, size_t n, size_t max)
{
	gw_auto_str text = { 0 };
	gw_auto_free char *path = gw_sprintf("/proc/self/task/%s/children", thread);
	if (!gw_file_read(path, 4096, &text, &err))
		return n;
	for (char *p = text.data, *end; n < max && p; p = end) {
		long pid = strtol(p, &end, 10);
		if (end == p)
			break;
		pids[n++] = (pid_t)pid;
	}
	return n;
}

size_t runs_hosts(pid_t *pids, size_t max)
{
	size_t n = 0;
	DIR *threads = opendir("/proc/self/task");
	for (struct dirent *e; (e = readdir(threads));)
		if (e->d_name[0] != '.')
			n = add_children(e->d_name, pids, n, max);
	closedir(threads);
	return n;
}

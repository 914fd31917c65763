/* jobs.c - one job at a time on a thread of its own, and the last ones to be looked at */
#include "backup/jobs.h"
#include "backup/options.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"

#define KEPT 50

enum job_state { RUNNING, SUCCESS, FAILED, CANCELLED };
static const char *const state_names[] = { "RUNNING", "SUCCESS", "FAILED", "CANCELLED" };

struct job;
struct job_type {
	const char *name;
	bool (*check)(struct job *job, struct gw_error *err);
	bool (*run)(struct job *job, struct gw_error *err);
};

struct job {
	struct gw_backup_jobs *jobs;
	const struct job_type *type;
	json_t *options;
	struct gw_id id;
	pthread_t thread;
	bool joined;
	/* Guarded by jobs->lock: */
	enum job_state state;
	bool cancelled;
	gw_time began, ended;
	struct gw_progress progress;
	json_t *log; /* list of lines */
	json_t *result;
	char *error;
};

struct gw_backup_jobs {
	struct gw_site site;
	const char *key;
	pthread_mutex_t lock;
	struct job *items[KEPT]; /* the newest first */
	size_t n;
};

/* ---- While a job runs ---- */

static bool note_progress(void *arg, const struct gw_progress *progress)
{
	struct job *job = arg;
	gw_locked(&job->jobs->lock);
	job->progress = *progress;
	return !job->cancelled;
}

static void say(struct job *job, const char *format, ...) GW_PRINTF(2, 3);

static void say(struct job *job, const char *format, ...)
{
	gw_auto_str line = { 0 };
	va_list args;
	gw_time_print(&line, gw_clock_now());
	gw_str_putc(&line, ' ');
	va_start(args, format);
	gw_str_vprintf(&line, format, args);
	va_end(args);
	gw_locked(&job->jobs->lock);
	json_array_append_new(job->log, json_string(gw_str_text(&line)));
}

static void say_summary(struct job *job, const char *what, const struct gw_tallies *tallies)
{
	gw_auto_str summary = { 0 };
	gw_contents_print(&summary, tallies, 0);
	say(job, "%s summary: %s", what, gw_str_text(&summary));
}

static json_t *count_resources(const struct gw_tallies *tallies)
{
	json_t *out = json_object();
	for (size_t i = 0; i < tallies->n; i++)
		json_object_set_new(out, tallies->items[i].name,
			json_integer((json_int_t)tallies->items[i].n));
	return out;
}

static void set_result(struct job *job, json_t *result)
{
	gw_locked(&job->jobs->lock);
	job->result = result;
}

/* ---- The types of jobs ---- */

static bool check_create(struct job *job, struct gw_error *err)
{
	struct gw_backup_request request;
	return gw_create_options(job->options, job->jobs->key, &request, err);
}

static bool run_create(struct job *job, struct gw_error *err)
{
	struct gw_backup_request request;
	struct gw_backup_result result;
	if (!gw_create_options(job->options, job->jobs->key, &request, err))
		return false;
	if (!request.key)
		say(job, "The backup is not encrypted");
	request.watcher = (struct gw_watcher){ note_progress, job };
	if (!gw_backup_create(&job->jobs->site, &request, &result, err))
		return false;
	say_summary(job, "Backup", &result.tallies);
	say(job, "Backup created: %s", result.uri);
	set_result(job, json_pack("{s:s, s:I, s:b, s:o}", "uri", result.uri, "bytes",
				(json_int_t)result.bytes, "oneMoment", result.one_moment, "records",
				count_resources(&result.tallies)));
	gw_backup_result_clear(&result);
	return true;
}

static bool check_restore(struct job *job, struct gw_error *err)
{
	struct gw_restore_request request;
	return gw_restore_options(job->options, job->jobs->key, &request, err);
}

static void announce(void *arg, const json_t *header, const struct gw_tallies *tallies)
{
	struct job *job = arg;
	say(job, "Restoring %s backup from %s version %s created at %s",
		gw_json_string(header, "type"), gw_json_string(header, "program"),
		gw_json_string(header, "version"), gw_json_string(header, "createdAt"));
	if (tallies)
		say_summary(job, "Backup", tallies);
}

static json_t *describe_restored(const struct gw_restore_result *r)
{
	const uint64_t *by = r->total.by;
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "read", (json_int_t)r->total.read,
		"created", (json_int_t)by[GW_CHANGE_CREATE], "updated",
		(json_int_t)by[GW_CHANGE_UPDATE], "same", (json_int_t)by[GW_CHANGE_SAME], "skipped",
		(json_int_t)by[GW_CHANGE_SKIP], "refused", (json_int_t)by[GW_CHANGE_REFUSE],
		"records", count_resources(&r->restored));
}

static bool run_restore(struct job *job, struct gw_error *err)
{
	struct gw_restore_request request;
	struct gw_restore_result result;
	const char *uri = gw_uri_option(job->options, err);
	if (!gw_restore_options(job->options, job->jobs->key, &request, err))
		return false;
	request.watcher = (struct gw_watcher){ note_progress, job };
	request.announce = announce;
	request.announce_arg = job;
	say(job, "Restoring from URI: %s", uri);
	bool ok = gw_backup_restore(&job->jobs->site, uri, &request, &result, err);
	set_result(job, describe_restored(&result));
	if (ok)
		say_summary(job, "Restore", &result.restored);
	gw_restore_result_clear(&result);
	return ok;
}

static bool check_verify(struct job *job, struct gw_error *err)
{
	return gw_uri_option(job->options, err) != NULL;
}

static bool run_verify(struct job *job, struct gw_error *err)
{
	struct gw_verify_result result;
	const char *own = gw_json_string(job->options, "encryptionKey");
	const struct gw_watcher watcher = { note_progress, job };
	const char *uri = gw_uri_option(job->options, err);
	if (!gw_backup_verify(job->jobs->site.storage, uri, own ? own : job->jobs->key, &watcher,
		    &result, err))
		return false;
	say_summary(job, "Backup", &result.tallies);
	set_result(job, json_pack("{s:s, s:I, s:o}", "uri", uri, "bytes", (json_int_t)result.bytes,
				"records", count_resources(&result.tallies)));
	json_decref(result.header);
	return true;
}

static const struct job_type types[] = {
	{ "create", check_create, run_create },
	{ "restore", check_restore, run_restore },
	{ "verify", check_verify, run_verify },
};

static void *run_job(void *arg)
{
	struct job *job = arg;
	struct gw_error err;
	bool ok = job->type->run(job, &err);
	if (!ok)
		gw_log(GW_WARN, "backup", "%s: %s", job->type->name, err.message);
	gw_locked(&job->jobs->lock);
	job->state = ok ? SUCCESS : job->cancelled ? CANCELLED : FAILED;
	job->error = ok ? NULL : gw_strdup(err.message);
	job->ended = gw_clock_now();
	json_object_del(job->options, "encryptionKey");
	return NULL;
}

/* ---- The list ---- */

static void free_job(struct job *job)
{
	if (!job->joined)
		pthread_join(job->thread, NULL);
	json_decref(job->options);
	json_decref(job->log);
	json_decref(job->result);
	free(job->error);
	free(job);
}

struct gw_backup_jobs *gw_backup_jobs_new(const struct gw_site *site, const char *key)
{
	struct gw_backup_jobs *jobs = gw_new(struct gw_backup_jobs);
	jobs->site = *site;
	jobs->key = key;
	pthread_mutex_init(&jobs->lock, NULL);
	return jobs;
}

static void cancel_all(struct gw_backup_jobs *jobs)
{
	gw_locked(&jobs->lock);
	for (size_t i = 0; i < jobs->n; i++)
		jobs->items[i]->cancelled = true;
}

void gw_backup_jobs_free(struct gw_backup_jobs **jobs_p)
{
	struct gw_backup_jobs *jobs = gw_steal(jobs_p);
	if (!jobs)
		return;
	cancel_all(jobs);
	for (size_t i = 0; i < jobs->n; i++)
		free_job(jobs->items[i]);
	pthread_mutex_destroy(&jobs->lock);
	free(jobs);
}

static struct job *find(struct gw_backup_jobs *jobs, const char *id, struct gw_error *err)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (strcmp(jobs->items[i]->id.text, id) == 0)
			return jobs->items[i];
	gw_fail(err, GW_NOT_FOUND, "no job %s", id);
	return NULL;
}

/* ---- From outside ---- */

static void print(struct gw_str *out, const struct job *job)
{
	const struct gw_progress *p = &job->progress;
	gw_str_putc(out, '{');
	gw_json_text(out, "id", gw_slice_of(job->id.text));
	gw_json_text(out, "type", gw_slice_of(job->type->name));
	gw_json_text(out, "state", gw_slice_of(state_names[job->state]));
	gw_json_time(out, "startDate", job->began);
	if (job->ended != GW_NEVER)
		gw_json_time(out, "endDate", job->ended);
	gw_json_key(out, "progress");
	gw_str_putc(out, '{');
	gw_json_text(out, "what", gw_slice_of(p->what ? p->what : "records"));
	gw_json_int(out, "done", (int64_t)p->done);
	gw_json_int(out, "total", (int64_t)p->total);
	gw_json_int(out, "bytes", (int64_t)p->bytes);
	gw_str_putc(out, '}');
	gw_json_value(out, "log", job->log);
	if (job->result)
		gw_json_value(out, "result", job->result);
	if (job->error)
		gw_json_text(out, "error", gw_slice_of(job->error));
	gw_str_putc(out, '}');
}

bool gw_backup_job_print(struct gw_backup_jobs *jobs, const char *id, struct gw_str *out,
	struct gw_error *err)
{
	gw_locked(&jobs->lock);
	const struct job *job = find(jobs, id, err);
	if (job)
		print(out, job);
	return job != NULL;
}

void gw_backup_jobs_print(struct gw_backup_jobs *jobs, struct gw_str *out)
{
	gw_locked(&jobs->lock);
	gw_str_putc(out, '[');
	for (size_t i = 0; i < jobs->n; i++) {
		gw_json_comma(out);
		print(out, jobs->items[i]);
	}
	gw_str_putc(out, ']');
}

bool gw_backup_job_cancel(struct gw_backup_jobs *jobs, const char *id, struct gw_error *err)
{
	gw_locked(&jobs->lock);
	struct job *job = find(jobs, id, err);
	if (!job)
		return false;
	if (job->state != RUNNING)
		return gw_fail(err, GW_CONFLICT, "the job has ended");
	job->cancelled = true;
	return true;
}

static const struct job_type *find_type(const char *name)
{
	for (size_t i = 0; i < GW_LEN(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

/* Puts it in front; the oldest goes. */
static void keep(struct gw_backup_jobs *jobs, struct job *job)
{
	if (jobs->n == KEPT)
		free_job(jobs->items[--jobs->n]);
	memmove(&jobs->items[1], &jobs->items[0], jobs->n * sizeof(jobs->items[0]));
	jobs->items[0] = job;
	jobs->n++;
}

static bool begin(struct gw_backup_jobs *jobs, struct job *job, struct gw_str *out,
	struct gw_error *err)
{
	gw_locked(&jobs->lock);
	if (jobs->n && jobs->items[0]->state == RUNNING)
		return gw_fail(err, GW_BUSY, "another job runs: %s", jobs->items[0]->id.text);
	if (!gw_thread_start(&job->thread, "backup", run_job, job, err))
		return false;
	job->joined = false;
	keep(jobs, job);
	print(out, job);
	return true;
}

bool gw_backup_job_start(struct gw_backup_jobs *jobs, const char *type, json_t *options,
	struct gw_str *out, struct gw_error *err)
{
	const struct job_type *found = find_type(type);
	if (!found)
		return gw_fail(err, GW_NOT_FOUND, "there is no job '%s'", type);
	gw_time now = gw_clock_now();
	struct job *job = gw_new(struct job);
	*job = (struct job){ .jobs = jobs,
		.type = found,
		.options = json_incref(options),
		.id = gw_id_new(now),
		.joined = true,
		.began = now,
		.ended = GW_NEVER,
		.log = json_array() };
	if (found->check(job, err) && begin(jobs, job, out, err))
		return true;
	free_job(job);
	return false;
}

/* bare.c - how many executions a second a backend can take, with nothing around it
 *
 * bare BACKEND SETTINGS [EXECUTIONS [THREADS [GROUPS]]]
 *
 * Each execution is created in one write; a second one creates two task runs and two log lines
 * and replaces the execution. GROUPS executions share a write. */
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/thread.h"
#include "model/kinds.h"
#include "tests/lib/backend.h"

#include <stdio.h>

enum { EXECUTION_BYTES = 900, TASKRUN_BYTES = 600, LOG_BYTES = 300, OPS = 5 };

static const struct gw_backend_type *type;
static struct gw_backend *backend;
static size_t n_each, n_groups;

/* One execution's records, all of them. */
struct work {
	struct gw_id id;
	char keys[4][64];
	struct gw_value execution[GW_EXECUTION_N];
	struct gw_value taskruns[2][GW_TASKRUN_N];
	struct gw_value logs[2][GW_LOG_N];
	struct gw_op create;
	struct gw_op rest[OPS];
};

static struct gw_slice make_doc(size_t bytes)
{
	gw_auto_str doc = { 0 };
	gw_str_puts(&doc, "{\"id\":\"4Xq2\"");
	for (int i = 0; doc.len + 40 < bytes; i++)
		gw_str_printf(&doc, ",\"member%d\":{\"value\":\"some text %d\"}", i, i * 7919);
	gw_str_putc(&doc, '}');
	size_t len = doc.len;
	return gw_slice(gw_str_steal(&doc), len);
}

static void fill_execution(struct gw_value *f, const char *state, gw_time now, bool ended)
{
	f[GW_EXECUTION_NAMESPACE] = gw_value_string("company.team");
	f[GW_EXECUTION_FLOW] = gw_value_string("hello-world");
	f[GW_EXECUTION_REVISION] = gw_value_number(3);
	f[GW_EXECUTION_STATE] = gw_value_string(state);
	f[GW_EXECUTION_START] = gw_value_time(now);
	f[GW_EXECUTION_END] = gw_value_time(ended ? now + 1000 : GW_NEVER);
	if (ended)
		f[GW_EXECUTION_DURATION] = gw_value_number(1000);
	f[GW_EXECUTION_TASKRUNS] = gw_value_number(2);
}

static void fill_log(struct gw_value *f, const char *taskrun, gw_time now)
{
	f[GW_LOG_NAMESPACE] = gw_value_string("company.team");
	f[GW_LOG_FLOW] = gw_value_string("hello-world");
	f[GW_LOG_TASK] = gw_value_string("hello");
	f[GW_LOG_TASKRUN] = gw_value_string(taskrun);
	f[GW_LOG_ATTEMPT] = gw_value_number(0);
	f[GW_LOG_LEVEL] = gw_value_number(2);
	f[GW_LOG_AT] = gw_value_time(now);
	f[GW_LOG_MESSAGE] = gw_value_string("Hello World! This is a line of a log.");
}

static struct gw_op make_op(const struct gw_kind *kind, const char *key,
	const struct gw_value *fields, struct gw_slice doc)
{
	return (struct gw_op){ .type = GW_CREATE,
		.record = { .kind = kind,
			.tenant = gw_slice_of("main"),
			.key = gw_slice_of(key),
			.due = GW_NEVER,
			.fields = fields,
			.doc = doc } };
}

static void begin_work(struct work *w, const struct gw_slice *docs)
{
	gw_time now = gw_clock_now();
	w->id = gw_id_new(now);
	fill_execution(w->execution, "RUNNING", now, false);
	w->create = make_op(&gw_kind_execution, w->id.text, w->execution, docs[0]);
	w->create.record.owner = gw_slice_of("node-4Xq2aaaaaaaaaaaaaa");
	for (int i = 0; i < 2; i++) {
		snprintf(w->keys[i], sizeof(w->keys[i]), "%s/%06d", w->id.text, i);
		snprintf(w->keys[2 + i], sizeof(w->keys[0]), "%s/%06d/0/000001", w->id.text, i);
		w->taskruns[i][GW_TASKRUN_TASK] = gw_value_string("hello");
		w->taskruns[i][GW_TASKRUN_STATE] = gw_value_string("SUCCESS");
		fill_log(w->logs[i], w->id.text, now);
		w->rest[i] = make_op(&gw_kind_taskrun, w->keys[i], w->taskruns[i], docs[1]);
		w->rest[2 + i] = make_op(&gw_kind_log, w->keys[2 + i], w->logs[i], docs[2]);
	}
}

static void end_work(struct work *w)
{
	fill_execution(w->execution, "SUCCESS", w->execution[GW_EXECUTION_START].number, true);
	w->rest[4] = w->create;
	w->rest[4].type = GW_REPLACE;
	w->rest[4].record.version = w->create.version;
	w->rest[4].record.owner = gw_slice(NULL, 0);
}

static void must_write(struct gw_group *groups, size_t n)
{
	struct gw_error err;
	bool ok = type->write(backend, groups, n, &err);
	for (size_t i = 0; ok && i < n; i++)
		ok = groups[i].ops[0].outcome == GW_OP_DONE;
	if (ok)
		return;
	fprintf(stderr, "a write failed or missed: %s\n", err.message);
	exit(1);
}

static void *run(void *arg)
{
	const struct gw_slice docs[] = { make_doc(EXECUTION_BYTES), make_doc(TASKRUN_BYTES),
		make_doc(LOG_BYTES) };
	struct work *work = gw_new_array(struct work, n_groups);
	struct gw_group *groups = gw_new_array(struct gw_group, n_groups);
	for (size_t done = 0; done < n_each; done += n_groups) {
		for (size_t i = 0; i < n_groups; i++) {
			begin_work(&work[i], docs);
			groups[i] = (struct gw_group){ &work[i].create, 1 };
		}
		must_write(groups, n_groups);
		for (size_t i = 0; i < n_groups; i++) {
			end_work(&work[i]);
			groups[i] = (struct gw_group){ work[i].rest, OPS };
		}
		must_write(groups, n_groups);
	}
	free(work);
	free(groups);
	for (size_t i = 0; i < GW_LEN(docs); i++)
		free((char *)(uintptr_t)docs[i].data);
	return arg;
}

static double run_threads(size_t n)
{
	gw_auto_free pthread_t *threads = gw_new_array(pthread_t, n);
	struct gw_error err;
	int64_t start = gw_clock_boot();
	for (size_t i = 0; i < n; i++)
		if (!gw_thread_start(&threads[i], "bench", run, NULL, &err))
			exit(1);
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return (double)(gw_clock_boot() - start) / 1e6;
}

static size_t argument(int argc, char **argv, int i, size_t fallback)
{
	size_t n = argc > i ? strtoul(argv[i], NULL, 10) : fallback;
	return n ? n : fallback;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "bare BACKEND SETTINGS [EXECUTIONS [THREADS [GROUPS]]]\n");
		return 2;
	}
	struct gw_error err;
	json_auto_t *settings = gw_json_parse(gw_slice_of(argv[2]), &err);
	type = gw_test_backend(argv[1]);
	backend = settings ? type->open(settings, gw_kinds, &err) : NULL;
	if (!backend || !type->migrate(backend, &err)) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	size_t n = argument(argc, argv, 3, 20000), threads = argument(argc, argv, 4, 1);
	n_groups = argument(argc, argv, 5, 100);
	n_each = n / threads;
	double seconds = run_threads(threads);
	size_t per_thread = (n_each + n_groups - 1) / n_groups * n_groups;
	double rate = (double)(per_thread * threads) / seconds;
	printf("%s: %.0f executions/s, %.0f rows/s (%zu threads, groups of %zu)\n", argv[1], rate,
		rate * (OPS + 1), threads, n_groups);
	type->close(backend);
	return 0;
}

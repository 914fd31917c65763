/* backend.c - backends for tests */
#include "tests/lib/backend.h"

#include "base/mem.h"
#include "module/registry.h"

#include <godwit/module.h>

#include <dlfcn.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct gw_module *open_module(const char *name)
{
	const char *build = getenv("GW_BUILD");
	gw_auto_free char *modules =
		build ? gw_sprintf("%s/modules", build) : gw_registry_own_folder();
	gw_auto_free char *path = gw_sprintf("%s/backends/%s.so", modules, name);
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	const struct gw_module *m = module ? dlsym(module, "gw_module") : NULL;
	struct gw_error err;
	if (m && (!m->init || m->init(GW_IN_SERVER, &err)))
		return m;
	printf("Bail out! %s\n", !module ? dlerror() : !m ? "no module" : err.message);
	exit(1);
}

const struct gw_backend_type *gw_test_backend(const char *name)
{
	return open_module(name)->backends[0];
}

const struct gw_storage_type *gw_test_storage(const char *name)
{
	return open_module(name)->storages[0];
}

bool gw_test_run(const char *command)
{
	gw_auto_free char *copy = gw_strdup(command);
	char shell[] = "/bin/sh", option[] = "-c";
	char *const argv[] = { shell, option, copy, NULL };
	pid_t pid;
	int status = -1;
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	/* A server that it starts again must not hold what whoever runs the tests waits for. */
	posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	if (posix_spawn(&pid, shell, &actions, NULL, argv, environ) == 0)
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&actions);
	return status == 0;
}

/* ---- Faults ---- */

struct gw_faults gw_faults;

static const struct gw_backend_type *inner;
static struct gw_backend *shared;
static unsigned n_open;
static struct gw_backend_type faulty;

/* A write that will be applied when the next one comes. */
static struct gw_group late_groups[8];
static size_t n_late;

static enum gw_fault fault_of(enum gw_faulty_call call)
{
	__atomic_add_fetch(&gw_faults.calls[call], 1, __ATOMIC_RELAXED);
	if (gw_faults.fault == GW_FAULT_NONE || gw_faults.call != call || !gw_faults.times)
		return GW_FAULT_NONE;
	if (gw_faults.skip) {
		gw_faults.skip--;
		return GW_FAULT_NONE;
	}
	gw_faults.times--;
	return gw_faults.fault;
}

static bool lose(struct gw_error *err)
{
	if (gw_faults.hook)
		gw_faults.hook(gw_faults.arg);
	return gw_fail(err, GW_UNAVAILABLE, "the answer was lost");
}

static struct gw_backend *faulty_open(const json_t *settings, const struct gw_kind *const *kinds,
	struct gw_error *err)
{
	if (n_open == 0)
		shared = inner->open(settings, kinds, err);
	n_open += shared != NULL;
	return shared;
}

static void faulty_close(struct gw_backend *b)
{
	if (--n_open == 0)
		inner->close(b);
}

static bool faulty_migrate(struct gw_backend *b, struct gw_error *err)
{
	return inner->migrate(b, err);
}

static bool faulty_get(struct gw_backend *b, const struct gw_kind *kind, const struct gw_key *keys,
	size_t n, struct gw_record **out, struct gw_error *err)
{
	if (fault_of(GW_FAULTY_GET) != GW_FAULT_NONE)
		return lose(err);
	return inner->get(b, kind, keys, n, out, err);
}

static struct gw_stream *faulty_scan(struct gw_backend *b, const struct gw_query *query,
	struct gw_error *err)
{
	if (fault_of(GW_FAULTY_SCAN) == GW_FAULT_NONE)
		return inner->scan(b, query, err);
	lose(err);
	return NULL;
}

static bool faulty_count(struct gw_backend *b, const struct gw_query *query, const char *by,
	uint64_t cap, struct gw_counts *out, struct gw_error *err)
{
	if (fault_of(GW_FAULTY_COUNT) != GW_FAULT_NONE)
		return lose(err);
	return inner->count(b, query, by, cap, out, err);
}

static void forget_outcomes(struct gw_group *groups, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < groups[i].n; k++)
			groups[i].ops[k].outcome = GW_OP_PENDING;
}

/* Keeps copies of the operations' list; what their records point to is the test's. */
static void keep_for_later(const struct gw_group *groups, size_t n)
{
	for (n_late = 0; n_late < n && n_late < GW_LEN(late_groups); n_late++) {
		struct gw_op *ops = gw_new_array(struct gw_op, groups[n_late].n);
		memcpy(ops, groups[n_late].ops, groups[n_late].n * sizeof(*ops));
		late_groups[n_late] = (struct gw_group){ ops, groups[n_late].n };
	}
}

static void apply_late(struct gw_backend *b)
{
	struct gw_error err;
	inner->write(b, late_groups, n_late, &err);
	for (size_t i = 0; i < n_late; i++)
		free(late_groups[i].ops);
	n_late = 0;
}

/* As a backend without transactions does it: what is done is left alone, the rest step by step. */
static bool write_rest(struct gw_backend *b, struct gw_group *group, size_t most,
	struct gw_error *err)
{
	gw_auto_free struct gw_op *rest = gw_new_array(struct gw_op, group->n);
	gw_auto_free size_t *from = gw_new_array(size_t, group->n);
	struct gw_group some = { rest, 0 };
	for (int step = GW_STEP_GUARD; step <= GW_STEP_LAST; step++)
		for (size_t i = 0; i < group->n; i++)
			if (group->ops[i].step == step && group->ops[i].outcome != GW_OP_DONE) {
				from[some.n] = i;
				rest[some.n++] = group->ops[i];
			}
	if (some.n > most)
		some.n = most;
	if (!inner->write(b, &some, 1, err))
		return false;
	for (size_t i = 0; i < some.n; i++)
		group->ops[from[i]] = rest[i];
	return true;
}

static bool write_whole(struct gw_backend *b, struct gw_group *groups, size_t n,
	struct gw_error *err)
{
	bool ok = true;
	if (!(faulty.capabilities & GW_NO_TRANSACTIONS))
		return inner->write(b, groups, n, err);
	for (size_t i = 0; ok && i < n; i++)
		ok = write_rest(b, &groups[i], SIZE_MAX, err);
	return ok;
}

static void apply_partly(struct gw_backend *b, struct gw_group *groups, size_t n)
{
	struct gw_error err;
	for (size_t i = 0; i < n; i++)
		write_rest(b, &groups[i], gw_faults.n_ops, &err);
}

static bool faulty_write(struct gw_backend *b, struct gw_group *groups, size_t n,
	struct gw_error *err)
{
	enum gw_fault fault = fault_of(GW_FAULTY_WRITE);
	apply_late(b);
	if (fault == GW_FAULT_NONE)
		return write_whole(b, groups, n, err);
	if (fault == GW_FAULT_LATE)
		keep_for_later(groups, n);
	if (fault == GW_FAULT_PARTLY)
		apply_partly(b, groups, n);
	if (fault == GW_FAULT_AFTER)
		inner->write(b, groups, n, err);
	forget_outcomes(groups, n);
	return lose(err);
}

static struct gw_stream *faulty_claim(struct gw_backend *b, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err)
{
	enum gw_fault fault = fault_of(GW_FAULTY_CLAIM);
	if (fault == GW_FAULT_NONE)
		return inner->claim(b, kind, owner, now, limit, err);
	if (fault == GW_FAULT_AFTER) {
		gw_auto_stream *lost = inner->claim(b, kind, owner, now, limit, err);
	}
	lose(err);
	return NULL;
}

const struct gw_backend_type *gw_test_faulty(const struct gw_backend_type *type,
	unsigned capabilities, bool without_wait)
{
	inner = type;
	faulty = *type;
	faulty.name = "faulty";
	faulty.capabilities |= capabilities;
	faulty.open = faulty_open;
	faulty.close = faulty_close;
	faulty.migrate = faulty_migrate;
	faulty.get = faulty_get;
	faulty.scan = faulty_scan;
	faulty.count = faulty_count;
	faulty.write = faulty_write;
	faulty.claim = faulty_claim;
	if (without_wait) {
		faulty.wait = NULL;
		faulty.wake = NULL;
	}
	gw_faults = (struct gw_faults){ 0 };
	return &faulty;
}

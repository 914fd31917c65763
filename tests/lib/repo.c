/* repo.c - a repository for several engines, each of which can be cut off from it */
#include "tests/lib/repo.h"

#include "base/fd.h"
#include "base/thread.h"
#include "model/kinds.h"
#include "tests/lib/backend.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>

struct repo {
	char folder[64];
	bool is_server; /* engines reach it themselves */
	const struct gw_backend_type *type;
	struct gw_backend_type way; /* of its engines */
	struct gw_backend *inner;
	pthread_mutex_t lock;
	pthread_cond_t signalled;
	unsigned n_signals;
};

/* One engine's way to it. */
struct gw_backend {
	struct repo *repo;
	atomic_bool is_cut;
	atomic_int left; /* operations until it is */
	bool is_woken;
	unsigned n_seen; /* signals */
	void (*before)(void *arg); /* called once, before the next write of executions */
	void *before_arg;
	_Atomic(const struct gw_kind *) hooked;
	void (*hook)(void *arg);
	void *arg;
};

/* Between repo_store and handle_open. */
static struct repo *opening;
static struct gw_backend *opened;

static struct gw_backend *handle_open(const json_t *settings, const struct gw_kind *const *kinds,
	struct gw_error *err)
{
	struct repo *repo = opening;
	struct gw_backend *b = gw_new(struct gw_backend);
	b->repo = repo;
	atomic_store(&b->left, INT_MAX);
	if (!repo->inner)
		repo->inner = repo->type->open(settings, kinds, err);
	assert_non_null(repo->inner);
	return opened = b;
}

static void handle_close(struct gw_backend *b)
{
	free(b);
}

static bool reaches(struct gw_backend *b, struct gw_error *err)
{
	return !atomic_load(&b->is_cut) || gw_fail(err, GW_UNAVAILABLE, "the repository is away");
}

static bool handle_migrate(struct gw_backend *b, struct gw_error *err)
{
	return b->repo->type->migrate(b->repo->inner, err);
}

static bool handle_get(struct gw_backend *b, const struct gw_kind *kind, const struct gw_key *keys,
	size_t n, struct gw_record **out, struct gw_error *err)
{
	const struct gw_kind *hooked = kind;
	if (atomic_compare_exchange_strong(&b->hooked, &hooked, NULL))
		b->hook(b->arg);
	return reaches(b, err) && b->repo->type->get(b->repo->inner, kind, keys, n, out, err);
}

static struct gw_stream *handle_scan(struct gw_backend *b, const struct gw_query *query,
	struct gw_error *err)
{
	return reaches(b, err) ? b->repo->type->scan(b->repo->inner, query, err) : NULL;
}

static bool handle_count(struct gw_backend *b, const struct gw_query *query, const char *by,
	uint64_t cap, struct gw_counts *out, struct gw_error *err)
{
	return reaches(b, err) && b->repo->type->count(b->repo->inner, query, by, cap, out, err);
}

static bool has_kind(const struct gw_group *groups, size_t n, const struct gw_kind *kind)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < groups[i].n; k++)
			if (groups[i].ops[k].record.kind == kind)
				return true;
	return false;
}

/* ---- Without transactions ---- */

static bool is_counted(const struct gw_op *op)
{
	static const struct gw_kind *const kinds[] = { &gw_kind_execution, &gw_kind_taskrun,
		&gw_kind_log, &gw_kind_trigger, &gw_kind_backfill, &gw_kind_flow,
		&gw_kind_flow_revision };
	for (size_t i = 0; i < GW_LEN(kinds); i++)
		if (op->record.kind == kinds[i])
			return true;
	return false;
}

static bool write_op(struct gw_backend *b, struct gw_op *op, struct gw_error *err)
{
	struct gw_group alone = { op, 1 };
	if (is_counted(op) && atomic_fetch_sub(&b->left, 1) <= 0)
		repo_cut(b);
	return reaches(b, err) && b->repo->type->write(b->repo->inner, &alone, 1, err);
}

static void skip_rest(struct gw_group *group)
{
	for (size_t i = 0; i < group->n; i++)
		if (group->ops[i].outcome == GW_OP_PENDING)
			group->ops[i].outcome = GW_OP_SKIPPED;
}

static bool write_steps(struct gw_backend *b, struct gw_group *group, struct gw_error *err)
{
	for (int step = GW_STEP_GUARD; step <= GW_STEP_LAST; step++) {
		for (size_t i = 0; i < group->n; i++) {
			struct gw_op *op = &group->ops[i];
			if (op->step != step || op->outcome == GW_OP_DONE)
				continue;
			if (!write_op(b, op, err))
				return false;
			if (op->outcome == GW_OP_MISSED)
				skip_rest(group);
			if (op->outcome == GW_OP_MISSED)
				return true;
		}
	}
	return true;
}

static bool write_groups(struct gw_backend *b, struct gw_group *groups, size_t n,
	struct gw_error *err)
{
	bool ok = true;
	if (!(b->repo->way.capabilities & GW_NO_TRANSACTIONS))
		return b->repo->type->write(b->repo->inner, groups, n, err);
	for (size_t i = 0; ok && i < n; i++)
		ok = write_steps(b, &groups[i], err);
	return ok;
}

static bool handle_write(struct gw_backend *b, struct gw_group *groups, size_t n,
	struct gw_error *err)
{
	struct repo *repo = b->repo;
	if (b->before && has_kind(groups, n, &gw_kind_execution))
		gw_steal (&b->before)(b->before_arg);
	if (!reaches(b, err) || !write_groups(b, groups, n, err))
		return false;
	if (has_kind(groups, n, &gw_kind_signal)) {
		gw_locked(&repo->lock);
		repo->n_signals++;
		pthread_cond_broadcast(&repo->signalled);
	}
	return true;
}

static struct gw_stream *handle_claim(struct gw_backend *b, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err)
{
	return reaches(b, err) ? b->repo->type->claim(b->repo->inner, kind, owner, now, limit, err)
			       : NULL;
}

static bool handle_wait(struct gw_backend *b, int timeout_ms)
{
	struct repo *repo = b->repo;
	gw_locked(&repo->lock);
	while (!b->is_woken && repo->n_signals == b->n_seen)
		if (!gw_cond_wait(&repo->signalled, &repo->lock, timeout_ms))
			break;
	bool heard = repo->n_signals != b->n_seen;
	b->n_seen = repo->n_signals;
	b->is_woken = false;
	return heard;
}

static void handle_wake(struct gw_backend *b)
{
	gw_locked(&b->repo->lock);
	b->is_woken = true;
	pthread_cond_broadcast(&b->repo->signalled);
}

static bool handle_describe(struct gw_backend *b, struct gw_str *out, struct gw_error *err)
{
	return b->repo->type->describe(b->repo->inner, out, err);
}

static const struct gw_backend_type handle_type = {
	.name = "handle",
	.summary = "For tests.",
	.open = handle_open,
	.close = handle_close,
	.migrate = handle_migrate,
	.get = handle_get,
	.scan = handle_scan,
	.count = handle_count,
	.write = handle_write,
	.claim = handle_claim,
	.wait = handle_wait,
	.wake = handle_wake,
	.describe = handle_describe,
};

struct repo *repo_open(const char *backend)
{
	struct repo *repo = gw_new(struct repo);
	repo->type = gw_test_backend(backend);
	repo->is_server = strcmp(backend, "memory") != 0 && strcmp(backend, "sqlite") != 0;
	repo->way = handle_type;
	memcpy(repo->folder, "/tmp/godwit-node.XXXXXX", sizeof("/tmp/godwit-node.XXXXXX"));
	assert_non_null(mkdtemp(repo->folder));
	pthread_mutex_init(&repo->lock, NULL);
	gw_cond_init(&repo->signalled);
	return repo;
}

const char *repo_folder(const struct repo *repo)
{
	return repo->folder;
}

static json_t *settings_of(const struct repo *repo)
{
	if (repo->is_server) {
		json_t *given = json_loads(getenv("GW_TEST_SETTINGS"), 0, NULL);
		json_object_set_new(given, getenv("GW_TEST_PLACES"), json_string("flows"));
		return given;
	}
	json_t *settings = json_object();
	if (strcmp(repo->type->name, "sqlite") == 0) {
		gw_auto_free char *path = gw_sprintf("%s/godwit.db", repo->folder);
		json_object_set_new(settings, "path", json_string(path));
		json_object_set_new(settings, "sync", json_string("off"));
	}
	return settings;
}

struct gw_store *repo_store(struct repo *repo, struct gw_backend **handle)
{
	struct gw_error err;
	json_auto_t *settings = settings_of(repo);
	opening = repo;
	opened = NULL;
	struct gw_store *store =
		gw_store_open(repo->is_server ? repo->type : &repo->way, settings, &err);
	if (!store)
		fail_msg("%s", err.message);
	*handle = opened;
	return store;
}

void repo_cut(struct gw_backend *handle)
{
	atomic_store(&handle->is_cut, true);
}

void repo_before_execution(struct gw_backend *handle, void (*act)(void *arg), void *arg)
{
	handle->before = act;
	handle->before_arg = arg;
}

void repo_hook_get(struct gw_backend *handle, const struct gw_kind *kind, void (*hook)(void *arg),
	void *arg)
{
	handle->hook = hook;
	handle->arg = arg;
	atomic_store(&handle->hooked, kind);
}

void repo_forget_transactions(struct repo *repo)
{
	repo->way.capabilities |= GW_NO_TRANSACTIONS;
}

void repo_cut_after(struct gw_backend *handle, int n)
{
	atomic_store(&handle->left, n);
}

bool repo_is_cut(struct gw_backend *handle)
{
	return atomic_load(&handle->is_cut);
}

void repo_close(struct repo *repo)
{
	struct gw_error err;
	if (repo->inner)
		repo->type->close(repo->inner);
	if (!gw_tree_remove(repo->folder, &err))
		fail_msg("%s", err.message);
	pthread_mutex_destroy(&repo->lock);
	pthread_cond_destroy(&repo->signalled);
	free(repo);
}

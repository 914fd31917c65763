/* apply.c - comparing a batch with what is stored, and writing the difference */
#include "backup/apply.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/thread.h"

#define ROUNDS 5 /* others may write the same keys meanwhile */
#define PATIENCE_MS 60000

struct applying {
	struct gw_store *store;
	const struct gw_editor *editor;
	const struct gw_restore_request *request;
	struct gw_restore_batch *batch;
	struct gw_restore_count *count;
	struct gw_record *stored; /* as batch->records */
	bool settled[GW_BATCH_RECORDS];
};

void gw_batch_restored_clear(struct gw_restore_batch *batch)
{
	gw_records_clear(&batch->records);
	batch->bytes = 0;
	memset(batch->killed, 0, sizeof(batch->killed));
}

void gw_tell_changed(const struct gw_restore_request *request, enum gw_change change,
	const struct gw_record *before, const struct gw_record *after, const char *why)
{
	static pthread_mutex_t telling = PTHREAD_MUTEX_INITIALIZER;
	if (!request->changed)
		return;
	gw_locked(&telling);
	request->changed(request->changed_arg, change, before, after, why);
}

static void settle(struct applying *a, size_t i, enum gw_change change, const char *why)
{
	const struct gw_record *before = &a->stored[i];
	a->settled[i] = true;
	if (change >= GW_CHANGE_SKIP)
		a->batch->killed[i] = false;
	a->count->by[change]++;
	if (change != GW_CHANGE_SAME)
		gw_tell_changed(a->request, change, before->kind ? before : NULL,
			a->batch->records.items[i], why);
}

/* ---- Conflicts ---- */

/* What tells which of two is newer: the later instant; null is the earliest. */
static const struct {
	const struct gw_kind *kind;
	int field;
} ages[] = {
	{ &gw_kind_flow, GW_FLOW_UPDATED },
	{ &gw_kind_flow_revision, GW_REVISION_UPDATED },
	{ &gw_kind_trigger, GW_TRIGGER_NEXT },
	{ &gw_kind_execution, GW_EXECUTION_END },
};

static bool is_newer(const struct gw_record *mine, const struct gw_record *stored)
{
	int field = gw_kind_field(mine->kind, "updated");
	for (size_t i = 0; i < GW_LEN(ages); i++)
		if (ages[i].kind == mine->kind)
			field = ages[i].field;
	if (field < 0 || !mine->fields[field].is_set)
		return false;
	const struct gw_value *other = &stored->fields[field];
	return !other->is_set || mine->fields[field].number > other->number;
}

/* What is to become of a record whose key is taken by another. */
static bool may_overwrite(const struct applying *a, size_t i)
{
	switch (a->request->on_conflict) {
	case GW_OVERWRITE:
		return true;
	case GW_NEWER:
		return is_newer(a->batch->records.items[i], &a->stored[i]);
	case GW_SKIP:
	case GW_FAIL:
		break;
	}
	return false;
}

static bool compare(struct applying *a, size_t i, struct gw_error *err)
{
	const struct gw_record *mine = a->batch->records.items[i], *stored = &a->stored[i];
	if (!stored->kind)
		return true;
	if (gw_slice_equal(mine->doc, stored->doc)) {
		settle(a, i, GW_CHANGE_SAME, NULL);
		return true;
	}
	if (may_overwrite(a, i))
		return true;
	if (a->request->on_conflict == GW_FAIL)
		return gw_fail(err, GW_CONFLICT, "%s %.*s is there already, and is another one",
			mine->kind->name, GW_SLICE(mine->key));
	settle(a, i, GW_CHANGE_SKIP, NULL);
	return true;
}

/* ---- Writing ---- */

static struct gw_op op_of(const struct applying *a, size_t i)
{
	struct gw_op op = { .type = GW_CREATE, .record = *a->batch->records.items[i] };
	if (a->stored[i].kind) {
		op.type = GW_REPLACE;
		op.record.version = a->stored[i].version;
	}
	return op;
}

static enum gw_change change_of(const struct gw_op *op)
{
	return op->type == GW_CREATE ? GW_CHANGE_CREATE : GW_CHANGE_UPDATE;
}

/* A backend that refuses one refuses all that came with it: each alone says which it is. */
static bool write_one(struct applying *a, size_t i, struct gw_op *op, struct gw_error *err)
{
	struct gw_group group = { op, 1 };
	if (gw_store_write(a->store, &group, 1, PATIENCE_MS, err))
		return true;
	if (err->code != GW_INVALID)
		return false;
	settle(a, i, GW_CHANGE_REFUSE, err->message);
	return true;
}

static bool write_ops(struct applying *a, struct gw_op *ops, const size_t *at, size_t n,
	struct gw_error *err)
{
	gw_auto_free struct gw_group *groups = gw_new_array(struct gw_group, n);
	for (size_t i = 0; i < n; i++)
		groups[i] = (struct gw_group){ &ops[i], 1 };
	bool ok = gw_store_write(a->store, groups, n, PATIENCE_MS, err);
	if (!ok && err->code != GW_INVALID)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!ok && !write_one(a, at[i], &ops[i], err))
			return false;
		if (ops[i].outcome == GW_OP_DONE)
			settle(a, at[i], change_of(&ops[i]), NULL);
	}
	return true;
}

static bool write_unsettled(struct applying *a, struct gw_error *err)
{
	size_t n = a->batch->records.n, n_ops = 0;
	gw_auto_free struct gw_op *ops = gw_new_array(struct gw_op, n);
	gw_auto_free size_t *at = gw_new_array(size_t, n);
	for (size_t i = 0; i < n; i++) {
		if (a->settled[i])
			continue;
		at[n_ops] = i;
		ops[n_ops++] = op_of(a, i);
	}
	if (!a->request->dry_run)
		return n_ops == 0 || write_ops(a, ops, at, n_ops, err);
	for (size_t i = 0; i < n_ops; i++)
		settle(a, at[i], change_of(&ops[i]), NULL);
	return true;
}

static size_t count_unsettled(const struct applying *a)
{
	size_t n = 0;
	for (size_t i = 0; i < a->batch->records.n; i++)
		n += !a->settled[i];
	return n;
}

/* One look at what is stored, and one try. */
static bool try_once(struct applying *a, struct gw_error *err)
{
	size_t n = a->batch->records.n;
	gw_auto_free struct gw_key *keys = gw_new_array(struct gw_key, n);
	for (size_t i = 0; i < n; i++)
		keys[i] = (struct gw_key){ a->batch->records.items[i]->tenant,
			a->batch->records.items[i]->key };
	free(a->stored);
	a->stored = NULL;
	if (a->batch->is_fresh)
		a->stored = gw_new_array(struct gw_record, n);
	else if (!gw_store_get_many(a->store, a->batch->kind, keys, n, &a->stored, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!a->settled[i] && !compare(a, i, err))
			return false;
	a->batch->is_fresh = false;
	return write_unsettled(a, err);
}

/* ---- What follows from some records ---- */

/* Revisions above the one that is the latest again would stand in the way of the next. */
static bool drop_later_revisions(struct applying *a, const struct gw_record *flow,
	struct gw_error *err)
{
	uint64_t n;
	gw_auto_free char *prefix = gw_sprintf("%.*s/", GW_SLICE(flow->key));
	const struct gw_value values[] = { gw_value_string(prefix),
		flow->fields[GW_FLOW_REVISION] };
	const struct gw_filter filters[] = {
		{ .compare = GW_PREFIX, .field = "key", .values = &values[0], .n_values = 1 },
		{ .compare = GW_GT, .field = "revision", .values = &values[1], .n_values = 1 },
	};
	const struct gw_query query = { .kind = &gw_kind_flow_revision,
		.tenant = flow->tenant,
		.filters = filters,
		.n_filters = 2 };
	return gw_store_delete_where(a->store, &query, &n, err);
}

static bool write_log_line(struct applying *a, const struct gw_record *execution,
	struct gw_error *err)
{
	gw_auto_free struct gw_record *line = gw_edit_log_line(a->editor, execution);
	struct gw_op op = { .type = GW_PUT, .record = *line };
	return gw_store_write_one(a->store, &op, err);
}

static bool follow_up(struct applying *a, struct gw_error *err)
{
	for (size_t i = 0; i < a->batch->records.n; i++) {
		const struct gw_record *mine = a->batch->records.items[i], *before = &a->stored[i];
		if (a->batch->killed[i] && !write_log_line(a, mine, err))
			return false;
		if (mine->kind == &gw_kind_flow && before->kind &&
			before->fields[GW_FLOW_REVISION].number >
				mine->fields[GW_FLOW_REVISION].number &&
			may_overwrite(a, i) && !drop_later_revisions(a, mine, err))
			return false;
	}
	return true;
}

bool gw_batch_restore(struct gw_store *store, const struct gw_editor *editor,
	struct gw_restore_batch *batch, struct gw_restore_count *count, struct gw_error *err)
{
	struct applying a = { .store = store,
		.editor = editor,
		.request = editor->request,
		.batch = batch,
		.count = count };
	bool ok = true;
	for (int i = 0; ok && i < ROUNDS && count_unsettled(&a); i++)
		ok = try_once(&a, err);
	for (size_t i = 0; ok && i < batch->records.n; i++)
		if (!a.settled[i])
			settle(&a, i, GW_CHANGE_REFUSE, "others keep changing it");
	ok = ok && (a.request->dry_run || follow_up(&a, err));
	free(a.stored);
	return ok;
}

/* migrate.c - from one repository into another, without an archive */
#include "backup/apply.h"
#include "backup/transfer.h"
#include "backup/twins.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"

static const struct gw_restore_request as_it_is = { .running = GW_RUNNING_AS_IS,
	.triggers = GW_TRIGGERS_RECOVER };

struct mover {
	struct gw_migration *migration;
	struct gw_twins twins;
	struct gw_editor editor;
	struct gw_restore_batch *batch;
	uint64_t done;
};

static bool apply(struct mover *m, struct gw_error *err)
{
	const struct gw_watcher *w = &m->migration->watcher;
	const struct gw_progress progress = { .what = "records", .done = m->done };
	bool ok = m->batch->records.n == 0 || gw_batch_restore(m->twins.to.store, &m->editor,
						      m->batch, &m->migration->total, err);
	gw_batch_restored_clear(m->batch);
	if (!ok || !w->report || w->report(w->arg, &progress))
		return ok;
	return gw_fail(err, GW_CONFLICT, "cancelled");
}

static bool add(struct mover *m, struct gw_record record, struct gw_error *err)
{
	bool killed;
	struct gw_restore_batch *batch = m->batch;
	if ((batch->records.n == GW_BATCH_RECORDS || batch->bytes > GW_BATCH_BYTES) &&
		!apply(m, err))
		return false;
	bool was_owned = record.owner.data != NULL;
	record.owner = gw_slice(NULL, 0);
	if (!gw_edit_restored(&m->editor, &record, was_owned, &killed, err))
		return false;
	batch->kind = record.kind;
	batch->bytes += record.doc.len;
	gw_records_add(&batch->records, gw_record_copy(&record));
	m->migration->total.read++;
	m->done++;
	return true;
}

static bool copy_kind(struct mover *m, const struct gw_kind *kind, struct gw_error *err)
{
	struct gw_record record;
	enum gw_next next;
	const struct gw_query query = { .kind = kind, .snapshot = m->twins.from.snapshot };
	gw_auto_stream *s = gw_store_scan(m->twins.from.store, &query, err);
	if (!s)
		return false;
	while ((next = gw_stream_next(s, &record, err)) == GW_NEXT_RECORD)
		if (!add(m, record, err))
			return false;
	return next == GW_NEXT_DONE && apply(m, err);
}

/* ---- What only the target has ---- */

static bool drop(struct mover *m, const struct gw_record *record, struct gw_error *err)
{
	struct gw_op op = { .type = GW_DELETE, .record = *record };
	m->migration->n_extra++;
	if (!m->migration->deletes || gw_store_write_one(m->twins.to.store, &op, err))
		return true;
	return err->code == GW_CONFLICT; /* it went by itself, or changed: the next pass sees */
}

static bool drop_extras(struct mover *m, const struct gw_kind *kind, struct gw_error *err)
{
	const struct gw_record *from, *to;
	struct gw_query a = {
		.kind = kind, .want = GW_WANT_KEYS, .snapshot = m->twins.from.snapshot
	};
	struct gw_query b = a;
	b.snapshot = m->twins.to.snapshot;
	bool ok = gw_twins_open(&m->twins, &a, &b, err);
	while (ok && (ok = gw_twins_next(&m->twins, &from, &to, err)) && (from || to))
		if (!from)
			ok = drop(m, to, err);
	gw_twins_close(&m->twins);
	return ok;
}

/* What is referred to comes first; what is in no backup (gates, waiters) at the end. */
static bool copy_all(struct mover *m, struct gw_error *err)
{
	for (size_t i = 0; i < gw_n_contents; i++) {
		size_t n = 0;
		while (gw_contents[i].kinds[n])
			n++;
		while (n-- > 0)
			if (!copy_kind(m, gw_contents[i].kinds[n], err))
				return false;
	}
	for (size_t i = 0; gw_kinds[i]; i++)
		if (gw_kind_moves(gw_kinds[i], true) && gw_content_of(gw_kinds[i]) == SIZE_MAX &&
			!copy_kind(m, gw_kinds[i], err))
			return false;
	return true;
}

bool gw_backup_migrate(struct gw_store *from, struct gw_store *to, struct gw_migration *migration,
	struct gw_error *err)
{
	struct mover m = { .migration = migration,
		.editor = { .request = &as_it_is, .now = gw_clock_now() },
		.batch = gw_new(struct gw_restore_batch) };
	migration->total = (struct gw_restore_count){ 0 };
	migration->n_extra = 0;
	bool ok = gw_twins_begin(&m.twins, from, to, err);
	for (size_t i = 0; ok && gw_kinds[i]; i++)
		if (gw_kind_moves(gw_kinds[i], true))
			ok = drop_extras(&m, gw_kinds[i], err);
	ok = ok && copy_all(&m, err);
	gw_twins_end(&m.twins);
	gw_batch_restored_clear(m.batch);
	gw_editor_clear(&m.editor);
	free(m.batch);
	gw_store_signal(to);
	return ok && (migration->total.by[GW_CHANGE_REFUSE] == 0 ||
			     gw_fail(err, GW_INVALID, "the target refused %llu records",
				     (unsigned long long)migration->total.by[GW_CHANGE_REFUSE]));
}

bool gw_backup_is_live(struct gw_store *store, bool *out, struct gw_error *err)
{
	uint64_t n;
	const struct gw_query query = { .kind = &gw_kind_node };
	if (!gw_store_count(store, &query, 1, &n, err))
		return false;
	*out = n > 0;
	return true;
}

/* compare.c - two repositories side by side: both come in the order of tenant and key */
#include "backup/transfer.h"
#include "backup/twins.h"

#include "base/error.h"
#include "base/mem.h"

#define REPORT_EVERY 500

static bool is_live_work(const struct gw_kind *kind)
{
	return kind == &gw_kind_node || kind == &gw_kind_signal || kind == &gw_kind_action;
}

bool gw_kind_moves(const struct gw_kind *kind, bool data)
{
	size_t i = gw_content_of(kind);
	bool is_data = i != SIZE_MAX && gw_contents[i].flags & GW_CONTENT_DATA;
	return !is_live_work(kind) && (data || !is_data);
}

/* ---- Two streams as one ---- */

static bool advance(struct gw_twin *t, struct gw_error *err)
{
	enum gw_next next = gw_stream_next(t->stream, &t->record, err);
	t->is_over = next == GW_NEXT_DONE;
	return next != GW_NEXT_FAILED;
}

bool gw_twins_open(struct gw_twins *t, const struct gw_query *from, const struct gw_query *to,
	struct gw_error *err)
{
	t->from.stream = gw_store_scan(t->from.store, from, err);
	t->to.stream = t->from.stream ? gw_store_scan(t->to.store, to, err) : NULL;
	t->from.is_due = t->to.is_due = true;
	return t->to.stream != NULL;
}

void gw_twins_close(struct gw_twins *t)
{
	gw_stream_close(&t->from.stream);
	gw_stream_close(&t->to.stream);
}

/* Which of them comes next: < 0 the first, > 0 the second, 0 both. */
static int order(const struct gw_twins *t)
{
	if (t->from.is_over || t->to.is_over)
		return t->from.is_over - t->to.is_over;
	int by_tenant = gw_slice_compare(t->from.record.tenant, t->to.record.tenant);
	return by_tenant ? by_tenant : gw_slice_compare(t->from.record.key, t->to.record.key);
}

bool gw_twins_next(struct gw_twins *t, const struct gw_record **from, const struct gw_record **to,
	struct gw_error *err)
{
	if ((t->from.is_due && !advance(&t->from, err)) || (t->to.is_due && !advance(&t->to, err)))
		return false;
	int which = order(t);
	t->from.is_due = !t->from.is_over && which <= 0;
	t->to.is_due = !t->to.is_over && which >= 0;
	*from = t->from.is_due ? &t->from.record : NULL;
	*to = t->to.is_due ? &t->to.record : NULL;
	return true;
}

/* ---- Comparing ---- */

static void count(struct gw_comparison *c, const struct gw_difference *d)
{
	if (d->from)
		gw_tally_add(gw_tally_of(&c->from, gw_slice_of(d->kind->name)), d->from->tenant,
			d->from->key, d->from->doc);
	if (d->to)
		gw_tally_add(gw_tally_of(&c->to, gw_slice_of(d->kind->name)), d->to->tenant,
			d->to->key, d->to->doc);
	if (d->from && d->to && gw_slice_equal(d->from->doc, d->to->doc))
		return;
	c->n_missing += !d->to;
	c->n_extra += !d->from;
	c->n_changed += d->from && d->to;
	if (c->differs)
		c->differs(c->arg, d);
}

static bool report(const struct gw_watcher *w, uint64_t done, struct gw_error *err)
{
	const struct gw_progress progress = { .what = "records", .done = done };
	if (done % REPORT_EVERY || !w->report || w->report(w->arg, &progress))
		return true;
	return gw_fail(err, GW_CONFLICT, "cancelled");
}

static bool compare_kind(struct gw_comparison *c, struct gw_twins *t, const struct gw_kind *kind,
	uint64_t *done, struct gw_error *err)
{
	struct gw_difference d = { .kind = kind };
	struct gw_query from = {
		.kind = kind, .tenant = gw_slice_of(c->tenant), .snapshot = t->from.snapshot
	};
	struct gw_query to = from;
	to.snapshot = t->to.snapshot;
	gw_tally_of(&c->from, gw_slice_of(kind->name));
	gw_tally_of(&c->to, gw_slice_of(kind->name));
	bool ok = gw_twins_open(t, &from, &to, err);
	while (ok && (ok = gw_twins_next(t, &d.from, &d.to, err)) && (d.from || d.to)) {
		count(c, &d);
		ok = report(&c->watcher, ++*done, err);
	}
	gw_twins_close(t);
	return ok;
}

bool gw_twins_begin(struct gw_twins *t, struct gw_store *from, struct gw_store *to,
	struct gw_error *err)
{
	*t = (struct gw_twins){ .from.store = from, .to.store = to };
	return gw_store_snapshot(from, &t->from.snapshot, err) &&
	       gw_store_snapshot(to, &t->to.snapshot, err);
}

void gw_twins_end(struct gw_twins *t)
{
	gw_twins_close(t);
	gw_store_release(t->from.store, t->from.snapshot);
	gw_store_release(t->to.store, t->to.snapshot);
}

bool gw_backup_compare(struct gw_store *from, struct gw_store *to, struct gw_comparison *c,
	struct gw_error *err)
{
	struct gw_twins t;
	uint64_t done = 0;
	c->from = c->to = (struct gw_tallies){ 0 };
	c->n_missing = c->n_extra = c->n_changed = 0;
	bool ok = gw_twins_begin(&t, from, to, err);
	for (size_t i = 0; ok && gw_kinds[i]; i++)
		if (gw_kind_moves(gw_kinds[i], c->data))
			ok = compare_kind(c, &t, gw_kinds[i], &done, err);
	gw_twins_end(&t);
	return ok;
}

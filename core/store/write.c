/* write.c - writing, and finding out what became of a write whose answer was lost
 *
 * A record tells whether an operation took effect: it holds my bytes under my owner (done), or
 * what was there before (not done: send it again), or something else (a conflict). */
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/check.h"
#include "store/internal.h"

#define FIRST_PAUSE_MS 10
#define LONGEST_PAUSE_MS 1000
#define PATIENCE_ONE_MS 10000
#define DELETE_BATCH 500
#define DELETE_PASSES 5

/* What a record tells about an operation. */
enum trace { NOT_DONE, DONE, OTHER };

/* Groups whose outcome is not certain yet. */
struct doubts {
	struct gw_group *groups;
	bool *missed; /* the backend said so, but an earlier try may have been applied */
	size_t n;
};

static bool is_mine(const struct gw_record *stored, const struct gw_record *mine)
{
	return gw_slice_equal(stored->doc, mine->doc) && stored->due == mine->due &&
	       gw_slice_equal(stored->owner, mine->owner);
}

static enum trace trace_of(const struct gw_op *op, const struct gw_record *stored)
{
	bool exists = stored->kind != NULL;
	bool is_old = exists && gw_version_equal(stored->version, op->record.version);
	bool mine = exists && op->type != GW_DELETE && is_mine(stored, &op->record);
	switch (op->type) {
	case GW_CREATE:
		return mine ? DONE : exists ? OTHER : NOT_DONE;
	case GW_PUT:
		return mine ? DONE : NOT_DONE;
	case GW_REPLACE:
		return is_old ? NOT_DONE : mine ? DONE : OTHER;
	case GW_DELETE:
		return !exists ? DONE : is_old ? NOT_DONE : OTHER;
	}
	return OTHER;
}

/* Reads the record of an operation; done operations get their version. */
static bool look(struct gw_store *store, struct gw_op *op, enum trace *out, struct gw_error *err)
{
	const struct gw_key key = { op->record.tenant, op->record.key };
	gw_auto_free struct gw_record *stored = NULL;
	if (!store->type->get(store->backend, op->record.kind, &key, 1, &stored, err))
		return false;
	*out = trace_of(op, stored);
	op->version = *out == DONE ? stored->version : (struct gw_version){ 0 };
	return true;
}

/* The first failing operation missed, those beside it were not tried. */
static void mark_missed(struct gw_group *group, const enum trace *traces)
{
	size_t loser = 0;
	while (loser < group->n && traces[loser] != OTHER)
		loser++;
	if (loser == group->n)
		loser = 0;
	for (size_t i = 0; i < group->n; i++)
		group->ops[i].outcome = i == loser ? GW_OP_MISSED : GW_OP_SKIPPED;
}

static void mark_all(struct gw_group *group, enum gw_outcome outcome)
{
	for (size_t i = 0; i < group->n; i++)
		group->ops[i].outcome = outcome;
}

static size_t count_traces(const enum trace *traces, size_t n, enum trace which)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += traces[i] == which;
	return count;
}

/* With transactions one operation speaks for its group. True = settled, false = to be sent. */
static bool judge_whole(struct gw_group *group, bool missed, const enum trace *traces)
{
	size_t n_done = count_traces(traces, group->n, DONE);
	size_t n_not_done = count_traces(traces, group->n, NOT_DONE);
	if (n_not_done && !missed) {
		mark_all(group, GW_OP_PENDING);
		return false;
	}
	if (n_done && !n_not_done)
		mark_all(group, GW_OP_DONE);
	else
		mark_missed(group, traces);
	return true;
}

/* Without transactions what was done stays, and the rest is sent: the backend leaves alone what is
 * marked as done. */
static bool judge_rest(struct gw_group *group, bool missed, const enum trace *traces)
{
	size_t n_done = count_traces(traces, group->n, DONE);
	bool lost = n_done < group->n &&
		    (count_traces(traces, group->n, OTHER) > 0 || (missed && n_done == 0));
	if (lost)
		mark_missed(group, traces);
	for (size_t i = 0; i < group->n; i++) {
		if (traces[i] == DONE)
			group->ops[i].outcome = GW_OP_DONE;
		else if (!lost)
			group->ops[i].outcome = GW_OP_PENDING;
	}
	return lost || n_done == group->n;
}

static bool settle_group(struct gw_store *store, struct gw_group *group, bool missed, bool *settled,
	struct gw_error *err)
{
	gw_auto_free enum trace *traces = gw_new_array(enum trace, group->n);
	for (size_t i = 0; i < group->n; i++)
		if (!look(store, &group->ops[i], &traces[i], err))
			return false;
	if (store->type->capabilities & GW_NO_TRANSACTIONS)
		*settled = judge_rest(group, missed, traces);
	else
		*settled = judge_whole(group, missed, traces);
	return true;
}

/* Settles what reading can settle; what is left has to be sent again. */
static bool settle(struct gw_store *store, struct doubts *d, struct gw_error *err)
{
	size_t kept = 0, i = 0;
	bool ok = true;
	for (; i < d->n; i++) {
		bool settled = false;
		ok = ok && settle_group(store, &d->groups[i], d->missed[i], &settled, err);
		if (settled)
			continue;
		d->groups[kept] = d->groups[i];
		d->missed[kept++] = ok ? false : d->missed[i];
	}
	d->n = kept;
	return ok;
}

/* Drops groups that were written; a miss is believed only after another look. */
static void sort_out(struct doubts *d)
{
	size_t kept = 0;
	for (size_t i = 0; i < d->n; i++) {
		bool pending = false, done = true;
		for (size_t k = 0; k < d->groups[i].n; k++) {
			pending |= d->groups[i].ops[k].outcome == GW_OP_PENDING;
			done &= d->groups[i].ops[k].outcome == GW_OP_DONE;
		}
		if (done)
			continue;
		d->groups[kept] = d->groups[i];
		d->missed[kept++] = !pending;
	}
	d->n = kept;
}

/* Waits before the next try; the operator hears of it when it takes long. False = no more. */
static bool pause_before_retry(struct gw_store *store, int64_t *pause_ms, int64_t give_up_at,
	const struct gw_error *err)
{
	if (give_up_at && gw_clock_boot() + *pause_ms * 1000 >= give_up_at)
		return false;
	if (*pause_ms < LONGEST_PAUSE_MS && *pause_ms * 2 >= LONGEST_PAUSE_MS)
		gw_log(GW_WARN, "store", "a write waits for the repository: %s", err->message);
	if (!gw_store_pause(store, *pause_ms))
		return false;
	*pause_ms = *pause_ms * 2 < LONGEST_PAUSE_MS ? *pause_ms * 2 : LONGEST_PAUSE_MS;
	return true;
}

/* Reads, sends again, until nothing is in doubt. */
static bool resolve(struct gw_store *store, struct doubts *d, int64_t patience_ms,
	struct gw_error *err)
{
	int64_t give_up_at = patience_ms < 0 ? 0 : gw_clock_boot() + patience_ms * 1000;
	int64_t pause_ms = FIRST_PAUSE_MS;
	while (d->n) {
		bool ok = settle(store, d, err);
		if (ok && d->n) {
			ok = store->type->write(store->backend, d->groups, d->n, err);
			sort_out(d);
		}
		if (ok)
			continue;
		if (!gw_code_info(err->code)->retry)
			return false;
		if (!pause_before_retry(store, &pause_ms, give_up_at, err))
			return gw_explain(err, "the repository does not answer");
	}
	return true;
}

/* Groups that the backend left without an outcome. */
static void find_doubts(const struct gw_group *groups, size_t n, struct doubts *d)
{
	for (size_t i = 0; i < n; i++) {
		bool pending = false;
		for (size_t k = 0; k < groups[i].n; k++)
			pending |= groups[i].ops[k].outcome == GW_OP_PENDING;
		if (pending)
			d->groups[d->n++] = groups[i];
	}
}

bool gw_store_write(struct gw_store *store, struct gw_group *groups, size_t n, int64_t patience_ms,
	struct gw_error *err)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < groups[i].n; k++)
			if (!gw_check_op(&groups[i].ops[k], err))
				return false;
	for (size_t i = 0; i < n; i++)
		mark_all(&groups[i], GW_OP_PENDING);
	if (store->type->write(store->backend, groups, n, err))
		return true;
	if (!gw_code_info(err->code)->retry)
		return false;
	gw_auto_free struct gw_group *in_doubt = gw_new_array(struct gw_group, n);
	gw_auto_free bool *missed = gw_new_array(bool, n);
	struct doubts d = { in_doubt, missed, 0 };
	find_doubts(groups, n, &d);
	return resolve(store, &d, patience_ms, err);
}

bool gw_store_write_one(struct gw_store *store, struct gw_op *op, struct gw_error *err)
{
	struct gw_group group = { op, 1 };
	if (!gw_store_write(store, &group, 1, PATIENCE_ONE_MS, err))
		return false;
	if (op->outcome == GW_OP_DONE)
		return true;
	return gw_fail(err, GW_CONFLICT, "%s %.*s %s", op->record.kind->name,
		GW_SLICE(op->record.key),
		op->type == GW_CREATE ? "exists already" : "was changed by somebody else");
}

/* ---- Deleting what matches ---- */

struct batch {
	struct gw_records records;
	uint64_t deleted, missed;
};

static bool delete_batch(struct gw_store *store, struct batch *batch, struct gw_error *err)
{
	size_t n = batch->records.n;
	gw_auto_free struct gw_op *ops = gw_new_array(struct gw_op, n);
	gw_auto_free struct gw_group *groups = gw_new_array(struct gw_group, n);
	for (size_t i = 0; i < n; i++) {
		ops[i] = (struct gw_op){ .type = GW_DELETE, .record = *batch->records.items[i] };
		groups[i] = (struct gw_group){ &ops[i], 1 };
	}
	if (!gw_store_write(store, groups, n, PATIENCE_ONE_MS, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		batch->deleted += ops[i].outcome == GW_OP_DONE;
		batch->missed += ops[i].outcome != GW_OP_DONE;
	}
	gw_records_clear(&batch->records);
	return true;
}

static bool delete_pass(struct gw_store *store, const struct gw_query *query, struct batch *batch,
	struct gw_error *err)
{
	gw_auto_stream *s = gw_store_scan(store, query, err);
	struct gw_record r;
	enum gw_next next = GW_NEXT_FAILED;
	while (s && (next = gw_stream_next(s, &r, err)) == GW_NEXT_RECORD) {
		gw_records_add(&batch->records, gw_record_copy(&r));
		if (batch->records.n == DELETE_BATCH && !delete_batch(store, batch, err))
			return false;
	}
	return next == GW_NEXT_DONE && delete_batch(store, batch, err);
}

bool gw_store_delete_where(struct gw_store *store, const struct gw_query *query, uint64_t *n,
	struct gw_error *err)
{
	struct gw_query keys = *query;
	keys.want = GW_WANT_KEYS;
	struct batch batch = { .missed = 1 };
	bool ok = true;
	for (int pass = 0; ok && batch.missed && pass < DELETE_PASSES; pass++) {
		batch.missed = 0;
		ok = delete_pass(store, &keys, &batch, err);
	}
	gw_records_clear(&batch.records);
	if (ok)
		*n = batch.deleted;
	return ok;
}

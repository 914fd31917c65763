/* write.c - writing and claiming: one transaction for all that is queued */
#include "backends/sqlite/sqlite.h"

enum result { APPLIED, AGAIN, FAILED };

/* ---- One operation ---- */

static bool step(struct gw_backend *b, sqlite3_stmt *stmt, struct gw_error *err)
{
	int result = sqlite3_step(stmt);
	sqlite3_reset(stmt);
	return result == SQLITE_DONE || sqlite_fail(b->writer, err);
}

static void bind_key(sqlite3_stmt *stmt, const struct gw_record *r)
{
	sqlite_bind_text(stmt, 1, r->tenant);
	sqlite_bind_text(stmt, 2, r->key);
}

static void bind_op(struct gw_backend *b, sqlite3_stmt *stmt, const struct gw_op *op)
{
	const struct gw_record *r = &op->record;
	unsigned n = gw_sql_n_columns(r->kind);
	bind_key(stmt, r);
	for (unsigned i = GW_SQL_VERSION; i < n && op->type != GW_DELETE; i++) {
		struct gw_value value = gw_sql_value(r, i, &b->packed);
		if (value.text.data && value.text.data == b->packed.data)
			sqlite3_bind_text64(stmt, (int)i + 1, value.text.data, value.text.len,
				SQLITE_TRANSIENT, SQLITE_UTF8);
		else
			sqlite_bind(stmt, (int)i + 1, value);
	}
	if (op->type != GW_DELETE)
		sqlite3_bind_int64(stmt, GW_SQL_VERSION + 1, (int64_t)op->version.a);
	if (op->type == GW_REPLACE || op->type == GW_DELETE)
		sqlite3_bind_int64(stmt, (int)n + 1, (int64_t)r->version.a);
}

/* Whether the stored keywords differ from those that will be. */
static bool keywords_change(struct gw_backend *b, const struct gw_op *op,
	const struct keyword_statements *k)
{
	if (op->type == GW_DELETE)
		return true;
	struct gw_value now = gw_sql_value(&op->record, GW_SQL_FIELDS + k->field, &b->packed);
	if (op->type == GW_CREATE)
		return now.is_set;
	auto_reset *old = k->old;
	bind_key(old, &op->record);
	if (sqlite3_step(old) != SQLITE_ROW)
		return now.is_set;
	struct gw_slice before = sqlite_text(old, 0);
	return !gw_slice_equal(before, now.text);
}

static bool write_keywords(struct gw_backend *b, const struct gw_op *op,
	const struct keyword_statements *k, struct gw_error *err)
{
	bind_key(k->clear, &op->record);
	if (op->type != GW_CREATE && !step(b, k->clear, err))
		return false;
	const struct gw_value *value = op->record.fields ? &op->record.fields[k->field] : NULL;
	for (unsigned i = 0; op->type != GW_DELETE && value && i < value->n_items; i++) {
		bind_key(k->add, &op->record);
		sqlite_bind_text(k->add, 3, gw_sql_cut(value->items[i]));
		if (!step(b, k->add, err))
			return false;
	}
	return true;
}

/* *hit = its condition held. */
static bool apply_op(struct gw_backend *b, struct gw_op *op, bool *hit, struct gw_error *err)
{
	size_t kind = gw_sql_kind_index(b->kinds, op->record.kind);
	sqlite3_stmt *stmt = sqlite_op_statement(b, kind, op->type, err);
	if (!stmt || !sqlite_keyword_statements(b, kind, err))
		return false;
	const struct kind_statements *all = &b->statements[kind];
	uint64_t changing = 0; /* a bit for each field of keywords */
	for (size_t i = 0; i < all->n_keywords; i++)
		changing |= (uint64_t)keywords_change(b, op, &all->keywords[i]) << i;
	op->version.a = (uint64_t)gw_sql_next_version(&b->versions);
	bind_op(b, stmt, op);
	if (!step(b, stmt, err))
		return false;
	*hit = sqlite3_changes(b->writer) > 0;
	for (size_t i = 0; *hit && i < all->n_keywords; i++)
		if (changing >> i & 1 && !write_keywords(b, op, &all->keywords[i], err))
			return false;
	op->outcome = *hit ? GW_OP_DONE : GW_OP_MISSED;
	return true;
}

/* ---- Groups ---- */

static void mark_missed(struct gw_group *group, size_t loser)
{
	for (size_t i = 0; i < group->n; i++)
		group->ops[i].outcome = i == loser ? GW_OP_MISSED : GW_OP_SKIPPED;
}

/* A group whose first operation misses has changed nothing. One that misses later has to be taken
 * back: with savepoints alone, else everything is done again with savepoints. */
static enum result apply_group(struct gw_backend *b, struct gw_group *group, bool with_savepoint,
	struct gw_error *err)
{
	if (with_savepoint && !sqlite_run(b->writer, "SAVEPOINT g", err))
		return FAILED;
	bool hit = true;
	size_t i = 0;
	for (; hit && i < group->n; i++)
		if (!apply_op(b, &group->ops[i], &hit, err))
			return FAILED;
	if (!hit) {
		mark_missed(group, i - 1);
		if (i > 1 && !with_savepoint)
			return AGAIN;
		if (with_savepoint && !sqlite_run(b->writer, "ROLLBACK TO g", err))
			return FAILED;
	}
	if (with_savepoint && !sqlite_run(b->writer, "RELEASE g", err))
		return FAILED;
	return APPLIED;
}

static enum result apply_all(struct gw_backend *b, struct request *requests, bool with_savepoints,
	struct gw_error *err)
{
	for (struct request *r = requests; r; r = r->next) {
		for (size_t i = 0; i < r->n; i++) {
			enum result result = apply_group(b, &r->groups[i], with_savepoints, err);
			if (result != APPLIED)
				return result;
		}
	}
	return APPLIED;
}

static bool try_batch(struct gw_backend *b, struct request *requests, struct gw_error *err)
{
	if (!sqlite_run(b->writer, "BEGIN IMMEDIATE", err))
		return false;
	enum result result = apply_all(b, requests, false, err);
	if (result == AGAIN) {
		if (!sqlite_run(b->writer, "ROLLBACK; BEGIN IMMEDIATE", err))
			return false;
		result = apply_all(b, requests, true, err);
	}
	return result == APPLIED && sqlite_run(b->writer, "COMMIT", err);
}

static void forget_outcomes(struct request *r)
{
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->groups[i].n; k++)
			r->groups[i].ops[k].outcome = GW_OP_PENDING;
}

static void roll_back(struct gw_backend *b)
{
	if (!sqlite3_get_autocommit(b->writer))
		sqlite3_exec(b->writer, "ROLLBACK", NULL, NULL, NULL);
}

static void write_batch(struct gw_backend *b, struct request *requests)
{
	struct gw_error err;
	bool ok = try_batch(b, requests, &err);
	if (!ok)
		roll_back(b);
	for (struct request *r = requests, *next; r; r = next) {
		next = r->next;
		if (!ok) {
			forget_outcomes(r);
			r->err = err;
		}
		r->ok = ok;
		r->is_done = true;
	}
}

/* ---- The queue ---- */

static void enqueue(struct gw_backend *b, struct request *request)
{
	gw_locked(&b->queue_lock);
	*b->queue_end = request;
	b->queue_end = &request->next;
}

static struct request *take_queue(struct gw_backend *b)
{
	gw_locked(&b->queue_lock);
	struct request *all = b->queue;
	b->queue = NULL;
	b->queue_end = &b->queue;
	return all;
}

bool sqlite_write(struct gw_backend *b, struct gw_group *groups, size_t n, struct gw_error *err)
{
	struct request request = { .groups = groups, .n = n };
	enqueue(b, &request);
	gw_locked(&b->writer_lock);
	/* Whoever had the lock before may have written this with the rest. */
	if (!request.is_done)
		write_batch(b, take_queue(b));
	if (!request.ok)
		*err = request.err;
	return request.ok;
}

/* ---- Claiming ---- */

static bool is_any_due(struct gw_backend *b, size_t kind, gw_time now)
{
	auto_reset *due = b->statements[kind].due;
	sqlite3_bind_int64(due, 1, now);
	return sqlite3_step(due) == SQLITE_ROW;
}

static bool find_due(struct gw_backend *b, size_t kind, gw_time now, size_t limit,
	struct gw_records *out, struct gw_error *err)
{
	auto_reset *find = b->statements[kind].find_due;
	gw_auto_row row;
	gw_sql_row_init(&row, b->kinds[kind], GW_WANT_RECORDS);
	sqlite3_bind_int64(find, 1, now);
	sqlite3_bind_int64(find, 2, (int64_t)limit);
	int result;
	while ((result = sqlite3_step(find)) == SQLITE_ROW) {
		sqlite_read_row(find, 0, &row);
		gw_records_add(out, gw_record_copy(&row.record));
	}
	return result == SQLITE_DONE || sqlite_fail(b->writer, err);
}

static bool own(struct gw_backend *b, size_t kind, struct gw_record **r, struct gw_slice owner,
	struct gw_error *err)
{
	sqlite3_stmt *claim = b->statements[kind].claim;
	bind_key(claim, *r);
	sqlite_bind_text(claim, 3, owner);
	if (!step(b, claim, err))
		return false;
	struct gw_record now = **r;
	now.version.a++;
	now.due = GW_NEVER;
	now.owner = owner;
	struct gw_record *copy = gw_record_copy(&now);
	free(*r);
	*r = copy;
	return true;
}

static bool claim_due(struct gw_backend *b, size_t kind, struct gw_slice owner,
	struct gw_records *claimed, struct gw_error *err)
{
	for (size_t i = 0; i < claimed->n; i++)
		if (!own(b, kind, &claimed->items[i], owner, err))
			return false;
	return sqlite_run(b->writer, "COMMIT", err);
}

struct gw_stream *sqlite_claim(struct gw_backend *b, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err)
{
	size_t k = gw_sql_kind_index(b->kinds, kind);
	gw_auto_records claimed = { 0 };
	gw_locked(&b->writer_lock);
	if (!sqlite_claim_statements(b, k, err))
		return NULL;
	if (!is_any_due(b, k, now))
		return gw_records_stream(&claimed);
	if (sqlite_run(b->writer, "BEGIN IMMEDIATE", err) &&
		find_due(b, k, now, limit, &claimed, err) && claim_due(b, k, owner, &claimed, err))
		return gw_records_stream(&claimed);
	roll_back(b);
	return NULL;
}

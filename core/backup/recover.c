/* recover.c - giving back what processes of another time had */
#include "backup/recover.h"

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "model/kinds.h"

#include <unistd.h>

#define SIGN_S 4 /* a living node renews its record every three seconds */
#define BATCH 500

/* ---- Is anybody there? ---- */

static bool collect(struct gw_store *store, const struct gw_query *query, struct gw_records *out,
	struct gw_error *err)
{
	struct gw_record record;
	enum gw_next next;
	gw_auto_stream *s = gw_store_scan(store, query, err);
	if (!s)
		return false;
	while ((next = gw_stream_next(s, &record, err)) == GW_NEXT_RECORD)
		gw_records_add(out, gw_record_copy(&record));
	return next == GW_NEXT_DONE;
}

static bool is_among(const struct gw_records *records, const struct gw_record *r)
{
	for (size_t i = 0; i < records->n; i++)
		if (gw_slice_equal(records->items[i]->key, r->key))
			return gw_version_equal(records->items[i]->version, r->version);
	return false;
}

/* Looks twice: what changed meanwhile is alive. */
static bool check_rest(struct gw_store *store, struct gw_error *err)
{
	gw_auto_records before = { 0 }, after = { 0 };
	const struct gw_query query = { .kind = &gw_kind_node, .want = GW_WANT_KEYS };
	if (!collect(store, &query, &before, err))
		return false;
	if (before.n == 0)
		return true;
	sleep(SIGN_S);
	if (!collect(store, &query, &after, err))
		return false;
	for (size_t i = 0; i < after.n; i++)
		if (!is_among(&before, after.items[i]))
			return gw_fail(err, GW_CONFLICT,
				"server %.*s works on this repository: stop it first, or leave the "
				"recovery to it",
				GW_SLICE(after.items[i]->key));
	return true;
}

/* ---- Records that somebody had ---- */

static const struct gw_filter has_owner = { .compare = GW_NOT,
	.nested = &(const struct gw_filter){ .compare = GW_IS_NULL, .field = "owner" },
	.n_nested = 1 };
static const struct gw_filter has_execution = { .compare = GW_NOT,
	.nested = &(const struct gw_filter){ .compare = GW_IS_NULL, .field = "execution" },
	.n_nested = 1 };

static bool give_back(struct gw_record *record, struct gw_str *text, struct gw_error *err)
{
	(void)text, (void)err;
	record->owner = gw_slice(NULL, 0);
	record->due = 0;
	return true;
}

static bool forget_execution(struct gw_record *record, struct gw_str *text, struct gw_error *err)
{
	json_auto_t *doc = gw_json_parse(record->doc, err);
	if (!doc)
		return false;
	json_object_del(doc, "executionId");
	gw_json_print(text, doc);
	record->doc = gw_str_slice(text);
	((struct gw_value *)(uintptr_t)record->fields)[GW_TRIGGER_EXECUTION] =
		(struct gw_value){ 0 };
	return give_back(record, text, err);
}

struct change {
	const struct gw_kind *kind;
	const struct gw_filter *filter; /* no longer holds for what was changed */
	bool (*edit)(struct gw_record *record, struct gw_str *text, struct gw_error *err);
};

static bool change_one(struct gw_store *store, const struct change *c, struct gw_record *record,
	struct gw_error *err)
{
	gw_auto_str text = { 0 };
	struct gw_op op = { .type = GW_REPLACE, .record = *record };
	return c->edit(&op.record, &text, err) && gw_store_write_one(store, &op, err);
}

static bool change_all(struct gw_store *store, const struct change *c, uint64_t *n,
	struct gw_error *err)
{
	const struct gw_query query = {
		.kind = c->kind, .filters = c->filter, .n_filters = 1, .limit = BATCH
	};
	for (;;) {
		gw_auto_records found = { 0 };
		if (!collect(store, &query, &found, err))
			return false;
		if (found.n == 0)
			return true;
		for (size_t i = 0; i < found.n; i++)
			if (!change_one(store, c, found.items[i], err))
				return gw_explain(err, "%s", c->kind->name);
		*n += found.n;
	}
}

/* ---- Executions and their task runs ---- */

static bool correct_count(struct gw_store *store, const struct gw_record *execution, uint64_t *n,
	struct gw_error *err)
{
	uint64_t there;
	gw_auto_free char *prefix = gw_sprintf("%.*s/", GW_SLICE(execution->key));
	const struct gw_value value = gw_value_string(prefix);
	const struct gw_filter filter = {
		.compare = GW_PREFIX, .field = "key", .values = &value, .n_values = 1
	};
	const struct gw_query query = { .kind = &gw_kind_taskrun,
		.tenant = execution->tenant,
		.filters = &filter,
		.n_filters = 1 };
	if (!gw_store_count(store, &query, 0, &there, err))
		return false;
	if ((int64_t)there == execution->fields[GW_EXECUTION_TASKRUNS].number)
		return true;
	struct gw_op op = { .type = GW_REPLACE, .record = *execution };
	struct gw_value *fields = (struct gw_value *)(uintptr_t)op.record.fields;
	fields[GW_EXECUTION_TASKRUNS] = gw_value_number((int64_t)there);
	++*n;
	return gw_store_write_one(store, &op, err);
}

/* Of those that somebody will go on with. */
static bool correct_counts(struct gw_store *store, uint64_t *n, struct gw_error *err)
{
	gw_auto_records found = { 0 };
	const struct gw_value never = gw_value_number(0);
	const struct gw_filter is_due = {
		.compare = GW_GE, .field = "due", .values = &never, .n_values = 1
	};
	const struct gw_query query = {
		.kind = &gw_kind_execution, .filters = &is_due, .n_filters = 1
	};
	if (!collect(store, &query, &found, err))
		return false;
	for (size_t i = 0; i < found.n; i++)
		if (!correct_count(store, found.items[i], n, err))
			return gw_explain(err, "execution");
	return true;
}

/* ---- All of it ---- */

static bool remove_all(struct gw_store *store, const struct gw_kind *kind, uint64_t *n,
	struct gw_error *err)
{
	const struct gw_query query = { .kind = kind };
	return gw_store_delete_where(store, &query, n, err);
}

bool gw_backup_recover(struct gw_store *store, struct gw_recovery *r, struct gw_error *err)
{
	static const struct change executions = { &gw_kind_execution, &has_owner, give_back };
	static const struct change runs = { &gw_kind_taskrun, &has_owner, give_back };
	static const struct change triggers = { &gw_kind_trigger, &has_owner, give_back };
	static const struct change waits = { &gw_kind_trigger, &has_execution, forget_execution };
	r->executions = r->triggers = r->counts = 0;
	if (!check_rest(store, err) || !remove_all(store, &gw_kind_node, &r->nodes, err) ||
		!remove_all(store, &gw_kind_action, &r->actions, err) ||
		!change_all(store, &executions, &r->executions, err) ||
		!change_all(store, &runs, &r->executions, err) ||
		!correct_counts(store, &r->counts, err))
		return false;
	if (r->no_triggers)
		return true;
	return change_all(store, &triggers, &r->triggers, err) &&
	       (!r->forget_executions || change_all(store, &waits, &r->triggers, err));
}

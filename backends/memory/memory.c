/* memory.c - a repository that is gone with the process: for tests, and the first to read
 *
 * One lock, one sorted array of records a kind. Every rule of godwit/backend.h is visible here. */
#include "backends/memory/match.h"

#include <godwit/mem.h>
#include <godwit/module.h>
#include <godwit/thread.h>

struct table {
	const struct gw_kind *kind;
	struct gw_records rows; /* by (tenant, key) */
};

struct gw_backend {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* signalled or woken */
	bool signalled, woken;
	uint64_t last_version;
	size_t n_tables;
	struct table tables[];
};

static struct gw_backend *memory_open(const json_t *settings, const struct gw_kind *const *kinds,
	struct gw_error *err)
{
	if (json_object_size(settings) > 0) {
		gw_fail(err, GW_INVALID, "repository.memory takes no settings");
		return NULL;
	}
	size_t n = 0;
	while (kinds[n])
		n++;
	struct gw_backend *b = gw_zalloc(sizeof(*b) + n * sizeof(struct table));
	pthread_mutex_init(&b->lock, NULL);
	gw_cond_init(&b->changed);
	b->n_tables = n;
	for (size_t i = 0; i < n; i++)
		b->tables[i].kind = kinds[i];
	return b;
}

static void memory_close(struct gw_backend *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n_tables; i++)
		gw_records_clear(&b->tables[i].rows);
	pthread_cond_destroy(&b->changed);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

static bool memory_migrate(struct gw_backend *b, struct gw_error *err)
{
	(void)b, (void)err;
	return true;
}

static struct table *table_of(struct gw_backend *b, const struct gw_kind *kind)
{
	size_t i = 0;
	while (b->tables[i].kind != kind)
		i++;
	return &b->tables[i];
}

static int key_order(const struct gw_record *r, struct gw_slice tenant, struct gw_slice key)
{
	int order = gw_slice_compare(r->tenant, tenant);
	return order ? order : gw_slice_compare(r->key, key);
}

/* The first position whose key is not smaller. */
static size_t position_of(const struct table *t, struct gw_slice tenant, struct gw_slice key)
{
	size_t low = 0, high = t->rows.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (key_order(t->rows.items[middle], tenant, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct gw_record *row_of(const struct table *t, struct gw_slice tenant, struct gw_slice key)
{
	size_t i = position_of(t, tenant, key);
	bool found = i < t->rows.n && key_order(t->rows.items[i], tenant, key) == 0;
	return found ? t->rows.items[i] : NULL;
}

static bool memory_get(struct gw_backend *b, const struct gw_kind *kind, const struct gw_key *keys,
	size_t n, struct gw_record **out, struct gw_error *err)
{
	(void)err;
	gw_locked(&b->lock);
	struct table *t = table_of(b, kind);
	gw_auto_free struct gw_record **found = gw_new_array(struct gw_record *, n);
	for (size_t i = 0; i < n; i++)
		found[i] = row_of(t, keys[i].tenant, keys[i].key);
	*out = gw_records_copy(found, n);
	return true;
}

/* ---- Writing ---- */

static bool op_fits(struct gw_backend *b, const struct gw_op *op)
{
	const struct gw_record *r = &op->record;
	const struct gw_record *stored = row_of(table_of(b, r->kind), r->tenant, r->key);
	switch (op->type) {
	case GW_CREATE:
		return !stored;
	case GW_PUT:
		return true;
	case GW_REPLACE:
	case GW_DELETE:
		return stored && gw_version_equal(stored->version, r->version);
	}
	return false;
}

static void remove_row(struct table *t, size_t i)
{
	free(t->rows.items[i]);
	t->rows.n--;
	memmove(&t->rows.items[i], &t->rows.items[i + 1],
		(t->rows.n - i) * sizeof(t->rows.items[0]));
}

static void insert_row(struct table *t, size_t i, struct gw_record *row)
{
	gw_records_add(&t->rows, row);
	memmove(&t->rows.items[i + 1], &t->rows.items[i],
		(t->rows.n - 1 - i) * sizeof(t->rows.items[0]));
	t->rows.items[i] = row;
}

static void apply(struct gw_backend *b, struct gw_op *op)
{
	struct table *t = table_of(b, op->record.kind);
	size_t i = position_of(t, op->record.tenant, op->record.key);
	struct gw_record *row = gw_record_copy(&op->record);
	row->version = op->version = (struct gw_version){ .a = ++b->last_version };
	if (row_of(t, row->tenant, row->key))
		remove_row(t, i);
	if (op->type != GW_DELETE)
		insert_row(t, i, row);
	else
		free(row);
	op->outcome = GW_OP_DONE;
	if (strcmp(t->kind->name, "signal") == 0) {
		b->signalled = true;
		pthread_cond_broadcast(&b->changed);
	}
}

static bool memory_write(struct gw_backend *b, struct gw_group *groups, size_t n,
	struct gw_error *err)
{
	(void)err;
	gw_locked(&b->lock);
	for (size_t g = 0; g < n; g++) {
		struct gw_group *group = &groups[g];
		bool fits = true;
		for (size_t i = 0; i < group->n; i++) {
			bool op_ok = op_fits(b, &group->ops[i]);
			group->ops[i].outcome = op_ok ? GW_OP_SKIPPED : GW_OP_MISSED;
			fits = fits && op_ok;
		}
		for (size_t i = 0; fits && i < group->n; i++)
			apply(b, &group->ops[i]);
	}
	return true;
}

/* ---- Searching ---- */

/* A copy of everything. */
struct gw_snapshot {
	size_t n_tables;
	struct table tables[];
};

static struct gw_snapshot *memory_snapshot(struct gw_backend *b, struct gw_error *err)
{
	(void)err;
	gw_locked(&b->lock);
	struct gw_snapshot *s = gw_zalloc(sizeof(*s) + b->n_tables * sizeof(struct table));
	s->n_tables = b->n_tables;
	for (size_t i = 0; i < b->n_tables; i++)
		for (size_t k = 0; k < b->tables[i].rows.n; k++)
			gw_records_add(&s->tables[i].rows,
				gw_record_copy(b->tables[i].rows.items[k]));
	return s;
}

static void memory_release(struct gw_backend *b, struct gw_snapshot *s)
{
	(void)b;
	for (size_t i = 0; i < s->n_tables; i++)
		gw_records_clear(&s->tables[i].rows);
	free(s);
}

static int query_order(const void *a, const void *b, void *query)
{
	return gw_match_order(*(struct gw_record *const *)a, *(struct gw_record *const *)b, query);
}

/* Borrowed rows that match, in order; for free(). A snapshot has tables of its own. */
static struct gw_record **find_rows(struct gw_backend *b, struct gw_query query, size_t *n)
{
	struct table *t = table_of(b, query.kind);
	if (query.snapshot)
		t = &query.snapshot->tables[t - b->tables];
	struct gw_record **found = gw_new_array(struct gw_record *, t->rows.n);
	*n = 0;
	for (size_t i = 0; i < t->rows.n; i++)
		if (gw_match_query(t->rows.items[i], &query))
			found[(*n)++] = t->rows.items[i];
	if (query.n_orders)
		qsort_r(found, *n, sizeof(found[0]), query_order, &query);
	return found;
}

static struct gw_stream *memory_scan(struct gw_backend *b, const struct gw_query *query,
	struct gw_error *err)
{
	(void)err;
	gw_locked(&b->lock);
	size_t n;
	gw_auto_free struct gw_record **found = find_rows(b, *query, &n);
	struct gw_records copies = { 0 };
	for (size_t i = query->offset; i < n && (!query->limit || copies.n < query->limit); i++) {
		struct gw_record row = *found[i];
		if (query->want == GW_WANT_KEYS) {
			row.fields = NULL;
			row.doc = gw_slice(NULL, 0);
		}
		gw_records_add(&copies, gw_record_copy(&row));
	}
	return gw_records_stream(&copies);
}

static void count_value(struct gw_counts *counts, struct gw_slice value)
{
	for (size_t i = 0; i < counts->n; i++) {
		if (gw_slice_is(value, counts->items[i].value)) {
			counts->items[i].n++;
			return;
		}
	}
	counts->items = gw_grow(counts->items, counts->n, &counts->cap);
	counts->items[counts->n++] = (struct gw_count){ gw_strndup(value.data, value.len), 1 };
}

static bool occurs_before(const struct gw_value *value, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (gw_slice_equal(value->items[k], value->items[i]))
			return true;
	return false;
}

static void count_row(struct gw_counts *counts, const struct gw_record *r, const char *by)
{
	struct gw_value value = gw_match_value(r, by);
	char number[24];
	for (unsigned i = 0; i < value.n_items; i++)
		if (!occurs_before(&value, i))
			count_value(counts, value.items[i]);
	if (value.n_items)
		return;
	snprintf(number, sizeof(number), "%lld", (long long)value.number);
	if (!value.is_set)
		count_value(counts, gw_slice_of(""));
	else
		count_value(counts, value.text.data ? value.text : gw_slice_of(number));
}

static bool memory_count(struct gw_backend *b, const struct gw_query *query, const char *by,
	uint64_t cap, struct gw_counts *out, struct gw_error *err)
{
	(void)err;
	gw_locked(&b->lock);
	size_t n_rows;
	struct gw_query all = *query;
	all.after = gw_slice(NULL, 0);
	gw_auto_free struct gw_record **found = find_rows(b, all, &n_rows);
	*out = (struct gw_counts){ 0 };
	if (cap && n_rows > cap)
		n_rows = cap;
	for (size_t i = 0; by && i < n_rows; i++)
		count_row(out, found[i], by);
	if (!by) {
		count_value(out, gw_slice_of(""));
		out->items[0].n = n_rows;
	}
	return true;
}

static struct gw_stream *memory_claim(struct gw_backend *b, const struct gw_kind *kind,
	struct gw_slice owner, gw_time now, size_t limit, struct gw_error *err)
{
	(void)err;
	gw_locked(&b->lock);
	const struct gw_value until = { .is_set = true, .number = now };
	const struct gw_filter filters[] = {
		{ .compare = GW_LE, .field = "due", .values = &until, .n_values = 1 },
		{ .compare = GW_IS_NULL, .field = "owner" },
	};
	const struct gw_order order = { .field = "due" };
	struct gw_query query = { .kind = kind,
		.filters = filters,
		.n_filters = GW_LEN(filters),
		.orders = &order,
		.n_orders = 1 };
	size_t n;
	gw_auto_free struct gw_record **found = find_rows(b, query, &n);
	struct gw_records claimed = { 0 };
	for (size_t i = 0; i < n && i < limit; i++) {
		struct gw_op op = { .type = GW_PUT, .record = *found[i] };
		op.record.owner = owner;
		op.record.due = GW_NEVER;
		struct gw_record *copy = gw_record_copy(&op.record);
		apply(b, &op);
		copy->version = op.version;
		gw_records_add(&claimed, copy);
	}
	return gw_records_stream(&claimed);
}

/* ---- Waiting ---- */

static bool memory_wait(struct gw_backend *b, int timeout_ms)
{
	gw_locked(&b->lock);
	while (!b->signalled && !b->woken)
		if (!gw_cond_wait(&b->changed, &b->lock, timeout_ms))
			break;
	bool signalled = b->signalled;
	b->signalled = b->woken = false;
	return signalled;
}

static void memory_wake(struct gw_backend *b)
{
	gw_locked(&b->lock);
	b->woken = true;
	pthread_cond_broadcast(&b->changed);
}

static bool memory_describe(struct gw_backend *b, struct gw_str *out, struct gw_error *err)
{
	(void)b, (void)err;
	gw_str_puts(out, "memory of this process");
	return true;
}

static const struct gw_backend_type memory_backend = {
	.name = "memory",
	.summary = "Keeps everything in memory until the process ends",
	.open = memory_open,
	.close = memory_close,
	.migrate = memory_migrate,
	.get = memory_get,
	.scan = memory_scan,
	.count = memory_count,
	.write = memory_write,
	.claim = memory_claim,
	.wait = memory_wait,
	.wake = memory_wake,
	.describe = memory_describe,
	.snapshot = memory_snapshot,
	.release = memory_release,
};

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "memory",
	.version = "1.0",
	.summary = "The repository in memory",
	.backends = (const struct gw_backend_type *const[]){ &memory_backend, NULL },
};

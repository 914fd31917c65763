/* suite.c - what cases are made of: judging, opening, records */
#include "tests/backend/suite.h"

#include <stdarg.h>
#include <unistd.h>

struct gw_store *store;
struct gw_error err;
const struct gw_backend_type *suite_type;
json_t *suite_settings;
char *suite_folder;

/* ---- Judging ---- */

void print_error(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
}

static void name_place(const char *file, int line)
{
	const char *slash = strrchr(file, '/');
	print_error("%s:%d: ", slash ? slash + 1 : file, line);
}

void suite_judge(bool holds, const char *what, const char *file, int line)
{
	if (holds)
		return;
	name_place(file, line);
	print_error("it does not hold that %s\n", what);
	_exit(1);
}

void suite_compare(intmax_t a, intmax_t b, const char *what, const char *file, int line)
{
	if (a == b)
		return;
	name_place(file, line);
	print_error("it does not hold that %s: %jd, not %jd\n", what, a, b);
	_exit(1);
}

void suite_compare_text(const char *a, const char *b, const char *file, int line)
{
	if (strcmp(a, b) == 0)
		return;
	name_place(file, line);
	print_error("found '%s' instead of '%s'\n", a, b);
	_exit(1);
}

struct gw_store *suite_open(void)
{
	struct gw_store *s = gw_store_open(suite_type, suite_settings, &err);
	if (!s)
		print_error("%s\n", err.message);
	assert_non_null(s);
	return s;
}

/* ---- Records ---- */

struct gw_key suite_key(const char *key)
{
	return (struct gw_key){ gw_slice_of("main"), gw_slice_of(key) };
}

struct gw_op suite_op(enum gw_op_type type, const char *key, const char *doc)
{
	return (struct gw_op){ .type = type,
		.record = { .kind = &gw_kind_waiter,
			.tenant = gw_slice_of("main"),
			.key = gw_slice_of(key),
			.due = GW_NEVER,
			.doc = gw_slice_of(doc) } };
}

struct gw_op suite_next(const struct gw_op *before, const char *doc)
{
	struct gw_op op = *before;
	op.type = doc ? GW_REPLACE : GW_DELETE;
	op.record.version = before->version;
	op.record.doc = gw_slice_of(doc);
	return op;
}

void must_write(struct gw_op *op)
{
	bool ok = gw_store_write_one(store, op, &err);
	if (!ok)
		print_error("%s\n", err.message);
	assert_true(ok);
}

void must_miss(struct gw_op *op)
{
	assert_false(gw_store_write_one(store, op, &err));
	assert_int_equal(err.code, GW_CONFLICT);
	assert_int_equal(op->outcome, GW_OP_MISSED);
}

void assert_doc(const char *key, const char *doc)
{
	struct gw_record r;
	void *hold = NULL;
	bool found = gw_store_get(store, &gw_kind_waiter, suite_key(key), &r, &hold, &err);
	assert_int_equal(found, doc != NULL);
	assert_true(!found || gw_slice_is(r.doc, doc));
	free(hold);
}

static void assert_slice(struct gw_slice a, struct gw_slice b)
{
	assert_int_equal(a.data == NULL, b.data == NULL);
	assert_true(gw_slice_equal(a, b));
}

static void assert_value(const struct gw_value *a, const struct gw_value *b)
{
	assert_int_equal(a->is_set, b->is_set);
	if (!a->is_set)
		return;
	assert_true(a->number == b->number);
	assert_slice(a->text, b->text);
	assert_int_equal(a->n_items, b->n_items);
	for (unsigned i = 0; i < a->n_items; i++)
		assert_slice(a->items[i], b->items[i]);
}

void assert_same(const struct gw_record *a, const struct gw_record *b)
{
	assert_ptr_equal(a->kind, b->kind);
	assert_slice(a->tenant, b->tenant);
	assert_slice(a->key, b->key);
	assert_slice(a->owner, b->owner);
	assert_slice(a->doc, b->doc);
	assert_true(a->due == b->due);
	const struct gw_value null = { 0 };
	for (unsigned i = 0; i < a->kind->n_fields; i++)
		assert_value(a->fields ? &a->fields[i] : &null, b->fields ? &b->fields[i] : &null);
}

char *suite_keys(struct gw_store *s, const struct gw_query *query)
{
	gw_auto_stream *found = gw_store_scan(s, query, &err);
	struct gw_record r;
	struct gw_str keys = { 0 };
	enum gw_next next = GW_NEXT_FAILED;
	while (found && (next = gw_stream_next(found, &r, &err)) == GW_NEXT_RECORD)
		gw_str_printf(&keys, "%s%.*s", keys.len ? " " : "", GW_SLICE(r.key));
	if (next != GW_NEXT_DONE)
		print_error("%s\n", err.message);
	assert_int_equal(next, GW_NEXT_DONE);
	return gw_str_steal(&keys);
}

void assert_keys(const struct gw_query *query, const char *keys)
{
	gw_auto_free char *found = suite_keys(store, query);
	assert_string_equal(found, keys);
}

uint64_t suite_count(const struct gw_query *query)
{
	uint64_t n;
	assert_true(gw_store_count(store, query, 0, &n, &err));
	return n;
}

uint64_t suite_random(uint64_t *seed, uint64_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (*seed >> 33) % below;
}

/* fixture.h - a store on the memory backend, seen through faults */
#ifndef GW_TESTS_UNIT_STORE_FIXTURE_H
#define GW_TESTS_UNIT_STORE_FIXTURE_H

#include "tests/unit/test.h"

#include "model/kinds.h"
#include "store/store.h"
#include "tests/lib/backend.h"

static struct gw_store *store;
static struct gw_error err;

static inline void open_store(unsigned capabilities, bool without_wait)
{
	store = gw_store_open(gw_test_faulty(gw_test_backend("memory"), capabilities, without_wait),
		NULL, &err);
	assert_non_null(store);
}

static inline int setup(void **state)
{
	(void)state;
	open_store(0, false);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	gw_store_close(&store);
	gw_faults = (struct gw_faults){ 0 };
	return 0;
}

static inline struct gw_op make_op(enum gw_op_type type, const char *key, const char *doc)
{
	return (struct gw_op){ .type = type,
		.record = { .kind = &gw_kind_waiter,
			.tenant = gw_slice_of("main"),
			.key = gw_slice_of(key),
			.due = GW_NEVER,
			.doc = gw_slice_of(doc) } };
}

static inline struct gw_op replace_op(const struct gw_op *before, const char *doc)
{
	struct gw_op op = *before;
	op.type = doc ? GW_REPLACE : GW_DELETE;
	op.record.version = before->version;
	op.record.doc = gw_slice_of(doc);
	return op;
}

static inline void must_write(struct gw_op *op)
{
	assert_true(gw_store_write_one(store, op, &err));
}

/* The document under a key is this; NULL = there is none. */
static inline void assert_doc(const char *key, const char *doc)
{
	struct gw_record r;
	void *hold = NULL;
	const struct gw_key k = { gw_slice_of("main"), gw_slice_of(key) };
	bool found = gw_store_get(store, &gw_kind_waiter, k, &r, &hold, &err);
	assert_int_equal(found, doc != NULL);
	assert_true(!found || gw_slice_is(r.doc, doc));
	free(hold);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif

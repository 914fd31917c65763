/* site.h - an installation for tests: a repository in memory, a storage in a folder */
#ifndef GW_TESTS_UNIT_BACKUP_SITE_H
#define GW_TESTS_UNIT_BACKUP_SITE_H

#include "tests/unit/test.h"

#include "backup/transfer.h"
#include "base/fd.h"
#include "tests/lib/backend.h"

#define KEY "secret"

static struct gw_error err;
static char folder[64];
static struct gw_site from, to; /* with the same storage */

static inline int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/gw-backup-XXXXXX");
	assert_non_null(mkdtemp(folder));
	json_auto_t *settings = json_pack("{s:{s:s}}", "local", "base-path", folder);
	from.store = gw_store_open(gw_test_backend("memory"), NULL, &err);
	to.store = gw_store_open(gw_test_backend("memory"), NULL, &err);
	from.storage = to.storage = gw_storage_open(&gw_storage_local, settings, &err);
	assert_non_null(from.storage);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	gw_store_close(&from.store);
	gw_store_close(&to.store);
	gw_storage_close(&from.storage);
	to.storage = NULL;
	return gw_tree_remove(folder, &err) ? 0 : -1;
}

/* Writes a record whose fields were filled in. */
static inline void put(struct gw_site *site, struct gw_record record)
{
	struct gw_op op = { .type = GW_PUT, .record = record };
	assert_true(gw_store_write_one(site->store, &op, &err));
}

static inline void put_flow(struct gw_site *site, const char *id, int revision, const char *doc)
{
	gw_auto_free char *key = gw_sprintf("company.team/%s", id);
	gw_auto_free char *revised = gw_sprintf("company.team/%s/%06d", id, revision);
	struct gw_value flow[GW_FLOW_N] = { 0 }, rev[GW_REVISION_N] = { 0 };
	flow[GW_FLOW_NAMESPACE] = rev[GW_REVISION_NAMESPACE] = gw_value_string("company.team");
	flow[GW_FLOW_ID] = rev[GW_REVISION_FLOW] = gw_value_string(id);
	flow[GW_FLOW_REVISION] = rev[GW_REVISION_REVISION] = gw_value_number(revision);
	flow[GW_FLOW_UPDATED] = rev[GW_REVISION_UPDATED] = gw_value_time(revision * GW_SECOND);
	put(site, (struct gw_record){ &gw_kind_flow_revision, gw_slice_of("main"),
			  gw_slice_of(revised), { 0 }, GW_NEVER, { 0 }, rev, gw_slice_of(doc) });
	put(site, (struct gw_record){ &gw_kind_flow, gw_slice_of("main"), gw_slice_of(key), { 0 },
			  GW_NEVER, { 0 }, flow, gw_slice_of(doc) });
}

/* A copy for free(); kind NULL = there is none. */
static inline struct gw_record *find(struct gw_site *site, const struct gw_kind *kind,
	const char *tenant, const char *name)
{
	struct gw_record *found;
	const struct gw_key key = { gw_slice_of(tenant), gw_slice_of(name) };
	assert_true(gw_store_get_many(site->store, kind, &key, 1, &found, &err));
	return found;
}

static inline void expect_doc(struct gw_site *site, const struct gw_kind *kind, const char *name,
	const char *doc)
{
	gw_auto_free struct gw_record *r = find(site, kind, "main", name);
	assert_int_equal(r->kind != NULL, doc != NULL);
	assert_true(!doc || gw_slice_is(r->doc, doc));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif

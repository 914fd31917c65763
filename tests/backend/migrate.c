/* migrate.c - cases: making and upgrading what a repository consists of */
#include "tests/backend/suite.h"

#include "base/fd.h"
#include "base/thread.h"

#include <sys/stat.h>

static void migrating_again_changes_nothing(void)
{
	struct gw_op op = suite_op(GW_CREATE, "k", "{\"n\":1}");
	must_write(&op);
	gw_store_close(&store);
	store = suite_open();
	struct gw_store *second = suite_open();
	gw_store_close(&second);
	assert_doc("k", "{\"n\":1}");
	struct gw_op next = suite_next(&op, "{\"n\":2}");
	must_write(&next);
}

static void *open_one(void *arg)
{
	struct gw_error open_err;
	*(struct gw_store **)arg = gw_store_open(suite_type, suite_settings, &open_err);
	if (!*(struct gw_store **)arg)
		print_error("%s\n", open_err.message);
	return NULL;
}

static void several_nodes_migrate_at_once(void)
{
	enum { NODES = 4 };
	pthread_t threads[NODES];
	struct gw_store *nodes[NODES] = { 0 };
	gw_store_close(&store);
	suite_make_fresh();
	for (int i = 0; i < NODES; i++)
		assert_true(gw_thread_start(&threads[i], "node", open_one, &nodes[i], &err));
	for (int i = 0; i < NODES; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < NODES; i++) {
		assert_non_null(nodes[i]);
		gw_store_close(&nodes[i]);
	}
	store = suite_open();
	struct gw_op op = suite_op(GW_CREATE, "k", "{}");
	must_write(&op);
}

static void a_newer_layout_is_refused(void)
{
	gw_store_close(&store);
	suite_make_newer();
	assert_null(gw_store_open(suite_type, suite_settings, &err));
	assert_int_equal(err.code, GW_CONFLICT);
	assert_non_null(strstr(err.message, "newer"));
}

/* ---- Kinds that grow ---- */

static const struct gw_field fields_before[] = { { "name", GW_KEYWORD } };
static const struct gw_field fields_after[] = { { "name", GW_KEYWORD }, { "size", GW_INTEGER },
	{ "tags", GW_KEYWORDS }, { "note", GW_TEXT } };
static const char *const indexes_after[] = { "name size", "?size", NULL };
static const struct gw_kind thing_before = {
	.name = "thing", .fields = fields_before, .n_fields = 1
};
static const struct gw_kind thing_after = {
	.name = "thing", .fields = fields_after, .n_fields = 4, .indexes = indexes_after
};
static const struct gw_kind extra = { .name = "extra" };
static const struct gw_kind *const kinds_before[] = { &thing_before, NULL };
static const struct gw_kind *const kinds_after[] = { &extra, &thing_after, NULL };

static struct gw_backend *open_kinds(const struct gw_kind *const *kinds)
{
	struct gw_backend *b = suite_type->open(suite_settings, kinds, &err);
	assert_non_null(b);
	bool ok = suite_type->migrate(b, &err);
	if (!ok)
		print_error("%s\n", err.message);
	assert_true(ok);
	return b;
}

static void write_thing(struct gw_backend *b, const struct gw_kind *kind, const char *key,
	const struct gw_value *fields)
{
	struct gw_op op = suite_op(GW_CREATE, key, "{}");
	struct gw_group group = { &op, 1 };
	op.record.kind = kind;
	op.record.fields = fields;
	assert_true(suite_type->write(b, &group, 1, &err));
	assert_int_equal(op.outcome, GW_OP_DONE);
}

static void kinds_and_fields_may_be_added(void)
{
	const struct gw_value old = gw_value_string("x");
	struct gw_backend *b = open_kinds(kinds_before);
	write_thing(b, &thing_before, "old", &old);
	suite_type->close(b);

	b = open_kinds(kinds_after);
	const struct gw_slice tag = gw_slice_of("t");
	const struct gw_value new[] = { old, gw_value_number(5),
		{ .is_set = true, .items = &tag, .n_items = 1 }, gw_value_string("note") };
	write_thing(b, &thing_after, "new", new);
	write_thing(b, &extra, "k", NULL);
	const struct gw_key keys[] = { suite_key("old"), suite_key("new") };
	struct gw_record *r;
	assert_true(suite_type->get(b, &thing_after, keys, 2, &r, &err));
	assert_true(gw_slice_is(r[0].fields[0].text, "x"));
	assert_false(r[0].fields[1].is_set);
	assert_true(r[1].fields[1].number == 5);
	assert_true(gw_slice_is(r[1].fields[2].items[0], "t"));
	free(r);
	suite_type->close(b);

	/* An older process goes on beside the newer one. */
	b = open_kinds(kinds_before);
	write_thing(b, &thing_before, "older", &old);
	suite_type->close(b);
}

static void unknown_settings_are_refused(void)
{
	json_object_set_new(suite_settings, "colour", json_string("green"));
	assert_null(suite_type->open(suite_settings, gw_kinds, &err));
	assert_int_equal(err.code, GW_INVALID);
}

static void assert_private(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void the_file_is_for_its_owner_only(void)
{
	const char *path = gw_json_string(suite_settings, "path");
	gw_auto_free char *wal = gw_sprintf("%s-wal", path);
	struct gw_op op = suite_op(GW_CREATE, "k", "{}");
	must_write(&op);
	assert_private(path);
	assert_private(wal);
}

static void what_is_no_database_is_refused(void)
{
	gw_auto_free char *path = gw_sprintf("%s/text", suite_folder);
	json_object_set_new(suite_settings, "path", json_string(path));
	assert_true(gw_file_replace(path, gw_slice_of("this is no database at all"), &err));
	assert_null(gw_store_open(suite_type, suite_settings, &err));
	assert_non_null(strstr(err.message, path));
	json_object_set_new(suite_settings, "path", json_string("/nowhere/at/all.db"));
	assert_null(gw_store_open(suite_type, suite_settings, &err));
	assert_non_null(strstr(err.message, "/nowhere/at/all.db"));
	json_object_del(suite_settings, "path");
	assert_null(gw_store_open(suite_type, suite_settings, &err));
	assert_int_equal(err.code, GW_INVALID);
}

const struct suite_case suite_migrate[] = {
	SHARED_CASE(migrating_again_changes_nothing),
	SHARED_CASE(several_nodes_migrate_at_once),
	CASE_THAT_NEEDS(a_newer_layout_is_refused, SUITE_SHARED | SUITE_NEWER),
	SHARED_CASE(kinds_and_fields_may_be_added),
	CASE(unknown_settings_are_refused),
	FILE_CASE(the_file_is_for_its_owner_only),
	FILE_CASE(what_is_no_database_is_refused),
	{ 0 },
};

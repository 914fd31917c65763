/* suite.c - running the cases for the backend that the environment names */
#include "tests/backend/suite.h"

#include "base/fd.h"

#include <fcntl.h>
#include <unistd.h>

struct gw_store *store;
struct gw_error err;
const struct gw_backend_type *suite_type;
json_t *suite_settings;
char *suite_folder;

static unsigned n_cases; /* so far: part of names */

/* ---- What the suite knows of each backend ---- */

static void isolate_file(void)
{
	gw_auto_free char *path = gw_sprintf("%s/godwit.db", suite_folder);
	json_object_set_new(suite_settings, "path", json_string(path));
}

static void isolate_schema(void)
{
	gw_auto_free char *schema = gw_sprintf("case_%u", n_cases);
	json_object_set_new(suite_settings, "schema", json_string(schema));
}

/* Making all indices takes seconds: the cases share them, and each empties them. */
static void isolate_prefix(void)
{
	json_object_set_new(suite_settings, "prefix", json_string("case"));
}

/* Always the same one: a server with many tables takes long to recover from a crash. */
static void isolate_database(void)
{
	assert_true(gw_test_run("$GW_TEST_CLIENT -e 'DROP DATABASE IF EXISTS `case`;"
				" DROP DATABASE IF EXISTS `case_fresh`'"));
	json_object_set_new(suite_settings, "database", json_string("case"));
}

static void isolate_nothing(void)
{
}

/* The layout's number stands in the header of the file. */
static void make_file_newer(void)
{
	int fd = open(gw_json_string(suite_settings, "path"), O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "\0\0\0\x63", 4, 60), 4);
	close(fd);
}

static void make_schema_newer(void)
{
	gw_auto_free char *command = gw_sprintf(
		"psql -qc 'UPDATE \"%s\".\"godwit_layout\" SET \"version\" = 99' \"$GW_TEST_URL\"",
		gw_json_string(suite_settings, "schema"));
	assert_true(gw_test_run(command));
}

static void make_database_newer(void)
{
	gw_auto_free char *command =
		gw_sprintf("$GW_TEST_CLIENT -e 'UPDATE `%s`.`godwit_layout` SET `version` = 99'",
			gw_json_string(suite_settings, "database"));
	assert_true(gw_test_run(command));
}

static void make_prefix_newer(void)
{
	json_object_set_new(suite_settings, "prefix", json_string("newer"));
	assert_true(
		gw_test_run("curl -sf -o /dev/null -X PUT \"$GW_TEST_URL/newer_setting-000001\""
			    " -H 'Content-Type: application/json' -d '{\"aliases\":"
			    "{\"newer_setting\":{}},\"mappings\":{\"_meta\":{\"layout\":99}}}'"));
}

static void redirect_sql(const char *port, const char *patience)
{
	json_object_set_new(suite_settings, "port", json_string(port));
	json_object_set_new(suite_settings, "statement-timeout", json_string(patience));
}

static void redirect_http(const char *port, const char *patience)
{
	gw_auto_free char *url = gw_sprintf("http://127.0.0.1:%s", port);
	json_object_set_new(suite_settings, "hosts", json_string(url));
	json_object_set_new(suite_settings, "request-timeout", json_string(patience));
}

struct target {
	const char *name;
	unsigned can;
	const char *place; /* the setting that says where the repository is */
	bool is_kept; /* from case to case, emptied in between */
	void (*isolate)(void);
	void (*make_newer)(void);
	void (*redirect)(const char *port, const char *patience);
	const char *texts[SUITE_TEXTS];
};

static const struct target targets[] = {
	{ "memory", SUITE_ANY, NULL, false, isolate_nothing, NULL, NULL, { 0 } },
	{ "sqlite", SUITE_SHARED | SUITE_FILE, "path", false, isolate_file, make_file_newer, NULL,
		{ 0 } },
	{ "postgres", SUITE_SHARED | SUITE_SERVER, "schema", false, isolate_schema,
		make_schema_newer, redirect_sql,
		{ "COMMIT", "create waiter", "replace waiter", "delete waiter" } },
	{ "elasticsearch", SUITE_SHARED | SUITE_SERVER | SUITE_INDICES, "prefix", true,
		isolate_prefix, make_prefix_newer, redirect_http,
		{ "POST /_bulk", "{\"create\":{\"_index\":\"case_waiter",
			"{\"index\":{\"_index\":\"case_waiter",
			"{\"delete\":{\"_index\":\"case_waiter" } },
	{ "mysql", SUITE_SHARED | SUITE_SERVER | SUITE_MYSQL, "database", false, isolate_database,
		make_database_newer, redirect_sql, { "COMMIT", "COMMIT", "COMMIT", "COMMIT" } },
};

static const struct target *target;

void suite_make_newer(void)
{
	target->make_newer();
}

void suite_make_fresh(void)
{
	gw_auto_free char *fresh =
		gw_sprintf("%s_fresh", gw_json_string(suite_settings, target->place));
	json_object_set_new(suite_settings, target->place, json_string(fresh));
}

void suite_redirect(int port, const char *patience)
{
	gw_auto_free char *text = gw_sprintf("%d", port);
	target->redirect(text, patience);
}

const char *suite_text(enum suite_text which)
{
	return target->texts[which];
}

/* ---- Each case ---- */

struct gw_store *suite_open(void)
{
	struct gw_store *s = gw_store_open(suite_type, suite_settings, &err);
	if (!s)
		print_error("%s\n", err.message);
	assert_non_null(s);
	return s;
}

static int setup(void **state)
{
	(void)state;
	const char *settings = getenv("GW_TEST_SETTINGS");
	char folder[] = "/tmp/gw-suite-XXXXXX";
	n_cases++;
	suite_folder = gw_strdup(mkdtemp(folder));
	suite_settings = json_loads(settings ? settings : "{}", 0, NULL);
	target->isolate();
	store = suite_open();
	return 0;
}

static void empty_repository(void)
{
	for (size_t i = 0; gw_kinds[i]; i++) {
		const struct gw_query all = { .kind = gw_kinds[i] };
		uint64_t n;
		assert_true(gw_store_delete_where(store, &all, &n, &err));
	}
}

static int teardown(void **state)
{
	(void)state;
	if (target->is_kept && store)
		empty_repository();
	gw_store_close(&store);
	json_decref(suite_settings);
	gw_tree_remove(suite_folder, &err);
	free(suite_folder);
	return 0;
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

/* ---- The list ---- */

static const struct suite_case *const files[] = { suite_write, suite_read, suite_filter,
	suite_claim, suite_migrate, suite_threads, suite_faults, suite_indices, suite_alike,
	suite_mysql };

static void choose_target(void)
{
	const char *name = getenv("GW_TEST_BACKEND");
	for (size_t i = 0; name && i < GW_LEN(targets); i++)
		if (strcmp(targets[i].name, name) == 0)
			target = &targets[i];
	if (!target) {
		printf("Bail out! GW_TEST_BACKEND names no backend\n");
		exit(1);
	}
	suite_type = gw_test_backend(name);
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[200];
	size_t n = 0;
	choose_target();
	for (size_t f = 0; f < GW_LEN(files); f++) {
		for (const struct suite_case *c = files[f]; c->name; c++) {
			if ((c->need & target->can) != c->need)
				continue;
			if (argc > 1 && !strstr(c->name, argv[1]))
				continue;
			tests[n++] =
				(struct CMUnitTest){ gw_sprintf("%s: %s", target->name, c->name),
					c->run, setup, teardown, NULL };
		}
	}
	int failed = _cmocka_run_group_tests("backend", tests, n, NULL, NULL);
	for (size_t i = 0; i < n; i++)
		free((char *)(uintptr_t)tests[i].name);
	return failed;
}

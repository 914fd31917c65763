/* target.c - what the suite knows of each backend, and the repository that cases work on */
#include "tests/backend/target.h"

#include "base/fd.h"
#include "module/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define REMOVALS 5 /* tries: connections of a case that was killed may hold it for a while */

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
	const char *name; /* NULL = any other */
	unsigned can;
	bool is_kept; /* from case to case, emptied in between: making it takes seconds */
	void (*make_newer)(void);
	void (*redirect)(const char *port, const char *patience);
	const char *texts[SUITE_TEXTS];
	const char *rights; /* that the account needs beyond those for work; NULL = none */
};

static const struct target targets[] = {
	{ "memory", SUITE_ANY, false, NULL, NULL, { 0 }, NULL },
	{ "sqlite", SUITE_SHARED | SUITE_FILE | SUITE_NEWER, false, make_file_newer, NULL, { 0 },
		"see that the folder is there and may be written to" },
	{ "postgres", SUITE_SHARED | SUITE_SERVER, false, make_schema_newer, redirect_sql,
		{ "COMMIT", "create waiter", "replace waiter", "delete waiter" },
		"the test makes a schema of its own: GRANT CREATE ON DATABASE … TO the account, "
		"and take it back afterwards, or name another account" },
	{ "elasticsearch", SUITE_SHARED | SUITE_SERVER | SUITE_INDICES, true, make_prefix_newer,
		redirect_http,
		{ "POST /_bulk", "{\"create\":{\"_index\":\"case_waiter",
			"{\"index\":{\"_index\":\"case_waiter",
			"{\"delete\":{\"_index\":\"case_waiter" },
		"the test makes indices and templates of its own: the role needs manage_index_"
		"templates, and manage on indices with that prefix" },
	{ "mysql", SUITE_SHARED | SUITE_SERVER | SUITE_MYSQL, false, make_database_newer,
		redirect_sql, { "COMMIT", "COMMIT", "COMMIT", "COMMIT" },
		"the test makes a database of its own: GRANT SELECT, INSERT, UPDATE, DELETE, "
		"CREATE, DROP, ALTER, INDEX ON `…\\_suite\\_%`.* TO the account, and take it back "
		"afterwards, or name another account" },
	{ NULL, SUITE_SHARED | SUITE_SERVER, false, NULL, NULL, { 0 },
		"the test makes a repository of its own beside the configured one: the account "
		"needs the right to make and to remove it" },
};

static const struct target *target;
static bool is_guest;
static char *place; /* NULL = the backend has none */
static struct gw_registry *registry; /* a guest's backend is from it */

static bool is_that(void *path, const char *opened)
{
	return strcmp(opened, path) == 0;
}

/* As a server loads it: a module of an older Godwit has shorter tables. */
static const struct gw_backend_type *load(const char *path, const char *name, struct gw_error *e)
{
	const char *slash = strrchr(path, '/');
	gw_auto_free char *folder = gw_strndup(path, slash ? (size_t)(slash - path) : 0);
	const char *const folders[] = { folder, NULL };
	const struct gw_load only = { folders, GW_IN_SERVER, is_that, (void *)(uintptr_t)path };
	registry = gw_registry_load_with(&only, e);
	const struct gw_backend_entry *entry =
		registry ? gw_registry_backend(registry, name) : NULL;
	const char *problem = registry ? gw_registry_problem_at(registry, 0) : NULL;
	if (registry && !entry)
		gw_fail(e, GW_INVALID, "%s: %s", path, problem ? problem : "no such backend in it");
	return entry ? entry->type : NULL;
}

bool target_choose(struct gw_error *e)
{
	const char *name = getenv("GW_TEST_BACKEND"), *module = getenv("GW_TEST_MODULE");
	const char *given = getenv("GW_TEST_PLACE");
	char folder[] = "/tmp/gw-suite-XXXXXX";
	if (!name)
		return gw_fail(e, GW_BAD_REQUEST,
			"GW_TEST_BACKEND names no backend: godwit backends test sets it");
	for (target = targets; target->name && strcmp(target->name, name) != 0;)
		target++;
	is_guest = module != NULL;
	suite_type = module ? load(module, name, e) : gw_test_backend(name);
	if (!suite_type)
		return false;
	if (is_guest && suite_type->place && !given)
		return gw_fail(e, GW_BAD_REQUEST,
			"GW_TEST_PLACE names no place: godwit backends test sets it");
	if (!mkdtemp(folder))
		return gw_fail_errno(e, errno, "making the folder %s", folder);
	suite_folder = gw_strdup(folder);
	if (given)
		place = gw_strdup(given);
	else if (target->can & SUITE_FILE)
		place = gw_sprintf("%s/godwit.db", suite_folder);
	else if (suite_type->place)
		place = gw_strdup("case");
	return true;
}

void target_free(void)
{
	struct gw_error ignored;
	if (suite_folder)
		gw_tree_remove(suite_folder, &ignored);
	gw_registry_unref(&registry);
	free(suite_folder);
	free(place);
}

const char *target_place(void)
{
	return place;
}

const char *target_rights(void)
{
	return target->rights;
}

/* ---- Which cases concern it ---- */

static unsigned abilities(void)
{
	unsigned can = suite_type->place ? target->can : SUITE_ANY;
	if (!is_guest)
		can |= SUITE_OWN | (target->make_newer ? SUITE_NEWER : 0);
	return can;
}

bool target_concerns(const struct suite_case *c)
{
	unsigned need = c->need & ~(unsigned)(SUITE_OWN | SUITE_NEWER);
	return (need & abilities()) == need;
}

const char *target_lacks(const struct suite_case *c)
{
	unsigned lacks = c->need & ~abilities();
	if (lacks & SUITE_OWN)
		return "it restarts the server, cuts connections or changes settings: "
		       "only on a server of the suite's own";
	return lacks & SUITE_NEWER ? "it changes tables behind the backend's back: "
				     "only on a server of the suite's own"
				   : NULL;
}

/* ---- What cases ask ---- */

void suite_make_newer(void)
{
	target->make_newer();
}

void suite_make_fresh(void)
{
	gw_auto_free char *fresh = gw_sprintf("%s_fresh", place);
	json_object_set_new(suite_settings, suite_type->place, json_string(fresh));
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

/* ---- The repository ---- */

static json_t *settings_at(const char *where)
{
	const char *settings = getenv("GW_TEST_SETTINGS");
	json_t *doc = json_loads(settings ? settings : "{}", 0, NULL);
	if (where)
		json_object_set_new(doc, suite_type->place, json_string(where));
	return doc;
}

void target_set_up(void)
{
	suite_settings = settings_at(place);
	assert_non_null(suite_settings);
	store = suite_open();
}

void target_tear_down(void)
{
	gw_store_close(&store);
	json_decref(suite_settings);
}

void target_try(void)
{
	gw_auto_str text = { 0 };
	suite_settings = settings_at(place);
	store = gw_store_open(suite_type, suite_settings, &err);
	bool ok = store && gw_store_describe(store, &text, &err);
	print_error("%s\n", ok ? gw_str_text(&text) : err.message);
	target_tear_down();
	if (!ok)
		exit(1);
}

static bool remove_place(const char *where)
{
	json_auto_t *settings = settings_at(where);
	struct gw_backend *b = suite_type->open(settings, gw_kinds, &err);
	bool ok = b && suite_type->remove(b, &err);
	if (b)
		suite_type->close(b);
	return ok;
}

static void remove_patiently(const char *where)
{
	int tries = 0;
	bool ok;
	while (!(ok = remove_place(where)) && err.code == GW_UNAVAILABLE && ++tries < REMOVALS)
		;
	if (!ok) {
		print_error("%s\n", err.message);
		exit(1);
	}
}

void target_remove(void)
{
	if (!place)
		return;
	gw_auto_free char *fresh = gw_sprintf("%s_fresh", place);
	remove_patiently(place);
	remove_patiently(fresh);
}

static void empty_repository(void)
{
	target_set_up();
	for (size_t i = 0; gw_kinds[i]; i++) {
		const struct gw_query all = { .kind = gw_kinds[i] };
		uint64_t n;
		assert_true(gw_store_delete_where(store, &all, &n, &err));
	}
	target_tear_down();
}

void target_clean(void)
{
	if (target->is_kept)
		empty_repository();
	else
		target_remove();
}

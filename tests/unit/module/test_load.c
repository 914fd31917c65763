/* test_load.c - loading shared objects, good and bad ones */
#include "tests/unit/test.h"

#include "base/fd.h"
#include "module/registry.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/godwit-test-load-XXXXXX";

/* A fresh folder with the given fixtures in it, as NN-name.so in their order. */
static void fill(const char *const *names)
{
	struct gw_error err;
	assert_true(gw_tree_remove(folder, &err));
	assert_int_equal(mkdir(folder, 0700), 0);
	for (size_t i = 0; names[i]; i++) {
		gw_auto_free char *from =
			gw_sprintf("%s/tests/lib/.libs/%s.so", getenv("GW_BUILD"), names[i]);
		gw_auto_free char *to = gw_sprintf("%s/%02zu-%s.so", folder, i, names[i]);
		assert_int_equal(symlink(from, to), 0);
	}
}

#define FILL(...) fill((const char *const[]){ __VA_ARGS__, NULL })

static struct gw_registry *load(enum gw_place place)
{
	struct gw_error err;
	struct gw_registry *r =
		gw_registry_load((const char *const[]){ folder, NULL }, place, &err);
	assert_non_null(r);
	return r;
}

/* The fixture loads to nothing but one problem that says "path: reason". */
static void expect_problem(const char *name, enum gw_place place, const char *reason)
{
	FILL(name);
	struct gw_registry *r = load(place);
	gw_auto_free char *path = gw_sprintf("%s/00-%s.so: ", folder, name);
	assert_non_null(gw_registry_problem_at(r, 0));
	assert_memory_equal(gw_registry_problem_at(r, 0), path, strlen(path));
	assert_string_equal(gw_registry_problem_at(r, 0) + strlen(path), reason);
	assert_null(gw_registry_task_at(r, 0));
	gw_registry_unref(&r);
}

static void a_good_module_shows_its_types_and_where_they_come_from(void **state)
{
	(void)state;
	FILL("good");
	struct gw_registry *r = load(GW_IN_SERVER);
	const struct gw_task_entry *task = gw_registry_task(r, "test.Hello");
	assert_non_null(task);
	assert_string_equal(task->origin.module, "good");
	assert_string_equal(task->origin.version, "1.2");
	assert_true(gw_slice_ends(gw_slice_of(task->origin.path), gw_slice_of("/00-good.so")));
	assert_true(task->origin.in_server);
	assert_string_equal(task->type->properties[0].name, "name");
	assert_null(gw_registry_problem_at(r, 0));
	gw_registry_unref(&r);
}

static void another_major_version_is_refused_with_both_numbers(void **state)
{
	(void)state;
	expect_problem("wrong_major", GW_IN_SERVER,
		"built for module interface 7.3, this Godwit has 1.1: build it again");
}

static void a_newer_minor_version_is_refused_with_both_numbers(void **state)
{
	(void)state;
	expect_problem("newer_minor", GW_IN_SERVER,
		"built for module interface 1.2, this Godwit has 1.1: update Godwit");
}

static void a_module_with_older_shorter_structs_works(void **state)
{
	(void)state;
	FILL("older");
	struct gw_registry *r = load(GW_IN_SERVER);
	const struct gw_task_entry *task = gw_registry_task(r, "test.Older");
	assert_non_null(task);
	assert_non_null(task->type->run);
	assert_null(task->type->plan);
	assert_string_equal(task->type->properties[0].name, "first");
	assert_string_equal(task->type->properties[1].name, "second");
	assert_string_equal(task->type->properties[1].schema, "list<integer>");
	assert_null(task->type->properties[1].summary);
	assert_null(task->type->properties[2].name);
	assert_null(task->type->outputs[0].name);
	gw_registry_unref(&r);
}

static void a_shared_object_without_the_symbol_is_no_module(void **state)
{
	(void)state;
	expect_problem("nothing", GW_IN_SERVER,
		"is not a Godwit module: it exports no 'gw_module'");
}

static void an_unresolved_symbol_is_named(void **state)
{
	(void)state;
	expect_problem("unresolved", GW_IN_SERVER, "undefined symbol: gw_nobody_has_this");
}

static void an_init_that_fails_says_why(void **state)
{
	(void)state;
	expect_problem("init_fails", GW_IN_SERVER, "its init: there is no moon tonight");
}

static void a_module_that_starts_threads_is_refused_in_a_host(void **state)
{
	(void)state;
	expect_problem("threads", GW_IN_HOST, "starts threads, which a task host does not allow");
}

static void what_is_no_shared_object_is_reported_and_the_others_load(void **state)
{
	(void)state;
	struct gw_error err;
	FILL("good");
	gw_auto_free char *text = gw_sprintf("%s/a-text.so", folder);
	gw_auto_free char *pipe = gw_sprintf("%s/b-pipe.so", folder);
	gw_auto_free char *other = gw_sprintf("%s/readme.txt", folder);
	assert_true(gw_file_replace(text, gw_slice_of("not an ELF file\n"), &err));
	assert_true(gw_file_replace(other, gw_slice_of("not looked at\n"), &err));
	assert_int_equal(mkfifo(pipe, 0600), 0);
	struct gw_registry *r = load(GW_IN_SERVER);
	assert_non_null(gw_registry_task(r, "test.Hello"));
	assert_non_null(strstr(gw_registry_problem_at(r, 0), "/a-text.so: "));
	assert_non_null(strstr(gw_registry_problem_at(r, 1), "/b-pipe.so: is not a file"));
	assert_null(gw_registry_problem_at(r, 2));
	gw_registry_unref(&r);
}

static void of_two_types_with_one_name_the_first_wins(void **state)
{
	(void)state;
	FILL("good", "twin");
	struct gw_registry *r = load(GW_IN_SERVER);
	assert_string_equal(gw_registry_task(r, "test.Hello")->origin.module, "good");
	assert_non_null(strstr(gw_registry_problem_at(r, 0),
		"01-twin.so: type 'test.Hello' is there already, from "));
	assert_non_null(strstr(gw_registry_problem_at(r, 1), "'test.Program' is there already"));
	assert_non_null(strstr(gw_registry_problem_at(r, 2), "'test.Plan' is there already"));
	assert_null(gw_registry_problem_at(r, 3));
	gw_registry_unref(&r);
}

static void a_third_partys_flowable_is_refused_and_its_other_types_load(void **state)
{
	(void)state;
	FILL("good");
	struct gw_registry *r = load(GW_IN_HOST);
	assert_false(gw_registry_task(r, "test.Hello")->origin.in_server);
	assert_false(gw_registry_task(r, "test.Program")->origin.in_server);
	assert_null(gw_registry_task(r, "test.Plan"));
	assert_non_null(strstr(gw_registry_problem_at(r, 0),
		"type 'test.Plan' plans other tasks in the server, which only the "
		"installation's own modules may"));
	gw_registry_unref(&r);
}

static bool note_path(void *arg, const char *path)
{
	gw_str_puts(arg, strrchr(path, '/'));
	return !strstr(path, "wrong_major");
}

static void each_file_is_announced_and_may_be_left_out(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_str seen = { 0 };
	FILL("wrong_major", "good");
	const struct gw_load load = { .folders = (const char *const[]){ folder, NULL },
		.place = GW_IN_HOST,
		.opening = note_path,
		.arg = &seen };
	struct gw_registry *r = gw_registry_load_with(&load, &err);
	assert_string_equal(gw_str_text(&seen), "/00-wrong_major.so/01-good.so");
	assert_non_null(gw_registry_task(r, "test.Hello"));
	assert_null(strstr(gw_registry_problem_at(r, 0), "wrong_major"));
	gw_registry_unref(&r);
}

static void init_is_called_once_however_often_a_module_is_loaded(void **state)
{
	(void)state;
	FILL("twin", "twin");
	struct gw_registry *first = load(GW_IN_SERVER);
	gw_auto_free char *inits = gw_strdup(getenv("GW_TEST_INITS"));
	struct gw_registry *second = load(GW_IN_SERVER);
	assert_string_equal(getenv("GW_TEST_INITS"), inits);
	gw_registry_unref(&first);
	gw_registry_unref(&second);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
	(void)state;
	struct gw_error err;
	const char *const folders[] = { "/nonexistent/modules", NULL };
	assert_null(gw_registry_load(folders, GW_IN_SERVER, &err));
	assert_string_equal(err.message,
		"module folder /nonexistent/modules: No such file or directory");
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	struct gw_error err;
	(void)state;
	return gw_tree_remove(folder, &err) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_module_shows_its_types_and_where_they_come_from),
		cmocka_unit_test(another_major_version_is_refused_with_both_numbers),
		cmocka_unit_test(a_newer_minor_version_is_refused_with_both_numbers),
		cmocka_unit_test(a_module_with_older_shorter_structs_works),
		cmocka_unit_test(a_shared_object_without_the_symbol_is_no_module),
		cmocka_unit_test(an_unresolved_symbol_is_named),
		cmocka_unit_test(an_init_that_fails_says_why),
		cmocka_unit_test(a_module_that_starts_threads_is_refused_in_a_host),
		cmocka_unit_test(what_is_no_shared_object_is_reported_and_the_others_load),
		cmocka_unit_test(of_two_types_with_one_name_the_first_wins),
		cmocka_unit_test(a_third_partys_flowable_is_refused_and_its_other_types_load),
		cmocka_unit_test(each_file_is_announced_and_may_be_left_out),
		cmocka_unit_test(init_is_called_once_however_often_a_module_is_loaded),
		cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

/* test_files.c - files of flows that a command names, and inputs as a form */
#include "tests/unit/test.h"

#include "base/fd.h"
#include "cli/files.h"
#include "cli/form.h"

#include <unistd.h>

static char folder[64];

static int set_up(void **state)
{
	struct gw_error err;
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/godwit-files-XXXXXX");
	assert_non_null(mkdtemp(folder));
	gw_auto_free char *below = gw_sprintf("%s/below", folder);
	return gw_dir_make(below, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
	struct gw_error err;
	(void)state;
	return gw_tree_remove(folder, &err) ? 0 : -1;
}

static char *in_folder(const char *name)
{
	return gw_sprintf("%s/%s", folder, name);
}

static void put(const char *name, const char *text)
{
	struct gw_error err;
	gw_auto_free char *path = in_folder(name);
	assert_true(gw_file_replace(path, gw_slice_of(text), &err));
}

static void a_folder_stands_for_all_its_yaml_in_order(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_files files = { 0 };
	gw_auto_str joined = { 0 };
	put("c.yaml", "c");
	put("a.yml", "a");
	put("notes.txt", "x");
	put("below/b.yml", "b");
	assert_true(gw_files_add(&files, folder, &err));
	gw_files_join(&files, &joined);
	assert_string_equal(gw_str_text(&joined), "a\n---\nb\n---\nc");
}

static void a_file_may_have_any_name(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_files files = { 0 };
	gw_auto_free char *path = in_folder("flow.txt");
	put("flow.txt", "a");
	assert_true(gw_files_add(&files, path, &err));
	assert_int_equal(files.n, 1);
}

static void what_is_not_there_is_an_error(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_files files = { 0 };
	gw_auto_free char *path = in_folder("missing.yml");
	assert_false(gw_files_add(&files, folder, &err));
	assert_int_equal(err.code, GW_NOT_FOUND);
	assert_false(gw_files_add(&files, path, &err));
	assert_int_equal(err.code, GW_NOT_FOUND);
}

static void inputs_become_parts(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_form form;
	gw_auto_free char *file = gw_sprintf("f=@%s/data.csv", folder);
	put("data.csv", "1,2");
	gw_form_init(&form);
	assert_true(gw_form_add(&form, "name=a=b", &err));
	assert_true(gw_form_add(&form, file, &err));
	gw_form_end(&form);
	gw_auto_free char *expected =
		gw_sprintf("--%s\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\na=b\r\n"
			   "--%s\r\nContent-Disposition: form-data; name=\"f\"; "
			   "filename=\"data.csv\"\r\n"
			   "Content-Type: application/octet-stream\r\n\r\n1,2\r\n--%s--\r\n",
			form.boundary, form.boundary, form.boundary);
	assert_string_equal(gw_str_text(&form.body), expected);
	assert_non_null(strstr(gw_str_text(&form.type), form.boundary));
}

static void names_cannot_break_out_of_a_part(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_form form;
	gw_form_init(&form);
	assert_true(gw_form_add(&form, "a\"\r\nb=c", &err));
	assert_non_null(strstr(gw_str_text(&form.body), "name=\"a%22%0D%0Ab\""));
}

static void inputs_without_name_or_file_are_refused(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_form form;
	gw_form_init(&form);
	assert_false(gw_form_add(&form, "name", &err));
	assert_int_equal(err.code, GW_BAD_REQUEST);
	assert_false(gw_form_add(&form, "=x", &err));
	assert_false(gw_form_add(&form, "f=@/no/such/file", &err));
	assert_int_equal(err.code, GW_NOT_FOUND);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_folder_stands_for_all_its_yaml_in_order),
		IN_FOLDER(a_file_may_have_any_name),
		IN_FOLDER(what_is_not_there_is_an_error),
		IN_FOLDER(inputs_become_parts),
		IN_FOLDER(names_cannot_break_out_of_a_part),
		IN_FOLDER(inputs_without_name_or_file_are_refused),
	};
	return RUN(tests);
}

/* test_fd.c - files and folders */
#include "tests/unit/test.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct gw_error err;
static char *folder; /* each test's own */

static int make_folder(void **state)
{
	(void)state;
	const char *base = getenv("TMPDIR");
	folder = gw_sprintf("%s/godwit-test-XXXXXX", base ? base : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	bool removed = gw_tree_remove(folder, &err);
	free(folder);
	return removed ? 0 : -1;
}

static char *in_folder(const char *name)
{
	return gw_sprintf("%s/%s", folder, name);
}

static void assert_content(const char *path, const char *content)
{
	gw_auto_str read = { 0 };
	if (!gw_file_read(path, 1 << 20, &read, &err))
		fail_msg("%s", err.message);
	assert_string_equal(gw_str_text(&read), content);
}

static bool exists(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

static void a_replaced_file_has_the_new_content_and_nothing_beside_it(void **state)
{
	(void)state;
	gw_auto_free char *path = in_folder("file"), *beside = in_folder("file.new");
	struct stat st;
	assert_true(gw_file_replace(path, gw_slice_of("old and longer"), &err));
	assert_true(gw_file_replace(path, gw_slice_of("new"), &err));
	assert_content(path, "new");
	assert_false(exists(beside));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_file_that_cannot_be_replaced_stays(void **state)
{
	(void)state;
	gw_auto_free char *path = in_folder("file"), *inside = in_folder("file/inside");
	gw_auto_free char *absent = in_folder("absent/file");
	assert_true(gw_dir_make(path, &err));
	assert_true(gw_file_replace(inside, gw_slice_of("kept"), &err));
	assert_false(gw_file_replace(path, gw_slice_of("new"), &err));
	assert_non_null(strstr(err.message, path));
	assert_content(inside, "kept");
	assert_false(gw_file_replace(absent, gw_slice_of("new"), &err));
}

static void reading_stops_at_the_limit(void **state)
{
	(void)state;
	gw_auto_free char *path = in_folder("file"), *absent = in_folder("absent");
	gw_auto_str all = { 0 }, some = { 0 };
	assert_true(gw_file_replace(path, gw_slice_of("12345"), &err));
	assert_true(gw_file_read(path, 5, &all, &err));
	assert_string_equal(gw_str_text(&all), "12345");
	assert_false(gw_file_read(path, 4, &some, &err));
	assert_int_equal(err.code, GW_INVALID);
	assert_false(gw_file_read(absent, 4, &some, &err));
	assert_int_equal(err.code, GW_NOT_FOUND);
}

static void folders_are_made_with_their_parents(void **state)
{
	(void)state;
	gw_auto_free char *path = in_folder("a/b//c/"), *file = in_folder("a/b/c/file");
	assert_true(gw_dir_make(path, &err));
	assert_true(gw_dir_make(path, &err));
	assert_true(gw_file_replace(file, gw_slice_of("x"), &err));
	gw_auto_free char *below = in_folder("a/b/c/file/d");
	assert_false(gw_dir_make(below, &err));
}

static void removing_a_tree_does_not_follow_links(void **state)
{
	(void)state;
	gw_auto_free char *tree = in_folder("tree"), *deep = in_folder("tree/a/b");
	gw_auto_free char *kept = in_folder("kept"), *file = in_folder("kept/file");
	gw_auto_free char *to_folder = in_folder("tree/a/link"), *to_file = in_folder("tree/link");
	gw_auto_free char *dangling = in_folder("tree/dangling");
	assert_true(gw_dir_make(deep, &err));
	assert_true(gw_dir_make(kept, &err));
	assert_true(gw_file_replace(file, gw_slice_of("kept"), &err));
	assert_int_equal(symlink(kept, to_folder), 0);
	assert_int_equal(symlink(file, to_file), 0);
	assert_int_equal(symlink("nowhere", dangling), 0);
	assert_true(gw_tree_remove(tree, &err));
	assert_false(exists(tree));
	assert_content(file, "kept");
}

static void removing_a_link_leaves_what_it_points_to(void **state)
{
	(void)state;
	gw_auto_free char *kept = in_folder("kept"), *file = in_folder("kept/file");
	gw_auto_free char *link = in_folder("link");
	assert_true(gw_dir_make(kept, &err));
	assert_true(gw_file_replace(file, gw_slice_of("kept"), &err));
	assert_int_equal(symlink(kept, link), 0);
	assert_true(gw_tree_remove(link, &err));
	assert_false(exists(link));
	assert_content(file, "kept");
}

static void folders_that_forbid_it_are_removed_too(void **state)
{
	(void)state;
	gw_auto_free char *tree = in_folder("tree"), *deep = in_folder("tree/a/b");
	gw_auto_free char *a = in_folder("tree/a"), *file = in_folder("tree/a/b/file");
	assert_true(gw_dir_make(deep, &err));
	assert_true(gw_file_replace(file, gw_slice_of("x"), &err));
	assert_int_equal(chmod(deep, 0500), 0);
	assert_int_equal(chmod(a, 0), 0);
	if (!gw_tree_remove(tree, &err))
		fail_msg("%s", err.message);
	assert_false(exists(tree));
}

static void removing_what_is_not_there_is_no_error(void **state)
{
	(void)state;
	gw_auto_free char *absent = in_folder("absent");
	assert_true(gw_tree_remove(absent, &err));
}

static void a_closed_descriptor_is_marked(void **state)
{
	(void)state;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), copy = fd;
	assert_true(gw_fd_valid(fd));
	gw_fd_close(&fd);
	assert_int_equal(fd, -1);
	assert_int_equal(fcntl(copy, F_GETFD), -1);
	assert_int_equal(errno, EBADF);
	gw_fd_close(&fd);
}

static void a_pipe_is_written_and_read_whole(void **state)
{
	(void)state;
	int ends[2];
	gw_auto_str read = { 0 };
	gw_auto_free char *text = gw_alloc(50000);
	memset(text, 'x', 50000);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_true(gw_fd_write_all(ends[1], text, 50000, &err));
	gw_fd_close(&ends[1]);
	assert_true(gw_fd_read_all(ends[0], 50000, &read, &err));
	assert_int_equal(read.len, 50000);
	gw_fd_close(&ends[0]);
	assert_false(gw_fd_read_all(ends[0], 10, &read, &err));
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(a_replaced_file_has_the_new_content_and_nothing_beside_it),
		WITH_FOLDER(a_file_that_cannot_be_replaced_stays),
		WITH_FOLDER(reading_stops_at_the_limit),
		WITH_FOLDER(folders_are_made_with_their_parents),
		WITH_FOLDER(removing_a_tree_does_not_follow_links),
		WITH_FOLDER(removing_a_link_leaves_what_it_points_to),
		WITH_FOLDER(folders_that_forbid_it_are_removed_too),
		WITH_FOLDER(removing_what_is_not_there_is_no_error),
		cmocka_unit_test(a_closed_descriptor_is_marked),
		cmocka_unit_test(a_pipe_is_written_and_read_whole),
	};
	return RUN(tests);
}

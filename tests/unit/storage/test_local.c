/* test_local.c - internal storage in a folder, and paths that try to leave it */
#include "tests/unit/test.h"

#include "base/fd.h"
#include "base/json.h"
#include "storage/storage.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	char folder[64];
	struct gw_storage *storage;
};

static int set_up(void **state)
{
	static struct fixture f;
	struct gw_error err;
	snprintf(f.folder, sizeof(f.folder), "/tmp/godwit-storage-XXXXXX");
	assert_non_null(mkdtemp(f.folder));
	json_auto_t *settings = json_pack("{s:{s:s+}}", "local", "base-path", f.folder, "/base");
	f.storage = gw_storage_open(&gw_storage_local, settings, &err);
	assert_non_null(f.storage);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	gw_storage_close(&f->storage);
	return gw_tree_remove(f->folder, &err) ? 0 : -1;
}

static int content(const char *text)
{
	int fd = memfd_create("content", MFD_CLOEXEC);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	return fd;
}

static bool store(struct fixture *f, const char *uri, const char *text, struct gw_error *err)
{
	gw_auto_fd fd = content(text);
	return gw_storage_write(f->storage, "main", uri, fd, err);
}

static void expect(struct fixture *f, const char *uri, const char *text)
{
	struct gw_error err;
	gw_auto_str found = { 0 };
	gw_auto_fd fd = gw_storage_read(f->storage, "main", uri, &err);
	assert_true(fd >= 0);
	assert_true(gw_fd_read_all(fd, 1000, &found, &err));
	assert_string_equal(gw_str_text(&found), text);
}

static void expect_absent(struct fixture *f, const char *tenant, const char *uri)
{
	struct gw_error err;
	assert_int_equal(gw_storage_read(f->storage, tenant, uri, &err), -1);
	assert_int_equal(err.code, GW_NOT_FOUND);
}

static void what_is_stored_is_read_back(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	int64_t bytes;
	assert_true(store(f, "kestra:///company/team/file.txt", "hello", &err));
	expect(f, "kestra:///company/team/file.txt", "hello");
	expect(f, "/company/team/file.txt", "hello");
	assert_true(gw_storage_size(f->storage, "main", "/company/team/file.txt", &bytes, &err));
	assert_int_equal(bytes, 5);
}

static void a_file_is_stored_from_its_start_and_replaced_as_a_whole(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	assert_true(store(f, "/a", "a long first version", &err));
	assert_true(store(f, "/a", "short", &err));
	expect(f, "/a", "short");
}

static void a_reader_keeps_the_version_it_opened(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	gw_auto_str found = { 0 };
	assert_true(store(f, "/a", "old", &err));
	gw_auto_fd fd = gw_storage_read(f->storage, "main", "/a", &err);
	assert_true(store(f, "/a", "new", &err));
	assert_true(gw_fd_read_all(fd, 1000, &found, &err));
	assert_string_equal(gw_str_text(&found), "old");
}

static void a_failed_write_leaves_what_was_there(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	gw_auto_fd folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(store(f, "/a", "old", &err));
	assert_false(gw_storage_write(f->storage, "main", "/a", folder, &err));
	assert_false(gw_storage_write(f->storage, "main", "/b", folder, &err));
	expect(f, "/a", "old");
	expect_absent(f, "main", "/b");
	gw_auto_free char *staging = gw_sprintf("%s/base/.staging", f->folder);
	assert_int_equal(rmdir(staging), 0); /* nothing is left in it */
}

static void tenants_do_not_see_each_other(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	assert_true(store(f, "/a", "mine", &err));
	expect_absent(f, "other", "/a");
	assert_true(gw_storage_delete(f->storage, "other", "/a", &err));
	expect(f, "/a", "mine");
}

static void a_folder_is_deleted_with_everything_below(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	assert_true(store(f, "/flow/executions/1/a", "x", &err));
	assert_true(store(f, "/flow/executions/1/tasks/t/b", "x", &err));
	assert_true(store(f, "/flow/executions/12/a", "stays", &err));
	assert_true(gw_storage_delete(f->storage, "main", "/flow/executions/1", &err));
	expect_absent(f, "main", "/flow/executions/1/a");
	expect_absent(f, "main", "/flow/executions/1/tasks/t/b");
	expect(f, "/flow/executions/12/a", "stays");
	assert_true(gw_storage_delete(f->storage, "main", "/flow/executions/1", &err));
	assert_true(gw_storage_delete(f->storage, "main", "/no/such/folder", &err));
}

static void deleting_does_not_follow_links(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	gw_auto_free char *outside = gw_sprintf("%s/outside", f->folder);
	gw_auto_free char *precious = gw_sprintf("%s/outside/precious", f->folder);
	gw_auto_free char *link = gw_sprintf("%s/base/main/flow/link", f->folder);
	assert_true(store(f, "/flow/a", "x", &err));
	assert_int_equal(mkdir(outside, 0700), 0);
	assert_true(gw_file_replace(precious, gw_slice_of("x"), &err));
	assert_int_equal(symlink(outside, link), 0);
	assert_true(gw_storage_delete(f->storage, "main", "/flow", &err));
	expect_absent(f, "main", "/flow/a");
	assert_int_equal(access(precious, F_OK), 0);
}

static void links_are_not_followed(void **state)
{
	static const char *const uris[] = { "/folder/secret", "/file" };
	struct fixture *f = *state;
	struct gw_error err;
	gw_auto_free char *secret = gw_sprintf("%s/secret", f->folder);
	gw_auto_free char *folder_link = gw_sprintf("%s/base/main/folder", f->folder);
	gw_auto_free char *file_link = gw_sprintf("%s/base/main/file", f->folder);
	assert_true(store(f, "/a", "x", &err));
	assert_true(gw_file_replace(secret, gw_slice_of("secret"), &err));
	assert_int_equal(symlink(f->folder, folder_link), 0);
	assert_int_equal(symlink(secret, file_link), 0);
	for (size_t i = 0; i < GW_LEN(uris); i++)
		assert_int_equal(gw_storage_read(f->storage, "main", uris[i], &err), -1);
	assert_false(store(f, "/folder/secret", "overwritten", &err));
	assert_true(store(f, "/file", "replaces the link", &err));
	gw_auto_str found = { 0 };
	assert_true(gw_file_read(secret, 100, &found, &err));
	assert_string_equal(gw_str_text(&found), "secret");
}

static void hostile_paths_are_refused(void **state)
{
	static const char *const uris[] = {
		"",
		"a",
		"/",
		"//a",
		"/a//b",
		"/a/",
		"/..",
		"/../secret",
		"/a/../../secret",
		"/a/./b",
		"kestra://",
		"kestra:///",
		"kestra://host/a",
		"kestra:///../secret",
		"KESTRA:///a",
		"file:///etc/passwd",
		"../secret",
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < GW_LEN(uris); i++) {
		struct gw_error err = { 0 };
		assert_int_equal(gw_storage_read(f->storage, "main", uris[i], &err), -1);
		assert_int_equal(err.code, GW_INVALID);
		assert_false(store(f, uris[i], "x", &err));
		assert_false(gw_storage_delete(f->storage, "main", uris[i], &err));
	}
}

static void hostile_tenants_are_refused(void **state)
{
	static const char *const tenants[] = { "", ".", "..", ".staging", "a/b", "../a", "A" };
	struct fixture *f = *state;
	for (size_t i = 0; i < GW_LEN(tenants); i++) {
		struct gw_error err;
		assert_int_equal(gw_storage_read(f->storage, tenants[i], "/a", &err), -1);
		assert_int_equal(err.code, GW_INVALID);
	}
}

static void names_and_depth_are_bounded(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	gw_auto_str deep = { 0 };
	gw_auto_free char *longest = gw_sprintf("/%0255d", 0);
	gw_auto_free char *too_long = gw_sprintf("/%0256d", 0);
	for (int i = 0; i < 65; i++)
		gw_str_puts(&deep, "/a");
	assert_true(store(f, longest, "x", &err));
	assert_false(store(f, too_long, "x", &err));
	assert_int_equal(err.code, GW_INVALID);
	assert_false(store(f, gw_str_text(&deep), "x", &err));
	assert_int_equal(err.code, GW_INVALID);
	assert_true(store(f, gw_str_text(&deep) + 2, "x", &err));
	assert_true(gw_storage_delete(f->storage, "main", "/a", &err));
}

static void a_folder_is_no_file(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	assert_true(store(f, "/a/b", "x", &err));
	expect_absent(f, "main", "/a");
	assert_false(store(f, "/a", "x", &err));
	assert_false(store(f, "/a/b/c", "x", &err));
	expect(f, "/a/b", "x");
}

static void a_base_that_is_no_folder_is_refused(void **state)
{
	struct gw_error err;
	json_auto_t *file = json_pack("{s:{s:s}}", "local", "base-path", "/proc/version");
	json_auto_t *nothing = json_object();
	(void)state;
	assert_null(gw_storage_open(&gw_storage_local, file, &err));
	assert_non_null(strstr(err.message, "storage.local.base-path"));
	assert_null(gw_storage_open(&gw_storage_local, nothing, &err));
}

static void executions_live_where_kestra_keeps_them(void **state)
{
	gw_auto_str path = { 0 };
	(void)state;
	gw_storage_execution_path(&path, "company.team", "My_scheduled--flow.v2", "4xq");
	assert_string_equal(gw_str_text(&path), "/company/team/my-scheduled-flowv2/executions/4xq");
}

static struct gw_upload *begin(struct fixture *f, const char *uri)
{
	struct gw_error err;
	struct gw_upload *upload = gw_storage_begin(f->storage, "main", uri, &err);
	assert_non_null(upload);
	assert_true(gw_upload_write(upload, gw_slice_of("one "), &err));
	assert_true(gw_upload_write(upload, gw_slice_of("two"), &err));
	return upload;
}

static void an_upload_appears_when_it_is_published_or_never(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	int64_t bytes;
	struct gw_upload *upload = begin(f, "/a/b");
	assert_false(gw_storage_size(f->storage, "main", "/a/b", &bytes, &err));
	assert_true(gw_upload_publish(upload, false, &err));
	gw_upload_close(&upload);
	expect(f, "/a/b", "one two");
	upload = begin(f, "/a/c");
	gw_upload_close(&upload);
	assert_false(gw_storage_size(f->storage, "main", "/a/c", &bytes, &err));
	assert_null(gw_storage_begin(f->storage, "main", "/a/../../b", &err));
}

static void an_upload_replaces_only_what_it_may(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	assert_true(store(f, "/a/b", "before", &err));
	struct gw_upload *upload = begin(f, "/a/b");
	assert_false(gw_upload_publish(upload, false, &err));
	assert_int_equal(err.code, GW_CONFLICT);
	expect(f, "/a/b", "before");
	assert_true(gw_upload_publish(upload, true, &err));
	gw_upload_close(&upload);
	expect(f, "/a/b", "one two");
}

static bool note_path(void *arg, const char *path, int64_t bytes, struct gw_error *err)
{
	struct gw_str *seen = arg;
	(void)err;
	gw_str_printf(seen, "%s:%d ", path, (int)bytes);
	return true;
}

static void a_walk_sees_every_file_below_and_follows_no_link(void **state)
{
	struct fixture *f = *state;
	struct gw_error err;
	gw_auto_str seen = { 0 };
	const struct gw_storage_visit visit = { note_path, &seen };
	gw_auto_free char *link = gw_sprintf("%s/base/main/a/link", f->folder);
	assert_true(store(f, "/a/.hidden", "12", &err));
	assert_int_equal(symlink("/etc", link), 0);
	assert_true(gw_storage_walk(f->storage, "main", "/", &visit, &err));
	assert_string_equal(gw_str_text(&seen), "/a/.hidden:2 ");
	gw_str_reset(&seen);
	assert_true(store(f, "/a/b/c", "123", &err));
	assert_true(gw_storage_walk(f->storage, "main", "/a/b", &visit, &err));
	assert_string_equal(gw_str_text(&seen), "/a/b/c:3 ");
	assert_true(gw_storage_walk(f->storage, "main", "/nothing", &visit, &err));
	assert_false(gw_storage_walk(f->storage, "..", "/", &visit, &err));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(what_is_stored_is_read_back),
		IN_FOLDER(a_file_is_stored_from_its_start_and_replaced_as_a_whole),
		IN_FOLDER(a_reader_keeps_the_version_it_opened),
		IN_FOLDER(a_failed_write_leaves_what_was_there),
		IN_FOLDER(tenants_do_not_see_each_other),
		IN_FOLDER(a_folder_is_deleted_with_everything_below),
		IN_FOLDER(deleting_does_not_follow_links),
		IN_FOLDER(links_are_not_followed),
		IN_FOLDER(hostile_paths_are_refused),
		IN_FOLDER(hostile_tenants_are_refused),
		IN_FOLDER(names_and_depth_are_bounded),
		IN_FOLDER(a_folder_is_no_file),
		IN_FOLDER(an_upload_appears_when_it_is_published_or_never),
		IN_FOLDER(an_upload_replaces_only_what_it_may),
		IN_FOLDER(a_walk_sees_every_file_below_and_follows_no_link),
		cmocka_unit_test(a_base_that_is_no_folder_is_refused),
		cmocka_unit_test(executions_live_where_kestra_keeps_them),
	};
	return RUN(tests);
}

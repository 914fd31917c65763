/* s3.c - internal storage in a bucket, of the server at $PORT, also when the connection fails */
#include "tests/unit/test.h"

#include "base/fd.h"
#include "base/json.h"
#include "storage/storage.h"
#include "tests/lib/backend.h"
#include "tests/lib/proxy.h"

#include <sys/mman.h>
#include <unistd.h>

#define MB ((size_t)1 << 20)

static const struct gw_storage_type *type;
static struct gw_proxy *proxy;
static struct gw_storage *storage;
static unsigned tenants;
static char tenant[32]; /* of this test alone */

static json_t *settings(const char *secret)
{
	gw_auto_free char *endpoint = gw_sprintf("http://127.0.0.1:%d", gw_proxy_port(proxy));
	return json_pack("{s:{s:s, s:s, s:s, s:s, s:i, s:i}}", "s3", "bucket", getenv("BUCKET"),
		"endpoint", endpoint, "access-key", getenv("AWS_ACCESS_KEY_ID"), "secret-key",
		secret, "part-mb", 5, "attempts", 3);
}

static int open_all(void **state)
{
	struct gw_error err = { 0 };
	(void)state;
	type = gw_test_storage("s3");
	proxy = gw_proxy_open((int)strtol(getenv("PORT"), NULL, 10), &err);
	json_auto_t *given = proxy ? settings(getenv("AWS_SECRET_ACCESS_KEY")) : NULL;
	storage = given ? gw_storage_open(type, given, &err) : NULL;
	if (!storage)
		fail_msg("%s", err.message);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	gw_storage_close(&storage);
	gw_proxy_close(proxy);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	gw_proxy_set(proxy, GW_PROXY_NONE, NULL, 0);
	snprintf(tenant, sizeof(tenant), "t%u", ++tenants);
	return 0;
}

/* ---- Helpers ---- */

static void check(bool ok, const struct gw_error *err)
{
	if (!ok)
		fail_msg("%s", err->message);
}

static bool store(const char *uri, struct gw_slice content, struct gw_error *err)
{
	gw_auto_fd fd = memfd_create("content", MFD_CLOEXEC);
	assert_true(gw_fd_write_all(fd, content.data, content.len, err));
	return gw_storage_write(storage, tenant, uri, fd, err);
}

static void expect(const char *uri, struct gw_slice content)
{
	struct gw_error err = { 0 };
	gw_auto_str found = { 0 };
	int64_t bytes = -1;
	gw_auto_fd fd = gw_storage_read(storage, tenant, uri, &err);
	check(fd >= 0 && gw_fd_read_all(fd, 64 * MB, &found, &err), &err);
	assert_int_equal(found.len, content.len);
	assert_memory_equal(gw_str_text(&found), content.data, content.len);
	check(gw_storage_size(storage, tenant, uri, &bytes, &err), &err);
	assert_int_equal(bytes, content.len);
}

static void expect_absent(const char *uri)
{
	struct gw_error err;
	int64_t bytes;
	assert_int_equal(gw_storage_read(storage, tenant, uri, &err), -1);
	assert_int_equal(err.code, GW_NOT_FOUND);
	assert_false(gw_storage_size(storage, tenant, uri, &bytes, &err));
	assert_int_equal(err.code, GW_NOT_FOUND);
}

/* Bytes that no two places have in common. */
static struct gw_slice large(struct gw_str *text, size_t len)
{
	uint64_t x = 1;
	char *out = gw_str_extend(text, len);
	for (size_t i = 0; i < len; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		out[i] = (char)(x >> 56);
	}
	return gw_str_slice(text);
}

static bool count_file(void *arg, const char *path, int64_t bytes, struct gw_error *err)
{
	(void)path, (void)bytes, (void)err;
	++*(unsigned *)arg;
	return true;
}

static unsigned count(const char *folder)
{
	unsigned n = 0;
	struct gw_error err = { 0 };
	const struct gw_storage_visit visit = { count_file, &n };
	check(gw_storage_walk(storage, tenant, folder, &visit, &err), &err);
	return n;
}

/* ---- Files ---- */

static void what_is_stored_is_read_back(void **state)
{
	static const char *const uris[] = { "/a", "kestra:///company/team/file.txt",
		"/a b/c+d&e=f?g#h%20", "/äöü/€ 😀", "/.hidden/...", "/<q>&amp;\"'/~" };
	struct gw_error err = { 0 };
	(void)state;
	for (size_t i = 0; i < GW_LEN(uris); i++) {
		check(store(uris[i], gw_slice_of("a long first version"), &err), &err);
		check(store(uris[i], gw_slice_of(uris[i]), &err), &err);
		expect(uris[i], gw_slice_of(uris[i]));
	}
	check(store("/empty", gw_slice_of(""), &err), &err);
	expect("/empty", gw_slice_of(""));
	assert_int_equal(count("/"), GW_LEN(uris) + 1);
	expect_absent("/nothing");
	expect_absent("/a b");
}

static void the_start_alone_can_be_read(void **state)
{
	struct gw_error err = { 0 };
	gw_auto_str found = { 0 };
	(void)state;
	check(store("/a", gw_slice_of("beginning and end"), &err), &err);
	check(store("/empty", gw_slice_of(""), &err), &err);
	gw_auto_fd fd = gw_storage_read_start(storage, tenant, "/a", 9, &err);
	check(fd >= 0 && gw_fd_read_all(fd, 100, &found, &err), &err);
	assert_string_equal(gw_str_text(&found), "beginning");
	gw_auto_fd longer = gw_storage_read_start(storage, tenant, "/a", 900, &err);
	gw_auto_fd empty = gw_storage_read_start(storage, tenant, "/empty", 9, &err);
	assert_int_equal(lseek(longer, 0, SEEK_END), 17);
	assert_int_equal(lseek(empty, 0, SEEK_END), 0);
	assert_int_equal(gw_storage_read_start(storage, tenant, "/nothing", 9, &err), -1);
	assert_int_equal(err.code, GW_NOT_FOUND);
}

static void tenants_do_not_see_each_other(void **state)
{
	struct gw_error err = { 0 };
	(void)state;
	check(store("/a", gw_slice_of("mine"), &err), &err);
	assert_int_equal(gw_storage_read(storage, "other", "/a", &err), -1);
	check(gw_storage_delete(storage, "other", "/a", &err), &err);
	expect("/a", gw_slice_of("mine"));
}

static void paths_that_leave_are_refused(void **state)
{
	static const char *const uris[] = { "/../a", "/a/../../b", "/./a", "//a", "/a/", "",
		"file:///a", "kestra://host/a" };
	size_t before = gw_proxy_requests(proxy);
	(void)state;
	for (size_t i = 0; i < GW_LEN(uris); i++) {
		struct gw_error err = { 0 };
		assert_int_equal(gw_storage_read(storage, tenant, uris[i], &err), -1);
		assert_int_equal(err.code, GW_INVALID);
		assert_false(gw_storage_delete(storage, tenant, uris[i], &err));
		assert_false(store(uris[i], gw_slice_of("x"), &err));
	}
	assert_int_equal(gw_proxy_requests(proxy), before);
}

static void a_folder_is_deleted_with_everything_below(void **state)
{
	struct gw_error err = { 0 };
	(void)state;
	check(store("/flow/1/a", gw_slice_of("x"), &err), &err);
	check(store("/flow/1/tasks/t/b", gw_slice_of("x"), &err), &err);
	check(store("/flow/12/a", gw_slice_of("stays"), &err), &err);
	assert_int_equal(count("/flow/1"), 2);
	check(gw_storage_delete(storage, tenant, "/flow/1", &err), &err);
	check(gw_storage_delete(storage, tenant, "/flow/1", &err), &err);
	check(gw_storage_delete(storage, tenant, "/flow/12/a", &err), &err);
	check(gw_storage_delete(storage, tenant, "/no/such", &err), &err);
	assert_int_equal(count("/"), 0);
}

static void a_walk_goes_over_many_pages(void **state)
{
	struct gw_error err = { 0 };
	(void)state;
	for (int i = 0; i < 1003; i++) {
		gw_auto_free char *uri = gw_sprintf("/many/%d", i);
		check(store(uri, gw_slice_of(""), &err), &err);
	}
	assert_int_equal(count("/many"), 1003);
	check(gw_storage_delete(storage, tenant, "/many", &err), &err);
	assert_int_equal(count("/"), 0);
}

/* ---- Uploads ---- */

static struct gw_upload *begin(const char *uri, struct gw_slice content)
{
	struct gw_error err = { 0 };
	struct gw_upload *upload = gw_storage_begin(storage, tenant, uri, &err);
	check(upload && gw_upload_write(upload, content, &err), &err);
	return upload;
}

static void an_upload_appears_when_it_is_published_or_never(void **state)
{
	static const size_t sizes[] = { 3, 5 * MB - 1, 5 * MB, 5 * MB + 1, 12 * MB };
	(void)state;
	for (size_t i = 0; i < GW_LEN(sizes); i++) {
		struct gw_error err = { 0 };
		gw_auto_str text = { 0 };
		gw_auto_free char *uri = gw_sprintf("/up/%zu", sizes[i]);
		struct gw_upload *upload = begin(uri, large(&text, sizes[i]));
		expect_absent(uri);
		check(gw_upload_publish(upload, false, &err), &err);
		gw_upload_close(&upload);
		expect(uri, gw_str_slice(&text));
		upload = begin("/up/given up", gw_str_slice(&text));
		gw_upload_close(&upload);
		assert_int_equal(count("/up"), i + 1);
	}
}

static void an_upload_replaces_only_what_it_may(void **state)
{
	static const size_t sizes[] = { 3, 6 * MB };
	(void)state;
	for (size_t i = 0; i < GW_LEN(sizes); i++) {
		struct gw_error err = { 0 };
		gw_auto_str text = { 0 };
		check(store("/a", gw_slice_of("before"), &err), &err);
		struct gw_upload *upload = begin("/a", large(&text, sizes[i]));
		assert_false(gw_upload_publish(upload, false, &err));
		assert_int_equal(err.code, GW_CONFLICT);
		expect("/a", gw_slice_of("before"));
		check(gw_upload_publish(upload, true, &err), &err);
		gw_upload_close(&upload);
		expect("/a", gw_str_slice(&text));
	}
}

/* ---- Faults ---- */

static void content_that_is_cut_off_goes_on_where_it_was(void **state)
{
	struct gw_error err = { 0 };
	gw_auto_str text = { 0 };
	(void)state;
	check(store("/large", large(&text, 8 * MB), &err), &err);
	for (long at = 1; at < (long)(8 * MB); at = at * 20 + 500) {
		gw_proxy_set(proxy, GW_PROXY_CUT_BYTES, NULL, at);
		expect("/large", gw_str_slice(&text));
		assert_true(gw_proxy_happened(proxy));
	}
}

static void a_request_that_is_cut_off_is_sent_again(void **state)
{
	static const enum gw_proxy_fault faults[] = { GW_PROXY_CUT_REQUEST, GW_PROXY_CUT_ANSWER };
	static const char *const requests[] = { "POST /", "partNumber=1", "partNumber=2",
		"CompleteMultipartUpload" };
	struct gw_error err = { 0 };
	gw_auto_str text = { 0 };
	(void)state;
	large(&text, 6 * MB);
	for (size_t i = 0; i < GW_LEN(faults) * GW_LEN(requests); i++) {
		gw_auto_free char *uri = gw_sprintf("/large/%zu", i);
		gw_proxy_set(proxy, faults[i % 2], requests[i / 2], 0);
		check(store(uri, gw_str_slice(&text), &err), &err);
		assert_true(gw_proxy_happened(proxy));
		expect(uri, gw_str_slice(&text));
	}
}

/* What was written is ours although its answer got lost; it is not taken for somebody else's. */
static void an_answer_that_got_lost_is_no_conflict(void **state)
{
	static const char *const requests[] = { "if-none-match", "CompleteMultipartUpload" };
	static const size_t sizes[] = { 3, 6 * MB };
	(void)state;
	for (size_t i = 0; i < GW_LEN(sizes); i++) {
		struct gw_error err = { 0 };
		gw_auto_str text = { 0 };
		gw_auto_free char *uri = gw_sprintf("/lost/%zu", i);
		struct gw_upload *upload = begin(uri, large(&text, sizes[i]));
		gw_proxy_set(proxy, GW_PROXY_CUT_ANSWER, requests[i], 0);
		check(gw_upload_publish(upload, false, &err), &err);
		assert_true(gw_proxy_happened(proxy));
		gw_upload_close(&upload);
		expect(uri, gw_str_slice(&text));
	}
}

static void a_server_that_is_gone_is_unavailable_and_may_come_back(void **state)
{
	struct gw_error err = { 0 };
	(void)state;
	check(store("/a", gw_slice_of("here"), &err), &err);
	assert_true(gw_test_run(getenv("GW_TEST_STOP")));
	assert_int_equal(gw_storage_read(storage, tenant, "/a", &err), -1);
	assert_int_equal(err.code, GW_UNAVAILABLE);
	assert_false(store("/a", gw_slice_of("new"), &err));
	assert_int_equal(err.code, GW_UNAVAILABLE);
	assert_true(gw_test_run(getenv("GW_TEST_RESTART")));
	expect("/a", gw_slice_of("here"));
}

static void wrong_settings_are_refused_with_the_reason(void **state)
{
	static const struct {
		const char *name, *value, *why;
	} wrong[] = {
		{ "secret-key", "other", "SignatureDoesNotMatch" },
		{ "access-key", "nobody", "InvalidAccessKeyId" },
		{ "bucket", "no-such-bucket", "NoSuchBucket" },
		{ "bucket", "../godwit", "storage.s3.bucket is to be the name of a bucket" },
		{ "bucket", "", "storage.s3.bucket is to be the name of a bucket" },
		{ "endpoint", "127.0.0.1", "does not begin with http:// or https://" },
		{ "endpoint", "http://user@host", "without user and path" },
		{ "endpoint", "http://host/path", "without user and path" },
		{ "bukket", "x", "bukket" },
	};
	(void)state;
	for (size_t i = 0; i < GW_LEN(wrong); i++) {
		struct gw_error err = { 0 };
		json_auto_t *given = settings(getenv("AWS_SECRET_ACCESS_KEY"));
		json_object_set_new(json_object_get(given, "s3"), wrong[i].name,
			json_string(wrong[i].value));
		assert_null(gw_storage_open(type, given, &err));
		if (!strstr(err.message, wrong[i].why))
			fail_msg("%s: %s", wrong[i].value, err.message);
	}
}

#define HERE(test) cmocka_unit_test_setup(test, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(what_is_stored_is_read_back),
		HERE(the_start_alone_can_be_read),
		HERE(tenants_do_not_see_each_other),
		HERE(paths_that_leave_are_refused),
		HERE(a_folder_is_deleted_with_everything_below),
		HERE(a_walk_goes_over_many_pages),
		HERE(an_upload_appears_when_it_is_published_or_never),
		HERE(an_upload_replaces_only_what_it_may),
		HERE(content_that_is_cut_off_goes_on_where_it_was),
		HERE(a_request_that_is_cut_off_is_sent_again),
		HERE(an_answer_that_got_lost_is_no_conflict),
		HERE(a_server_that_is_gone_is_unavailable_and_may_come_back),
		HERE(wrong_settings_are_refused_with_the_reason),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}

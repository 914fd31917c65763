/* test_keys.c - where access keys come from, and values in XML */
#include "tests/unit/test.h"

#include "backends/s3/keys.h"
#include "backends/s3/xml.h"
#include "base/fd.h"

#include <unistd.h>

static char folder[64];

static int set_up(void **state)
{
	static const char *const variables[] = { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
		"AWS_SESSION_TOKEN", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE" };
	(void)state;
	for (size_t i = 0; i < GW_LEN(variables); i++)
		unsetenv(variables[i]);
	snprintf(folder, sizeof(folder), "/tmp/godwit-keys-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	return setenv("HOME", folder, 1);
}

static int tear_down(void **state)
{
	struct gw_error err;
	(void)state;
	return gw_tree_remove(folder, &err) ? 0 : -1;
}

static void write_file(const char *text)
{
	struct gw_error err;
	gw_auto_free char *aws = gw_sprintf("%s/.aws", folder);
	gw_auto_free char *path = gw_sprintf("%s/credentials", aws);
	assert_true(gw_dir_make(aws, &err));
	assert_true(gw_file_replace(path, gw_slice_of(text), &err));
}

static void expect(const struct key_source *source, const char *id, const char *secret,
	const char *token)
{
	struct gw_error err = { 0 };
	struct keys keys;
	if (!keys_find(source, &keys, &err))
		fail_msg("%s", err.message);
	assert_string_equal(keys.id, id);
	assert_string_equal(keys.secret, secret);
	assert_string_equal(keys.token ? keys.token : "", token);
	keys_clear(&keys);
}

static void expect_none(const struct key_source *source, const char *why)
{
	struct gw_error err = { 0 };
	struct keys keys;
	assert_false(keys_find(source, &keys, &err));
	if (!strstr(err.message, why))
		fail_msg("%s", err.message);
}

#define PROFILES                                                      \
	"# of this machine\n[default]\naws_access_key_id = file-id\n" \
	"aws_secret_access_key = a/b+c==\n\n[other]\r\n"              \
	"aws_access_key_id=o\r\naws_secret_access_key=p\r\naws_session_token = t\r\n[bad]\n"

static void settings_come_before_environment_before_file(void **state)
{
	const struct key_source nothing = { 0 }, settings = { .id = "i", .secret = "s" };
	const struct key_source other = { .profile = "other" };
	(void)state;
	write_file(PROFILES);
	expect(&nothing, "file-id", "a/b+c==", "");
	expect(&other, "o", "p", "t");
	setenv("AWS_PROFILE", "other", 1);
	expect(&nothing, "o", "p", "t");
	setenv("AWS_ACCESS_KEY_ID", "env", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "key", 1);
	setenv("AWS_SESSION_TOKEN", "token", 1);
	expect(&nothing, "env", "key", "token");
	expect(&other, "o", "p", "t");
	expect(&settings, "i", "s", "");
}

static void a_file_may_lie_elsewhere(void **state)
{
	gw_auto_free char *path = gw_sprintf("%s/.aws/credentials", folder);
	const struct key_source nothing = { 0 }, named = { .file = path };
	(void)state;
	write_file(PROFILES);
	setenv("HOME", "/nowhere", 1);
	expect_none(&nothing, "there are no credentials");
	expect(&named, "file-id", "a/b+c==", "");
	setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
	expect(&nothing, "file-id", "a/b+c==", "");
}

static void what_is_missing_is_named(void **state)
{
	const struct key_source nothing = { 0 }, half = { .id = "i" };
	const struct key_source bad = { .profile = "bad" }, file = { .file = "/nowhere/keys" };
	(void)state;
	expect_none(&nothing, "AWS_ACCESS_KEY_ID");
	expect_none(&half, "set both or none");
	expect_none(&file, "/nowhere/keys: ");
	write_file(PROFILES);
	expect_none(&bad, "profile bad has no aws_access_key_id");
}

static void values_are_found_and_unescaped(void **state)
{
	struct gw_slice xml = gw_slice_of("<L><C><K>a&amp;b&lt;&gt;&quot;&apos;</K></C><C><K>"
					  "&#65;&#xe4;&#x20AC;&#x1f600;&nope;&</K></C><C><K>x");
	struct gw_slice rest = xml, found;
	(void)state;
	assert_true(xml_next(&rest, "C", &found));
	gw_auto_free char *first = xml_text(found, "K");
	assert_string_equal(first, "a&b<>\"'");
	assert_true(xml_next(&rest, "C", &found));
	gw_auto_free char *second = xml_text(found, "K");
	assert_string_equal(second, "Aä€😀&");
	assert_false(xml_next(&rest, "C", &found));
	assert_null(xml_text(xml, "Nothing"));
	assert_null(xml_text(gw_slice(NULL, 0), "K"));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(settings_come_before_environment_before_file),
		IN_FOLDER(a_file_may_lie_elsewhere),
		IN_FOLDER(what_is_missing_is_named),
		cmocka_unit_test(values_are_found_and_unescaped),
	};
	return RUN(tests);
}

/* test_error.c - filling in, explaining and cutting error messages */
#include "tests/unit/test.h"

#include "base/error.h"
#include "base/utf8.h"

#include <errno.h>

static void a_failure_is_false_with_code_and_message(void **state)
{
	(void)state;
	struct gw_error err;
	assert_false(gw_fail(&err, GW_CONFLICT, "flow %s is at revision %d", "daily", 3));
	assert_int_equal(err.code, GW_CONFLICT);
	assert_string_equal(err.message, "flow daily is at revision 3");
}

static void an_explanation_stands_before_the_message(void **state)
{
	(void)state;
	struct gw_error err;
	gw_fail(&err, GW_NOT_FOUND, "no such file");
	assert_false(gw_explain(&err, "reading %s", "a.yml"));
	gw_explain(&err, "starting");
	assert_int_equal(err.code, GW_NOT_FOUND);
	assert_string_equal(err.message, "starting: reading a.yml: no such file");
}

static void a_message_may_quote_itself(void **state)
{
	(void)state;
	struct gw_error err;
	gw_fail(&err, GW_INVALID, "inner");
	gw_fail(&err, GW_INVALID, "outer (%s)", err.message);
	assert_string_equal(err.message, "outer (inner)");
}

static void an_errno_is_spelled_out(void **state)
{
	(void)state;
	struct gw_error err;
	gw_fail_errno(&err, ENOENT, "%s", "/nowhere");
	assert_string_equal(err.message, "/nowhere: No such file or directory");
	gw_fail_errno(&err, 99999, "x");
	assert_string_equal(err.message, "x: unknown error");
}

static void a_long_message_is_cut_at_a_whole_character(void **state)
{
	(void)state;
	struct gw_error err;
	gw_auto_str text = { 0 };
	for (int shift = 0; shift < 4; shift++) {
		gw_str_reset(&text);
		gw_str_add(&text, "xxxx", (size_t)shift);
		for (int i = 0; i < 1000; i++)
			gw_str_puts(&text, "\xe2\x82\xac");
		gw_fail(&err, GW_INVALID, "%s", gw_str_text(&text));
		size_t len = strlen(err.message);
		assert_in_range(len, sizeof(err.message) - 4, sizeof(err.message) - 1);
		assert_true(gw_utf8_valid(err.message, len));
		gw_explain(&err, "%s", gw_str_text(&text));
		assert_true(gw_utf8_valid(err.message, strlen(err.message)));
	}
}

static void every_code_means_something_to_the_outside(void **state)
{
	(void)state;
	for (int code = GW_OK; code <= GW_INTERNAL; code++) {
		const struct gw_code_info *info = gw_code_info((enum gw_code)code);
		assert_non_null(info->name);
		assert_in_range(info->http_status, 200, 503);
		assert_true((code == GW_OK) == (info->exit_status == 0));
	}
	assert_true(gw_code_info(GW_BUSY)->retry && gw_code_info(GW_UNAVAILABLE)->retry);
	assert_false(gw_code_info(GW_INVALID)->retry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_is_false_with_code_and_message),
		cmocka_unit_test(an_explanation_stands_before_the_message),
		cmocka_unit_test(a_message_may_quote_itself),
		cmocka_unit_test(an_errno_is_spelled_out),
		cmocka_unit_test(a_long_message_is_cut_at_a_whole_character),
		cmocka_unit_test(every_code_means_something_to_the_outside),
	};
	return RUN(tests);
}

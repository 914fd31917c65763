/* test_prefix.c - where the texts with a prefix end */
#include "tests/unit/test.h"

#include "backends/sql/prefix.h"

static void assert_end(const char *prefix, const char *end)
{
	gw_auto_str out = { 0 };
	assert_int_equal(gw_sql_prefix_end(&out, gw_slice_of(prefix)), end != NULL);
	assert_string_equal(gw_str_text(&out), end ? end : "");
}

static void the_last_character_is_raised(void **state)
{
	(void)state;
	assert_end("a", "b");
	assert_end("company.", "company/");
	assert_end("x\x7f", "x\xc2\x80");
	assert_end("\xdf\xbf", "\xe0\xa0\x80");
	assert_end("\xef\xbf\xbf", "\xf0\x90\x80\x80");
	assert_end("\xc3\xa9", "\xc3\xaa");
}

static void surrogates_are_no_characters(void **state)
{
	(void)state;
	assert_end("\xed\x9f\xbf", "\xee\x80\x80");
}

static void behind_the_last_character_the_one_before_is_raised(void **state)
{
	(void)state;
	assert_end("a\xf4\x8f\xbf\xbf", "b");
	assert_end("\xf4\x8f\xbf\xbf", NULL);
	assert_end("", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_character_is_raised),
		cmocka_unit_test(surrogates_are_no_characters),
		cmocka_unit_test(behind_the_last_character_the_one_before_is_raised),
	};
	return RUN(tests);
}

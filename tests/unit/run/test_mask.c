/* test_mask.c - hiding secrets in log lines */
#include "tests/unit/test.h"

#include "run/mask.h"

static struct gw_mask mask;

static void assert_masked(const char *text, const char *expected)
{
	gw_auto_str out = { 0 };
	bool found = gw_mask_apply(&mask, gw_slice_of(text), &out);
	assert_string_equal(found ? gw_str_text(&out) : text, expected);
}

static void stars_are_as_many_as_characters(void **state)
{
	(void)state;
	gw_mask_add(&mask, "p\xc3\xa4ss");
	assert_masked("is p\xc3\xa4ss and p\xc3\xa4ss.", "is **** and ****.");
	assert_masked("nothing", "nothing");
	assert_masked("", "");
	gw_mask_clear(&mask);
}

static void the_first_nine_stars_say_so(void **state)
{
	(void)state;
	gw_mask_add(&mask, "123456789");
	gw_mask_add(&mask, "abcdefghijkl");
	assert_masked("123456789", "**masked*");
	assert_masked("x abcdefghijkl 123456789", "x **masked**** *********");
	gw_mask_clear(&mask);
}

static void lines_of_a_secret_are_secret_too(void **state)
{
	(void)state;
	gw_mask_add(&mask, "-----BEGIN\nabcdefgh\r\n}\n-----END");
	assert_masked("abcdefgh", "********");
	assert_masked("-----BEGIN }", "**masked** }");
	gw_mask_clear(&mask);
}

static void no_secret_is_empty(void **state)
{
	(void)state;
	gw_mask_add(&mask, "");
	assert_masked("text", "text");
	gw_mask_clear(&mask);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stars_are_as_many_as_characters),
		cmocka_unit_test(the_first_nine_stars_say_so),
		cmocka_unit_test(lines_of_a_secret_are_secret_too),
		cmocka_unit_test(no_secret_is_empty),
	};
	return RUN(tests);
}

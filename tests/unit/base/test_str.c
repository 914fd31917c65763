/* test_str.c - slices and growing texts */
#include "tests/unit/test.h"

#include <godwit/text.h>

static void a_text_grows_by_whatever_is_added(void **state)
{
	(void)state;
	gw_auto_str s = { 0 };
	assert_string_equal(gw_str_text(&s), "");
	gw_str_puts(&s, "one");
	gw_str_putc(&s, ' ');
	gw_str_add(&s, "two-and-more", 3);
	gw_str_printf(&s, " %d %s", 3, "four");
	assert_string_equal(gw_str_text(&s), "one two 3 four");
	assert_int_equal(s.len, 14);
	gw_str_reset(&s);
	assert_string_equal(gw_str_text(&s), "");
	assert_int_equal(s.len, 0);
}

static void long_formatted_texts_are_whole(void **state)
{
	(void)state;
	gw_auto_str s = { 0 }, expected = { 0 };
	for (int i = 0; i < 3000; i++)
		gw_str_putc(&expected, (char)('a' + i % 26));
	for (int len = 254; len < 259; len++) {
		gw_str_reset(&s);
		gw_str_printf(&s, "%.*s", len, gw_str_text(&expected));
		assert_int_equal(s.len, len);
		assert_memory_equal(s.data, expected.data, (size_t)len);
	}
	gw_str_reset(&s);
	gw_str_printf(&s, "%s", gw_str_text(&expected));
	assert_string_equal(gw_str_text(&s), gw_str_text(&expected));
}

static void what_exceeds_the_limit_is_dropped_and_said(void **state)
{
	(void)state;
	gw_auto_str s = { .limit = 5 };
	gw_str_puts(&s, "1234");
	assert_false(s.full);
	gw_str_puts(&s, "56");
	assert_true(s.full);
	assert_string_equal(gw_str_text(&s), "1234");
	gw_str_putc(&s, '5');
	assert_string_equal(gw_str_text(&s), "12345");
	gw_str_reset(&s);
	assert_false(s.full);
	gw_str_clear(&s);
	assert_int_equal(s.limit, 5);
}

static void a_stolen_text_is_never_null(void **state)
{
	(void)state;
	struct gw_str s = { 0 };
	gw_auto_free char *empty = gw_str_steal(&s);
	assert_string_equal(empty, "");
	gw_str_puts(&s, "mine");
	gw_auto_free char *text = gw_str_steal(&s);
	assert_string_equal(text, "mine");
	assert_null(s.data);
	assert_int_equal(s.len, 0);
}

static void integers_are_printed_to_their_ends(void **state)
{
	(void)state;
	gw_auto_str s = { 0 };
	const int64_t numbers[] = { INT64_MIN, -1, 0, 7, INT64_MAX };
	for (size_t i = 0; i < GW_LEN(numbers); i++) {
		gw_str_int(&s, numbers[i]);
		gw_str_putc(&s, ' ');
	}
	assert_string_equal(gw_str_text(&s), "-9223372036854775808 -1 0 7 9223372036854775807 ");
}

static void slices_compare_by_content_and_know_no_value(void **state)
{
	(void)state;
	struct gw_slice none = gw_slice_of(NULL), empty = gw_slice_of("");
	struct gw_slice path = gw_slice_of("a/b.yml"), nul = gw_slice("a\0b", 3);
	assert_true(gw_slice_equal(none, empty));
	assert_true(gw_slice_is(empty, ""));
	assert_false(gw_slice_is(none, ""));
	assert_false(gw_slice_equal(nul, gw_slice("a\0c", 3)));
	assert_true(gw_slice_starts(path, gw_slice_of("a/")));
	assert_false(gw_slice_starts(gw_slice_of("a"), path));
	assert_true(gw_slice_ends(path, gw_slice_of(".yml")));
	assert_false(gw_slice_ends(path, gw_slice_of("x.yml")));
	assert_true(gw_slice_starts(none, none));
	assert_true(gw_slice_ends(path, none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_grows_by_whatever_is_added),
		cmocka_unit_test(long_formatted_texts_are_whole),
		cmocka_unit_test(what_exceeds_the_limit_is_dropped_and_said),
		cmocka_unit_test(a_stolen_text_is_never_null),
		cmocka_unit_test(integers_are_printed_to_their_ends),
		cmocka_unit_test(slices_compare_by_content_and_know_no_value),
	};
	return RUN(tests);
}

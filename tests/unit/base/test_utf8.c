/* test_utf8.c - checking, cutting and cleaning UTF-8 */
#include "tests/unit/test.h"

#include "base/utf8.h"

static bool is_valid(const char *text)
{
	return gw_utf8_valid(text, strlen(text));
}

static void well_formed_text_is_valid(void **state)
{
	(void)state;
	assert_true(is_valid(""));
	assert_true(is_valid("plain ASCII, longer than eight bytes"));
	assert_true(is_valid("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa6"));
	assert_true(is_valid("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf")); /* D7FF E000 10FFFF */
	assert_true(gw_utf8_valid("a\0b", 3));
}

static void malformed_text_is_not(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"\x80",
		"\xc3",
		"\xc3(",
		"\xe2\x82",
		"\xf0\x9f\x90", /* stray, cut short */
		"\xc0\xaf",
		"\xc1\xbf",
		"\xe0\x80\xaf",
		"\xf0\x80\x80\xaf", /* overlong */
		"\xed\xa0\x80",
		"\xed\xbf\xbf", /* surrogates */
		"\xf4\x90\x80\x80",
		"\xf8\x88\x80\x80\x80",
		"\xff", /* too large */
		"long enough ASCII before \xff",
		"\xc3\xbc\xc3\xbc\xc3\xbc\xc3",
	};
	for (size_t i = 0; i < GW_LEN(texts); i++)
		assert_false(is_valid(texts[i]));
}

static void a_cut_never_splits_a_character(void **state)
{
	(void)state;
	const char *text = "a\xc3\xbc\xe2\x82\xac\xf0\x9f\x90\xa6z"; /* 1 + 2 + 3 + 4 + 1 bytes */
	const size_t expected[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11 };
	for (size_t max = 0; max < GW_LEN(expected); max++)
		assert_int_equal(gw_utf8_cut(text, strlen(text), max), expected[max]);
}

static void characters_are_read_and_written_alike(void **state)
{
	(void)state;
	const uint32_t characters[] = { 0, 'a', 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000,
		0x10ffff };
	gw_auto_str s = { 0 };
	for (size_t i = 0; i < GW_LEN(characters); i++)
		gw_utf8_put(&s, characters[i]);
	assert_int_equal(gw_utf8_length(gw_str_slice(&s)), GW_LEN(characters));
	size_t pos = 0;
	for (size_t i = 0; i < GW_LEN(characters); i++)
		assert_int_equal(gw_utf8_next(gw_str_slice(&s), &pos), characters[i]);
	assert_int_equal(pos, s.len);
}

static void cleaning_replaces_what_is_broken_and_drops_nul(void **state)
{
	(void)state;
	gw_auto_str s = { 0 };
	const char dirty[] = "a\xff\0b\xe2\x82z\xc3\xbc\xef\xbf\xbd";
	gw_utf8_clean(&s, dirty, sizeof(dirty) - 1);
	assert_string_equal(gw_str_text(&s), "a\xef\xbf\xbd"
					     "b\xef\xbf\xbd\xef\xbf\xbdz\xc3\xbc\xef\xbf\xbd");
	assert_true(gw_utf8_valid(s.data, s.len));
}

static void letters_of_all_scripts_have_cases(void **state)
{
	(void)state;
	assert_int_equal(gw_utf8_upper('a'), 'A');
	assert_int_equal(gw_utf8_upper(0xfc), 0xdc); /* ü */
	assert_int_equal(gw_utf8_lower(0x416), 0x436); /* Ж */
	assert_int_equal(gw_utf8_lower(0x3a9), 0x3c9); /* Ω */
	assert_int_equal(gw_utf8_upper('1'), '1');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(well_formed_text_is_valid),
		cmocka_unit_test(malformed_text_is_not),
		cmocka_unit_test(a_cut_never_splits_a_character),
		cmocka_unit_test(characters_are_read_and_written_alike),
		cmocka_unit_test(cleaning_replaces_what_is_broken_and_drops_nul),
		cmocka_unit_test(letters_of_all_scripts_have_cases),
	};
	return RUN(tests);
}

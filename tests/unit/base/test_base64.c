/* test_base64.c - encoding and decoding base64 */
#include "tests/unit/test.h"

#include "base/base64.h"

static const char *const pairs[][2] = {
	/* RFC 4648 */
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xfb\xff\xbe", "+/++" },
};

static void the_vectors_of_the_standard_hold_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < GW_LEN(pairs); i++) {
		gw_auto_str text = { 0 }, data = { 0 };
		gw_base64_encode(&text, pairs[i][0], strlen(pairs[i][0]));
		assert_string_equal(gw_str_text(&text), pairs[i][1]);
		assert_true(gw_base64_decode(&data, gw_slice_of(pairs[i][1])));
		assert_string_equal(gw_str_text(&data), pairs[i][0]);
	}
}

static void every_byte_survives(void **state)
{
	(void)state;
	unsigned char bytes[256];
	for (int i = 0; i < 256; i++)
		bytes[i] = (unsigned char)i;
	for (size_t len = 250; len <= 256; len++) {
		gw_auto_str text = { 0 }, data = { 0 };
		gw_base64_encode(&text, bytes, len);
		assert_true(gw_base64_decode(&data, gw_str_slice(&text)));
		assert_int_equal(data.len, len);
		assert_memory_equal(data.data, bytes, len);
	}
}

static void white_space_url_alphabet_and_missing_padding_are_tolerated(void **state)
{
	(void)state;
	static const char *const texts[] = { "-_--", "+/\r\n+ +", "Zg", "Zm8" };
	static const char *const expected[] = { "\xfb\xff\xbe", "\xfb\xff\xbe", "f", "fo" };
	for (size_t i = 0; i < GW_LEN(texts); i++) {
		gw_auto_str data = { 0 };
		assert_true(gw_base64_decode(&data, gw_slice_of(texts[i])));
		assert_string_equal(gw_str_text(&data), expected[i]);
	}
}

static void what_is_no_base64_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = { "Z", "Zm9vY", "Zm9v*", "Zg==x", "Zm=9v", "\xc3\xbc" };
	for (size_t i = 0; i < GW_LEN(texts); i++) {
		gw_auto_str data = { 0 };
		assert_false(gw_base64_decode(&data, gw_slice_of(texts[i])));
	}
	gw_auto_str data = { 0 };
	assert_false(gw_base64_decode(&data, gw_slice("Zg\0=", 4)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_the_standard_hold_both_ways),
		cmocka_unit_test(every_byte_survives),
		cmocka_unit_test(white_space_url_alphabet_and_missing_padding_are_tolerated),
		cmocka_unit_test(what_is_no_base64_is_refused),
	};
	return RUN(tests);
}

/* test_json.c - reading JSON within bounds, and writing it */
#include "tests/unit/test.h"

#include "base/json.h"

static struct gw_error err;

static void assert_round_trip(const char *text, const char *printed)
{
	gw_auto_str out = { 0 };
	json_auto_t *value = gw_json_parse(gw_slice_of(text), &err);
	if (!value)
		fail_msg("%s: %s", text, err.message);
	gw_json_print(&out, value);
	assert_string_equal(gw_str_text(&out), printed);
}

static void values_are_printed_compactly_with_their_keys_in_order(void **state)
{
	(void)state;
	assert_round_trip(" { \"z\" : [ 1 , true , null , { } , [ ] ] , \"a\" : \"x\" } ",
		"{\"z\":[1,true,null,{},[]],\"a\":\"x\"}");
	assert_round_trip("\"text\"", "\"text\"");
	assert_round_trip("-9223372036854775808", "-9223372036854775808");
	assert_round_trip("false", "false");
}

/* Java's own, except that where Java 17 prints a digit too many this is the shortest. */
static const struct {
	double number;
	const char *text;
} reals[] = {
	{ 0.0, "0.0" },
	{ -0.0, "-0.0" },
	{ 1.0, "1.0" },
	{ -1.5, "-1.5" },
	{ 0.1, "0.1" },
	{ 100.0, "100.0" },
	{ 0.001, "0.001" },
	{ 9999999.0, "9999999.0" },
	{ 9999999.999, "9999999.999" },
	{ 1e7, "1.0E7" },
	{ 12345678.9, "1.23456789E7" },
	{ 1e10, "1.0E10" },
	{ 0.0001, "1.0E-4" },
	{ 0.00012345, "1.2345E-4" },
	{ 1.0 / 3, "0.3333333333333333" },
	{ 1e23, "1.0E23" },
	{ 1.7976931348623157e308, "1.7976931348623157E308" },
	{ 4.9e-324, "4.9E-324" },
};

static void real_numbers_are_printed_as_java_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < GW_LEN(reals); i++) {
		gw_auto_str out = { 0 };
		gw_json_real(&out, reals[i].number);
		assert_string_equal(gw_str_text(&out), reals[i].text);
	}
}

static void texts_are_escaped_where_they_must_be(void **state)
{
	(void)state;
	gw_auto_str out = { 0 };
	gw_json_quote(&out, gw_slice("\"\\/\b\t\n\v\f\r\0\x1f\x7f\xc3\xbc", 14));
	assert_string_equal(gw_str_text(&out),
		"\"\\\"\\\\/\\b\\t\\n\\u000b\\f\\r\\u0000\\u001f\x7f\xc3\xbc\"");
	assert_round_trip("\"\\u00fc\\ud83d\\udc26\"", "\"\xc3\xbc\xf0\x9f\x90\xa6\"");
}

static void members_are_written_one_after_the_other(void **state)
{
	(void)state;
	gw_auto_str out = { 0 };
	json_auto_t *list = json_pack("[i, f]", 1, 2.5);
	gw_str_putc(&out, '{');
	gw_json_text(&out, "text", gw_slice_of("a\"b"));
	gw_json_int(&out, "int", -3);
	gw_json_bool(&out, "bool", true);
	gw_json_time(&out, "time", 0);
	gw_json_raw(&out, "raw", gw_slice_of("[0]"));
	gw_json_value(&out, "value", list);
	gw_json_value(&out, "none", NULL);
	gw_str_putc(&out, '}');
	assert_string_equal(gw_str_text(&out),
		"{\"text\":\"a\\\"b\",\"int\":-3,\"bool\":true,\"time\":\"1970-01-01T00:00:00Z\","
		"\"raw\":[0],\"value\":[1,2.5],\"none\":null}");
}

static void members_are_read_with_their_type(void **state)
{
	(void)state;
	json_auto_t *o = gw_json_parse(gw_slice_of("{\"s\":\"x\",\"n\":1,\"t\":true}"), &err);
	assert_string_equal(gw_json_string(o, "s"), "x");
	assert_null(gw_json_string(o, "n"));
	assert_null(gw_json_string(o, "absent"));
	assert_true(gw_json_true(o, "t"));
	assert_false(gw_json_true(o, "s"));
	assert_false(gw_json_true(NULL, "s"));
}

static void nest(struct gw_str *out, int depth, const char *open, const char *close)
{
	for (int i = 0; i < depth; i++)
		gw_str_puts(out, open);
	for (int i = 0; i < depth; i++)
		gw_str_puts(out, close);
}

static void nesting_is_bounded(void **state)
{
	(void)state;
	gw_auto_str deepest = { 0 }, deeper = { 0 }, hostile = { 0 };
	nest(&deepest, GW_JSON_DEPTH, "[", "]");
	json_auto_t *value = gw_json_parse(gw_str_slice(&deepest), &err);
	assert_non_null(value);
	nest(&deeper, GW_JSON_DEPTH + 1, "[", "]");
	assert_null(gw_json_parse(gw_str_slice(&deeper), &err));
	assert_string_equal(err.message, "nested deeper than 128 levels");
	nest(&hostile, 100000, "{\"a\":[", "");
	assert_null(gw_json_parse(gw_str_slice(&hostile), &err));
	json_auto_t *quoted = gw_json_parse(gw_slice_of("\"[[[[\\\"[[[[\""), &err);
	assert_non_null(quoted);
}

static void what_is_no_single_value_is_refused_with_its_place(void **state)
{
	(void)state;
	static const char *const texts[] = { "", " ", "{", "[1,]", "{\"a\":1,}",
		"{\"a\":1,\"a\":2}", "1 2", "nul", "'a'", "\"a", "\"\t\"", "\"\\u0000\"",
		"\"\xff\"", "01", "1.", "99999999999999999999", "1e999", "NaN", "{a:1}" };
	for (size_t i = 0; i < GW_LEN(texts); i++) {
		if (gw_json_parse(gw_slice_of(texts[i]), &err))
			fail_msg("'%s' was taken for JSON", texts[i]);
		assert_int_equal(err.code, GW_INVALID);
		assert_non_null(strstr(err.message, "at line 1, column "));
	}
	assert_null(gw_json_parse(gw_slice(NULL, 0), &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_printed_compactly_with_their_keys_in_order),
		cmocka_unit_test(real_numbers_are_printed_as_java_does),
		cmocka_unit_test(texts_are_escaped_where_they_must_be),
		cmocka_unit_test(members_are_written_one_after_the_other),
		cmocka_unit_test(members_are_read_with_their_type),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(what_is_no_single_value_is_refused_with_its_place),
	};
	return RUN(tests);
}

/* test_schema.c - values converted by schemas, and schemas as JSON Schema */
#include "tests/unit/test.h"

#include "base/json.h"
#include "check/near.h"
#include "check/property.h"
#include "check/regex.h"

static char *converted(const char *schema, const char *json)
{
	struct gw_error err;
	json_auto_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
	json_auto_t *result = gw_schema_convert(schema, value, &err);
	gw_auto_str text = { 0 };
	if (result)
		gw_json_print(&text, result);
	else
		gw_str_printf(&text, "!%s", err.message);
	return gw_str_steal(&text);
}

static void values_are_converted_to_what_a_schema_says(void **state)
{
	(void)state;
	static const struct {
		const char *schema, *value, *expected;
	} rows[] = {
		{ "string", "12", "\"12\"" },
		{ "string", "1.0", "\"1.0\"" },
		{ "string", "true", "\"true\"" },
		{ "string", "[1]", "!must be a text, not a list" },
		{ "integer", "\"12\"", "12" },
		{ "integer", "12.0", "12" },
		{ "integer", "12.5", "!must be an integer, not 12.5" },
		{ "integer", "\" 12\"", "!must be an integer, not \" 12\"" },
		{ "integer", "\"99999999999999999999\"",
			"!must be an integer, not \"99999999999999999999\"" },
		{ "number", "\"1e3\"", "1000.0" },
		{ "number", "\"0x10\"", "!must be a number, not \"0x10\"" },
		{ "number", "\"nan\"", "!must be a number, not \"nan\"" },
		{ "boolean", "\"True\"", "true" },
		{ "boolean", "\"yes\"", "!must be true or false, not \"yes\"" },
		{ "duration", "\"PT1M\"", "\"PT1M\"" },
		{ "duration", "1.5", "\"PT1.5S\"" },
		{ "datetime", "\"2024-12-20T10:00:00+01:00\"", "\"2024-12-20T10:00:00+01:00\"" },
		{ "enum(A,B)", "\"B\"", "\"B\"" },
		{ "enum(A,B)", "\"b\"", "!must be one of A, B, not \"b\"" },
		{ "list<integer>", "[\"1\",2]", "[1,2]" },
		{ "list<integer>", "\"[1, \\\"2\\\"]\"", "[1,2]" },
		{ "list<integer>", "[1,\"x\"]", "![1]: must be an integer, not \"x\"" },
		{ "list<integer>", "\"no\"", "!must be a list, not \"no\"" },
		{ "map<list<string>>", "{\"a\":[1]}", "{\"a\":[\"1\"]}" },
		{ "map<integer>", "{\"a\":\"x\"}", "!a: must be an integer, not \"x\"" },
		{ "string|list<string>", "[1]", "[\"1\"]" },
		{ "string|list<string>", "1", "\"1\"" },
		{ "integer|string", "\"x\"", "\"x\"" },
		{ "integer|list<integer>", "\"x\"", "!must be an integer or a list, not \"x\"" },
		{ "{a:integer,b?:list<string>}", "{\"a\":\"1\",\"b\":[2],\"c\":\"3\"}",
			"{\"a\":1,\"b\":[\"2\"],\"c\":\"3\"}" },
		{ "list<dagtask>", "[{\"dependsOn\":[1]}]", "[{\"dependsOn\":[\"1\"]}]" },
		{ "object", "{\"a\":1}", "{\"a\":1}" },
		{ "object", "\"{\\\"a\\\":1}\"", "{\"a\":1}" },
		{ "any", "\"x\"", "\"x\"" },
		{ "integer", "null", "null" },
	};
	for (size_t i = 0; i < GW_LEN(rows); i++) {
		gw_auto_free char *found = converted(rows[i].schema, rows[i].value);
		assert_string_equal(found, rows[i].expected);
	}
}

static void long_values_are_cut_in_messages(void **state)
{
	(void)state;
	gw_auto_str json = { 0 };
	gw_str_putc(&json, '"');
	for (int i = 0; i < 100000; i++)
		gw_str_putc(&json, 'x');
	gw_str_putc(&json, '"');
	gw_auto_free char *found = converted("integer", gw_str_text(&json));
	assert_string_equal(found, "!must be an integer, not a long text");
}

static void a_table_is_a_json_schema(void **state)
{
	(void)state;
	static const struct gw_property table[] = {
		{ "message", "string|list<string>", GW_REQUIRED, NULL, "What." },
		{ "level", "enum(A,B)", 0, "\"A\"", NULL },
		{ "count", "integer", GW_STATIC, NULL, NULL },
		{ "tasks", "list<task>", 0, NULL, NULL },
		{ "check", "{max:integer,wait?:duration}", GW_STATIC | GW_DEPRECATED, NULL, NULL },
		{ "secret", "string", GW_HIDDEN, NULL, NULL },
		{ 0 },
	};
	json_auto_t *schema = gw_properties_schema(table);
	gw_auto_str text = { 0 };
	gw_json_print(&text, schema);
	assert_string_equal(gw_str_text(&text),
		"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\","
		"\"properties\":{"
		"\"message\":{\"anyOf\":[{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"array\","
		"\"items\":{\"type\":\"string\"}}]},{\"type\":\"string\",\"pattern\":"
		"\"\\\\{[{%].*\"}],\"$dynamic\":true,\"description\":\"What.\"},"
		"\"level\":{\"anyOf\":[{\"type\":\"string\",\"enum\":[\"A\",\"B\"]},{\"type\":"
		"\"string\",\"pattern\":\"\\\\{[{%].*\"}],\"$dynamic\":true,\"default\":\"A\"},"
		"\"count\":{\"type\":\"integer\",\"$dynamic\":false},"
		"\"tasks\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":"
		"{\"type\":{\"type\":\"string\"}},\"required\":[\"type\"]},\"$dynamic\":false},"
		"\"check\":{\"type\":\"object\",\"properties\":{\"max\":{\"type\":\"integer\"},"
		"\"wait\":{\"type\":\"string\",\"format\":\"duration\"}},\"required\":[\"max\"],"
		"\"additionalProperties\":false,\"$dynamic\":false,\"$deprecated\":true}},"
		"\"required\":[\"message\"]}");
}

static const char *nearest(const char *wanted)
{
	static const char *const names[] = { "format", "description", "id",
		"io.kestra.plugin.core.log.Log", "io.kestra.plugin.core.debug.Return" };
	struct gw_near near = { .wanted = wanted };
	for (size_t i = 0; i < GW_LEN(names); i++)
		gw_near_offer(&near, names[i]);
	return near.best;
}

static void the_nearest_name_is_found(void **state)
{
	(void)state;
	assert_string_equal(nearest("formt"), "format");
	assert_string_equal(nearest("Format"), "format");
	assert_string_equal(nearest("decsription"), "description");
	assert_string_equal(nearest("io.kestra.core.tasks.Log"), "io.kestra.plugin.core.log.Log");
	assert_null(nearest("something"));
}

static void patterns_cannot_run_away(void **state)
{
	(void)state;
	struct gw_error err;
	bool matches;
	static const char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
	assert_false(gw_regex_match("(a|aa)+c?", gw_slice_of(text), &matches, &err));
	assert_true(gw_regex_match("a+!", gw_slice_of(text), &matches, &err) && matches);
	assert_true(gw_regex_match("a+", gw_slice_of(text), &matches, &err) && !matches);
	assert_false(gw_regex_valid("("));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_converted_to_what_a_schema_says),
		cmocka_unit_test(long_values_are_cut_in_messages),
		cmocka_unit_test(a_table_is_a_json_schema),
		cmocka_unit_test(the_nearest_name_is_found),
		cmocka_unit_test(patterns_cannot_run_away),
	};
	return RUN(tests);
}

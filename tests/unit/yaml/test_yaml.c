/* test_yaml.c - YAML texts read, printed, located and split */
#include "tests/unit/test.h"

#include "base/fd.h"
#include "base/json.h"
#include "yaml/yaml.h"

/* Calls try for each line "left<TAB>right" of a file beside this one; returns how many failed. */
static int each_row(const char *name, bool (*try)(const char *left, const char *right))
{
	gw_auto_free char *path = gw_sprintf("%s/tests/unit/yaml/%s", getenv("GW_SOURCE"), name);
	gw_auto_str content = { 0 };
	struct gw_error err;
	assert_true(gw_file_read(path, 1 << 20, &content, &err));
	int failed = 0, n = 0;
	char *rest = content.data;
	for (char *line; (line = strsep(&rest, "\n"));) {
		char *left = strsep(&line, "\t");
		if (!line || *left == '#')
			continue;
		n++;
		if (!try(left, line)) {
			print_message("  in %s: %s\n", name, left);
			failed++;
		}
	}
	assert_true(n > 20);
	return failed;
}

static char *parsed(struct gw_slice source)
{
	struct gw_error err;
	json_auto_t *value = gw_yaml_parse(source, &err);
	gw_auto_str text = { 0 };
	if (value)
		gw_json_print(&text, value);
	else
		gw_str_printf(&text, "!%s", err.message);
	return gw_str_steal(&text);
}

static bool same(const char *found, const char *expected)
{
	if (strcmp(found, expected) == 0)
		return true;
	print_message("  found    %s\n  expected %s\n", found, expected);
	return false;
}

static bool scalar_reads(const char *scalar, const char *expected)
{
	gw_auto_free char *source = gw_sprintf("a: %s\n", scalar);
	gw_auto_free char *found = parsed(gw_slice_of(source));
	gw_auto_str wanted = { 0 };
	gw_str_puts(&wanted, "{\"a\":");
	if (strcmp(expected, "text") == 0)
		gw_json_quote(&wanted, gw_slice_of(scalar));
	else
		gw_str_puts(&wanted, expected);
	gw_str_putc(&wanted, '}');
	return same(found, gw_str_text(&wanted));
}

static void scalars_have_the_types_that_jackson_gives_them(void **state)
{
	(void)state;
	assert_int_equal(each_row("scalars.tsv", scalar_reads), 0);
}

static bool document_reads(const char *source, const char *expected)
{
	struct gw_error err;
	json_auto_t *text = gw_json_parse(gw_slice_of(source), &err);
	gw_auto_free char *found =
		parsed(gw_slice(json_string_value(text), json_string_length(text)));
	return same(found, expected);
}

static void documents_read_as_values_or_say_where_they_are_wrong(void **state)
{
	(void)state;
	assert_int_equal(each_row("documents.tsv", document_reads), 0);
}

static bool value_prints(const char *json, const char *expected)
{
	struct gw_error err;
	json_auto_t *value = gw_json_parse(gw_slice_of(json), &err);
	gw_auto_str printed = { 0 };
	gw_yaml_print(&printed, value);
	gw_auto_str quoted = { 0 };
	gw_json_quote(&quoted, gw_str_slice(&printed));
	return same(gw_str_text(&quoted), expected);
}

static void values_print_as_jackson_writes_them(void **state)
{
	(void)state;
	assert_int_equal(each_row("prints.tsv", value_prints), 0);
}

static void aliases_cannot_blow_up(void **state)
{
	(void)state;
	gw_auto_str laughs = { 0 };
	gw_str_puts(&laughs, "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
	for (int i = 1; i < 12; i++)
		gw_str_printf(&laughs, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i,
			i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	gw_auto_free char *found = parsed(gw_str_slice(&laughs));
	assert_non_null(strstr(found, "!the aliases expand to too much at line "));
}

static void aliases_are_copies(void **state)
{
	(void)state;
	struct gw_error err;
	json_auto_t *doc = gw_yaml_parse(gw_slice_of("a: &a {x: 1}\nb: *a\n"), &err);
	json_object_set_new(json_object_get(doc, "a"), "x", json_integer(2));
	assert_int_equal(json_integer_value(json_object_get(json_object_get(doc, "b"), "x")), 1);
}

static void depth_and_size_are_bounded(void **state)
{
	(void)state;
	gw_auto_str deep = { 0 };
	for (int i = 0; i < GW_YAML_DEPTH; i++)
		gw_str_putc(&deep, '[');
	for (int i = 0; i < GW_YAML_DEPTH; i++)
		gw_str_putc(&deep, ']');
	gw_auto_free char *fits = parsed(gw_str_slice(&deep));
	assert_string_equal(fits, gw_str_text(&deep));
	gw_auto_free char *deeper = gw_sprintf("[%s]", gw_str_text(&deep));
	gw_auto_free char *refused = parsed(gw_slice_of(deeper));
	assert_string_equal(refused, "!nested deeper than 128 levels at line 1, column 129");
	gw_auto_free char *alias = gw_sprintf("a: &a %s\n", gw_str_text(&deep));
	gw_auto_free char *by_alias = parsed(gw_slice_of(alias));
	assert_non_null(strstr(by_alias, "nested deeper"));

	gw_auto_str large = { 0 };
	while (large.len <= GW_YAML_MAX)
		gw_str_puts(&large, "# a comment that is long enough to get there soon\n");
	gw_auto_free char *too_large = parsed(gw_str_slice(&large));
	assert_string_equal(too_large, "!longer than 3 MiB at line 1, column 1");
}

static void invalid_utf8_is_refused_where_it_stands(void **state)
{
	(void)state;
	gw_auto_free char *found = parsed(gw_slice_of("a: b\nc: \xff\n"));
	assert_string_equal(found, "!invalid leading UTF-8 octet at line 2, column 4");
}

static void paths_are_found(void **state)
{
	(void)state;
	static const char text[] = "id: a\n"
				   "tasks:\n"
				   "  - id: one\n"
				   "    cases:\n"
				   "      a.b: [x, {y: 1}]\n"
				   "  - id: two\n"
				   "    <<: {hidden: 1}\n";
	static const struct {
		const char *path;
		int line, column;
	} rows[] = {
		{ "", 1, 1 },
		{ "id", 1, 1 },
		{ "tasks", 2, 1 },
		{ "tasks[0]", 3, 5 },
		{ "tasks[0].cases", 4, 5 },
		{ "tasks[0].cases.a.b", 5, 7 },
		{ "tasks[0].cases.a.b[1].y", 5, 17 },
		{ "tasks[0].cases.a.b[7].y", 5, 7 },
		{ "tasks[0].message", 3, 5 },
		{ "tasks[1].hidden", 6, 5 },
		{ "tasks[9].id", 2, 1 },
		{ "nothing", 1, 1 },
	};
	for (size_t i = 0; i < GW_LEN(rows); i++) {
		struct gw_position at = gw_yaml_locate(gw_slice_of(text), rows[i].path);
		if (at.line != rows[i].line || at.column != rows[i].column)
			fail_msg("%s is at %d:%d", rows[i].path, at.line, at.column);
	}
	struct gw_position at = gw_yaml_locate(gw_slice_of("a: 1\n? [b]\n: c\n"), "c");
	assert_int_equal(at.line, 1);
}

static void documents_of_a_text_come_one_by_one(void **state)
{
	(void)state;
	static const char text[] =
		"---\n\nid: a\nx: |\n  a\n  ---\n--- # b\nid: b\n\n---\n---\r\nid: c\n---";
	static const char *const expected[] = { "id: a\nx: |\n  a\n  ---", " # b\nid: b", "id: c" };
	size_t pos = 0, n = 0;
	for (struct gw_slice doc; gw_yaml_next_document(gw_slice_of(text), &pos, &doc); n++)
		assert_true(n < GW_LEN(expected) && gw_slice_is(doc, expected[n]));
	assert_int_equal(n, GW_LEN(expected));
	assert_false(gw_yaml_next_document(gw_slice_of(" \n\n"), &(size_t){ 0 },
		&(struct gw_slice){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars_have_the_types_that_jackson_gives_them),
		cmocka_unit_test(documents_read_as_values_or_say_where_they_are_wrong),
		cmocka_unit_test(values_print_as_jackson_writes_them),
		cmocka_unit_test(aliases_cannot_blow_up),
		cmocka_unit_test(aliases_are_copies),
		cmocka_unit_test(depth_and_size_are_bounded),
		cmocka_unit_test(invalid_utf8_is_refused_where_it_stands),
		cmocka_unit_test(paths_are_found),
		cmocka_unit_test(documents_of_a_text_come_one_by_one),
	};
	return RUN(tests);
}

/* test_manual.c - what docs/expressions.md says is true */
#include "tests/unit/expr/cases.h"

#include "base/fd.h"

#include <sys/stat.h>

static struct expr_world world;
static struct gw_str manual;

/* ---- What the manual's server answers ---- */

static const struct {
	const char *function, *answer;
} answers[] = {
	{ "decrypt", "\"text\"" },
	{ "encrypt", "\"c2VhbGVk\"" },
	{ "errorLogs", "[{\"message\": \"no\"}]" },
	{ "fileExists", "true" },
	{ "fileSize", "8" },
	{ "fileURI", "\"kestra:///company/team/_files/query.sql\"" },
	{ "http", "{\"status\": \"ok\"}" },
	{ "isFileEmpty", "false" },
	{ "isPublicHoliday", "true" },
	{ "jq", "[1, 2]" },
	{ "kv", "\"eu\"" },
	{ "read", "\"SELECT 1\"" },
	{ "secret", "\"s3cret\"" },
};

static json_t *answer(struct gw_scope *scope, const char *function, const json_t *arguments,
	struct gw_error *err)
{
	(void)scope;
	(void)arguments;
	for (size_t i = 0; i < GW_LEN(answers); i++)
		if (strcmp(answers[i].function, function) == 0)
			return json_loads(answers[i].answer, JSON_DECODE_ANY, NULL);
	gw_fail(err, GW_NOT_FOUND, "the manual has no answer of %s", function);
	return NULL;
}

/* ---- Reading the manual ---- */

static int start(void **state)
{
	(void)state;
	struct gw_error err;
	const char *source = getenv("GW_SOURCE");
	gw_auto_free char *path = gw_sprintf("%s/docs/expressions.md", source ? source : ".");
	if (!gw_file_read(path, 1 << 20, &manual, &err)) {
		print_error("%s: %s\n", path, err.message);
		return -1;
	}
	const char *json = strstr(gw_str_text(&manual), "```json\n");
	const char *end = json ? strstr(json + 8, "```") : NULL;
	if (!end)
		return -1;
	gw_auto_free char *context = gw_strndup(json + 8, (size_t)(end - json - 8));
	expr_world_init(&world, context);
	world.scope.ask = answer;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	expr_world_clear(&world);
	gw_str_clear(&manual);
	return 0;
}

/* Appends code as it is meant: "\\|" is a bar, in results "\\n" a line break. */
static void add_code(struct gw_str *out, struct gw_slice code, bool is_result)
{
	for (size_t i = 0; i < code.len; i++) {
		char next = i + 1 < code.len ? code.data[i + 1] : '\0';
		bool is_pipe = code.data[i] == '\\' && next == '|';
		bool is_break = code.data[i] == '\\' && next == 'n' && is_result;
		gw_str_putc(out, is_pipe ? '|' : is_break ? '\n' : code.data[i]);
		i += is_pipe || is_break;
	}
}

/* The last `code` before end, which moves before it. */
static bool take_code(struct gw_slice line, size_t *end, struct gw_slice *out)
{
	size_t close = *end;
	while (close > 0 && line.data[close - 1] != '`')
		close--;
	size_t open = close > 0 ? close - 1 : 0;
	while (open > 0 && line.data[open - 1] != '`')
		open--;
	if (open == 0)
		return false;
	*out = gw_slice(line.data + open, close - 1 - open);
	*end = open - 1;
	return true;
}

/* The last two columns of a row are an example and what it gives. */
static bool read_row(struct gw_slice line, struct gw_str *example, struct gw_str *result)
{
	size_t end = line.len;
	struct gw_slice left, right;
	if (!gw_slice_starts(line, gw_slice_of("| ")) || !gw_slice_ends(line, gw_slice_of("` |")) ||
		!take_code(line, &end, &right) || !take_code(line, &end, &left))
		return false;
	add_code(example, left, false);
	add_code(result, right, true);
	return true;
}

static void every_example_gives_what_it_says(void **state)
{
	(void)state;
	int examples = 0, wrong = 0;
	for (const char *p = gw_str_text(&manual); *p;) {
		size_t len = strcspn(p, "\n");
		gw_auto_str example = { 0 }, result = { 0 };
		bool is_row = read_row(gw_slice(p, len), &example, &result);
		p += len + (p[len] == '\n');
		if (!is_row)
			continue;
		gw_auto_free char *got = expr_render(&world, gw_str_text(&example));
		examples++;
		if (strcmp(got, gw_str_text(&result)) == 0)
			continue;
		print_error("%s\n  says:  %s\n  gives: %s\n", gw_str_text(&example),
			gw_str_text(&result), got);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_true(examples > 150);
}

/* A row begins with the word: "| `upper` " or "| `slice(" … */
static bool is_described(const char *name)
{
	gw_auto_free char *alone = gw_sprintf("\n| `%s` ", name);
	gw_auto_free char *called = gw_sprintf("\n| `%s(", name);
	return strstr(gw_str_text(&manual), alone) || strstr(gw_str_text(&manual), called);
}

static void every_word_of_the_language_is_described(void **state)
{
	(void)state;
	const char *name, *params;
	int missing = 0;
	for (int kind = GW_EXPR_FILTER; kind <= GW_EXPR_TEST; kind++) {
		for (size_t i = 0; gw_expr_word((enum gw_expr_kind)kind, i, &name, &params); i++) {
			if (is_described(name))
				continue;
			print_error("%s is not described\n", name);
			missing++;
		}
	}
	assert_int_equal(missing, 0);
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_example_gives_what_it_says),
		cmocka_unit_test(every_word_of_the_language_is_described),
	};
	return cmocka_run_group_tests(tests, start, stop);
}

/* test_cases.c - the templates in cases/ render as it says there */
#include "tests/unit/expr/cases.h"

#include "base/fd.h"

/* Appends a line of a file, with its marks as the characters that they stand for. */
static void add_line(struct gw_str *out, struct gw_slice line)
{
	static const struct {
		const char *mark;
		char c;
	} marks[] = { { "⏎", '\n' }, { "⇥", '\t' }, { "␍", '\r' } };
	for (size_t i = 0; i < line.len; i++) {
		struct gw_slice rest = gw_slice(line.data + i, line.len - i);
		char c = line.data[i];
		for (size_t k = 0; k < GW_LEN(marks); k++) {
			if (!gw_slice_starts(rest, gw_slice_of(marks[k].mark)))
				continue;
			c = marks[k].c;
			i += strlen(marks[k].mark) - 1;
		}
		gw_str_putc(out, c);
	}
}

struct reader {
	const char *p;
	int line;
};

static bool next_line(struct reader *r, struct gw_slice *out)
{
	if (!*r->p)
		return false;
	*out = gw_slice(r->p, strcspn(r->p, "\n"));
	r->p += out->len + (r->p[out->len] == '\n');
	r->line++;
	return true;
}

/* The next template and what is expected; false at the end. */
static bool next_case(struct reader *r, struct gw_str *template, struct gw_str *expected)
{
	struct gw_slice line;
	gw_str_reset(template);
	gw_str_reset(expected);
	do
		if (!next_line(r, &line))
			return false;
	while (line.len == 0 || gw_slice_starts(line, gw_slice_of("# ")));
	add_line(template, line);
	if (!next_line(r, &line) || !gw_slice_starts(line, gw_slice_of("=>")))
		fail_msg("line %d: \"=>\" is missing", r->line);
	size_t skip = line.len > 2 ? 3 : 2;
	add_line(expected, gw_slice(line.data + skip, line.len - skip));
	return true;
}

static void check_cases(struct reader *r, struct expr_world *world)
{
	gw_auto_str template = { 0 }, expected = { 0 };
	int n = 0, wrong = 0;
	while (next_case(r, &template, &expected)) {
		gw_auto_free char *got = expr_render(world, gw_str_text(&template));
		n++;
		if (strcmp(got, gw_str_text(&expected)) == 0)
			continue;
		print_error("line %d: %s\n  expected: %s\n  got:      %s\n", r->line,
			gw_str_text(&template), gw_str_text(&expected), got);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_true(n > 20);
}

static void render_as_they_say(void **state)
{
	struct expr_world world;
	struct gw_error err;
	gw_auto_str file = { 0 };
	const char *source = getenv("GW_SOURCE");
	gw_auto_free char *path = gw_sprintf("%s/tests/unit/expr/cases/%s.txt",
		source ? source : ".", (const char *)*state);
	if (!gw_file_read(path, 1 << 20, &file, &err))
		fail_msg("%s: %s", path, err.message);
	struct reader r = { gw_str_text(&file), 0 };
	struct gw_slice first;
	assert_true(next_line(&r, &first) && gw_slice_starts(first, gw_slice_of("context: ")));
	gw_auto_free char *context = gw_strndup(first.data + 9, first.len - 9);
	expr_world_init(&world, context);
	check_cases(&r, &world);
	expr_world_clear(&world);
}

#define CASES(file)                                                                  \
	{                                                                            \
		file "_renders_as_it_says", render_as_they_say, NULL, NULL, (char[]) \
		{                                                                    \
			file                                                         \
		}                                                                    \
	}

int main(void)
{
	setenv("TZ", "UTC", 1);
	const struct CMUnitTest tests[] = {
		CASES("syntax"),
		CASES("tags"),
		CASES("undefined"),
		CASES("filters"),
		CASES("functions"),
	};
	return RUN(tests);
}

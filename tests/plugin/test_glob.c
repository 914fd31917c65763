/* test_glob.c - globs of output files */
#include "tests/unit/test.h"

#include "plugins/shell/script.h"

static const struct {
	const char *glob, *path;
	bool matches;
} cases[] = {
	{ "a.txt", "a.txt", true },
	{ "a.txt", "b.txt", false },
	{ "a.txt", "a.txt2", false },
	{ "", "", true },
	{ "*", "a.txt", true },
	{ "*", ".hidden", true },
	{ "*", "d/a.txt", false },
	{ "*.txt", "a.txt", true },
	{ "*.txt", "d/a.txt", false },
	{ "*.*.txt", "a.b.txt", true },
	{ "d/*", "d/a", true },
	{ "d/*", "d/e/a", false },
	{ "**", "d/e/a", true },
	{ "**.txt", "d/e/a.txt", true },
	{ "**.txt", "a.txt", true },
	{ "d/**", "d/e/a", true },
	{ "**/a", "d/e/a", true },
	{ "**/a", "a", false },
	{ "?.txt", "a.txt", true },
	{ "?.txt", ".txt", false },
	{ "d?a", "d/a", false },
	{ "[a-c].txt", "b.txt", true },
	{ "[a-c].txt", "d.txt", false },
	{ "[!a-c].txt", "d.txt", true },
	{ "[!a-c].txt", "a.txt", false },
	{ "[]x]", "]", true },
	{ "d[!x]a", "d/a", false },
	{ "[abc", "[abc", true },
	{ "*.{csv,json}", "a.json", true },
	{ "*.{csv,json}", "a.txt", false },
	{ "{a,b{c,d}}x", "bdx", true },
	{ "{a,b{c,d}}x", "bx", false },
	{ "{a,}x", "x", true },
	{ "{a", "{a", true },
	{ "\\*", "*", true },
	{ "\\*", "a", false },
	{ "*", "", true },
};

static void globs_match_as_in_java(void **state)
{
	(void)state;
	for (size_t i = 0; i < GW_LEN(cases); i++)
		if (script_glob(cases[i].glob, cases[i].path) != cases[i].matches)
			fail_msg("'%s' and '%s'", cases[i].glob, cases[i].path);
}

static void a_glob_of_many_stars_ends(void **state)
{
	(void)state;
	char path[201] = { 0 };
	memset(path, 'a', 200);
	assert_false(script_glob("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_match_as_in_java),
		cmocka_unit_test(a_glob_of_many_stars_ends),
	};
	return RUN(tests);
}

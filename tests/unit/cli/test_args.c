/* test_args.c - verbs and options, found and refused */
#include "tests/unit/test.h"

#include "cli/args.h"

static struct gw_args args;

static int tear_down(void **state)
{
	(void)state;
	gw_args_clear(&args);
	return 0;
}

/* Reads a command line with the verb that it names. */
static bool read_line(const char *line, struct gw_error *err)
{
	static char text[256];
	static char *words[32];
	int n = 0, n_verb;
	snprintf(text, sizeof(text), "godwit %s", line);
	char *rest = text;
	while (rest)
		words[n++] = strsep(&rest, " ");
	words[n] = NULL;
	const struct gw_verb *verb = gw_verb_find(n, words, &n_verb);
	assert_non_null(verb);
	return gw_args_read(&args, verb, n - n_verb, words + n_verb, err);
}

static void refused(const char *line, const char *message)
{
	struct gw_error err = { 0 };
	gw_args_clear(&args);
	assert_false(read_line(line, &err));
	assert_string_equal(err.message, message);
	assert_int_equal(err.code, GW_BAD_REQUEST);
}

static void a_verb_of_three_words_is_found(void **state)
{
	(void)state;
	struct gw_error err;
	assert_true(read_line("flow namespace update company.team ./flows --delete", &err));
	assert_string_equal(args.verb->name, "flow namespace update");
	assert_int_equal(args.n_words, 2);
	assert_string_equal(args.words[0], "company.team");
	assert_true(gw_args_has(&args, "delete"));
	assert_false(gw_args_has(&args, "no-delete"));
}

static void options_stand_before_or_behind_arguments(void **state)
{
	(void)state;
	struct gw_error err;
	assert_true(read_line("flow create --server http://x --tenant=t file.yml -o json", &err));
	assert_string_equal(gw_args_get(&args, "server"), "http://x");
	assert_string_equal(gw_args_get(&args, "tenant"), "t");
	assert_string_equal(gw_args_get(&args, "output"), "json");
	assert_string_equal(args.words[0], "file.yml");
}

static void options_may_be_repeated(void **state)
{
	(void)state;
	struct gw_error err;
	size_t i = 0;
	assert_true(read_line("execution run a b -i x=1 --input y=2 -vv", &err));
	assert_string_equal(gw_args_next(&args, "input", &i), "x=1");
	assert_string_equal(gw_args_next(&args, "input", &i), "y=2");
	assert_null(gw_args_next(&args, "input", &i));
	assert_string_equal(gw_args_get(&args, "input"), "y=2");
	i = 0;
	assert_non_null(gw_args_next(&args, "verbose", &i));
	assert_non_null(gw_args_next(&args, "verbose", &i));
	assert_null(gw_args_next(&args, "verbose", &i));
}

static void behind_two_dashes_everything_is_an_argument(void **state)
{
	(void)state;
	struct gw_error err;
	assert_true(read_line("flow create -- --delete", &err));
	assert_string_equal(args.words[0], "--delete");
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	refused("flow create", "flow create needs FILE");
	refused("flow create a b", "'b' is too much for flow create");
	refused("flow create --bogus a", "there is no option --bogus");
	refused("flow create -x a", "there is no option -x");
	refused("flow create a --server", "option --server needs a value: URL");
	refused("flow create a -o", "option --output needs a value: FORMAT");
	refused("flow validate --local=1 a", "option --local takes no value");
	refused("server local --thread 2", "there is no option --thread");
}

static void help_needs_no_arguments(void **state)
{
	(void)state;
	struct gw_error err;
	assert_true(read_line("flow update --help", &err));
	assert_true(gw_args_has(&args, "help"));
}

static void no_verb_is_no_verb(void **state)
{
	(void)state;
	int n;
	assert_null(gw_verb_find(1, (char *[]){ (char[]){ "godwit" }, NULL }, &n));
	assert_null(gw_verb_find(2, (char *[]){ (char[]){ "godwit" }, (char[]){ "flow" }, NULL },
		&n));
}

/* What getopt could not tell apart, or would be lost. */
static void the_tables_are_consistent(void **state)
{
	(void)state;
	for (const struct gw_verb *verb = gw_verbs; verb->name; verb++) {
		const struct gw_option *a, *b;
		unsigned n = 0;
		assert_non_null(verb->run);
		assert_true(verb->least <= verb->most);
		assert_int_equal(verb->most == 0, *verb->arguments == '\0');
		for (; (a = gw_verb_option(verb, n)); n++)
			for (unsigned j = 0; j < n; j++) {
				b = gw_verb_option(verb, j);
				assert_string_not_equal(a->name, b->name);
				assert_true(!a->letter || a->letter != b->letter);
			}
		assert_true(n < 48);
	}
}

#define TEST(test) cmocka_unit_test_teardown(test, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_verb_of_three_words_is_found),
		TEST(options_stand_before_or_behind_arguments),
		TEST(options_may_be_repeated),
		TEST(behind_two_dashes_everything_is_an_argument),
		TEST(what_is_wrong_is_said),
		TEST(help_needs_no_arguments),
		TEST(no_verb_is_no_verb),
		TEST(the_tables_are_consistent),
	};
	return RUN(tests);
}

/* test_help.c - texts made from the tables: help, completion, manual */
#include "tests/unit/stored.h"

#include "base/fd.h"
#include "cli/help.h"

#include <unistd.h>

static const struct gw_verb *verb_named(const char *name)
{
	for (const struct gw_verb *verb = gw_verbs; verb->name; verb++)
		if (strcmp(verb->name, name) == 0)
			return verb;
	return NULL;
}

static void every_verb_is_in_the_general_help(void **state)
{
	(void)state;
	gw_auto_str help = { 0 };
	assert_true(gw_help_group(&help, ""));
	for (const struct gw_verb *verb = gw_verbs; verb->name; verb++) {
		gw_auto_free char *line = gw_sprintf("\n  %s ", verb->name);
		bool hidden = verb->flags & GW_VERB_HIDDEN;
		assert_int_equal(strstr(gw_str_text(&help), line) == NULL, hidden);
	}
}

static void a_group_shows_its_verbs_only(void **state)
{
	(void)state;
	gw_auto_str help = { 0 };
	assert_true(gw_help_group(&help, "flow namespace"));
	assert_non_null(strstr(gw_str_text(&help), "  flow namespace update NAMESPACE FOLDER  "));
	assert_null(strstr(gw_str_text(&help), "flow create"));
	assert_false(gw_help_group(&help, "flo"));
	assert_false(gw_help_group(&help, "nonsense"));
}

static void a_verb_shows_all_options_it_takes(void **state)
{
	(void)state;
	gw_auto_str help = { 0 };
	static const char *const lines[] = {
		"Usage: godwit server local [OPTIONS]\n",
		"      --data FOLDER ",
		"      --port N ",
		"  -f, --flow-path FOLDER ",
		"  -c, --config FILE ",
		"  -h, --help ",
	};
	gw_help_verb(&help, verb_named("server local"));
	for (size_t i = 0; i < GW_LEN(lines); i++)
		assert_non_null(strstr(gw_str_text(&help), lines[i]));
	assert_null(strstr(gw_str_text(&help), "--api-token"));
}

static void no_line_of_help_is_wider_than_a_screen(void **state)
{
	(void)state;
	gw_auto_str help = { 0 };
	gw_help_group(&help, "");
	for (const struct gw_verb *verb = gw_verbs; verb->name; verb++)
		gw_help_verb(&help, verb);
	char *rest = help.data;
	for (char *line; (line = strsep(&rest, "\n"));)
		assert_true(strlen(line) <= 120);
}

/* What bash offers for the last word of a line. */
static char *completed(const char *script, const char *words)
{
	struct gw_str out = { 0 };
	struct gw_error err;
	gw_auto_free char *command = gw_sprintf("bash -c '. %s; COMP_WORDS=(%s); "
						"COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _godwit; "
						"echo \"${COMPREPLY[*]}\"'",
		script, words);
	FILE *f = popen(command, "re");
	assert_non_null(f);
	assert_true(gw_fd_read_all(fileno(f), 10000, &out, &err));
	assert_int_equal(pclose(f), 0);
	return gw_str_steal(&out);
}

static void completion_knows_groups_verbs_and_options(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "godwit fl", "flow\n" },
		{ "godwit flow val", "validate\n" },
		{ "godwit flow namespace \"\"", "update\n" },
		{ "godwit flow validate --lo", "--local --log-level\n" },
		{ "godwit server local --da", "--data\n" },
		{ "godwit server local --port 80 --dat", "--data\n" },
		{ "godwit flow validate x", "\n" },
		{ "godwit nonsense x", "\n" },
	};
	char path[] = "/tmp/godwit-completion-XXXXXX";
	gw_auto_fd fd = mkstemp(path);
	gw_auto_str script = { 0 };
	struct gw_error err;
	gw_help_bash(&script);
	assert_true(gw_fd_write_all(fd, script.data, script.len, &err));
	for (size_t i = 0; i < GW_LEN(rows); i++) {
		gw_auto_free char *offered = completed(path, rows[i][0]);
		assert_string_equal(offered, rows[i][1]);
	}
	unlink(path);
}

static void the_installed_texts_are_what_the_tables_say(void **state)
{
	(void)state;
	gw_auto_str manual = { 0 };
	gw_auto_str script = { 0 };
	gw_help_manual(&manual);
	gw_help_bash(&script);
	assert_stored("docs/godwit.1", &manual);
	assert_stored("docs/completion/godwit", &script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verb_is_in_the_general_help),
		cmocka_unit_test(a_group_shows_its_verbs_only),
		cmocka_unit_test(a_verb_shows_all_options_it_takes),
		cmocka_unit_test(no_line_of_help_is_wider_than_a_screen),
		cmocka_unit_test(completion_knows_groups_verbs_and_options),
		cmocka_unit_test(the_installed_texts_are_what_the_tables_say),
	};
	return RUN(tests);
}

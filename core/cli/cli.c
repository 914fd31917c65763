/* cli.c - from argv to a verb, and from its outcome to the exit status */
#include "cli/cli.h"

#include "base/error.h"
#include "base/mem.h"
#include "cli/help.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

#include <config.h>

static int fail(const struct gw_error *err)
{
	fflush(stdout);
	gw_print(stderr, GW_RED, "godwit: ");
	gw_print_foreign(stderr, gw_slice_of(err->message));
	fputc('\n', stderr);
	return gw_code_info(err->code)->exit_status;
}

/* What was printed must have arrived: a full disk is a failure. */
static int finish(int status)
{
	struct gw_error err;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	gw_fail(&err, GW_INVALID, "writing to standard output failed");
	return fail(&err);
}

static int show_version(void)
{
	puts(PACKAGE_VERSION);
	return finish(0);
}

static int show_verb(const struct gw_verb *verb)
{
	gw_auto_str text = { 0 };
	gw_help_verb(&text, verb);
	fputs(gw_str_text(&text), stdout);
	return finish(0);
}

/* "godwit", "godwit flow", "godwit flow --help" */
static int show_group(int argc, char **argv)
{
	gw_auto_str group = { 0 };
	gw_auto_str text = { 0 };
	struct gw_error err;
	bool asked = false;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-V") == 0)
			return show_version();
		bool help = strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0;
		if (help || (i == 1 && strcmp(argv[i], "help") == 0))
			asked = true;
		else
			gw_str_printf(&group, "%s%s", group.len > 0 ? " " : "", argv[i]);
	}
	if (!gw_help_group(&text, gw_str_text(&group))) {
		gw_fail(&err, GW_BAD_REQUEST, "there is no command '%s'; see godwit --help",
			gw_str_text(&group));
		return fail(&err);
	}
	fputs(gw_str_text(&text), asked ? stdout : stderr);
	return asked ? finish(0) : gw_code_info(GW_BAD_REQUEST)->exit_status;
}

static int run_verb(const struct gw_verb *verb, int argc, char **argv)
{
	struct gw_error err = { 0 };
	struct gw_args args = { 0 };
	int status;
	if (!gw_args_read(&args, verb, argc, argv, &err)) {
		status = fail(&err);
		fprintf(stderr, "See godwit %s --help\n", verb->name);
	} else if (gw_args_has(&args, "help")) {
		status = show_verb(verb);
	} else if (gw_args_has(&args, "version")) {
		status = show_version();
	} else if (verb->run(&args, &err)) {
		status = finish(args.exit_status);
	} else {
		status = fail(&err);
	}
	gw_args_clear(&args);
	return status;
}

int gw_cli_main(int argc, char **argv)
{
	int n_words;
	const struct gw_verb *verb = gw_verb_find(argc, argv, &n_words);
	if (!verb)
		return show_group(argc, argv);
	return run_verb(verb, argc - n_words, argv + n_words);
}

/* ---- Texts made from the tables ---- */

bool gw_verb_completion(struct gw_args *args, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	if (strcmp(args->words[0], "bash") != 0)
		return gw_fail(err, GW_BAD_REQUEST, "there is a completion for bash, not for '%s'",
			args->words[0]);
	gw_help_bash(&text);
	fputs(gw_str_text(&text), stdout);
	return true;
}

bool gw_verb_manual(struct gw_args *args, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	(void)args;
	(void)err;
	gw_help_manual(&text);
	fputs(gw_str_text(&text), stdout);
	return true;
}

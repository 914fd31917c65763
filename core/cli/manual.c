/* manual.c - the manual page godwit(1), made from the tables */
#include "cli/help.h"

#include "base/error.h"
#include "base/mem.h"

static const char head[] =
	".\\\" Printed by `godwit manual`; the tables are in core/cli/verbs.c\n"
	".TH GODWIT 1\n"
	".SH NAME\n"
	"godwit \\- run flows: tasks in order, on schedules, with everything kept\n"
	".SH SYNOPSIS\n"
	".B godwit\n"
	".I COMMAND\n"
	"[\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR]\n"
	".SH DESCRIPTION\n"
	"Godwit is a server that runs flows written in YAML, in the language of Kestra, and the "
	"commands that talk to it.\n"
	".B godwit server local\n"
	"starts it in one process, with SQLite in a folder and without configuration.\n"
	".PP\n"
	"Commands of the groups flow, execution, backfill and tenants speak HTTP to the server "
	"given "
	"by\n"
	".BR \\-\\-server .\n";

static const char tail[] = ".SH FILES\n"
			   "A configuration file is given by\n"
			   ".BR \\-\\-config ;\n"
			   "docs/configuration.md lists its keys.\n"
			   ".SH ENVIRONMENT\n"
			   ".TP\n"
			   ".B GODWIT_CONFIGURATION\n"
			   "The text of a whole configuration file; also KESTRA_CONFIGURATION.\n"
			   ".TP\n"
			   ".B GODWIT_\\fIKEY\\fR\n"
			   "Sets a key of the configuration: GODWIT_SERVER_PORT is server.port.\n"
			   ".TP\n"
			   ".B SECRET_\\fINAME\\fR\n"
			   "A secret in Base64, for secret('NAME') in expressions.\n"
			   ".TP\n"
			   ".B NO_COLOR\n"
			   "If set, nothing is printed in colours.\n"
			   ".SH SIGNALS\n"
			   "TERM and INT stop a server: running tasks may end within\n"
			   ".IR server.termination-grace-period ;\n"
			   "a second one stops it at once. HUP loads new plugins.\n";

/* Dashes as they are typed, not as hyphens. */
static void print_text(struct gw_str *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '-' || *text == '\\')
			gw_str_putc(out, '\\');
		gw_str_putc(out, *text);
	}
}

static void print_option(struct gw_str *out, const struct gw_option *option)
{
	gw_str_puts(out, ".TP\n.B ");
	if (option->letter)
		gw_str_printf(out, "\\-%c, ", option->letter);
	gw_str_puts(out, "\\-\\-");
	print_text(out, option->name);
	if (option->argument)
		gw_str_printf(out, " \\fI%s\\fR", option->argument);
	gw_str_putc(out, '\n');
	print_text(out, option->summary);
	gw_str_puts(out, ".\n");
}

static void print_options(struct gw_str *out, const struct gw_option *option)
{
	for (; option && option->name; option++)
		print_option(out, option);
}

static void print_verb(struct gw_str *out, const struct gw_verb *verb)
{
	gw_str_puts(out, ".SS godwit ");
	print_text(out, verb->name);
	if (*verb->arguments)
		gw_str_printf(out, " \\fI%s\\fR", verb->arguments);
	gw_str_putc(out, '\n');
	print_text(out, verb->summary);
	gw_str_puts(out, ".\n");
	print_options(out, verb->options);
	print_options(out, verb->more_options);
}

static void print_statuses(struct gw_str *out)
{
	static const struct {
		enum gw_code code;
		const char *meaning;
	} rows[] = {
		{ GW_OK, "All is well." },
		{ GW_INVALID, "It could not be done, or what was checked is wrong; the message "
			      "says why." },
		{ GW_BAD_REQUEST, "The command line is wrong." },
		{ GW_UNAVAILABLE, "The server does not answer: the same may work later." },
		{ GW_DENIED, "The server refuses to do it." },
		{ GW_INTERNAL, "Something that should not happen." },
	};
	gw_str_puts(out, ".SH EXIT STATUS\n");
	for (size_t i = 0; i < GW_LEN(rows); i++)
		gw_str_printf(out, ".TP\n.B %d\n%s\n", gw_code_info(rows[i].code)->exit_status,
			rows[i].meaning);
}

void gw_help_manual(struct gw_str *out)
{
	gw_str_puts(out, head);
	gw_str_puts(out, ".SH COMMANDS\n");
	for (const struct gw_verb *verb = gw_verbs; verb->name; verb++)
		if (!(verb->flags & GW_VERB_HIDDEN))
			print_verb(out, verb);
	gw_str_puts(out, ".SH OPTIONS OF EVERY COMMAND\n");
	print_options(out, gw_common_options);
	gw_str_puts(out, ".SH OPTIONS OF COMMANDS THAT TALK TO A SERVER\n");
	print_options(out, gw_client_options);
	print_statuses(out);
	gw_str_puts(out, tail);
}

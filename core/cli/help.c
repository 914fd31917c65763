/* help.c - what --help shows */
#include "cli/help.h"

#include "base/utf8.h"

enum { VERB_WIDTH = 50, OPTION_WIDTH = 34 };

/* text in a column of the given width, followed by at least two spaces. */
static void print_column(struct gw_str *out, const char *text, int width)
{
	int used = (int)gw_utf8_length(gw_slice_of(text));
	gw_str_printf(out, "  %s%*s", text, used < width - 2 ? width - used : 2, "");
}

static bool is_in_group(const struct gw_verb *verb, const char *group)
{
	size_t n = strlen(group);
	return n == 0 || (strncmp(verb->name, group, n) == 0 && verb->name[n] == ' ');
}

static void print_verb(struct gw_str *out, const struct gw_verb *verb)
{
	gw_auto_str usage = { 0 };
	gw_str_printf(&usage, "%s %s", verb->name, verb->arguments);
	print_column(out, gw_str_text(&usage), VERB_WIDTH);
	gw_str_printf(out, "%.*s\n", (int)strcspn(verb->summary, "\n"), verb->summary);
}

static bool same_group(const struct gw_verb *a, const struct gw_verb *b)
{
	size_t n = strcspn(a->name, " ");
	return strncmp(a->name, b->name, n) == 0 && b->name[n] == a->name[n];
}

static bool print_verbs(struct gw_str *out, const char *group)
{
	const struct gw_verb *before = NULL;
	for (const struct gw_verb *verb = gw_verbs; verb->name; verb++) {
		if (verb->flags & GW_VERB_HIDDEN || !is_in_group(verb, group))
			continue;
		if (before && !same_group(before, verb))
			gw_str_putc(out, '\n');
		print_verb(out, verb);
		before = verb;
	}
	return before != NULL;
}

bool gw_help_group(struct gw_str *out, const char *group)
{
	gw_auto_str verbs = { 0 };
	if (!print_verbs(&verbs, group))
		return false;
	gw_str_printf(out, "Usage: godwit %s%sCOMMAND [ARGUMENTS] [OPTIONS]\n\n", group,
		*group ? " " : "");
	if (!*group)
		gw_str_puts(out,
			"Runs flows: tasks in order, on schedules, with everything kept.\n\n");
	gw_str_puts(out, gw_str_text(&verbs));
	gw_str_puts(out, "\ngodwit COMMAND --help says more about one of them.\n");
	return true;
}

static void print_option(struct gw_str *out, const struct gw_option *option)
{
	gw_auto_str left = { 0 };
	if (option->letter)
		gw_str_printf(&left, "-%c, ", option->letter);
	else
		gw_str_puts(&left, "    ");
	gw_str_printf(&left, "--%s", option->name);
	if (option->argument)
		gw_str_printf(&left, " %s", option->argument);
	print_column(out, gw_str_text(&left), OPTION_WIDTH);
	gw_str_printf(out, "%s\n", option->summary);
}

void gw_help_verb(struct gw_str *out, const struct gw_verb *verb)
{
	const struct gw_option *option;
	gw_str_printf(out, "Usage: godwit %s%s%s [OPTIONS]\n\n%s.\n\n", verb->name,
		*verb->arguments ? " " : "", verb->arguments, verb->summary);
	for (unsigned i = 0; (option = gw_verb_option(verb, i)); i++)
		print_option(out, option);
}

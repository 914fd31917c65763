/* completion.c - the completion script for bash, made from the tables */
#include "cli/help.h"

static const char head[] =
	"# godwit(1) completion, printed by `godwit completion bash`\n"
	"_godwit()\n"
	"{\n"
	"\tlocal current=${COMP_WORDS[COMP_CWORD]} command= words= options= word i\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tword=${COMP_WORDS[i]}\n"
	"\t\t[[ $word == -* ]] || command+=\"$word \"\n"
	"\tdone\n"
	"\tcase $command in\n";

static const char tail[] = "\tesac\n"
			   "\t[[ $current != -* ]] || words=$options\n"
			   "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
			   "}\n"
			   "complete -o default -F _godwit godwit\n";

static void print_options(struct gw_str *out, const struct gw_verb *verb)
{
	const struct gw_option *option;
	gw_str_printf(out, "\t'%s '*) options='", verb->name);
	for (unsigned i = 0; (option = gw_verb_option(verb, i)); i++)
		gw_str_printf(out, "%s--%s", i > 0 ? " " : "", option->name);
	gw_str_puts(out, "' ;;\n");
}

/* The word of a verb's name that follows the first len bytes, if these are a group of it. */
static struct gw_slice next_word(const struct gw_verb *verb, const char *group, size_t len)
{
	if (verb->flags & GW_VERB_HIDDEN || strncmp(verb->name, group, len) != 0)
		return gw_slice(NULL, 0);
	return gw_slice(verb->name + len, strcspn(verb->name + len, " "));
}

/* "server " -> local standalone …; each word once. len 0 = the first words. */
static void print_words(struct gw_str *out, const char *group, size_t len)
{
	struct gw_slice before = { NULL, 0 };
	gw_str_printf(out, "\t'%.*s') words='", (int)len, group);
	for (const struct gw_verb *verb = gw_verbs; verb->name; verb++) {
		struct gw_slice word = next_word(verb, group, len);
		if (word.len == 0 || gw_slice_equal(word, before))
			continue;
		gw_str_printf(out, "%s%.*s", before.data ? " " : "", GW_SLICE(word));
		before = word;
	}
	gw_str_puts(out, "' ;;\n");
}

static bool is_first_of_group(const struct gw_verb *verb, size_t len)
{
	for (const struct gw_verb *other = gw_verbs; other != verb; other++)
		if (strncmp(other->name, verb->name, len) == 0)
			return false;
	return true;
}

/* Each group that a verb's name opens: "flow ", "flow namespace ". */
static void print_groups(struct gw_str *out, const struct gw_verb *verb)
{
	const char *space = verb->name;
	while ((space = strchr(space, ' '))) {
		size_t len = (size_t)(++space - verb->name);
		if (is_first_of_group(verb, len))
			print_words(out, verb->name, len);
	}
}

void gw_help_bash(struct gw_str *out)
{
	gw_str_puts(out, head);
	print_words(out, "", 0);
	for (const struct gw_verb *verb = gw_verbs; verb->name; verb++)
		if (!(verb->flags & GW_VERB_HIDDEN))
			print_groups(out, verb);
	for (const struct gw_verb *verb = gw_verbs; verb->name; verb++)
		if (!(verb->flags & GW_VERB_HIDDEN))
			print_options(out, verb);
	gw_str_puts(out, tail);
}

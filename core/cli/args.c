/* args.c - reading a command line by its tables */
#include "cli/args.h"

#include "base/mem.h"

#include <getopt.h>

const struct gw_option *gw_verb_option(const struct gw_verb *verb, unsigned i)
{
	const struct gw_option *const sets[] = {
		verb->options,
		verb->more_options,
		verb->flags & GW_VERB_CLIENT ? gw_client_options : NULL,
		gw_common_options,
	};
	for (size_t set = 0; set < GW_LEN(sets); set++)
		for (const struct gw_option *option = sets[set]; option && option->name; option++)
			if (i-- == 0)
				return option;
	return NULL;
}

/* How many words of a verb's name argv begins with; 0 unless it is all of them. */
static int count_words(const char *name, int argc, char **argv)
{
	int n = 0;
	while (*name) {
		size_t len = strcspn(name, " ");
		if (n >= argc || strlen(argv[n]) != len || strncmp(argv[n], name, len) != 0)
			return 0;
		name += len + (name[len] == ' ');
		n++;
	}
	return n;
}

const struct gw_verb *gw_verb_find(int argc, char **argv, int *n_words)
{
	for (const struct gw_verb *verb = gw_verbs; verb->name; verb++) {
		int n = count_words(verb->name, argc - 1, argv + 1);
		if (n > 0) {
			*n_words = n;
			return verb;
		}
	}
	return NULL;
}

/* ---- getopt's tables, made from ours ---- */

enum { MOST_OPTIONS = 48, FIRST_VALUE = 256 }; /* values beyond all letters */

struct parser {
	const struct gw_option *known[MOST_OPTIONS];
	struct option names[MOST_OPTIONS + 1];
	char letters[2 * MOST_OPTIONS + 2];
};

static void fill_parser(struct parser *p, const struct gw_verb *verb)
{
	const struct gw_option *option;
	size_t n_letters = 0;
	p->letters[n_letters++] = ':'; /* a missing value is reported as such */
	for (unsigned i = 0; i < MOST_OPTIONS && (option = gw_verb_option(verb, i)); i++) {
		p->known[i] = option;
		p->names[i] = (struct option){ option->name,
			option->argument ? required_argument : no_argument, NULL,
			FIRST_VALUE + (int)i };
		if (!option->letter)
			continue;
		p->letters[n_letters++] = option->letter;
		if (option->argument)
			p->letters[n_letters++] = ':';
	}
}

static const struct gw_option *option_of(const struct parser *p, int value)
{
	if (value >= FIRST_VALUE)
		return p->known[value - FIRST_VALUE];
	for (size_t i = 0; i < MOST_OPTIONS && p->known[i]; i++)
		if (p->known[i]->letter == value)
			return p->known[i];
	return NULL;
}

static bool refuse(const struct parser *p, int value, char **argv, struct gw_error *err)
{
	const struct gw_option *option = optopt ? option_of(p, optopt) : NULL;
	if (value == ':' && option)
		return gw_fail(err, GW_BAD_REQUEST, "option --%s needs a value: %s", option->name,
			option->argument);
	if (option)
		return gw_fail(err, GW_BAD_REQUEST, "option --%s takes no value", option->name);
	if (optopt)
		return gw_fail(err, GW_BAD_REQUEST, "there is no option -%c", optopt);
	return gw_fail(err, GW_BAD_REQUEST, "there is no option %s", argv[optind - 1]);
}

static bool read_options(struct gw_args *args, struct parser *p, int argc, char **argv,
	struct gw_error *err)
{
	int value;
	optind = 0; /* glibc: starts anew */
	opterr = 0;
	while ((value = getopt_long(argc, argv, p->letters, p->names, NULL)) != -1) {
		if (value == '?' || value == ':')
			return refuse(p, value, argv, err);
		args->options = gw_grow(args->options, args->n_options, &args->cap_options);
		args->options[args->n_options++] =
			(struct gw_given_option){ option_of(p, value), optarg };
	}
	return true;
}

static bool check_words(const struct gw_args *args, struct gw_error *err)
{
	if (gw_args_has(args, "help") || gw_args_has(args, "version"))
		return true;
	if (args->n_words < args->verb->least)
		return gw_fail(err, GW_BAD_REQUEST, "%s needs %s", args->verb->name,
			args->verb->arguments);
	if (args->n_words > args->verb->most)
		return gw_fail(err, GW_BAD_REQUEST, "'%s' is too much for %s",
			args->words[args->verb->most], args->verb->name);
	return true;
}

bool gw_args_read(struct gw_args *args, const struct gw_verb *verb, int argc, char **argv,
	struct gw_error *err)
{
	struct parser parser = { 0 };
	args->verb = verb;
	fill_parser(&parser, verb);
	if (!read_options(args, &parser, argc, argv, err))
		return false;
	args->words = argv + optind;
	args->n_words = (unsigned)(argc - optind);
	return check_words(args, err);
}

void gw_args_clear(struct gw_args *args)
{
	free(args->options);
	*args = (struct gw_args){ 0 };
}

const char *gw_args_next(const struct gw_args *args, const char *name, size_t *i)
{
	while (*i < args->n_options) {
		const struct gw_given_option *given = &args->options[(*i)++];
		if (strcmp(given->option->name, name) == 0)
			return given->value ? given->value : "";
	}
	return NULL;
}

const char *gw_args_get(const struct gw_args *args, const char *name)
{
	const char *value, *last = NULL;
	for (size_t i = 0; (value = gw_args_next(args, name, &i));)
		last = value;
	return last;
}

bool gw_args_has(const struct gw_args *args, const char *name)
{
	return gw_args_get(args, name) != NULL;
}

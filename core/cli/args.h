/* args.h - the command line: tables of verbs and options, and what somebody typed */
#ifndef GW_CLI_ARGS_H
#define GW_CLI_ARGS_H

#include <godwit/text.h>

struct gw_option {
	char letter; /* 0 = none */
	const char *name; /* "port" */
	const char *argument; /* "N"; NULL = it stands alone */
	const char *key; /* of the configuration that it sets; NULL = none */
	const char *summary;
};

enum gw_verb_flag {
	GW_VERB_CLIENT = 1 << 0, /* talks to a server: takes gw_client_options too */
	GW_VERB_HIDDEN = 1 << 1, /* not in help, completion and manual */
};

struct gw_args;

struct gw_verb {
	const char *name; /* "flow namespace update" */
	const char *arguments; /* "NAMESPACE FOLDER", "[FILE…]"; "" = none */
	unsigned least, most; /* how many of them */
	unsigned flags;
	const struct gw_option *options; /* ended by a NULL name; NULL = none of its own */
	const struct gw_option *more_options; /* shared with other verbs; NULL = none */
	const char *summary; /* one line; "\n" and more lines for the manual */
	/* False prints the message; the exit status is the code's, else args->exit_status. */
	bool (*run)(struct gw_args *args, struct gw_error *err);
};

struct gw_given_option {
	const struct gw_option *option;
	const char *value; /* NULL if it stands alone */
};

struct gw_args {
	const struct gw_verb *verb;
	char **words; /* the arguments; borrowed from argv */
	unsigned n_words;
	struct gw_given_option *options;
	size_t n_options, cap_options;
	int exit_status;
};

extern GW_EXPORT const struct gw_verb gw_verbs[]; /* ended by a NULL name; groups together */
extern GW_EXPORT const struct gw_option gw_common_options[];
extern GW_EXPORT const struct gw_option gw_client_options[];

/* Walks all options of a verb: its own, shared ones, a client's, everybody's; i from 0; NULL =
 * there are no more. */
GW_EXPORT const struct gw_option *gw_verb_option(const struct gw_verb *verb, unsigned i);
/* The verb whose words argv[1…] begins with; *n_words is how many they are. NULL: none. */
GW_EXPORT const struct gw_verb *gw_verb_find(int argc, char **argv, int *n_words);

/* Reads what follows the verb; argv[0] is ignored. GW_BAD_REQUEST if something is wrong. --help
 * and --version are options like others, and then nothing is missing. */
GW_EXPORT bool gw_args_read(struct gw_args *args, const struct gw_verb *verb, int argc, char **argv,
	struct gw_error *err);
GW_EXPORT void gw_args_clear(struct gw_args *args);

/* The value of an option, the last if it was given more than once; NULL if it was not. */
GW_EXPORT const char *gw_args_get(const struct gw_args *args, const char *name);
GW_EXPORT bool gw_args_has(const struct gw_args *args, const char *name);
/* All values of an option that may be repeated; *i from 0; NULL = there are no more. */
GW_EXPORT const char *gw_args_next(const struct gw_args *args, const char *name, size_t *i);

#endif

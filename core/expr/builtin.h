/* builtin.h - filters, functions and tests: tables of what the language knows */
#ifndef GW_EXPR_BUILTIN_H
#define GW_EXPR_BUILTIN_H

#include "expr/eval.h"
#include "expr/limits.h"

enum gw_builtin_flag {
	GW_ASKS = 1 << 0, /* may ask the scope; without a function of its own it does, by name */
	GW_KEEPS_NULL = 1 << 1, /* a filter that leaves null as it is */
	GW_SWALLOWS = 1 << 2, /* what is undefined counts as null */
	GW_READS_ALL = 1 << 3, /* may look at any variable */
};

extern const char *const gw_builtin_kinds[]; /* "filter" … */

/* One call: everything is borrowed. */
struct gw_call {
	struct gw_eval *ev;
	const struct gw_builtin *what;
	json_t *input; /* what is filtered or tested */
	json_t *args[GW_EXPR_ARGS_MAX]; /* one a parameter; NULL = not given */
	size_t n;
};

struct gw_builtin {
	const char *name;
	/* A new reference; NULL with an error. NULL: the flags say who answers. */
	json_t *(*run)(struct gw_call *call);
	/* "a!,b": the parameters, "!" = must be given; "*": any number, as one list; NULL: whatever
	 * is given does not matter. */
	const char *params;
	unsigned flags;
	const char *reads; /* "taskrun parents": variables it looks at by itself */
};

struct gw_builtins {
	const struct gw_builtin *items; /* sorted by name */
	size_t n;
};

/* The tables, one for each concern. */
extern const struct gw_builtins gw_text_filters, gw_part_filters, gw_list_filters,
	gw_number_filters, gw_hash_filters, gw_date_filters, gw_format_filters, gw_regex_filters,
	gw_yaml_filters;
extern const struct gw_builtins gw_value_functions, gw_date_functions, gw_random_functions,
	gw_run_functions, gw_yaml_functions;
extern const struct gw_builtins gw_tests;

/* NULL if there is none. */
const struct gw_builtin *gw_builtin_find(enum gw_expr_kind kind, const char *name);

/* Asks the scope: what has no function of its own. */
json_t *gw_call_ask(struct gw_call *call);

/* ---- For what fills the tables ---- */

/* The error of this call; always NULL. */
json_t *gw_call_fail(struct gw_call *call, const char *format, ...) GW_PRINTF(2, 3);
bool gw_call_spend(struct gw_call *call, size_t n, size_t a_step);
/* The text as a new string, within the bounds; s is empty afterwards. */
json_t *gw_call_text(struct gw_call *call, struct gw_str *s);
json_t *gw_call_slice(struct gw_call *call, struct gw_slice text);
/* The input as text; what is no string is printed into buffer. */
bool gw_call_input(struct gw_call *call, struct gw_str *buffer, struct gw_slice *out);
/* The input if it is a string; else false with an error. */
bool gw_call_string(struct gw_call *call, struct gw_slice *out);

/* The value with each text and number in it, at any depth, replaced by what edit appends. */
json_t *gw_call_each_text(struct gw_call *call, json_t *value,
	bool (*edit)(struct gw_call *call, struct gw_slice text, const void *arg,
		struct gw_str *out),
	const void *arg);

/* Argument i: false with an error if it has another type; *out is untouched if it is not given. */
bool gw_arg_text(struct gw_call *call, int i, struct gw_slice *out);
bool gw_arg_int(struct gw_call *call, int i, int64_t *out);
bool gw_arg_bool(struct gw_call *call, int i, bool *out);

#endif

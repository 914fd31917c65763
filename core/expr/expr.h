/* expr.h - Kestra's expression language (Pebble's syntax) over JSON values
 *
 * May use: base, time, yaml. A template, once compiled, is immutable: threads share it. */
#ifndef GW_EXPR_EXPR_H
#define GW_EXPR_EXPR_H

#include <godwit/time.h>

#include <jansson.h>

struct gw_template;

enum gw_template_need {
	GW_NEEDS_IO = 1 << 0, /* calls a function that does I/O or may take long (secret, jq …) */
	GW_NEEDS_ALL = 1 << 1, /* may look at any variable (printContext, render of a value …) */
};

/* What a template is evaluated against; made by the caller, used by one thread at a time. */
struct gw_scope {
	/* A variable of the root context, borrowed until the evaluation ends; NULL = undefined. */
	const json_t *(*variable)(struct gw_scope *scope, const char *name);
	/* All of them, for printContext: a new reference. */
	json_t *(*everything)(struct gw_scope *scope);
	/* Functions and filters served from outside (secret, kv, read, fileURI, errorLogs, jq,
	 * encrypt …): positional and named arguments by name, what is filtered as "input". A new
	 * reference; NULL = failed, with the message that Kestra has.
	 * The pointer itself may be NULL: then such a call fails. */
	json_t *(*ask)(struct gw_scope *scope, const char *function, const json_t *arguments,
		struct gw_error *err);
	gw_time now;
	bool recursive; /* render results again until they are stable */
	uint32_t steps; /* spent so far; the bounds are in expr/limits.h */
	uint32_t depth;
};

GW_EXPORT struct gw_template *gw_template_compile(struct gw_slice source, struct gw_error *err);
GW_EXPORT void gw_template_free(struct gw_template *t);
GW_EXPORT bool gw_template_is_constant(const struct gw_template *t); /* no delimiter in it */
GW_EXPORT unsigned gw_template_needs(const struct gw_template *t);
/* Calls use for each variable mentioned: root "outputs", member "task_id" or NULL if the member
 * is not a constant. */
GW_EXPORT void gw_template_variables(const struct gw_template *t,
	void (*use)(void *arg, const char *root, const char *member), void *arg);

/* As text. Errors are Kestra's: "Unable to find `x` used in the expression `{{ x }}` at line 1". */
GW_EXPORT bool gw_template_render(const struct gw_template *t, struct gw_scope *scope,
	struct gw_str *out, struct gw_error *err);
/* With its type kept if the template is exactly one expression; a new reference. */
GW_EXPORT json_t *gw_template_value(const struct gw_template *t, struct gw_scope *scope,
	struct gw_error *err);
/* The i-th filter, function or test of the language, in no particular order; false behind the last.
 * params are the names of its parameters, "!" behind those that must be given: "size!,fill"; NULL
 * or "*" if it takes none by name. */
enum gw_expr_kind { GW_EXPR_FILTER, GW_EXPR_FUNCTION, GW_EXPR_TEST };
GW_EXPORT bool gw_expr_word(enum gw_expr_kind kind, size_t i, const char **name,
	const char **params);
/* Whether a rendered text counts as false: "", "false", "0", "-0". */
GW_EXPORT bool gw_text_is_falsy(struct gw_slice text);

/* ---- JSON values whose strings are templates ---- */

struct gw_tree;

GW_EXPORT struct gw_tree *gw_tree_compile(const json_t *value, struct gw_error *err);
GW_EXPORT void gw_tree_free(struct gw_tree *tree);
GW_EXPORT bool gw_tree_is_constant(const struct gw_tree *tree);
GW_EXPORT unsigned gw_tree_needs(const struct gw_tree *tree);
GW_EXPORT void gw_tree_variables(const struct gw_tree *tree,
	void (*use)(void *arg, const char *root, const char *member), void *arg);
/* Keys and values rendered, strings stay strings; typed: single expressions keep their type. The
 * value itself is returned if it is constant. A new reference. */
GW_EXPORT json_t *gw_tree_render(const struct gw_tree *tree, struct gw_scope *scope, bool typed,
	struct gw_error *err);
/* The value as it was written, borrowed. */
GW_EXPORT const json_t *gw_tree_source(const struct gw_tree *tree);

#endif

/* parser.h - what the parsers of expressions and of tags share */
#ifndef GW_EXPR_PARSER_H
#define GW_EXPR_PARSER_H

#include "expr/template.h"

/* A name that a for, set or macro around makes. */
struct gw_binding {
	const char *name;
	struct gw_node *loop; /* the for whose "loop" it is */
};

struct gw_parser {
	struct gw_template *t;
	struct gw_error *err;
	struct gw_tokens tokens;
	size_t pos;
	unsigned depth;
	struct gw_binding *bindings; /* owned */
	size_t n_bindings, cap_bindings;
	size_t n_macros, n_blocks;
	bool in_macro; /* which sees nothing but its parameters */
};

/* ---- Tokens ---- */

const struct gw_token *gw_parser_now(const struct gw_parser *p);
bool gw_parser_is(const struct gw_parser *p, enum gw_token_type type, const char *text);
/* The same of the token behind it. */
bool gw_parser_follows(const struct gw_parser *p, enum gw_token_type type, const char *text);
/* Moves on if it is; else an error. text NULL = any; out may be NULL. */
bool gw_parser_expect(struct gw_parser *p, enum gw_token_type type, const char *text,
	struct gw_slice *out);
bool gw_parser_skip(struct gw_parser *p, enum gw_token_type type, const char *text);
/* Counts a level of nesting; false with an error if it is one too many. */
bool gw_parser_enter(struct gw_parser *p);
/* "message (template:line)"; always NULL. */
void *gw_parser_fail(struct gw_parser *p, uint32_t line, const char *format, ...) GW_PRINTF(3, 4);
struct gw_node *gw_parser_node(struct gw_parser *p, enum gw_node_kind kind, uint32_t line);
/* Counts one name more; false with an error if it is one too many. */
bool gw_parser_count(struct gw_parser *p, size_t *n);
bool gw_parser_bind(struct gw_parser *p, const char *name, struct gw_node *loop);

/* ---- Expressions: NULL with an error if there is none ---- */

struct gw_node *gw_parse_expression(struct gw_parser *p);
/* name or name(arguments), applied to input */
struct gw_node *gw_parse_filter(struct gw_parser *p, struct gw_node *input);
struct gw_node *gw_parse_test(struct gw_parser *p, struct gw_node *input, bool is_negated);
/* The arguments behind the name of a function or macro. */
struct gw_node *gw_parse_function(struct gw_parser *p, struct gw_slice name, uint32_t line);
const char *gw_parse_new_name(struct gw_parser *p);
/* "(a, b=1)"; defines: the parameters of a macro, "(a, b=1)" where a value may be missing. */
bool gw_parse_arguments(struct gw_parser *p, bool defines, struct gw_argument **out);
/* Sorts what is given by parameter: one entry for each name in params ("a,b"). */
struct gw_node **gw_bind_arguments(struct gw_parser *p, const char *params,
	const struct gw_argument *given, uint32_t line);

/* ---- Statements ---- */

/* Statements up to a tag named in stops ("else endif"; NULL = up to the end), at which it stays. */
bool gw_parse_body(struct gw_parser *p, const char *stops, struct gw_node **out);

#endif

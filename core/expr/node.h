/* node.h - a compiled template: a tree of nodes in an arena, immutable once it is compiled */
#ifndef GW_EXPR_NODE_H
#define GW_EXPR_NODE_H

#include "base/mem.h"
#include "expr/expr.h"
#include "expr/lexer.h"

struct gw_builtin;
struct gw_node;

enum gw_node_kind {
	/* expressions */
	GW_NODE_LITERAL,
	GW_NODE_VARIABLE,
	GW_NODE_ATTRIBUTE,
	GW_NODE_UNARY,
	GW_NODE_BINARY,
	GW_NODE_CHOICE, /* condition ? left : right */
	GW_NODE_CALL, /* a filter, a test or a function */
	GW_NODE_MACRO_CALL,
	GW_NODE_BLOCK_CALL,
	GW_NODE_LIST,
	GW_NODE_MAP,
	GW_NODE_CAPTURE, /* statements, rendered as a text */
	/* statements */
	GW_NODE_TEXT,
	GW_NODE_RAW,
	GW_NODE_PRINT,
	GW_NODE_IF,
	GW_NODE_FOR,
	GW_NODE_SET,
	GW_NODE_BLOCK,
	GW_NODE_KINDS,
};

struct gw_macro {
	struct gw_macro *next;
	const char *name;
	const char *params; /* "a,b" */
	const char **names; /* the same one by one */
	struct gw_node **defaults; /* NULL = null */
	size_t n;
	struct gw_node *body;
};

struct gw_argument {
	struct gw_argument *next;
	const char *name; /* NULL = by position */
	struct gw_node *value; /* NULL = none (a macro's parameter without default) */
};

struct gw_variable_node {
	const char *name;
	const char *member; /* the constant attribute taken of it, or NULL */
	struct gw_node *other; /* the next variable of the template */
	bool is_bound; /* made by a for, set or macro around it */
};

struct gw_attribute_node {
	struct gw_node *object;
	struct gw_node *key; /* NULL if the name is constant */
	const char *name;
	bool is_method; /* a.b(c): values have no methods, so it is undefined */
};

struct gw_operation_node {
	enum gw_op op;
	struct gw_node *left, *right;
	struct gw_node *condition; /* of a choice */
};

struct gw_call_node {
	const struct gw_builtin *what;
	struct gw_node *input; /* of filters and tests */
	struct gw_node **args; /* one a parameter; NULL = not given */
	size_t n;
	struct gw_node *other; /* the next call of the template */
	bool is_negated;
};

struct gw_macro_call_node {
	const char *name;
	const struct gw_macro *macro;
	struct gw_argument *given;
	struct gw_node **args; /* one a parameter; NULL = not given */
	struct gw_node *other; /* the next macro call of the template */
};

struct gw_text_node {
	struct gw_slice text; /* of a raw section: with its tags */
	struct gw_slice inner; /* without them */
};

struct gw_if_node {
	struct gw_node *condition; /* NULL = else */
	struct gw_node *body;
	struct gw_node *other; /* the elseif or else that follows */
};

struct gw_for_node {
	const char *name;
	struct gw_node *items, *body;
	struct gw_node *other; /* the statements of else */
	bool has_else;
	bool uses_loop; /* the body mentions "loop" */
};

struct gw_named_node {
	const char *name;
	struct gw_node *value; /* of set: an expression; of block: statements */
	struct gw_node *other; /* the next block of the template */
};

struct gw_node {
	enum gw_node_kind kind;
	uint32_t line;
	struct gw_node *next; /* statement of a body, item of a list, key or value of a map */
	union {
		json_t *literal; /* borrowed from the template's literals */
		struct gw_variable_node variable;
		struct gw_attribute_node attribute;
		struct gw_operation_node operation;
		struct gw_call_node call;
		struct gw_macro_call_node macro_call;
		struct gw_node *child; /* first item; body of a capture; what is printed */
		struct gw_text_node text;
		struct gw_if_node branch;
		struct gw_for_node loop;
		struct gw_named_node named;
	};
};

struct gw_template {
	struct gw_slice source; /* owned */
	struct gw_arena arena;
	json_t *literals; /* keeps the values of literals */
	struct gw_node *body;
	struct gw_node *single; /* what is printed, if nothing else is */
	struct gw_node *variables, *calls, *macro_calls, *blocks;
	struct gw_macro *macros;
	unsigned needs;
	bool is_constant; /* without a delimiter: the source is the result, there is no tree */
};

#endif

/* lexer.h - the tokens of a template, and the operators of the language */
#ifndef GW_EXPR_LEXER_H
#define GW_EXPR_LEXER_H

#include <godwit/text.h>

enum gw_op {
	GW_OP_OR,
	GW_OP_AND,
	GW_OP_NOT,
	GW_OP_IS,
	GW_OP_IS_NOT,
	GW_OP_CONTAINS,
	GW_OP_IS_IN,
	GW_OP_EQUALS,
	GW_OP_DIFFERS,
	GW_OP_GREATER,
	GW_OP_LESS,
	GW_OP_AT_LEAST,
	GW_OP_AT_MOST,
	GW_OP_ADD,
	GW_OP_SUBTRACT,
	GW_OP_MULTIPLY,
	GW_OP_DIVIDE,
	GW_OP_MODULO,
	GW_OP_FILTER,
	GW_OP_CONCAT,
	GW_OP_RANGE,
	GW_OP_IF_NULL, /* ?? */
	GW_OP_IF_UNDEFINED, /* ??? */
};

struct gw_operator {
	const char *text;
	enum gw_op op;
	int binds; /* how tightly, as a binary operator; 0 = it is none */
};

/* The longest first; ends with text NULL. */
extern const struct gw_operator gw_operators[];

enum gw_token_type {
	GW_TOKEN_EOF,
	GW_TOKEN_TEXT,
	GW_TOKEN_RAW, /* {% raw %}…{% endraw %} */
	GW_TOKEN_PRINT_START,
	GW_TOKEN_PRINT_END,
	GW_TOKEN_EXECUTE_START,
	GW_TOKEN_EXECUTE_END,
	GW_TOKEN_NAME,
	GW_TOKEN_NUMBER,
	GW_TOKEN_LONG,
	GW_TOKEN_STRING,
	GW_TOKEN_OPERATOR,
	GW_TOKEN_PUNCTUATION,
	GW_TOKEN_INSERT_START, /* #{ in a text */
	GW_TOKEN_INSERT_END,
};

struct gw_token {
	enum gw_token_type type;
	uint32_t line;
	struct gw_slice text; /* in the source or the arena; data NULL = none */
	const struct gw_operator *op;
};

struct gw_tokens {
	struct gw_token *items; /* owned; the last is EOF */
	size_t n, cap;
};

struct gw_template;

const char *gw_token_name(enum gw_token_type type); /* "PRINT_END" */

/* All tokens of the template's source. */
bool gw_lex(struct gw_template *t, struct gw_tokens *out, struct gw_error *err);

#endif

/* parser.c - from tokens to the tree of an expression */
#include "expr/parser.h"

#include "base/mem.h"
#include "expr/limits.h"
#include "expr/value.h"

#include <errno.h>

#define BINDS_UNARY 500

/* ---- Tokens ---- */

const struct gw_token *gw_parser_now(const struct gw_parser *p)
{
	return &p->tokens.items[p->pos];
}

static bool token_is(const struct gw_token *token, enum gw_token_type type, const char *text)
{
	return token->type == type && (!text || gw_slice_is(token->text, text));
}

bool gw_parser_is(const struct gw_parser *p, enum gw_token_type type, const char *text)
{
	return token_is(gw_parser_now(p), type, text);
}

bool gw_parser_follows(const struct gw_parser *p, enum gw_token_type type, const char *text)
{
	return token_is(&p->tokens.items[p->pos + (p->pos + 1 < p->tokens.n)], type, text);
}

static void step(struct gw_parser *p)
{
	p->pos += p->pos + 1 < p->tokens.n;
}

bool gw_parser_skip(struct gw_parser *p, enum gw_token_type type, const char *text)
{
	bool is = gw_parser_is(p, type, text);
	if (is)
		step(p);
	return is;
}

bool gw_parser_expect(struct gw_parser *p, enum gw_token_type type, const char *text,
	struct gw_slice *out)
{
	const struct gw_token *now = gw_parser_now(p);
	if (!token_is(now, type, text)) {
		struct gw_slice found = now->text.data ? now->text : gw_slice_of("null");
		return gw_template_fail(p->t, now->line, p->err,
			"Unexpected token of value \"%.*s\" and type %s, expected token of type %s",
			GW_SLICE(found), gw_token_name(now->type), gw_token_name(type));
	}
	if (out)
		*out = now->text;
	step(p);
	return true;
}

void *gw_parser_fail(struct gw_parser *p, uint32_t line, const char *format, ...)
{
	gw_auto_str message = { 0 };
	va_list args;
	va_start(args, format);
	gw_str_vprintf(&message, format, args);
	va_end(args);
	gw_template_fail(p->t, line, p->err, "%s", gw_str_text(&message));
	return NULL;
}

static struct gw_node *fail_unexpected(struct gw_parser *p)
{
	const struct gw_token *now = gw_parser_now(p);
	struct gw_slice found = now->text.data ? now->text : gw_slice_of("null");
	return gw_parser_fail(p, now->line, "Unexpected token \"%s\" of value \"%.*s\"",
		gw_token_name(now->type), GW_SLICE(found));
}

bool gw_parser_enter(struct gw_parser *p)
{
	if (++p->depth <= GW_EXPR_NESTING_MAX)
		return true;
	return gw_template_fail(p->t, gw_parser_now(p)->line, p->err,
		"Nested deeper than %d levels", GW_EXPR_NESTING_MAX);
}

struct gw_node *gw_parser_node(struct gw_parser *p, enum gw_node_kind kind, uint32_t line)
{
	struct gw_node *node = gw_template_new(p->t, struct gw_node);
	node->kind = kind;
	node->line = line;
	return node;
}

bool gw_parser_count(struct gw_parser *p, size_t *n)
{
	if (++*n <= GW_EXPR_NAMES_MAX)
		return true;
	return gw_template_fail(p->t, gw_parser_now(p)->line, p->err,
		"More than %d names of one kind", GW_EXPR_NAMES_MAX);
}

bool gw_parser_bind(struct gw_parser *p, const char *name, struct gw_node *loop)
{
	size_t n = p->n_bindings;
	if (!gw_parser_count(p, &n))
		return false;
	p->bindings = gw_grow(p->bindings, p->n_bindings, &p->cap_bindings);
	p->bindings[p->n_bindings++] = (struct gw_binding){ name, loop };
	return true;
}

const char *gw_parse_new_name(struct gw_parser *p)
{
	static const char *const reserved[] = { "true", "false", "null", "none" };
	uint32_t line = gw_parser_now(p)->line;
	struct gw_slice name;
	if (!gw_parser_expect(p, GW_TOKEN_NAME, NULL, &name))
		return NULL;
	for (size_t i = 0; i < GW_LEN(reserved); i++) {
		if (!gw_slice_is(name, reserved[i]))
			continue;
		return gw_parser_fail(p, line, "Can not assign a value to %s", reserved[i]);
	}
	return gw_template_text(p->t, name);
}

/* ---- Literals and variables ---- */

/* Owns value. */
static struct gw_node *make_literal(struct gw_parser *p, json_t *value, uint32_t line)
{
	struct gw_node *node = gw_parser_node(p, GW_NODE_LITERAL, line);
	node->literal = value;
	json_array_append_new(p->t->literals, value);
	return node;
}

static json_t *named_literal(struct gw_slice name)
{
	static const char *const names[][2] = { { "true", "TRUE" }, { "false", "FALSE" },
		{ "null", "NULL" }, { "none", "NONE" } };
	for (size_t i = 0; i < GW_LEN(names); i++)
		if (gw_slice_is(name, names[i][0]) || gw_slice_is(name, names[i][1]))
			return i == 0 ? json_true() : i == 1 ? json_false() : json_null();
	return NULL;
}

static struct gw_node *parse_number(struct gw_parser *p)
{
	const struct gw_token *now = gw_parser_now(p);
	const char *text = gw_template_text(p->t, now->text);
	errno = 0;
	json_t *value = strchr(text, '.') ? json_real(strtod(text, NULL))
					  : json_integer(strtoll(text, NULL, 10));
	if (errno == ERANGE || !value) {
		json_decref(value);
		return gw_parser_fail(p, now->line, "For input string: \"%s\"", text);
	}
	step(p);
	return make_literal(p, value, now->line);
}

/* The innermost binding of a name, NULL if it is a variable of the context. */
static const struct gw_binding *find_binding(const struct gw_parser *p, const char *name)
{
	for (size_t i = p->n_bindings; i-- > 0;)
		if (strcmp(p->bindings[i].name, name) == 0)
			return &p->bindings[i];
	return NULL;
}

static struct gw_node *make_variable(struct gw_parser *p, struct gw_slice name, uint32_t line)
{
	struct gw_node *node = gw_parser_node(p, GW_NODE_VARIABLE, line);
	node->variable.name = gw_template_text(p->t, name);
	const struct gw_binding *binding = find_binding(p, node->variable.name);
	node->variable.is_bound = binding || p->in_macro;
	if (binding && binding->loop)
		binding->loop->loop.uses_loop = true;
	node->variable.other = p->t->variables;
	p->t->variables = node;
	return node;
}

static struct gw_node *parse_name(struct gw_parser *p)
{
	const struct gw_token *now = gw_parser_now(p);
	step(p);
	json_t *constant = named_literal(now->text);
	if (constant)
		return make_literal(p, constant, now->line);
	if (gw_parser_is(p, GW_TOKEN_PUNCTUATION, "("))
		return gw_parse_function(p, now->text, now->line);
	return make_variable(p, now->text, now->line);
}

static struct gw_node *make_binary(struct gw_parser *p, enum gw_op op, struct gw_node *left,
	struct gw_node *right)
{
	struct gw_node *node = gw_parser_node(p, GW_NODE_BINARY, left->line);
	node->operation = (struct gw_operation_node){ .op = op, .left = left, .right = right };
	return node;
}

/* "text", or the pieces of "a #{b} c" put together. */
static struct gw_node *parse_text(struct gw_parser *p)
{
	struct gw_node *whole = NULL;
	bool after_string = false;
	for (;;) {
		const struct gw_token *now = gw_parser_now(p);
		struct gw_node *piece = NULL;
		bool is_string = now->type == GW_TOKEN_STRING;
		if (is_string && !after_string) {
			piece = make_literal(p, gw_string(now->text), now->line);
			step(p);
		} else if (gw_parser_skip(p, GW_TOKEN_INSERT_START, NULL)) {
			piece = gw_parse_expression(p);
			if (!piece || !gw_parser_expect(p, GW_TOKEN_INSERT_END, NULL, NULL))
				return NULL;
		} else {
			return whole;
		}
		after_string = is_string;
		whole = whole ? make_binary(p, GW_OP_CONCAT, whole, piece) : piece;
	}
}

static bool add_item(struct gw_parser *p, struct gw_node ***end)
{
	struct gw_node *item = gw_parse_expression(p);
	if (!item)
		return false;
	**end = item;
	*end = &item->next;
	return true;
}

/* Items up to a closing bracket; of a map keys and values in turn. */
static struct gw_node *parse_items(struct gw_parser *p, enum gw_node_kind kind, const char *close)
{
	struct gw_node *node = gw_parser_node(p, kind, gw_parser_now(p)->line);
	struct gw_node **end = &node->child;
	step(p);
	while (!gw_parser_skip(p, GW_TOKEN_PUNCTUATION, close)) {
		if (node->child && !gw_parser_expect(p, GW_TOKEN_PUNCTUATION, ",", NULL))
			return NULL;
		if (!add_item(p, &end))
			return NULL;
		if (kind == GW_NODE_MAP && (!gw_parser_expect(p, GW_TOKEN_PUNCTUATION, ":", NULL) ||
						   !add_item(p, &end)))
			return NULL;
	}
	return node;
}

/* ---- What follows an operand ---- */

static struct gw_node *parse_dot(struct gw_parser *p, struct gw_node *node)
{
	struct gw_slice name;
	struct gw_argument *args = NULL;
	node->line = gw_parser_now(p)->line;
	if (!gw_parser_expect(p, GW_TOKEN_NAME, NULL, &name))
		return NULL;
	node->attribute.name = gw_template_text(p->t, name);
	node->attribute.is_method = gw_parser_is(p, GW_TOKEN_PUNCTUATION, "(");
	if (!node->attribute.is_method)
		return node;
	if (!gw_parse_arguments(p, false, &args))
		return NULL;
	for (; args; args = args->next)
		if (args->name)
			return gw_parser_fail(p, gw_parser_now(p)->line,
				"Can not use named arguments when calling a bean method");
	return node;
}

static struct gw_node *parse_subscript(struct gw_parser *p, struct gw_node *node)
{
	struct gw_node *key = gw_parse_expression(p);
	if (!key)
		return NULL;
	node->line = gw_parser_now(p)->line;
	node->attribute.key = key;
	if (key->kind == GW_NODE_LITERAL && json_is_string(key->literal)) {
		node->attribute.key = NULL;
		node->attribute.name = json_string_value(key->literal);
	}
	return gw_parser_expect(p, GW_TOKEN_PUNCTUATION, "]", NULL) ? node : NULL;
}

static struct gw_node *parse_postfix(struct gw_parser *p, struct gw_node *operand)
{
	while (operand) {
		bool is_dot = gw_parser_skip(p, GW_TOKEN_PUNCTUATION, ".");
		if (!is_dot && !gw_parser_skip(p, GW_TOKEN_PUNCTUATION, "["))
			return operand;
		struct gw_node *node = gw_parser_node(p, GW_NODE_ATTRIBUTE, operand->line);
		node->attribute.object = operand;
		node = is_dot ? parse_dot(p, node) : parse_subscript(p, node);
		if (node && operand->kind == GW_NODE_VARIABLE)
			operand->variable.member = node->attribute.name;
		operand = node;
	}
	return NULL;
}

/* ---- Operators ---- */

static struct gw_node *parse_binding(struct gw_parser *p, int least);

static struct gw_node *parse_unary(struct gw_parser *p)
{
	const struct gw_token *now = gw_parser_now(p);
	step(p);
	struct gw_node *operand = parse_binding(p, BINDS_UNARY);
	if (!operand)
		return NULL;
	struct gw_node *node = gw_parser_node(p, GW_NODE_UNARY, now->line);
	node->operation = (struct gw_operation_node){ .op = now->op->op, .left = operand };
	return node;
}

static struct gw_node *parse_group(struct gw_parser *p)
{
	step(p);
	struct gw_node *node = gw_parse_expression(p);
	return node && gw_parser_expect(p, GW_TOKEN_PUNCTUATION, ")", NULL) ? node : NULL;
}

static struct gw_node *parse_operand(struct gw_parser *p)
{
	const struct gw_token *now = gw_parser_now(p);
	if (now->op && (now->op->op == GW_OP_NOT || now->op->op == GW_OP_ADD ||
			       now->op->op == GW_OP_SUBTRACT))
		return parse_unary(p);
	if (gw_parser_is(p, GW_TOKEN_PUNCTUATION, "("))
		return parse_postfix(p, parse_group(p));
	if (gw_parser_is(p, GW_TOKEN_PUNCTUATION, "["))
		return parse_postfix(p, parse_items(p, GW_NODE_LIST, "]"));
	if (gw_parser_is(p, GW_TOKEN_PUNCTUATION, "{"))
		return parse_postfix(p, parse_items(p, GW_NODE_MAP, "}"));
	if (now->type == GW_TOKEN_NAME)
		return parse_postfix(p, parse_name(p));
	if (now->type == GW_TOKEN_NUMBER || now->type == GW_TOKEN_LONG)
		return parse_postfix(p, parse_number(p));
	if (now->type == GW_TOKEN_STRING || now->type == GW_TOKEN_INSERT_START)
		return parse_postfix(p, parse_text(p));
	return fail_unexpected(p);
}

static struct gw_node *parse_right(struct gw_parser *p, const struct gw_operator *operator,
	struct gw_node * left)
{
	step(p);
	if (operator->op == GW_OP_FILTER)
		return gw_parse_filter(p, left);
	if (operator->op == GW_OP_IS || operator->op == GW_OP_IS_NOT)
		return gw_parse_test(p, left, operator->op == GW_OP_IS_NOT);
	struct gw_node *right = parse_binding(p, operator->binds + 1);
	return right ? make_binary(p, operator->op, left, right) : NULL;
}

/* condition ? left : right */
static struct gw_node *parse_choice(struct gw_parser *p, struct gw_node *condition)
{
	if (!gw_parser_skip(p, GW_TOKEN_PUNCTUATION, "?"))
		return condition;
	struct gw_node *node = gw_parser_node(p, GW_NODE_CHOICE, condition->line);
	node->operation.condition = condition;
	node->operation.left = gw_parse_expression(p);
	if (!node->operation.left || !gw_parser_expect(p, GW_TOKEN_PUNCTUATION, ":", NULL))
		return NULL;
	node->operation.right = gw_parse_expression(p);
	return node->operation.right ? node : NULL;
}

/* Operators that bind at least so tightly. */
static struct gw_node *parse_binding(struct gw_parser *p, int least)
{
	if (!gw_parser_enter(p))
		return NULL;
	struct gw_node *node = parse_operand(p);
	while (node) {
		const struct gw_operator *operator= gw_parser_now(p)->op;
		if (!operator|| operator->binds == 0 || operator->binds<least)
			break;
		node = parse_right(p, operator, node);
	}
	if (node && least == 0)
		node = parse_choice(p, node);
	p->depth--;
	return node;
}

struct gw_node *gw_parse_expression(struct gw_parser *p)
{
	return parse_binding(p, 0);
}

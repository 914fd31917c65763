/* parse_call.c - arguments, and the calls of filters, tests, functions and macros */
#include "expr/parser.h"

#include "expr/builtin.h"

/* ---- Arguments ---- */

/* One argument of a call, or one parameter of a macro. */
static bool parse_argument(struct gw_parser *p, bool defines, struct gw_argument *arg)
{
	bool is_named = defines || gw_parser_follows(p, GW_TOKEN_PUNCTUATION, "=");
	if (is_named && !(arg->name = gw_parse_new_name(p)))
		return false;
	if (is_named && !gw_parser_skip(p, GW_TOKEN_PUNCTUATION, "="))
		return true;
	arg->value = gw_parse_expression(p);
	return arg->value != NULL;
}

bool gw_parse_arguments(struct gw_parser *p, bool defines, struct gw_argument **out)
{
	struct gw_argument **end = out;
	bool named = false;
	*out = NULL;
	if (!gw_parser_expect(p, GW_TOKEN_PUNCTUATION, "(", NULL))
		return false;
	while (!gw_parser_is(p, GW_TOKEN_PUNCTUATION, ")")) {
		if (*out && !gw_parser_expect(p, GW_TOKEN_PUNCTUATION, ",", NULL))
			return false;
		struct gw_argument *arg = gw_template_new(p->t, struct gw_argument);
		if (!parse_argument(p, defines, arg))
			return false;
		if (named && !arg->name)
			return gw_template_fail(p->t, gw_parser_now(p)->line, p->err,
				"Positional arguments must be declared before any named "
				"arguments.");
		named = arg->name != NULL;
		*end = arg;
		end = &arg->next;
	}
	return gw_parser_expect(p, GW_TOKEN_PUNCTUATION, ")", NULL);
}

/* The next name of "a!,b", without its mark; false behind the last. */
static bool next_param(const char **params, struct gw_slice *name, bool *is_required)
{
	if (!**params)
		return false;
	size_t len = strcspn(*params, ",");
	*is_required = (*params)[len - 1] == '!';
	*name = gw_slice(*params, len - *is_required);
	*params += len + ((*params)[len] == ',');
	return true;
}

/* The index of a parameter, the number of them if it is none. */
static size_t find_param(const char *params, const char *name)
{
	struct gw_slice param;
	bool required;
	size_t i = 0;
	while (next_param(&params, &param, &required) && !(name && gw_slice_is(param, name)))
		i++;
	return i;
}

struct gw_node **gw_bind_arguments(struct gw_parser *p, const char *params,
	const struct gw_argument *given, uint32_t line)
{
	size_t n = find_param(params, NULL), position = 0;
	struct gw_node **args = gw_template_alloc(p->t, (n + 1) * sizeof(*args));
	for (const struct gw_argument *arg = given; arg; arg = arg->next) {
		size_t i = arg->name ? find_param(params, arg->name) : position++;
		if (i < n)
			args[i] = arg->value;
		else if (arg->name)
			return gw_parser_fail(p, line,
				"The following named argument does not exist: %s", arg->name);
		else
			return gw_parser_fail(p, line,
				"The argument at position %zu is not allowed. "
				"Only %zu argument(s) are allowed.",
				position, n);
	}
	return args;
}

/* ---- Calls ---- */

static bool check_required(struct gw_parser *p, const struct gw_node *node, enum gw_expr_kind kind)
{
	const struct gw_builtin *what = node->call.what;
	const char *params = what->params;
	struct gw_slice param;
	bool required;
	for (size_t i = 0; next_param(&params, &param, &required); i++)
		if (required && !node->call.args[i])
			return gw_template_fail(p->t, node->line, p->err,
				"The '%s' %s expects an argument '%.*s'.", what->name,
				gw_builtin_kinds[kind], GW_SLICE(param));
	return true;
}

/* All positional arguments as one list, for min(…) and max(…). */
static struct gw_node *collect(struct gw_parser *p, const struct gw_argument *given, uint32_t line)
{
	struct gw_node *list = gw_parser_node(p, GW_NODE_LIST, line), **end = &list->child;
	for (; given; given = given->next) {
		if (given->name)
			continue;
		*end = given->value;
		end = &given->value->next;
	}
	return list;
}

static struct gw_node *make_call(struct gw_parser *p, enum gw_expr_kind kind,
	const struct gw_builtin *what, const struct gw_argument *given, uint32_t line)
{
	struct gw_node *node = gw_parser_node(p, GW_NODE_CALL, line);
	node->call.what = what;
	node->call.other = p->t->calls;
	p->t->calls = node;
	if (what->flags & GW_ASKS)
		p->t->needs |= GW_NEEDS_IO;
	if (what->flags & GW_READS_ALL)
		p->t->needs |= GW_NEEDS_ALL;
	if (!what->params)
		return node;
	if (strcmp(what->params, "*") == 0) {
		node->call.args = gw_template_new(p->t, struct gw_node *);
		node->call.args[0] = collect(p, given, line);
		node->call.n = 1;
		return node;
	}
	node->call.n = find_param(what->params, NULL);
	node->call.args = gw_bind_arguments(p, what->params, given, line);
	return node->call.args && check_required(p, node, kind) ? node : NULL;
}

/* name, or name(arguments): a filter or test. */
static struct gw_node *parse_invocation(struct gw_parser *p, enum gw_expr_kind kind,
	const char *unknown)
{
	uint32_t line = gw_parser_now(p)->line;
	struct gw_slice name;
	struct gw_argument *given = NULL;
	if (!gw_parser_expect(p, GW_TOKEN_NAME, NULL, &name))
		return NULL;
	if (gw_parser_is(p, GW_TOKEN_PUNCTUATION, "(") && !gw_parse_arguments(p, false, &given))
		return NULL;
	const struct gw_builtin *what = gw_builtin_find(kind, gw_template_text(p->t, name));
	if (!what)
		return gw_parser_fail(p, line, "%s [%.*s] does not exist.", unknown,
			GW_SLICE(name));
	return make_call(p, kind, what, given, line);
}

struct gw_node *gw_parse_filter(struct gw_parser *p, struct gw_node *input)
{
	struct gw_node *node = parse_invocation(p, GW_EXPR_FILTER, "Filter");
	if (node)
		node->call.input = input;
	return node;
}

struct gw_node *gw_parse_test(struct gw_parser *p, struct gw_node *input, bool is_negated)
{
	struct gw_node *node = parse_invocation(p, GW_EXPR_TEST, "Test");
	if (node) {
		node->call.input = input;
		node->call.is_negated = is_negated;
	}
	return node;
}

static struct gw_node *parse_block_call(struct gw_parser *p, const struct gw_argument *given,
	uint32_t line)
{
	if (!given)
		return gw_parser_fail(p, line, "The 'block' function expects the name of a block.");
	struct gw_node *node = gw_parser_node(p, GW_NODE_BLOCK_CALL, line);
	node->child = given->value;
	return node;
}

/* name(arguments) */
struct gw_node *gw_parse_function(struct gw_parser *p, struct gw_slice name, uint32_t line)
{
	struct gw_argument *given;
	if (!gw_parse_arguments(p, false, &given))
		return NULL;
	if (gw_slice_is(name, "block"))
		return parse_block_call(p, given, line);
	const char *text = gw_template_text(p->t, name);
	const struct gw_builtin *what = gw_builtin_find(GW_EXPR_FUNCTION, text);
	if (what)
		return make_call(p, GW_EXPR_FUNCTION, what, given, line);
	struct gw_node *node = gw_parser_node(p, GW_NODE_MACRO_CALL, line);
	node->macro_call = (struct gw_macro_call_node){
		.name = text, .given = given, .other = p->t->macro_calls
	};
	p->t->macro_calls = node;
	return node;
}

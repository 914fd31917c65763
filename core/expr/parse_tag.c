/* parse_tag.c - statements: text, {{ }} and the tags */
#include "expr/parser.h"

#include "base/mem.h"
#include "expr/raw.h"

/* ---- Tags: each starts behind its name ---- */

static void *fail_open(struct gw_parser *p, const char *wanted)
{
	return gw_parser_fail(p, gw_parser_now(p)->line,
		"Unexpected end of template. Pebble was looking for the \"%s\" tag", wanted);
}

static bool expect_end(struct gw_parser *p)
{
	return gw_parser_expect(p, GW_TOKEN_EXECUTE_END, NULL, NULL);
}

/* "%}", statements, and the name of the closing tag with its "%}". */
static bool parse_enclosed(struct gw_parser *p, const char *close, struct gw_node **out)
{
	if (!expect_end(p) || !gw_parse_body(p, close, out))
		return false;
	return gw_parser_skip(p, GW_TOKEN_NAME, close) || fail_open(p, close);
}

static struct gw_node *parse_branch(struct gw_parser *p, uint32_t line, bool is_else)
{
	struct gw_node *node = gw_parser_node(p, GW_NODE_IF, line);
	if (!is_else && !(node->branch.condition = gw_parse_expression(p)))
		return NULL;
	const char *stops = is_else ? "endif" : "else elseif endif";
	return expect_end(p) && gw_parse_body(p, stops, &node->branch.body) ? node : NULL;
}

static struct gw_node *parse_if(struct gw_parser *p, uint32_t line)
{
	struct gw_node *first = parse_branch(p, line, false), *last = first;
	while (last && !gw_parser_skip(p, GW_TOKEN_NAME, "endif")) {
		bool is_else = gw_parser_skip(p, GW_TOKEN_NAME, "else");
		if (!is_else && !gw_parser_skip(p, GW_TOKEN_NAME, "elseif"))
			return fail_open(p, "endif");
		last->branch.other = parse_branch(p, gw_parser_now(p)->line, is_else);
		last = last->branch.other;
	}
	return last && expect_end(p) ? first : NULL;
}

static bool parse_loop_body(struct gw_parser *p, struct gw_node *node)
{
	size_t n = p->n_bindings;
	bool ok = gw_parser_bind(p, node->loop.name, NULL) && gw_parser_bind(p, "loop", node) &&
		  gw_parse_body(p, "else endfor", &node->loop.body);
	p->n_bindings = n;
	return ok;
}

static struct gw_node *parse_for(struct gw_parser *p, uint32_t line)
{
	struct gw_node *node = gw_parser_node(p, GW_NODE_FOR, line);
	node->loop.name = gw_parse_new_name(p);
	if (!node->loop.name || !gw_parser_expect(p, GW_TOKEN_NAME, "in", NULL))
		return NULL;
	node->loop.items = gw_parse_expression(p);
	if (!node->loop.items || !expect_end(p) || !parse_loop_body(p, node))
		return NULL;
	node->loop.has_else = gw_parser_skip(p, GW_TOKEN_NAME, "else");
	if (node->loop.has_else &&
		!(expect_end(p) && gw_parse_body(p, "endfor", &node->loop.other)))
		return NULL;
	if (!gw_parser_skip(p, GW_TOKEN_NAME, "endfor"))
		return fail_open(p, "endfor");
	return expect_end(p) ? node : NULL;
}

static struct gw_node *parse_set(struct gw_parser *p, uint32_t line)
{
	struct gw_node *node = gw_parser_node(p, GW_NODE_SET, line);
	node->named.name = gw_parse_new_name(p);
	if (!node->named.name || !gw_parser_expect(p, GW_TOKEN_PUNCTUATION, "=", NULL))
		return NULL;
	node->named.value = gw_parse_expression(p);
	if (!node->named.value || !gw_parser_bind(p, node->named.name, NULL))
		return NULL;
	return expect_end(p) ? node : NULL;
}

static struct gw_node *parse_block(struct gw_parser *p, uint32_t line)
{
	struct gw_slice name = gw_parser_now(p)->text;
	if (!gw_parser_skip(p, GW_TOKEN_STRING, NULL) &&
		!gw_parser_expect(p, GW_TOKEN_NAME, NULL, NULL))
		return NULL;
	struct gw_node *node = gw_parser_node(p, GW_NODE_BLOCK, line);
	node->named.name = gw_template_text(p->t, name);
	if (!parse_enclosed(p, "endblock", &node->named.value))
		return NULL;
	if (!gw_parser_skip(p, GW_TOKEN_NAME, node->named.name))
		gw_parser_skip(p, GW_TOKEN_STRING, node->named.name);
	node->named.other = p->t->blocks;
	p->t->blocks = node;
	return gw_parser_count(p, &p->n_blocks) && expect_end(p) ? node : NULL;
}

static struct gw_node *parse_filter_tag(struct gw_parser *p, uint32_t line)
{
	struct gw_node *text = gw_parser_node(p, GW_NODE_CAPTURE, line), *value = text;
	do
		value = gw_parse_filter(p, value);
	while (value && gw_parser_skip(p, GW_TOKEN_OPERATOR, "|"));
	if (!value || !parse_enclosed(p, "endfilter", &text->child))
		return NULL;
	struct gw_node *node = gw_parser_node(p, GW_NODE_PRINT, line);
	node->child = value;
	return expect_end(p) ? node : NULL;
}

/* "(a, b=1)" as "a,b" and the defaults. */
static bool parse_params(struct gw_parser *p, struct gw_macro *macro)
{
	struct gw_argument *given;
	gw_auto_str params = { 0 };
	if (!gw_parse_arguments(p, true, &given))
		return false;
	for (struct gw_argument *arg = given; arg; arg = arg->next) {
		if (!gw_parser_count(p, &macro->n))
			return false;
		gw_str_printf(&params, "%s%s", params.len ? "," : "", arg->name);
	}
	macro->params = gw_template_text(p->t, gw_str_slice(&params));
	macro->names = gw_template_alloc(p->t, macro->n * sizeof(*macro->names));
	const struct gw_argument *arg = given;
	for (size_t i = 0; i < macro->n; i++, arg = arg->next)
		macro->names[i] = arg->name;
	macro->defaults = gw_bind_arguments(p, macro->params, given, 0);
	return macro->defaults != NULL;
}

static bool add_macro(struct gw_parser *p, struct gw_macro *macro, uint32_t line)
{
	for (const struct gw_macro *m = p->t->macros; m; m = m->next)
		if (strcmp(m->name, macro->name) == 0)
			return gw_template_fail(p->t, line, p->err,
				"More than one macro can not share the same name: %s", m->name);
	macro->next = p->t->macros;
	p->t->macros = macro;
	return gw_parser_count(p, &p->n_macros);
}

/* Leaves no statement behind: an empty text. */
static struct gw_node *parse_macro(struct gw_parser *p, uint32_t line)
{
	struct gw_macro *macro = gw_template_new(p->t, struct gw_macro);
	struct gw_slice name;
	if (!gw_parser_expect(p, GW_TOKEN_NAME, NULL, &name))
		return NULL;
	macro->name = gw_template_text(p->t, name);
	bool outer = p->in_macro;
	p->in_macro = true;
	if (!parse_params(p, macro) || !parse_enclosed(p, "endmacro", &macro->body))
		return NULL;
	p->in_macro = outer;
	if (!expect_end(p) || !add_macro(p, macro, line))
		return NULL;
	return gw_parser_node(p, GW_NODE_TEXT, line);
}

static const struct tag {
	const char *name;
	struct gw_node *(*parse)(struct gw_parser *p, uint32_t line);
} tags[] = {
	{ "block", parse_block },
	{ "filter", parse_filter_tag },
	{ "for", parse_for },
	{ "if", parse_if },
	{ "macro", parse_macro },
	{ "set", parse_set },
};

/* ---- Statements ---- */

static struct gw_node *parse_tag(struct gw_parser *p)
{
	const struct gw_token *name = gw_parser_now(p);
	for (size_t i = 0; i < GW_LEN(tags); i++)
		if (gw_parser_skip(p, GW_TOKEN_NAME, tags[i].name))
			return tags[i].parse(p, name->line);
	return gw_parser_fail(p, name->line, "Unexpected tag name \"%.*s\"", GW_SLICE(name->text));
}

static struct gw_node *parse_print(struct gw_parser *p)
{
	struct gw_node *node = gw_parser_node(p, GW_NODE_PRINT, gw_parser_now(p)->line);
	node->child = gw_parse_expression(p);
	return node->child && gw_parser_expect(p, GW_TOKEN_PRINT_END, NULL, NULL) ? node : NULL;
}

static struct gw_node *make_text(struct gw_parser *p, const struct gw_token *token)
{
	bool is_raw = token->type == GW_TOKEN_RAW;
	struct gw_node *node = gw_parser_node(p, is_raw ? GW_NODE_RAW : GW_NODE_TEXT, token->line);
	struct gw_slice text = token->text;
	node->text = (struct gw_text_node){ text, text };
	if (is_raw) {
		size_t tag = gw_raw_tag(text, "raw"), begin, len;
		struct gw_slice inner = gw_slice(text.data + tag, text.len - tag);
		if (gw_raw_end(inner, &begin, &len))
			node->text.inner = gw_slice(inner.data, begin);
	}
	return node;
}

/* Whether a name is among "else endif". */
static bool is_stop(const char *stops, struct gw_slice name)
{
	for (; stops && *stops; stops += strcspn(stops, " "), stops += *stops == ' ')
		if (gw_slice_equal(gw_slice(stops, strcspn(stops, " ")), name))
			return true;
	return false;
}

/* The next statement; *stopped: a tag of stops stands there instead. */
static struct gw_node *parse_statement(struct gw_parser *p, const char *stops, bool *stopped)
{
	const struct gw_token *now = gw_parser_now(p);
	if (gw_parser_skip(p, GW_TOKEN_TEXT, NULL) || gw_parser_skip(p, GW_TOKEN_RAW, NULL))
		return make_text(p, now);
	if (gw_parser_skip(p, GW_TOKEN_PRINT_START, NULL))
		return parse_print(p);
	if (!gw_parser_expect(p, GW_TOKEN_EXECUTE_START, NULL, NULL))
		return NULL;
	now = gw_parser_now(p);
	if (now->type != GW_TOKEN_NAME)
		return gw_parser_fail(p, now->line, "A block must start with a tag name.");
	*stopped = is_stop(stops, now->text);
	return *stopped ? NULL : parse_tag(p);
}

bool gw_parse_body(struct gw_parser *p, const char *stops, struct gw_node **out)
{
	size_t n_bindings = p->n_bindings;
	bool stopped = false;
	*out = NULL;
	if (!gw_parser_enter(p))
		return false;
	while (!gw_parser_is(p, GW_TOKEN_EOF, NULL)) {
		struct gw_node *node = parse_statement(p, stops, &stopped);
		if (stopped)
			break;
		if (!node)
			return false;
		*out = node;
		out = &node->next;
	}
	p->n_bindings = n_bindings;
	p->depth--;
	return true;
}

/* ---- The whole template ---- */

/* Macros may be called before they are defined: their calls are bound at the end. */
static bool resolve_macros(struct gw_parser *p)
{
	for (struct gw_node *call = p->t->macro_calls; call; call = call->macro_call.other) {
		const struct gw_macro *m = p->t->macros;
		while (m && strcmp(m->name, call->macro_call.name) != 0)
			m = m->next;
		if (!m)
			return gw_template_fail(p->t, call->line, p->err,
				"Function or Macro [%s] does not exist.", call->macro_call.name);
		call->macro_call.macro = m;
		call->macro_call.args =
			gw_bind_arguments(p, m->params, call->macro_call.given, call->line);
		if (!call->macro_call.args)
			return false;
	}
	return true;
}

static bool is_silent(const struct gw_node *node)
{
	return node->kind == GW_NODE_SET || (node->kind == GW_NODE_TEXT && !node->text.text.len);
}

/* The one thing printed, if the template prints nothing else. */
static struct gw_node *find_single(struct gw_node *node)
{
	struct gw_node *single = NULL;
	for (; node; node = node->next) {
		if (is_silent(node))
			continue;
		if (single || node->kind != GW_NODE_PRINT)
			return NULL;
		single = node;
	}
	return single;
}

bool gw_parse(struct gw_template *t, struct gw_error *err)
{
	struct gw_parser p = { .t = t, .err = err };
	bool ok = gw_lex(t, &p.tokens, err) && gw_parse_body(&p, NULL, &t->body) &&
		  resolve_macros(&p);
	if (ok)
		t->single = find_single(t->body);
	free(p.tokens.items);
	free(p.bindings);
	return ok;
}

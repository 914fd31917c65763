/* lexer.c - cutting a template into tokens */
#include "expr/lexer.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "expr/limits.h"
#include "expr/raw.h"
#include "expr/template.h"

#include <ctype.h>

const struct gw_operator gw_operators[] = {
	{ "contains", GW_OP_CONTAINS, 20 },
	{ "equals", GW_OP_EQUALS, 30 },
	{ "is not", GW_OP_IS_NOT, 20 },
	{ "isIn", GW_OP_IS_IN, 30 },
	{ "???", GW_OP_IF_UNDEFINED, 120 },
	{ "and", GW_OP_AND, 15 },
	{ "not", GW_OP_NOT, 0 },
	{ "!=", GW_OP_DIFFERS, 30 },
	{ "..", GW_OP_RANGE, 120 },
	{ "<=", GW_OP_AT_MOST, 30 },
	{ "==", GW_OP_EQUALS, 30 },
	{ ">=", GW_OP_AT_LEAST, 30 },
	{ "??", GW_OP_IF_NULL, 120 },
	{ "is", GW_OP_IS, 20 },
	{ "or", GW_OP_OR, 10 },
	{ "%", GW_OP_MODULO, 60 },
	{ "*", GW_OP_MULTIPLY, 60 },
	{ "+", GW_OP_ADD, 40 },
	{ "-", GW_OP_SUBTRACT, 40 },
	{ "/", GW_OP_DIVIDE, 60 },
	{ "<", GW_OP_LESS, 30 },
	{ ">", GW_OP_GREATER, 30 },
	{ "|", GW_OP_FILTER, 100 },
	{ "~", GW_OP_CONCAT, 110 },
	{ NULL, 0, 0 },
};

static const char *const token_names[] = {
	[GW_TOKEN_EOF] = "EOF",
	[GW_TOKEN_TEXT] = "TEXT",
	[GW_TOKEN_RAW] = "TEXT",
	[GW_TOKEN_PRINT_START] = "PRINT_START",
	[GW_TOKEN_PRINT_END] = "PRINT_END",
	[GW_TOKEN_EXECUTE_START] = "EXECUTE_START",
	[GW_TOKEN_EXECUTE_END] = "EXECUTE_END",
	[GW_TOKEN_NAME] = "NAME",
	[GW_TOKEN_NUMBER] = "NUMBER",
	[GW_TOKEN_LONG] = "LONG",
	[GW_TOKEN_STRING] = "STRING",
	[GW_TOKEN_OPERATOR] = "OPERATOR",
	[GW_TOKEN_PUNCTUATION] = "PUNCTUATION",
	[GW_TOKEN_INSERT_START] = "STRING_INTERPOLATION_START",
	[GW_TOKEN_INSERT_END] = "STRING_INTERPOLATION_END",
};

struct lexer {
	struct gw_template *t;
	struct gw_slice source;
	struct gw_tokens *out;
	struct gw_error *err;
	size_t pos;
	uint32_t line;
	size_t n_brackets;
	char brackets[GW_EXPR_NESTING_MAX]; /* ( [ { and, inside a text with #{…}, " and # */
	bool trims_next; /* white space at the start of the next text goes */
	bool has_no_endraw; /* a search for it failed */
};

const char *gw_token_name(enum gw_token_type type)
{
	return token_names[type];
}

/* ---- The source ---- */

static struct gw_slice rest(const struct lexer *lx)
{
	return gw_slice(lx->source.data + lx->pos, lx->source.len - lx->pos);
}

static bool is_at(const struct lexer *lx, size_t offset, const char *text)
{
	struct gw_slice r = rest(lx);
	if (offset > r.len)
		return false;
	return gw_slice_starts(gw_slice(r.data + offset, r.len - offset), gw_slice_of(text));
}

static char peek(const struct lexer *lx, size_t offset)
{
	return offset < lx->source.len - lx->pos ? lx->source.data[lx->pos + offset] : '\0';
}

static void advance(struct lexer *lx, size_t n)
{
	for (size_t end = lx->pos + n; lx->pos < end; lx->pos++) {
		char c = lx->source.data[lx->pos];
		lx->line += c == '\n' || (c == '\r' && peek(lx, 1) != '\n');
	}
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_space(struct lexer *lx)
{
	size_t n = 0;
	while (is_space(peek(lx, n)))
		n++;
	advance(lx, n);
}

/* ---- Tokens ---- */

static bool push(struct lexer *lx, enum gw_token_type type, struct gw_slice text)
{
	struct gw_tokens *out = lx->out;
	out->items = gw_grow(out->items, out->n, &out->cap);
	out->items[out->n++] = (struct gw_token){ .type = type, .line = lx->line, .text = text };
	return true;
}

/* Pushes the next n bytes and moves behind them. */
static bool take(struct lexer *lx, enum gw_token_type type, size_t n)
{
	push(lx, type, gw_slice(lx->source.data + lx->pos, n));
	advance(lx, n);
	return true;
}

/* what, and in it what stands in the way. */
static bool fail(struct lexer *lx, const char *what, struct gw_slice which, const char *end)
{
	return gw_template_fail(lx->t, lx->line, lx->err, "%s%.*s%s", what, GW_SLICE(which), end);
}

static bool open_bracket(struct lexer *lx, char c)
{
	if (lx->n_brackets == GW_EXPR_NESTING_MAX)
		return gw_template_fail(lx->t, lx->line, lx->err, "Nested deeper than %d levels",
			GW_EXPR_NESTING_MAX);
	lx->brackets[lx->n_brackets++] = c;
	return true;
}

static bool is_inside(const struct lexer *lx, char bracket)
{
	return lx->n_brackets && lx->brackets[lx->n_brackets - 1] == bracket;
}

static bool close_bracket(struct lexer *lx, char c)
{
	if (lx->n_brackets == 0)
		return fail(lx, "Unexpected \"", gw_slice(&c, 1), "\"");
	char open = lx->brackets[--lx->n_brackets];
	char expected = open == '(' ? ')' : open == '[' ? ']' : '}';
	return c == expected || fail(lx, "Unclosed \"", gw_slice(&expected, 1), "\"");
}

/* ---- Texts in quotes ---- */

/* \\ and the escaped quote are the only escapes. */
static struct gw_slice unescape(struct lexer *lx, struct gw_slice text, char quote)
{
	if (!memchr(text.data, '\\', text.len))
		return text;
	char *copy = gw_template_text(lx->t, text);
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++) {
		char next = i + 1 < text.len ? text.data[i + 1] : '\0';
		if (text.data[i] == '\\' && (next == '\\' || next == quote))
			i++;
		copy[n++] = text.data[i];
	}
	copy[n] = '\0';
	return gw_slice(copy, n);
}

/* The bytes up to the closing quote or a "#{"; false if neither comes. */
static bool measure_text(const struct lexer *lx, size_t start, char quote, size_t *len)
{
	for (size_t i = start; i < lx->source.len - lx->pos; i++) {
		char c = peek(lx, i);
		*len = i - start;
		if (c == quote || (quote == '"' && c == '#' && peek(lx, i + 1) == '{'))
			return true;
		i += c == '\\';
	}
	return false;
}

/* A piece of "a #{b} c" after its opening quote. */
static bool lex_text_piece(struct lexer *lx)
{
	size_t len;
	if (!measure_text(lx, 0, '"', &len)) {
		lx->pos = lx->source.len;
		return true;
	}
	struct gw_slice piece = gw_slice(rest(lx).data, len);
	if (len)
		push(lx, GW_TOKEN_STRING, unescape(lx, piece, '"'));
	advance(lx, len);
	if (peek(lx, 0) == '"') {
		lx->n_brackets--;
		advance(lx, 1);
		return true;
	}
	return open_bracket(lx, '#') && take(lx, GW_TOKEN_INSERT_START, 2);
}

static bool lex_quoted(struct lexer *lx, char quote)
{
	size_t len;
	if (!measure_text(lx, 1, quote, &len))
		return fail(lx, "Unclosed \"", gw_slice(&quote, 1), "\"");
	if (peek(lx, 1 + len) != quote) {
		advance(lx, 1);
		return open_bracket(lx, '"');
	}
	struct gw_slice text = gw_slice(rest(lx).data + 1, len);
	push(lx, GW_TOKEN_STRING, unescape(lx, text, quote));
	advance(lx, len + 2);
	return true;
}

/* ---- Between the delimiters ---- */

/* Of what is not ASCII everything counts as a letter that is no mark or space. */
static bool is_letter(uint32_t c)
{
	if (c < 0x80)
		return isalpha((int)c) || c == '_';
	if (c < 0xc0)
		return c == 0xaa || c == 0xb5 || c == 0xba;
	return c != 0xd7 && c != 0xf7 && !(c >= 0x2000 && c < 0x2070) &&
	       !(c >= 0x3000 && c < 0x3004) && c < 0xfe00;
}

static size_t measure_name(const struct lexer *lx)
{
	struct gw_slice r = rest(lx);
	size_t len = 0;
	for (size_t next = 0; next < r.len; len = next) {
		uint32_t c = gw_utf8_next(r, &next);
		if (!is_letter(c) && !(len && c < 0x80 && isdigit((int)c)))
			break;
	}
	return len;
}

static const struct gw_operator *find_operator(const struct lexer *lx)
{
	for (const struct gw_operator *op = gw_operators; op->text; op++) {
		size_t len = strlen(op->text);
		if (!is_at(lx, 0, op->text))
			continue;
		char next = peek(lx, len);
		if (!isalpha((unsigned char)op->text[0]) ||
			!(isalnum((unsigned char)next) || next == '_'))
			return op;
	}
	return NULL;
}

static bool lex_number(struct lexer *lx)
{
	size_t n = 0;
	while (isdigit((unsigned char)peek(lx, n)))
		n++;
	if (peek(lx, n) == 'L') {
		take(lx, GW_TOKEN_LONG, n);
		advance(lx, 1);
		return true;
	}
	if (peek(lx, n) == '.' && isdigit((unsigned char)peek(lx, n + 1)))
		for (n++; isdigit((unsigned char)peek(lx, n));)
			n++;
	return take(lx, GW_TOKEN_NUMBER, n);
}

static bool lex_punctuation(struct lexer *lx, char c)
{
	if (strchr("([{", c) && !open_bracket(lx, c))
		return false;
	if (strchr(")]}", c) && !close_bracket(lx, c))
		return false;
	return take(lx, GW_TOKEN_PUNCTUATION, 1);
}

static bool is_after_dot(const struct lexer *lx)
{
	const struct gw_token *last = &lx->out->items[lx->out->n - 1];
	return last->type == GW_TOKEN_PUNCTUATION && gw_slice_is(last->text, ".");
}

static bool lex_token(struct lexer *lx)
{
	const struct gw_operator *op = find_operator(lx);
	size_t name = measure_name(lx);
	if (op && !(name && is_after_dot(lx))) {
		take(lx, GW_TOKEN_OPERATOR, strlen(op->text));
		lx->out->items[lx->out->n - 1].op = op;
		return true;
	}
	char c = peek(lx, 0);
	if (name)
		return take(lx, GW_TOKEN_NAME, name);
	if (isdigit((unsigned char)c))
		return lex_number(lx);
	if (c && strchr("()[]{}?:.,|=", c))
		return lex_punctuation(lx, c);
	if (c == '\'' || c == '"')
		return lex_quoted(lx, c);
	size_t end = 0;
	gw_utf8_next(rest(lx), &end);
	return fail(lx, "Unexpected character [", gw_slice(rest(lx).data, end), "]");
}

/* "}}", "-}}", "%}" or "-%}" outside of brackets. */
static bool lex_close(struct lexer *lx, const char *close)
{
	size_t dash = peek(lx, 0) == '-';
	if (lx->n_brackets || !is_at(lx, dash, close))
		return false;
	lx->trims_next = dash;
	advance(lx, dash);
	return take(lx, *close == '}' ? GW_TOKEN_PRINT_END : GW_TOKEN_EXECUTE_END, 2);
}

/* The inside of {{ … }} or {% … %}. */
static bool lex_code(struct lexer *lx, const char *close)
{
	while (lx->pos < lx->source.len) {
		bool ok = true;
		if (is_inside(lx, '"')) {
			ok = lex_text_piece(lx);
		} else {
			skip_space(lx);
			if (lx->pos == lx->source.len || lex_close(lx, close))
				return true;
			if (is_inside(lx, '#') && peek(lx, 0) == '}') {
				lx->n_brackets--;
				ok = take(lx, GW_TOKEN_INSERT_END, 1);
			} else {
				ok = lex_token(lx);
			}
		}
		if (!ok)
			return false;
	}
	return true;
}

/* ---- Outside of them ---- */

static struct gw_slice trim_left(struct gw_slice text)
{
	while (text.len && is_space(text.data[0]))
		text = gw_slice(text.data + 1, text.len - 1);
	return text;
}

static struct gw_slice trim_right(struct gw_slice text)
{
	while (text.len && is_space(text.data[text.len - 1]))
		text.len--;
	return text;
}

static void push_text(struct lexer *lx, struct gw_slice text, bool trims_end)
{
	if (lx->trims_next)
		text = trim_left(text);
	lx->trims_next = false;
	if (trims_end)
		text = trim_right(text);
	if (text.len)
		push(lx, GW_TOKEN_TEXT, text);
}

static bool lex_comment(struct lexer *lx)
{
	struct gw_slice r = rest(lx);
	const char *end = memmem(r.data, r.len, "#}", 2);
	if (!end)
		return gw_template_fail(lx->t, lx->line, lx->err, "Unclosed comment.");
	size_t len = (size_t)(end - r.data);
	lx->trims_next = len >= 2 && end[-1] == '-' && is_space(end[-2]);
	advance(lx, len + 2);
	return true;
}

/* {% endverbatim %} at the start of text: its length, 0 if it does not stand there. */
static size_t match_verbatim_end(struct gw_slice text, bool *trims_text, bool *trims_next)
{
	static const char word[] = "endverbatim";
	size_t i = 2;
	*trims_text = i < text.len && text.data[i] == '-';
	i += *trims_text;
	while (i < text.len && is_space(text.data[i]))
		i++;
	if (text.len - i < sizeof(word) - 1 || memcmp(text.data + i, word, sizeof(word) - 1) != 0)
		return 0;
	for (i += sizeof(word) - 1; i < text.len && is_space(text.data[i]);)
		i++;
	*trims_next = i < text.len && text.data[i] == '-';
	i += *trims_next;
	return text.len - i >= 2 && memcmp(text.data + i, "%}", 2) == 0 ? i + 2 : 0;
}

/* The length of "verbatim %}" behind a "{%", 0 if it does not stand there. */
static size_t match_verbatim(const struct lexer *lx)
{
	size_t i = 0;
	while (is_space(peek(lx, i)))
		i++;
	if (!is_at(lx, i, "verbatim"))
		return 0;
	for (i += strlen("verbatim"); is_space(peek(lx, i));)
		i++;
	i += peek(lx, i) == '-';
	return is_at(lx, i, "%}") ? i + 2 : 0;
}

static bool lex_verbatim(struct lexer *lx, size_t tag)
{
	advance(lx, tag);
	struct gw_slice r = rest(lx);
	for (size_t i = 0; i + 2 <= r.len; i++) {
		bool trims_text, trims_next;
		if (r.data[i] != '{' || r.data[i + 1] != '%')
			continue;
		size_t len = match_verbatim_end(gw_slice(r.data + i, r.len - i), &trims_text,
			&trims_next);
		if (!len)
			continue;
		lx->trims_next = true;
		push_text(lx, gw_slice(r.data, i), trims_text);
		lx->trims_next = trims_next;
		advance(lx, i + len);
		return true;
	}
	return gw_template_fail(lx->t, lx->line, lx->err, "Unclosed verbatim tag.");
}

/* A whole raw section at the position, as one token; false if none stands there. */
static bool lex_raw(struct lexer *lx)
{
	struct gw_slice r = rest(lx);
	size_t tag = gw_raw_tag(r, "raw"), begin, len;
	if (!tag || lx->has_no_endraw)
		return false;
	lx->has_no_endraw = !gw_raw_end(gw_slice(r.data + tag, r.len - tag), &begin, &len);
	return !lx->has_no_endraw && take(lx, GW_TOKEN_RAW, tag + begin + len);
}

/* Text up to the next delimiter; its length. */
static size_t measure_data(const struct lexer *lx)
{
	struct gw_slice r = rest(lx);
	for (size_t i = 0; i + 1 < r.len; i++) {
		const char *brace = memchr(r.data + i, '{', r.len - i - 1);
		if (!brace)
			break;
		i = (size_t)(brace - r.data);
		if (strchr("{%#", brace[1]) && brace[1])
			return i;
	}
	return r.len;
}

static bool lex_tag(struct lexer *lx)
{
	size_t verbatim = match_verbatim(lx);
	if (verbatim)
		return lex_verbatim(lx, verbatim);
	return push(lx, GW_TOKEN_EXECUTE_START, gw_slice("{%", 2)) && lex_code(lx, "%}");
}

/* Text, and the delimited piece behind it. */
static bool lex_data(struct lexer *lx)
{
	size_t len = measure_data(lx);
	struct gw_slice text = gw_slice(rest(lx).data, len);
	char kind = peek(lx, len + 1);
	bool trims = kind && peek(lx, len + 2) == '-' && is_space(peek(lx, len + 3));
	bool is_raw =
		kind == '%' && gw_raw_tag(gw_slice(text.data + len, rest(lx).len - len), "raw");
	push_text(lx, text, trims && !is_raw);
	advance(lx, len);
	if (lx->pos == lx->source.len || (is_raw && lex_raw(lx)))
		return true;
	advance(lx, 2 + trims);
	if (trims)
		skip_space(lx);
	if (kind == '#')
		return lex_comment(lx);
	if (kind == '%')
		return lex_tag(lx);
	return push(lx, GW_TOKEN_PRINT_START, gw_slice("{{", 2)) && lex_code(lx, "}}");
}

bool gw_lex(struct gw_template *t, struct gw_tokens *out, struct gw_error *err)
{
	struct lexer lx = { .t = t, .source = t->source, .out = out, .err = err, .line = 1 };
	while (lx.pos < lx.source.len)
		if (!lex_data(&lx))
			return false;
	push(&lx, GW_TOKEN_EOF, gw_slice(NULL, 0));
	if (lx.n_brackets == 0)
		return true;
	const char *open = &lx.brackets[lx.n_brackets - 1];
	return fail(&lx, "Unclosed \"", gw_slice(open, 1), *open == '#' ? "{\"" : "\"");
}

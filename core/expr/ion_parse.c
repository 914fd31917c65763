/* ion_parse.c - reading Ion text */
#include "expr/ion.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <ctype.h>
#include <errno.h>

struct reader {
	struct gw_slice text;
	size_t pos;
	int depth;
	struct gw_error *err;
};

static json_t *fail(struct reader *r, const char *what)
{
	gw_fail(r->err, GW_INVALID, "%s at position %zu", what, r->pos);
	return NULL;
}

static char peek(const struct reader *r, size_t offset)
{
	return r->pos + offset < r->text.len ? r->text.data[r->pos + offset] : '\0';
}

static bool is_at(const struct reader *r, const char *text)
{
	return gw_slice_starts(gw_slice(r->text.data + r->pos, r->text.len - r->pos),
		gw_slice_of(text));
}

static bool skip(struct reader *r, const char *text)
{
	bool is = is_at(r, text);
	r->pos += is ? strlen(text) : 0;
	return is;
}

/* Moves behind the next occurrence of text, or to the end. */
static void skip_past(struct reader *r, const char *text)
{
	const char *start = r->text.data + r->pos;
	const char *at = memmem(start, r->text.len - r->pos, text, strlen(text));
	r->pos = at ? (size_t)(at - r->text.data) + strlen(text) : r->text.len;
}

static void skip_space(struct reader *r)
{
	for (;;) {
		if (peek(r, 0) && isspace((unsigned char)peek(r, 0)))
			r->pos++;
		else if (is_at(r, "//"))
			skip_past(r, "\n");
		else if (is_at(r, "/*"))
			skip_past(r, "*/");
		else
			return;
	}
}

/* ---- Texts ---- */

static int64_t read_hex(struct reader *r, int digits)
{
	int64_t value = 0;
	for (int i = 0; i < digits; i++, r->pos++) {
		char c = peek(r, 0);
		if (!isxdigit((unsigned char)c))
			return -1;
		value = value * 16 + (isdigit((unsigned char)c) ? c - '0' : (c | 32) - 'a' + 10);
	}
	return value;
}

/* What stands behind a backslash. */
static bool read_escape(struct reader *r, struct gw_str *out)
{
	static const char names[] = "abtnvfr", values[] = "\a\b\t\n\v\f\r";
	if (r->pos == r->text.len)
		return fail(r, "a text does not end");
	char c = r->text.data[r->pos++];
	const char *at = c ? strchr(names, c) : NULL;
	int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	if (at) {
		gw_str_putc(out, values[at - names]);
	} else if (digits) {
		int64_t code = read_hex(r, digits);
		if (code <= 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
			return fail(r, "a character that is not supported stands");
		gw_utf8_put(out, (uint32_t)code);
	} else if (c == '\r' || c == '\n') {
		skip(r, "\n");
	} else if (c != '0') {
		gw_str_putc(out, c);
	}
	return true;
}

/* Up to the closing quotes. */
static bool read_quoted(struct reader *r, const char *close, struct gw_str *out)
{
	while (r->pos < r->text.len) {
		if (skip(r, close))
			return true;
		if (!skip(r, "\\"))
			gw_str_putc(out, r->text.data[r->pos++]);
		else if (!read_escape(r, out))
			return false;
	}
	return fail(r, "a text does not end");
}

/* A '''…''' and those that follow it. */
static bool read_long_text(struct reader *r, struct gw_str *out)
{
	while (skip(r, "'''")) {
		if (!read_quoted(r, "'''", out))
			return false;
		skip_space(r);
	}
	return true;
}

static json_t *make_text(const struct gw_str *text)
{
	struct gw_slice s = gw_str_slice(text);
	return json_stringn(s.data, s.len);
}

static json_t *read_text(struct reader *r)
{
	gw_auto_str out = { 0 };
	bool ok = is_at(r, "'''") ? read_long_text(r, &out)
				  : skip(r, "\"") && read_quoted(r, "\"", &out);
	if (!ok)
		return NULL;
	json_t *text = make_text(&out);
	return text ? text : fail(r, "a text is no valid UTF-8");
}

/* {{ "text" }} or {{ base64 }} */
static json_t *read_lob(struct reader *r)
{
	gw_auto_str bytes = { 0 }, out = { 0 };
	skip_space(r);
	if (is_at(r, "\"") || is_at(r, "'''")) {
		json_auto_t *text = read_text(r);
		if (!text)
			return NULL;
		skip_space(r);
		return skip(r, "}}") ? gw_steal(&text) : fail(r, "}} is missing");
	}
	size_t start = r->pos;
	skip_past(r, "}}");
	size_t end = r->pos - start > 2 ? r->pos - 2 : start;
	if (!gw_base64_decode(&bytes, gw_slice(r->text.data + start, end - start)))
		return fail(r, "a blob is no base64");
	gw_utf8_clean(&out, gw_str_text(&bytes), bytes.len);
	return make_text(&out);
}

/* ---- Numbers, timestamps, words ---- */

static bool is_number_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("+-._:", c));
}

static bool is_timestamp(struct gw_slice text)
{
	return text.len >= 5 && isdigit((unsigned char)text.data[0]) &&
	       isdigit((unsigned char)text.data[3]) && (text.data[4] == '-' || text.data[4] == 'T');
}

static json_t *parse_integer(const char *text)
{
	const char *digits = text + (*text == '-');
	int base = strncasecmp(digits, "0x", 2) == 0   ? 16
		   : strncasecmp(digits, "0b", 2) == 0 ? 2
						       : 10;
	char *end;
	errno = 0;
	digits += base == 10 ? 0 : 2;
	if (!isxdigit((unsigned char)*digits))
		return NULL;
	long long value = strtoll(digits, &end, base);
	if (errno || *end)
		return NULL;
	return json_integer(*text == '-' ? -value : value);
}

/* 12, 1_000, 0xff, 1.5, 1.5e3, 1.5d3 */
static json_t *parse_number(struct gw_slice raw)
{
	gw_auto_str text = { 0 };
	for (size_t i = 0; i < raw.len; i++)
		if (raw.data[i] != '_')
			gw_str_putc(&text, raw.data[i]);
	const char *s = gw_str_text(&text);
	bool is_integer = strspn(s, "-0123456789") == text.len || strpbrk(s, "xXbB");
	if (is_integer)
		return parse_integer(s);
	if (strspn(s, "-+0123456789.eEdD") != text.len)
		return NULL;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == 'd' || text.data[i] == 'D')
			text.data[i] = 'e';
	char *end;
	double value = strtod(s, &end);
	return *end ? NULL : json_real(value);
}

static json_t *read_number(struct reader *r)
{
	size_t n = 0;
	while (is_number_char(peek(r, n)))
		n++;
	struct gw_slice raw = gw_slice(r->text.data + r->pos, n);
	json_t *value = is_timestamp(raw) ? json_stringn(raw.data, raw.len) : parse_number(raw);
	if (!value)
		return fail(r, "a number that is not supported stands");
	r->pos += n;
	return value;
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* A symbol: a word, or anything in single quotes. */
static bool read_symbol(struct reader *r, struct gw_str *out)
{
	if (skip(r, "'"))
		return read_quoted(r, "'", out);
	while (is_word_char(peek(r, 0)))
		gw_str_putc(out, r->text.data[r->pos++]);
	return out->len > 0 || fail(r, "a value or name is missing");
}

/* null, null.int, true, false; else the symbol itself. */
static json_t *make_word(struct reader *r, const struct gw_str *word)
{
	struct gw_slice w = gw_str_slice(word);
	if (gw_slice_is(w, "true") || gw_slice_is(w, "false"))
		return json_boolean(w.data[0] == 't');
	if (gw_slice_is(w, "null")) {
		for (bool typed = skip(r, "."); typed && is_word_char(peek(r, 0));)
			r->pos++;
		return json_null();
	}
	json_t *text = make_text(word);
	return text ? text : fail(r, "a symbol is no valid UTF-8");
}

/* ---- Values ---- */

static json_t *read_value(struct reader *r);

static json_t *read_list(struct reader *r, const char *close)
{
	json_auto_t *list = json_array();
	for (;;) {
		skip_space(r);
		if (skip(r, close))
			return gw_steal(&list);
		if (json_array_append_new(list, read_value(r)) < 0)
			return NULL;
		skip_space(r);
		if (!skip(r, ",") && *close == ']' && !is_at(r, close))
			return fail(r, "a comma is missing");
	}
}

static bool read_name(struct reader *r, struct gw_str *out)
{
	if (is_at(r, "'''"))
		return read_long_text(r, out);
	return skip(r, "\"") ? read_quoted(r, "\"", out) : read_symbol(r, out);
}

static json_t *read_struct(struct reader *r)
{
	json_auto_t *object = json_object();
	for (;;) {
		gw_auto_str name = { 0 };
		skip_space(r);
		if (skip(r, "}"))
			return gw_steal(&object);
		if (!read_name(r, &name))
			return NULL;
		skip_space(r);
		if (!skip(r, ":"))
			return fail(r, "a colon is missing");
		json_auto_t *value = read_value(r);
		if (!value)
			return NULL;
		if (json_object_set(object, gw_str_text(&name), value) < 0)
			return fail(r, "a name is no valid UTF-8");
		skip_space(r);
		if (!skip(r, ",") && !is_at(r, "}"))
			return fail(r, "a comma is missing");
	}
}

/* A symbol; if it is an annotation ("a::"), the value behind it. */
static json_t *read_word(struct reader *r)
{
	gw_auto_str word = { 0 };
	bool quoted = peek(r, 0) == '\'';
	if (!read_symbol(r, &word))
		return NULL;
	json_auto_t *value = quoted ? make_text(&word) : make_word(r, &word);
	skip_space(r);
	if (skip(r, "::"))
		return read_value(r);
	return gw_steal(&value);
}

static json_t *read_inner(struct reader *r)
{
	char c = peek(r, 0);
	if (skip(r, "{{"))
		return read_lob(r);
	if (skip(r, "{"))
		return read_struct(r);
	if (skip(r, "["))
		return read_list(r, "]");
	if (skip(r, "("))
		return read_list(r, ")");
	if (c == '"' || is_at(r, "'''"))
		return read_text(r);
	if (isdigit((unsigned char)c) || (c == '-' && isdigit((unsigned char)peek(r, 1))))
		return read_number(r);
	return read_word(r);
}

static json_t *read_value(struct reader *r)
{
	skip_space(r);
	if (++r->depth > GW_JSON_DEPTH)
		return fail(r, "nested too deeply");
	json_t *value = read_inner(r);
	r->depth--;
	return value;
}

bool gw_ion_has_more(struct gw_slice text, size_t *pos)
{
	struct reader r = { .text = text, .pos = *pos };
	skip_space(&r);
	*pos = r.pos;
	return r.pos < text.len;
}

json_t *gw_ion_parse(struct gw_slice text, size_t *pos, struct gw_error *err)
{
	struct reader r = { .text = text, .pos = *pos, .err = err };
	json_t *value = read_value(&r);
	*pos = r.pos;
	return value;
}

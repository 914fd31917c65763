/* filters_text.c - filters that rewrite a text */
#include "expr/builtin.h"

#include "base/base64.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/value.h"

#include <ctype.h>

/* ---- Upper and lower case ---- */

static bool is_space(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f) ||
	       (c >= 0x2000 && c <= 0x200a && c != 0x2007) || c == 0x1680 || c == 0x2028 ||
	       c == 0x2029 || c == 0x205f || c == 0x3000;
}

enum casing { UPPER, LOWER, EACH_WORD, FIRST_WORD };

static json_t *change_case(struct gw_call *call, enum casing casing)
{
	struct gw_slice text;
	gw_auto_str out = { 0 };
	bool starts = true;
	if (!gw_call_string(call, &text))
		return NULL;
	for (size_t i = 0; i < text.len;) {
		uint32_t c = gw_utf8_next(text, &i);
		if (casing == LOWER)
			c = gw_utf8_lower(c);
		else if (casing == UPPER || (starts && !is_space(c)))
			c = gw_utf8_upper(c);
		starts = is_space(c) ? starts || casing == EACH_WORD : false;
		gw_utf8_put(&out, c);
	}
	return gw_call_text(call, &out);
}

static json_t *upper(struct gw_call *call)
{
	return change_case(call, UPPER);
}

static json_t *lower(struct gw_call *call)
{
	return change_case(call, LOWER);
}

static json_t *title(struct gw_call *call)
{
	return change_case(call, EACH_WORD);
}

static json_t *capitalize(struct gw_call *call)
{
	return change_case(call, FIRST_WORD);
}

/* ---- Shortening and filling ---- */

static json_t *trim(struct gw_call *call)
{
	struct gw_slice text;
	if (!gw_call_string(call, &text))
		return NULL;
	while (text.len && (unsigned char)text.data[0] <= ' ')
		text = gw_slice(text.data + 1, text.len - 1);
	while (text.len && (unsigned char)text.data[text.len - 1] <= ' ')
		text.len--;
	return gw_call_slice(call, text);
}

/* The bytes of the first n characters. */
static size_t measure(struct gw_slice text, int64_t n)
{
	size_t pos = 0;
	while (n-- > 0 && pos < text.len)
		gw_utf8_next(text, &pos);
	return pos;
}

static json_t *abbreviate(struct gw_call *call)
{
	struct gw_slice text;
	int64_t width = 0;
	gw_auto_str out = { 0 };
	if (!gw_call_string(call, &text) || !gw_arg_int(call, 0, &width))
		return NULL;
	if (width < 0)
		return gw_call_fail(call,
			"Invalid argument to abbreviate filter; must be greater than zero");
	int64_t length = (int64_t)gw_utf8_length(text);
	if (length < width || length <= 3)
		return json_incref(call->input);
	gw_str_add(&out, text.data, measure(text, width <= 3 ? width : width - 3));
	if (width > 3)
		gw_str_puts(&out, "...");
	return gw_call_text(call, &out);
}

/* The line break that a text uses. */
static const char *find_line_break(struct gw_slice text)
{
	static const char *const breaks[] = { "\r\n", "\n\r", "\n", "\r" };
	for (size_t i = 0; i < GW_LEN(breaks); i++)
		if (memmem(text.data, text.len, breaks[i], strlen(breaks[i])))
			return breaks[i];
	return "\n";
}

static bool make_padding(struct gw_call *call, struct gw_str *out)
{
	int64_t amount = 0;
	struct gw_slice prefix = gw_slice_of(" ");
	if (!gw_arg_int(call, 0, &amount) || !gw_arg_text(call, 1, &prefix))
		return false;
	if (amount < 0)
		return gw_eval_fail(call->ev,
			"The '%s' filter expects a positive integer >=0 as argument 'amount'.",
			call->what->name);
	if (prefix.len && (size_t)amount > GW_EXPR_TEXT_MAX / prefix.len)
		return gw_eval_fail(call->ev, "The result is longer than %zu bytes",
			GW_EXPR_TEXT_MAX);
	for (int64_t i = 0; prefix.len && i < amount; i++)
		gw_str_add(out, prefix.data, prefix.len);
	return gw_call_spend(call, out->len, GW_EXPR_BYTES_A_STEP);
}

static json_t *indent_lines(struct gw_call *call, bool starts_new)
{
	gw_auto_str buffer = { 0 }, padding = { 0 };
	gw_auto_str out = { .limit = GW_EXPR_TEXT_MAX };
	struct gw_slice text;
	if (!gw_call_input(call, &buffer, &text) || !make_padding(call, &padding))
		return NULL;
	if (text.len == 0)
		return gw_string(text);
	const char *line_break = find_line_break(text);
	size_t len = strlen(line_break);
	if (starts_new)
		gw_str_printf(&out, "%s%s", line_break, gw_str_text(&padding));
	for (const char *at; (at = memmem(text.data, text.len, line_break, len)) && !out.full;) {
		size_t line = (size_t)(at - text.data) + len;
		gw_str_add(&out, text.data, line);
		gw_str_add(&out, gw_str_text(&padding), padding.len);
		text = gw_slice(text.data + line, text.len - line);
	}
	gw_str_add(&out, text.data, text.len);
	return gw_call_text(call, &out);
}

static json_t *indent(struct gw_call *call)
{
	return indent_lines(call, false);
}

static json_t *nindent(struct gw_call *call)
{
	return indent_lines(call, true);
}

/* ---- Codings ---- */

static json_t *nl2br(struct gw_call *call)
{
	struct gw_slice text;
	gw_auto_str out = { 0 };
	if (!gw_call_string(call, &text))
		return NULL;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (c == '\r' && i + 1 < text.len && text.data[i + 1] == '\n')
			continue;
		if (c == '\n' || c == '\r')
			gw_str_puts(&out, "<br />");
		else
			gw_str_putc(&out, c);
	}
	return gw_call_text(call, &out);
}

static json_t *base64_encode(struct gw_call *call)
{
	gw_auto_str buffer = { 0 }, out = { 0 };
	struct gw_slice text;
	if (!gw_call_input(call, &buffer, &text))
		return NULL;
	gw_base64_encode(&out, text.data, text.len);
	return gw_call_text(call, &out);
}

static json_t *base64_decode(struct gw_call *call)
{
	gw_auto_str bytes = { 0 }, out = { 0 };
	struct gw_slice text;
	if (!gw_call_string(call, &text))
		return NULL;
	if (!gw_base64_decode(&bytes, text))
		return gw_call_fail(call, "Please provide a correctly Base64 encoded string "
					  "containing an UTF-8 string");
	gw_utf8_clean(&out, gw_str_text(&bytes), bytes.len);
	return gw_call_text(call, &out);
}

static json_t *url_encode(struct gw_call *call)
{
	struct gw_slice text;
	gw_auto_str out = { 0 };
	if (!gw_call_string(call, &text))
		return NULL;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if (c < 0x80 && (isalnum(c) || (c && strchr(".-*_", c))))
			gw_str_putc(&out, (char)c);
		else if (c == ' ')
			gw_str_putc(&out, '+');
		else
			gw_str_printf(&out, "%%%02X", c);
	}
	return gw_call_text(call, &out);
}

static int hex_digit(struct gw_slice text, size_t i)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = i < text.len && text.data[i]
				 ? strchr(digits, tolower((unsigned char)text.data[i]))
				 : NULL;
	return at ? (int)(at - digits) : -1;
}

static json_t *url_decode(struct gw_call *call)
{
	struct gw_slice text;
	gw_auto_str bytes = { 0 }, out = { 0 };
	if (!gw_call_string(call, &text))
		return NULL;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		int high = hex_digit(text, i + 1), low = hex_digit(text, i + 2);
		if (c == '%' && (high < 0 || low < 0))
			return gw_call_fail(call, "URLDecoder: Incomplete trailing escape (%%) "
						  "pattern or illegal hex characters");
		gw_str_putc(&bytes, c == '%' ? (char)(high << 4 | low) : c == '+' ? ' ' : c);
		i += c == '%' ? 2 : 0;
	}
	gw_utf8_clean(&out, gw_str_text(&bytes), bytes.len);
	return gw_call_text(call, &out);
}

static const struct escape {
	const char *name, *from, *to;
} escapes[] = {
	{ "single", "'", "\\'" },
	{ "double", "\"", "\\\"" },
	{ "shell", "'", "'\\''" },
};

static bool escape_text(struct gw_call *call, struct gw_slice text, const void *arg,
	struct gw_str *out)
{
	const struct escape *escape = arg;
	(void)call;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == *escape->from)
			gw_str_puts(out, escape->to);
		else
			gw_str_putc(out, text.data[i]);
	}
	return true;
}

static json_t *escape_char(struct gw_call *call)
{
	struct gw_slice type;
	if (!gw_arg_text(call, 0, &type))
		return NULL;
	for (size_t i = 0; i < GW_LEN(escapes); i++)
		if (type.len == strlen(escapes[i].name) &&
			strncasecmp(type.data, escapes[i].name, type.len) == 0)
			return gw_call_each_text(call, call->input, escape_text, &escapes[i]);
	return gw_call_fail(call,
		"The 'escapeChar' filter expects the value of 'type' to be either "
		"'single', 'double', or 'shell'.");
}

static const struct gw_builtin table[] = {
	{ "abbreviate", abbreviate, "length!", GW_KEEPS_NULL, NULL },
	{ "base64decode", base64_decode, NULL, GW_KEEPS_NULL, NULL },
	{ "base64encode", base64_encode, NULL, GW_KEEPS_NULL, NULL },
	{ "capitalize", capitalize, NULL, GW_KEEPS_NULL, NULL },
	{ "escapeChar", escape_char, "type!", GW_KEEPS_NULL, NULL },
	{ "indent", indent, "amount!,prefix", GW_KEEPS_NULL, NULL },
	{ "lower", lower, NULL, GW_KEEPS_NULL, NULL },
	{ "nindent", nindent, "amount!,prefix", GW_KEEPS_NULL, NULL },
	{ "nl2br", nl2br, NULL, GW_KEEPS_NULL, NULL },
	{ "title", title, NULL, GW_KEEPS_NULL, NULL },
	{ "trim", trim, NULL, GW_KEEPS_NULL, NULL },
	{ "upper", upper, NULL, GW_KEEPS_NULL, NULL },
	{ "urldecode", url_decode, NULL, GW_KEEPS_NULL, NULL },
	{ "urlencode", url_encode, NULL, GW_KEEPS_NULL, NULL },
};

const struct gw_builtins gw_text_filters = { table, GW_LEN(table) };

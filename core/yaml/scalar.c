/* scalar.c - what a YAML scalar means: YAML 1.1's types as Jackson reads them */
#include "yaml/scalar.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

static const struct {
	const char *text;
	enum { IS_NULL, IS_FALSE, IS_TRUE } meaning;
} words[] = {
	{ "~", IS_NULL },
	{ "null", IS_NULL },
	{ "true", IS_TRUE },
	{ "false", IS_FALSE },
	{ "yes", IS_TRUE },
	{ "no", IS_FALSE },
	{ "on", IS_TRUE },
	{ "off", IS_FALSE },
};

/* "yes", "Yes" and "YES" are the word, "yEs" is a text. */
static bool is_word(struct gw_slice text, const char *word)
{
	if (text.len != strlen(word) || strncasecmp(text.data, word, text.len) != 0)
		return false;
	bool is_upper = text.len > 1 && isupper((unsigned char)text.data[1]);
	for (size_t i = is_upper ? 0 : 1; i < text.len; i++)
		if (!isupper((unsigned char)text.data[i]) == is_upper)
			return false;
	return true;
}

static json_t *read_word(struct gw_slice text)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(text, words[i].text))
			return words[i].meaning == IS_NULL
				       ? json_null()
				       : json_boolean(words[i].meaning == IS_TRUE);
	return NULL;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* Digits with underscores between them; false if there are others, or more than 64 bits hold. */
static bool read_digits(struct gw_slice text, int base, bool negative, int64_t *out)
{
	int64_t value = 0;
	bool any = false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '_')
			continue;
		int digit = digit_value(text.data[i]);
		if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
			__builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
		any = true;
	}
	*out = value;
	return any;
}

static struct gw_slice skip(struct gw_slice text, size_t n)
{
	return gw_slice(text.data + n, text.len - n);
}

/* 12, 1_000, 012 (octal), 0x1F, 0b101 */
static json_t *read_integer(struct gw_slice text, bool negative)
{
	int base = 10;
	if (text.len > 1 && text.data[0] == '0') {
		bool has_letter = text.data[1] == 'x' || text.data[1] == 'b';
		base = !has_letter ? 8 : text.data[1] == 'x' ? 16 : 2;
		text = skip(text, has_letter ? 2 : 1);
	}
	int64_t value;
	return read_digits(text, base, negative, &value) ? json_integer(value) : NULL;
}

/* [0-9_]* at *pos; how many digits. */
static size_t skip_digits(struct gw_slice text, size_t *pos)
{
	size_t n = 0;
	for (; *pos < text.len &&
		(isdigit((unsigned char)text.data[*pos]) || text.data[*pos] == '_');
		++*pos)
		n += text.data[*pos] != '_';
	return n;
}

/* 1.5, 1., .5, 1e3, 1_0.2_5e-3: a mantissa, and a point or an exponent */
static bool is_real(struct gw_slice text)
{
	size_t pos = 0;
	size_t n = skip_digits(text, &pos);
	bool has_point = pos < text.len && text.data[pos] == '.';
	if (has_point) {
		pos++;
		n += skip_digits(text, &pos);
	}
	if (n == 0 || pos == text.len)
		return n > 0 && has_point;
	if (text.data[pos] != 'e' && text.data[pos] != 'E')
		return false;
	pos++;
	if (pos < text.len && (text.data[pos] == '+' || text.data[pos] == '-'))
		pos++;
	return skip_digits(text, &pos) > 0 && pos == text.len;
}

static json_t *read_real(struct gw_slice text, bool negative)
{
	if (!is_real(text))
		return NULL;
	gw_auto_str plain = { 0 };
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] != '_')
			gw_str_putc(&plain, text.data[i]);
	double value = strtod(gw_str_text(&plain), NULL);
	return isfinite(value) ? json_real(negative ? -value : value) : NULL;
}

static json_t *read_number(struct gw_slice text)
{
	bool negative = text.data[0] == '-';
	if (negative || text.data[0] == '+')
		text = skip(text, 1);
	if (text.len == 0 || (!isdigit((unsigned char)text.data[0]) && text.data[0] != '.'))
		return NULL;
	json_t *number = read_integer(text, negative);
	return number ? number : read_real(text, negative);
}

static json_t *resolve(struct gw_slice text)
{
	if (text.len == 0)
		return json_null();
	json_t *value = isalpha((unsigned char)text.data[0]) || text.data[0] == '~'
				? read_word(text)
				: read_number(text);
	return value ? value : json_stringn_nocheck(text.data, text.len);
}

json_t *gw_yaml_scalar(struct gw_slice text, const char *tag, bool is_plain)
{
	static const char prefix[] = "tag:yaml.org,2002:";
	if (!tag && is_plain)
		return resolve(text);
	const char *type =
		tag && strncmp(tag, prefix, strlen(prefix)) == 0 ? tag + strlen(prefix) : "str";
	if (strcmp(type, "null") == 0)
		return json_null();
	if (strcmp(type, "int") != 0 && strcmp(type, "float") != 0 && strcmp(type, "bool") != 0)
		return json_stringn_nocheck(text.data, text.len);
	json_t *value = resolve(text);
	if (strcmp(type, "float") != 0 || !json_is_integer(value))
		return value;
	json_auto_t *integer = value;
	return json_real((double)json_integer_value(integer));
}

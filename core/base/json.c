/* json.c - reading JSON with jansson, and writing it straight to text */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Nesting beyond the bound is found before jansson recurses into it. */
static bool depth_is_bounded(struct gw_slice text)
{
	int depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (quoted) {
			i += c == '\\';
			quoted = c != '"';
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			if (++depth > GW_JSON_DEPTH)
				return false;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return true;
}

json_t *gw_json_parse(struct gw_slice text, struct gw_error *err)
{
	if (!depth_is_bounded(text)) {
		gw_fail(err, GW_INVALID, "nested deeper than %d levels", GW_JSON_DEPTH);
		return NULL;
	}
	json_error_t e;
	json_t *value =
		json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &e);
	if (!value)
		gw_fail(err, GW_INVALID, "%s at line %d, column %d", e.text, e.line, e.column);
	return value;
}

void gw_json_real(struct gw_str *out, double number)
{
	char text[40];
	int precision = 1;
	do
		snprintf(text, sizeof(text), "%.*e", precision++, number);
	while (precision <= 17 && strtod(text, NULL) != number);
	double size = fabs(number);
	if (number == 0 || (size >= 1e-3 && size < 1e7)) {
		int decimals = 1;
		do
			snprintf(text, sizeof(text), "%.*f", decimals++, number);
		while (decimals <= 21 && strtod(text, NULL) != number);
		gw_str_puts(out, text);
		return;
	}
	char *e = strchr(text, 'e');
	gw_str_add(out, text, e ? (size_t)(e - text) : strlen(text));
	if (e)
		gw_str_printf(out, "E%d", (int)strtol(e + 1, NULL, 10));
}

static void print_object(struct gw_str *out, const json_t *value)
{
	const char *key;
	json_t *member;
	gw_str_putc(out, '{');
	json_object_foreach ((json_t *)(uintptr_t)value, key, member) {
		gw_json_value(out, key, member);
	}
	gw_str_putc(out, '}');
}

static void print_array(struct gw_str *out, const json_t *value)
{
	size_t i;
	json_t *item;
	gw_str_putc(out, '[');
	json_array_foreach (value, i, item) {
		gw_json_comma(out);
		gw_json_print(out, item);
	}
	gw_str_putc(out, ']');
}

void gw_json_print(struct gw_str *out, const json_t *value)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_OBJECT:
		print_object(out, value);
		break;
	case JSON_ARRAY:
		print_array(out, value);
		break;
	case JSON_STRING:
		gw_json_quote(out, gw_slice(json_string_value(value), json_string_length(value)));
		break;
	case JSON_INTEGER:
		gw_str_int(out, json_integer_value(value));
		break;
	case JSON_REAL:
		gw_json_real(out, json_real_value(value));
		break;
	case JSON_TRUE:
		gw_str_puts(out, "true");
		break;
	case JSON_FALSE:
		gw_str_puts(out, "false");
		break;
	case JSON_NULL:
		gw_str_puts(out, "null");
		break;
	}
}

const char *gw_json_string(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

bool gw_json_true(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

void gw_json_comma(struct gw_str *out)
{
	char last = out->len ? out->data[out->len - 1] : '{';
	if (last != '{' && last != '[')
		gw_str_putc(out, ',');
}

void gw_json_key(struct gw_str *out, const char *name)
{
	gw_json_comma(out);
	gw_json_quote(out, gw_slice_of(name));
	gw_str_putc(out, ':');
}

static bool needs_escape(unsigned char c)
{
	return c < ' ' || c == '"' || c == '\\';
}

static void put_escaped(struct gw_str *out, unsigned char c)
{
	static const char short_escapes[] = "\b\t\n\v\f\r";
	static const char letters[] = "btn.fr";
	const char *at = c ? strchr(short_escapes, c) : NULL;
	if (c == '"' || c == '\\')
		gw_str_add(out, (const char[]){ '\\', (char)c }, 2);
	else if (at && c != '\v')
		gw_str_add(out, (const char[]){ '\\', letters[at - short_escapes] }, 2);
	else
		gw_str_printf(out, "\\u%04x", c);
}

static void put_quoted(struct gw_str *out, const char *data, size_t len)
{
	char *at = gw_str_extend(out, len + 2);
	if (!at)
		return;
	at[0] = at[len + 1] = '"';
	memcpy(at + 1, data, len);
}

void gw_json_quote(struct gw_str *out, struct gw_slice text)
{
	size_t start = 0, i = 0;
	while (i < text.len && !needs_escape((unsigned char)text.data[i]))
		i++;
	if (i == text.len && text.len > 0) {
		put_quoted(out, text.data, text.len);
		return;
	}
	gw_str_putc(out, '"');
	for (; i < text.len; i++) {
		if (!needs_escape((unsigned char)text.data[i]))
			continue;
		gw_str_add(out, text.data + start, i - start);
		put_escaped(out, (unsigned char)text.data[i]);
		start = i + 1;
	}
	gw_str_add(out, text.data + start, text.len - start);
	gw_str_putc(out, '"');
}

void gw_json_text(struct gw_str *out, const char *name, struct gw_slice text)
{
	gw_json_key(out, name);
	gw_json_quote(out, text);
}

void gw_json_int(struct gw_str *out, const char *name, int64_t number)
{
	gw_json_key(out, name);
	gw_str_int(out, number);
}

void gw_json_bool(struct gw_str *out, const char *name, bool value)
{
	gw_json_key(out, name);
	gw_str_puts(out, value ? "true" : "false");
}

void gw_json_time(struct gw_str *out, const char *name, gw_time at)
{
	gw_json_key(out, name);
	gw_str_putc(out, '"');
	gw_time_print(out, at);
	gw_str_putc(out, '"');
}

void gw_json_raw(struct gw_str *out, const char *name, struct gw_slice json)
{
	gw_json_key(out, name);
	gw_str_add(out, json.data, json.len);
}

void gw_json_value(struct gw_str *out, const char *name, const json_t *value)
{
	gw_json_key(out, name);
	gw_json_print(out, value);
}

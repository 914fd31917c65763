/* ion_print.c - values as Ion text */
#include "expr/ion.h"

#include "base/json.h"
#include "base/mem.h"

#include <ctype.h>

static bool is_symbol(const char *text)
{
	static const char *const reserved[] = { "null", "true", "false", "nan" };
	if (!isalpha((unsigned char)*text) && *text != '_' && *text != '$')
		return false;
	for (const char *p = text; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '_' && *p != '$')
			return false;
	for (size_t i = 0; i < GW_LEN(reserved); i++)
		if (strcmp(text, reserved[i]) == 0)
			return false;
	return true;
}

static void print_text(struct gw_str *out, struct gw_slice text, char quote)
{
	gw_str_putc(out, quote);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		static const char letters[] = "abtnvfr";
		if (c == (unsigned char)quote || c == '\\')
			gw_str_add(out, (const char[]){ '\\', (char)c }, 2);
		else if (c >= 7 && c <= 13)
			gw_str_add(out, (const char[]){ '\\', letters[c - 7] }, 2);
		else if (c < ' ' || c == 0x7f)
			gw_str_printf(out, "\\x%02x", c);
		else
			gw_str_putc(out, (char)c);
	}
	gw_str_putc(out, quote);
}

static void print_float(struct gw_str *out, double value)
{
	gw_auto_str text = { 0 };
	gw_json_real(&text, value);
	if (gw_slice_ends(gw_str_slice(&text), gw_slice_of(".0")))
		text.len -= 2;
	gw_str_add(out, text.data, text.len);
	if (!memchr(text.data, 'E', text.len))
		gw_str_puts(out, "e0");
}

static bool print_struct(struct gw_str *out, json_t *object, int depth)
{
	const char *key;
	json_t *member;
	bool first = true;
	gw_str_putc(out, '{');
	json_object_foreach (object, key, member) {
		if (!first)
			gw_str_putc(out, ',');
		first = false;
		if (is_symbol(key))
			gw_str_puts(out, key);
		else
			print_text(out, gw_slice_of(key), '\'');
		gw_str_putc(out, ':');
		if (!gw_ion_print(out, member, depth))
			return false;
	}
	gw_str_putc(out, '}');
	return true;
}

static bool print_list(struct gw_str *out, const json_t *list, int depth)
{
	size_t i;
	json_t *item;
	gw_str_putc(out, '[');
	json_array_foreach (list, i, item) {
		if (i > 0)
			gw_str_putc(out, ',');
		if (!gw_ion_print(out, item, depth))
			return false;
	}
	gw_str_putc(out, ']');
	return true;
}

bool gw_ion_print(struct gw_str *out, const json_t *value, int depth)
{
	bool ok = depth > 0;
	if (ok && json_is_object(value))
		ok = print_struct(out, (json_t *)(uintptr_t)value, depth - 1);
	else if (ok && json_is_array(value))
		ok = print_list(out, value, depth - 1);
	else if (json_is_string(value))
		print_text(out, gw_slice(json_string_value(value), json_string_length(value)), '"');
	else if (json_is_real(value))
		print_float(out, json_real_value(value));
	else
		gw_json_print(out, value);
	return ok && !out->full;
}

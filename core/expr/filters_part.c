/* filters_part.c - filters that take a part of a text, and slugify */
#include "expr/builtin.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "expr/value.h"

#include <ctype.h>

/* ---- Before and after a separator ---- */

static void add_reversed(struct gw_str *out, struct gw_slice text)
{
	for (size_t i = text.len; i-- > 0;)
		gw_str_putc(out, text.data[i]);
}

/* The last occurrence: the first in the reversed text, so that it takes linear time. */
static const char *find_last(struct gw_slice text, struct gw_slice what)
{
	gw_auto_str backwards = { 0 }, wanted = { 0 };
	add_reversed(&backwards, text);
	add_reversed(&wanted, what);
	const char *start = gw_str_text(&backwards);
	const char *at = memmem(start, text.len, gw_str_text(&wanted), what.len);
	return at ? text.data + text.len - (size_t)(at - start) - what.len : NULL;
}

/* Without a separator in it the text is all before and nothing after it. */
static json_t *cut(struct gw_call *call, bool after, bool last)
{
	gw_auto_str buffer = { 0 };
	struct gw_slice text, separator;
	if (!gw_call_input(call, &buffer, &text) || !gw_arg_text(call, 0, &separator))
		return NULL;
	if (separator.len == 0)
		return gw_string(after != last ? text : gw_slice_of(""));
	const char *at = last ? find_last(text, separator)
			      : memmem(text.data, text.len, separator.data, separator.len);
	if (!at)
		return gw_call_slice(call, after ? gw_slice_of("") : text);
	size_t before = (size_t)(at - text.data), behind = before + separator.len;
	return gw_call_slice(call, after ? gw_slice(text.data + behind, text.len - behind)
					 : gw_slice(text.data, before));
}

static json_t *substring_before(struct gw_call *call)
{
	return cut(call, false, false);
}

static json_t *substring_before_last(struct gw_call *call)
{
	return cut(call, false, true);
}

static json_t *substring_after(struct gw_call *call)
{
	return cut(call, true, false);
}

static json_t *substring_after_last(struct gw_call *call)
{
	return cut(call, true, true);
}

/* ---- Starts and ends ---- */

static json_t *has_at(struct gw_call *call, bool (*has)(struct gw_slice, struct gw_slice))
{
	gw_auto_str buffer = { 0 }, value_buffer = { 0 };
	struct gw_slice text;
	if (!gw_call_input(call, &buffer, &text) ||
		!gw_value_text(call->ev, call->args[0], &value_buffer))
		return NULL;
	return json_boolean(has(text, gw_str_slice(&value_buffer)));
}

static json_t *starts_with(struct gw_call *call)
{
	return has_at(call, gw_slice_starts);
}

static json_t *ends_with(struct gw_call *call)
{
	return has_at(call, gw_slice_ends);
}

/* ---- Slugs ---- */

/* The letters U+00C0.. and U+1E00.. without their marks; a space where nothing of ASCII remains. */
static const char latin[] = "AAAAAA CEEEEIIII NOOOOO  UUUUY  aaaaaa ceeeeiiii nooooo  uuuuy y"
			    "AaAaAaCcCcCcCcDd  EeEeEeEeEeGgGgGgGgHh  IiIiIiIiI   JjKk LlLlLl "
			    "   NnNnNn   OoOoOo  RrRrRrSsSsSsSsTtTt  UuUuUuUuUuUuWwYyYZzZzZz "
			    "                                Oo             Uu               "
			    "             AaIiOoUuUuUuUuUu AaAa    GgKkOoOo  j   Gg  NnAa    "
			    "AaAaEeEeIiIiOoOoRrRrUuUuSsTt  Hh      AaEeOoOoOoOoYy            "
			    "                ";
static const char latin_additional[] =
	"AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm"
	"MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv"
	"WwWwWwWwWwXxXxYyZzZzZzhtwy      AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe"
	"EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy      ";

/* The letter without its marks; 0 if nothing of ASCII remains. */
static char base_letter(uint32_t c)
{
	if (c < 0x80)
		return (char)c;
	if (c >= 0xc0 && c - 0xc0 < sizeof(latin) - 1)
		return latin[c - 0xc0];
	if (c >= 0x1e00 && c - 0x1e00 < sizeof(latin_additional) - 1)
		return latin_additional[c - 0x1e00];
	return ' ';
}

static json_t *slugify(struct gw_call *call)
{
	gw_auto_str buffer = { 0 }, out = { 0 };
	struct gw_slice text;
	if (!gw_call_input(call, &buffer, &text))
		return NULL;
	for (size_t i = 0; i < text.len;) {
		uint32_t c = gw_utf8_next(text, &i);
		char letter = base_letter(c);
		bool is_dash = letter == '-' || letter == '_' || (c < 0x80 && isspace((int)c));
		if (is_dash && out.len && out.data[out.len - 1] != '-')
			gw_str_putc(&out, '-');
		else if (isalnum((unsigned char)letter))
			gw_str_putc(&out, (char)tolower((unsigned char)letter));
	}
	struct gw_slice slug = gw_str_slice(&out);
	slug.len -= slug.len && slug.data[slug.len - 1] == '-';
	return gw_call_slice(call, slug);
}

static const struct gw_builtin table[] = {
	{ "endsWith", ends_with, "value!", 0, NULL },
	{ "slugify", slugify, NULL, GW_KEEPS_NULL, NULL },
	{ "startsWith", starts_with, "value!", 0, NULL },
	{ "substringAfter", substring_after, "separator!", GW_KEEPS_NULL, NULL },
	{ "substringAfterLast", substring_after_last, "separator!", GW_KEEPS_NULL, NULL },
	{ "substringBefore", substring_before, "separator!", GW_KEEPS_NULL, NULL },
	{ "substringBeforeLast", substring_before_last, "separator!", GW_KEEPS_NULL, NULL },
};

const struct gw_builtins gw_part_filters = { table, GW_LEN(table) };

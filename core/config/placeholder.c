/* placeholder.c - ${NAME:default} in texts of the configuration */
#include "config/value.h"

#include "base/mem.h"

enum { DEEPEST = 8 }; /* ${A:${B:${C:x}}} */

/* The end of a placeholder that begins at text: behind its "}"; 0 = it does not end. */
static size_t placeholder_end(struct gw_slice text)
{
	size_t depth = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '$' && i + 1 < text.len && text.data[i + 1] == '{')
			depth++;
		else if (text.data[i] == '}' && --depth == 0)
			return i + 1;
	}
	return 0;
}

static const char *variable(struct gw_slice name)
{
	gw_auto_str converted = { 0 };
	gw_auto_free char *exact = gw_slice_dup(name);
	const char *value = getenv(exact);
	if (value)
		return value;
	gw_key_variable(&converted, name);
	return getenv(gw_str_text(&converted));
}

static bool fill(struct gw_slice text, int depth, struct gw_str *out, struct gw_error *err);

/* inner is what stands between the braces. */
static bool fill_one(struct gw_slice inner, int depth, struct gw_str *out, struct gw_error *err)
{
	const char *colon = memchr(inner.data, ':', inner.len);
	struct gw_slice name =
		gw_slice(inner.data, colon ? (size_t)(colon - inner.data) : inner.len);
	const char *value = variable(name);
	if (value) {
		gw_str_puts(out, value);
		return true;
	}
	if (!colon)
		return gw_fail(err, GW_INVALID,
			"${%.*s} is not set in the environment; set it or write ${%.*s:default}",
			GW_SLICE(name), GW_SLICE(name));
	if (depth == DEEPEST)
		return gw_fail(err, GW_INVALID, "placeholders are nested more than %d times",
			DEEPEST);
	struct gw_slice fallback = gw_slice(colon + 1, inner.len - name.len - 1);
	return fill(fallback, depth + 1, out, err);
}

static bool fill(struct gw_slice text, int depth, struct gw_str *out, struct gw_error *err)
{
	while (text.len > 0) {
		const char *dollar = memmem(text.data, text.len, "${", 2);
		size_t before = dollar ? (size_t)(dollar - text.data) : text.len;
		gw_str_add(out, text.data, before);
		text = gw_slice(text.data + before, text.len - before);
		if (text.len == 0)
			break;
		size_t n = placeholder_end(text);
		if (n == 0)
			return gw_fail(err, GW_INVALID, "a placeholder ${ has no end");
		if (!fill_one(gw_slice(text.data + 2, n - 3), depth, out, err))
			return false;
		text = gw_slice(text.data + n, text.len - n);
	}
	return true;
}

bool gw_config_fill_placeholders(struct gw_slice text, struct gw_str *out, struct gw_error *err)
{
	return fill(text, 0, out, err);
}

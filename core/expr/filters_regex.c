/* filters_regex.c - replacing, extracting and splitting by regular expressions */
#include "expr/regex.h"

#include "base/mem.h"
#include "expr/value.h"

#include <ctype.h>

/* ---- Replacing ---- */

/* "$12" or "${name}" at text: the group, and its length in text; false with an error. */
static bool read_reference(struct gw_regex *re, struct gw_slice text, uint32_t *group, size_t *len)
{
	struct gw_eval *ev = re->call->ev;
	const char *close =
		text.len > 1 && text.data[1] == '{' ? memchr(text.data, '}', text.len) : NULL;
	if (close) {
		*len = (size_t)(close - text.data) + 1;
		gw_auto_free char *name = gw_strndup(text.data + 2, *len - 3);
		*group = gw_regex_named(re, name);
		return *group > 0 || gw_eval_fail(ev, "No group with name {%s}", name);
	}
	if (text.len < 2 || !isdigit((unsigned char)text.data[1]))
		return gw_eval_fail(ev, "Illegal group reference");
	*group = (uint32_t)(text.data[1] - '0');
	if (*group > gw_regex_groups(re))
		return gw_eval_fail(ev, "No group %u", *group);
	for (*len = 2; *len < text.len && isdigit((unsigned char)text.data[*len]); (*len)++) {
		uint32_t longer = *group * 10 + (uint32_t)(text.data[*len] - '0');
		if (longer > gw_regex_groups(re))
			break;
		*group = longer;
	}
	return true;
}

/* As Java's Matcher: $1 and ${name} are groups, a backslash takes what follows as it is. */
static bool add_replacement(struct gw_regex *re, struct gw_slice text, struct gw_str *out)
{
	for (size_t i = 0; i < text.len;) {
		uint32_t group = 0;
		size_t len = 0;
		if (text.data[i] != '$') {
			i += text.data[i] == '\\' && i + 1 < text.len;
			gw_str_putc(out, text.data[i++]);
			continue;
		}
		struct gw_slice rest = gw_slice(text.data + i, text.len - i);
		if (!read_reference(re, rest, &group, &len))
			return false;
		struct gw_slice value = gw_regex_group(re, group);
		gw_str_add(out, value.data, value.len);
		i += len;
	}
	return true;
}

static bool replace_all(struct gw_regex *re, struct gw_slice text, struct gw_slice replacement,
	struct gw_str *out)
{
	size_t done = 0;
	bool found;
	for (size_t pos = 0; pos <= text.len; pos = gw_regex_next(re)) {
		if (!gw_regex_find(re, text, pos, &found))
			return false;
		if (!found)
			break;
		struct gw_slice all = gw_regex_group(re, 0);
		size_t start = (size_t)(all.data - text.data);
		gw_str_add(out, text.data + done, start - done);
		if (!add_replacement(re, replacement, out))
			return false;
		done = start + all.len;
	}
	gw_str_add(out, text.data + done, text.len - done);
	return true;
}

static void replace_text(struct gw_slice text, struct gw_slice from, struct gw_slice to,
	struct gw_str *out)
{
	for (const char *at; (at = memmem(text.data, text.len, from.data, from.len));) {
		size_t before = (size_t)(at - text.data);
		gw_str_add(out, text.data, before);
		gw_str_add(out, to.data, to.len);
		text = gw_slice(at + from.len, text.len - before - from.len);
		if (out->full)
			break;
	}
	gw_str_add(out, text.data, text.len);
}

static bool replace_pattern(struct gw_call *call, struct gw_slice text, struct gw_slice from,
	struct gw_slice to, struct gw_str *out)
{
	gw_auto_regex re = { 0 };
	return gw_regex_open(&re, call, from) && replace_all(&re, text, to, out);
}

/* One pair after the other. */
static bool replace_pairs(struct gw_call *call, struct gw_slice text, const void *arg,
	struct gw_str *out)
{
	const bool *by_pattern = arg;
	const char *key;
	json_t *value;
	gw_str_add(out, text.data, text.len);
	json_object_foreach (call->args[0], key, value) {
		gw_auto_str before = *out, to = { 0 };
		struct gw_slice from = gw_slice_of(key);
		*out = (struct gw_str){ .limit = GW_EXPR_TEXT_MAX };
		if (!gw_value_text(call->ev, value, &to) ||
			!gw_call_spend(call, before.len, GW_EXPR_BYTES_A_STEP))
			return false;
		if (!*by_pattern && from.len)
			replace_text(gw_str_slice(&before), from, gw_str_slice(&to), out);
		else if (!replace_pattern(call, gw_str_slice(&before), from, gw_str_slice(&to),
				 out))
			return false;
	}
	return true;
}

static json_t *replace(struct gw_call *call)
{
	bool by_pattern = false;
	if (!json_is_object(call->args[0]))
		return gw_call_fail(call,
			"The 'replace' filter expects an argument 'replace_pairs' with type map.");
	if (!gw_arg_bool(call, 1, &by_pattern))
		return NULL;
	return gw_call_each_text(call, call->input, replace_pairs, &by_pattern);
}

static json_t *regex_replace(struct gw_call *call)
{
	gw_auto_str buffer = { 0 }, out = { .limit = GW_EXPR_TEXT_MAX };
	struct gw_slice text, pattern, replacement;
	if (!gw_call_input(call, &buffer, &text) || !gw_arg_text(call, 0, &pattern) ||
		!gw_arg_text(call, 1, &replacement))
		return NULL;
	if (!replace_pattern(call, text, pattern, replacement, &out))
		return NULL;
	return gw_call_text(call, &out);
}

/* ---- Finding ---- */

static json_t *regex_match(struct gw_call *call)
{
	gw_auto_str buffer = { 0 };
	gw_auto_regex re = { 0 };
	struct gw_slice text, pattern;
	bool found;
	if (json_is_null(call->input))
		return json_false();
	if (!gw_call_input(call, &buffer, &text) || !gw_arg_text(call, 0, &pattern) ||
		!gw_regex_open(&re, call, pattern) || !gw_regex_find(&re, text, 0, &found))
		return NULL;
	return json_boolean(found);
}

static json_t *regex_extract(struct gw_call *call)
{
	gw_auto_str buffer = { 0 };
	gw_auto_regex re = { 0 };
	struct gw_slice text, pattern;
	int64_t group = 0;
	bool found;
	if (!gw_call_input(call, &buffer, &text) || !gw_arg_text(call, 0, &pattern) ||
		!gw_arg_int(call, 1, &group) || !gw_regex_open(&re, call, pattern) ||
		!gw_regex_find(&re, text, 0, &found))
		return NULL;
	if (!found)
		return json_null();
	if (group < 0 || group > gw_regex_groups(&re))
		return gw_call_fail(call, "No group %lld", (long long)group);
	struct gw_slice part = gw_regex_group(&re, (uint32_t)group);
	return part.data ? gw_call_slice(call, part) : json_null();
}

/* ---- Splitting ---- */

static bool add_piece(struct gw_call *call, json_t *list, struct gw_slice text, size_t start,
	size_t end)
{
	json_array_append_new(list, gw_string(gw_slice(text.data + start, end - start)));
	return gw_call_spend(call, end - start, GW_EXPR_BYTES_A_STEP);
}

/* The pieces before the matches; *start: where the last piece begins. */
static bool split_at_matches(struct gw_regex *re, struct gw_slice text, int64_t limit, json_t *list,
	size_t *start)
{
	bool found;
	for (size_t pos = 0; pos <= text.len; pos = gw_regex_next(re)) {
		if (limit > 0 && (int64_t)json_array_size(list) == limit - 1)
			return true;
		if (!gw_regex_find(re, text, pos, &found))
			return false;
		if (!found)
			return true;
		struct gw_slice all = gw_regex_group(re, 0);
		size_t at = (size_t)(all.data - text.data);
		bool is_start = at == 0 && all.len == 0; /* no empty piece before it */
		if (!is_start && !add_piece(re->call, list, text, *start, at))
			return false;
		*start = is_start ? *start : at + all.len;
	}
	return true;
}

/* As Java's String.split: by a regular expression; without a limit empty pieces at the end go. */
static json_t *split(struct gw_call *call)
{
	gw_auto_regex re = { 0 };
	struct gw_slice text, pattern;
	int64_t limit = 0;
	size_t start = 0, n;
	if (!gw_call_string(call, &text) || !gw_arg_text(call, 0, &pattern) ||
		!gw_arg_int(call, 1, &limit) || !gw_regex_open(&re, call, pattern))
		return NULL;
	json_auto_t *list = json_array();
	if (!split_at_matches(&re, text, limit, list, &start))
		return NULL;
	bool is_split = json_array_size(list) > 0;
	if (!add_piece(call, list, text, start, text.len))
		return NULL;
	while (is_split && limit == 0 && (n = json_array_size(list)) > 0 &&
		json_string_length(json_array_get(list, n - 1)) == 0)
		json_array_remove(list, n - 1);
	return gw_steal(&list);
}

static const struct gw_builtin table[] = {
	{ "regexExtract", regex_extract, "regex!,group", GW_KEEPS_NULL, NULL },
	{ "regexMatch", regex_match, "regex!", 0, NULL },
	{ "regexReplace", regex_replace, "regex!,replacement!", GW_KEEPS_NULL, NULL },
	{ "replace", replace, "replace_pairs!,regexp", GW_KEEPS_NULL, NULL },
	{ "split", split, "delimiter!,limit", GW_KEEPS_NULL, NULL },
};

const struct gw_builtins gw_regex_filters = { table, GW_LEN(table) };

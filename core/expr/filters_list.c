/* filters_list.c - filters of lists and maps, some also of texts */
#include "expr/builtin.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/value.h"

static bool spend_on_items(struct gw_call *call, const json_t *value)
{
	return gw_call_spend(call, json_array_size(value) + json_object_size(value),
		GW_EXPR_ITEMS_A_STEP);
}

/* ---- First, last, length, part of ---- */

static json_t *take_end(struct gw_call *call, bool last)
{
	if (json_is_array(call->input)) {
		size_t n = json_array_size(call->input);
		json_t *item = json_array_get(call->input, last && n ? n - 1 : 0);
		return item ? json_incref(item) : json_null();
	}
	struct gw_slice text;
	if (!gw_call_string(call, &text))
		return NULL;
	size_t start = 0, end = 0;
	while (end < text.len) {
		start = end;
		gw_utf8_next(text, &end);
		if (!last)
			break;
	}
	return gw_string(gw_slice(text.data + start, end - start));
}

static json_t *first(struct gw_call *call)
{
	return take_end(call, false);
}

static json_t *last(struct gw_call *call)
{
	return take_end(call, true);
}

static size_t count(const json_t *value)
{
	if (json_is_string(value))
		return gw_utf8_length(gw_value_slice(value));
	return json_array_size(value) + json_object_size(value);
}

static json_t *length(struct gw_call *call)
{
	return json_integer((json_int_t)count(call->input));
}

static json_t *copy_items(struct gw_call *call, size_t from, size_t to)
{
	json_t *list = json_array();
	if (!gw_call_spend(call, to - from, GW_EXPR_ITEMS_A_STEP)) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = from; i < to; i++)
		json_array_append(list, json_array_get(call->input, i));
	return list;
}

static json_t *copy_characters(struct gw_call *call, size_t from, size_t to)
{
	struct gw_slice text = gw_value_slice(call->input);
	size_t start = 0, end = 0;
	for (size_t i = 0; i < to; i++) {
		if (i == from)
			start = end;
		gw_utf8_next(text, &end);
	}
	return gw_call_slice(call,
		from < to ? gw_slice(text.data + start, end - start) : gw_slice_of(""));
}

static json_t *slice(struct gw_call *call)
{
	int64_t from = 0, to = -1, n = (int64_t)count(call->input);
	if (!json_is_array(call->input) && !json_is_string(call->input))
		return gw_call_fail(call,
			"Slice filter can only be applied to String, List and "
			"array inputs. Actual type was: %s",
			gw_value_type(call->input));
	if (!gw_arg_int(call, 0, &from) || !gw_arg_int(call, 1, &to))
		return NULL;
	if (from < 0)
		return gw_call_fail(call, "fromIndex must be greater than 0");
	bool has_end = call->args[1] && !json_is_null(call->args[1]);
	if (has_end && to > n)
		return gw_call_fail(call, "toIndex must be smaller than input size: %lld",
			(long long)n);
	if (has_end ? from >= to : from > n)
		return gw_call_fail(call, "toIndex must be greater than fromIndex");
	size_t end = (size_t)(has_end ? to : n);
	return json_is_array(call->input) ? copy_items(call, (size_t)from, end)
					  : copy_characters(call, (size_t)from, end);
}

/* ---- Order ---- */

static json_t *reverse(struct gw_call *call)
{
	size_t n = json_array_size(call->input);
	if (!json_is_array(call->input))
		return gw_call_fail(call, "The 'reverse' filter can only be applied to lists.");
	if (!spend_on_items(call, call->input))
		return NULL;
	json_t *list = json_array();
	while (n-- > 0)
		json_array_append(list, json_array_get(call->input, n));
	return list;
}

static int compare_items(const void *a, const void *b)
{
	int order = 0;
	gw_value_compare(*(json_t *const *)a, *(json_t *const *)b, &order);
	return order;
}

/* Numbers, texts or booleans, not mixed. */
static bool is_sortable(const json_t *list)
{
	size_t i;
	int order;
	json_t *item;
	json_array_foreach (list, i, item) {
		if (!gw_value_compare(json_array_get(list, 0), item, &order))
			return false;
	}
	return json_is_array(list);
}

static json_t *sort_items(struct gw_call *call, bool descends)
{
	size_t n = json_array_size(call->input);
	if (!is_sortable(call->input))
		return gw_call_fail(call, "Unsupported input type for sort filter");
	if (!gw_call_spend(call, n, 1))
		return NULL;
	gw_auto_free json_t **items = gw_new_array(json_t *, n);
	for (size_t i = 0; i < n; i++)
		items[i] = json_array_get(call->input, i);
	qsort(items, n, sizeof(*items), compare_items);
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append(list, items[descends ? n - 1 - i : i]);
	return list;
}

static json_t *sort(struct gw_call *call)
{
	return sort_items(call, false);
}

static json_t *rsort(struct gw_call *call)
{
	return sort_items(call, true);
}

/* ---- Structure ---- */

static json_t *chunk(struct gw_call *call)
{
	int64_t size = 0;
	size_t i;
	json_t *item, *part = NULL;
	if (!json_is_array(call->input))
		return gw_call_fail(call,
			"'chunk' filter can only be applied to List. Actual type was: %s",
			gw_value_type(call->input));
	if (!gw_arg_int(call, 0, &size))
		return NULL;
	if (size < 1)
		return gw_call_fail(call, "'chunk' filter argument 'size' must be greater than 0");
	if (!spend_on_items(call, call->input) ||
		!gw_call_spend(call, json_array_size(call->input), (size_t)size))
		return NULL;
	json_t *list = json_array();
	json_array_foreach (call->input, i, item) {
		if (i % (size_t)size == 0)
			json_array_append_new(list, part = json_array());
		json_array_append(part, item);
	}
	return list;
}

static json_t *flatten(struct gw_call *call)
{
	size_t i;
	json_t *item;
	if (!json_is_array(call->input))
		return gw_call_fail(call, "The 'flatten' filter can only be applied to lists.");
	if (!spend_on_items(call, call->input))
		return NULL;
	json_auto_t *list = json_array();
	json_array_foreach (call->input, i, item) {
		if (!spend_on_items(call, item))
			return NULL;
		if (json_is_array(item))
			json_array_extend(list, item);
		else
			json_array_append(list, item);
	}
	return gw_steal(&list);
}

static json_t *keys(struct gw_call *call)
{
	const char *key;
	json_t *member;
	json_t *input = call->input;
	if (!json_is_array(input) && !json_is_object(input))
		return gw_call_fail(call,
			"'keys' filter can only be applied to List, Map, Array. "
			"Actual type was: %s",
			gw_value_type(input));
	if (!spend_on_items(call, input))
		return NULL;
	json_t *list = json_array();
	for (size_t i = 0; i < json_array_size(input); i++)
		json_array_append_new(list, json_integer((json_int_t)i));
	json_object_foreach (input, key, member) {
		json_array_append_new(list, gw_string(gw_slice_of(key)));
	}
	return list;
}

static json_t *values(struct gw_call *call)
{
	const char *key;
	json_t *member;
	if (!json_is_object(call->input))
		return gw_call_fail(call,
			"'values' filter can only be applied to Map. Actual type was: %s",
			gw_value_type(call->input));
	if (!spend_on_items(call, call->input))
		return NULL;
	json_t *list = json_array();
	json_object_foreach (call->input, key, member) {
		json_array_append(list, member);
	}
	return list;
}

/* The members of a map, or the items of a list as key and value. */
static bool merge_into_map(struct gw_call *call, json_t *map, json_t *items)
{
	size_t i;
	json_t *item;
	if (json_is_object(items))
		return json_object_update(map, items) == 0;
	if (!json_is_array(items))
		return gw_eval_fail(call->ev,
			"Currently, only Maps and Lists can be merged with a Map. Arg2: %s",
			gw_value_type(items));
	json_array_foreach (items, i, item) {
		gw_auto_str key = { 0 };
		if (!gw_value_text(call->ev, item, &key))
			return false;
		json_object_set_nocheck(map, gw_str_text(&key), item);
	}
	return true;
}

static bool merge_into_list(struct gw_call *call, json_t *list, json_t *items)
{
	const char *key;
	json_t *member;
	if (json_is_array(items))
		return json_array_extend(list, items) == 0;
	if (!json_is_object(items))
		return gw_eval_fail(call->ev,
			"Currently, only Maps and Lists can be merged with a List. Arg2: %s",
			gw_value_type(items));
	json_object_foreach (items, key, member) {
		json_t *entry = json_object();
		json_object_set_new_nocheck(entry, "key", gw_string(gw_slice_of(key)));
		json_object_set_nocheck(entry, "value", member);
		json_array_append_new(list, entry);
	}
	return true;
}

static json_t *merge(struct gw_call *call)
{
	json_t *input = call->input, *items = call->args[0];
	bool has_items = items && !json_is_null(items);
	if (json_is_null(input))
		return has_items ? json_incref(items)
				 : gw_call_fail(call, "The two arguments to be merged are null");
	if (!has_items)
		return json_incref(input);
	bool is_map = json_is_object(input);
	if (!is_map && !json_is_array(input))
		return gw_call_fail(call, "The object being filtered is not a Map/List/Array");
	if (!spend_on_items(call, input) || !spend_on_items(call, items))
		return NULL;
	json_auto_t *result = json_copy(input);
	bool ok =
		is_map ? merge_into_map(call, result, items) : merge_into_list(call, result, items);
	return ok ? gw_steal(&result) : NULL;
}

/* ---- Content ---- */

static json_t *join(struct gw_call *call)
{
	struct gw_slice separator = gw_slice_of("");
	size_t i;
	json_t *item;
	gw_auto_str out = { .limit = GW_EXPR_TEXT_MAX };
	if (!json_is_array(call->input))
		return gw_call_fail(call, "The 'join' filter expects that the input is either a "
					  "collection or an array.");
	if (!gw_arg_text(call, 0, &separator) || !spend_on_items(call, call->input))
		return NULL;
	json_array_foreach (call->input, i, item) {
		if (i > 0)
			gw_str_add(&out, separator.data, separator.len);
		if (!gw_value_text(call->ev, item, &out))
			return NULL;
	}
	return gw_call_text(call, &out);
}

/* A text that is the same for equal numbers, texts and booleans only. */
static void print_identity(struct gw_str *out, const json_t *value)
{
	gw_str_putc(out, (char)('a' + json_typeof(value)));
	if (json_is_string(value))
		gw_str_add(out, json_string_value(value), json_string_length(value));
	else if (json_is_integer(value))
		gw_str_int(out, json_integer_value(value));
	else if (json_is_real(value))
		gw_str_printf(out, "%a", json_real_value(value));
}

static bool is_known(struct gw_call *call, json_t *list, json_t *item, bool *known)
{
	size_t i;
	json_t *other;
	*known = false;
	if (!spend_on_items(call, list))
		return false;
	json_array_foreach (list, i, other) {
		if (!gw_value_equal(call->ev, other, item, known))
			return false;
		if (*known)
			break;
	}
	return true;
}

/* Appends item unless something equal is there: seen knows the scalars, parts the others. */
static bool add_distinct(struct gw_call *call, json_t *item, struct gw_map *seen, json_t *parts,
	json_t *list)
{
	gw_auto_str identity = { 0 };
	bool known = false;
	if (json_is_array(item) || json_is_object(item)) {
		if (!is_known(call, parts, item, &known))
			return false;
		if (!known)
			json_array_append(parts, item);
	} else {
		print_identity(&identity, item);
		known = gw_map_put(seen, gw_str_slice(&identity), list) != NULL;
	}
	if (!known)
		json_array_append(list, item);
	return true;
}

static json_t *distinct(struct gw_call *call)
{
	struct gw_map seen = { 0 };
	json_auto_t *parts = json_array(), *list = json_array();
	size_t i;
	json_t *item;
	bool ok = true;
	if (json_is_null(call->input))
		return gw_string(gw_slice_of("null"));
	if (!json_is_array(call->input))
		return gw_call_fail(call, "Input must be a list, but received : %s",
			gw_value_type(call->input));
	json_array_foreach (call->input, i, item) {
		ok = gw_call_spend(call, json_string_length(item), GW_EXPR_BYTES_A_STEP) &&
		     add_distinct(call, item, &seen, parts, list);
		if (!ok)
			break;
	}
	gw_map_clear(&seen, NULL);
	return ok ? gw_steal(&list) : NULL;
}

static json_t *use_default(struct gw_call *call)
{
	json_t *fallback = call->args[0] ? call->args[0] : json_null();
	return json_incref(gw_value_is_empty(call->input) ? fallback : call->input);
}

static const struct gw_builtin table[] = {
	{ "chunk", chunk, "size!", GW_KEEPS_NULL, NULL },
	{ "default", use_default, "default", GW_SWALLOWS, NULL },
	{ "distinct", distinct, NULL, 0, NULL },
	{ "first", first, NULL, GW_KEEPS_NULL, NULL },
	{ "flatten", flatten, NULL, GW_KEEPS_NULL, NULL },
	{ "join", join, "separator", GW_KEEPS_NULL, NULL },
	{ "keys", keys, NULL, GW_KEEPS_NULL, NULL },
	{ "last", last, NULL, GW_KEEPS_NULL, NULL },
	{ "length", length, NULL, 0, NULL },
	{ "merge", merge, "items", 0, NULL },
	{ "reverse", reverse, NULL, GW_KEEPS_NULL, NULL },
	{ "rsort", rsort, NULL, GW_KEEPS_NULL, NULL },
	{ "slice", slice, "fromIndex,toIndex", GW_KEEPS_NULL, NULL },
	{ "sort", sort, NULL, GW_KEEPS_NULL, NULL },
	{ "values", values, NULL, GW_KEEPS_NULL, NULL },
};

const struct gw_builtins gw_list_filters = { table, GW_LEN(table) };

/* value.c - printing and comparing values */
#include "expr/value.h"

#include "base/json.h"
#include "base/mem.h"
#include "expr/limits.h"

const char *gw_value_type(const json_t *value)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_OBJECT:
		return "Map";
	case JSON_ARRAY:
		return "List";
	case JSON_STRING:
		return "String";
	case JSON_INTEGER:
		return "Long";
	case JSON_REAL:
		return "Double";
	case JSON_TRUE:
	case JSON_FALSE:
		return "Boolean";
	case JSON_NULL:
		break;
	}
	return "null";
}

/* ---- Printing ---- */

struct printer {
	struct gw_eval *ev;
	struct gw_str *out;
	bool keeps_null;
	int depth;
};

static bool print_value(struct printer *p, const json_t *value);

static bool print_object(struct printer *p, json_t *object)
{
	const char *key;
	json_t *member;
	if (!gw_eval_spend(p->ev, json_object_size(object), GW_EXPR_ITEMS_A_STEP))
		return false;
	gw_str_putc(p->out, '{');
	json_object_foreach (object, key, member) {
		if (json_is_null(member) && !p->keeps_null)
			continue;
		gw_json_key(p->out, key);
		if (!print_value(p, member))
			return false;
	}
	gw_str_putc(p->out, '}');
	return true;
}

static bool print_array(struct printer *p, const json_t *array)
{
	size_t i;
	json_t *item;
	if (!gw_eval_spend(p->ev, json_array_size(array), GW_EXPR_ITEMS_A_STEP))
		return false;
	gw_str_putc(p->out, '[');
	json_array_foreach (array, i, item) {
		gw_json_comma(p->out);
		if (!print_value(p, item))
			return false;
	}
	gw_str_putc(p->out, ']');
	return true;
}

static bool check_size(struct gw_eval *ev, const struct gw_str *out)
{
	if (!out->full && out->len <= ev->limit)
		return true;
	return gw_eval_fail(ev, "The result is longer than %zu bytes", GW_EXPR_TEXT_MAX);
}

static bool print_value(struct printer *p, const json_t *value)
{
	bool ok = true;
	if (++p->depth > GW_EXPR_DEPTH_MAX)
		return gw_eval_fail(p->ev, "A value is nested too deeply");
	if (json_is_object(value))
		ok = print_object(p, (json_t *)(uintptr_t)value);
	else if (json_is_array(value))
		ok = print_array(p, value);
	else
		gw_json_print(p->out, value);
	p->depth--;
	return ok && check_size(p->ev, p->out);
}

bool gw_value_json(struct gw_eval *ev, const json_t *value, bool keeps_null, struct gw_str *out)
{
	struct printer p = { ev, out, keeps_null, 0 };
	return print_value(&p, value);
}

bool gw_value_text(struct gw_eval *ev, const json_t *value, struct gw_str *out)
{
	if (!json_is_string(value))
		return gw_value_json(ev, value, false, out);
	struct gw_slice text = gw_value_slice(value);
	gw_str_add(out, text.data, text.len);
	return gw_eval_spend(ev, text.len, GW_EXPR_BYTES_A_STEP) && check_size(ev, out);
}

bool gw_value_print(struct gw_eval *ev, const json_t *value, struct gw_str *out)
{
	return json_is_null(value) || gw_value_text(ev, value, out);
}

/* ---- Comparing ---- */

/* It holds every long and every double exactly. */
static long double as_long_double(const json_t *number)
{
	if (json_is_integer(number))
		return (long double)json_integer_value(number);
	return json_real_value(number);
}

static int compare_numbers(const json_t *a, const json_t *b)
{
	if (json_is_integer(a) && json_is_integer(b)) {
		json_int_t x = json_integer_value(a), y = json_integer_value(b);
		return (x > y) - (x < y);
	}
	long double x = as_long_double(a), y = as_long_double(b);
	return (x > y) - (x < y);
}

static int compare_texts(struct gw_slice a, struct gw_slice b)
{
	int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool gw_value_compare(const json_t *a, const json_t *b, int *out)
{
	if (json_is_number(a) && json_is_number(b))
		*out = compare_numbers(a, b);
	else if (json_is_string(a) && json_is_string(b))
		*out = compare_texts(gw_value_slice(a), gw_value_slice(b));
	else if (json_is_boolean(a) && json_is_boolean(b))
		*out = json_is_true(a) - json_is_true(b);
	else
		return false;
	return true;
}

static bool equal_items(struct gw_eval *ev, const json_t *a, const json_t *b, bool *out)
{
	size_t n = json_array_size(a);
	*out = n == json_array_size(b);
	if (!gw_eval_spend(ev, n, GW_EXPR_ITEMS_A_STEP))
		return false;
	for (size_t i = 0; *out && i < n; i++)
		if (!gw_value_equal(ev, json_array_get(a, i), json_array_get(b, i), out))
			return false;
	return true;
}

static bool equal_members(struct gw_eval *ev, json_t *a, const json_t *b, bool *out)
{
	const char *key;
	json_t *member;
	*out = json_object_size(a) == json_object_size(b);
	if (!gw_eval_spend(ev, json_object_size(a), GW_EXPR_ITEMS_A_STEP))
		return false;
	if (!*out)
		return true;
	json_object_foreach (a, key, member) {
		const json_t *other = json_object_get(b, key);
		*out = other != NULL;
		if (!other)
			return true;
		if (!gw_value_equal(ev, member, other, out))
			return false;
		if (!*out)
			return true;
	}
	return true;
}

bool gw_value_equal(struct gw_eval *ev, const json_t *a, const json_t *b, bool *out)
{
	bool ok = true;
	int order;
	if (!gw_eval_enter(ev, 1))
		return false;
	if (a == b)
		*out = true;
	else if (gw_value_compare(a, b, &order))
		*out = order == 0;
	else if (json_is_array(a) && json_is_array(b))
		ok = equal_items(ev, a, b, out);
	else if (json_is_object(a) && json_is_object(b))
		ok = equal_members(ev, (json_t *)(uintptr_t)a, b, out);
	else
		*out = false;
	gw_eval_leave(ev, 1);
	return ok;
}

bool gw_value_truth(struct gw_eval *ev, const json_t *value, const char *what, bool *out)
{
	switch (json_typeof(value)) {
	case JSON_TRUE:
	case JSON_FALSE:
		*out = json_is_true(value);
		return true;
	case JSON_INTEGER:
	case JSON_REAL:
		*out = json_number_value(value) != 0;
		return true;
	case JSON_STRING:
		*out = json_string_length(value) > 0;
		return true;
	case JSON_NULL:
		*out = false;
		return !what || gw_eval_fail(ev, "%s and strict variables is set to true", what);
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	return gw_eval_fail(ev,
		"Unsupported value type %s. Expected Boolean, String, Number in \"if\" statement",
		gw_value_type(value));
}

bool gw_value_is_empty(const json_t *value)
{
	struct gw_slice text = gw_value_slice(value);
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] > ' ')
			return false;
	return json_is_null(value) || json_is_string(value) ||
	       (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_object(value) && json_object_size(value) == 0);
}

/* ---- Depth ---- */

static bool check_level(struct gw_eval *ev, json_t *value, int level)
{
	size_t i;
	const char *key;
	json_t *item;
	size_t n = json_array_size(value) + json_object_size(value);
	if (!gw_eval_spend(ev, n, GW_EXPR_ITEMS_A_STEP))
		return false;
	if (level > GW_JSON_DEPTH)
		return gw_eval_fail(ev, "A value is nested deeper than %d levels", GW_JSON_DEPTH);
	json_array_foreach (value, i, item) {
		if ((json_is_array(item) || json_is_object(item)) &&
			!check_level(ev, item, level + 1))
			return false;
	}
	json_object_foreach (value, key, item) {
		if ((json_is_array(item) || json_is_object(item)) &&
			!check_level(ev, item, level + 1))
			return false;
	}
	return true;
}

bool gw_value_check_depth(struct gw_eval *ev, const json_t *value)
{
	if (!json_is_array(value) && !json_is_object(value))
		return true;
	return check_level(ev, (json_t *)(uintptr_t)value, 1);
}

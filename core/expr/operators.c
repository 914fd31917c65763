/* operators.c - arithmetic, comparison, contains, ranges */
#include "expr/operators.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "expr/limits.h"
#include "expr/value.h"

#include <math.h>

/* ---- Arithmetic: as Java computes, wrapping ---- */

static const char *const activities[] = {
	[GW_OP_ADD] = "addition",
	[GW_OP_SUBTRACT] = "subtraction",
	[GW_OP_MULTIPLY] = "multiplication",
	[GW_OP_DIVIDE] = "division",
	[GW_OP_MODULO] = "greater modulus",
	[GW_OP_GREATER] = "greater than comparison",
	[GW_OP_LESS] = "less than comparison",
	[GW_OP_AT_LEAST] = "greater than or equals comparison",
	[GW_OP_AT_MOST] = "less than or equals comparison",
};

static json_t *fail(struct gw_eval *ev, enum gw_op op)
{
	gw_eval_fail(ev, "Could not perform %s", activities[op]);
	return NULL;
}

static json_t *compute_long(struct gw_eval *ev, enum gw_op op, json_int_t a, json_int_t b)
{
	uint64_t x = (uint64_t)a, y = (uint64_t)b;
	bool divides = op == GW_OP_DIVIDE || op == GW_OP_MODULO;
	if (divides && b == 0)
		return fail(ev, op);
	if (divides && b == -1)
		return json_integer(op == GW_OP_DIVIDE ? (json_int_t)(0 - x) : 0);
	switch (op) {
	case GW_OP_ADD:
		return json_integer((json_int_t)(x + y));
	case GW_OP_SUBTRACT:
		return json_integer((json_int_t)(x - y));
	case GW_OP_MULTIPLY:
		return json_integer((json_int_t)(x * y));
	case GW_OP_DIVIDE:
		return json_integer(a / b);
	default:
		return json_integer(a % b);
	}
}

static json_t *compute_double(struct gw_eval *ev, enum gw_op op, double a, double b)
{
	double result = op == GW_OP_ADD        ? a + b
			: op == GW_OP_SUBTRACT ? a - b
			: op == GW_OP_MULTIPLY ? a * b
			: op == GW_OP_DIVIDE   ? a / b
					       : fmod(a, b);
	json_t *value = json_real(result);
	return value ? value : fail(ev, op); /* JSON knows no infinity */
}

static json_t *join_texts(struct gw_eval *ev, const json_t *a, const json_t *b, bool prints_null)
{
	gw_auto_str text = { 0 };
	size_t limit = ev->limit;
	bool skips_a = json_is_null(a) && !prints_null, skips_b = json_is_null(b) && !prints_null;
	ev->limit = GW_EXPR_TEXT_MAX;
	bool ok = (skips_a || gw_value_text(ev, a, &text)) &&
		  (skips_b || gw_value_text(ev, b, &text));
	ev->limit = limit;
	return ok ? gw_string(gw_str_slice(&text)) : NULL;
}

/* A copy of the list with one item, or all of another list, behind it. */
static json_t *append(struct gw_eval *ev, json_t *list, json_t *more)
{
	if (!gw_eval_spend(ev, json_array_size(list) + json_array_size(more), GW_EXPR_ITEMS_A_STEP))
		return NULL;
	json_t *result = json_copy(list);
	if (json_is_array(more))
		json_array_extend(result, more);
	else
		json_array_append(result, more);
	return result;
}

static bool holds(struct gw_eval *ev, json_t *list, json_t *item, bool *out)
{
	size_t i;
	json_t *each;
	*out = false;
	if (!gw_eval_spend(ev, json_array_size(list), GW_EXPR_ITEMS_A_STEP))
		return false;
	json_array_foreach (list, i, each) {
		if (!gw_value_equal(ev, each, item, out))
			return false;
		if (*out)
			break;
	}
	return true;
}

/* A copy of the list without one item (its first occurrence), or without all of another list. */
static json_t *take_away(struct gw_eval *ev, json_t *list, json_t *less)
{
	size_t i;
	json_t *item;
	json_auto_t *result = json_array();
	bool is_list = json_is_array(less), found = false, same;
	json_array_foreach (list, i, item) {
		if (is_list ? !holds(ev, less, item, &same)
			    : !gw_value_equal(ev, item, less, &same))
			return NULL;
		if (!same || (found && !is_list))
			json_array_append(result, item);
		found = found || same;
	}
	return gw_steal(&result);
}

static json_t *compute(struct gw_eval *ev, enum gw_op op, json_t *left, json_t *right)
{
	if (op == GW_OP_ADD && (json_is_string(left) || json_is_string(right)))
		return join_texts(ev, left, right, true);
	if (op == GW_OP_ADD && json_is_array(left))
		return append(ev, left, right);
	if (op == GW_OP_SUBTRACT && json_is_array(left))
		return take_away(ev, left, right);
	if (!json_is_number(left) || !json_is_number(right))
		return fail(ev, op);
	if (json_is_integer(left) && json_is_integer(right))
		return compute_long(ev, op, json_integer_value(left), json_integer_value(right));
	return compute_double(ev, op, json_number_value(left), json_number_value(right));
}

/* ---- Comparing and containing ---- */

/* Nothing is greater or less than null. */
static json_t *compare(struct gw_eval *ev, enum gw_op op, json_t *left, json_t *right)
{
	int order;
	if (json_is_null(left) || json_is_null(right))
		return json_false();
	if (json_is_boolean(left) || !gw_value_compare(left, right, &order))
		return fail(ev, op);
	return json_boolean(op == GW_OP_GREATER    ? order > 0
			    : op == GW_OP_LESS     ? order < 0
			    : op == GW_OP_AT_LEAST ? order >= 0
						   : order <= 0);
}

static json_t *equals(struct gw_eval *ev, json_t *left, json_t *right, bool wanted)
{
	bool same;
	return gw_value_equal(ev, left, right, &same) ? json_boolean(same == wanted) : NULL;
}

static json_t *contains_all(struct gw_eval *ev, json_t *list, json_t *items)
{
	size_t i;
	json_t *item;
	bool found = true;
	json_array_foreach (items, i, item) {
		if (!holds(ev, list, item, &found))
			return NULL;
		if (!found)
			break;
	}
	return json_boolean(found);
}

static json_t *contains(struct gw_eval *ev, json_t *left, json_t *right)
{
	bool found;
	if (json_is_null(left))
		return json_false();
	if (json_is_array(left) && json_is_array(right))
		return contains_all(ev, left, right);
	if (json_is_array(left))
		return holds(ev, left, right, &found) ? json_boolean(found) : NULL;
	gw_auto_str text = { 0 };
	if (!gw_value_text(ev, right, &text))
		return NULL;
	if (json_is_object(left))
		return json_boolean(json_object_get(left, gw_str_text(&text)));
	if (!json_is_string(left)) {
		gw_eval_fail(ev,
			"Contains operator can only be used on Collections, Maps and arrays. "
			"Actual type was: %s",
			gw_value_type(left));
		return NULL;
	}
	struct gw_slice in = gw_value_slice(left);
	return json_boolean(!text.len || memmem(in.data, in.len, text.data, text.len));
}

/* The texts of values are compared: 1 is in ["1"]. */
static bool find_text(struct gw_eval *ev, const json_t *value, struct gw_slice text, bool *found)
{
	gw_auto_str other = { 0 };
	if (!gw_value_text(ev, value, &other))
		return false;
	*found = *found || gw_slice_equal(gw_str_slice(&other), text);
	return true;
}

/* An item of a list; a key or value of a map. */
static bool is_in(struct gw_eval *ev, struct gw_slice text, json_t *right, bool *found)
{
	size_t i;
	const char *key;
	json_t *item;
	json_array_foreach (right, i, item) {
		if (!find_text(ev, item, text, found))
			return false;
	}
	json_object_foreach (right, key, item) {
		*found = *found || gw_slice_is(text, key);
		if (!find_text(ev, item, text, found))
			return false;
	}
	return true;
}

static json_t *test_is_in(struct gw_eval *ev, json_t *left, json_t *right)
{
	bool found = false;
	gw_auto_str text = { 0 };
	if (json_is_null(left))
		return json_false();
	if (!gw_value_text(ev, left, &text) || !is_in(ev, gw_str_slice(&text), right, &found))
		return NULL;
	return json_boolean(found);
}

/* ---- Ranges ---- */

static json_t *fail_range(struct gw_eval *ev)
{
	gw_eval_fail(ev, "Arguments of range function must be of type Number or String with a "
			 "length of 1");
	return NULL;
}

/* How many steps lead from start to end; both included. */
static uint64_t count_steps(int64_t start, int64_t end, int64_t step)
{
	if (step > 0 ? start > end : start < end)
		return 0;
	uint64_t distance =
		step > 0 ? (uint64_t)end - (uint64_t)start : (uint64_t)start - (uint64_t)end;
	uint64_t size = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
	return distance / size + (distance / size < UINT64_MAX);
}

static json_t *letter(int64_t c)
{
	gw_auto_str text = { 0 };
	gw_utf8_put(&text, (uint32_t)c);
	return gw_string(gw_str_slice(&text));
}

static json_t *make_range(struct gw_eval *ev, int64_t start, int64_t end, int64_t step,
	json_t *(*make)(int64_t))
{
	uint64_t n = count_steps(start, end, step);
	if (n > GW_EXPR_ITEMS_MAX) {
		gw_eval_fail(ev,
			"The range function cannot produce more than %d elements, "
			"but this call would produce %llu.",
			GW_EXPR_ITEMS_MAX, (unsigned long long)n);
		return NULL;
	}
	if (!gw_eval_spend(ev, n, 4))
		return NULL;
	json_t *list = json_array();
	for (uint64_t i = 0; i < n; i++)
		json_array_append_new(list, make((int64_t)((uint64_t)start + i * (uint64_t)step)));
	return list;
}

static bool is_letter(const json_t *value, uint32_t *c)
{
	struct gw_slice text = gw_value_slice(value);
	size_t pos = 0;
	if (!json_is_string(value) || text.len == 0)
		return false;
	*c = gw_utf8_next(text, &pos);
	return pos == text.len && *c < 0xd800;
}

static json_t *make_integer(int64_t number)
{
	return json_integer(number);
}

/* As Java casts a double. */
static int64_t as_long(const json_t *number)
{
	if (json_is_integer(number))
		return json_integer_value(number);
	double value = json_real_value(number);
	return value >= 0x1p63 ? INT64_MAX : value <= -0x1p63 ? INT64_MIN : (int64_t)value;
}

json_t *gw_range(struct gw_eval *ev, const json_t *start, const json_t *end, int64_t step)
{
	uint32_t from, to;
	if (step == 0) {
		gw_eval_fail(ev, "The increment of the range function must be different than 0");
		return NULL;
	}
	if (json_is_number(start) && json_is_number(end))
		return make_range(ev, as_long(start), as_long(end), step, make_integer);
	if (!is_letter(start, &from) || !is_letter(end, &to))
		return fail_range(ev);
	return make_range(ev, from, to, step, letter);
}

/* ---- All of them ---- */

json_t *gw_operator_unary(struct gw_eval *ev, enum gw_op op, json_t *operand)
{
	bool truth;
	if (op == GW_OP_NOT)
		return gw_value_truth(ev, operand, "null value given to not()", &truth)
			       ? json_boolean(!truth)
			       : NULL;
	if (!json_is_number(operand))
		return fail(ev, GW_OP_MULTIPLY);
	json_auto_t *sign = json_integer(op == GW_OP_SUBTRACT ? -1 : 1);
	return compute(ev, GW_OP_MULTIPLY, sign, operand);
}

json_t *gw_operator_binary(struct gw_eval *ev, enum gw_op op, json_t *left, json_t *right)
{
	switch (op) {
	case GW_OP_CONCAT:
		return join_texts(ev, left, right, false);
	case GW_OP_EQUALS:
	case GW_OP_DIFFERS:
		return equals(ev, left, right, op == GW_OP_EQUALS);
	case GW_OP_CONTAINS:
		return contains(ev, left, right);
	case GW_OP_IS_IN:
		return test_is_in(ev, left, right);
	case GW_OP_RANGE:
		return gw_range(ev, left, right, 1);
	case GW_OP_GREATER:
	case GW_OP_LESS:
	case GW_OP_AT_LEAST:
	case GW_OP_AT_MOST:
		return compare(ev, op, left, right);
	default:
		return compute(ev, op, left, right);
	}
}

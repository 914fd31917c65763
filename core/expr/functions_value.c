/* functions_value.c - functions of their arguments alone */
#include "expr/builtin.h"

#include "base/json.h"
#include "base/mem.h"
#include "expr/ion.h"
#include "expr/operators.h"
#include "expr/value.h"

/* ---- Numbers ---- */

/* The one argument is the list of all. */
static json_t *choose(struct gw_call *call, int sign)
{
	size_t i;
	int order;
	json_t *item, *best = NULL;
	json_array_foreach (call->args[0], i, item) {
		if (json_is_null(item))
			continue;
		if (best && !gw_value_compare(item, best, &order))
			return gw_call_fail(call, "invalid operands for mathematical comparison "
						  "[GREATER_THAN]");
		if (!best || order * sign > 0)
			best = item;
	}
	return best ? json_incref(best) : json_null();
}

static json_t *max(struct gw_call *call)
{
	return choose(call, 1);
}

static json_t *min(struct gw_call *call)
{
	return choose(call, -1);
}

static json_t *range(struct gw_call *call)
{
	int64_t increment = 1;
	if (call->args[2] && !json_is_null(call->args[2]) && !json_is_number(call->args[2]))
		return gw_call_fail(call, "The increment of the range function must be a number %s",
			gw_value_type(call->args[2]));
	if (!gw_arg_int(call, 2, &increment))
		return NULL;
	return gw_range(call->ev, call->args[0], call->args[1], increment);
}

/* ---- Reading texts ---- */

static bool is_null(const struct gw_call *call)
{
	return json_is_null(call->args[0]);
}

static json_t *from_json(struct gw_call *call)
{
	struct gw_slice text;
	struct gw_error err;
	if (is_null(call))
		return json_null();
	if (!gw_arg_text(call, 0, &text))
		return NULL;
	json_t *value = gw_json_parse(text, &err);
	return value ? value : gw_call_fail(call, "Invalid json: %s", err.message);
}

/* All values of a text; only the first if there is no list for them. */
static json_t *read_ion(struct gw_call *call, struct gw_slice text, bool all)
{
	struct gw_error err;
	json_auto_t *rows = json_array();
	for (size_t pos = 0; gw_ion_has_more(text, &pos);) {
		json_t *value = gw_ion_parse(text, &pos, &err);
		if (!value)
			return gw_call_fail(call, "Invalid ion: %s", err.message);
		if (!all)
			return value;
		json_array_append_new(rows, value);
	}
	return all ? gw_steal(&rows) : json_null();
}

static json_t *from_ion(struct gw_call *call)
{
	struct gw_slice text;
	bool all = false;
	if (is_null(call))
		return json_null();
	if (!gw_arg_text(call, 0, &text) || !gw_arg_bool(call, 1, &all))
		return NULL;
	return read_ion(call, text, all);
}

static const struct gw_builtin table[] = {
	{ "fromIon", from_ion, "ion!,allRows", 0, NULL },
	{ "fromJson", from_json, "json!", 0, NULL },
	{ "json", from_json, "json!", 0, NULL },
	{ "max", max, "*", 0, NULL },
	{ "min", min, "*", 0, NULL },
	{ "range", range, "start!,end!,increment", 0, NULL },
};

const struct gw_builtins gw_value_functions = { table, GW_LEN(table) };

/* tests.c - what may stand behind "is" */
#include "expr/builtin.h"

#include "base/json.h"
#include "base/mem.h"
#include "expr/value.h"

static json_t *is_defined(struct gw_call *call)
{
	return json_boolean(!json_is_null(call->input));
}

static json_t *is_null(struct gw_call *call)
{
	return json_boolean(json_is_null(call->input));
}

static json_t *is_empty(struct gw_call *call)
{
	return json_boolean(gw_value_is_empty(call->input));
}

static json_t *is_iterable(struct gw_call *call)
{
	return json_boolean(json_is_array(call->input));
}

static json_t *is_map(struct gw_call *call)
{
	return json_boolean(json_is_object(call->input));
}

static json_t *test_parity(struct gw_call *call, int parity)
{
	if (json_is_null(call->input))
		return gw_call_fail(call, "Can not pass null value to \"%s\" test.",
			call->what->name);
	if (!json_is_integer(call->input))
		return gw_call_fail(call, "The '%s' test expects a whole number, not %s.",
			call->what->name, gw_value_type(call->input));
	return json_boolean((json_integer_value(call->input) & 1) == parity);
}

static json_t *is_even(struct gw_call *call)
{
	return test_parity(call, 0);
}

static json_t *is_odd(struct gw_call *call)
{
	return test_parity(call, 1);
}

/* A list or map, or a text that is JSON. */
static json_t *is_json(struct gw_call *call)
{
	struct gw_error err;
	if (!json_is_string(call->input))
		return json_boolean(json_is_array(call->input) || json_is_object(call->input));
	json_auto_t *value = gw_json_parse(gw_value_slice(call->input), &err);
	return json_boolean(value != NULL);
}

static const struct gw_builtin table[] = {
	{ "defined", is_defined, NULL, GW_SWALLOWS, NULL },
	{ "empty", is_empty, NULL, 0, NULL },
	{ "even", is_even, NULL, 0, NULL },
	{ "iterable", is_iterable, NULL, 0, NULL },
	{ "json", is_json, NULL, 0, NULL },
	{ "map", is_map, NULL, 0, NULL },
	{ "null", is_null, NULL, 0, NULL },
	{ "odd", is_odd, NULL, 0, NULL },
};

const struct gw_builtins gw_tests = { table, GW_LEN(table) };

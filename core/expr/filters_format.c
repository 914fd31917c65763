/* filters_format.c - filters that print a value as JSON or Ion */
#include "expr/builtin.h"

#include "base/mem.h"
#include "expr/ion.h"
#include "expr/value.h"

static json_t *to_json(struct gw_call *call)
{
	gw_auto_str out = { 0 };
	bool keeps_null = false;
	if (!gw_arg_bool(call, 0, &keeps_null) ||
		!gw_value_json(call->ev, call->input, keeps_null, &out))
		return NULL;
	return gw_call_text(call, &out);
}

static json_t *to_ion(struct gw_call *call)
{
	gw_auto_str out = { .limit = GW_EXPR_TEXT_MAX };
	if (!gw_ion_print(&out, call->input, GW_EXPR_DEPTH_MAX))
		return gw_call_fail(call, "Unable to transform to ion value");
	return gw_call_text(call, &out);
}

static json_t *class_name(struct gw_call *call)
{
	const json_t *input = call->input;
	json_int_t value = json_integer_value(input);
	const char *name = "java.lang.String";
	if (json_is_integer(input))
		name = value >= INT32_MIN && value <= INT32_MAX ? "java.lang.Integer"
								: "java.lang.Long";
	else if (json_is_real(input))
		name = "java.lang.Double";
	else if (json_is_boolean(input))
		name = "java.lang.Boolean";
	else if (json_is_object(input))
		name = "java.util.LinkedHashMap";
	else if (json_is_array(input))
		name = "java.util.ArrayList";
	return gw_string(gw_slice_of(name));
}

static const struct gw_builtin table[] = {
	{ "className", class_name, NULL, GW_KEEPS_NULL, NULL },
	{ "jq", NULL, "expression!", GW_KEEPS_NULL | GW_ASKS, NULL },
	{ "json", to_json, "includeNulls", 0, NULL },
	{ "toIon", to_ion, NULL, 0, NULL },
	{ "toJson", to_json, "includeNulls", 0, NULL },
};

const struct gw_builtins gw_format_filters = { table, GW_LEN(table) };

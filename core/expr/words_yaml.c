/* words_yaml.c - YAML: the filter that prints it, the function that reads it */
#include "expr/builtin.h"

#include "base/mem.h"
#include "expr/value.h"
#include "yaml/yaml.h"

/* Printed as JSON first: that is bounded, whatever the value. */
static json_t *to_yaml(struct gw_call *call)
{
	gw_auto_str json = { 0 }, out = { .limit = GW_EXPR_TEXT_MAX };
	if (json_is_null(call->input))
		return gw_string(gw_slice_of("null"));
	if (!gw_value_json(call->ev, call->input, true, &json))
		return NULL;
	gw_yaml_print(&out, call->input);
	return gw_call_text(call, &out);
}

static json_t *from_yaml(struct gw_call *call)
{
	struct gw_slice text;
	struct gw_error err;
	if (!gw_arg_text(call, 0, &text))
		return NULL;
	json_t *value = gw_yaml_parse(text, &err);
	return value ? value : gw_call_fail(call, "Invalid yaml: %s", err.message);
}

static const struct gw_builtin filters[] = {
	{ "yaml", to_yaml, NULL, 0, NULL },
};

static const struct gw_builtin functions[] = {
	{ "yaml", from_yaml, "yaml!", 0, NULL },
};

const struct gw_builtins gw_yaml_filters = { filters, GW_LEN(filters) };
const struct gw_builtins gw_yaml_functions = { functions, GW_LEN(functions) };

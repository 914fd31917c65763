/* condition.c - conditions on an expression, and on other conditions */
#include "plugins/schedule/schedule.h"

#include <ctype.h>

/* ---- Expression ---- */

static const struct gw_property expression_properties[] = {
	{ "expression", "string", GW_REQUIRED, NULL,
		"Holds if it renders to something other than blanks or `false`." },
	{ 0 },
};

static bool test_expression(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	const json_t *value = json_object_get(properties, "expression");
	const char *text = json_string_value(value);
	(void)nested, (void)n, (void)err;
	while (text && isspace((unsigned char)*text))
		text++;
	size_t len = text ? strlen(text) : 0;
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	*holds = json_is_string(value) ? len > 0 && !gw_slice_is(gw_slice(text, len), "false")
				       : gw_is_truthy(value);
	return true;
}

const struct gw_condition_type expression_condition = {
	.type = "io.kestra.plugin.core.condition.Expression",
	.aliases =
		(const char *const[]){ "io.kestra.core.models.conditions.types.ExpressionCondition",
			"io.kestra.core.models.conditions.types.VariableCondition",
			"io.kestra.plugin.core.condition.ExpressionCondition",
			"io.kestra.plugin.core.condition.VariableCondition", NULL },
	.summary = "Holds if an expression does.",
	.properties = expression_properties,
	.test = test_expression,
};

/* ---- Not, Or ---- */

static const struct gw_property nested_properties[] = {
	{ "conditions", "list<condition>", GW_REQUIRED, NULL, "The conditions that are tested." },
	{ 0 },
};

static bool any_holds(const bool *nested, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (nested[i])
			return true;
	return false;
}

static bool test_or(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	(void)properties, (void)err;
	*holds = any_holds(nested, n);
	return true;
}

const struct gw_condition_type or_condition = {
	.type = "io.kestra.plugin.core.condition.Or",
	.aliases = FORMER_NAMES("OrCondition"),
	.summary = "Holds if at least one of its conditions does.",
	.properties = nested_properties,
	.test = test_or,
};

static bool test_not(const json_t *properties, const bool *nested, size_t n, bool *holds,
	struct gw_error *err)
{
	(void)properties, (void)err;
	*holds = !any_holds(nested, n);
	return true;
}

const struct gw_condition_type not_condition = {
	.type = "io.kestra.plugin.core.condition.Not",
	.aliases = FORMER_NAMES("NotCondition"),
	.summary = "Holds if none of its conditions does.",
	.properties = nested_properties,
	.test = test_not,
};

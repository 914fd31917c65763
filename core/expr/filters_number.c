/* filters_number.c - filters that make numbers, and numbers into text */
#include "expr/builtin.h"

#include "base/json.h"
#include "base/mem.h"
#include "expr/decimal_format.h"
#include "expr/value.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>

static json_t *absolute(struct gw_call *call)
{
	if (json_is_null(call->input))
		return gw_call_fail(call, "Can not pass null value to \"abs\" filter.");
	if (json_is_real(call->input))
		return json_real(fabs(json_real_value(call->input)));
	if (!json_is_integer(call->input))
		return gw_call_fail(call, "The 'abs' filter does require as input a number.");
	json_int_t value = json_integer_value(call->input);
	return json_integer(value < 0 ? (json_int_t)(0 - (uint64_t)value) : value);
}

static json_t *number_format(struct gw_call *call)
{
	struct gw_slice pattern = gw_slice_of("#,##0.###");
	struct gw_error err;
	gw_auto_str out = { 0 };
	if (!json_is_number(call->input))
		return gw_call_fail(call,
			"The input for the 'NumberFormat' filter has to be a number.");
	if (!gw_arg_text(call, 0, &pattern))
		return NULL;
	if (!gw_decimal_format(&out, pattern, call->input, &err))
		return gw_call_fail(call, "%s", err.message);
	return gw_call_text(call, &out);
}

/* ---- From text ---- */

/* "-12", "1.5", ".5", "2e3"; *is_whole: no point and no exponent. */
static bool is_decimal(const char *text, bool *is_whole)
{
	const char *p = text + strspn(text, "+-");
	size_t digits = strspn(p, "0123456789");
	size_t signs = (size_t)(p - text);
	p += digits;
	*is_whole = *p == '\0';
	if (*p == '.') {
		size_t fraction = strspn(++p, "0123456789");
		digits += fraction;
		p += fraction;
	}
	if (digits && (*p == 'e' || *p == 'E')) {
		p++;
		p += *p == '-' || *p == '+';
		size_t exponent = strspn(p, "0123456789");
		digits = exponent ? digits : 0;
		p += exponent;
	}
	return signs <= 1 && digits && *p == '\0';
}

static bool is_hex(const char *text)
{
	text += *text == '-' || *text == '+';
	return text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
	       isxdigit((unsigned char)text[2]);
}

/* NULL if it is no number of this type. Leading zeros do not make it octal. */
static json_t *read_number(const char *text, struct gw_slice type)
{
	bool is_whole, hex = is_hex(text);
	bool wants_real = gw_slice_is(type, "FLOAT") || gw_slice_is(type, "DOUBLE") ||
			  gw_slice_is(type, "BIGDECIMAL");
	if (!hex && !is_decimal(text, &is_whole))
		return NULL;
	errno = 0;
	if (!hex && (wants_real || (!is_whole && type.len == 0)))
		return json_real(strtod(text, NULL));
	char *end;
	long long value = strtoll(text, &end, hex ? 16 : 10);
	bool fits = !gw_slice_is(type, "INT") || (value >= INT32_MIN && value <= INT32_MAX);
	return errno == 0 && *end == '\0' && fits ? json_integer(value) : NULL;
}

static json_t *number(struct gw_call *call)
{
	struct gw_slice text, type = gw_slice_of("");
	if (!gw_call_string(call, &text) || !gw_arg_text(call, 0, &type))
		return NULL;
	json_t *value = read_number(json_string_value(call->input), type);
	if (value)
		return value;
	return gw_call_fail(call, "%.*s is not a valid number.", GW_SLICE(text));
}

/* A number, or a text that is one, as text. */
static json_t *string(struct gw_call *call)
{
	gw_auto_str out = { 0 };
	bool is_whole;
	if (json_is_string(call->input) && is_decimal(json_string_value(call->input), &is_whole))
		return json_incref(call->input);
	if (json_is_string(call->input))
		return gw_call_fail(call,
			"'string' filter expects a valid number. "
			"Received an invalid numeric string: %s",
			json_string_value(call->input));
	if (!json_is_number(call->input))
		return gw_call_fail(call,
			"'string' filter expects a Number (INT, FLOAT, DOUBLE, etc.) or numeric "
			"String. Received: %s",
			gw_value_type(call->input));
	gw_json_print(&out, call->input);
	return gw_call_text(call, &out);
}

static const struct gw_builtin table[] = {
	{ "abs", absolute, NULL, 0, NULL },
	{ "number", number, "type", GW_KEEPS_NULL, NULL },
	{ "numberFormat", number_format, "format", GW_KEEPS_NULL, NULL },
	{ "string", string, NULL, GW_KEEPS_NULL, NULL },
};

const struct gw_builtins gw_number_filters = { table, GW_LEN(table) };

/* value.h - values: JSON documents that nobody changes */
#ifndef GW_EXPR_VALUE_H
#define GW_EXPR_VALUE_H

#include "expr/eval.h"

/* A new reference to a borrowed value. */
static inline json_t *gw_keep(const json_t *value)
{
	return json_incref((json_t *)(uintptr_t)value);
}

static inline struct gw_slice gw_value_slice(const json_t *string)
{
	return gw_slice(json_string_value(string), json_string_length(string));
}

static inline json_t *gw_string(struct gw_slice text)
{
	return json_stringn_nocheck(text.data ? text.data : "", text.len);
}

/* "String", "Long", "Map" …: what the language calls its type. */
const char *gw_value_type(const json_t *value);

/* Appends it as {{ }} prints it: strings bare, null as nothing, lists and maps as JSON. */
bool gw_value_print(struct gw_eval *ev, const json_t *value, struct gw_str *out);
/* The same, null as "null". */
bool gw_value_text(struct gw_eval *ev, const json_t *value, struct gw_str *out);
/* As JSON; members that are null are left out unless they are kept. */
bool gw_value_json(struct gw_eval *ev, const json_t *value, bool keeps_null, struct gw_str *out);

/* As == does: numbers by value. */
bool gw_value_equal(struct gw_eval *ev, const json_t *a, const json_t *b, bool *out);
/* <0, 0, >0; numbers with numbers, texts with texts; false without an error otherwise. */
bool gw_value_compare(const json_t *a, const json_t *b, int *out);
/* Whether a condition holds; null is an error that says what, unless what is NULL (false). */
bool gw_value_truth(struct gw_eval *ev, const json_t *value, const char *what, bool *out);
/* null, a blank text, an empty list or map. */
bool gw_value_is_empty(const json_t *value);
/* Whether it is nested so deeply only that everybody can walk over it; else an error. */
bool gw_value_check_depth(struct gw_eval *ev, const json_t *value);

#endif

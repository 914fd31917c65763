/* match.c - does a record match a query, and which of two comes first */
#include "backends/memory/match.h"

static struct gw_value text_value(struct gw_slice text)
{
	return (struct gw_value){ .is_set = text.data != NULL, .text = text };
}

struct gw_value gw_match_value(const struct gw_record *r, const char *field)
{
	if (strcmp(field, "tenant") == 0)
		return text_value(r->tenant);
	if (strcmp(field, "key") == 0)
		return text_value(r->key);
	if (strcmp(field, "owner") == 0)
		return text_value(r->owner);
	if (strcmp(field, "due") == 0)
		return (struct gw_value){ .is_set = r->due != GW_NEVER, .number = r->due };
	int i = gw_kind_field(r->kind, field);
	if (i < 0 || !r->fields)
		return (struct gw_value){ 0 };
	struct gw_value value = r->fields[i];
	if (r->kind->fields[i].type == GW_KEYWORDS)
		value.is_set = value.n_items > 0;
	return value;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool contains(struct gw_slice text, struct gw_slice part)
{
	for (size_t at = 0; at + part.len <= text.len; at++) {
		size_t i = 0;
		while (i < part.len && lower(text.data[at + i]) == lower(part.data[i]))
			i++;
		if (i == part.len)
			return true;
	}
	return false;
}

static bool is_under(struct gw_slice text, struct gw_slice parent)
{
	return gw_slice_starts(text, parent) &&
	       (text.len == parent.len || text.data[parent.len] == '.');
}

static bool holds(enum gw_compare compare, int order)
{
	switch (compare) {
	case GW_EQ:
		return order == 0;
	case GW_LT:
		return order < 0;
	case GW_LE:
		return order <= 0;
	case GW_GT:
		return order > 0;
	case GW_GE:
		return order >= 0;
	default:
		return false;
	}
}

static bool text_holds(enum gw_compare compare, struct gw_slice text, struct gw_slice operand)
{
	switch (compare) {
	case GW_PREFIX:
		return gw_slice_starts(text, operand);
	case GW_SUFFIX:
		return gw_slice_ends(text, operand);
	case GW_UNDER:
		return is_under(text, operand);
	case GW_CONTAINS:
		return contains(text, operand);
	default:
		return holds(compare, gw_slice_compare(text, operand));
	}
}

static bool value_holds(enum gw_compare compare, const struct gw_value *value,
	const struct gw_value *operand)
{
	for (unsigned i = 0; i < value->n_items; i++)
		if (text_holds(compare, value->items[i], operand->text))
			return true;
	if (value->n_items)
		return false;
	if (value->text.data)
		return text_holds(compare, value->text, operand->text);
	return holds(compare,
		(value->number > operand->number) - (value->number < operand->number));
}

static bool filter_holds(const struct gw_record *r, const struct gw_filter *f);

static unsigned n_nested_holding(const struct gw_record *r, const struct gw_filter *f)
{
	unsigned n = 0;
	for (unsigned i = 0; i < f->n_nested; i++)
		n += filter_holds(r, &f->nested[i]);
	return n;
}

static bool filter_holds(const struct gw_record *r, const struct gw_filter *f)
{
	if (f->compare == GW_ANY)
		return n_nested_holding(r, f) > 0;
	if (f->compare == GW_NOT)
		return n_nested_holding(r, f) < f->n_nested;
	struct gw_value value = gw_match_value(r, f->field);
	if (!value.is_set || f->compare == GW_IS_NULL)
		return !value.is_set && f->compare == GW_IS_NULL;
	for (unsigned i = 0; i < f->n_values; i++)
		if (value_holds(f->compare, &value, &f->values[i]))
			return true;
	return false;
}

bool gw_match_query(const struct gw_record *r, const struct gw_query *query)
{
	if (query->tenant.data && !gw_slice_equal(r->tenant, query->tenant))
		return false;
	if (query->after.data && gw_slice_compare(r->key, query->after) <= 0)
		return false;
	for (unsigned i = 0; i < query->n_filters; i++)
		if (!filter_holds(r, &query->filters[i]))
			return false;
	return true;
}

static int value_order(const struct gw_value *a, const struct gw_value *b, bool descending)
{
	if (!a->is_set || !b->is_set)
		return b->is_set - a->is_set;
	int order = (a->number > b->number) - (a->number < b->number);
	if (a->text.data)
		order = gw_slice_compare(a->text, b->text);
	return descending ? -order : order;
}

int gw_match_order(const struct gw_record *a, const struct gw_record *b,
	const struct gw_query *query)
{
	for (unsigned i = 0; i < query->n_orders; i++) {
		struct gw_value x = gw_match_value(a, query->orders[i].field);
		struct gw_value y = gw_match_value(b, query->orders[i].field);
		int order = value_order(&x, &y, query->orders[i].descending);
		if (order)
			return order;
	}
	int by_key = gw_slice_compare(a->key, b->key);
	int by_tenant = gw_slice_compare(a->tenant, b->tenant);
	if (query->n_orders)
		return by_key ? by_key : by_tenant;
	return by_tenant ? by_tenant : by_key;
}

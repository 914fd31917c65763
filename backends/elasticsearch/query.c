/* query.c - filters and orders in the server's query language */
#include "backends/elasticsearch/elasticsearch.h"

static bool is_text(const struct gw_query *query, const char *field)
{
	int i = gw_kind_field(query->kind, field);
	return i >= 0 && query->kind->fields[i].type == GW_TEXT;
}

/* Keys are indexed whole, other keywords by their beginning. */
static struct gw_slice indexed(const char *field, struct gw_slice text)
{
	bool whole = strcmp(field, "key") == 0 || strcmp(field, "tenant") == 0;
	return whole ? text : cut_text(text, GW_KEYWORD_INDEXED);
}

/* {"name":{"field": … the value and two braces follow. */
static void open_leaf(struct gw_str *out, const char *name, const char *field)
{
	gw_str_printf(out, "{\"%s\":{\"%s\":", name, field);
}

static void close_leaf(struct gw_str *out)
{
	gw_str_puts(out, "}}");
}

static void print_value(struct gw_str *out, const struct gw_query *query, const struct gw_filter *f,
	const struct gw_value *value)
{
	int i = gw_kind_field(query->kind, f->field);
	if (value->text.data)
		gw_json_quote(out, indexed(f->field, value->text));
	else if (i >= 0 && query->kind->fields[i].type == GW_BOOLEAN)
		gw_str_puts(out, value->number ? "true" : "false");
	else
		gw_str_int(out, value->number);
}

static void print_exists(struct gw_str *out, const char *field)
{
	gw_str_printf(out, "{\"exists\":{\"field\":\"%s\"}}", field);
}

/* ---- Comparisons ---- */

static void print_terms(struct gw_str *out, const struct gw_query *query, const struct gw_filter *f)
{
	open_leaf(out, "terms", f->field);
	gw_str_putc(out, '[');
	for (unsigned i = 0; i < f->n_values; i++) {
		gw_json_comma(out);
		print_value(out, query, f, &f->values[i]);
	}
	gw_str_putc(out, ']');
	close_leaf(out);
}

static void print_range(struct gw_str *out, const struct gw_query *query, const struct gw_filter *f,
	const struct gw_value *value)
{
	static const char *const names[] = {
		[GW_LT] = "lt", [GW_LE] = "lte", [GW_GT] = "gt", [GW_GE] = "gte"
	};
	open_leaf(out, "range", f->field);
	gw_str_printf(out, "{\"%s\":", names[f->compare]);
	print_value(out, query, f, value);
	gw_str_putc(out, '}');
	close_leaf(out);
}

static void print_prefix(struct gw_str *out, const char *field, struct gw_slice prefix)
{
	open_leaf(out, "prefix", field);
	gw_json_quote(out, prefix);
	close_leaf(out);
}

static void print_under(struct gw_str *out, const char *field, struct gw_slice parent)
{
	gw_auto_str below = { 0 };
	gw_str_printf(&below, "%.*s.", GW_SLICE(parent));
	gw_str_puts(out, "{\"bool\":{\"should\":[");
	open_leaf(out, "term", field);
	gw_json_quote(out, indexed(field, parent));
	close_leaf(out);
	gw_str_putc(out, ',');
	print_prefix(out, field, indexed(field, gw_str_slice(&below)));
	gw_str_puts(out, "]}}");
}

/* "*text", or "*text*" without regard to the case of ASCII letters. */
static void print_wildcard(struct gw_str *out, const struct gw_filter *f, struct gw_slice text)
{
	gw_auto_str pattern = { 0 };
	bool contains = f->compare == GW_CONTAINS;
	gw_str_putc(&pattern, '*');
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("*?\\", text.data[i]))
			gw_str_putc(&pattern, '\\');
		gw_str_putc(&pattern, text.data[i]);
	}
	if (contains)
		gw_str_putc(&pattern, '*');
	open_leaf(out, "wildcard", f->field);
	gw_str_puts(out, "{\"value\":");
	gw_json_quote(out, gw_str_slice(&pattern));
	gw_str_puts(out, contains ? ",\"case_insensitive\":true}" : "}");
	close_leaf(out);
}

static void print_compare(struct gw_str *out, const struct gw_query *query,
	const struct gw_filter *f, const struct gw_value *value)
{
	struct gw_slice text = value->text;
	switch (f->compare) {
	case GW_PREFIX:
		print_prefix(out, f->field, indexed(f->field, text));
		break;
	case GW_UNDER:
		print_under(out, f->field, text);
		break;
	case GW_SUFFIX:
		print_wildcard(out, f, text);
		break;
	case GW_CONTAINS:
		print_wildcard(out, f,
			is_text(query, f->field) ? cut_text(text, TEXT_OVERLAP) : text);
		break;
	default:
		print_range(out, query, f, value);
		break;
	}
}

static void print_any_value(struct gw_str *out, const struct gw_query *query,
	const struct gw_filter *f)
{
	if (f->n_values == 1) {
		print_compare(out, query, f, &f->values[0]);
		return;
	}
	gw_str_puts(out, "{\"bool\":{\"should\":[");
	for (unsigned i = 0; i < f->n_values; i++) {
		gw_json_comma(out);
		print_compare(out, query, f, &f->values[i]);
	}
	gw_str_puts(out, "]}}");
}

static void print_leaf(struct gw_str *out, const struct gw_query *query, const struct gw_filter *f)
{
	if (f->n_values == 0)
		gw_str_puts(out, "{\"match_none\":{}}");
	else if (f->compare == GW_EQ)
		print_terms(out, query, f);
	else
		print_any_value(out, query, f);
}

/* ---- Filters ---- */

static void print_filter(struct gw_str *out, const struct gw_query *query,
	const struct gw_filter *f, bool negated);

/* One level of bool each: the server bounds how deep they nest. */
static void print_nested(struct gw_str *out, const struct gw_query *query,
	const struct gw_filter *f, bool negated)
{
	bool any = f->compare == GW_ANY;
	if (f->n_nested == 0) {
		gw_str_puts(out, negated ? "{\"match_all\":{}}" : "{\"match_none\":{}}");
		return;
	}
	const char *clause =
		any ? (negated ? "must_not" : "should") : (negated ? "filter" : "should");
	gw_str_printf(out, "{\"bool\":{\"%s\":[", clause);
	for (unsigned i = 0; i < f->n_nested; i++) {
		gw_json_comma(out);
		print_filter(out, query, &f->nested[i], !any && !negated);
	}
	gw_str_puts(out, "]}}");
}

static void print_filter(struct gw_str *out, const struct gw_query *query,
	const struct gw_filter *f, bool negated)
{
	if (f->compare == GW_ANY || f->compare == GW_NOT) {
		print_nested(out, query, f, negated);
		return;
	}
	bool is_null = f->compare == GW_IS_NULL;
	if (negated != is_null)
		gw_str_puts(out, "{\"bool\":{\"must_not\":[");
	if (is_null)
		print_exists(out, f->field);
	else
		print_leaf(out, query, f);
	if (negated != is_null)
		gw_str_puts(out, "]}}");
}

void query_print(struct gw_str *out, const struct gw_query *query)
{
	const struct gw_value tenant = { .is_set = true, .text = query->tenant };
	const struct gw_value after = { .is_set = true, .text = query->after };
	const struct gw_filter of_tenant = {
		.compare = GW_EQ, .field = "tenant", .values = &tenant, .n_values = 1
	};
	const struct gw_filter behind = {
		.compare = GW_GT, .field = "key", .values = &after, .n_values = 1
	};
	gw_str_puts(out, "\"query\":{\"bool\":{\"filter\":[");
	if (query->tenant.data)
		print_filter(out, query, &of_tenant, false);
	if (query->after.data) {
		gw_json_comma(out);
		print_filter(out, query, &behind, false);
	}
	for (unsigned i = 0; i < query->n_filters; i++) {
		gw_json_comma(out);
		print_filter(out, query, &query->filters[i], false);
	}
	gw_str_puts(out, "]}}");
}

/* ---- Order ---- */

static void print_order(struct gw_str *out, const char *field, bool descending)
{
	gw_json_comma(out);
	gw_str_printf(out, "{\"%s\":{\"order\":\"%s\",\"missing\":\"_last\"}}", field,
		descending ? "desc" : "asc");
}

void query_print_order(struct gw_str *out, const struct gw_query *query)
{
	gw_str_puts(out, ",\"sort\":[");
	for (unsigned i = 0; i < query->n_orders; i++)
		print_order(out, query->orders[i].field, query->orders[i].descending);
	print_order(out, query->n_orders ? "key" : "tenant", false);
	print_order(out, query->n_orders ? "tenant" : "key", false);
	gw_str_putc(out, ']');
}

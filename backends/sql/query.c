/* query.c - SELECT and COUNT from struct gw_query, every value a parameter
 *
 * Conditions follow backend.h: a comparison with null does not hold and its NOT does, so NOT is
 * written "(…) IS NOT TRUE". The rows' table is t, a table of keywords k. */
#include "backends/sql/prefix.h"
#include "backends/sql/sql.h"

#include <godwit/mem.h>

#include <inttypes.h>

static const char *const operators[] = {
	[GW_EQ] = "=",
	[GW_LT] = "<",
	[GW_LE] = "<=",
	[GW_GT] = ">",
	[GW_GE] = ">=",
};

/* ---- Comparing a column with one value ---- */

static void add(struct gw_sql *s, const char *text)
{
	gw_str_puts(&s->text, text);
}

static void add_text(struct gw_sql *s, struct gw_slice text)
{
	gw_sql_param(s, (struct gw_value){ .is_set = true, .text = text });
}

static void add_prefix(struct gw_sql *s, const char *column, struct gw_slice prefix)
{
	gw_auto_str end = { 0 };
	bool has_end = gw_sql_prefix_end(&end, prefix);
	gw_str_printf(&s->text, "(%s >= ", column);
	add_text(s, prefix);
	if (has_end) {
		gw_str_printf(&s->text, " AND %s < ", column);
		gw_sql_owned_text(s, gw_str_steal(&end));
	}
	add(s, ")");
}

static void add_under(struct gw_sql *s, const char *column, struct gw_slice parent)
{
	gw_str_printf(&s->text, "(%s = ", column);
	add_text(s, parent);
	gw_str_printf(&s->text, " OR %s >= ", column);
	gw_sql_owned_text(s, gw_sprintf("%.*s.", GW_SLICE(parent)));
	gw_str_printf(&s->text, " AND %s < ", column);
	gw_sql_owned_text(s, gw_sprintf("%.*s/", GW_SLICE(parent))); /* '/' follows '.' */
	add(s, ")");
}

static void add_suffix(struct gw_sql *s, const char *column, struct gw_slice suffix)
{
	size_t n = 0;
	for (size_t i = 0; i < suffix.len; i++)
		n += s->dialect->counts_bytes || ((unsigned char)suffix.data[i] & 0xc0) != 0x80;
	if (n == 0) {
		gw_str_printf(&s->text, "%s IS NOT NULL", column);
		return;
	}
	gw_str_printf(&s->text, "%s%s, %s%zu) = ", s->dialect->right, column,
		s->dialect->right_sign, n);
	add_text(s, suffix);
}

static void add_contains(struct gw_sql *s, const char *column, struct gw_slice part)
{
	char *lower = gw_slice_dup(part);
	for (char *c = lower; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 'a' - 'A');
	gw_str_printf(&s->text, "%s(%s%s%s, ", s->dialect->position, s->dialect->lower, column,
		s->dialect->lower_end);
	gw_sql_owned_text(s, lower);
	add(s, ") > 0");
}

static void add_comparison(struct gw_sql *s, const char *column, enum gw_compare compare,
	struct gw_value value)
{
	switch (compare) {
	case GW_PREFIX:
		add_prefix(s, column, value.text);
		return;
	case GW_UNDER:
		add_under(s, column, value.text);
		return;
	case GW_SUFFIX:
		add_suffix(s, column, value.text);
		return;
	case GW_CONTAINS:
		add_contains(s, column, value.text);
		return;
	default:
		gw_str_printf(&s->text, "%s %s ", column, operators[compare]);
		gw_sql_param(s, value);
	}
}

/* ---- Filters ---- */

static const struct gw_field *find_field(const struct gw_kind *kind, const char *name)
{
	int i = gw_kind_field(kind, name);
	return i < 0 ? NULL : &kind->fields[i];
}

/* The column against the filter's values: one of them has to fit. Columns of keywords hold no
 * more than their beginning, so that is what they are compared with. */
static void add_values(struct gw_sql *s, const char *column, const struct gw_filter *f, bool cut)
{
	bool is_list = f->compare == GW_EQ && f->n_values > 0;
	if (is_list)
		gw_str_printf(&s->text, "%s IN (", column);
	else
		add(s, f->n_values ? "(" : "(1 = 0");
	for (unsigned i = 0; i < f->n_values; i++) {
		struct gw_value value = f->values[i];
		if (cut)
			value.text = gw_sql_cut(value.text);
		if (is_list) {
			add(s, i ? ", " : "");
			gw_sql_param(s, value);
		} else {
			add(s, i ? " OR " : "");
			add_comparison(s, column, f->compare, value);
		}
	}
	add(s, ")");
}

/* Looks up the keyword for each record, or, if it is rare, the records for the keyword. */
static void add_keywords(struct gw_sql *s, const struct gw_query *query, const struct gw_filter *f)
{
	bool is_rare = s->rare == f;
	add(s, is_rare ? "t.\"key\" IN (SELECT k.\"key\" FROM " : "EXISTS (SELECT 1 FROM ");
	gw_sql_table(s, query->kind->name, f->field);
	add(s, " k WHERE k.\"tenant\" = ");
	if (is_rare)
		add_text(s, query->tenant);
	else
		add(s, "t.\"tenant\" AND k.\"key\" = t.\"key\"");
	add(s, " AND ");
	add_values(s, "k.\"value\"", f, true);
	add(s, ")");
}

static void add_filter(struct gw_sql *s, const struct gw_query *query, const struct gw_filter *f);

static void add_nested(struct gw_sql *s, const struct gw_query *query, const struct gw_filter *f,
	const char *word)
{
	add(s, "(");
	for (unsigned i = 0; i < f->n_nested; i++) {
		add(s, i ? word : "");
		add_filter(s, query, &f->nested[i]);
	}
	add(s, f->n_nested ? ")" : "1 = 0)");
}

static void add_not(struct gw_sql *s, const struct gw_query *query, const struct gw_filter *f)
{
	/* So that indexes without nulls are found. */
	if (f->n_nested == 1 && f->nested[0].compare == GW_IS_NULL) {
		gw_str_printf(&s->text, "t.\"%s\" IS NOT NULL", f->nested[0].field);
		return;
	}
	add_nested(s, query, f, " AND ");
	add(s, f->n_nested ? " IS NOT TRUE" : "");
}

static void add_filter(struct gw_sql *s, const struct gw_query *query, const struct gw_filter *f)
{
	if (f->compare == GW_ANY) {
		add_nested(s, query, f, " OR ");
		return;
	}
	if (f->compare == GW_NOT) {
		add_not(s, query, f);
		return;
	}
	if (f->compare == GW_IS_NULL) {
		gw_str_printf(&s->text, "t.\"%s\" IS NULL", f->field);
		return;
	}
	const struct gw_field *field = find_field(query->kind, f->field);
	gw_auto_free char *column = gw_sprintf("t.\"%s\"", f->field);
	if (field && field->type == GW_KEYWORDS)
		add_keywords(s, query, f);
	else
		add_values(s, column, f, field && field->type == GW_KEYWORD);
}

static void add_from_where(struct gw_sql *s, const struct gw_query *query)
{
	add(s, " FROM ");
	gw_sql_table(s, query->kind->name, NULL);
	add(s, " t WHERE 1 = 1");
	if (query->tenant.data) {
		add(s, " AND t.\"tenant\" = ");
		add_text(s, query->tenant);
	}
	for (unsigned i = 0; i < query->n_filters; i++) {
		add(s, " AND ");
		add_filter(s, query, &query->filters[i]);
	}
}

/* ---- Orders and pages ---- */

/* Whether a filter leaves no nulls in a field: then where they would come does not matter. */
static bool is_never_null(const struct gw_query *query, const char *field)
{
	for (unsigned i = 0; i < query->n_filters; i++) {
		const struct gw_filter *f = &query->filters[i];
		if (f->compare < GW_IS_NULL && strcmp(f->field, field) == 0)
			return true;
	}
	return false;
}

/* Indexes hold the newest first and nulls last; read backwards they give the oldest first and
 * nulls first, which will do where there are none. */
static void add_order(struct gw_sql *s, const struct gw_query *query, const struct gw_order *order)
{
	bool nulls_first = is_never_null(query, order->field);
	const char *direction = order->descending ? "DESC" : "ASC";
	if (s->dialect->places_nulls)
		gw_str_printf(&s->text, "t.\"%s\" %s NULLS %s, ", order->field, direction,
			nulls_first && !order->descending ? "FIRST" : "LAST");
	else if (nulls_first || order->descending)
		gw_str_printf(&s->text, "t.\"%s\" %s, ", order->field, direction);
	else
		gw_str_printf(&s->text, "t.\"%s\" IS NULL, t.\"%s\", ", order->field, order->field);
}

static void add_orders(struct gw_sql *s, const struct gw_query *query)
{
	add(s, " ORDER BY ");
	for (unsigned i = 0; i < query->n_orders; i++)
		add_order(s, query, &query->orders[i]);
	if (query->tenant.data)
		add(s, "t.\"key\"");
	else
		add(s, query->n_orders ? "t.\"key\", t.\"tenant\"" : "t.\"tenant\", t.\"key\"");
}

static void add_page(struct gw_sql *s, const struct gw_query *query)
{
	uint64_t limit = query->limit ? query->limit : INT64_MAX;
	if (query->limit || query->offset)
		gw_str_printf(&s->text, " LIMIT %" PRIu64, limit < INT64_MAX ? limit : INT64_MAX);
	if (query->offset)
		gw_str_printf(&s->text, " OFFSET %" PRIu64,
			query->offset < INT64_MAX ? query->offset : INT64_MAX);
}

void gw_sql_select(struct gw_sql *s, const struct gw_query *query)
{
	add(s, "SELECT ");
	gw_sql_columns(s, "t.", query->kind, query->want);
	add_from_where(s, query);
	if (query->after.data) {
		add(s, " AND t.\"key\" > ");
		add_text(s, query->after);
	}
	add_orders(s, query);
	add_page(s, query);
}

/* ---- Counting ---- */

static void add_counted_rows(struct gw_sql *s, const struct gw_query *query, const char *columns,
	uint64_t cap)
{
	gw_str_printf(&s->text, "(SELECT %s", columns);
	add_from_where(s, query);
	if (cap)
		gw_str_printf(&s->text, " LIMIT %" PRIu64, cap < INT64_MAX ? cap : INT64_MAX);
	add(s, ") c");
}

void gw_sql_count(struct gw_sql *s, const struct gw_query *query, const char *by, uint64_t cap)
{
	const struct gw_field *field = by ? find_field(query->kind, by) : NULL;
	if (!by) {
		add(s, "SELECT count(*) FROM ");
		add_counted_rows(s, query, "1", cap);
	} else if (field && field->type == GW_KEYWORDS) {
		add(s, "SELECT k.\"value\", count(*) FROM ");
		add_counted_rows(s, query, "t.\"tenant\", t.\"key\"", cap);
		add(s, " LEFT JOIN ");
		gw_sql_table(s, query->kind->name, by);
		add(s, " k ON k.\"tenant\" = c.\"tenant\" AND k.\"key\" = c.\"key\""
		       " GROUP BY k.\"value\"");
	} else {
		gw_auto_free char *column = gw_sprintf("t.\"%s\" AS v", by);
		add(s, "SELECT c.v, count(*) FROM ");
		add_counted_rows(s, query, column, cap);
		add(s, " GROUP BY c.v");
	}
}

void gw_sql_count_keywords(struct gw_sql *s, const struct gw_query *query,
	const struct gw_filter *f, unsigned cap)
{
	add(s, "SELECT count(*) FROM (SELECT 1 FROM ");
	gw_sql_table(s, query->kind->name, f->field);
	add(s, " k WHERE k.\"tenant\" = ");
	add_text(s, query->tenant);
	add(s, " AND ");
	add_values(s, "k.\"value\"", f, true);
	gw_str_printf(&s->text, " LIMIT %u) c", cap);
}

/* statement.c - a statement's text and its parameters growing side by side */
#include "backends/sql/sql.h"

#include <godwit/mem.h>

void gw_sql_clear(struct gw_sql *s)
{
	gw_str_clear(&s->text);
	free(s->params);
	for (size_t i = 0; i < s->n_owned; i++)
		free(s->owned[i]);
	free(s->owned);
}

/* Names come from kinds and checked settings: none holds a quote. */
void gw_sql_name(struct gw_sql *s, const char *name)
{
	gw_str_printf(&s->text, "\"%s\"", name);
}

void gw_sql_table(struct gw_sql *s, const char *kind, const char *field)
{
	if (s->schema)
		gw_str_printf(&s->text, "\"%s\".", s->schema);
	gw_str_printf(&s->text, "\"%s%s%s\"", kind, field ? "_" : "", field ? field : "");
}

void gw_sql_param(struct gw_sql *s, struct gw_value value)
{
	s->params = gw_grow(s->params, s->n_params, &s->cap_params);
	s->params[s->n_params++] = value;
	gw_str_puts(&s->text, s->dialect->parameter);
	if (s->dialect->numbers_parameters)
		gw_str_int(&s->text, (int64_t)s->n_params);
}

void gw_sql_owned_text(struct gw_sql *s, char *text)
{
	s->owned = gw_grow(s->owned, s->n_owned, &s->cap_owned);
	s->owned[s->n_owned++] = text;
	gw_sql_param(s, (struct gw_value){ .is_set = true, .text = gw_slice_of(text) });
}

const char *gw_sql_column_name(const struct gw_kind *kind, unsigned column)
{
	static const char *const envelope[] = { "tenant", "key", "version", "due", "owner" };
	if (column < GW_SQL_FIELDS)
		return envelope[column];
	column -= GW_SQL_FIELDS;
	return column < kind->n_fields ? kind->fields[column].name : "doc";
}

void gw_sql_columns(struct gw_sql *s, const char *prefix, const struct gw_kind *kind,
	enum gw_want want)
{
	unsigned n = want == GW_WANT_KEYS ? GW_SQL_FIELDS : gw_sql_n_columns(kind);
	for (unsigned i = 0; i < n; i++)
		gw_str_printf(&s->text, "%s%s\"%s\"", i ? ", " : "", prefix,
			gw_sql_column_name(kind, i));
}

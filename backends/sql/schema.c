/* schema.c - the tables, columns and indexes that kinds want */
#include "backends/sql/sql.h"

#include <godwit/mem.h>

static bool is_there(const struct gw_sql_schema *schema, const char *name)
{
	return json_object_get(schema->there, name) != NULL;
}

static bool run(const struct gw_sql_schema *schema, const struct gw_sql *s, struct gw_error *err)
{
	return schema->run(schema->arg, gw_str_text(&s->text), err);
}

static struct gw_sql begin(const struct gw_sql_schema *schema, const char *text)
{
	struct gw_sql s = { .dialect = schema->dialect, .schema = schema->schema };
	gw_str_puts(&s.text, text);
	return s;
}

static const char *type_of(const struct gw_sql_dialect *d, enum gw_field_type type)
{
	if (type == GW_KEYWORD)
		return d->keyword;
	return type == GW_KEYWORDS || type == GW_TEXT ? d->text : d->number;
}

/* ---- Tables ---- */

static bool create_table(const struct gw_sql_schema *schema, const struct gw_kind *kind,
	struct gw_error *err)
{
	const struct gw_sql_dialect *d = schema->dialect;
	gw_auto_sql s = begin(schema, "CREATE TABLE ");
	gw_sql_table(&s, kind->name, NULL);
	gw_str_printf(&s.text,
		" (\"tenant\" %s NOT NULL, \"key\" %s NOT NULL, \"version\" %s NOT NULL,"
		" \"due\" %s, \"owner\" %s, ",
		d->tenant, d->key, d->number, d->number, d->keyword);
	for (unsigned i = 0; i < kind->n_fields; i++)
		gw_str_printf(&s.text, "\"%s\" %s, ", kind->fields[i].name,
			type_of(d, kind->fields[i].type));
	gw_str_printf(&s.text, "\"doc\" %s NOT NULL, PRIMARY KEY (\"tenant\", \"key\"))%s", d->doc,
		d->table_end);
	return run(schema, &s, err);
}

static bool add_column(const struct gw_sql_schema *schema, const struct gw_kind *kind,
	const struct gw_field *field, struct gw_error *err)
{
	gw_auto_free char *name = gw_sprintf("%s.%s", kind->name, field->name);
	if (is_there(schema, name))
		return true;
	gw_auto_sql s = begin(schema, "ALTER TABLE ");
	gw_sql_table(&s, kind->name, NULL);
	gw_str_printf(&s.text, " ADD COLUMN \"%s\" %s", field->name,
		type_of(schema->dialect, field->type));
	return run(schema, &s, err);
}

static bool want_table(const struct gw_sql_schema *schema, const struct gw_kind *kind,
	struct gw_error *err)
{
	gw_auto_free char *name = gw_sprintf("%s.key", kind->name);
	if (!is_there(schema, name))
		return create_table(schema, kind, err);
	for (unsigned i = 0; i < kind->n_fields; i++)
		if (!add_column(schema, kind, &kind->fields[i], err))
			return false;
	return true;
}

static bool want_keywords(const struct gw_sql_schema *schema, const struct gw_kind *kind,
	const struct gw_field *field, struct gw_error *err)
{
	const struct gw_sql_dialect *d = schema->dialect;
	gw_auto_free char *name = gw_sprintf("%s_%s.key", kind->name, field->name);
	if (field->type != GW_KEYWORDS || is_there(schema, name))
		return true;
	gw_auto_sql table = begin(schema, "CREATE TABLE ");
	gw_sql_table(&table, kind->name, field->name);
	gw_str_printf(&table.text,
		" (\"tenant\" %s NOT NULL, \"value\" %s NOT NULL, \"key\" %s NOT NULL,"
		" PRIMARY KEY (\"tenant\", \"value\", \"key\"))%s",
		d->tenant, d->keyword, d->key, d->table_end);
	gw_auto_sql index = begin(schema, "CREATE INDEX ");
	gw_str_printf(&index.text, "\"%s_%s_key\" ON ", kind->name, field->name);
	gw_sql_table(&index, kind->name, field->name);
	gw_str_puts(&index.text, " (\"tenant\", \"key\")");
	return run(schema, &table, err) && run(schema, &index, err);
}

/* ---- Indexes ---- */

/* A sparse index over one column of the envelope, for all tenants at once. */
static bool want_sparse(const struct gw_sql_schema *schema, const struct gw_kind *kind,
	const char *column, struct gw_error *err)
{
	gw_auto_free char *name = gw_sprintf("%s_%s", kind->name, column);
	if (is_there(schema, name))
		return true;
	gw_auto_sql s = begin(schema, "CREATE INDEX ");
	gw_str_printf(&s.text, "\"%s\" ON ", name);
	gw_sql_table(&s, kind->name, NULL);
	gw_str_printf(&s.text, " (\"%s\") WHERE \"%s\" IS NOT NULL", column, column);
	return run(schema, &s, err);
}

struct word {
	char text[64];
	bool is_sparse;
	bool is_last;
};

/* The next of the fields of an index: "namespace flow ?trigger_date". */
static const char *next_word(const char *at, struct word *word)
{
	at += strspn(at, " ");
	word->is_sparse = *at == '?';
	at += word->is_sparse;
	size_t len = strcspn(at, " ");
	snprintf(word->text, sizeof(word->text), "%.*s", (int)len, at);
	word->is_last = at[len] == '\0';
	return at + len;
}

static bool is_number(const struct gw_kind *kind, const char *field)
{
	int i = gw_kind_field(kind, field);
	return i >= 0 && gw_sql_is_number(kind, GW_SQL_FIELDS + (unsigned)i);
}

/* What is due and what is owned: the only live rows of a long history. */
static bool want_envelope(const struct gw_sql_schema *schema, const struct gw_kind *kind,
	struct gw_error *err)
{
	if (schema->dialect->has_sparse_indexes)
		return want_sparse(schema, kind, "due", err) &&
		       want_sparse(schema, kind, "owner", err);
	gw_auto_free char *name = gw_sprintf("%s_owner_due", kind->name);
	if (is_there(schema, name))
		return true;
	gw_auto_sql s = begin(schema, "CREATE INDEX ");
	gw_str_printf(&s.text, "\"%s\" ON ", name);
	gw_sql_table(&s, kind->name, NULL);
	gw_str_puts(&s.text, " (\"owner\", \"due\", \"key\", \"tenant\")");
	return run(schema, &s, err);
}

static bool want_index(const struct gw_sql_schema *schema, const struct gw_kind *kind,
	const char *fields, struct gw_error *err)
{
	gw_auto_str name = { 0 }, columns = { 0 };
	gw_auto_str where = { 0 };
	struct word word = { 0 };
	gw_str_puts(&name, kind->name);
	for (const char *at = fields; *at;) {
		at = next_word(at, &word);
		bool sorts = word.is_last && is_number(kind, word.text);
		gw_str_printf(&name, "_%s", word.text);
		gw_str_printf(&columns, ", \"%s\"%s", word.text,
			sorts ? schema->dialect->newest_first : "");
		if (word.is_sparse && schema->dialect->has_sparse_indexes)
			gw_str_printf(&where, " WHERE \"%s\" IS NOT NULL", word.text);
	}
	if (is_there(schema, gw_str_text(&name)))
		return true;
	gw_auto_sql s = begin(schema, "CREATE INDEX ");
	gw_str_printf(&s.text, "\"%s\" ON ", gw_str_text(&name));
	gw_sql_table(&s, kind->name, NULL);
	gw_str_printf(&s.text, " (\"tenant\"%s)%s", gw_str_text(&columns), gw_str_text(&where));
	return run(schema, &s, err);
}

static bool want_kind(const struct gw_sql_schema *schema, const struct gw_kind *kind,
	struct gw_error *err)
{
	if (!want_table(schema, kind, err) || !want_envelope(schema, kind, err))
		return false;
	for (unsigned i = 0; i < kind->n_fields; i++)
		if (!want_keywords(schema, kind, &kind->fields[i], err))
			return false;
	for (size_t i = 0; kind->indexes && kind->indexes[i]; i++)
		if (!want_index(schema, kind, kind->indexes[i], err))
			return false;
	return true;
}

bool gw_sql_migrate(const struct gw_sql_schema *schema, struct gw_error *err)
{
	for (size_t i = 0; schema->kinds[i]; i++)
		if (!want_kind(schema, schema->kinds[i], err))
			return gw_explain(err, "table %s", schema->kinds[i]->name);
	return true;
}

/* statements.c - the texts of the statements that are prepared
 *
 * Arrays come in as u, one element a record: in the order of the columns, then for a replacement
 * the version that is expected. */
#include "backends/postgres/postgres.h"

#define BYTEWISE "text COLLATE \"C\""

const struct gw_sql_dialect postgres_dialect = {
	.tenant = BYTEWISE,
	.key = BYTEWISE,
	.keyword = BYTEWISE,
	.text = BYTEWISE,
	.number = "bigint",
	.doc = "json",
	.table_end = "",
	.parameter = "$",
	.numbers_parameters = true,
	.position = "strpos",
	.lower = "lower(",
	.lower_end = ")",
	.right = "right(",
	.right_sign = "",
	.newest_first = " DESC NULLS LAST",
	.places_nulls = true,
	.has_sparse_indexes = true,
};

struct gw_sql postgres_begin(const struct gw_backend *b, const char *text)
{
	struct gw_sql s = { .dialect = &postgres_dialect, .schema = b->schema };
	gw_str_puts(&s.text, text);
	return s;
}

static void add(struct gw_sql *s, const char *text)
{
	gw_str_puts(&s->text, text);
}

static void add_table(struct gw_sql *s, const struct gw_kind *kind, const char *alias)
{
	gw_sql_table(s, kind->name, NULL);
	gw_str_printf(&s->text, " %s", alias);
}

static const char *array_type(const struct gw_kind *kind, unsigned column)
{
	if (column == gw_sql_n_columns(kind) - 1)
		return "json[]";
	return gw_sql_is_number(kind, column) ? "bigint[]" : "text[]";
}

/* "SELECT unnest($1::text[]) AS tenant, …": in a list of columns and not in FROM, where every
 * array would be copied into a store of its own. */
static void add_unnested_columns(struct gw_sql *s, const struct gw_kind *kind)
{
	add(s, "SELECT ");
	for (unsigned i = 0; i < gw_sql_n_columns(kind); i++)
		gw_str_printf(&s->text, "%sunnest($%u::%s) AS \"%s\"", i ? ", " : "", i + 1,
			array_type(kind, i), gw_sql_column_name(kind, i));
}

static const char same_key[] = " t.\"tenant\" = u.\"tenant\" AND t.\"key\" = u.\"key\"";
static const char keys_unnest[] = "unnest($1::text[], $2::text[])";

/* ---- Reading ---- */

static void make_get(struct gw_sql *s, const struct gw_kind *kind)
{
	add(s, "SELECT ");
	gw_sql_columns(s, "", kind, GW_WANT_RECORDS);
	add(s, " FROM ");
	gw_sql_table(s, kind->name, NULL);
	add(s, " WHERE \"tenant\" = $1 AND \"key\" = $2");
}

/* Key by key, whatever is known of the table's size: OFFSET keeps it from being read as a whole. */
static void add_numbered_keys(struct gw_sql *s, const struct gw_kind *kind)
{
	gw_str_printf(&s->text,
		" FROM %s WITH ORDINALITY u(\"tenant\", \"key\", i) JOIN LATERAL (SELECT * FROM ",
		keys_unnest);
	add_table(s, kind, "t WHERE");
	add(s, same_key);
	add(s, " OFFSET 0) t ON true");
}

static void make_get_many(struct gw_sql *s, const struct gw_kind *kind)
{
	add(s, "SELECT u.i, ");
	gw_sql_columns(s, "t.", kind, GW_WANT_RECORDS);
	add_numbered_keys(s, kind);
}

static void make_probe(struct gw_sql *s, const struct gw_kind *kind)
{
	add(s, "SELECT u.i, t.\"version\"");
	add_numbered_keys(s, kind);
}

/* ---- Writing ---- */

/* Without ON CONFLICT, which costs a fifth of an insert: a key that exists is an error. */
static void make_create(struct gw_sql *s, const struct gw_kind *kind)
{
	add(s, "INSERT INTO ");
	add_table(s, kind, "(");
	gw_sql_columns(s, "", kind, GW_WANT_RECORDS);
	add(s, ") ");
	add_unnested_columns(s, kind);
}

static void make_replace(struct gw_sql *s, const struct gw_kind *kind)
{
	add(s, "UPDATE ");
	add_table(s, kind, "t SET");
	for (unsigned i = GW_SQL_VERSION; i < gw_sql_n_columns(kind); i++) {
		const char *name = gw_sql_column_name(kind, i);
		gw_str_printf(&s->text, "%s \"%s\" = u.\"%s\"", i > GW_SQL_VERSION ? "," : "", name,
			name);
	}
	add(s, " FROM (");
	add_unnested_columns(s, kind);
	gw_str_printf(&s->text, ", unnest($%u::bigint[]) AS expected) u WHERE",
		gw_sql_n_columns(kind) + 1);
	add(s, same_key);
	add(s, " AND t.\"version\" = u.expected");
}

static void make_delete(struct gw_sql *s, const struct gw_kind *kind)
{
	add(s, "DELETE FROM ");
	add_table(s, kind,
		"t USING unnest($1::text[], $2::text[], $3::bigint[])"
		" u(\"tenant\", \"key\", expected) WHERE");
	add(s, same_key);
	add(s, " AND t.\"version\" = u.expected");
}

static void make_claim(struct gw_sql *s, const struct gw_kind *kind)
{
	add(s, "WITH u AS (SELECT \"tenant\", \"key\", \"due\" FROM ");
	gw_sql_table(s, kind->name, NULL);
	add(s, " WHERE \"due\" <= $2 AND \"owner\" IS NULL ORDER BY \"due\", \"key\", \"tenant\""
	       " LIMIT $3 FOR UPDATE SKIP LOCKED) UPDATE ");
	add_table(s, kind,
		"t SET \"owner\" = $1, \"due\" = NULL, \"version\" = t.\"version\" + 1"
		" FROM u WHERE");
	add(s, same_key);
	add(s, " RETURNING u.\"due\", ");
	gw_sql_columns(s, "t.", kind, GW_WANT_RECORDS);
}

static const struct {
	const char *name;
	void (*make)(struct gw_sql *s, const struct gw_kind *kind);
} statements[] = {
	[STATEMENT_GET] = { "get", make_get },
	[STATEMENT_GET_MANY] = { "get_many", make_get_many },
	[STATEMENT_PROBE] = { "probe", make_probe },
	[STATEMENT_CREATE] = { "create", make_create },
	[STATEMENT_REPLACE] = { "replace", make_replace },
	[STATEMENT_DELETE] = { "delete", make_delete },
	[STATEMENT_CLAIM] = { "claim", make_claim },
};

bool statement_prepare(struct gw_backend *b, struct link *link, enum statement which,
	const struct gw_kind *kind, struct statement_name *name, struct gw_error *err)
{
	snprintf(name->text, sizeof(name->text), "%s %s", statements[which].name, kind->name);
	if (link_is_prepared(link, name->text))
		return true;
	gw_auto_sql s = postgres_begin(b, "");
	statements[which].make(&s, kind);
	return link_prepare(link, name->text, &s, err);
}

/* ---- Keywords ---- */

/* "… JOIN kind t ON same key WHERE t.field IS DISTINCT FROM u.packed" */
static void add_changing(struct gw_sql *s, const struct gw_kind *kind, const char *field)
{
	add(s, " JOIN ");
	add_table(s, kind, "t ON");
	add(s, same_key);
	gw_str_printf(&s->text, " WHERE t.\"%s\" IS DISTINCT FROM u.packed", field);
}

static void make_new(struct gw_sql *s, const struct gw_kind *kind, const char *field)
{
	add(s, "INSERT INTO ");
	gw_sql_table(s, kind->name, field);
	add(s, " (\"tenant\", \"key\", \"value\") SELECT * FROM"
	       " unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING");
}

static void make_clear(struct gw_sql *s, const struct gw_kind *kind, const char *field)
{
	add(s, "DELETE FROM ");
	gw_sql_table(s, kind->name, field);
	add(s, " k USING unnest($1::text[], $2::text[], $3::text[])"
	       " u(\"tenant\", \"key\", packed)");
	add_changing(s, kind, field);
	add(s, " AND k.\"tenant\" = u.\"tenant\" AND k.\"key\" = u.\"key\"");
}

static void make_change(struct gw_sql *s, const struct gw_kind *kind, const char *field)
{
	add(s, "INSERT INTO ");
	gw_sql_table(s, kind->name, field);
	add(s, " (\"tenant\", \"key\", \"value\") SELECT u.\"tenant\", u.\"key\", u.\"value\" FROM"
	       " unnest($1::text[], $2::text[], $3::text[], $4::text[])"
	       " u(\"tenant\", \"key\", \"value\", packed)");
	add_changing(s, kind, field);
	add(s, " ON CONFLICT DO NOTHING");
}

static void make_drop(struct gw_sql *s, const struct gw_kind *kind, const char *field)
{
	add(s, "DELETE FROM ");
	gw_sql_table(s, kind->name, field);
	gw_str_printf(&s->text, " t USING %s u(\"tenant\", \"key\") WHERE", keys_unnest);
	add(s, same_key);
}

static const struct {
	const char *name;
	void (*make)(struct gw_sql *s, const struct gw_kind *kind, const char *field);
} keyword_statements[] = {
	[KEYWORDS_NEW] = { "new", make_new },
	[KEYWORDS_CLEAR] = { "clear", make_clear },
	[KEYWORDS_CHANGE] = { "change", make_change },
	[KEYWORDS_DROP] = { "drop", make_drop },
};

bool keyword_statement_prepare(struct gw_backend *b, struct link *link,
	const struct keyword_table *table, enum keyword_statement which,
	struct statement_name *name, struct gw_error *err)
{
	const char *field = table->kind->fields[table->field].name;
	snprintf(name->text, sizeof(name->text), "%s %s %s", keyword_statements[which].name,
		table->kind->name, field);
	if (link_is_prepared(link, name->text))
		return true;
	gw_auto_sql s = postgres_begin(b, "");
	keyword_statements[which].make(&s, table->kind, field);
	return link_prepare(link, name->text, &s, err);
}

/* statements.c - the writer's prepared statements, made when a kind is first written */
#include "backends/sqlite/sqlite.h"

static struct gw_sql begin(const char *text)
{
	struct gw_sql s = { .dialect = &sqlite_dialect };
	gw_str_puts(&s.text, text);
	return s;
}

/* Prepares once; *stmt stays. */
static bool keep(struct gw_backend *b, sqlite3_stmt **stmt, const struct gw_sql *s,
	struct gw_error *err)
{
	*stmt = sqlite_prepare(b->writer, s, err);
	return *stmt != NULL;
}

static void add_key(struct gw_sql *s, unsigned first)
{
	gw_str_printf(&s->text, " WHERE \"tenant\" = ?%u AND \"key\" = ?%u", first, first + 1);
}

/* ---- Create, put, replace, delete: columns are parameters 1 to n, in their order ---- */

static void add_insert(struct gw_sql *s, const struct gw_kind *kind)
{
	gw_sql_table(s, kind->name, NULL);
	gw_str_puts(&s->text, " (");
	gw_sql_columns(s, "", kind, GW_WANT_RECORDS);
	gw_str_puts(&s->text, ") VALUES (");
	for (unsigned i = 0; i < gw_sql_n_columns(kind); i++)
		gw_str_printf(&s->text, "%s?%u", i ? ", " : "", i + 1);
	gw_str_puts(&s->text, ") ON CONFLICT (\"tenant\", \"key\") DO ");
}

static struct gw_sql make_op(const struct gw_kind *kind, enum gw_op_type type)
{
	unsigned n = gw_sql_n_columns(kind);
	struct gw_sql s = begin(type == GW_REPLACE  ? "UPDATE "
				: type == GW_DELETE ? "DELETE FROM "
						    : "INSERT INTO ");
	if (type == GW_CREATE || type == GW_PUT)
		add_insert(&s, kind);
	else
		gw_sql_table(&s, kind->name, NULL);
	if (type == GW_CREATE)
		gw_str_puts(&s.text, "NOTHING");
	if (type == GW_PUT)
		gw_str_puts(&s.text, "UPDATE");
	for (unsigned i = GW_SQL_VERSION; i < n && (type == GW_PUT || type == GW_REPLACE); i++)
		gw_str_printf(&s.text, "%s \"%s\" = ?%u", i > GW_SQL_VERSION ? "," : " SET",
			gw_sql_column_name(kind, i), i + 1);
	if (type == GW_REPLACE || type == GW_DELETE) {
		add_key(&s, GW_SQL_TENANT + 1);
		gw_str_printf(&s.text, " AND \"version\" = ?%u", n + 1);
	}
	return s;
}

sqlite3_stmt *sqlite_op_statement(struct gw_backend *b, size_t kind, enum gw_op_type type,
	struct gw_error *err)
{
	sqlite3_stmt **stmt = &b->statements[kind].ops[type];
	if (*stmt)
		return *stmt;
	gw_auto_sql s = make_op(b->kinds[kind], type);
	return keep(b, stmt, &s, err) ? *stmt : NULL;
}

/* ---- Claiming ---- */

bool sqlite_claim_statements(struct gw_backend *b, size_t kind, struct gw_error *err)
{
	struct kind_statements *all = &b->statements[kind];
	const char *name = b->kinds[kind]->name;
	if (all->claim)
		return true;
	gw_auto_sql due = begin("SELECT 1 FROM ");
	gw_sql_table(&due, name, NULL);
	gw_str_puts(&due.text, " WHERE \"due\" <= ?1 AND \"owner\" IS NULL LIMIT 1");

	gw_auto_sql find = begin("SELECT ");
	gw_sql_columns(&find, "", b->kinds[kind], GW_WANT_RECORDS);
	gw_str_puts(&find.text, " FROM ");
	gw_sql_table(&find, name, NULL);
	gw_str_puts(&find.text, " WHERE \"due\" <= ?1 AND \"owner\" IS NULL"
				" ORDER BY \"due\", \"key\", \"tenant\" LIMIT ?2");

	gw_auto_sql claim = begin("UPDATE ");
	gw_sql_table(&claim, name, NULL);
	gw_str_puts(&claim.text,
		" SET \"owner\" = ?3, \"due\" = NULL, \"version\" = \"version\" + 1");
	add_key(&claim, 1);
	return keep(b, &all->due, &due, err) && keep(b, &all->find_due, &find, err) &&
	       keep(b, &all->claim, &claim, err);
}

/* ---- Keywords ---- */

static bool prepare_keyword(struct gw_backend *b, const struct gw_kind *kind,
	struct keyword_statements *k, struct gw_error *err)
{
	const char *field = kind->fields[k->field].name;
	gw_auto_sql old = begin("SELECT ");
	gw_str_printf(&old.text, "\"%s\" FROM ", field);
	gw_sql_table(&old, kind->name, NULL);
	add_key(&old, 1);

	gw_auto_sql clear = begin("DELETE FROM ");
	gw_sql_table(&clear, kind->name, field);
	add_key(&clear, 1);

	gw_auto_sql add = begin("INSERT INTO ");
	gw_sql_table(&add, kind->name, field);
	gw_str_puts(&add.text,
		" (\"tenant\", \"key\", \"value\") VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
	return keep(b, &k->old, &old, err) && keep(b, &k->clear, &clear, err) &&
	       keep(b, &k->add, &add, err);
}

bool sqlite_keyword_statements(struct gw_backend *b, size_t kind, struct gw_error *err)
{
	struct kind_statements *all = &b->statements[kind];
	const struct gw_kind *k = b->kinds[kind];
	if (all->keywords)
		return true;
	size_t n = 0;
	struct keyword_statements *keywords = gw_new_array(struct keyword_statements, k->n_fields);
	bool ok = true;
	for (unsigned i = 0; ok && i < k->n_fields; i++) {
		if (k->fields[i].type != GW_KEYWORDS)
			continue;
		keywords[n].field = i;
		ok = prepare_keyword(b, k, &keywords[n++], err);
	}
	all->keywords = keywords;
	all->n_keywords = n;
	return ok;
}

void sqlite_finalize_statements(struct gw_backend *b)
{
	for (size_t i = 0; i < b->n_kinds; i++) {
		struct kind_statements *all = &b->statements[i];
		for (size_t k = 0; k < GW_LEN(all->ops); k++)
			sqlite_finalize(&all->ops[k]);
		sqlite_finalize(&all->claim);
		sqlite_finalize(&all->due);
		sqlite_finalize(&all->find_due);
		for (size_t k = 0; k < all->n_keywords; k++) {
			sqlite_finalize(&all->keywords[k].old);
			sqlite_finalize(&all->keywords[k].clear);
			sqlite_finalize(&all->keywords[k].add);
		}
		free(all->keywords);
	}
}

/* migrate.c - creating and upgrading the schema, one process at a time */
#include "backends/postgres/postgres.h"

#define LAYOUT_TABLE "godwit_layout"

/* The first value of a query, if there is one. */
static bool read_number(struct link *link, const struct gw_sql *s, int64_t *out,
	struct gw_error *err)
{
	auto_result *result = link_query(link, s, err);
	if (!result)
		return false;
	if (PQntuples(result) > 0)
		*out = result_number(result, 0, 0);
	return true;
}

static void add_schema_name(struct gw_sql *s, const struct gw_backend *b)
{
	gw_sql_param(s, (struct gw_value){ .is_set = true, .text = gw_slice_of(b->schema) });
}

/* Creating needs a right that using does not: only if it is not there. */
static bool want_schema(struct gw_backend *b, struct link *link, struct gw_error *err)
{
	int64_t is_there = 0;
	gw_auto_sql s = postgres_begin(b, "SELECT 1::bigint FROM pg_namespace WHERE nspname = ");
	add_schema_name(&s, b);
	if (!read_number(link, &s, &is_there, err))
		return false;
	gw_auto_free char *create = gw_sprintf("CREATE SCHEMA \"%s\"", b->schema);
	return is_there || link_run(link, create, err);
}

static bool read_layout(struct gw_backend *b, struct link *link, int64_t *out, struct gw_error *err)
{
	int64_t layout = 0;
	gw_auto_sql s = postgres_begin(b, "SELECT \"version\" FROM ");
	gw_sql_table(&s, LAYOUT_TABLE, NULL);
	if (!read_number(link, &s, &layout, err))
		return false;
	if (layout > GW_SQL_SCHEMA_VERSION)
		return gw_fail(err, GW_CONFLICT,
			"schema %s was written by a newer Godwit (layout %d, known up to %d): "
			"install that version, or restore a backup",
			b->schema, (int)layout, GW_SQL_SCHEMA_VERSION);
	*out = layout;
	return true;
}

static bool check_layout(struct gw_backend *b, struct link *link, struct gw_error *err)
{
	int64_t layout = 0;
	gw_auto_free char *create = gw_sprintf("CREATE TABLE IF NOT EXISTS \"%s\".\"" LAYOUT_TABLE
					       "\" (\"version\" bigint NOT NULL)",
		b->schema);
	if (!link_run(link, create, err) || !read_layout(b, link, &layout, err))
		return false;
	gw_auto_free char *mark =
		gw_sprintf("DELETE FROM \"%s\".\"" LAYOUT_TABLE
			   "\"; INSERT INTO \"%s\".\"" LAYOUT_TABLE "\" VALUES (%d)",
			b->schema, b->schema, GW_SQL_SCHEMA_VERSION);
	return layout == GW_SQL_SCHEMA_VERSION || link_run(link, mark, err);
}

/* The names of what is there, as schema.c wants them; a new reference. */
static json_t *read_names(struct gw_backend *b, struct link *link, struct gw_error *err)
{
	gw_auto_sql s = postgres_begin(b,
		"SELECT c.relname || CASE WHEN c.relkind = 'i' THEN '' ELSE '.' || a.attname END"
		" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
		" JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
		" WHERE c.relkind IN ('i', 'r') AND n.nspname = ");
	add_schema_name(&s, b);
	auto_result *result = link_query(link, &s, err);
	if (!result)
		return NULL;
	json_t *names = json_object();
	for (int i = 0; i < PQntuples(result); i++)
		json_object_set_new(names, PQgetvalue(result, i, 0), json_true());
	return names;
}

static bool run(void *link, const char *statement, struct gw_error *err)
{
	return link_run(link, statement, err);
}

static bool upgrade(struct gw_backend *b, struct link *link, struct gw_error *err)
{
	gw_auto_free char *begin = gw_sprintf("BEGIN; SET LOCAL statement_timeout = 0;"
					      "SELECT pg_advisory_xact_lock(hashtext('godwit %s'))",
		b->schema);
	if (!link_run(link, begin, err) || !want_schema(b, link, err) ||
		!check_layout(b, link, err))
		return false;
	json_auto_t *there = read_names(b, link, err);
	if (!there)
		return false;
	const struct gw_sql_schema schema = { .dialect = &postgres_dialect,
		.schema = b->schema,
		.kinds = b->kinds,
		.there = there,
		.run = run,
		.arg = link };
	return gw_sql_migrate(&schema, err) && link_run(link, "COMMIT", err);
}

bool postgres_migrate(struct gw_backend *b, struct gw_error *err)
{
	struct link *link = link_take(&b->pool, true, err);
	if (!link)
		return false;
	link->patience_ms = -1;
	bool ok = upgrade(b, link, err);
	link->patience_ms = b->pool.patience_ms;
	link_give(&b->pool, link);
	return ok;
}

static bool look(struct gw_backend *b, struct link *link, int64_t *layout, struct gw_error *err)
{
	int64_t is_there = 0;
	gw_auto_sql s = postgres_begin(b,
		"SELECT 1::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
		" WHERE c.relname = '" LAYOUT_TABLE "' AND n.nspname = ");
	add_schema_name(&s, b);
	return read_number(link, &s, &is_there, err) &&
	       (!is_there || read_layout(b, link, layout, err));
}

bool postgres_layout(struct gw_backend *b, int *out, struct gw_error *err)
{
	int64_t layout = 0;
	struct link *link = link_take(&b->pool, true, err);
	if (!link)
		return false;
	bool ok = look(b, link, &layout, err);
	link_give(&b->pool, link);
	if (ok)
		*out = (int)layout;
	return ok;
}

bool postgres_remove(struct gw_backend *b, struct gw_error *err)
{
	gw_auto_free char *drop = gw_sprintf("DROP SCHEMA IF EXISTS \"%s\" CASCADE", b->schema);
	struct link *link = link_take(&b->pool, true, err);
	if (!link)
		return false;
	bool ok = link_run(link, drop, err);
	link_give(&b->pool, link);
	return ok;
}

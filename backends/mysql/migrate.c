/* migrate.c - creating and upgrading the tables, one process at a time
 *
 * Here every statement that makes a table commits: who is interrupted leaves some of them, and the
 * next one makes the rest. */
#include "backends/mysql/mysql.h"

#define LAYOUT_TABLE "godwit_layout"
#define LOCK_WAIT_S 3600

static void add_database(struct gw_sql *s, const struct gw_backend *b)
{
	gw_sql_param(s, (struct gw_value){ .is_set = true, .text = gw_slice_of(b->database) });
}

/* Creating needs a right that using does not: only if it is not there. */
static bool want_database(struct gw_backend *b, struct link *link, struct gw_error *err)
{
	int64_t is_there = 0;
	gw_auto_sql s = mysql_begin(b,
		"SELECT count(*) FROM information_schema.schemata WHERE schema_name = ");
	add_database(&s, b);
	if (!query_number(link, &s, &is_there, err))
		return false;
	gw_auto_free char *create = gw_sprintf(
		"CREATE DATABASE IF NOT EXISTS \"%s\" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
		b->database);
	return is_there || link_run(link, create, err);
}

/* ---- The layout's number, in a table of one row ---- */

static bool read_layout(struct gw_backend *b, struct link *link, int64_t *out, struct gw_error *err)
{
	int64_t layout = 0;
	gw_auto_sql s = mysql_begin(b, "SELECT \"version\" FROM ");
	gw_sql_table(&s, LAYOUT_TABLE, NULL);
	if (!query_number(link, &s, &layout, err))
		return false;
	if (layout > GW_SQL_SCHEMA_VERSION)
		return gw_fail(err, GW_CONFLICT,
			"database %s was written by a newer Godwit (layout %d, known up to %d): "
			"install that version, or restore a backup",
			b->database, (int)layout, GW_SQL_SCHEMA_VERSION);
	*out = layout;
	return true;
}

static bool want_layout(struct gw_backend *b, struct link *link, int64_t *layout,
	struct gw_error *err)
{
	gw_auto_free char *create =
		gw_sprintf("CREATE TABLE IF NOT EXISTS \"%s\".\"" LAYOUT_TABLE
			   "\" (\"id\" TINYINT NOT NULL PRIMARY KEY, \"version\" BIGINT NOT NULL)"
			   " ENGINE = InnoDB",
			b->database);
	return link_run(link, create, err) && read_layout(b, link, layout, err);
}

static bool write_layout(struct gw_backend *b, struct link *link, struct gw_error *err)
{
	gw_auto_free char *mark =
		gw_sprintf("REPLACE INTO \"%s\".\"" LAYOUT_TABLE "\" VALUES (1, %d)", b->database,
			GW_SQL_SCHEMA_VERSION);
	return link_run(link, mark, err);
}

/* ---- Tables ---- */

/* The names of what is there, as schema.c wants them; a new reference. */
static json_t *read_names(struct gw_backend *b, struct link *link, struct gw_error *err)
{
	gw_auto_sql s = mysql_begin(b,
		"SELECT concat(table_name, '.', column_name) FROM information_schema.columns"
		" WHERE table_schema = ");
	add_database(&s, b);
	gw_str_puts(&s.text, " UNION SELECT index_name FROM information_schema.statistics WHERE "
			     "table_schema = ");
	add_database(&s, b);
	struct rows rows;
	if (!rows_open(&rows, link, &s, err))
		return NULL;
	json_t *names = json_object();
	enum gw_next next;
	while ((next = rows_next(&rows, err)) == GW_NEXT_RECORD) {
		gw_auto_free char *name = gw_slice_dup(rows_text(&rows, 0));
		json_object_set_new(names, name, json_true());
	}
	rows_close(&rows);
	if (next == GW_NEXT_DONE)
		return names;
	json_decref(names);
	return NULL;
}

static bool run(void *link, const char *statement, struct gw_error *err)
{
	return link_run(link, statement, err);
}

static bool upgrade(struct gw_backend *b, struct link *link, struct gw_error *err)
{
	int64_t layout = 0;
	if (!want_database(b, link, err) || !want_layout(b, link, &layout, err))
		return false;
	json_auto_t *there = read_names(b, link, err);
	if (!there)
		return false;
	const struct gw_sql_schema schema = { .dialect = &mysql_dialect,
		.schema = b->database,
		.kinds = b->kinds,
		.there = there,
		.run = run,
		.arg = link };
	return gw_sql_migrate(&schema, err) &&
	       (layout == GW_SQL_SCHEMA_VERSION || write_layout(b, link, err));
}

/* The lock's name has 64 characters at most. */
static bool lock(struct gw_backend *b, struct link *link, struct gw_error *err)
{
	int64_t got = 0;
	gw_auto_sql s = mysql_begin(b, "SELECT GET_LOCK(concat('godwit ', sha2(");
	add_database(&s, b);
	gw_str_printf(&s.text, ", 224)), %d)", LOCK_WAIT_S);
	if (!query_number(link, &s, &got, err))
		return false;
	return got == 1 || gw_fail(err, GW_UNAVAILABLE,
				   "MySQL: another node has been upgrading database %s for an hour",
				   b->database);
}

bool mysql_migrate(struct gw_backend *b, struct gw_error *err)
{
	struct gw_error ignored;
	struct link *link = link_take(&b->patient, err);
	if (!link)
		return false;
	bool ok = lock(b, link, err) && upgrade(b, link, err);
	if (!link_run(link, "DO RELEASE_ALL_LOCKS()", &ignored))
		link->is_broken = true; /* it goes with the connection, too */
	link_give(&b->patient, link);
	return ok;
}

static bool look(struct gw_backend *b, struct link *link, int64_t *layout, struct gw_error *err)
{
	int64_t is_there = 0;
	gw_auto_sql s =
		mysql_begin(b, "SELECT count(*) FROM information_schema.tables"
			       " WHERE table_name = '" LAYOUT_TABLE "' AND table_schema = ");
	add_database(&s, b);
	return query_number(link, &s, &is_there, err) &&
	       (!is_there || read_layout(b, link, layout, err));
}

bool mysql_layout(struct gw_backend *b, int *out, struct gw_error *err)
{
	int64_t layout = 0;
	struct link *link = link_take(&b->pool, err);
	if (!link)
		return false;
	bool ok = look(b, link, &layout, err);
	link_give(&b->pool, link);
	if (ok)
		*out = (int)layout;
	return ok;
}

bool mysql_remove(struct gw_backend *b, struct gw_error *err)
{
	gw_auto_free char *drop = gw_sprintf("DROP DATABASE IF EXISTS \"%s\"", b->database);
	struct link *link = link_take(&b->patient, err);
	if (!link)
		return false;
	bool ok = link_run(link, drop, err);
	link_give(&b->patient, link);
	return ok;
}

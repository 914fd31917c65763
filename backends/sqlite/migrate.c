/* migrate.c - creating and upgrading the tables, one process at a time */
#include "backends/sqlite/sqlite.h"

#include <errno.h>
#include <unistd.h>

static bool read_layout(struct gw_backend *b, int *out, struct gw_error *err)
{
	sqlite3 *db = b->writer;
	gw_auto_sql s = { .dialect = &sqlite_dialect };
	gw_str_puts(&s.text, "PRAGMA user_version");
	auto_stmt *stmt = sqlite_prepare(db, &s, err);
	if (!stmt)
		return false;
	if (sqlite3_step(stmt) != SQLITE_ROW)
		return sqlite_fail(db, err);
	int layout = sqlite3_column_int(stmt, 0);
	if (layout > GW_SQL_SCHEMA_VERSION)
		return gw_fail(err, GW_CONFLICT,
			"%s was written by a newer Godwit (layout %d, known up to %d): "
			"install that version, or restore a backup",
			b->settings.path, layout, GW_SQL_SCHEMA_VERSION);
	*out = layout;
	return true;
}

/* The names of what is there, as schema.c wants them; a new reference. */
static json_t *read_names(sqlite3 *db, struct gw_error *err)
{
	gw_auto_sql s = { .dialect = &sqlite_dialect };
	gw_str_puts(&s.text, "SELECT m.name || '.' || c.name FROM sqlite_master m"
			     " JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
			     " UNION ALL SELECT name FROM sqlite_master WHERE type = 'index'");
	auto_stmt *stmt = sqlite_prepare(db, &s, err);
	if (!stmt)
		return NULL;
	json_t *names = json_object();
	int result;
	while ((result = sqlite3_step(stmt)) == SQLITE_ROW)
		json_object_set_new(names, sqlite_text(stmt, 0).data, json_true());
	if (result == SQLITE_DONE)
		return names;
	sqlite_fail(db, err);
	json_decref(names);
	return NULL;
}

/* Statistics by hand, so that plans do not depend on when somebody measured: a tenant holds most
 * records, an index without nulls only a few. */
static const char statistics[] =
	"ANALYZE sqlite_schema; DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 "
	"SELECT tbl_name, name, CASE WHEN sql LIKE '% WHERE %'"
	" THEN '1000' || substr(' 1000 1000 1000 1000', 1, 5 * (n - 1)) || ' 10'"
	" ELSE '1000000' || substr(' 1000000 1000000 1000000 1000000', 1, 8 * (n - 1)) || ' 1' END"
	" FROM (SELECT m.tbl_name, m.name, m.sql,"
	" (SELECT count(*) FROM pragma_index_info(m.name)) AS n"
	" FROM sqlite_master m WHERE m.type = 'index')";

static bool run(void *db, const char *statement, struct gw_error *err)
{
	return sqlite_run(db, statement, err);
}

static bool upgrade(struct gw_backend *b, struct gw_error *err)
{
	int layout = 0;
	if (!read_layout(b, &layout, err))
		return false;
	json_auto_t *there = read_names(b->writer, err);
	if (!there)
		return false;
	const struct gw_sql_schema schema = { .dialect = &sqlite_dialect,
		.kinds = b->kinds,
		.there = there,
		.run = run,
		.arg = b->writer };
	gw_auto_free char *mark = gw_sprintf("PRAGMA user_version = %d", GW_SQL_SCHEMA_VERSION);
	return gw_sql_migrate(&schema, err) && sqlite_run(b->writer, statistics, err) &&
	       sqlite_run(b->writer, mark, err);
}

bool sqlite_migrate(struct gw_backend *b, struct gw_error *err)
{
	gw_locked(&b->writer_lock);
	if (!sqlite_connect_writer(b, err) || !sqlite_run(b->writer, "BEGIN IMMEDIATE", err))
		return false;
	if (upgrade(b, err) && sqlite_run(b->writer, "COMMIT", err))
		return true;
	if (!sqlite3_get_autocommit(b->writer))
		sqlite3_exec(b->writer, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

/* Whether a file can be made, if none is there, shows in its folder. */
static bool can_make(const char *path, struct gw_error *err)
{
	const char *slash = strrchr(path, '/');
	gw_auto_free char *folder =
		slash ? gw_sprintf("%.*s/", (int)(slash - path), path) : gw_strdup(".");
	return access(folder, W_OK | X_OK) == 0 || errno == ENOENT ||
	       gw_fail_errno(err, errno, "creating %s", path);
}

bool sqlite_layout(struct gw_backend *b, int *out, struct gw_error *err)
{
	gw_locked(&b->writer_lock);
	if (b->writer)
		return read_layout(b, out, err);
	*out = 0;
	return can_make(b->settings.path, err);
}

bool sqlite_remove(struct gw_backend *b, struct gw_error *err)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < GW_LEN(ends); i++) {
		gw_auto_free char *path = gw_sprintf("%s%s", b->settings.path, ends[i]);
		if (unlink(path) != 0 && errno != ENOENT)
			return gw_fail_errno(err, errno, "removing %s", path);
	}
	return true;
}

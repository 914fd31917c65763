/* sql.h - what the SQL backends share: statements from queries, tables from kinds, rows
 *
 * A kind is a table with the columns tenant, key, version, due, owner, its fields and doc. The
 * items of a KEYWORDS field are kept twice: packed into one column, for reading, and in a table
 * (tenant, value, key) named KIND_FIELD, for searching. */
#ifndef GW_BACKENDS_SQL_SQL_H
#define GW_BACKENDS_SQL_SQL_H

#include <godwit/backend.h>

#include <stdatomic.h>

/* Version of the layout of tables; fields and kinds may be added without a new one. */
#define GW_SQL_SCHEMA_VERSION 1

/* How a database differs from the others. */
struct gw_sql_dialect {
	/* Types of columns; texts are compared bytewise. */
	const char *tenant, *key, *keyword, *text, *number, *doc;
	const char *table_end; /* after the columns of CREATE TABLE */
	const char *parameter; /* "?" or "$" */
	bool numbers_parameters; /* from 1 */
	const char *position; /* the function that finds (text, part) */
	const char *lower, *lower_end; /* around a text, make its ASCII letters small */
	const char *right; /* "right(" or "substr(": before (text, N) */
	const char *right_sign; /* before N: "" or "-" */
	bool counts_bytes; /* N is bytes, not characters */
	const char *newest_first; /* after the last number of an index, if that helps sorting */
	bool places_nulls; /* knows NULLS FIRST and LAST; else null is less than all */
	bool has_sparse_indexes; /* CREATE INDEX … WHERE */
};

/* ---- Statements (statement.c) ---- */

struct gw_sql {
	const struct gw_sql_dialect *dialect;
	const char *schema; /* of tables; NULL = none */
	struct gw_str text;
	struct gw_value *params; /* text.data set: a text, else a number */
	size_t n_params, cap_params;
	char **owned; /* what params point to beyond the query */
	size_t n_owned, cap_owned;
	/* A filter on keywords that few records match, if that is known: to begin with. The query
	 * has a tenant then. */
	const struct gw_filter *rare;
};

void gw_sql_clear(struct gw_sql *s);
#define gw_auto_sql __attribute__((cleanup(gw_sql_clear))) struct gw_sql

void gw_sql_name(struct gw_sql *s, const char *name); /* quoted */
void gw_sql_table(struct gw_sql *s, const char *kind, const char *field); /* field or NULL */
void gw_sql_param(struct gw_sql *s, struct gw_value value);
void gw_sql_owned_text(struct gw_sql *s, char *text); /* as a parameter; takes it over */
/* "P.tenant, P.key, …" with a prefix or ""; all columns, or the first five. */
void gw_sql_columns(struct gw_sql *s, const char *prefix, const struct gw_kind *kind,
	enum gw_want want);

/* ---- Queries (query.c) ---- */

void gw_sql_select(struct gw_sql *s, const struct gw_query *query);
/* Rows that a filter on keywords finds in the query's tenant, counted up to a cap. */
void gw_sql_count_keywords(struct gw_sql *s, const struct gw_query *query,
	const struct gw_filter *f, unsigned cap);
/* Rows of (value, number); by NULL: one row of (number). */
void gw_sql_count(struct gw_sql *s, const struct gw_query *query, const char *by, uint64_t cap);

/* ---- Tables (schema.c) ---- */

struct gw_sql_schema {
	const struct gw_sql_dialect *dialect;
	const char *schema;
	const struct gw_kind *const *kinds;
	const json_t *there; /* what exists: members "table.column" and "index" */
	bool (*run)(void *arg, const char *statement, struct gw_error *err);
	void *arg;
};

/* Creates what the kinds want and is not there. */
bool gw_sql_migrate(const struct gw_sql_schema *schema, struct gw_error *err);

/* ---- Rows (row.c) ---- */

enum {
	GW_SQL_TENANT,
	GW_SQL_KEY,
	GW_SQL_VERSION,
	GW_SQL_DUE,
	GW_SQL_OWNER,
	GW_SQL_FIELDS, /* n_fields of them, then doc */
};

static inline unsigned gw_sql_n_columns(const struct gw_kind *kind)
{
	return GW_SQL_FIELDS + kind->n_fields + 1;
}

const char *gw_sql_column_name(const struct gw_kind *kind, unsigned column);
bool gw_sql_is_number(const struct gw_kind *kind, unsigned column);
size_t gw_sql_kind_index(const struct gw_kind *const *kinds, const struct gw_kind *kind);

/* What to store in a column. A packed value lives in *packed until the next call. */
struct gw_value gw_sql_value(const struct gw_record *r, unsigned column, struct gw_str *packed);
/* The part of a keyword that columns hold: at most GW_KEYWORD_INDEXED bytes, whole characters. */
struct gw_slice gw_sql_cut(struct gw_slice keyword);

/* A record being read; its texts are borrowed. */
struct gw_sql_row {
	struct gw_record record;
	struct gw_value *fields;
	struct gw_slice **items; /* of each field */
};

void gw_sql_row_init(struct gw_sql_row *row, const struct gw_kind *kind, enum gw_want want);
void gw_sql_row_clear(struct gw_sql_row *row);
#define gw_auto_row __attribute__((cleanup(gw_sql_row_clear))) struct gw_sql_row
void gw_sql_row_null(struct gw_sql_row *row, unsigned column);
void gw_sql_row_number(struct gw_sql_row *row, unsigned column, int64_t number);
void gw_sql_row_text(struct gw_sql_row *row, unsigned column, struct gw_slice text);

/* Null and "" are counted together. */
void gw_sql_counts_add(struct gw_counts *counts, struct gw_slice value, uint64_t n);
void gw_sql_counts_clear(struct gw_counts *counts);

/* Versions: the process's random start, then steps of two; a claim adds one. So none is ever used
 * twice for a key, whoever writes, and the writer knows it without reading it back. */
struct gw_sql_versions {
	_Atomic int64_t next;
};

bool gw_sql_versions_init(struct gw_sql_versions *v, struct gw_error *err);

static inline int64_t gw_sql_next_version(struct gw_sql_versions *v)
{
	return atomic_fetch_add_explicit(&v->next, 2, memory_order_relaxed);
}

#endif

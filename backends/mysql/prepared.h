/* prepared.h - statements that the server has prepared: their parameters and rows */
#ifndef GW_BACKENDS_MYSQL_PREPARED_H
#define GW_BACKENDS_MYSQL_PREPARED_H

#include "backends/mysql/link.h"
#include "backends/sql/sql.h"

/* A connection prepares a text once and keeps the last that were used. */
void prepared_free_all(struct link *link);

/* Runs a statement that yields no rows. */
bool prepared_run(struct link *link, const struct gw_sql *s, struct gw_error *err);

/* Rows as they come: nothing else may run on the link until they are closed. */
struct rows {
	struct link *link;
	struct prepared *prepared;
};

bool rows_open(struct rows *rows, struct link *link, const struct gw_sql *s, struct gw_error *err);
enum gw_next rows_next(struct rows *rows, struct gw_error *err);
void rows_close(struct rows *rows);

/* Of the row that came last; a text is borrowed, its data NULL for null. */
int64_t rows_number(const struct rows *rows, unsigned column);
struct gw_slice rows_text(const struct rows *rows, unsigned column);
bool rows_is_null(const struct rows *rows, unsigned column);
bool rows_is_number(const struct rows *rows, unsigned column);
unsigned rows_n_columns(const struct rows *rows);
/* Reads the columns from the first on into the row. */
void rows_read(const struct rows *rows, struct gw_sql_row *out);

/* The first number of the first row; *out stays if there is none. */
bool query_number(struct link *link, const struct gw_sql *s, int64_t *out, struct gw_error *err);

#endif

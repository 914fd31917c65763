/* prepared.c - preparing once, binding parameters, fetching rows into buffers that grow */
#include "backends/mysql/prepared.h"

#include <godwit/mem.h>

#define PREPARED_MAX 200 /* on a connection */
#define BUFFER_FIRST 512
#define BUFFER_KEPT (1u << 20) /* larger ones are given back */

struct prepared {
	struct prepared *next;
	char *text;
	size_t len;
	MYSQL_STMT *stmt;
	unsigned n_columns;
	MYSQL_BIND *columns;
	int64_t *numbers; /* of the columns that are numbers */
};

/* ---- What the server knows ---- */

static void free_prepared(struct prepared *p)
{
	if (p->stmt)
		mysql_stmt_close(p->stmt);
	for (unsigned i = 0; i < p->n_columns; i++)
		if (p->columns[i].buffer_type == MYSQL_TYPE_STRING)
			free(p->columns[i].buffer);
	free(p->columns);
	free(p->numbers);
	free(p->text);
	free(p);
}

void prepared_free_all(struct link *link)
{
	while (link->prepared) {
		struct prepared *p = link->prepared;
		link->prepared = p->next;
		free_prepared(p);
	}
}

/* A row that does not come is an error of the connection. */
static bool fail_stmt(struct link *link, const struct prepared *p, struct gw_error *err)
{
	if (mysql_stmt_errno(p->stmt) == 0)
		return link_fail_conn(link, err);
	return link_fail(link, mysql_stmt_errno(p->stmt), mysql_stmt_error(p->stmt), err);
}

static bool is_number_type(enum enum_field_types type)
{
	return type == MYSQL_TYPE_LONGLONG || type == MYSQL_TYPE_LONG || type == MYSQL_TYPE_SHORT ||
	       type == MYSQL_TYPE_TINY || type == MYSQL_TYPE_INT24;
}

/* Their types come from the server; texts begin with small buffers. */
static void make_columns(struct prepared *p)
{
	MYSQL_RES *fields = mysql_stmt_result_metadata(p->stmt);
	p->n_columns = fields ? mysql_num_fields(fields) : 0;
	p->columns = gw_new_array(MYSQL_BIND, p->n_columns);
	p->numbers = gw_new_array(int64_t, p->n_columns);
	for (unsigned i = 0; i < p->n_columns; i++) {
		MYSQL_BIND *c = &p->columns[i];
		bool is_number = is_number_type(mysql_fetch_field_direct(fields, i)->type);
		c->buffer_type = is_number ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_STRING;
		c->buffer_length = is_number ? sizeof(int64_t) : BUFFER_FIRST;
		c->buffer = is_number ? (void *)&p->numbers[i] : gw_alloc(BUFFER_FIRST);
		c->is_null = &c->is_null_value;
		c->length = &c->length_value;
		c->error = &c->error_value;
	}
	mysql_free_result(fields);
}

static struct prepared *prepare(struct link *link, struct gw_slice text, struct gw_error *err)
{
	struct prepared *p = gw_new(struct prepared);
	p->text = gw_slice_dup(text);
	p->len = text.len;
	p->stmt = mysql_stmt_init(link->conn);
	if (mysql_stmt_prepare(p->stmt, text.data, text.len) != 0) {
		fail_stmt(link, p, err);
		free_prepared(p);
		return NULL;
	}
	make_columns(p);
	if (p->n_columns)
		mysql_stmt_bind_result(p->stmt, p->columns);
	return p;
}

static void forget_oldest(struct link *link)
{
	struct prepared **last = &link->prepared;
	while ((*last)->next)
		last = &(*last)->next;
	free_prepared(*last);
	*last = NULL;
	link->n_prepared--;
}

/* Moves it to the front, or prepares it. */
static struct prepared *find(struct link *link, struct gw_slice text, struct gw_error *err)
{
	struct prepared **at = &link->prepared;
	while (*at && ((*at)->len != text.len || memcmp((*at)->text, text.data, text.len) != 0))
		at = &(*at)->next;
	struct prepared *p = *at;
	if (p) {
		*at = p->next;
	} else {
		p = prepare(link, text, err);
		if (!p)
			return NULL;
		if (++link->n_prepared > PREPARED_MAX)
			forget_oldest(link);
	}
	p->next = link->prepared;
	link->prepared = p;
	return p;
}

/* ---- Running ---- */

static void bind_value(MYSQL_BIND *bind, const struct gw_value *value)
{
	if (!value->is_set) {
		bind->buffer_type = MYSQL_TYPE_NULL;
	} else if (value->text.data) {
		bind->buffer_type = MYSQL_TYPE_STRING;
		bind->buffer = (void *)(uintptr_t)value->text.data;
		bind->buffer_length = value->text.len;
	} else {
		bind->buffer_type = MYSQL_TYPE_LONGLONG;
		bind->buffer = (void *)(uintptr_t)&value->number;
	}
}

static struct prepared *execute(struct link *link, const struct gw_sql *s, struct gw_error *err)
{
	struct prepared *p = find(link, gw_str_slice(&s->text), err);
	if (!p)
		return NULL;
	gw_auto_free MYSQL_BIND *params = gw_new_array(MYSQL_BIND, s->n_params);
	for (size_t i = 0; i < s->n_params; i++) {
		bind_value(&params[i], &s->params[i]);
		params[i].length = &params[i].buffer_length;
	}
	if ((s->n_params == 0 || mysql_stmt_bind_param(p->stmt, params) == 0) &&
		mysql_stmt_execute(p->stmt) == 0)
		return p;
	fail_stmt(link, p, err);
	return NULL;
}

bool prepared_run(struct link *link, const struct gw_sql *s, struct gw_error *err)
{
	return execute(link, s, err) != NULL;
}

/* ---- Rows ---- */

bool rows_open(struct rows *rows, struct link *link, const struct gw_sql *s, struct gw_error *err)
{
	*rows = (struct rows){ link, execute(link, s, err) };
	return rows->prepared != NULL;
}

/* Fetches again what did not fit, into larger buffers. */
static bool fetch_rest(struct prepared *p)
{
	for (unsigned i = 0; i < p->n_columns; i++) {
		MYSQL_BIND *c = &p->columns[i];
		if (c->buffer_type != MYSQL_TYPE_STRING || c->is_null_value ||
			c->length_value <= c->buffer_length)
			continue;
		c->buffer_length = c->length_value + c->length_value / 4;
		c->buffer = gw_realloc(c->buffer, c->buffer_length);
		if (mysql_stmt_fetch_column(p->stmt, c, i, 0) != 0)
			return false;
	}
	return mysql_stmt_bind_result(p->stmt, p->columns) == 0;
}

enum gw_next rows_next(struct rows *rows, struct gw_error *err)
{
	struct prepared *p = rows->prepared;
	int result = mysql_stmt_fetch(p->stmt);
	if (result == MYSQL_NO_DATA)
		return GW_NEXT_DONE;
	if (result == 0 || (result == MYSQL_DATA_TRUNCATED && fetch_rest(p)))
		return GW_NEXT_RECORD;
	fail_stmt(rows->link, p, err);
	return GW_NEXT_FAILED;
}

void rows_close(struct rows *rows)
{
	struct prepared *p = rows->prepared;
	if (!p)
		return;
	mysql_stmt_free_result(p->stmt);
	for (unsigned i = 0; i < p->n_columns; i++) {
		MYSQL_BIND *c = &p->columns[i];
		if (c->buffer_length <= BUFFER_KEPT)
			continue;
		c->buffer_length = BUFFER_FIRST;
		c->buffer = gw_realloc(c->buffer, c->buffer_length);
	}
	if (p->n_columns)
		mysql_stmt_bind_result(p->stmt, p->columns);
	rows->prepared = NULL;
}

bool rows_is_null(const struct rows *rows, unsigned column)
{
	return rows->prepared->columns[column].is_null_value;
}

int64_t rows_number(const struct rows *rows, unsigned column)
{
	return rows_is_null(rows, column) ? 0 : rows->prepared->numbers[column];
}

struct gw_slice rows_text(const struct rows *rows, unsigned column)
{
	const MYSQL_BIND *c = &rows->prepared->columns[column];
	return rows_is_null(rows, column) ? gw_slice(NULL, 0)
					  : gw_slice(c->buffer, c->length_value);
}

bool rows_is_number(const struct rows *rows, unsigned column)
{
	return rows->prepared->columns[column].buffer_type == MYSQL_TYPE_LONGLONG;
}

unsigned rows_n_columns(const struct rows *rows)
{
	return rows->prepared->n_columns;
}

void rows_read(const struct rows *rows, struct gw_sql_row *out)
{
	for (unsigned i = 0; i < rows_n_columns(rows); i++) {
		if (rows_is_null(rows, i))
			gw_sql_row_null(out, i);
		else if (rows_is_number(rows, i))
			gw_sql_row_number(out, i, rows_number(rows, i));
		else
			gw_sql_row_text(out, i, rows_text(rows, i));
	}
}

bool query_number(struct link *link, const struct gw_sql *s, int64_t *out, struct gw_error *err)
{
	struct rows rows;
	if (!rows_open(&rows, link, s, err))
		return false;
	enum gw_next next = rows_next(&rows, err);
	if (next == GW_NEXT_RECORD)
		*out = rows_number(&rows, 0);
	rows_close(&rows);
	return next != GW_NEXT_FAILED;
}

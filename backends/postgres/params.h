/* params.h - parameters of statements and values of results, in PostgreSQL's binary form */
#ifndef GW_BACKENDS_POSTGRES_PARAMS_H
#define GW_BACKENDS_POSTGRES_PARAMS_H

#include "backends/sql/sql.h"

#include <libpq-fe.h>

/* Types, by their fixed numbers. */
enum { OID_INT8 = 20, OID_TEXT = 25, OID_JSON = 114 };
enum { OID_JSON_ARRAY = 199, OID_TEXT_ARRAY = 1009, OID_INT8_ARRAY = 1016 };

#define PARAMS_MAX 64

/* The parameters of a fixed statement, each an array or a scalar of its own. */
struct params {
	int n;
	Oid types[PARAMS_MAX];
	struct gw_str data[PARAMS_MAX];
};

void params_clear(struct params *p); /* keeps the memory */
void params_free(struct params *p);
void params_text(struct params *p, struct gw_slice text);
void params_number(struct params *p, int64_t number);
/* Begins an array of n OID_TEXT, OID_INT8 or OID_JSON, which are then added to it. */
struct gw_str *params_array(struct params *p, Oid element, size_t n);
void array_add_text(struct gw_str *array, struct gw_slice text); /* data NULL = null */
void array_add_number(struct gw_str *array, int64_t number);
/* An array of tenants and one of keys. */
void params_keys(struct params *p, const struct gw_key *keys, size_t n);

int64_t result_number(const PGresult *result, int row, int column);
struct gw_slice result_text(const PGresult *result, int row, int column);
/* Reads the columns from the given one on into the row. */
void result_read_row(const PGresult *result, int row, int first, struct gw_sql_row *out);

#endif

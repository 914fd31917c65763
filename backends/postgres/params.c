/* params.c - arrays and numbers in network order */
#include "backends/postgres/params.h"

#include <endian.h>

/* An array's header: dimensions, whether nulls occur, element type, length, lower bound. */
struct array_head {
	uint32_t n_dimensions, has_null, element, length, lower;
};

void params_clear(struct params *p)
{
	for (int i = 0; i < p->n; i++)
		gw_str_reset(&p->data[i]);
	p->n = 0;
}

void params_free(struct params *p)
{
	for (int i = 0; i < PARAMS_MAX; i++)
		gw_str_clear(&p->data[i]);
}

static void add_length(struct gw_str *out, uint32_t n)
{
	uint32_t big = htobe32(n);
	gw_str_add(out, (const char *)&big, sizeof(big));
}

static void add_number(struct gw_str *out, int64_t number)
{
	uint64_t big = htobe64((uint64_t)number);
	gw_str_add(out, (const char *)&big, sizeof(big));
}

void params_text(struct params *p, struct gw_slice text)
{
	p->types[p->n] = OID_TEXT;
	gw_str_add(&p->data[p->n++], text.data, text.len);
}

void params_number(struct params *p, int64_t number)
{
	p->types[p->n] = OID_INT8;
	add_number(&p->data[p->n++], number);
}

struct gw_str *params_array(struct params *p, Oid element, size_t n)
{
	const struct array_head head = { htobe32(1), htobe32(1), htobe32(element),
		htobe32((uint32_t)n), htobe32(1) };
	struct gw_str *array = &p->data[p->n];
	p->types[p->n++] = element == OID_INT8   ? OID_INT8_ARRAY
			   : element == OID_JSON ? OID_JSON_ARRAY
						 : OID_TEXT_ARRAY;
	gw_str_add(array, (const char *)&head, sizeof(head));
	return array;
}

void array_add_text(struct gw_str *array, struct gw_slice text)
{
	add_length(array, text.data ? (uint32_t)text.len : UINT32_MAX);
	gw_str_add(array, text.data, text.len);
}

void array_add_number(struct gw_str *array, int64_t number)
{
	add_length(array, sizeof(number));
	add_number(array, number);
}

void params_keys(struct params *p, const struct gw_key *keys, size_t n)
{
	struct gw_str *tenants = params_array(p, OID_TEXT, n);
	struct gw_str *names = params_array(p, OID_TEXT, n);
	for (size_t i = 0; i < n; i++) {
		struct gw_slice tenant = keys[i].tenant;
		array_add_text(tenants, tenant.data ? tenant : gw_slice_of(""));
		array_add_text(names, keys[i].key);
	}
}

/* ---- Results ---- */

int64_t result_number(const PGresult *result, int row, int column)
{
	uint64_t big;
	if (PQgetlength(result, row, column) != (int)sizeof(big))
		return 0;
	memcpy(&big, PQgetvalue(result, row, column), sizeof(big));
	return (int64_t)be64toh(big);
}

struct gw_slice result_text(const PGresult *result, int row, int column)
{
	return gw_slice(PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column));
}

void result_read_row(const PGresult *result, int row, int first, struct gw_sql_row *out)
{
	int n = PQnfields(result);
	for (int i = first; i < n; i++) {
		unsigned column = (unsigned)(i - first);
		if (PQgetisnull(result, row, i))
			gw_sql_row_null(out, column);
		else if (gw_sql_is_number(out->record.kind, column))
			gw_sql_row_number(out, column, result_number(result, row, i));
		else
			gw_sql_row_text(out, column, result_text(result, row, i));
	}
}

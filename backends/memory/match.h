/* match.h - what filters and orders mean: the reference for every other backend */
#ifndef GW_BACKENDS_MEMORY_MATCH_H
#define GW_BACKENDS_MEMORY_MATCH_H

#include <godwit/backend.h>

/* A field of a record by its name, envelope included; is_set false = null. */
struct gw_value gw_match_value(const struct gw_record *r, const char *field);
bool gw_match_query(const struct gw_record *r, const struct gw_query *query);
/* As strcmp, by the query's orders, then by key and tenant; by (tenant, key) without orders. */
int gw_match_order(const struct gw_record *a, const struct gw_record *b,
	const struct gw_query *query);

#endif

/* check.h - what every backend may rely on: inputs within their bounds */
#ifndef GW_STORE_CHECK_H
#define GW_STORE_CHECK_H

#include <godwit/backend.h>

bool gw_check_key(struct gw_slice tenant, struct gw_slice key, struct gw_error *err);
bool gw_check_op(const struct gw_op *op, struct gw_error *err);
bool gw_check_query(const struct gw_query *query, struct gw_error *err);
/* A field to count by. */
bool gw_check_group_field(const struct gw_kind *kind, const char *field, struct gw_error *err);

#endif

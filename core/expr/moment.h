/* moment.h - values that stand for an instant */
#ifndef GW_EXPR_MOMENT_H
#define GW_EXPR_MOMENT_H

#include "expr/builtin.h"

struct gw_moment {
	gw_time at;
	const struct gw_zone *zone; /* in which it was written; NULL = with an offset */
	int offset_s;
};

/* The zone that argument i names, else the server's own; NULL with an error. */
const struct gw_zone *gw_moment_zone(struct gw_call *call, int i);
/* A number of seconds since 1970, or a text: in ISO 8601, or as argument format_arg says. */
bool gw_moment_read(struct gw_call *call, int format_arg, const struct gw_zone *zone,
	struct gw_moment *out);
/* As argument i says, "iso" if it is not given. A new reference. */
json_t *gw_moment_print(struct gw_call *call, int i, gw_time at, const struct gw_zone *zone);

#endif

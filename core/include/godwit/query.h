/* query.h - which records a scan yields or a count counts */
#ifndef GODWIT_QUERY_H
#define GODWIT_QUERY_H

#include <godwit/record.h>

enum gw_compare {
	GW_EQ,
	GW_LT,
	GW_LE,
	GW_GT,
	GW_GE, /* numbers and keywords (bytewise) */
	GW_PREFIX,
	GW_SUFFIX,
	GW_UNDER, /* equals, or starts with value + "." */
	GW_CONTAINS, /* substring, ASCII letters without regard to case */
	GW_IS_NULL,
	GW_ANY, /* one of the nested filters holds */
	GW_NOT, /* the nested filters do not all hold */
};

/* Names usable as field beside the kind's own: "tenant", "key", "owner" (keywords), "due".
 * A comparison holds if it holds for one of the values and, on KEYWORDS, for one of the items;
 * with null it never holds, and so its NOT does. TEXT knows CONTAINS and IS_NULL only, BOOLEAN
 * EQ and IS_NULL, numbers no textual comparison: core/store refuses the rest. */
struct gw_filter {
	enum gw_compare compare;
	const char *field;
	const struct gw_value *values; /* each with text or number */
	unsigned n_values;
	const struct gw_filter *nested; /* ANY, NOT */
	unsigned n_nested;
};

struct gw_order {
	const char *field;
	bool descending; /* nulls come last either way; ties are ordered by key ascending */
};

enum gw_want {
	GW_WANT_RECORDS,
	GW_WANT_KEYS, /* tenant, key, version, due, owner; fields and doc are left empty */
};

struct gw_snapshot; /* one moment of a repository; the backend's own */

struct gw_query {
	const struct gw_kind *kind;
	struct gw_slice tenant; /* data NULL = all tenants */
	const struct gw_filter *filters; /* all must hold */
	unsigned n_filters;
	const struct gw_order *orders; /* none = by (tenant, key) */
	unsigned n_orders;
	/* Start after this key (only with a tenant and without orders); data NULL = start. */
	struct gw_slice after;
	uint64_t offset;
	uint64_t limit; /* 0 = all */
	enum gw_want want;
	struct gw_snapshot *snapshot; /* as of this moment; NULL = now */
};

/* A number per distinct value of a field. */
struct gw_count {
	char *value; /* the keyword, or the number as text; "" for null; free() */
	uint64_t n;
};

struct gw_counts {
	struct gw_count *items; /* free() */
	size_t n, cap;
};

#endif

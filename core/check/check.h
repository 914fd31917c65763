/* check.h - what is wrong with a flow, and where
 *
 * check may use: base, time, yaml, expr, model, and module's registry. */
#ifndef GW_CHECK_CHECK_H
#define GW_CHECK_CHECK_H

#include "yaml/yaml.h"

#include <godwit/task.h>

struct gw_violation {
	char *path; /* "tasks[0].message", "" = the flow itself */
	char *shown; /* as Kestra shows it: a task's id in place of tasks[n], or a class path */
	char *message;
	struct gw_position at; /* line 0 = unknown */
	bool is_bare; /* it was found while reading: Kestra prints the message alone */
};

struct gw_violations {
	struct gw_violation *items;
	size_t n, cap;
};

GW_EXPORT void gw_violations_clear(struct gw_violations *v);
#define gw_auto_violations __attribute__((cleanup(gw_violations_clear))) struct gw_violations
/* The texts are copied. What was added; NULL if there are GW_VIOLATIONS_MAX already. */
GW_EXPORT struct gw_violation *gw_violations_add(struct gw_violations *v, const char *path,
	const char *shown, const char *message);
#define GW_VIOLATIONS_MAX 1000
/* Fills in lines and columns from the source. */
GW_EXPORT void gw_violations_locate(struct gw_violations *v, struct gw_slice source);
/* "path: message\n" for each, as Kestra joins them. */
GW_EXPORT void gw_violations_print(struct gw_str *out, const struct gw_violations *v);

#endif

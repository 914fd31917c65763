/* property.h - what a property table says about values: checking, defaults, types, JSON Schema */
#ifndef GW_CHECK_PROPERTY_H
#define GW_CHECK_PROPERTY_H

#include "expr/expr.h"
#include "model/flow.h"

struct gw_registry;

/* A task's properties rendered in a scope, converted to their types, complete with defaults: what
 * gw_task_type.run gets. Static and late ones are as written; tasks in them are left out. A new
 * reference, shared and only to be read; NULL on error. */
GW_EXPORT json_t *gw_task_properties(const struct gw_task *task, struct gw_scope *scope,
	struct gw_error *err);
/* The same, late ones rendered too: for a flowable that is planned again. */
GW_EXPORT json_t *gw_task_properties_again(const struct gw_task *task, struct gw_scope *scope,
	struct gw_error *err);
/* Whether rendering them, runIf or timeout does I/O or may look at everything (enum
 * gw_template_need), and the variables they mention (late ones included). */
GW_EXPORT unsigned gw_task_needs(const struct gw_task *task);
GW_EXPORT void gw_task_variables(const struct gw_task *task,
	void (*use)(void *arg, const char *root, const char *member), void *arg);

/* A value converted to a schema ("integer", "duration" …): "12" becomes 12. A new reference. */
GW_EXPORT json_t *gw_schema_convert(const char *schema, const json_t *value, struct gw_error *err);
/* JSON Schema (draft 7) of a property table; a new reference. */
GW_EXPORT json_t *gw_properties_schema(const struct gw_property *table);

/* Conditions of a trigger, rendered in a scope: true if all hold. */
GW_EXPORT bool gw_conditions_hold(const json_t *conditions, const struct gw_registry *registry,
	struct gw_scope *scope, bool *hold, struct gw_error *err);

#endif

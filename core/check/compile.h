/* compile.h - the parts of compiling a flow */
#ifndef GW_CHECK_COMPILE_H
#define GW_CHECK_COMPILE_H

#include "model/flow.h"
#include "module/registry.h"

struct gw_compiler {
	struct gw_flow *flow;
	const struct gw_registry *registry;
	struct gw_task *parent; /* NULL = a task of the flow */
	struct gw_retry retry; /* of the nearest enclosing task that has one, or of the flow */
	size_t cap_tasks;
};

/* The flow cannot run: the first reason is kept. */
void gw_compile_break(struct gw_compiler *c, const char *what, const char *id, const char *message);
enum gw_level gw_compile_level(const json_t *object);
struct gw_retry gw_compile_retry(const json_t *retry);
/* The tasks of a list that are not disabled; path is copied. */
void gw_compile_branch(struct gw_compiler *c, struct gw_branch *branch, const char *path,
	const json_t *tasks);
/* Branches found in a property, by its schema. */
void gw_compile_branches(struct gw_compiler *c, struct gw_task *task, const struct gw_property *row,
	const json_t *value);
/* What is left of a value without its tasks, a new reference; NULL = nothing. */
json_t *gw_compile_without_tasks(struct gw_slice schema, const json_t *value);
/* Fills in constants and properties. */
void gw_compile_properties(struct gw_compiler *c, struct gw_task *task, const json_t *doc);
/* What a row stands for if nothing is given: parsed, a new reference; NULL = nothing. */
json_t *gw_property_fallback(const struct gw_property *row);
void gw_compile_triggers(struct gw_compiler *c, const json_t *triggers);

#endif

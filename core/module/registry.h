/* registry.h - the types that are known, by name and alias
 *
 * module may use: base, time, expr, model. A registry is immutable; a reload makes a new one. */
#ifndef GW_MODULE_REGISTRY_H
#define GW_MODULE_REGISTRY_H

#include <godwit/module.h>

struct gw_registry;

/* Where a type comes from. */
struct gw_origin {
	const char *module; /* its name */
	const char *version;
	const char *path; /* of the shared object */
	bool in_server; /* loaded into the server: the installation's own */
};

struct gw_task_entry {
	const struct gw_task_type *type;
	struct gw_origin origin;
};

struct gw_trigger_entry {
	const struct gw_trigger_type *type;
	struct gw_origin origin;
};

struct gw_condition_entry {
	const struct gw_condition_type *type;
	struct gw_origin origin;
};

/* By exact name, else by alias without regard to case; NULL = unknown. */
GW_EXPORT const struct gw_task_entry *gw_registry_task(const struct gw_registry *r,
	const char *type);
GW_EXPORT const struct gw_trigger_entry *gw_registry_trigger(const struct gw_registry *r,
	const char *type);
GW_EXPORT const struct gw_condition_entry *gw_registry_condition(const struct gw_registry *r,
	const char *type);
GW_EXPORT const struct gw_backend_type *gw_registry_backend(const struct gw_registry *r,
	const char *name);

/* Walking: i from 0 until NULL; ordered by type name. */
GW_EXPORT const struct gw_task_entry *gw_registry_task_at(const struct gw_registry *r, size_t i);
GW_EXPORT const struct gw_trigger_entry *gw_registry_trigger_at(const struct gw_registry *r,
	size_t i);
GW_EXPORT const struct gw_condition_entry *gw_registry_condition_at(const struct gw_registry *r,
	size_t i);
/* Files that could not be loaded: "path: reason". */
GW_EXPORT const char *gw_registry_problem_at(const struct gw_registry *r, size_t i);

/* Loads the shared objects of a folder into this process; broken ones become problems. */
GW_EXPORT struct gw_registry *gw_registry_load(const char *const *folders, enum gw_place place,
	struct gw_error *err);
/* The installation's own module folder: beside the program in a build tree, else the installed. */
GW_EXPORT char *gw_registry_own_folder(void);
GW_EXPORT struct gw_registry *gw_registry_ref(struct gw_registry *r);
GW_EXPORT void gw_registry_unref(struct gw_registry **r);

#endif

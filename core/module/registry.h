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

struct gw_backend_entry {
	const struct gw_backend_type *type;
	struct gw_origin origin;
};

/* By exact name, else by alias without regard to case; NULL = unknown. */
GW_EXPORT const struct gw_task_entry *gw_registry_task(const struct gw_registry *r,
	const char *type);
GW_EXPORT const struct gw_trigger_entry *gw_registry_trigger(const struct gw_registry *r,
	const char *type);
GW_EXPORT const struct gw_condition_entry *gw_registry_condition(const struct gw_registry *r,
	const char *type);
GW_EXPORT const struct gw_backend_entry *gw_registry_backend(const struct gw_registry *r,
	const char *name);
GW_EXPORT const struct gw_storage_type *gw_registry_storage(const struct gw_registry *r,
	const char *name);

/* Walking: i from 0 until NULL; ordered by type name. */
GW_EXPORT const struct gw_task_entry *gw_registry_task_at(const struct gw_registry *r, size_t i);
GW_EXPORT const struct gw_trigger_entry *gw_registry_trigger_at(const struct gw_registry *r,
	size_t i);
GW_EXPORT const struct gw_condition_entry *gw_registry_condition_at(const struct gw_registry *r,
	size_t i);
/* Walking by name: the first one after it; NULL = of all. */
GW_EXPORT const struct gw_backend_entry *gw_registry_backend_after(const struct gw_registry *r,
	const char *name);
/* What could not be loaded, files and single types: "path: reason". */
GW_EXPORT const char *gw_registry_problem_at(const struct gw_registry *r, size_t i);

/* ---- Making one: a reference each; what is broken becomes a problem, the rest is there ---- */

/* Loads the shared objects of folders (ended by NULL) into this process. A folder that cannot be
 * read is an error. In a server everything counts as the installation's own; in a host only what
 * lies in its own folder does; of others' types those that would run in a server are refused. */
GW_EXPORT struct gw_registry *gw_registry_load(const char *const *folders, enum gw_place place,
	struct gw_error *err);

/* The same, calling opening before each file is touched: a host says which one it opens, and
 * leaves out (false) those that crashed it before. */
struct gw_load {
	const char *const *folders;
	enum gw_place place;
	bool (*opening)(void *arg, const char *path); /* NULL = load all */
	void *arg;
};
GW_EXPORT struct gw_registry *gw_registry_load_with(const struct gw_load *load,
	struct gw_error *err);

/* Of modules in memory (ended by NULL), as if they were the installation's own. */
GW_EXPORT struct gw_registry *gw_registry_of(const struct gw_module *const *modules);

/* The types that are not the installation's own, and all problems, as a host tells its server. A
 * new reference. */
GW_EXPORT json_t *gw_registry_describe(const struct gw_registry *r);
/* A registry's types and those described: isolated, without functions. */
GW_EXPORT struct gw_registry *gw_registry_merge(struct gw_registry *own, const json_t *described);

/* The installation's own module folder: beside the program in a build tree, else the installed.
 * For free(). */
GW_EXPORT char *gw_registry_own_folder(void);
GW_EXPORT struct gw_registry *gw_registry_ref(struct gw_registry *r);
GW_EXPORT void gw_registry_unref(struct gw_registry **r);

#endif

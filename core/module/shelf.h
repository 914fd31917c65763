/* shelf.h - a registry while it is being filled: for the files of this room */
#ifndef GW_MODULE_SHELF_H
#define GW_MODULE_SHELF_H

#include "base/map.h"
#include "module/registry.h"

#include <stdatomic.h>

/* What task, trigger and condition types begin with. */
struct gw_type_head {
	const char *type;
	const char *const *aliases;
	const char *summary;
};

/* What gw_task_entry, gw_trigger_entry and gw_condition_entry have in common. */
struct gw_type_entry {
	const struct gw_type_head *type;
	struct gw_origin origin;
};

struct gw_shelf {
	struct gw_type_entry **entries; /* owned; ordered by type name once finished */
	size_t n, cap;
	struct gw_map names; /* type name -> entry */
	struct gw_map aliases; /* lower case -> entry */
};

enum gw_shelf_of { GW_TASK_SHELF, GW_TRIGGER_SHELF, GW_CONDITION_SHELF, GW_SHELVES };

struct gw_registry {
	atomic_int references;
	struct gw_shelf shelves[GW_SHELVES];
	struct gw_map backends; /* name -> gw_backend_entry */
	struct gw_map storages;
	char **problems;
	size_t n_problems, cap_problems;
	void **owned; /* memory that entries point into */
	size_t n_owned, cap_owned;
	struct gw_registry *base; /* whose entries this one shares; NULL = nobody's */
	json_t *described; /* whose strings entries point to; NULL = none */
};

struct gw_registry *gw_registry_new(void);
/* Orders what was added; afterwards the registry does not change. */
struct gw_registry *gw_registry_finish(struct gw_registry *r);
/* Keeps memory until the registry goes; returns it. */
void *gw_registry_keep(struct gw_registry *r, void *p);
/* "path: reason", unless it is there already. */
void gw_registry_problem(struct gw_registry *r, const char *format, ...) GW_PRINTF(2, 3);
/* Adds a type, or the problem that its name or an alias is taken. */
void gw_registry_add(struct gw_registry *r, enum gw_shelf_of shelf,
	const struct gw_type_entry *entry);
/* Adds what a module holds; its tables have the sizes it says. */
void gw_registry_add_module(struct gw_registry *r, const struct gw_module *module,
	const struct gw_origin *origin);

/* ---- Whether a type is well-formed (valid.c); false with the reason ---- */

bool gw_type_name_valid(const char *name);
bool gw_task_type_valid(const struct gw_task_type *type, struct gw_error *err);
bool gw_trigger_type_valid(const struct gw_trigger_type *type, struct gw_error *err);
bool gw_condition_type_valid(const struct gw_condition_type *type, struct gw_error *err);
bool gw_backend_type_valid(const struct gw_backend_type *type, struct gw_error *err);
bool gw_storage_type_valid(const struct gw_storage_type *type, struct gw_error *err);
/* The tables alone, without the functions. */
bool gw_type_tables_valid(const struct gw_type_head *type, const struct gw_property *properties,
	const struct gw_property *outputs, struct gw_error *err);

#endif

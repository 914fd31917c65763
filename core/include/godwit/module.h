/* module.h - the one symbol that a shared object exports to be a Godwit module */
#ifndef GODWIT_MODULE_H
#define GODWIT_MODULE_H

#include <godwit/backend.h>
#include <godwit/storage.h>
#include <godwit/trigger.h>

/* A module built for another major number is refused; one built for a newer minor number too. */
#define GW_ABI_MAJOR 1u
#define GW_ABI_MINOR 1u
#define GW_ABI (GW_ABI_MAJOR << 16 | GW_ABI_MINOR)

enum gw_place {
	GW_IN_SERVER, /* the installation's own modules */
	GW_IN_HOST, /* a task host, where third parties' modules live */
};

struct gw_module {
	unsigned abi;
	unsigned size; /* sizeof(struct gw_module) as compiled */
	unsigned task_size; /* strides of the tables as compiled */
	unsigned trigger_size;
	unsigned condition_size;
	unsigned property_size;
	unsigned backend_size;
	const char *name;
	const char *version;
	const char *summary;
	const struct gw_task_type *const *tasks; /* each ended by NULL; NULL = none */
	const struct gw_trigger_type *const *triggers;
	const struct gw_condition_type *const *conditions;
	const struct gw_backend_type *const *backends;
	/* Once after loading; may not start threads in a host. NULL = nothing to do. */
	bool (*init)(enum gw_place place, struct gw_error *err);
	void (*fini)(void); /* when the process exits; modules are never unloaded */
	/* Since 1.1. */
	unsigned storage_size;
	const struct gw_storage_type *const *storages;
};

#define GW_MODULE_HEAD                                                                             \
	.abi = GW_ABI, .size = sizeof(struct gw_module), .task_size = sizeof(struct gw_task_type), \
	.trigger_size = sizeof(struct gw_trigger_type),                                            \
	.condition_size = sizeof(struct gw_condition_type),                                        \
	.property_size = sizeof(struct gw_property),                                               \
	.backend_size = sizeof(struct gw_backend_type),                                            \
	.storage_size = sizeof(struct gw_storage_type)

/* What every module defines, last in its file. */
extern GW_EXPORT const struct gw_module gw_module;

#endif

/* setup.h - configuration and modules of this process, as options and environment say */
#ifndef GW_CLI_SETUP_H
#define GW_CLI_SETUP_H

#include "cli/args.h"
#include "config/config.h"
#include "module/registry.h"
#include "storage/storage.h"
#include "store/store.h"

struct gw_setup {
	struct gw_config *config;
	struct gw_registry *registry;
	struct gw_registry *backends; /* as the functions below loaded them last */
	struct gw_registry *storages; /* the one that gw_setup_storage opened */
};

/* Only the configuration: --config, then the options that set keys; the log is set up by it. */
GW_EXPORT bool gw_setup_configure(struct gw_setup *setup, const struct gw_args *args,
	struct gw_error *err);
/* The same with another file than --config's; NULL = the usual one. */
bool gw_setup_configure_at(struct gw_setup *setup, const char *file, const struct gw_args *args,
	struct gw_error *err);
/* The modules that setup->config names. */
bool gw_setup_modules(struct gw_setup *setup, struct gw_error *err);
/* The configuration, and the modules of the installation's own folder and of plugins.path. */
GW_EXPORT bool gw_setup_load(struct gw_setup *setup, const struct gw_args *args,
	struct gw_error *err);
/* Whether the configuration lets a shared object that is not the installation's into a server. */
bool gw_setup_trusts(const struct gw_config *config, const char *path);
/* All backends there are, into setup->backends. */
bool gw_setup_backends(struct gw_setup *setup, struct gw_error *err);
/* The one that the configuration names, of which no other is opened: in setup->backends, else in
 * setup->registry. */
const struct gw_backend_entry *gw_setup_backend(struct gw_setup *setup, struct gw_error *err);
/* Its settings; a new reference. */
json_t *gw_setup_settings(const struct gw_setup *setup);
/* The repository and the internal storage that the configuration names. */
GW_EXPORT struct gw_store *gw_setup_store(struct gw_setup *setup, struct gw_error *err);
/* The repository as gw_store_look opens it. */
struct gw_store *gw_setup_look(struct gw_setup *setup, struct gw_error *err);
GW_EXPORT struct gw_storage *gw_setup_storage(struct gw_setup *setup, struct gw_error *err);
GW_EXPORT void gw_setup_clear(struct gw_setup *setup);
#define gw_auto_setup __attribute__((cleanup(gw_setup_clear))) struct gw_setup

#endif

/* setup.c - loading configuration and modules for a command */
#include "cli/setup.h"

#include "base/log.h"
#include "base/mem.h"

static bool apply_verbosity(struct gw_config *config, const struct gw_args *args,
	struct gw_error *err)
{
	size_t i = 0, times = 0;
	while (gw_args_next(args, "verbose", &i))
		times++;
	if (times == 0)
		return true;
	return gw_config_set(config, "logging.level", times > 1 ? "TRACE" : "DEBUG", err);
}

static bool apply_options(struct gw_config *config, const struct gw_args *args,
	struct gw_error *err)
{
	if (!apply_verbosity(config, args, err))
		return false;
	for (size_t i = 0; i < args->n_options; i++) {
		const struct gw_given_option *given = &args->options[i];
		if (given->option->key &&
			!gw_config_set(config, given->option->key, given->value, err))
			return gw_explain(err, "--%s", given->option->name);
	}
	return true;
}

bool gw_setup_configure_at(struct gw_setup *setup, const char *file, const struct gw_args *args,
	struct gw_error *err)
{
	enum gw_level level = GW_INFO;
	setup->config = gw_config_load(file, err);
	if (!setup->config || !apply_options(setup->config, args, err))
		return false;
	gw_level_parse(gw_slice_of(gw_config_text(setup->config, "logging.level")), &level);
	gw_log_setup(level, strcmp(gw_config_text(setup->config, "logging.format"), "json") == 0);
	return true;
}

bool gw_setup_configure(struct gw_setup *setup, const struct gw_args *args, struct gw_error *err)
{
	return gw_setup_configure_at(setup, gw_args_get(args, "config"), args, err);
}

bool gw_setup_modules(struct gw_setup *setup, struct gw_error *err)
{
	const json_t *paths = gw_config_section(setup->config, "plugins.path");
	size_t n = json_array_size(paths);
	gw_auto_free char *own = gw_registry_own_folder();
	gw_auto_free const char **folders = gw_new_array(const char *, n + 2);
	folders[0] = own;
	for (size_t i = 0; i < n; i++)
		folders[i + 1] = json_string_value(json_array_get(paths, i));
	setup->registry = gw_registry_load(folders, GW_IN_HOST, err);
	return setup->registry != NULL;
}

bool gw_setup_load(struct gw_setup *setup, const struct gw_args *args, struct gw_error *err)
{
	return gw_setup_configure(setup, args, err) && gw_setup_modules(setup, err);
}

/* ---- The repository ---- */

bool gw_setup_trusts(const struct gw_config *config, const char *path)
{
	size_t i;
	json_t *name;
	json_array_foreach (gw_config_section(config, "plugins.in-server"), i, name) {
		gw_auto_free char *file = gw_sprintf("/%s.so", json_string_value(name));
		if (gw_slice_ends(gw_slice_of(path), gw_slice_of(file)))
			return true;
	}
	return false;
}

struct wanted {
	const struct gw_config *config;
	const char *own; /* the folder of the installation's */
	const char *name; /* of the only one that is wanted of these; NULL = all */
};

static bool is_wanted(void *arg, const char *path)
{
	const struct wanted *wanted = arg;
	if (!gw_slice_starts(gw_slice_of(path), gw_slice_of(wanted->own)))
		return gw_setup_trusts(wanted->config, path);
	gw_auto_free char *file = gw_sprintf("/%s.so", wanted->name ? wanted->name : "");
	return !wanted->name || gw_slice_ends(gw_slice_of(path), gw_slice_of(file));
}

/* Backends and storages: of the installation's own, and of those that the configuration trusts by
 * name. */
static struct gw_registry *load_own(const struct gw_config *config, const char *name,
	struct gw_error *err)
{
	const json_t *paths = gw_config_section(config, "plugins.path");
	size_t n = gw_config_section(config, "plugins.in-server") ? json_array_size(paths) : 0;
	gw_auto_free char *own = gw_registry_own_folder();
	gw_auto_free char *folder = gw_sprintf("%s/backends", own);
	gw_auto_free const char **folders = gw_new_array(const char *, n + 2);
	folders[0] = folder;
	for (size_t i = 0; i < n; i++)
		folders[i + 1] = json_string_value(json_array_get(paths, i));
	struct wanted wanted = { config, own, name };
	const struct gw_load load = { folders, GW_IN_SERVER, is_wanted, &wanted };
	return gw_registry_load_with(&load, err);
}

bool gw_setup_backends(struct gw_setup *setup, struct gw_error *err)
{
	setup->backends = load_own(setup->config, NULL, err);
	return setup->backends != NULL;
}

/* The key names a module that is not there, or that cannot be loaded. */
static void fail_module(const struct gw_registry *r, const char *key, const char *missing,
	struct gw_error *err)
{
	const char *problem = gw_registry_problem_at(r, 0);
	gw_fail(err, GW_INVALID, "%s: %s", key, problem ? problem : missing);
}

const struct gw_backend_entry *gw_setup_backend(struct gw_setup *setup, struct gw_error *err)
{
	const char *name = gw_config_text(setup->config, "repository.type");
	gw_registry_unref(&setup->backends);
	setup->backends = load_own(setup->config, name, err);
	if (!setup->backends)
		return NULL;
	const struct gw_backend_entry *entry = gw_registry_backend(setup->backends, name);
	if (!entry && setup->registry)
		entry = gw_registry_backend(setup->registry, name);
	gw_auto_free char *missing =
		gw_sprintf("there is no backend %s; see godwit backends list", name);
	if (!entry)
		fail_module(setup->backends, "repository.type", missing, err);
	return entry;
}

json_t *gw_setup_settings(const struct gw_setup *setup)
{
	gw_auto_free char *section =
		gw_sprintf("repository.%s", gw_config_text(setup->config, "repository.type"));
	json_t *settings = json_deep_copy(gw_config_section(setup->config, section));
	return settings ? settings : json_object();
}

static struct gw_store *open_store(struct gw_setup *setup, bool only_looks, struct gw_error *err)
{
	const struct gw_backend_entry *entry = gw_setup_backend(setup, err);
	json_auto_t *settings = gw_setup_settings(setup);
	if (!entry)
		return NULL;
	return only_looks ? gw_store_look(entry->type, settings, err)
			  : gw_store_open(entry->type, settings, err);
}

struct gw_store *gw_setup_store(struct gw_setup *setup, struct gw_error *err)
{
	return open_store(setup, false, err);
}

struct gw_store *gw_setup_look(struct gw_setup *setup, struct gw_error *err)
{
	return open_store(setup, true, err);
}

/* ---- The internal storage ---- */

static const struct gw_storage_type *find_storage(struct gw_setup *setup, const char *name,
	struct gw_error *err)
{
	if (strcmp(name, gw_storage_local.name) == 0)
		return &gw_storage_local;
	setup->storages = load_own(setup->config, name, err);
	if (!setup->storages)
		return NULL;
	const struct gw_storage_type *type = gw_registry_storage(setup->storages, name);
	gw_auto_free char *missing = gw_sprintf("there is no storage %s; use local or s3", name);
	if (!type)
		fail_module(setup->storages, "storage.type", missing, err);
	return type;
}

struct gw_storage *gw_setup_storage(struct gw_setup *setup, struct gw_error *err)
{
	const char *name = gw_config_text(setup->config, "storage.type");
	const struct gw_storage_type *type = find_storage(setup, name, err);
	if (!type)
		return NULL;
	return gw_storage_open(type, gw_config_section(setup->config, "storage"), err);
}

void gw_setup_clear(struct gw_setup *setup)
{
	gw_registry_unref(&setup->registry);
	gw_registry_unref(&setup->backends);
	gw_registry_unref(&setup->storages);
	gw_config_free(setup->config);
	setup->config = NULL;
}

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

static bool is_named(void *arg, const char *path)
{
	gw_auto_free char *file = gw_sprintf("/%s.so", (const char *)arg);
	return gw_slice_ends(gw_slice_of(path), gw_slice_of(file));
}

/* That of the installation's own backends which bears a name; no other is opened. */
static struct gw_registry *open_own(const char *name, struct gw_error *err)
{
	gw_auto_free char *own = gw_registry_own_folder();
	gw_auto_free char *folder = gw_sprintf("%s/backends", own);
	const char *const folders[] = { folder, NULL };
	const struct gw_load load = { folders, GW_IN_SERVER, is_named, (void *)(uintptr_t)name };
	return gw_registry_load_with(&load, err);
}

/* The key's value names what is not there. */
static void fail_module(const struct gw_registry *r, const char *key, const char *name,
	struct gw_error *err)
{
	const char *problem = gw_registry_problem_at(r, 0);
	gw_auto_free char *own = gw_registry_own_folder();
	if (problem)
		gw_fail(err, GW_INVALID, "%s: %s", key, problem);
	else
		gw_fail(err, GW_INVALID, "%s: there is no %s in %s/backends", key, name, own);
}

/* One of the installation's own, else one of the modules'. */
static const struct gw_backend_type *find_backend(struct gw_setup *setup, const char *name,
	struct gw_error *err)
{
	setup->backends = open_own(name, err);
	if (!setup->backends)
		return NULL;
	const struct gw_backend_type *type = gw_registry_backend(setup->backends, name);
	if (!type)
		type = gw_registry_backend(setup->registry, name);
	if (!type)
		fail_module(setup->backends, "repository.type", name, err);
	return type;
}

static struct gw_store *open_store(struct gw_setup *setup, bool only_looks, struct gw_error *err)
{
	const char *name = gw_config_text(setup->config, "repository.type");
	const struct gw_backend_type *type = find_backend(setup, name, err);
	gw_auto_free char *section = gw_sprintf("repository.%s", name);
	json_auto_t *settings = json_deep_copy(gw_config_section(setup->config, section));
	if (!type)
		return NULL;
	if (!settings)
		settings = json_object();
	return only_looks ? gw_store_look(type, settings, err) : gw_store_open(type, settings, err);
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
	setup->storages = open_own(name, err);
	if (!setup->storages)
		return NULL;
	const struct gw_storage_type *type = gw_registry_storage(setup->storages, name);
	if (!type)
		fail_module(setup->storages, "storage.type", name, err);
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

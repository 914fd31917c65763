/* engine.c - the engine's parts put together and taken apart */
#include "engine/engine.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "check/secret.h"
#include "engine/internal.h"
#include "engine/node.h"
#include "engine/scheduler.h"

#include <ctype.h>
#include <unistd.h>

extern char **environ;

/* ---- What all machines share ---- */

/* Variables of the environment with the prefix, without it, in lower case. */
static json_t *read_envs(const char *prefix)
{
	static const char *const hidden[] = { "KESTRA_CONFIGURATION", "KESTRA_CONFIGURATION_PATH",
		"KESTRA_PLUGINS_PATH" };
	json_t *envs = json_object();
	size_t skip = strlen(prefix);
	for (char **e = environ; *e; e++) {
		const char *equals = strchr(*e, '=');
		if (!equals || strncmp(*e, prefix, skip) != 0)
			continue;
		gw_auto_free char *name = gw_strndup(*e, (size_t)(equals - *e));
		bool is_hidden = false;
		for (size_t i = 0; i < GW_LEN(hidden); i++)
			is_hidden |= strcmp(name, hidden[i]) == 0;
		for (char *p = name; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		if (!is_hidden && name[skip])
			json_object_set_new(envs, name + skip, json_string(equals + 1));
	}
	return envs;
}

static void fill_machine_setup(struct gw_engine *engine)
{
	const struct gw_config *config = engine->config;
	const char *url = gw_config_text(config, "server.url");
	json_t *kestra = json_object();
	if (url)
		json_object_set_new(kestra, "url", json_string(url));
	engine->machine_setup = (struct gw_machine_setup){
		.envs = read_envs(gw_config_text(config, "variables.env-vars-prefix")),
		.globals = gw_config_section(config, "variables.globals"),
		.kestra = kestra,
		.storage = engine->storage,
		.recursive_rendering = gw_config_bool(config, "variables.recursive-rendering"),
	};
	engine->defaults.plugin_defaults = gw_config_section(config, "plugins.defaults");
	engine->run_again =
		strcmp(gw_config_text(config, "server.worker-task-restart-strategy"), "NEVER") != 0;
}

static void read_places(struct gw_engine *engine)
{
	const char *name = gw_config_text(engine->config, "server.node-name");
	char host[256] = "localhost";
	gethostname(host, sizeof(host) - 1);
	engine->node_id = gw_id_new(gw_clock_now());
	engine->owner = gw_slice(engine->node_id.text, GW_ID_LEN);
	engine->node_name = gw_strdup(name ? name : host);
	engine->working_folder = gw_strdup(gw_config_text(engine->config, "server.working-folder"));
	engine->lock = -1;
}

/* ---- Registry ---- */

struct gw_registry *gw_engine_registry(struct gw_engine *engine)
{
	gw_locked(&engine->registry_lock);
	return gw_registry_ref(engine->registry);
}

/* Old registries stay: flows and runs in progress point to their types. */
void gw_engine_set_registry(struct gw_engine *engine, struct gw_registry *registry)
{
	pthread_mutex_lock(&engine->registry_lock);
	engine->old_registries = gw_grow(engine->old_registries, engine->n_old_registries,
		&engine->cap_old_registries);
	engine->old_registries[engine->n_old_registries++] = engine->registry;
	engine->registry = gw_registry_ref(registry);
	pthread_mutex_unlock(&engine->registry_lock);
	gw_catalog_clear(engine->catalog);
}

/* ---- Links between parts ---- */

void gw_engine_wake_scheduler(struct gw_engine *engine)
{
	if (engine->scheduler)
		gw_scheduler_wake(engine->scheduler);
}

bool gw_engine_executes(const struct gw_engine *engine)
{
	return engine->roles & GW_ROLE_EXECUTOR;
}

void gw_engine_execution_ended(struct gw_engine *engine, const struct gw_execution *exec)
{
	if (engine->scheduler && exec->trigger_date != GW_NEVER)
		gw_scheduler_tell(engine->scheduler, exec);
}

void gw_engine_lost(struct gw_engine *engine)
{
	if (engine->lost)
		engine->lost(engine->lost_arg);
}

/* ---- Start and stop ---- */

static bool open_shards(struct gw_engine *engine, struct gw_error *err)
{
	engine->n_shards = (unsigned)gw_config_int(engine->config, "server.shards");
	engine->shards = gw_new_array(struct gw_shard, engine->n_shards);
	for (unsigned i = 0; i < engine->n_shards; i++) {
		if (!gw_shard_open(&engine->shards[i], engine, i, err)) {
			engine->n_shards = i;
			return false;
		}
	}
	return true;
}

static bool open_parts(struct gw_engine *engine, struct gw_error *err)
{
	engine->node = gw_node_open(engine, err);
	if (!engine->node)
		return false;
	engine->followers = gw_followers_new(engine, err);
	if (!engine->followers)
		return false;
	if (!gw_jobs_open(engine, err) || !open_shards(engine, err))
		return false;
	if (engine->roles & GW_ROLE_SCHEDULER &&
		!(engine->scheduler = gw_scheduler_start(engine, err)))
		return false;
	return gw_node_start(engine->node, err);
}

struct gw_engine *gw_engine_start(const struct gw_engine_setup *setup, struct gw_error *err)
{
	struct gw_engine *engine = gw_new(struct gw_engine);
	engine->store = setup->store;
	engine->storage = setup->storage;
	engine->config = setup->config;
	engine->roles = setup->roles;
	engine->lost = setup->lost;
	engine->lost_arg = setup->arg;
	engine->ask = setup->ask;
	engine->ask_arg = setup->ask_arg;
	engine->registry = gw_registry_ref(setup->registry);
	pthread_mutex_init(&engine->registry_lock, NULL);
	engine->catalog = gw_catalog_new(engine);
	read_places(engine);
	fill_machine_setup(engine);
	const char *key = gw_config_text(setup->config, "encryption.secret-key");
	if (!gw_secret_setup(key ? key : "", err) || !open_parts(engine, err))
		gw_engine_stop(&engine, 0);
	return engine;
}

static void free_engine(struct gw_engine *engine)
{
	gw_catalog_free(engine->catalog);
	gw_followers_free(engine->followers);
	for (size_t i = 0; i < engine->n_old_registries; i++)
		gw_registry_unref(&engine->old_registries[i]);
	free(engine->old_registries);
	gw_registry_unref(&engine->registry);
	pthread_mutex_destroy(&engine->registry_lock);
	json_decref((json_t *)(uintptr_t)engine->machine_setup.envs);
	json_decref((json_t *)(uintptr_t)engine->machine_setup.kestra);
	free(engine->node_name);
	free(engine->working_folder);
	free(engine->shards);
	free(engine);
}

void gw_engine_stop(struct gw_engine **engine_p, int64_t grace_us)
{
	struct gw_engine *engine = gw_steal(engine_p);
	if (!engine)
		return;
	if (engine->scheduler)
		gw_scheduler_quit(engine->scheduler);
	if (engine->worker)
		gw_jobs_stop(engine, grace_us);
	gw_store_give_up(engine->store);
	if (engine->scheduler)
		gw_scheduler_join(engine->scheduler);
	gw_node_stop(engine->node);
	for (unsigned i = 0; i < engine->n_shards; i++)
		gw_shard_close(&engine->shards[i]);
	gw_jobs_close(engine); /* the node and the shards have used it until now */
	gw_followers_stop(engine->followers);
	gw_scheduler_free(engine->scheduler);
	gw_node_close(engine->node);
	free_engine(engine);
}

/* server.c - starting a server: configuration, modules, repository, storage, engine, API */
#include "cli/verbs.h"

#include "api/server.h"
#include "backup/answer.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/files.h"
#include "cli/process.h"
#include "cli/setup.h"
#include "engine/engine.h"
#include "yaml/yaml.h"

#include <stdatomic.h>

struct server {
	struct gw_setup setup;
	struct gw_store *store;
	struct gw_storage *storage;
	struct gw_engine *engine;
	struct gw_api *api;
	atomic_bool is_stopping;
	struct gw_backup_answers answers;
};

/* ---- Configuration ---- */

/* What --data says: the places of everything that is kept. */
static bool set_data_folder(struct gw_config *config, const char *folder, struct gw_error *err)
{
	static const struct {
		const char *key;
		const char *name;
	} places[] = {
		{ "repository.sqlite.path", "godwit.db" },
		{ "storage.local.base-path", "storage" },
		{ "server.working-folder", "work" },
	};
	for (size_t i = 0; i < GW_LEN(places); i++) {
		gw_auto_free char *path = gw_sprintf("%s/%s", folder, places[i].name);
		if (!gw_config_set(config, places[i].key, path, err))
			return false;
	}
	return true;
}

static bool configure(struct server *server, const struct gw_args *args, struct gw_error *err)
{
	size_t i;
	json_t *warning;
	const char *data = gw_args_get(args, "data");
	if (!gw_setup_configure(&server->setup, args, err))
		return false;
	json_array_foreach (gw_config_warnings(server->setup.config), i, warning)
		gw_log(GW_WARN, "config", "%s", json_string_value(warning));
	return !data || set_data_folder(server->setup.config, data, err);
}

/* ---- Modules ---- */

/* Whether a shared object may be opened in the server: the installation's own, and those that the
 * configuration trusts by name. */
static bool is_trusted(void *arg, const char *path)
{
	gw_auto_free char *own = gw_registry_own_folder();
	return gw_slice_starts(gw_slice_of(path), gw_slice_of(own)) || gw_setup_trusts(arg, path);
}

static bool load_modules(struct server *server, struct gw_error *err)
{
	const char *problem;
	const json_t *paths = gw_config_section(server->setup.config, "plugins.path");
	bool some_trusted =
		json_array_size(gw_config_section(server->setup.config, "plugins.in-server")) > 0;
	size_t n = some_trusted ? json_array_size(paths) : 0;
	gw_auto_free char *own = gw_registry_own_folder();
	gw_auto_free const char **folders = gw_new_array(const char *, n + 2);
	folders[0] = own;
	for (size_t i = 0; i < n; i++)
		folders[i + 1] = json_string_value(json_array_get(paths, i));
	const struct gw_load load = { folders, GW_IN_SERVER, is_trusted, server->setup.config };
	struct gw_registry *registry = gw_registry_load_with(&load, err);
	if (!registry)
		return false;
	for (size_t i = 0; (problem = gw_registry_problem_at(registry, i)); i++)
		gw_log(GW_WARN, "module", "not loaded: %s", problem);
	gw_registry_unref(&server->setup.registry);
	server->setup.registry = registry;
	return true;
}

/* ---- Repository and storage ---- */

/* With its parents: by default the repository's file lies beside it. */
/* The parts of one configuration have folders of their own. */
static bool make_working_folder(struct server *server, unsigned roles, struct gw_error *err)
{
	static const char *const names[] = { [GW_ROLE_WEBSERVER] = "webserver",
		[GW_ROLE_EXECUTOR] = "executor",
		[GW_ROLE_SCHEDULER] = "scheduler" };
	static const char key[] = "server.working-folder";
	const char *name = roles < GW_LEN(names) ? names[roles] : NULL;
	struct gw_config *config = server->setup.config;
	gw_auto_free char *folder = gw_strdup(gw_config_text(config, key));
	gw_auto_free char *own = name ? gw_sprintf("%s/%s", folder, name) : gw_strdup(folder);
	return (gw_dir_make(folder, err) && gw_config_set(config, key, own, err) &&
		       gw_dir_make(own, err)) ||
	       gw_explain(err, key);
}

static bool open_store(struct server *server, struct gw_error *err)
{
	gw_auto_str described = { 0 };
	server->store = gw_setup_store(&server->setup, err);
	if (!server->store)
		return false;
	if (gw_store_describe(server->store, &described, err))
		gw_log(GW_INFO, "store", "%s", gw_str_text(&described));
	return true;
}

static bool open_storage(struct server *server, struct gw_error *err)
{
	server->storage = gw_setup_storage(&server->setup, err);
	return server->storage != NULL;
}

/* ---- Flows of a folder ---- */

static bool save_flow(struct gw_engine *engine, const char *file, struct gw_slice source,
	struct gw_error *err)
{
	gw_auto_violations violations = { 0 };
	gw_auto_str text = { 0 };
	json_t *doc = NULL;
	struct gw_save_request request = { .mode = GW_SAVE_EITHER, .violations = &violations };
	bool saved = gw_engine_save_flow(engine, "main", source, &request, &doc, err);
	json_decref(doc);
	if (saved)
		return true;
	gw_violations_print(&text, &violations);
	if (text.len > 0)
		gw_fail(err, GW_INVALID, "%s", gw_str_text(&text));
	return gw_explain(err, "%s", file);
}

static bool save_flows(struct server *server, const char *folder, struct gw_error *err)
{
	gw_auto_files files = { 0 };
	if (!gw_files_add(&files, folder, err))
		return gw_explain(err, "--flow-path");
	for (size_t i = 0; i < files.n; i++) {
		struct gw_slice source;
		struct gw_slice text = gw_str_slice(&files.items[i].text);
		for (size_t at = 0; gw_yaml_next_document(text, &at, &source);)
			if (!save_flow(server->engine, files.items[i].path, source, err))
				return false;
	}
	return true;
}

/* ---- Start and stop ---- */

/* What this node had is others' by now, and it cannot know what they did: it forgets everything. */
static void start_again(void *arg)
{
	const struct server *server = arg;
	if (server->is_stopping)
		return;
	gw_log(GW_ERROR, "cli", "other nodes took this one for dead: it starts again");
	gw_process_start_again();
}

static bool start_engine(struct server *server, unsigned roles, struct gw_error *err)
{
	server->answers = (struct gw_backup_answers){ { server->store, server->storage },
		gw_config_text(server->setup.config, "encryption.secret-key") };
	const struct gw_engine_setup setup = {
		.ask = gw_backup_answer,
		.ask_arg = &server->answers,
		.store = server->store,
		.storage = server->storage,
		.registry = server->setup.registry,
		.config = server->setup.config,
		.roles = roles,
		.lost = start_again,
		.arg = server,
	};
	server->engine = gw_engine_start(&setup, err);
	gw_process_raise_descriptors();
	return server->engine != NULL;
}

static bool start_api(struct server *server, unsigned roles, struct gw_error *err)
{
	const struct gw_config *config = server->setup.config;
	const struct gw_api_setup setup = {
		.engine = server->engine,
		.store = server->store,
		.storage = server->storage,
		.config = config,
		.host = gw_config_text(config, "server.host"),
		.port = roles & GW_ROLE_WEBSERVER ? (int)gw_config_int(config, "server.port") : -1,
		.management_port = (int)gw_config_int(config, "server.management-port"),
	};
	server->api = gw_api_start(&setup, err);
	return server->api != NULL;
}

static bool start(struct server *server, const struct gw_args *args, unsigned roles,
	struct gw_error *err)
{
	const char *flows = gw_args_get(args, "flow-path");
	if (!configure(server, args, err))
		return false;
	gw_process_prepare(gw_config_text(server->setup.config, "tasks.user") != NULL);
	if (!load_modules(server, err) || !make_working_folder(server, roles, err) ||
		!open_store(server, err) || !open_storage(server, err))
		return false;
	gw_process_block_signals(); /* until here they end it at once */
	return start_engine(server, roles, err) && (!flows || save_flows(server, flows, err)) &&
	       start_api(server, roles, err);
}

/* Tolerates what was not started. */
static void stop(struct server *server)
{
	int64_t grace_us = server->setup.config ? gw_config_duration(server->setup.config,
							  "server.termination-grace-period")
						: 0;
	gw_api_stop(&server->api);
	gw_engine_stop(&server->engine, grace_us);
	gw_storage_close(&server->storage);
	gw_store_close(&server->store);
	gw_setup_clear(&server->setup);
}

static void announce(const struct server *server)
{
	const char *host = gw_config_text(server->setup.config, "server.host");
	bool v6 = strchr(host, ':') != NULL;
	int port = gw_api_port(server->api);
	int management_port = gw_api_management_port(server->api);
	gw_auto_free char *at = gw_sprintf("http://%s%s%s", v6 ? "[" : "", host, v6 ? "]" : "");
	if (port > 0)
		gw_log(GW_INFO, "cli", "ready at %s:%d, health and metrics at %s:%d", at, port, at,
			management_port);
	else
		gw_log(GW_INFO, "cli", "ready, health and metrics at %s:%d", at, management_port);
	gw_process_notify("READY=1");
}

/* Until somebody wants it to stop. */
static void serve(struct server *server)
{
	announce(server);
	while (gw_process_wait() == GW_RELOAD) {
		struct gw_error err;
		if (gw_engine_reload(server->engine, &err))
			gw_log(GW_INFO, "cli", "modules were loaded anew");
		else
			gw_log(GW_ERROR, "cli", "the modules stay as they are: %s", err.message);
	}
	server->is_stopping = true;
	gw_log(GW_INFO, "cli", "stopping; a second signal stops at once");
	gw_process_notify("STOPPING=1");
	gw_process_stop_at_once_on_signal();
}

static bool run(struct gw_args *args, unsigned roles, struct gw_error *err)
{
	struct server server = { 0 };
	bool started = start(&server, args, roles, err);
	if (started)
		serve(&server);
	stop(&server);
	return started;
}

/* Everything; no executions if it may run no task. */
static unsigned roles_of(const struct gw_args *args)
{
	const char *threads = gw_args_get(args, "worker-thread");
	bool no_worker = threads && strcmp(threads, "0") == 0;
	return no_worker ? GW_ROLE_ALL & ~GW_ROLE_EXECUTOR : GW_ROLE_ALL;
}

bool gw_verb_server_local(struct gw_args *args, struct gw_error *err)
{
	return run(args, roles_of(args), err);
}

bool gw_verb_server_standalone(struct gw_args *args, struct gw_error *err)
{
	return run(args, roles_of(args), err);
}

bool gw_verb_server_webserver(struct gw_args *args, struct gw_error *err)
{
	return run(args, GW_ROLE_WEBSERVER, err);
}

bool gw_verb_server_executor(struct gw_args *args, struct gw_error *err)
{
	return run(args, GW_ROLE_EXECUTOR, err);
}

bool gw_verb_server_scheduler(struct gw_args *args, struct gw_error *err)
{
	return run(args, GW_ROLE_SCHEDULER, err);
}

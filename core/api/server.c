/* server.c - the REST API and the management port: putting them together */
#include "api/server.h"

#include "api/api.h"
#include "api/listen.h"
#include "backup/jobs.h"
#include "base/json.h"
#include "base/log.h"

#include <stdio.h>
#include <unistd.h>

#define PARAMS_MAX 500u
#define PART_HEADER_MAX 8192u
#define HEADER_S 30u
#define HEARTBEAT_S 15u
#define SWEEP_MS 5000u
#define INLINE_PART 65536u
#define INLINE_TOTAL (1u << 20)
#define THREADS_MAX 4

static const struct gw_route *const api_tables[] = { gw_execution_routes,
	gw_execution_create_routes, gw_execution_act_routes, gw_execution_bulk_routes,
	gw_execution_file_routes, gw_expression_routes, gw_follow_routes, gw_flow_routes,
	gw_flow_bulk_routes, gw_flow_check_routes, gw_flow_file_routes, gw_flow_graph_routes,
	gw_log_routes, gw_metric_routes, gw_misc_routes, gw_namespace_routes, gw_plugin_routes,
	gw_stats_routes, gw_tenant_routes, gw_trigger_routes, gw_trigger_bulk_routes,
	gw_backfill_routes, gw_backup_routes, NULL };

static const struct gw_route *const management_tables[] = { gw_management_routes, NULL };

/* ---- What the configuration says ---- */

static unsigned count_threads(const struct gw_config *config)
{
	long threads = gw_config_int(config, "server.http.threads");
	if (!threads)
		threads = sysconf(_SC_NPROCESSORS_ONLN);
	return (unsigned)(threads > THREADS_MAX ? THREADS_MAX : threads);
}

static void read_limits(struct gw_api *api)
{
	const struct gw_config *config = api->config;
	int64_t idle_us = gw_config_duration(config, "server.http.idle-timeout");
	api->limits = (struct gw_http_limits){
		.threads = count_threads(config),
		.connections = (unsigned)gw_config_int(config, "server.http.max-connections"),
		.header = (size_t)gw_config_size(config, "server.http.max-header-size"),
		.params = PARAMS_MAX,
		.body = (uint64_t)gw_config_size(config, "server.http.max-body-size"),
		.upload = (uint64_t)gw_config_size(config, "server.http.max-request-size"),
		.idle_s = (unsigned)(idle_us / GW_SECOND),
		.header_s = HEADER_S,
		.heartbeat_s = HEARTBEAT_S,
		.sweep_ms = SWEEP_MS,
		.form = { .parts = (size_t)gw_config_int(config, "server.http.max-parts"),
			.header = PART_HEADER_MAX,
			.inline_part = INLINE_PART,
			.inline_total = INLINE_TOTAL,
			.folder = api->spool },
	};
}

/* The lists plugins.defaults and, older, tasks.defaults. */
static json_t *read_defaults(const struct gw_config *config)
{
	json_t *defaults = json_array();
	const json_t *ours = gw_config_section(config, "plugins.defaults");
	const json_t *older = gw_config_section(config, "tasks.defaults");
	json_array_extend(defaults, (json_t *)(uintptr_t)ours);
	json_array_extend(defaults, (json_t *)(uintptr_t)older);
	return defaults;
}

/* ---- Start ---- */

static struct gw_api *new_api(const struct gw_api_setup *setup)
{
	struct gw_api *api = gw_new(struct gw_api);
	api->engine = setup->engine;
	api->store = setup->store;
	api->storage = setup->storage;
	api->config = setup->config;
	api->spool = gw_strdup(gw_config_text(api->config, "server.working-folder"));
	api->plugin_defaults = read_defaults(api->config);
	api->router = gw_router_new(api_tables);
	api->management_router = gw_router_new(management_tables);
	const struct gw_site site = { api->store, api->storage };
	api->backups =
		gw_backup_jobs_new(&site, gw_config_text(api->config, "encryption.secret-key"));
	pthread_mutex_init(&api->lock, NULL);
	read_limits(api);
	return api;
}

/* server.url, else where it listens. */
static void set_url(struct gw_api *api, const char *host)
{
	const char *url = gw_config_text(api->config, "server.url");
	size_t len = url ? strlen(url) : 0;
	while (len && url[len - 1] == '/')
		len--;
	bool is_v6 = strchr(host, ':') && host[0] != '[';
	api->url = url ? gw_strndup(url, len)
		       : gw_sprintf("http://%s%s%s:%d", is_v6 ? "[" : "", host, is_v6 ? "]" : "",
				 api->port);
}

static bool start_api(struct gw_api *api, const struct gw_api_setup *setup, struct gw_error *err)
{
	struct gw_http_setup http = {
		.url = gw_config_text(api->config, "server.url"),
		.router = api->router,
		.pool = api->pool,
		.limits = &api->limits,
		.context = api,
		.admit = gw_tenant_admit,
	};
	if (setup->port < 0)
		return true;
	http.fd = gw_listen(setup->host, setup->port, &api->port, err);
	if (http.fd < 0)
		return false;
	set_url(api, setup->host);
	api->http = gw_http_start(&http, err);
	return api->http != NULL;
}

static bool start_management(struct gw_api *api, const struct gw_api_setup *setup,
	struct gw_error *err)
{
	struct gw_http_setup http = {
		.url = gw_config_text(api->config, "server.url"),
		.router = api->management_router,
		.pool = api->pool,
		.limits = &api->management_limits,
		.context = api,
	};
	if (setup->management_port < 0)
		return true;
	api->management_limits = api->limits;
	api->management_limits.threads = 1;
	api->management_limits.connections = 100;
	http.fd = gw_listen(setup->host, setup->management_port, &api->management_port, err);
	if (http.fd >= 0)
		api->management = gw_http_start(&http, err);
	return api->management != NULL;
}

static bool start_servers(struct gw_api *api, const struct gw_api_setup *setup,
	struct gw_error *err)
{
	unsigned workers = (unsigned)gw_config_int(api->config, "server.http.workers");
	size_t queue = (size_t)gw_config_int(api->config, "server.http.queue");
	api->pool = gw_pool_start(workers, queue, err);
	return api->pool && start_api(api, setup, err) && start_management(api, setup, err);
}

struct gw_api *gw_api_start(const struct gw_api_setup *setup, struct gw_error *err)
{
	struct gw_api *api = new_api(setup);
	if (!start_servers(api, setup, err))
		gw_api_stop(&api);
	return api;
}

void gw_api_stop(struct gw_api **api_p)
{
	struct gw_api *api = gw_steal(api_p);
	if (!api)
		return;
	if (api->pool)
		gw_pool_stop(api->pool);
	gw_http_stop(api->http);
	gw_http_stop(api->management);
	gw_pool_free(api->pool);
	gw_backup_jobs_free(&api->backups);
	gw_router_free(api->router);
	gw_router_free(api->management_router);
	gw_map_clear(&api->tenants, NULL);
	pthread_mutex_destroy(&api->lock);
	json_decref(api->plugin_defaults);
	free(api->spool);
	free(api->url);
	free(api);
}

int gw_api_port(const struct gw_api *api)
{
	return api->http ? api->port : -1;
}

int gw_api_management_port(const struct gw_api *api)
{
	return api->management ? api->management_port : -1;
}

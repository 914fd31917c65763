/* server.h - the REST API and the management port
 *
 * api may use: everything but cli. */
#ifndef GW_API_SERVER_H
#define GW_API_SERVER_H

#include "engine/engine.h"

struct gw_api;

/* What it points to must outlive the server. */
struct gw_api_setup {
	struct gw_engine *engine;
	struct gw_store *store;
	struct gw_storage *storage;
	const struct gw_config *config;
	const char *host; /* a loopback address */
	int port; /* 0 = any free one; -1 = no API */
	int management_port; /* 0 = any free one; -1 = none */
};

GW_EXPORT struct gw_api *gw_api_start(const struct gw_api_setup *setup, struct gw_error *err);
/* Refuses new requests, answers those that wait with 503, ends streams. Before the engine stops. */
GW_EXPORT void gw_api_stop(struct gw_api **api);
GW_EXPORT int gw_api_port(const struct gw_api *api); /* -1 = none */
GW_EXPORT int gw_api_management_port(const struct gw_api *api); /* -1 = none */

#endif

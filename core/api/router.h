/* router.h - which route a path belongs to, and which tenant it is about
 *
 * Patterns: "~/flows/{id}" stands for /api/v1/{tenant}/flows/{id} and, as old clients send it, for
 * /api/v1/flows/{id}; "/plugins" stands for /api/v1/plugins, and "//ping" for /ping. */
#ifndef GW_API_ROUTER_H
#define GW_API_ROUTER_H

#include "api/request.h"

struct gw_router;

/* tables is ended by NULL, each table by a row without a handler; they must outlive the router. */
GW_EXPORT struct gw_router *gw_router_new(const struct gw_route *const *tables);
GW_EXPORT void gw_router_free(struct gw_router *router);

enum gw_routed {
	GW_ROUTED, /* rq->route, tenant and args are set; tenant is NULL where a path has none */
	GW_ROUTE_UNKNOWN,
	GW_ROUTE_OTHER_METHOD, /* rq->out.allow lists those there are */
	GW_ROUTE_UNREADABLE, /* a segment does not decode */
};

GW_EXPORT enum gw_routed gw_router_find(const struct gw_router *router, struct gw_http_request *rq);
/* Whether a first segment after /api/v1 is a resource: no tenant may be called so. */
GW_EXPORT bool gw_router_reserves(const struct gw_router *router, const char *segment);

#endif

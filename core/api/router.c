/* router.c - a tree of path segments; fixed ones win over {variable} ones */
#include "api/router.h"

#include "base/map.h"
#include "base/mem.h"

#define SEGMENTS_MAX 16

struct node {
	struct gw_map fixed; /* segment -> struct node */
	struct node *variable;
	const struct gw_route *routes[GW_HTTP_METHODS];
	bool has_routes;
};

struct gw_router {
	struct node *root; /* paths of the server */
	struct node *instance; /* below /api/v1 */
	struct node *scoped; /* below /api/v1/{tenant} */
};

static const char *const method_names[] = {
	[GW_HTTP_GET] = "GET, HEAD",
	[GW_HTTP_POST] = "POST",
	[GW_HTTP_PUT] = "PUT",
	[GW_HTTP_PATCH] = "PATCH",
	[GW_HTTP_DELETE] = "DELETE",
	[GW_HTTP_OPTIONS] = "OPTIONS",
};

/* ---- Building ---- */

static bool next_segment(const char **path, struct gw_slice *out)
{
	while (**path == '/')
		++*path;
	size_t len = strcspn(*path, "/");
	*out = gw_slice(*path, len);
	*path += len;
	return len > 0;
}

static struct node *child_for(struct node *node, struct gw_slice segment)
{
	if (segment.data[0] == '{') {
		if (!node->variable)
			node->variable = gw_new(struct node);
		return node->variable;
	}
	struct node *child = gw_map_get(&node->fixed, segment);
	if (!child) {
		child = gw_new(struct node);
		gw_map_put(&node->fixed, segment, child);
	}
	return child;
}

static void add_route(struct node *node, const char *path, const struct gw_route *route)
{
	struct gw_slice segment;
	while (next_segment(&path, &segment))
		node = child_for(node, segment);
	node->routes[route->method] = route;
	node->has_routes = true;
}

static void add_table(struct gw_router *router, const struct gw_route *table)
{
	for (const struct gw_route *route = table; route->handle; route++) {
		if (route->pattern[0] == '~')
			add_route(router->scoped, route->pattern + 1, route);
		else if (route->pattern[1] == '/')
			add_route(router->root, route->pattern + 1, route);
		else
			add_route(router->instance, route->pattern, route);
	}
}

struct gw_router *gw_router_new(const struct gw_route *const *tables)
{
	struct gw_router *router = gw_new(struct gw_router);
	router->root = gw_new(struct node);
	router->instance = gw_new(struct node);
	router->scoped = gw_new(struct node);
	for (size_t i = 0; tables[i]; i++)
		add_table(router, tables[i]);
	return router;
}

static void free_node(void *value)
{
	struct node *node = value;
	if (!node)
		return;
	gw_map_clear(&node->fixed, free_node);
	free_node(node->variable);
	free(node);
}

void gw_router_free(struct gw_router *router)
{
	if (!router)
		return;
	free_node(router->root);
	free_node(router->instance);
	free_node(router->scoped);
	free(router);
}

/* ---- Finding ---- */

struct search {
	struct gw_slice segments[SEGMENTS_MAX]; /* decoded, terminated */
	size_t n;
	enum gw_method method;
	const char *args[GW_ARGS_MAX];
	const struct node *other; /* matched, but has no route for the method */
};

/* The route for the segments from i on; what variables stood for is left in args. */
static const struct gw_route *search_node(struct search *s, const struct node *node, size_t i,
	size_t n_args)
{
	if (i == s->n) {
		if (node->has_routes && s->method < GW_HTTP_METHODS && node->routes[s->method])
			return node->routes[s->method];
		if (node->has_routes && !s->other)
			s->other = node;
		return NULL;
	}
	const struct node *child = gw_map_get(&node->fixed, s->segments[i]);
	const struct gw_route *found = child ? search_node(s, child, i + 1, n_args) : NULL;
	if (found || !node->variable || n_args == GW_ARGS_MAX)
		return found;
	const char *before = s->args[n_args];
	s->args[n_args] = s->segments[i].data;
	found = search_node(s, node->variable, i + 1, n_args + 1);
	if (!found)
		s->args[n_args] = before;
	return found;
}

static bool split_path(struct gw_http_request *rq, struct search *s, bool *fits)
{
	const char *path = rq->path.data, *end = path + rq->path.len;
	while (path < end) {
		const char *slash = memchr(path, '/', (size_t)(end - path));
		const char *stop = slash ? slash : end;
		*fits = s->n < SEGMENTS_MAX;
		if (!*fits)
			return true;
		if (stop > path) {
			struct gw_slice raw = gw_slice(path, (size_t)(stop - path));
			s->segments[s->n] = gw_request_decode(rq, raw, false);
			if (!s->segments[s->n++].data)
				return false;
		}
		path = stop + 1;
	}
	return true;
}

static const struct gw_route *search_all(const struct gw_router *router, struct search *s,
	struct gw_http_request *rq)
{
	bool is_api = s->n >= 2 && gw_slice_is(s->segments[0], "api") &&
		      gw_slice_is(s->segments[1], "v1");
	if (!is_api)
		return search_node(s, router->root, 0, 0);
	const struct gw_route *found = search_node(s, router->instance, 2, 0);
	if (found || s->n == 2)
		return found;
	if (gw_map_get(&router->scoped->fixed, s->segments[2])) {
		rq->tenant = "main";
		return search_node(s, router->scoped, 2, 0);
	}
	rq->tenant = s->segments[2].data;
	return search_node(s, router->scoped, 3, 0);
}

static void list_methods(struct gw_http_request *rq, const struct node *node)
{
	gw_auto_str text = { 0 };
	for (int m = 0; m < GW_HTTP_METHODS; m++)
		if (node->routes[m])
			gw_str_printf(&text, "%s, ", method_names[m]);
	gw_str_puts(&text, method_names[GW_HTTP_OPTIONS]);
	rq->out.allow = gw_request_keep(rq, gw_str_text(&text));
}

enum gw_routed gw_router_find(const struct gw_router *router, struct gw_http_request *rq)
{
	struct search s = { .method = rq->method };
	bool fits = true;
	if (!split_path(rq, &s, &fits))
		return GW_ROUTE_UNREADABLE;
	rq->route = fits ? search_all(router, &s, rq) : NULL;
	if (rq->route) {
		memcpy(rq->args, s.args, sizeof(rq->args));
		return GW_ROUTED;
	}
	if (!s.other)
		return GW_ROUTE_UNKNOWN;
	list_methods(rq, s.other);
	return GW_ROUTE_OTHER_METHOD;
}

bool gw_router_reserves(const struct gw_router *router, const char *segment)
{
	return gw_map_find(&router->scoped->fixed, segment) ||
	       gw_map_find(&router->instance->fixed, segment);
}

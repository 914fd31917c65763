/* api.h - what the handlers share. Handlers of a topic are in a file of its name, in a table. */
#ifndef GW_API_API_H
#define GW_API_API_H

#include "api/http.h"
#include "api/search.h"
#include "api/server.h"
#include "base/thread.h"

struct gw_api {
	struct gw_engine *engine;
	struct gw_store *store;
	struct gw_storage *storage;
	const struct gw_config *config;
	char *url; /* of this server, for links; no "/" at its end */
	char *spool; /* folder of uploads */
	json_t *plugin_defaults; /* list */
	struct gw_http_limits limits, management_limits;
	struct gw_router *router, *management_router;
	struct gw_pool *pool;
	struct gw_http *http, *management; /* NULL = none */
	struct gw_backup_jobs *backups;
	int port, management_port;
	pthread_mutex_t lock; /* of the following */
	struct gw_map tenants; /* names that are known to exist */
};

static inline struct gw_api *gw_api_of(const struct gw_http_request *rq)
{
	return rq->context;
}

/* ---- Tables of routes, one a topic, ended by a row without handler ---- */

extern const struct gw_route gw_backfill_routes[], gw_backup_routes[], gw_execution_act_routes[],
	gw_execution_bulk_routes[], gw_execution_create_routes[], gw_execution_file_routes[],
	gw_execution_routes[], gw_expression_routes[], gw_stats_routes[], gw_flow_bulk_routes[],
	gw_flow_check_routes[], gw_flow_file_routes[], gw_flow_graph_routes[], gw_flow_routes[],
	gw_follow_routes[], gw_log_routes[], gw_management_routes[], gw_metric_routes[],
	gw_misc_routes[], gw_namespace_routes[], gw_plugin_routes[], gw_tenant_routes[],
	gw_trigger_bulk_routes[], gw_trigger_routes[];

/* ---- answer.c: documents and lists of them ---- */

/* Writes one item of a list. */
struct gw_lister {
	void (*item)(struct gw_str *out, const struct gw_record *record, void *arg);
	void *arg;
	bool asks; /* item asks the repository: the records are copied before it is called */
};

/* {"results":[…],"total":n} of the search's page. */
bool gw_answer_page(struct gw_search *s, const struct gw_lister *lister, struct gw_error *err);
/* […], all that match. */
bool gw_answer_list(struct gw_search *s, const struct gw_lister *lister, struct gw_error *err);
/* Calls each with every record that matches; stops when it returns false (with err filled in). */
bool gw_answer_each(struct gw_search *s, const struct gw_query *query,
	bool (*each)(void *arg, const struct gw_record *record, struct gw_error *err), void *arg,
	struct gw_error *err);
/* ["…", …]: the distinct values of a field, sorted. */
bool gw_answer_values(struct gw_search *s, const char *field, struct gw_error *err);
/* A stored object with its tenant in front. */
void gw_answer_object(struct gw_str *out, struct gw_slice tenant, struct gw_slice doc);
/* {"count":n,"totalItems":n,"operationId":…}: what both generations of clients read. */
bool gw_answer_count(struct gw_http_request *rq, uint64_t n);

/* "Not Found" alone; always false. */
static inline bool gw_not_found(struct gw_error *err)
{
	*err = (struct gw_error){ .code = GW_NOT_FOUND };
	return false;
}

/* ---- tenant.c ---- */

enum gw_admission gw_tenant_admit(struct gw_http_request *rq, bool may_block, struct gw_error *err);

#endif

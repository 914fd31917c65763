/* tenants.c - tenants: which there are, and requests about those that there are not
 *
 * "main" always exists; it is stored only once somebody saves it. */
#include "api/api.h"

#include "base/json.h"
#include "model/kinds.h"

#include <ctype.h>

#define MAIN "main"

/* ---- Admission ---- */

static bool is_known(struct gw_api *api, const char *name)
{
	gw_locked(&api->lock);
	return gw_map_find(&api->tenants, name);
}

/* Tenants are not deleted: what was found once exists for good. */
static void remember(struct gw_api *api, const char *name)
{
	gw_locked(&api->lock);
	gw_map_put(&api->tenants, gw_slice_of(name), api);
}

static bool find_tenant(struct gw_api *api, const char *name, struct gw_record *out, void **hold,
	struct gw_error *err)
{
	struct gw_key key = { gw_slice_of(""), gw_slice_of(name) };
	return gw_store_get(api->store, &gw_kind_tenant, key, out, hold, err);
}

enum gw_admission gw_tenant_admit(struct gw_http_request *rq, bool may_block, struct gw_error *err)
{
	struct gw_api *api = gw_api_of(rq);
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	if (!rq->tenant || strcmp(rq->tenant, MAIN) == 0 || is_known(api, rq->tenant))
		return GW_ADMIT;
	if (strlen(rq->tenant) <= GW_TENANT_MAX) {
		if (!may_block)
			return GW_ASK_BLOCKING;
		if (find_tenant(api, rq->tenant, &record, &hold, err)) {
			remember(api, rq->tenant);
			return GW_ADMIT;
		}
		if (err->code != GW_NOT_FOUND)
			return GW_REFUSE;
	}
	gw_fail(err, GW_NOT_FOUND, "tenant '%s' does not exist", rq->tenant);
	return GW_REFUSE;
}

/* ---- Endpoints ---- */

/* ^[a-z0-9][a-z0-9_-]*, and nothing that would be taken for something else. */
static bool check_id(const struct gw_api *api, const char *id, struct gw_error *err)
{
	size_t len = id ? strlen(id) : 0;
	bool fine = len > 0 && len <= GW_TENANT_MAX && isalnum((unsigned char)id[0]);
	for (size_t i = 0; fine && i < len; i++)
		fine = islower((unsigned char)id[i]) || isdigit((unsigned char)id[i]) ||
		       (i && strchr("_-", id[i]));
	if (!fine)
		return gw_fail(err, GW_INVALID,
			"id: must match \"^[a-z0-9][a-z0-9_-]*\" and have at most %d characters",
			GW_TENANT_MAX);
	if (gw_router_reserves(api->router, id))
		return gw_fail(err, GW_INVALID, "id: '%s' is the name of a resource", id);
	return true;
}

static json_t *make_main(void)
{
	return json_pack("{s:s, s:s, s:b}", "id", MAIN, "name", MAIN, "deleted", 0);
}

/* Stores what was sent, with its defaults. */
static bool write_tenant(struct gw_http_request *rq, enum gw_op_type type, const char *id,
	json_t *tenant, struct gw_error *err)
{
	struct gw_value fields[GW_TENANT_N] = { { 0 } };
	gw_auto_str doc = { 0 };
	if (!gw_json_string(tenant, "name"))
		json_object_set_new(tenant, "name", json_string(id));
	json_object_set_new(tenant, "deleted", json_false());
	gw_json_print(&doc, tenant);
	fields[GW_TENANT_NAME] = gw_value_string(gw_json_string(tenant, "name"));
	struct gw_op op = { .type = type,
		.record = { .kind = &gw_kind_tenant,
			.tenant = gw_slice_of(""),
			.key = gw_slice_of(id),
			.due = GW_NEVER,
			.fields = fields,
			.doc = gw_str_slice(&doc) } };
	if (!gw_store_write_one(gw_api_of(rq)->store, &op, err))
		return err->code == GW_CONFLICT
			       ? gw_fail(err, GW_CONFLICT, "Tenant id already exists")
			       : false;
	remember(gw_api_of(rq), id);
	gw_str_add(&rq->out.body, doc.data, doc.len);
	return true;
}

static bool create_tenant(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *tenant = gw_request_json(rq, err);
	if (!tenant)
		return false;
	const char *id = gw_json_string(tenant, "id");
	return check_id(gw_api_of(rq), id, err) && write_tenant(rq, GW_CREATE, id, tenant, err);
}

static bool show_tenant(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	if (find_tenant(gw_api_of(rq), rq->args[0], &record, &hold, err)) {
		gw_str_add(&rq->out.body, record.doc.data, record.doc.len);
		return true;
	}
	if (err->code != GW_NOT_FOUND || strcmp(rq->args[0], MAIN) != 0)
		return false;
	json_auto_t *main_tenant = make_main();
	gw_json_print(&rq->out.body, main_tenant);
	return true;
}

static const struct gw_column columns[] = {
	{ "q", "key name", GW_COLUMN_WORDS },
	{ "id", "key", GW_COLUMN_TEXT },
	{ "name", "name", GW_COLUMN_TEXT },
	{ NULL, NULL, GW_COLUMN_TEXT },
};
static const struct gw_sort_key sort_keys[] = {
	{ "id", "key" },
	{ "name", "name" },
	{ NULL, NULL },
};
static const struct gw_resource tenant_resource = { &gw_kind_tenant, columns, sort_keys };

static void list_tenant(struct gw_str *out, const struct gw_record *record, void *arg)
{
	(void)arg;
	gw_str_add(out, record->doc.data, record->doc.len);
}

/* Makes sure that "main" is among those that are stored. */
static bool store_main(struct gw_http_request *rq, struct gw_error *err)
{
	json_auto_t *main_tenant = make_main();
	if (is_known(gw_api_of(rq), MAIN))
		return true;
	bool stored = write_tenant(rq, GW_CREATE, MAIN, main_tenant, err);
	gw_str_reset(&rq->out.body);
	if (!stored && err->code == GW_CONFLICT)
		remember(gw_api_of(rq), MAIN);
	return stored || err->code == GW_CONFLICT;
}

static bool search_tenants(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_search s;
	const struct gw_lister lister = { .item = list_tenant };
	if (!store_main(rq, err) || !gw_search_read(&s, rq, &tenant_resource, 0, err))
		return false;
	s.query.tenant = gw_slice_of("");
	return gw_search_read_page(&s, err) && gw_answer_page(&s, &lister, err);
}

const struct gw_route gw_tenant_routes[] = {
	{ GW_HTTP_POST, "/tenants", create_tenant, GW_ROUTE_BODY },
	{ GW_HTTP_GET, "/tenants", search_tenants, 0 },
	{ GW_HTTP_GET, "/tenants/search", search_tenants, 0 },
	{ GW_HTTP_GET, "/tenants/{id}", show_tenant, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

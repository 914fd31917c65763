/* catalog.c - flows in memory: which revision is the latest, and compiled ones within a bound */
#include "engine/catalog.h"

#include "base/json.h"

#include <stdatomic.h>

#define BYTES_MAX ((size_t)64 << 20) /* of compiled flows; those in use live on beyond it */

struct entry {
	char *key; /* tenant/namespace/id/000001 */
	struct gw_flow *flow;
	struct entry *newer, *older; /* by last use */
};

struct head {
	int revision;
	bool deleted;
	unsigned generation;
};

struct gw_catalog {
	struct gw_engine *engine;
	pthread_mutex_t lock;
	struct gw_map heads; /* tenant/namespace/id -> struct head */
	struct gw_map entries; /* -> struct entry */
	struct entry *newest, *oldest;
	size_t bytes;
	atomic_uint generation; /* heads of an older one are read again */
};

struct gw_catalog *gw_catalog_new(struct gw_engine *engine)
{
	struct gw_catalog *c = gw_new(struct gw_catalog);
	c->engine = engine;
	pthread_mutex_init(&c->lock, NULL);
	return c;
}

static void unlink_entry(struct gw_catalog *c, struct entry *e)
{
	*(e->newer ? &e->newer->older : &c->newest) = e->older;
	*(e->older ? &e->older->newer : &c->oldest) = e->newer;
	e->newer = e->older = NULL;
}

static void link_newest(struct gw_catalog *c, struct entry *e)
{
	e->older = c->newest;
	*(c->newest ? &c->newest->newer : &c->oldest) = e;
	c->newest = e;
}

static void drop_entry(struct gw_catalog *c, struct entry *e)
{
	unlink_entry(c, e);
	gw_map_remove(&c->entries, gw_slice_of(e->key));
	c->bytes -= e->flow->bytes;
	gw_flow_unref(&e->flow);
	free(e->key);
	free(e);
}

void gw_catalog_clear(struct gw_catalog *c)
{
	gw_locked(&c->lock);
	while (c->oldest)
		drop_entry(c, c->oldest);
}

void gw_catalog_free(struct gw_catalog *c)
{
	if (!c)
		return;
	gw_catalog_clear(c);
	gw_map_clear(&c->entries, NULL);
	gw_map_clear(&c->heads, free);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void gw_catalog_refresh(struct gw_catalog *c)
{
	gw_locked(&c->lock);
	c->generation++;
}

/* ---- Heads ---- */

static bool cached_head(struct gw_catalog *c, const char *key, struct head *out)
{
	gw_locked(&c->lock);
	const struct head *head = gw_map_find(&c->heads, key);
	if (!head || head->generation != c->generation)
		return false;
	*out = *head;
	return true;
}

static void keep_head(struct gw_catalog *c, const char *key, const struct head *head)
{
	gw_locked(&c->lock);
	struct head *copy = gw_new(struct head);
	*copy = *head;
	free(gw_map_put(&c->heads, gw_slice_of(key), copy));
}

void gw_catalog_forget(struct gw_catalog *c, const char *tenant, const char *namespace,
	const char *id)
{
	gw_auto_free char *key = gw_sprintf("%s/%s/%s", tenant, namespace, id);
	gw_locked(&c->lock);
	free(gw_map_remove(&c->heads, gw_slice_of(key)));
}

static bool find_head(struct gw_catalog *c, const char *tenant, const char *key, struct head *out,
	struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	if (cached_head(c, key, out))
		return true;
	struct head head = { .generation = c->generation };
	struct gw_key at = { gw_slice_of(tenant), gw_slice_of(key + strlen(tenant) + 1) };
	if (!gw_store_get(c->engine->store, &gw_kind_flow, at, &record, &hold, err))
		return false;
	head.revision = (int)record.fields[GW_FLOW_REVISION].number;
	head.deleted = record.fields[GW_FLOW_DELETED].number;
	keep_head(c, key, &head);
	*out = head;
	return true;
}

/* ---- Compiled flows ---- */

static struct gw_flow *cached_flow(struct gw_catalog *c, const char *key)
{
	gw_locked(&c->lock);
	struct entry *e = gw_map_find(&c->entries, key);
	if (!e)
		return NULL;
	unlink_entry(c, e);
	link_newest(c, e);
	return gw_flow_ref(e->flow);
}

/* Another thread may have been quicker: its flow counts. */
static struct gw_flow *keep_flow(struct gw_catalog *c, const char *key, struct gw_flow *flow)
{
	gw_locked(&c->lock);
	struct entry *e = gw_map_find(&c->entries, key);
	if (e) {
		gw_flow_unref(&flow);
		return gw_flow_ref(e->flow);
	}
	e = gw_new(struct entry);
	e->key = gw_strdup(key);
	e->flow = gw_flow_ref(flow);
	gw_map_put(&c->entries, gw_slice_of(key), e);
	link_newest(c, e);
	c->bytes += flow->bytes;
	while (c->bytes > BYTES_MAX && c->oldest != e)
		drop_entry(c, c->oldest);
	return flow;
}

static struct gw_flow *compile(struct gw_catalog *c, const char *tenant, const char *key,
	int revision, struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	struct gw_key at = { gw_slice_of(tenant), gw_slice_of(key + strlen(tenant) + 1) };
	if (!gw_store_get(c->engine->store, &gw_kind_flow_revision, at, &record, &hold, err)) {
		if (err->code == GW_NOT_FOUND)
			gw_fail(err, GW_NOT_FOUND, "Flow not found: it has no revision %d",
				revision);
		return NULL;
	}
	json_auto_t *doc = gw_json_parse(record.doc, err);
	if (!doc)
		return NULL;
	struct gw_registry *registry = gw_engine_registry(c->engine);
	struct gw_flow *flow =
		gw_flow_compile(tenant, revision, doc, registry, &c->engine->defaults);
	gw_registry_unref(&registry);
	return keep_flow(c, key, flow);
}

/* "tenant/namespace/id", or an error if it cannot be one. */
static bool head_key(struct gw_str *out, const char *tenant, const char *namespace, const char *id)
{
	if (!namespace || !id || strlen(namespace) > 150 || strlen(id) > 100)
		return false;
	gw_str_printf(out, "%s/%s/%s", tenant, namespace, id);
	return true;
}

struct gw_flow *gw_engine_cached_flow(struct gw_engine *engine, const char *tenant,
	const char *namespace, const char *id, int revision)
{
	struct head head;
	gw_auto_str key = { 0 };
	if (!head_key(&key, tenant, namespace, id))
		return NULL;
	if (revision == 0) {
		if (!cached_head(engine->catalog, key.data, &head) || head.deleted)
			return NULL;
		revision = head.revision;
	}
	gw_str_printf(&key, "/%06d", revision);
	return cached_flow(engine->catalog, key.data);
}

struct gw_flow *gw_engine_flow(struct gw_engine *engine, const char *tenant, const char *namespace,
	const char *id, int revision, struct gw_error *err)
{
	struct gw_catalog *c = engine->catalog;
	struct head head = { .revision = revision };
	gw_auto_str key = { 0 };
	if (!head_key(&key, tenant, namespace, id)) {
		gw_fail(err, GW_NOT_FOUND, "Flow not found");
		return NULL;
	}
	if (revision == 0 && !find_head(c, tenant, key.data, &head, err))
		return NULL;
	if (head.deleted) {
		gw_fail(err, GW_NOT_FOUND, "Flow not found");
		return NULL;
	}
	gw_str_printf(&key, "/%06d", head.revision);
	struct gw_flow *flow = cached_flow(c, key.data);
	return flow ? flow : compile(c, tenant, key.data, head.revision, err);
}

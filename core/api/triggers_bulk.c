/* triggers_bulk.c - the same change to many triggers
 *
 * Those that cannot be changed are passed over. */
#include "api/triggers.h"

#include "base/clock.h"
#include "base/json.h"
#include "model/kinds.h"

/* ---- Which ---- */

struct refs {
	char *(*items)[3]; /* namespace, flow, trigger */
	size_t n, cap;
};

static void refs_clear(struct refs *refs)
{
	for (size_t i = 0; i < refs->n; i++)
		for (int j = 0; j < 3; j++)
			free(refs->items[i][j]);
	free(refs->items);
}

#define auto_refs __attribute__((cleanup(refs_clear))) struct refs

static void add_ref(struct refs *refs, struct gw_slice namespace, struct gw_slice flow,
	struct gw_slice trigger)
{
	refs->items = gw_grow(refs->items, refs->n, &refs->cap);
	refs->items[refs->n][0] = gw_slice_dup(namespace);
	refs->items[refs->n][1] = gw_slice_dup(flow);
	refs->items[refs->n++][2] = gw_slice_dup(trigger);
}

static bool read_refs(struct gw_http_request *rq, const json_t *list, struct refs *out,
	struct gw_error *err)
{
	size_t i;
	json_t *item;
	if (!json_is_array(list))
		return gw_fail(err, GW_INVALID, "the body must be a list of triggers");
	json_array_foreach (list, i, item) {
		struct gw_trigger_ref ref;
		if (!gw_trigger_ref_read(rq, item, &ref, err))
			return gw_explain(err, "item %zu of the body", i);
		add_ref(out, gw_slice_of(ref.namespace), gw_slice_of(ref.flow),
			gw_slice_of(ref.trigger));
	}
	return true;
}

static bool collect_ref(void *arg, const struct gw_record *record, struct gw_error *err)
{
	(void)err;
	add_ref(arg, record->fields[GW_TRIGGER_NAMESPACE].text,
		record->fields[GW_TRIGGER_FLOW].text, record->fields[GW_TRIGGER_ID].text);
	return true;
}

/* By the parameters, or by {"filters":[…]} in the body. */
static bool find_refs(struct gw_http_request *rq, struct refs *out, struct gw_error *err)
{
	struct gw_search s;
	json_auto_t *body = NULL;
	if (!gw_search_read(&s, rq, &gw_trigger_resource, gw_clock_now(), err))
		return false;
	if (rq->body.len && !(body = gw_request_json(rq, err)))
		return false;
	return gw_search_read_json(&s, json_object_get(body, "filters"), err) &&
	       gw_answer_each(&s, &s.query, collect_ref, out, err);
}

/* ---- The change ---- */

static bool edit_all(struct gw_http_request *rq, const struct refs *refs, enum gw_trigger_edit what,
	struct gw_error *err)
{
	uint64_t n = 0;
	for (size_t i = 0; i < refs->n; i++) {
		const struct gw_trigger_ref ref = { rq->tenant, refs->items[i][0],
			refs->items[i][1], refs->items[i][2] };
		if (gw_engine_edit_trigger(gw_api_of(rq)->engine, &ref, what, NULL, err))
			n++;
		else if (err->code == GW_UNAVAILABLE || err->code == GW_INTERNAL)
			return false;
	}
	return gw_answer_count(rq, n);
}

static bool by_triggers(struct gw_http_request *rq, enum gw_trigger_edit what, struct gw_error *err)
{
	auto_refs refs = { 0 };
	json_auto_t *body = gw_request_json(rq, err);
	return body && read_refs(rq, body, &refs, err) && edit_all(rq, &refs, what, err);
}

static bool by_query(struct gw_http_request *rq, enum gw_trigger_edit what, struct gw_error *err)
{
	auto_refs refs = { 0 };
	return find_refs(rq, &refs, err) && edit_all(rq, &refs, what, err);
}

#define CHANGE(name, what)                                                               \
	static bool name##_by_triggers(struct gw_http_request *rq, struct gw_error *err) \
	{                                                                                \
		return by_triggers(rq, what, err);                                       \
	}                                                                                \
	static bool name##_by_query(struct gw_http_request *rq, struct gw_error *err)    \
	{                                                                                \
		return by_query(rq, what, err);                                          \
	}

CHANGE(unlock, GW_TRIGGER_UNLOCK)
CHANGE(reset, GW_TRIGGER_RESET)
CHANGE(pause, GW_BACKFILL_PAUSE)
CHANGE(unpause, GW_BACKFILL_UNPAUSE)
CHANGE(delete, GW_BACKFILL_DELETE)

/* {"triggers":[…],"disabled":…} */
static bool set_disabled_by_triggers(struct gw_http_request *rq, struct gw_error *err)
{
	auto_refs refs = { 0 };
	json_auto_t *body = gw_request_json(rq, err);
	if (!body || !read_refs(rq, json_object_get(body, "triggers"), &refs, err))
		return false;
	return edit_all(rq, &refs,
		gw_json_true(body, "disabled") ? GW_TRIGGER_SET_DISABLED : GW_TRIGGER_SET_ENABLED,
		err);
}

static bool set_disabled_by_query(struct gw_http_request *rq, struct gw_error *err)
{
	bool disabled;
	return gw_request_flag(rq, "disabled", true, &disabled, err) &&
	       by_query(rq, disabled ? GW_TRIGGER_SET_DISABLED : GW_TRIGGER_SET_ENABLED, err);
}

#define BULK(method, verb, handler)                                                          \
	{ method, "~/triggers/" verb "/by-triggers", handler##_by_triggers, GW_ROUTE_BODY }, \
	{                                                                                    \
		method, "~/triggers/" verb "/by-query", handler##_by_query, GW_ROUTE_BODY    \
	}

const struct gw_route gw_trigger_bulk_routes[] = {
	BULK(GW_HTTP_POST, "unlock", unlock),
	BULK(GW_HTTP_DELETE, "delete", reset),
	BULK(GW_HTTP_POST, "set-disabled", set_disabled),
	BULK(GW_HTTP_POST, "backfill/pause", pause),
	BULK(GW_HTTP_POST, "backfill/unpause", unpause),
	BULK(GW_HTTP_POST, "backfill/delete", delete),
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

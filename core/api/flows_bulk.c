/* flows_bulk.c - many flows at once: save all of a namespace, delete, enable, disable */
#include "api/flows.h"

#include "base/json.h"
#include "check/flow.h"
#include "model/kinds.h"

/* ---- Names ---- */

void gw_flow_names_add(struct gw_flow_names *names, struct gw_slice namespace, struct gw_slice id)
{
	names->items = gw_grow(names->items, names->n, &names->cap);
	names->items[names->n++] =
		(struct gw_flow_name){ gw_slice_dup(namespace), gw_slice_dup(id) };
}

void gw_flow_names_clear(struct gw_flow_names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		free(names->items[i].namespace);
		free(names->items[i].id);
	}
	free(names->items);
	*names = (struct gw_flow_names){ 0 };
}

bool gw_flow_names_read(struct gw_http_request *rq, struct gw_flow_names *out, struct gw_error *err)
{
	json_auto_t *body = gw_request_json(rq, err);
	size_t i;
	json_t *item;
	if (!body)
		return false;
	if (!json_is_array(body))
		return gw_fail(err, GW_INVALID, "the body must be a list of {namespace, id}");
	json_array_foreach (body, i, item) {
		const char *namespace = gw_json_string(item, "namespace");
		const char *id = gw_json_string(item, "id");
		if (!namespace || !id)
			return gw_fail(err, GW_INVALID,
				"item %zu of the body needs a namespace and an id", i);
		gw_flow_names_add(out, gw_slice_of(namespace), gw_slice_of(id));
	}
	return true;
}

static bool collect_name(void *arg, const struct gw_record *record, struct gw_error *err)
{
	(void)err;
	gw_flow_names_add(arg, record->fields[GW_FLOW_NAMESPACE].text,
		record->fields[GW_FLOW_ID].text);
	return true;
}

bool gw_flow_names_search(struct gw_http_request *rq, struct gw_flow_names *out,
	struct gw_error *err)
{
	struct gw_search s;
	return gw_flow_search(&s, rq, err) && gw_answer_each(&s, &s.query, collect_name, out, err);
}

/* ---- Doing something to each ---- */

/* *done says whether anything changed. */
struct action {
	bool (*act)(struct gw_http_request *rq, const struct gw_flow_name *name, bool *done,
		struct gw_error *err);
	bool (*find)(struct gw_http_request *rq, struct gw_flow_names *out, struct gw_error *err);
};

/* Flows that are gone are passed over. */
static bool act_on_all(struct gw_http_request *rq, const struct action *action,
	struct gw_error *err)
{
	gw_auto_flow_names names = { 0 };
	uint64_t n = 0;
	if (!action->find(rq, &names, err))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		bool done = false;
		if (!action->act(rq, &names.items[i], &done, err) && err->code != GW_NOT_FOUND)
			return false;
		n += done;
	}
	return gw_answer_count(rq, n);
}

static bool delete_one(struct gw_http_request *rq, const struct gw_flow_name *name, bool *done,
	struct gw_error *err)
{
	*done = gw_engine_delete_flow(gw_api_of(rq)->engine, rq->tenant, name->namespace, name->id,
		err);
	return *done;
}

/* Replaces the line "disabled: …" of a source, or adds one. */
static void set_disabled(struct gw_str *out, struct gw_slice source, bool disabled)
{
	static const char key[] = "disabled:";
	bool found = false;
	while (source.len) {
		const char *end = memchr(source.data, '\n', source.len);
		size_t len = end ? (size_t)(end - source.data) + 1 : source.len;
		bool is_it = !found && gw_slice_starts(source, gw_slice_of(key));
		if (is_it)
			gw_str_printf(out, "%s %s%s", key, disabled ? "true" : "false",
				end ? "\n" : "");
		else
			gw_str_add(out, source.data, len);
		found = found || is_it;
		source = gw_slice(source.data + len, source.len - len);
	}
	if (!found)
		gw_str_printf(out, "\n%s %s", key, disabled ? "true" : "false");
}

static bool switch_one(struct gw_http_request *rq, const struct gw_flow_name *name, bool disabled,
	bool *done, struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	const struct gw_flow_choice choice = { name->namespace, name->id, 0, false };
	if (!gw_flow_find(rq, &choice, &record, &hold, err))
		return false;
	if (record.fields[GW_FLOW_DISABLED].number == disabled)
		return true;
	gw_auto_str source = { 0 };
	set_disabled(&source, gw_flow_source(&record), disabled);
	struct gw_flow_saving saving = {
		.rq = rq, .mode = GW_SAVE_UPDATE, .namespace = name->namespace, .id = name->id
	};
	json_auto_t *doc = gw_flow_save(&saving, gw_str_slice(&source), err);
	*done = doc != NULL;
	return *done;
}

static bool disable_one(struct gw_http_request *rq, const struct gw_flow_name *name, bool *done,
	struct gw_error *err)
{
	return switch_one(rq, name, true, done, err);
}

static bool enable_one(struct gw_http_request *rq, const struct gw_flow_name *name, bool *done,
	struct gw_error *err)
{
	return switch_one(rq, name, false, done, err);
}

static bool delete_by_ids(struct gw_http_request *rq, struct gw_error *err)
{
	return act_on_all(rq, &(struct action){ delete_one, gw_flow_names_read }, err);
}

static bool delete_by_query(struct gw_http_request *rq, struct gw_error *err)
{
	return act_on_all(rq, &(struct action){ delete_one, gw_flow_names_search }, err);
}

static bool disable_by_ids(struct gw_http_request *rq, struct gw_error *err)
{
	return act_on_all(rq, &(struct action){ disable_one, gw_flow_names_read }, err);
}

static bool disable_by_query(struct gw_http_request *rq, struct gw_error *err)
{
	return act_on_all(rq, &(struct action){ disable_one, gw_flow_names_search }, err);
}

static bool enable_by_ids(struct gw_http_request *rq, struct gw_error *err)
{
	return act_on_all(rq, &(struct action){ enable_one, gw_flow_names_read }, err);
}

static bool enable_by_query(struct gw_http_request *rq, struct gw_error *err)
{
	return act_on_all(rq, &(struct action){ enable_one, gw_flow_names_search }, err);
}

/* ---- All flows of a namespace at once ---- */

/* One document of a body with several. */
struct source {
	struct gw_slice text;
	struct gw_flow_name name;
};

struct sources {
	struct source *items;
	size_t n, cap;
};

static void sources_clear(struct sources *sources)
{
	for (size_t i = 0; i < sources->n; i++) {
		free(sources->items[i].name.namespace);
		free(sources->items[i].name.id);
	}
	free(sources->items);
}

static void add_violation(struct gw_violations *v, const char *path, const char *message)
{
	gw_violations_add(v, path, path, message);
}

static bool has_source(const struct sources *sources, const struct gw_flow_name *name)
{
	for (size_t i = 0; i < sources->n; i++)
		if (strcmp(sources->items[i].name.id, name->id) == 0 &&
			strcmp(sources->items[i].name.namespace, name->namespace) == 0)
			return true;
	return false;
}

/* Checks a document and adds it; what is wrong is added to v. */
static void read_source(struct gw_http_request *rq, struct sources *out, struct gw_slice text,
	const struct gw_registry *registry, struct gw_violations *v)
{
	const struct gw_flow_defaults defaults = { gw_api_of(rq)->plugin_defaults };
	json_auto_t *doc = gw_flow_read(text, registry, &defaults, v, NULL);
	if (!doc)
		return;
	struct gw_flow_name name = { gw_strdup(gw_json_string(doc, "namespace")),
		gw_strdup(gw_json_string(doc, "id")) };
	if (rq->args[0] && strcmp(rq->args[0], name.namespace) != 0)
		add_violation(v, "flow.namespace", "Flow namespace is invalid");
	if (has_source(out, &name))
		add_violation(v, "flow.id", "Duplicate flow id");
	out->items = gw_grow(out->items, out->n, &out->cap);
	out->items[out->n++] = (struct source){ text, name };
}

/* False: what is wrong is answered. */
static bool read_sources(struct gw_http_request *rq, struct sources *out)
{
	gw_auto_violations v = { 0 };
	struct gw_registry *registry = gw_engine_registry(gw_api_of(rq)->engine);
	struct gw_slice text;
	size_t at = 0;
	while (!v.n && gw_yaml_next_document(gw_str_slice(&rq->body), &at, &text))
		if (text.len)
			read_source(rq, out, text, registry, &v);
	gw_registry_unref(&registry);
	if (v.n)
		gw_flow_refuse(rq, &v);
	return !v.n;
}

/* What is there now and may be deleted. */
static bool find_present(struct gw_http_request *rq, struct gw_flow_names *out,
	struct gw_error *err)
{
	struct gw_search s;
	bool with_children;
	const char *namespace = rq->args[0] ? rq->args[0] : gw_request_param(rq, "namespace");
	if (!gw_request_flag(rq, "allowNamespaceChild", false, &with_children, err))
		return false;
	gw_search_begin(&s, rq, &gw_flow_resource, 0);
	enum gw_compare compare = with_children ? GW_UNDER : GW_EQ;
	if (namespace &&
		!gw_search_add(&s, gw_filter_text(rq, "namespace", compare, gw_slice_of(namespace)),
			err))
		return false;
	return gw_search_add(&s, gw_filter_number(rq, "deleted", GW_EQ, false), err) &&
	       gw_answer_each(&s, &s.query, collect_name, out, err);
}

static bool answer_deleted(struct gw_http_request *rq, const struct gw_flow_name *name,
	struct gw_error *err)
{
	bool done;
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	const struct gw_flow_choice choice = { name->namespace, name->id, 0, true };
	if (!delete_one(rq, name, &done, err) || !gw_flow_find(rq, &choice, &record, &hold, err))
		return false;
	gw_json_comma(&rq->out.body);
	gw_flow_answer(&rq->out.body, &record, true);
	return true;
}

static bool delete_others(struct gw_http_request *rq, const struct sources *sources,
	struct gw_error *err)
{
	gw_auto_flow_names present = { 0 };
	if (!find_present(rq, &present, err))
		return false;
	for (size_t i = 0; i < present.n; i++)
		if (!has_source(sources, &present.items[i]) &&
			!answer_deleted(rq, &present.items[i], err))
			return false;
	return true;
}

static bool save_source(struct gw_http_request *rq, const struct source *source, bool *refused,
	struct gw_error *err)
{
	struct gw_flow_saving saving = { .rq = rq, .mode = GW_SAVE_EITHER };
	json_auto_t *doc = gw_flow_save(&saving, source->text, err);
	*refused = saving.refused;
	if (!doc)
		return false;
	gw_json_comma(&rq->out.body);
	gw_json_print(&rq->out.body, doc);
	return true;
}

static bool save_all(struct gw_http_request *rq, struct gw_error *err)
{
	__attribute__((cleanup(sources_clear))) struct sources sources = { 0 };
	bool deletes, refused = false;
	if (!gw_request_flag(rq, "delete", true, &deletes, err))
		return false;
	if (!read_sources(rq, &sources))
		return true;
	gw_str_putc(&rq->out.body, '[');
	if (deletes && !delete_others(rq, &sources, err))
		return false;
	for (size_t i = 0; i < sources.n; i++)
		if (!save_source(rq, &sources.items[i], &refused, err))
			return refused;
	gw_str_putc(&rq->out.body, ']');
	return true;
}

const struct gw_route gw_flow_bulk_routes[] = {
	{ GW_HTTP_POST, "~/flows/bulk", save_all, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/flows/{namespace}", save_all, GW_ROUTE_BODY },
	{ GW_HTTP_DELETE, "~/flows/delete/by-ids", delete_by_ids, GW_ROUTE_BODY },
	{ GW_HTTP_DELETE, "~/flows/delete/by-query", delete_by_query, 0 },
	{ GW_HTTP_POST, "~/flows/disable/by-ids", disable_by_ids, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/flows/disable/by-query", disable_by_query, 0 },
	{ GW_HTTP_POST, "~/flows/enable/by-ids", enable_by_ids, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/flows/enable/by-query", enable_by_query, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

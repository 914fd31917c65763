/* plugins.c - the types that are known, their documentation and their JSON Schemas */
#include "api/api.h"

#include "base/json.h"
#include "check/property.h"
#include "check/tables.h"
#include "module/registry.h"

#define DRAFT "http://json-schema.org/draft-07/schema#"

/* ---- Walking the types ---- */

enum sort_of_type { TASKS, TRIGGERS, CONDITIONS, SORTS };

static const char *const sort_names[] = { "tasks", "triggers", "conditions" };

/* A type of any sort. */
struct entry {
	const char *type, *summary;
	const struct gw_property *properties, *outputs, *common;
	const struct gw_origin *origin;
};

static bool task_entry(const struct gw_task_entry *found, struct entry *out)
{
	if (found)
		*out = (struct entry){ found->type->type, found->type->summary,
			found->type->properties, found->type->outputs, gw_task_table,
			&found->origin };
	return found;
}

static bool trigger_entry(const struct gw_trigger_entry *found, struct entry *out)
{
	if (found)
		*out = (struct entry){ found->type->type, found->type->summary,
			found->type->properties, found->type->outputs, gw_trigger_table,
			&found->origin };
	return found;
}

static bool condition_entry(const struct gw_condition_entry *found, struct entry *out)
{
	if (found)
		*out = (struct entry){ found->type->type, found->type->summary,
			found->type->properties, NULL, gw_condition_table, &found->origin };
	return found;
}

static bool entry_at(const struct gw_registry *r, enum sort_of_type sort, size_t i,
	struct entry *out)
{
	switch (sort) {
	case TASKS:
		return task_entry(gw_registry_task_at(r, i), out);
	case TRIGGERS:
		return trigger_entry(gw_registry_trigger_at(r, i), out);
	default:
		return condition_entry(gw_registry_condition_at(r, i), out);
	}
}

static bool find_entry(const struct gw_registry *r, const char *type, struct entry *out)
{
	return task_entry(gw_registry_task(r, type), out) ||
	       trigger_entry(gw_registry_trigger(r, type), out) ||
	       condition_entry(gw_registry_condition(r, type), out);
}

/* ---- Schemas ---- */

static void merge_properties(json_t *schema, const struct gw_property *table)
{
	json_auto_t *more = table ? gw_properties_schema(table) : NULL;
	json_t *required = json_object_get(schema, "required");
	json_object_update(json_object_get(schema, "properties"),
		json_object_get(more, "properties"));
	if (required)
		json_array_extend(required, json_object_get(more, "required"));
	else if (json_object_get(more, "required"))
		json_object_set(schema, "required", json_object_get(more, "required"));
}

/* Common properties, its own, and the type itself as the only value of "type". */
static json_t *entry_schema(const struct entry *e)
{
	json_t *schema = gw_properties_schema(e->common);
	if (e->properties)
		merge_properties(schema, e->properties);
	json_object_set_new(json_object_get(schema, "properties"), "type",
		json_pack("{s:s}", "const", e->type));
	json_object_set_new(schema, "title", json_string(e->summary ? e->summary : e->type));
	json_object_set_new(schema, "additionalProperties", json_false());
	return schema;
}

/* Adds the schemas of a sort to definitions; a list of references to them. */
static json_t *define_all(const struct gw_registry *r, enum sort_of_type sort, json_t *definitions)
{
	struct entry e;
	json_t *refs = json_array();
	for (size_t i = 0; entry_at(r, sort, i, &e); i++) {
		gw_auto_free char *ref = gw_sprintf("#/definitions/%s", e.type);
		json_object_set_new(definitions, e.type, entry_schema(&e));
		json_array_append_new(refs, json_pack("{s:s}", "$ref", ref));
	}
	return refs;
}

static json_t *one_of(const struct gw_registry *r, enum sort_of_type sort)
{
	json_t *definitions = json_object();
	json_t *refs = define_all(r, sort, definitions);
	return json_pack("{s:s, s:o, s:o}", "$schema", DRAFT, "definitions", definitions, "oneOf",
		refs);
}

static json_t *list_of(const char *definition)
{
	gw_auto_free char *ref = gw_sprintf("#/definitions/%s", definition);
	return json_pack("{s:s, s:{s:s}}", "type", "array", "items", "$ref", ref);
}

static json_t *flow_schema(const struct gw_registry *r)
{
	static const char *const task_lists[] = { "tasks", "errors", "finally", "afterExecution" };
	json_t *definitions = json_object();
	json_t *flow = gw_properties_schema(gw_flow_table);
	json_t *properties = json_object_get(flow, "properties");
	json_object_set_new(definitions, "task",
		json_pack("{s:o}", "oneOf", define_all(r, TASKS, definitions)));
	json_object_set_new(definitions, "trigger",
		json_pack("{s:o}", "oneOf", define_all(r, TRIGGERS, definitions)));
	json_decref(define_all(r, CONDITIONS, definitions));
	for (size_t i = 0; i < GW_LEN(task_lists); i++)
		json_object_set_new(properties, task_lists[i], list_of("task"));
	json_object_set_new(properties, "triggers", list_of("trigger"));
	json_object_set_new(flow, "$schema", json_string(DRAFT));
	json_object_set_new(flow, "definitions", definitions);
	return flow;
}

static bool show_schema(struct gw_http_request *rq, struct gw_error *err)
{
	const char *what = rq->args[0];
	bool as_list;
	if (!gw_request_flag(rq, "arrayOf", false, &as_list, err))
		return false;
	struct gw_registry *r = gw_engine_registry(gw_api_of(rq)->engine);
	json_auto_t *schema = strcasecmp(what, "flow") == 0      ? flow_schema(r)
			      : strcasecmp(what, "task") == 0    ? one_of(r, TASKS)
			      : strcasecmp(what, "trigger") == 0 ? one_of(r, TRIGGERS)
								 : NULL;
	gw_registry_unref(&r);
	if (!schema)
		return gw_fail(err, GW_NOT_FOUND, "there is no schema of a %s", what);
	json_auto_t *list = json_pack("{s:s, s:O}", "type", "array", "items", schema);
	gw_json_print(&rq->out.body, as_list ? list : schema);
	return true;
}

/* ---- Documentation ---- */

static void put_table(struct gw_str *out, const char *title, const struct gw_property *table)
{
	if (!table || !table->name)
		return;
	gw_str_printf(out, "\n## %s\n", title);
	for (; table->name; table++)
		if (!(table->flags & GW_HIDDEN))
			gw_str_printf(out, "\n### `%s`\n\n* type: `%s`%s%s%s\n\n%s\n", table->name,
				table->schema, table->flags & GW_REQUIRED ? ", required" : "",
				table->fallback ? ", default: " : "",
				table->fallback ? table->fallback : "",
				table->summary ? table->summary : "");
}

static bool show_plugin(struct gw_http_request *rq, struct gw_error *err)
{
	struct entry e;
	gw_auto_str text = { 0 };
	struct gw_registry *r = gw_engine_registry(gw_api_of(rq)->engine);
	bool found = find_entry(r, rq->args[0], &e);
	if (found) {
		gw_str_printf(&text, "# %s\n\n%s\n", e.type, e.summary ? e.summary : "");
		put_table(&text, "Properties", e.properties);
		put_table(&text, "Outputs", e.outputs);
		json_auto_t *doc = json_pack("{s:s, s:{s:o, s:o, s:{}}}", "markdown",
			gw_str_text(&text), "schema", "properties", entry_schema(&e), "outputs",
			e.outputs ? gw_properties_schema(e.outputs) : json_object(), "definitions");
		gw_json_print(&rq->out.body, doc);
	}
	gw_registry_unref(&r);
	return found || gw_not_found(err);
}

/* ---- Groups: one a module ---- */

static json_t *find_group(json_t *groups, const struct entry *e)
{
	size_t i;
	json_t *group;
	json_array_foreach (groups, i, group)
		if (strcmp(gw_json_string(group, "name"), e->origin->module) == 0)
			return group;
	const char *dot = strrchr(e->type, '.');
	group = json_pack("{s:s, s:s, s:s%, s:s*, s:{}, s:[], s:[], s:[], s:[], s:[]}", "name",
		e->origin->module, "title", e->origin->module, "group", e->type,
		dot ? (size_t)(dot - e->type) : strlen(e->type), "version", e->origin->version,
		"manifest", "tasks", "triggers", "conditions", "storages", "taskRunners");
	json_array_append_new(groups, group);
	return group;
}

static json_t *make_groups(const struct gw_registry *r)
{
	json_t *groups = json_array();
	struct entry e;
	for (int sort = TASKS; sort < SORTS; sort++)
		for (size_t i = 0; entry_at(r, (enum sort_of_type)sort, i, &e); i++)
			json_array_append_new(json_object_get(find_group(groups, &e),
						      sort_names[sort]),
				json_pack("{s:s, s:b, s:s*}", "cls", e.type, "deprecated", 0,
					"title", e.summary));
	return groups;
}

/* 1.x answers a list, 2.0 a page: to those who ask for one. */
static bool list_plugins(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	struct gw_registry *r = gw_engine_registry(gw_api_of(rq)->engine);
	json_auto_t *groups = make_groups(r);
	gw_registry_unref(&r);
	if (!gw_request_param(rq, "page") && !gw_request_param(rq, "size")) {
		gw_json_print(&rq->out.body, groups);
		return true;
	}
	json_auto_t *page = json_pack("{s:O, s:I}", "results", groups, "total",
		(json_int_t)json_array_size(groups));
	gw_json_print(&rq->out.body, page);
	return true;
}

static bool list_subgroups(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	struct gw_registry *r = gw_engine_registry(gw_api_of(rq)->engine);
	json_auto_t *groups = make_groups(r);
	gw_registry_unref(&r);
	gw_json_print(&rq->out.body, groups);
	return true;
}

static bool no_icons(struct gw_http_request *rq, struct gw_error *err)
{
	(void)err;
	gw_str_puts(&rq->out.body, "{}");
	return true;
}

/* ---- Inputs ---- */

static const char *const input_types[] = { "ARRAY", "BOOL", "BOOLEAN", "DATE", "DATETIME",
	"DURATION", "EMAIL", "ENUM", "FILE", "FLOAT", "INT", "JSON", "MULTISELECT", "SECRET",
	"SELECT", "STRING", "TIME", "URI", "YAML" };

static bool list_inputs(struct gw_http_request *rq, struct gw_error *err)
{
	struct gw_str *out = &rq->out.body;
	(void)err;
	gw_str_putc(out, '[');
	for (size_t i = 0; i < GW_LEN(input_types); i++) {
		gw_json_comma(out);
		gw_str_putc(out, '{');
		gw_json_text(out, "type", gw_slice_of(input_types[i]));
		gw_json_text(out, "cls", gw_slice_of(input_types[i]));
		gw_str_putc(out, '}');
	}
	gw_str_putc(out, ']');
	return true;
}

static bool show_input(struct gw_http_request *rq, struct gw_error *err)
{
	for (size_t i = 0; i < GW_LEN(input_types); i++) {
		if (strcasecmp(input_types[i], rq->args[0]) != 0)
			continue;
		json_auto_t *doc = json_pack("{s:s, s:{s:o, s:{}, s:{}}}", "markdown",
			input_types[i], "schema", "properties",
			gw_properties_schema(gw_input_table), "outputs", "definitions");
		gw_json_print(&rq->out.body, doc);
		return true;
	}
	return gw_not_found(err);
}

const struct gw_route gw_plugin_routes[] = {
	{ GW_HTTP_GET, "/plugins", list_plugins, 0 },
	{ GW_HTTP_GET, "/plugins/groups/subgroups", list_subgroups, 0 },
	{ GW_HTTP_GET, "/plugins/icons", no_icons, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, "/plugins/icons/groups", no_icons, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, "/plugins/inputs", list_inputs, GW_ROUTE_DIRECT },
	{ GW_HTTP_GET, "/plugins/inputs/{type}", show_input, 0 },
	{ GW_HTTP_GET, "/plugins/schemas/{type}", show_schema, 0 },
	{ GW_HTTP_GET, "/plugins/{cls}", show_plugin, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

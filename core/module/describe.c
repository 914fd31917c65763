/* describe.c - types as data: what a task host tells its server of the modules it opened */
#include "base/json.h"
#include "base/mem.h"
#include "module/shelf.h"

#define KNOWN_FLAGS (GW_REQUIRED | GW_STATIC | GW_LATE | GW_DEPRECATED | GW_HIDDEN)

/* ---- Out ---- */

static void set_text(json_t *object, const char *name, const char *text)
{
	if (text)
		json_object_set_new(object, name, json_string(text));
}

static json_t *describe_table(const struct gw_property *table)
{
	json_t *list = json_array();
	for (; table->name; table++) {
		json_t *row = json_object();
		set_text(row, "name", table->name);
		set_text(row, "schema", table->schema);
		set_text(row, "fallback", table->fallback);
		set_text(row, "summary", table->summary);
		json_object_set_new(row, "flags", json_integer(table->flags));
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *describe_type(const struct gw_type_entry *entry,
	const struct gw_property *properties, const struct gw_property *outputs)
{
	json_t *out = json_object(), *aliases = json_array();
	set_text(out, "type", entry->type->type);
	set_text(out, "summary", entry->type->summary);
	for (size_t i = 0; entry->type->aliases && entry->type->aliases[i]; i++)
		json_array_append_new(aliases, json_string(entry->type->aliases[i]));
	json_object_set_new(out, "aliases", aliases);
	set_text(out, "module", entry->origin.module);
	set_text(out, "version", entry->origin.version);
	set_text(out, "path", entry->origin.path);
	json_object_set_new(out, "properties", describe_table(properties));
	json_object_set_new(out, "outputs", describe_table(outputs));
	return out;
}

json_t *gw_registry_describe(const struct gw_registry *r)
{
	json_t *tasks = json_array(), *triggers = json_array(), *problems = json_array();
	const struct gw_task_entry *task;
	const struct gw_trigger_entry *trigger;
	for (size_t i = 0; (task = gw_registry_task_at(r, i)); i++)
		if (!task->origin.in_server)
			json_array_append_new(tasks,
				describe_type((const struct gw_type_entry *)task,
					task->type->properties, task->type->outputs));
	for (size_t i = 0; (trigger = gw_registry_trigger_at(r, i)); i++)
		if (!trigger->origin.in_server)
			json_array_append_new(triggers,
				describe_type((const struct gw_type_entry *)trigger,
					trigger->type->properties, trigger->type->outputs));
	for (size_t i = 0; i < r->n_problems; i++)
		json_array_append_new(problems, json_string(r->problems[i]));
	return json_pack("{s:o, s:o, s:o}", "tasks", tasks, "triggers", triggers, "problems",
		problems);
}

/* ---- In: the sender ran foreign code, so nothing about the document is taken for granted ---- */

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = gw_json_string(object, name);
	return text ? text : "";
}

static const struct gw_property *read_table(struct gw_registry *r, const json_t *list)
{
	size_t n = json_array_size(list);
	struct gw_property *table = gw_registry_keep(r, gw_new_array(struct gw_property, n + 1));
	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(list, i);
		table[i] = (struct gw_property){
			.name = text_of(row, "name"),
			.schema = gw_json_string(row, "schema"),
			.flags = (unsigned)json_integer_value(json_object_get(row, "flags")) &
				 KNOWN_FLAGS,
			.fallback = gw_json_string(row, "fallback"),
			.summary = text_of(row, "summary"),
		};
	}
	return table;
}

static const char *const *read_aliases(struct gw_registry *r, const json_t *list)
{
	size_t n = json_array_size(list);
	const char **aliases = gw_registry_keep(r, gw_new_array(const char *, n + 1));
	for (size_t i = 0; i < n; i++) {
		const char *alias = json_string_value(json_array_get(list, i));
		aliases[i] = alias ? alias : "";
	}
	return aliases;
}

/* Fills in what all types have; what does not fit becomes a problem. */
static bool read_type(struct gw_registry *r, const json_t *doc, struct gw_type_head *head,
	const struct gw_property **properties, const struct gw_property **outputs)
{
	struct gw_error err;
	head->type = gw_json_string(doc, "type");
	head->aliases = read_aliases(r, json_object_get(doc, "aliases"));
	head->summary = text_of(doc, "summary");
	*properties = read_table(r, json_object_get(doc, "properties"));
	*outputs = read_table(r, json_object_get(doc, "outputs"));
	if (gw_type_tables_valid(head, *properties, *outputs, &err))
		return true;
	gw_registry_problem(r, "%s: %s", text_of(doc, "path"), err.message);
	return false;
}

static void merge_type(struct gw_registry *r, enum gw_shelf_of shelf, const void *type,
	const json_t *doc)
{
	const struct gw_origin origin = { text_of(doc, "module"), text_of(doc, "version"),
		text_of(doc, "path"), false };
	gw_registry_add(r, shelf, &(struct gw_type_entry){ type, origin });
}

static void merge_task(struct gw_registry *r, const json_t *doc)
{
	struct gw_task_type *t = gw_registry_keep(r, gw_new(struct gw_task_type));
	t->mode = GW_TASK_ISOLATED;
	if (read_type(r, doc, (struct gw_type_head *)t, &t->properties, &t->outputs))
		merge_type(r, GW_TASK_SHELF, t, doc);
}

static void merge_trigger(struct gw_registry *r, const json_t *doc)
{
	struct gw_trigger_type *t = gw_registry_keep(r, gw_new(struct gw_trigger_type));
	t->mode = GW_TRIGGER_POLLING;
	if (read_type(r, doc, (struct gw_type_head *)t, &t->properties, &t->outputs))
		merge_type(r, GW_TRIGGER_SHELF, t, doc);
}

/* Whether a path, or a problem that begins with one, is that of a file that the server opened
 * itself: what a host says of it does not matter then. */
static bool is_opened(const struct gw_registry *own, const char *text)
{
	for (unsigned shelf = 0; shelf < GW_SHELVES; shelf++) {
		for (size_t i = 0; i < own->shelves[shelf].n; i++) {
			const char *path = own->shelves[shelf].entries[i]->origin.path;
			size_t len = strlen(path);
			if (strncmp(text, path, len) == 0 && (!text[len] || text[len] == ':'))
				return true;
		}
	}
	return false;
}

static void share_entries(struct gw_registry *r, const struct gw_registry *base)
{
	for (unsigned shelf = 0; shelf < GW_SHELVES; shelf++)
		for (size_t i = 0; i < base->shelves[shelf].n; i++)
			gw_registry_add(r, shelf, base->shelves[shelf].entries[i]);
	for (struct gw_map_entry *e = NULL; (e = gw_map_next(&base->backends, e));)
		gw_map_put(&r->backends, gw_slice(e->key, e->len), e->value);
}

static void share_problems(struct gw_registry *r, const struct gw_registry *base,
	const json_t *more)
{
	size_t i;
	json_t *problem;
	for (i = 0; i < base->n_problems; i++)
		gw_registry_problem(r, "%s", base->problems[i]);
	json_array_foreach (more, i, problem)
		if (json_is_string(problem) && !is_opened(base, json_string_value(problem)))
			gw_registry_problem(r, "%s", json_string_value(problem));
}

struct gw_registry *gw_registry_merge(struct gw_registry *own, const json_t *described)
{
	struct gw_registry *r = gw_registry_new();
	size_t i;
	json_t *doc;
	r->base = gw_registry_ref(own);
	r->described = json_deep_copy(described);
	share_entries(r, own);
	json_array_foreach (json_object_get(r->described, "tasks"), i, doc)
		if (!is_opened(own, text_of(doc, "path")))
			merge_task(r, doc);
	json_array_foreach (json_object_get(r->described, "triggers"), i, doc)
		if (!is_opened(own, text_of(doc, "path")))
			merge_trigger(r, doc);
	share_problems(r, own, json_object_get(r->described, "problems"));
	return gw_registry_finish(r);
}

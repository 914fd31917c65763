/* typed.c - tasks, triggers and conditions: objects that say what they are by their type */
#include "check/walk.h"

#include "check/near.h"
#include "check/tables.h"
#include "model/label.h"

#define HINTS_MAX 50 /* after so many violations nobody is told what may have been meant */

/* What is said of a sort of objects, and where its types are. */
struct sort {
	const char *class_name;
	const char *(*type_at)(const struct gw_registry *r, size_t i);
};

static const char *task_type_at(const struct gw_registry *r, size_t i)
{
	const struct gw_task_entry *entry = gw_registry_task_at(r, i);
	return entry ? entry->type->type : NULL;
}

static const char *trigger_type_at(const struct gw_registry *r, size_t i)
{
	const struct gw_trigger_entry *entry = gw_registry_trigger_at(r, i);
	return entry ? entry->type->type : NULL;
}

static const char *condition_type_at(const struct gw_registry *r, size_t i)
{
	const struct gw_condition_entry *entry = gw_registry_condition_at(r, i);
	return entry ? entry->type->type : NULL;
}

static const struct sort tasks = { "io.kestra.core.models.tasks.Task", task_type_at };
static const struct sort triggers = { "io.kestra.core.models.triggers.AbstractTrigger",
	trigger_type_at };
static const struct sort conditions = { "io.kestra.core.models.conditions.Condition",
	condition_type_at };

/* "tasks" of "tasks[0].tasks[1]": Jackson's "POJO property". */
static struct gw_slice last_name(const char *path)
{
	const char *dot = strrchr(path, '.');
	const char *name = dot ? dot + 1 : path;
	return gw_slice(name, strcspn(name, "["));
}

void gw_check_bad_type(struct gw_check *c, const char *of, const json_t *object,
	const char *nearest)
{
	const char *type = gw_json_string(object, "type");
	gw_check_add_bare(c, "Invalid type: %s", type ? type : "null");
	if (!type)
		gw_check_add_bare(c,
			"Could not resolve subtype of [simple type, class %s]: missing type id "
			"property 'type' (for POJO property '%.*s')",
			of, GW_SLICE(last_name(gw_str_text(&c->path))));
	else
		gw_check_add_bare(c, "Could not resolve type id '%s' as a subtype of `%s`%s%s%s",
			type, of, nearest ? "; did you mean '" : "", nearest ? nearest : "",
			nearest ? "'?" : "");
}

static void refuse_type(struct gw_check *c, const struct sort *sort, const json_t *object)
{
	const char *type = gw_json_string(object, "type"), *name;
	struct gw_near near = { .wanted = type };
	if (c->is_merged || c->v->n >= GW_VIOLATIONS_MAX)
		return;
	bool is_told = type && c->v->n < HINTS_MAX;
	for (size_t i = 0; is_told && (name = sort->type_at(c->registry, i)); i++)
		gw_near_offer(&near, name);
	gw_check_bad_type(c, sort->class_name, object, near.best);
}

/* Old names work, and are told of. */
static void note_alias(struct gw_check *c, const char *written, const char *type,
	const char *const *aliases)
{
	if (c->notes && strcmp(written, type) != 0 && aliases)
		gw_check_note(c, "infos", "%s is replaced by %s", written, type);
}

static void count_id(struct gw_check *c, json_t *counts, const json_t *object)
{
	const char *id = gw_json_string(object, "id");
	if (!counts || !id || c->is_merged)
		return;
	json_int_t n = json_integer_value(json_object_get(counts, id));
	json_object_set_new(counts, id, json_integer(n + 1));
}

static void refuse_enterprise(struct gw_check *c, const json_t *object)
{
	if (json_object_get(object, "workerGroup"))
		gw_check_add_at(c, "workerGroup",
			"Worker Group is an Enterprise Edition functionality");
	if (json_object_get(object, "assets") && !c->is_partial)
		gw_check_add_flow(c,
			"Task '%s' can't have any `assets` because assets are only available in "
			"Enterprise Edition.",
			c->id ? c->id : "");
	if (json_object_get(object, "taskCache"))
		gw_check_note(c, "warnings", "%s.taskCache has no effect", gw_str_text(&c->path));
}

/* A type's own check sees only what the tables accept. */
static void check_by_type(struct gw_check *c, size_t violations,
	void (*check)(struct gw_check *check, const json_t *properties), const json_t *object)
{
	if (check && !c->is_partial && c->v->n == violations)
		check(c, object);
}

static void check_task(struct gw_check *c, json_t *task)
{
	const char *type = gw_json_string(task, "type");
	const struct gw_task_entry *entry = type ? gw_registry_task(c->registry, type) : NULL;
	if (!entry) {
		refuse_type(c, &tasks, task);
		return;
	}
	bool is_flowable = entry->type->mode == GW_TASK_FLOWABLE;
	const struct gw_property *const tables[] = { gw_property_rows(entry->type->properties),
		gw_task_table, is_flowable ? gw_flowable_table : NULL, NULL };
	size_t violations = c->v->n;
	const char *outer = c->id;
	note_alias(c, type, entry->type->type, entry->type->aliases);
	gw_check_members(c, task, tables, entry->type->type);
	c->id = gw_json_string(task, "id");
	count_id(c, c->task_ids, task);
	gw_check_id(c, task, "id", GW_TASK_ID);
	gw_check_retry(c, json_object_get(task, "retry"));
	refuse_enterprise(c, task);
	check_by_type(c, violations, entry->type->check, task);
	c->id = outer;
}

static void check_labels(struct gw_check *c, const json_t *labels)
{
	struct gw_labels read = { 0 };
	struct gw_error err;
	if (!labels || json_is_string(labels))
		return;
	if (!gw_labels_read(&read, labels, &err))
		gw_check_add_at(c, "labels", "%s", err.message);
	for (size_t i = 0; i < read.n; i++)
		if (gw_label_is_system(read.items[i].key))
			gw_check_add_at(c, "labels",
				"System labels can only be set by Kestra itself, offending label: "
				"%s=%s.",
				read.items[i].key, read.items[i].value);
	gw_labels_clear(&read);
}

static void check_trigger(struct gw_check *c, json_t *trigger)
{
	const char *type = gw_json_string(trigger, "type");
	const struct gw_trigger_entry *entry = type ? gw_registry_trigger(c->registry, type) : NULL;
	if (!entry) {
		refuse_type(c, &triggers, trigger);
		return;
	}
	const struct gw_property *const tables[] = { gw_property_rows(entry->type->properties),
		gw_trigger_table, NULL };
	size_t violations = c->v->n;
	note_alias(c, type, entry->type->type, entry->type->aliases);
	gw_check_members(c, trigger, tables, entry->type->type);
	count_id(c, c->trigger_ids, trigger);
	gw_check_id(c, trigger, "id", GW_TASK_ID);
	check_labels(c, json_object_get(trigger, "labels"));
	refuse_enterprise(c, trigger);
	check_by_type(c, violations, entry->type->check, trigger);
}

static void check_condition(struct gw_check *c, json_t *condition)
{
	const char *type = gw_json_string(condition, "type");
	const struct gw_condition_entry *entry =
		type ? gw_registry_condition(c->registry, type) : NULL;
	if (!entry) {
		refuse_type(c, &conditions, condition);
		return;
	}
	const struct gw_property *const tables[] = { gw_property_rows(entry->type->properties),
		gw_condition_table, NULL };
	size_t violations = c->v->n;
	note_alias(c, type, entry->type->type, entry->type->aliases);
	gw_check_members(c, condition, tables, entry->type->type);
	check_by_type(c, violations, entry->type->check, condition);
}

void gw_check_typed(struct gw_check *c, enum gw_schema_kind kind, json_t *object)
{
	switch (kind) {
	case GW_IS_TASK:
		check_task(c, object);
		break;
	case GW_IS_TRIGGER:
		check_trigger(c, object);
		break;
	case GW_IS_CONDITION:
		check_condition(c, object);
		break;
	case GW_IS_INPUT:
		gw_check_input(c, object);
		break;
	default:
		if (!gw_json_string(object, "type"))
			gw_check_add_at(c, "type", "must not be null");
	}
}

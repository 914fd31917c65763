/* report.c - where the walk is, and saying what is wrong there */
#include "check/walk.h"

#include "base/mem.h"

void gw_check_clear(struct gw_check *c)
{
	gw_str_clear(&c->path);
	gw_str_clear(&c->flow_problems);
	json_decref(c->task_ids);
	json_decref(c->trigger_ids);
	c->task_ids = c->trigger_ids = NULL;
}

size_t gw_check_enter(struct gw_check *c, const char *key)
{
	size_t len = c->path.len;
	if (len)
		gw_str_putc(&c->path, '.');
	gw_str_puts(&c->path, key);
	return len;
}

size_t gw_check_enter_item(struct gw_check *c, size_t index)
{
	size_t len = c->path.len;
	gw_str_printf(&c->path, "[%zu]", index);
	return len;
}

void gw_check_leave(struct gw_check *c, size_t len)
{
	c->path.len = len;
	c->path.data[len] = '\0';
}

GW_PRINTF(1, 0) static char *format_text(const char *format, va_list args)
{
	gw_auto_str text = { .limit = 4000 };
	gw_str_vprintf(&text, format, args);
	return gw_str_steal(&text);
}

#define FORMATTED(text)                                      \
	va_list args;                                        \
	va_start(args, format);                              \
	gw_auto_free char *text = format_text(format, args); \
	va_end(args)

void gw_check_add(struct gw_check *c, const char *format, ...)
{
	FORMATTED(message);
	const char *path = gw_str_text(&c->path);
	gw_violations_add(c->v, path, path, message);
}

void gw_check_add_at(struct gw_check *c, const char *key, const char *format, ...)
{
	FORMATTED(message);
	size_t len = gw_check_enter(c, key);
	gw_check_add(c, "%s", message);
	gw_check_leave(c, len);
}

/* How long "tasks[12]" or "inputs[0]" is at the start of a path; 0 = something else. */
static size_t indexed_name(const char *path)
{
	size_t name = strncmp(path, "tasks[", 6) == 0    ? 6
		      : strncmp(path, "inputs[", 7) == 0 ? 7
							 : 0;
	size_t digits = name ? strspn(path + name, "0123456789") : 0;
	return digits && path[name + digits] == ']' ? name + digits + 1 : 0;
}

static void show_ids(struct gw_str *out, const char *path, const char *id)
{
	bool is_start = true;
	while (*path) {
		size_t len = is_start && id ? indexed_name(path) : 0;
		gw_str_puts(out, len ? id : "");
		if (len == 0) {
			is_start = *path == '.';
			gw_str_putc(out, *path);
			len = 1;
		}
		path += len;
	}
}

void gw_check_add_whole(struct gw_check *c, const char *format, ...)
{
	FORMATTED(message);
	gw_auto_str shown = { 0 };
	show_ids(&shown, gw_str_text(&c->path), c->id);
	gw_violations_add(c->v, gw_str_text(&c->path), gw_str_text(&shown), message);
}

/* What Jackson calls the class of an object. */
static const char *class_of(const struct gw_check *c, const json_t *value)
{
	const char *type = gw_json_string(value, "type");
	if (value == c->root)
		return c->root_class;
	if (json_is_array(value))
		return "java.util.ArrayList";
	const struct gw_task_entry *task = type ? gw_registry_task(c->registry, type) : NULL;
	return task                        ? task->type->type
	       : type && strchr(type, '.') ? type
					   : "java.util.LinkedHashMap";
}

/* The member that a path starts with: the longest key that fits. */
static const char *first_key(const json_t *object, const char *path)
{
	const char *key, *best = NULL;
	json_t *member;
	json_object_foreach ((json_t *)(uintptr_t)object, key, member) {
		size_t len = strlen(key);
		bool fits = strncmp(path, key, len) == 0 &&
			    (path[len] == '\0' || path[len] == '.' || path[len] == '[');
		if (fits && (!best || len > strlen(best)))
			best = key;
	}
	return best;
}

/* io.kestra.core.models.flows.Flow["tasks"]->java.util.ArrayList[0]->…["invalid"] */
static void show_classes(struct gw_str *out, const struct gw_check *c)
{
	const json_t *value = c->root;
	const char *path = gw_str_text(&c->path);
	while (*path) {
		const char *class_name = class_of(c, value);
		const char *arrow = out->len ? "->" : "";
		if (*path == '[') {
			size_t index = strtoul(path + 1, NULL, 10);
			gw_str_printf(out, "%s%s[%zu]", arrow, class_name, index);
			value = json_array_get(value, index);
			path += strcspn(path, "]") + 1;
		} else {
			const char *key = first_key(value, path);
			size_t len = key ? strlen(key) : strlen(path);
			gw_str_printf(out, "%s%s[\"%.*s\"]", arrow, class_name, (int)len, path);
			value = key ? json_object_get(value, key) : NULL;
			path += len;
		}
		path += *path == '.';
	}
}

void gw_check_add_bare(struct gw_check *c, const char *format, ...)
{
	FORMATTED(message);
	gw_auto_str shown = { 0 };
	show_classes(&shown, c);
	struct gw_violation *item =
		gw_violations_add(c->v, gw_str_text(&c->path), gw_str_text(&shown), message);
	if (item)
		item->is_bare = true;
}

void gw_check_add_flow(struct gw_check *c, const char *format, ...)
{
	FORMATTED(message);
	if (c->flow_problems.len)
		gw_str_puts(&c->flow_problems, ", ");
	gw_str_puts(&c->flow_problems, message);
}

void gw_check_note(struct gw_check *c, const char *list, const char *format, ...)
{
	if (!c->notes || c->is_merged)
		return;
	FORMATTED(text);
	json_t *texts = json_object_get(c->notes, list);
	if (!texts)
		json_object_set_new(c->notes, list, texts = json_array());
	json_array_append_new(texts, json_string(text));
}

/* ---- What types' own checks call ---- */

void gw_check_fail(struct gw_check *c, const char *path, const char *format, ...)
{
	FORMATTED(message);
	bool is_item = *path == '[' || *path == '\0';
	size_t len = c->path.len;
	if (is_item)
		gw_str_puts(&c->path, path);
	else
		gw_check_enter(c, path);
	gw_auto_free char *full = gw_strdup(gw_str_text(&c->path));
	gw_check_leave(c, len);
	gw_auto_str shown = { 0 };
	show_ids(&shown, c->id ? gw_str_text(&c->path) : full, c->id);
	gw_violations_add(c->v, full, gw_str_text(&shown), message);
}

void gw_check_warn(struct gw_check *c, const char *format, ...)
{
	FORMATTED(text);
	gw_check_note(c, "warnings", "%s", text);
}

bool gw_check_is_flowable(const struct gw_check *c, const char *type)
{
	const struct gw_task_entry *entry = gw_registry_task(c->registry, type);
	return entry && entry->type->mode == GW_TASK_FLOWABLE;
}

void gw_check_subflow(struct gw_check *c, const char *namespace, const char *flow_id)
{
	if (c->flow_id && c->namespace && !c->is_partial && strcmp(c->namespace, namespace) == 0 &&
		strcmp(c->flow_id, flow_id) == 0)
		gw_check_add_flow(c, "Recursive call to flow [%s.%s]", namespace, flow_id);
}

/* registry.c - the life of a registry, and finding types in it */
#include "module/registry.h"

#include "base/mem.h"
#include "module/shelf.h"

#include <ctype.h>

#define SAME_PLACE(a, b, member) \
	_Static_assert(offsetof(struct a, member) == offsetof(struct b, member), #a)
SAME_PLACE(gw_task_entry, gw_type_entry, origin);
SAME_PLACE(gw_trigger_entry, gw_type_entry, origin);
SAME_PLACE(gw_condition_entry, gw_type_entry, origin);
SAME_PLACE(gw_task_type, gw_type_head, summary);
SAME_PLACE(gw_trigger_type, gw_type_head, summary);
SAME_PLACE(gw_condition_type, gw_type_head, summary);

struct gw_registry *gw_registry_new(void)
{
	struct gw_registry *r = gw_new(struct gw_registry);
	atomic_init(&r->references, 1);
	return r;
}

struct gw_registry *gw_registry_ref(struct gw_registry *r)
{
	atomic_fetch_add(&r->references, 1);
	return r;
}

static void clear_shelf(struct gw_shelf *shelf)
{
	for (size_t i = 0; i < shelf->n; i++)
		free(shelf->entries[i]);
	free(shelf->entries);
	gw_map_clear(&shelf->names, NULL);
	gw_map_clear(&shelf->aliases, NULL);
}

static void free_registry(struct gw_registry *r)
{
	for (size_t i = 0; i < GW_SHELVES; i++)
		clear_shelf(&r->shelves[i]);
	for (size_t i = 0; i < r->n_problems; i++)
		free(r->problems[i]);
	for (size_t i = 0; i < r->n_owned; i++)
		free(r->owned[i]);
	gw_map_clear(&r->backends, NULL);
	gw_map_clear(&r->storages, NULL);
	free(r->problems);
	free(r->owned);
	json_decref(r->described);
	gw_registry_unref(&r->base);
	free(r);
}

void gw_registry_unref(struct gw_registry **r)
{
	if (*r && atomic_fetch_sub(&(*r)->references, 1) == 1)
		free_registry(*r);
	*r = NULL;
}

/* ---- Filling ---- */

void *gw_registry_keep(struct gw_registry *r, void *p)
{
	r->owned = gw_grow(r->owned, r->n_owned, &r->cap_owned);
	r->owned[r->n_owned++] = p;
	return p;
}

void gw_registry_problem(struct gw_registry *r, const char *format, ...)
{
	gw_auto_str text = { 0 };
	va_list args;
	va_start(args, format);
	gw_str_vprintf(&text, format, args);
	va_end(args);
	for (size_t i = 0; i < r->n_problems; i++)
		if (strcmp(r->problems[i], gw_str_text(&text)) == 0)
			return;
	r->problems = gw_grow(r->problems, r->n_problems, &r->cap_problems);
	r->problems[r->n_problems++] = gw_str_steal(&text);
}

static void lower(struct gw_str *out, const char *text)
{
	for (; *text; text++)
		gw_str_putc(out, (char)tolower((unsigned char)*text));
}

static void add_alias(struct gw_registry *r, struct gw_shelf *shelf, const char *alias,
	struct gw_type_entry *entry)
{
	gw_auto_str key = { 0 };
	lower(&key, alias);
	const struct gw_type_entry *other = gw_map_get(&shelf->aliases, gw_str_slice(&key));
	if (!other) {
		gw_map_put(&shelf->aliases, gw_str_slice(&key), entry);
		return;
	}
	gw_registry_problem(r, "%s: type '%s': its alias '%s' belongs to '%s' already",
		entry->origin.path, entry->type->type, alias, other->type->type);
}

void gw_registry_add(struct gw_registry *r, enum gw_shelf_of which,
	const struct gw_type_entry *entry)
{
	struct gw_shelf *shelf = &r->shelves[which];
	const struct gw_type_entry *other = gw_map_find(&shelf->names, entry->type->type);
	if (other) {
		gw_registry_problem(r, "%s: type '%s' is there already, from %s",
			entry->origin.path, entry->type->type, other->origin.path);
		return;
	}
	struct gw_type_entry *copy = gw_new(struct gw_type_entry);
	*copy = *entry;
	shelf->entries = gw_grow(shelf->entries, shelf->n, &shelf->cap);
	shelf->entries[shelf->n++] = copy;
	gw_map_put(&shelf->names, gw_slice_of(entry->type->type), copy);
	for (size_t i = 0; entry->type->aliases && entry->type->aliases[i]; i++)
		add_alias(r, shelf, entry->type->aliases[i], copy);
}

static int by_name(const void *a, const void *b)
{
	const struct gw_type_entry *const *x = a, *const *y = b;
	return strcmp((*x)->type->type, (*y)->type->type);
}

struct gw_registry *gw_registry_finish(struct gw_registry *r)
{
	for (size_t i = 0; i < GW_SHELVES; i++)
		if (r->shelves[i].n)
			qsort(r->shelves[i].entries, r->shelves[i].n,
				sizeof(struct gw_type_entry *), by_name);
	return r;
}

struct gw_registry *gw_registry_of(const struct gw_module *const *modules)
{
	struct gw_registry *r = gw_registry_new();
	for (size_t i = 0; modules[i]; i++) {
		const struct gw_origin origin = { modules[i]->name, modules[i]->version,
			modules[i]->name, true };
		gw_registry_add_module(r, modules[i], &origin);
	}
	return gw_registry_finish(r);
}

/* ---- Finding ---- */

static const void *find(const struct gw_registry *r, enum gw_shelf_of which, const char *type)
{
	const struct gw_shelf *shelf = &r->shelves[which];
	const void *entry = gw_map_find(&shelf->names, type);
	if (entry)
		return entry;
	gw_auto_str key = { 0 };
	lower(&key, type);
	return gw_map_get(&shelf->aliases, gw_str_slice(&key));
}

static const void *at(const struct gw_registry *r, enum gw_shelf_of which, size_t i)
{
	return i < r->shelves[which].n ? r->shelves[which].entries[i] : NULL;
}

const struct gw_task_entry *gw_registry_task(const struct gw_registry *r, const char *type)
{
	return find(r, GW_TASK_SHELF, type);
}

const struct gw_trigger_entry *gw_registry_trigger(const struct gw_registry *r, const char *type)
{
	return find(r, GW_TRIGGER_SHELF, type);
}

const struct gw_condition_entry *gw_registry_condition(const struct gw_registry *r,
	const char *type)
{
	return find(r, GW_CONDITION_SHELF, type);
}

const struct gw_task_entry *gw_registry_task_at(const struct gw_registry *r, size_t i)
{
	return at(r, GW_TASK_SHELF, i);
}

const struct gw_trigger_entry *gw_registry_trigger_at(const struct gw_registry *r, size_t i)
{
	return at(r, GW_TRIGGER_SHELF, i);
}

const struct gw_condition_entry *gw_registry_condition_at(const struct gw_registry *r, size_t i)
{
	return at(r, GW_CONDITION_SHELF, i);
}

const struct gw_backend_entry *gw_registry_backend(const struct gw_registry *r, const char *name)
{
	return gw_map_find(&r->backends, name);
}

const struct gw_backend_entry *gw_registry_backend_after(const struct gw_registry *r,
	const char *name)
{
	const struct gw_backend_entry *next = NULL;
	for (struct gw_map_entry *e = NULL; (e = gw_map_next(&r->backends, e));)
		if ((!name || strcmp(e->key, name) > 0) &&
			(!next || strcmp(e->key, next->type->name) < 0))
			next = e->value;
	return next;
}

const struct gw_storage_type *gw_registry_storage(const struct gw_registry *r, const char *name)
{
	return gw_map_find(&r->storages, name);
}

const char *gw_registry_problem_at(const struct gw_registry *r, size_t i)
{
	return i < r->n_problems ? r->problems[i] : NULL;
}

/* module.c - taking the types out of a module, whatever sizes its tables were compiled with */
#include "base/mem.h"
#include "module/shelf.h"

/* ---- Tables, walked by their stride ---- */

/* A row of our size; what the module's shorter one lacks is zero. */
static void *take_row(struct gw_registry *r, const void *row, size_t stride, size_t size)
{
	void *copy = gw_registry_keep(r, gw_zalloc(size));
	memcpy(copy, row, stride < size ? stride : size);
	return copy;
}

/* A property table of our stride, ended by a NULL name; a module's NULL is an empty one. */
static const struct gw_property *take_table(struct gw_registry *r, const struct gw_property *table,
	size_t stride)
{
	static const struct gw_property none[1];
	if (!table || stride == sizeof(*table))
		return table ? table : none;
	const char *rows = (const char *)table;
	size_t n = 0;
	while (*(const char *const *)(const void *)(rows + n * stride))
		n++;
	struct gw_property *copy = gw_registry_keep(r, gw_new_array(struct gw_property, n + 1));
	for (size_t i = 0; i < n; i++)
		memcpy(&copy[i], rows + i * stride,
			stride < sizeof(*copy) ? stride : sizeof(*copy));
	return copy;
}

/* ---- What a third party's module may hold ---- */

/* Its code runs in task hosts alone, so a type whose functions the server calls cannot be used. */
static bool refuse_foreign(const struct gw_origin *origin, const char *type, const char *what,
	struct gw_error *err)
{
	if (origin->in_server)
		return true;
	return gw_fail(err, GW_INVALID,
		"type '%s' %s, which only the installation's own modules may: list the module "
		"under plugins.in-server if you trust it",
		type, what);
}

static bool may_be_task(const struct gw_task_type *t, const struct gw_origin *origin,
	struct gw_error *err)
{
	return t->mode != GW_TASK_FLOWABLE ||
	       refuse_foreign(origin, t->type, "plans other tasks in the server", err);
}

static bool may_be_trigger(const struct gw_trigger_type *t, const struct gw_origin *origin,
	struct gw_error *err)
{
	return t->mode == GW_TRIGGER_POLLING ||
	       refuse_foreign(origin, t->type, "is asked for dates or events in the server", err);
}

/* ---- Types ---- */

static void add(struct gw_registry *r, enum gw_shelf_of shelf, const void *type,
	const struct gw_origin *origin)
{
	gw_registry_add(r, shelf, &(struct gw_type_entry){ type, *origin });
}

static void add_task(struct gw_registry *r, const void *row, const struct gw_module *m,
	const struct gw_origin *origin)
{
	struct gw_error err;
	struct gw_task_type *t = take_row(r, row, m->task_size, sizeof(*t));
	t->properties = take_table(r, t->properties, m->property_size);
	t->outputs = take_table(r, t->outputs, m->property_size);
	if (gw_task_type_valid(t, &err) && may_be_task(t, origin, &err))
		add(r, GW_TASK_SHELF, t, origin);
	else
		gw_registry_problem(r, "%s: %s", origin->path, err.message);
}

static void add_trigger(struct gw_registry *r, const void *row, const struct gw_module *m,
	const struct gw_origin *origin)
{
	struct gw_error err;
	struct gw_trigger_type *t = take_row(r, row, m->trigger_size, sizeof(*t));
	t->properties = take_table(r, t->properties, m->property_size);
	t->outputs = take_table(r, t->outputs, m->property_size);
	if (gw_trigger_type_valid(t, &err) && may_be_trigger(t, origin, &err))
		add(r, GW_TRIGGER_SHELF, t, origin);
	else
		gw_registry_problem(r, "%s: %s", origin->path, err.message);
}

static void add_condition(struct gw_registry *r, const void *row, const struct gw_module *m,
	const struct gw_origin *origin)
{
	struct gw_error err;
	struct gw_condition_type *t = take_row(r, row, m->condition_size, sizeof(*t));
	t->properties = take_table(r, t->properties, m->property_size);
	if (gw_condition_type_valid(t, &err) &&
		refuse_foreign(origin, t->type, "is tested in the server", &err))
		add(r, GW_CONDITION_SHELF, t, origin);
	else
		gw_registry_problem(r, "%s: %s", origin->path, err.message);
}

static void put_backend(struct gw_registry *r, const struct gw_backend_type *b,
	const struct gw_origin *origin)
{
	struct gw_backend_entry *entry =
		gw_registry_keep(r, gw_zalloc(sizeof(struct gw_backend_entry)));
	*entry = (struct gw_backend_entry){ b, *origin };
	gw_map_put(&r->backends, gw_slice_of(b->name), entry);
}

static void add_backend(struct gw_registry *r, const void *row, const struct gw_module *m,
	const struct gw_origin *origin)
{
	struct gw_error err;
	const struct gw_backend_type *b = take_row(r, row, m->backend_size, sizeof(*b));
	if (!gw_backend_type_valid(b, &err) ||
		!refuse_foreign(origin, b->name, "stores what the server works with", &err))
		gw_registry_problem(r, "%s: %s", origin->path, err.message);
	else if (gw_map_find(&r->backends, b->name))
		gw_registry_problem(r, "%s: backend '%s' is there already", origin->path, b->name);
	else
		put_backend(r, b, origin);
}

static void add_storage(struct gw_registry *r, const void *row, const struct gw_module *m,
	const struct gw_origin *origin)
{
	struct gw_error err;
	const struct gw_storage_type *s = take_row(r, row, m->storage_size, sizeof(*s));
	if (!gw_storage_type_valid(s, &err) ||
		!refuse_foreign(origin, s->name, "stores what the server works with", &err))
		gw_registry_problem(r, "%s: %s", origin->path, err.message);
	else if (gw_map_find(&r->storages, s->name))
		gw_registry_problem(r, "%s: storage '%s' is there already", origin->path, s->name);
	else
		gw_map_put(&r->storages, gw_slice_of(s->name), (void *)(uintptr_t)s);
}

void gw_registry_add_module(struct gw_registry *r, const struct gw_module *m,
	const struct gw_origin *origin)
{
	const struct {
		const void *const *rows;
		void (*add)(struct gw_registry *r, const void *row, const struct gw_module *m,
			const struct gw_origin *origin);
	} tables[] = {
		{ (const void *const *)m->tasks, add_task },
		{ (const void *const *)m->triggers, add_trigger },
		{ (const void *const *)m->conditions, add_condition },
		{ (const void *const *)m->backends, add_backend },
		{ (const void *const *)m->storages, add_storage },
	};
	for (size_t i = 0; i < GW_LEN(tables); i++)
		for (size_t k = 0; tables[i].rows && tables[i].rows[k]; k++)
			tables[i].add(r, tables[i].rows[k], m, origin);
}

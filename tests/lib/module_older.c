/* module_older.c - a module as headers of an older minor version would have built it */
#include <godwit/module.h>

struct older_property {
	const char *name;
	const char *schema;
	unsigned flags;
};

struct older_task_type {
	const char *type;
	const char *const *aliases;
	const char *summary;
	enum gw_task_mode mode;
	unsigned flags;
	const struct older_property *properties;
	const struct older_property *outputs;
	void (*check)(struct gw_check *check, const json_t *properties);
	bool (*run)(struct gw_run *run, const json_t *properties, struct gw_error *err);
};

struct older_module {
	unsigned abi, size;
	unsigned task_size, trigger_size, condition_size, property_size, backend_size;
	const char *name;
	const char *version;
	const char *summary;
	const struct older_task_type *const *tasks;
};

static const struct older_property properties[] = {
	{ "first", "string", GW_REQUIRED },
	{ "second", "list<integer>", 0 },
	{ 0 },
};

static bool run_older(struct gw_run *run, const json_t *values, struct gw_error *err)
{
	(void)run, (void)values, (void)err;
	return true;
}

static const struct older_task_type older = {
	.type = "test.Older",
	.properties = properties,
	.run = run_older,
};

extern GW_EXPORT const struct older_module older_module __asm__("gw_module");
const struct older_module older_module = {
	.abi = GW_ABI,
	.size = sizeof(struct older_module),
	.task_size = sizeof(struct older_task_type),
	.trigger_size = sizeof(struct gw_trigger_type),
	.condition_size = sizeof(struct gw_condition_type),
	.property_size = sizeof(struct older_property),
	.backend_size = sizeof(struct gw_backend_type),
	.name = "older",
	.tasks = (const struct older_task_type *const[]){ &older, NULL },
};

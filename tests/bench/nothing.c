/* nothing.c - a third party's module with a task that does nothing */
#include <godwit/module.h>

static const struct gw_property no_properties[] = { { 0 } };

static bool run_nothing(struct gw_run *run, const json_t *properties, struct gw_error *err)
{
	(void)run;
	(void)properties;
	(void)err;
	return true;
}

static const struct gw_task_type nothing = { .type = "bench.Nothing",
	.summary = "Does nothing.",
	.properties = no_properties,
	.outputs = no_properties,
	.run = run_nothing };

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "nothing",
	.version = "1.0",
	.summary = "For measuring.",
	.tasks = (const struct gw_task_type *const[]){ &nothing, NULL },
};

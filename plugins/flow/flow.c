/* flow.c - the module of flowable tasks: those that decide which other tasks run, and when */
#include "plugins/flow/flow.h"

const struct gw_module gw_module = {
	GW_MODULE_HEAD,
	.name = "flow",
	.version = "1.0",
	.summary = "Deciding which tasks run, and when.",
	.tasks = (const struct gw_task_type *const[]){ &sequential_type, &parallel_type,
		&allow_failure_type, &if_type, &switch_type, &for_each_type, &each_sequential_type,
		&each_parallel_type, &dag_type, &loop_until_type, &pause_type, &sleep_type, NULL },
};

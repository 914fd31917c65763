/* flow.h - the task types of this module, by file, and what they share */
#ifndef PLUGINS_FLOW_FLOW_H
#define PLUGINS_FLOW_FLOW_H

#include <godwit/module.h>

/* list.c */
extern const struct gw_task_type sequential_type, parallel_type, allow_failure_type;
/* choice.c */
extern const struct gw_task_type if_type, switch_type;
/* each.c */
extern const struct gw_task_type for_each_type, each_sequential_type, each_parallel_type;
/* dag.c */
extern const struct gw_task_type dag_type;
/* loop.c */
extern const struct gw_task_type loop_until_type;
/* pause.c */
extern const struct gw_task_type pause_type, sleep_type;

/* Of rows that most flowables have; the engine runs errors and finally itself. */
#define TASKS_SUMMARY "The tasks to run, one after another."
#define ERRORS_SUMMARY "Tasks that run if one of the tasks fails, instead of those that follow it."
#define FINALLY_SUMMARY "Tasks that run at the end in any case, after all others."

static inline int int_of(const json_t *properties, const char *name)
{
	return (int)json_integer_value(json_object_get(properties, name));
}

#endif

/* trial.h - running one task by hand: for the tests of modules */
#ifndef GODWIT_TRIAL_H
#define GODWIT_TRIAL_H

#include <godwit/task.h>

/* Calls run with these properties, completed with the defaults of the type's table. What the task
 * did is {state, outputs, labels, variables, logs: [{level, message}],
 * metrics: [{name, type, value, tags}]}, a new reference; NULL with the task's error. There is a
 * working folder, and there are no expressions, no internal storage and no server to ask. */
GW_EXPORT json_t *gw_trial_run(const struct gw_task_type *type, const json_t *properties,
	struct gw_error *err);

#endif

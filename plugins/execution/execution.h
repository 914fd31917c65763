/* execution.h - the task types of this module, by file */
#ifndef PLUGINS_EXECUTION_EXECUTION_H
#define PLUGINS_EXECUTION_EXECUTION_H

#include <godwit/module.h>

/* ask.c */
extern const struct gw_task_type count_type, resume_type;
/* variables.c */
extern const struct gw_task_type set_variables_type, unset_variables_type, output_values_type;

#endif

/* schedule.h - the condition types of this module, by file */
#ifndef PLUGINS_SCHEDULE_SCHEDULE_H
#define PLUGINS_SCHEDULE_SCHEDULE_H

#include <godwit/module.h>

/* dates.c: on the date that a schedule wants to fire at */
extern const struct gw_condition_type date_time_between, day_week, day_week_in_month, time_between,
	weekend;
/* condition.c: on expressions and other conditions */
extern const struct gw_condition_type expression_condition, not_condition, or_condition;
/* execution.c: on the execution that a trigger reacts to */
extern const struct gw_condition_type execution_flow, execution_namespace, execution_status,
	execution_labels, execution_outputs, flow_condition, flow_namespace;

/* The names that all conditions had before, ended by NULL. */
#define FORMER_NAMES(name)                                             \
	(const char *const[])                                          \
	{                                                              \
		"io.kestra.core.models.conditions.types." name,        \
			"io.kestra.plugin.core.condition." name, NULL, \
	}

#endif

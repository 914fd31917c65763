/* tables.h - the properties that everything of a sort has, whatever its type */
#ifndef GW_CHECK_TABLES_H
#define GW_CHECK_TABLES_H

#include <godwit/error.h>
#include <godwit/property.h>

extern GW_EXPORT const struct gw_property gw_flow_table[], gw_task_table[], gw_flowable_table[],
	gw_trigger_table[], gw_condition_table[], gw_input_table[], gw_default_table[];

/* A table that may be NULL, as one that may not. */
const struct gw_property *gw_property_rows(const struct gw_property *table);
/* A row of tables (ended by NULL); NULL = none has it. */
const struct gw_property *gw_property_find(const struct gw_property *const *tables,
	const char *name);

#endif

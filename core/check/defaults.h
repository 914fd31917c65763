/* defaults.h - plugin defaults: properties for all tasks and triggers of a type */
#ifndef GW_CHECK_DEFAULTS_H
#define GW_CHECK_DEFAULTS_H

#include "check/flow.h"

/* A copy of a flow with all defaults merged in, a new reference; the flow itself if there are
 * none. */
json_t *gw_defaults_merge(const json_t *flow, const struct gw_registry *registry,
	const struct gw_flow_defaults *defaults);
bool gw_defaults_exist(const json_t *flow, const struct gw_flow_defaults *defaults);

#endif

/* triggers.h - what the files about triggers share */
#ifndef GW_API_TRIGGERS_H
#define GW_API_TRIGGERS_H

#include "api/api.h"

#include "engine/triggers.h"

extern const struct gw_resource gw_trigger_resource;

/* A trigger's state with the members of both generations, a new reference. doc is what the engine
 * prints of it. */
json_t *gw_trigger_state_json(struct gw_http_request *rq, struct gw_slice doc,
	struct gw_error *err);
/* {"namespace","flowId","triggerId"} of a body, borrowed from it; names what is missing. */
bool gw_trigger_ref_read(struct gw_http_request *rq, const json_t *body, struct gw_trigger_ref *out,
	struct gw_error *err);

#endif

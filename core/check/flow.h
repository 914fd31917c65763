/* flow.h - from a flow's source to its document, its violations and its compiled form */
#ifndef GW_CHECK_FLOW_H
#define GW_CHECK_FLOW_H

#include "check/check.h"
#include "model/flow.h"
#include "module/registry.h"

/* What the installation adds to every flow. */
struct gw_flow_defaults {
	const json_t *plugin_defaults; /* list of {type, forced, values}, NULL = none */
};

/* Reads and checks a source. The document (a new reference) is what is stored and shown: labels as
 * a list, scalars as their schemas want them, without plugin defaults and revision. NULL if there
 * are violations (v must be empty before). notes is an object, or NULL, that gets lists of texts
 * where there is something to say: "infos" ("old is replaced by new"), "warnings" (what is only
 * unwise) and "deprecationPaths"; and the "revision" if the source has one. */
GW_EXPORT json_t *gw_flow_read(struct gw_slice source, const struct gw_registry *registry,
	const struct gw_flow_defaults *defaults, struct gw_violations *v, json_t *notes);

/* Compiles a stored document; never NULL: what cannot run has broken set. */
GW_EXPORT struct gw_flow *gw_flow_compile(const char *tenant, int revision, json_t *doc,
	const struct gw_registry *registry, const struct gw_flow_defaults *defaults);

/* The same checks for a task or trigger alone (POST /flows/validate/task). */
GW_EXPORT void gw_task_check(const json_t *task, const struct gw_registry *registry,
	struct gw_violations *v);
GW_EXPORT void gw_trigger_check(const json_t *trigger, const struct gw_registry *registry,
	struct gw_violations *v);

#endif

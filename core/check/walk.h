/* walk.h - going through a document beside the tables that describe it */
#ifndef GW_CHECK_WALK_H
#define GW_CHECK_WALK_H

#include "check/check.h"
#include "check/schema.h"
#include "module/registry.h"

struct gw_check {
	const struct gw_registry *registry;
	struct gw_violations *v;
	json_t *notes; /* {infos, warnings, deprecationPaths}, NULL = nobody asks */
	const json_t *root;
	const char *root_class; /* what Kestra calls it */
	struct gw_str path; /* of the value that is looked at */
	const char *id; /* of the task or input that is looked at; NULL = none */
	const char *namespace, *flow_id; /* of the flow, NULL = not a flow's */
	struct gw_str flow_problems; /* "Invalid Flow: …", joined */
	json_t *task_ids, *trigger_ids; /* {id: count} */
	bool is_partial; /* plugin defaults may still add members */
	bool is_merged; /* plugin defaults were added: unknown members do not matter */
};

void gw_check_clear(struct gw_check *c);

/* Goes on to a member or an item; gw_check_leave with what was returned goes back. */
size_t gw_check_enter(struct gw_check *c, const char *key);
size_t gw_check_enter_item(struct gw_check *c, size_t index);
void gw_check_leave(struct gw_check *c, size_t len);

/* A violation at the current path … */
void gw_check_add(struct gw_check *c, const char *format, ...) GW_PRINTF(2, 3);
/* … at a member … */
void gw_check_add_at(struct gw_check *c, const char *key, const char *format, ...) GW_PRINTF(3, 4);
/* … of a task or an input as a whole: shown as "its-id: message" … */
void gw_check_add_whole(struct gw_check *c, const char *format, ...) GW_PRINTF(2, 3);
/* … found while reading: shown as a path of classes. */
void gw_check_add_bare(struct gw_check *c, const char *format, ...) GW_PRINTF(2, 3);
/* One more "Invalid Flow: " text. */
void gw_check_add_flow(struct gw_check *c, const char *format, ...) GW_PRINTF(2, 3);
/* A text for the list "infos" or "warnings" of the notes. */
void gw_check_note(struct gw_check *c, const char *list, const char *format, ...) GW_PRINTF(3, 4);

/* The members of an object against tables (ended by NULL), in the class of that name. Scalars are
 * replaced by what their schema makes of them. */
void gw_check_members(struct gw_check *c, json_t *object, const struct gw_property *const *tables,
	const char *class_name);
/* One value; what should replace it (a new reference), or NULL. */
json_t *gw_check_value(struct gw_check *c, struct gw_slice schema, unsigned flags, json_t *value);

#define GW_INPUTS_MAX 1000 /* of one list: they are resolved by recursion */

/* Objects with a type of their own, by what their schema calls them. */
void gw_check_typed(struct gw_check *c, enum gw_schema_kind kind, json_t *object);
void gw_check_input(struct gw_check *c, json_t *input);
void gw_check_inputs(struct gw_check *c, json_t *inputs);
/* "Invalid type: X" in two violations, as Kestra says it; nearest NULL = no name is near. */
void gw_check_bad_type(struct gw_check *c, const char *of, const json_t *object,
	const char *nearest);
void gw_check_retry(struct gw_check *c, const json_t *retry);
/* "must not be blank", "must match …", "size must be …" */
enum gw_id_rule { GW_FLOW_ID, GW_NAMESPACE, GW_TASK_ID, GW_DATA_ID };
void gw_check_id(struct gw_check *c, const json_t *object, const char *key, enum gw_id_rule rule);

#endif

/* eval.h - evaluating a template's tree */
#ifndef GW_EXPR_EVAL_H
#define GW_EXPR_EVAL_H

#include "expr/template.h"

struct gw_local {
	struct gw_local *next;
	const char *name; /* in a template's arena */
	json_t *value;
};

enum gw_frame_kind {
	GW_FRAME_ROOT, /* of a template */
	GW_FRAME_BLOCK, /* of a for or a block */
	GW_FRAME_MACRO, /* hides what is above it */
};

/* Local variables, on the C stack. */
struct gw_frame {
	struct gw_frame *up;
	struct gw_local *locals;
	enum gw_frame_kind kind;
};

struct gw_eval {
	const struct gw_template *t;
	struct gw_scope *scope;
	struct gw_error *err;
	struct gw_frame *frame;
	uint32_t line; /* of the node being evaluated */
	bool keeps_raw; /* raw sections keep their tags */
	bool is_undefined; /* the failure is that this name was not found */
	char undefined[120];
	size_t limit; /* of the text being written */
};

/* A new reference; NULL with an error. */
json_t *gw_eval(struct gw_eval *ev, const struct gw_node *node);
/* Appends what one statement, or all from the first, print. */
bool gw_eval_statement(struct gw_eval *ev, const struct gw_node *node, struct gw_str *out);
bool gw_eval_body(struct gw_eval *ev, const struct gw_node *first, struct gw_str *out);
/* The same as a text of its own; a new reference. */
json_t *gw_eval_capture(struct gw_eval *ev, const struct gw_node *first);
json_t *gw_eval_macro(struct gw_eval *ev, const struct gw_node *call);

/* ---- Failing ---- */

/* "message (template:line)"; always false. */
bool gw_eval_fail(struct gw_eval *ev, const char *format, ...) GW_PRINTF(2, 3);
/* Something does not exist: an error that ?? and others swallow; always NULL. */
json_t *gw_eval_undefined(struct gw_eval *ev, struct gw_slice name);
/* Counts one step and one more for every a_step of n; false with an error if that is too much. */
bool gw_eval_spend(struct gw_eval *ev, size_t n, size_t a_step);
/* Counts levels; false with an error if they are too many. gw_eval_leave belongs to it. */
bool gw_eval_enter(struct gw_eval *ev, uint32_t levels);
void gw_eval_leave(struct gw_eval *ev, uint32_t levels);

/* ---- Local variables ---- */

void gw_frame_push(struct gw_eval *ev, struct gw_frame *frame, enum gw_frame_kind kind);
void gw_frame_pop(struct gw_eval *ev);
const json_t *gw_frame_find(const struct gw_eval *ev, const char *name); /* NULL = none */
/* Sets it in the innermost frame. Owns value. */
void gw_frame_put(struct gw_eval *ev, const char *name, json_t *value);
/* Sets it where it is, else in the innermost frame, as {% set %} does. Owns value; NULL fails. */
bool gw_frame_set(struct gw_eval *ev, const char *name, json_t *value);

#endif

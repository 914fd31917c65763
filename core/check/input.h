/* input.h - the inputs of an execution: what was sent, checked and converted */
#ifndef GW_CHECK_INPUT_H
#define GW_CHECK_INPUT_H

#include "check/check.h"
#include "model/flow.h"

/* One input as somebody sent it. */
struct gw_sent_input {
	const char *id;
	struct gw_slice text; /* a form field, or the URI of a stored file */
	const json_t *value; /* JSON instead (trigger inputs, subflows); NULL = text counts */
};

struct gw_input_state {
	json_t *input; /* the declaration, with the values its expression rendered to; owned */
	json_t *value; /* owned; NULL = none */
	bool enabled;
	char *error; /* NULL = fine */
};

/* Resolves the inputs of a list (a flow's, or a Pause's onResume; NULL = none), dependencies
 * first, with defaults. The result is an object ("a.b" nests), a new reference. On the first bad
 * one: NULL and Kestra's message. scope renders defaults and conditions; "inputs" is put over it.
 * SECRET ones are sealed (check/secret.h). */
GW_EXPORT json_t *gw_inputs_resolve(const json_t *declared, const struct gw_sent_input *sent,
	size_t n_sent, struct gw_scope *scope, struct gw_error *err);
/* The same for /validate: every input with its own outcome; *out for gw_input_states_free. */
GW_EXPORT size_t gw_inputs_validate(const json_t *declared, const struct gw_sent_input *sent,
	size_t n_sent, struct gw_scope *scope, struct gw_input_state **out);
GW_EXPORT void gw_input_states_free(struct gw_input_state *states, size_t n);
/* A rendered flow output converted to its type; a new reference. */
GW_EXPORT json_t *gw_output_convert(const json_t *output, const json_t *value,
	struct gw_error *err);

#endif

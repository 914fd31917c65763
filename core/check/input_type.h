/* input_type.h - the types of inputs: what they are told, and what they take */
#ifndef GW_CHECK_INPUT_TYPE_H
#define GW_CHECK_INPUT_TYPE_H

#include "base/json.h"

#include <godwit/property.h>

struct gw_input_type {
	const char *name;
	const struct gw_property *properties;
	/* The value of a text or of JSON that was given, a new reference; on error NULL, and a
	 * message for the fenced block: "For input string: "x"". */
	json_t *(*read)(const json_t *given, struct gw_error *err);
	/* Whether a value keeps to what the declaration says: "it must be …". */
	bool (*keeps)(const json_t *declared, const json_t *value, struct gw_error *err);
};

extern const struct gw_input_type gw_input_types[]; /* ended by a NULL name */
/* NULL = unknown. */
const struct gw_input_type *gw_input_type_find(const char *name);

#endif

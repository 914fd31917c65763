/* schema.h - the small language of godwit/property.h that says what a value may be
 *
 * A schema is walked as the text it is: it is short, and nothing need be kept. */
#ifndef GW_CHECK_SCHEMA_H
#define GW_CHECK_SCHEMA_H

#include "base/json.h"

enum gw_schema_kind {
	GW_IS_STRING,
	GW_IS_INTEGER,
	GW_IS_NUMBER,
	GW_IS_BOOLEAN,
	GW_IS_DURATION,
	GW_IS_DATETIME,
	GW_IS_ANY,
	GW_IS_OBJECT,
	GW_IS_SECRET,
	GW_IS_ENUM,
	GW_IS_LIST,
	GW_IS_MAP,
	GW_IS_FIELDS,
	GW_IS_TASK,
	GW_IS_TRIGGER,
	GW_IS_CONDITION,
	GW_IS_RUNNER,
	GW_IS_INPUT,
};

struct gw_schema {
	enum gw_schema_kind kind;
	struct gw_slice inner; /* ENUM: "A,B"; LIST, MAP: of what; FIELDS: "a:S,b?:S" */
};

struct gw_schema_field {
	struct gw_slice name, schema;
	bool is_required;
};

/* What stands before the separator at the outermost level; rest becomes what follows it. False
 * when nothing is left. */
bool gw_schema_take(struct gw_slice *rest, char separator, struct gw_slice *out);
/* The next option of "S|S". False when there is none left. */
bool gw_schema_next(struct gw_slice *rest, struct gw_schema *out);
bool gw_schema_next_field(struct gw_slice *rest, struct gw_schema_field *out);
/* The first option that a value has the shape of; false if there is none. */
bool gw_schema_choose(struct gw_slice schema, const json_t *value, struct gw_schema *out);
/* Whether tasks can be in it; whether nothing else can. */
bool gw_schema_has_tasks(struct gw_slice schema);
bool gw_schema_only_tasks(struct gw_slice schema);

/* Whether a text, or any text in a value, is an expression. */
bool gw_text_is_expression(struct gw_slice text);
bool gw_value_has_expression(const json_t *value);

/* A scalar converted, a new reference; NULL and "must be …" if it cannot be. */
json_t *gw_schema_scalar(const struct gw_schema *schema, const json_t *value, struct gw_error *err);
json_t *gw_schema_convert_slice(struct gw_slice schema, const json_t *value, struct gw_error *err);
/* Says "must be a list …, not …". */
bool gw_schema_mismatch(struct gw_slice schema, const json_t *value, struct gw_error *err);

#endif

/* json.h - JSON beside what jansson offers: reading within bounds, writing straight to text */
#ifndef GODWIT_JSON_H
#define GODWIT_JSON_H

#include <godwit/text.h>

#include <jansson.h>

#define GW_JSON_DEPTH 128

/* A new reference; NULL with GW_INVALID "… at line L, column C" on anything but one value of at
 * most GW_JSON_DEPTH levels without duplicate keys. */
GW_EXPORT json_t *gw_json_parse(struct gw_slice text, struct gw_error *err);
/* Compact; keys in their order; numbers as Java prints them (1.0, 1.0E10). */
GW_EXPORT void gw_json_print(struct gw_str *out, const json_t *value);

/* The text of a member, NULL if it is absent or no string. */
GW_EXPORT const char *gw_json_string(const json_t *object, const char *name);
GW_EXPORT bool gw_json_true(const json_t *object, const char *name); /* absent = false */

/* Writing members: each call adds a comma unless it is the first after '{', and "name":. */
GW_EXPORT void gw_json_key(struct gw_str *out, const char *name);
GW_EXPORT void gw_json_comma(struct gw_str *out); /* between array items: not after '[' or '{' */
GW_EXPORT void gw_json_quote(struct gw_str *out, struct gw_slice text); /* "text", escaped */
GW_EXPORT void gw_json_text(struct gw_str *out, const char *name, struct gw_slice text);
GW_EXPORT void gw_json_int(struct gw_str *out, const char *name, int64_t number);
GW_EXPORT void gw_json_bool(struct gw_str *out, const char *name, bool value);
GW_EXPORT void gw_json_raw(struct gw_str *out, const char *name, struct gw_slice json);

#endif

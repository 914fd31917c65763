/* json.h - JSON beside what jansson offers: reading within bounds, printing as Java does */
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

#endif

/* json.h - writing JSON straight to text (godwit/json.h has reading and printing) */
#ifndef GW_BASE_JSON_H
#define GW_BASE_JSON_H

#include <godwit/json.h>
#include <godwit/time.h>

/* Writing members: each call adds a comma unless it is the first after '{', and "name":. */
GW_EXPORT void gw_json_key(struct gw_str *out, const char *name);
GW_EXPORT void gw_json_comma(struct gw_str *out); /* between array items: not after '[' or '{' */
GW_EXPORT void gw_json_quote(struct gw_str *out, struct gw_slice text); /* "text", escaped */
GW_EXPORT void gw_json_text(struct gw_str *out, const char *name, struct gw_slice text);
GW_EXPORT void gw_json_int(struct gw_str *out, const char *name, int64_t number);
GW_EXPORT void gw_json_bool(struct gw_str *out, const char *name, bool value);
GW_EXPORT void gw_json_time(struct gw_str *out, const char *name, gw_time at);
GW_EXPORT void gw_json_raw(struct gw_str *out, const char *name, struct gw_slice json);
GW_EXPORT void gw_json_value(struct gw_str *out, const char *name, const json_t *value);
GW_EXPORT void gw_json_real(struct gw_str *out, double number); /* the number alone */

#endif

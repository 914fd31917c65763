/* json.h - more of godwit/json.h: members that the core alone writes */
#ifndef GW_BASE_JSON_H
#define GW_BASE_JSON_H

#include <godwit/json.h>
#include <godwit/time.h>

GW_EXPORT void gw_json_time(struct gw_str *out, const char *name, gw_time at);
GW_EXPORT void gw_json_value(struct gw_str *out, const char *name, const json_t *value);
GW_EXPORT void gw_json_real(struct gw_str *out, double number); /* the number alone */

#endif

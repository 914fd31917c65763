/* base64.h - the standard alphabet with padding */
#ifndef GW_BASE_BASE64_H
#define GW_BASE_BASE64_H

#include <godwit/text.h>

GW_EXPORT void gw_base64_encode(struct gw_str *out, const void *data, size_t len);
/* Skips white space, tolerates missing padding and the URL-safe alphabet; false = invalid. */
GW_EXPORT bool gw_base64_decode(struct gw_str *out, struct gw_slice text);

#endif

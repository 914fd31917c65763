/* utf8.h - characters in UTF-8 texts */
#ifndef GW_BASE_UTF8_H
#define GW_BASE_UTF8_H

#include <godwit/text.h>

/* No overlong forms, no surrogates, nothing above U+10FFFF. NUL is a valid character. */
GW_EXPORT bool gw_utf8_valid(const char *data, size_t len);
/* The longest length <= max that does not cut a character. */
GW_EXPORT size_t gw_utf8_cut(const char *data, size_t len, size_t max);
/* Reads the character at *pos and moves on; an invalid byte yields U+FFFD. */
GW_EXPORT uint32_t gw_utf8_next(struct gw_slice text, size_t *pos);
GW_EXPORT void gw_utf8_put(struct gw_str *out, uint32_t c);
GW_EXPORT size_t gw_utf8_length(struct gw_slice text); /* in characters */
/* Copies data with each invalid byte replaced by U+FFFD and NUL left out. */
GW_EXPORT void gw_utf8_clean(struct gw_str *out, const char *data, size_t len);
/* Simple case mapping of all Unicode letters. */
GW_EXPORT uint32_t gw_utf8_upper(uint32_t c);
GW_EXPORT uint32_t gw_utf8_lower(uint32_t c);

#endif

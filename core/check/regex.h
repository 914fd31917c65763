/* regex.h - regular expressions, bounded in what they may cost */
#ifndef GW_CHECK_REGEX_H
#define GW_CHECK_REGEX_H

#include <godwit/text.h>

GW_EXPORT bool gw_regex_valid(const char *pattern);
/* Whether the whole text matches; false with an error if that cannot be said. */
GW_EXPORT bool gw_regex_match(const char *pattern, struct gw_slice text, bool *matches,
	struct gw_error *err);

#endif

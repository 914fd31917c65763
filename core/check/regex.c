/* regex.c - regular expressions, bounded in what they may cost */
#include "check/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define STEPS_MAX 1000000
#define HEAP_MAX_KIB 20000

static pcre2_code *compile(const char *pattern)
{
	int code;
	PCRE2_SIZE offset;
	return pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
		PCRE2_UTF | PCRE2_ENDANCHORED | PCRE2_ANCHORED | PCRE2_NEVER_BACKSLASH_C, &code,
		&offset, NULL);
}

bool gw_regex_valid(const char *pattern)
{
	pcre2_code *re = compile(pattern);
	pcre2_code_free(re);
	return re != NULL;
}

bool gw_regex_match(const char *pattern, struct gw_slice text, bool *matches, struct gw_error *err)
{
	pcre2_code *re = compile(pattern);
	if (!re)
		return gw_fail(err, GW_INVALID, "invalid pattern [%s]", pattern);
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	pcre2_match_context *bounds = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(bounds, STEPS_MAX);
	pcre2_set_heap_limit(bounds, HEAP_MAX_KIB);
	int n = pcre2_match(re, (PCRE2_SPTR)text.data, text.len, 0, 0, data, bounds);
	pcre2_match_context_free(bounds);
	pcre2_match_data_free(data);
	pcre2_code_free(re);
	*matches = n >= 0;
	return n >= 0 || n == PCRE2_ERROR_NOMATCH ||
	       gw_fail(err, GW_INVALID, "the pattern [%s] takes too long on this text", pattern);
}

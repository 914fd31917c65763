/* regex.h - regular expressions that cannot run for ever */
#ifndef GW_EXPR_REGEX_H
#define GW_EXPR_REGEX_H

#include "expr/builtin.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct gw_regex {
	struct gw_call *call;
	pcre2_code *code;
	pcre2_match_context *context;
	pcre2_match_data *match;
	struct gw_slice subject;
	uint64_t tries, tries_max;
	size_t last_try; /* position in the subject */
};

#define gw_auto_regex __attribute__((cleanup(gw_regex_close))) struct gw_regex

bool gw_regex_open(struct gw_regex *re, struct gw_call *call, struct gw_slice pattern);
void gw_regex_close(struct gw_regex *re);
/* Looks for the next match in subject from a position on; false with an error if it takes too
 * long. */
bool gw_regex_find(struct gw_regex *re, struct gw_slice subject, size_t from, bool *found);
/* A group of the last match, 0 = all of it; data NULL if it took no part. */
struct gw_slice gw_regex_group(const struct gw_regex *re, uint32_t group);
/* Where to look for the next match. */
size_t gw_regex_next(const struct gw_regex *re);
uint32_t gw_regex_groups(const struct gw_regex *re); /* without the whole */
/* The group of a name, 0 if there is none. */
uint32_t gw_regex_named(const struct gw_regex *re, const char *name);

#endif

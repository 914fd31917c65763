/* regex.c - regular expressions by PCRE2, every step of them counted */
#include "expr/regex.h"

#include "base/mem.h"
#include "base/utf8.h"

/* Called before each item of the pattern is tried: counts it and the way since the last one. */
static int count_try(pcre2_callout_block *block, void *arg)
{
	struct gw_regex *re = arg;
	size_t at = block->current_position;
	size_t distance = at > re->last_try ? at - re->last_try : re->last_try - at;
	re->last_try = at;
	re->tries += 1 + distance / 32;
	return re->tries > re->tries_max ? PCRE2_ERROR_MATCHLIMIT : 0;
}

static bool fail_pattern(struct gw_regex *re, struct gw_slice pattern, int code, size_t offset)
{
	char text[120];
	pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof(text));
	return gw_eval_fail(re->call->ev, "Invalid regular expression '%.*s': %s near index %zu",
		GW_SLICE(pattern), text, offset);
}

bool gw_regex_open(struct gw_regex *re, struct gw_call *call, struct gw_slice pattern)
{
	int code;
	size_t offset;
	*re = (struct gw_regex){ .call = call };
	if (pattern.len > GW_EXPR_PATTERN_MAX)
		return gw_eval_fail(call->ev, "A regular expression is longer than %d bytes",
			GW_EXPR_PATTERN_MAX);
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_set_newline(context, PCRE2_NEWLINE_ANY);
	re->code = pcre2_compile((PCRE2_SPTR)pattern.data, pattern.len,
		PCRE2_UTF | PCRE2_AUTO_CALLOUT | PCRE2_NEVER_BACKSLASH_C, &code, &offset, context);
	pcre2_compile_context_free(context);
	if (!re->code)
		return fail_pattern(re, pattern, code, offset);
	re->match = pcre2_match_data_create_from_pattern(re->code, NULL);
	re->context = pcre2_match_context_create(NULL);
	pcre2_set_callout(re->context, count_try, re);
	uint32_t spent = call->ev->scope->steps;
	re->tries_max = (uint64_t)(GW_EXPR_STEPS_MAX - spent) * GW_EXPR_TRIES_A_STEP;
	return true;
}

void gw_regex_close(struct gw_regex *re)
{
	pcre2_match_context_free(re->context);
	pcre2_match_data_free(re->match);
	pcre2_code_free(re->code);
}

bool gw_regex_find(struct gw_regex *re, struct gw_slice subject, size_t from, bool *found)
{
	uint64_t before = re->tries;
	re->subject = subject;
	re->last_try = from;
	int n = pcre2_match(re->code, (PCRE2_SPTR)subject.data, subject.len, from,
		from ? PCRE2_NO_UTF_CHECK : 0, re->match, re->context);
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re->match);
	*found = n > 0;
	if (n <= 0 && n != PCRE2_ERROR_NOMATCH)
		return gw_eval_fail(re->call->ev, "A regular expression takes too long to match");
	if (n > 0 && (at[0] < from || at[1] < at[0]))
		return gw_eval_fail(re->call->ev, "A regular expression matches backwards");
	return gw_call_spend(re->call, (size_t)(re->tries - before), GW_EXPR_TRIES_A_STEP);
}

struct gw_slice gw_regex_group(const struct gw_regex *re, uint32_t group)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re->match) + (size_t)2 * group;
	if (at[0] == PCRE2_UNSET || at[1] < at[0])
		return gw_slice(NULL, 0); /* the group took no part */
	return gw_slice(re->subject.data + at[0], at[1] - at[0]);
}

size_t gw_regex_next(const struct gw_regex *re)
{
	struct gw_slice all = gw_regex_group(re, 0);
	size_t end = (size_t)(all.data - re->subject.data) + all.len;
	if (all.len == 0 && end < re->subject.len)
		gw_utf8_next(re->subject, &end);
	else if (all.len == 0)
		end++;
	return end;
}

uint32_t gw_regex_groups(const struct gw_regex *re)
{
	uint32_t n = 0;
	pcre2_pattern_info(re->code, PCRE2_INFO_CAPTURECOUNT, &n);
	return n;
}

uint32_t gw_regex_named(const struct gw_regex *re, const char *name)
{
	int group = pcre2_substring_number_from_name(re->code, (PCRE2_SPTR)name);
	return group > 0 ? (uint32_t)group : 0;
}

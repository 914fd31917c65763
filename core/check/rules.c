/* rules.c - ids, and retries: what a table cannot say of them */
#include "check/walk.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <ctype.h>

static const struct {
	const char *pattern;
	const char *marks; /* allowed beside letters and digits, not as the first character */
	bool is_lower;
	size_t max;
} rules[] = {
	[GW_FLOW_ID] = { "^[a-zA-Z0-9][a-zA-Z0-9._-]*", "._-", false, 100 },
	[GW_NAMESPACE] = { "^[a-z0-9][a-z0-9._-]*", "._-", true, 150 },
	[GW_TASK_ID] = { "^[a-zA-Z0-9][a-zA-Z0-9_-]*", "_-", false, 256 },
	[GW_DATA_ID] = { "^[a-zA-Z0-9][.a-zA-Z0-9_-]*", "._-", false, 256 },
};

static bool matches(const char *text, enum gw_id_rule rule)
{
	for (const char *p = text; *p; p++) {
		bool fits = isascii(*p) &&
			    (isdigit((unsigned char)*p) || islower((unsigned char)*p) ||
				    (isupper((unsigned char)*p) && !rules[rule].is_lower));
		if (!fits && (p == text || !strchr(rules[rule].marks, *p)))
			return false;
	}
	return *text != '\0';
}

void gw_check_id(struct gw_check *c, const json_t *object, const char *key, enum gw_id_rule rule)
{
	const char *id = gw_json_string(object, key);
	if (!id || c->is_merged)
		return;
	if (strspn(id, " \t\r\n") == strlen(id))
		gw_check_add_at(c, key, "must not be blank");
	if (!matches(id, rule))
		gw_check_add_at(c, key, "must match \"%s\"", rules[rule].pattern);
	size_t len = gw_utf8_length(gw_slice_of(id));
	if (len < 1 || len > rules[rule].max)
		gw_check_add_at(c, key, "size must be between 1 and %zu", rules[rule].max);
}

/* Of two durations of a retry the first must be the shorter one. */
static const struct {
	const char *type, *shorter, *longer;
} orders[] = {
	{ "constant", "interval", "maxDuration" },
	{ "exponential", "interval", "maxDuration" },
	{ "exponential", "interval", "maxInterval" },
	{ "random", "minInterval", "maxDuration" },
	{ "random", "maxInterval", "maxDuration" },
	{ "random", "minInterval", "maxInterval" },
};

static const struct {
	const char *type, *needed;
} needs[] = {
	{ "constant", "interval" },
	{ "exponential", "interval" },
	{ "exponential", "maxInterval" },
	{ "random", "minInterval" },
	{ "random", "maxInterval" },
};

static bool read_duration(const json_t *object, const char *key, int64_t *out)
{
	struct gw_error err;
	const char *text = gw_json_string(object, key);
	return text && gw_duration_parse(gw_slice_of(text), out, &err);
}

void gw_check_retry(struct gw_check *c, const json_t *retry)
{
	const char *type = gw_json_string(retry, "type");
	int64_t shorter, longer;
	if (!type || c->is_partial)
		return;
	size_t len = gw_check_enter(c, "retry");
	for (size_t i = 0; i < GW_LEN(needs); i++)
		if (strcmp(needs[i].type, type) == 0 && !json_object_get(retry, needs[i].needed))
			gw_check_add_at(c, needs[i].needed, "must not be null");
	for (size_t i = 0; i < GW_LEN(orders); i++)
		if (strcmp(orders[i].type, type) == 0 &&
			read_duration(retry, orders[i].shorter, &shorter) &&
			read_duration(retry, orders[i].longer, &longer) && shorter >= longer)
			gw_check_add(c, "'%s' must be less than '%s' but is %s", orders[i].shorter,
				orders[i].longer, gw_json_string(retry, orders[i].shorter));
	const json_t *attempts = json_object_get(retry, "maxAttempts");
	attempts = attempts ? attempts : json_object_get(retry, "maxAttempt");
	if (json_is_integer(attempts) && json_integer_value(attempts) < 1)
		gw_check_add_at(c,
			json_object_get(retry, "maxAttempts") ? "maxAttempts" : "maxAttempt",
			"must be greater than or equal to 1");
	gw_check_leave(c, len);
}

/* filter.c - from a field, an operation and a value to a filter of the repository */
#include "api/search.h"

#include "base/log.h"
#include "model/kinds.h"
#include "model/label.h"
#include "model/state.h"

#include <errno.h>
#include <stdlib.h>

/* ---- Operations ---- */

struct operation {
	const char *name;
	enum gw_compare compare;
	bool negated;
	bool is_list; /* several values, separated by commas */
};

static const struct operation operations[] = {
	{ "EQUALS", GW_EQ, false, false }, { "NOT_EQUALS", GW_EQ, true, false },
	{ "IN", GW_EQ, false, true }, { "NOT_IN", GW_EQ, true, true },
	{ "GREATER_THAN", GW_GT, false, false }, { "LESS_THAN", GW_LT, false, false },
	{ "GREATER_THAN_OR_EQUAL_TO", GW_GE, false, false },
	{ "LESS_THAN_OR_EQUAL_TO", GW_LE, false, false },
	{ "STARTS_WITH", GW_PREFIX, false, false }, { "ENDS_WITH", GW_SUFFIX, false, false },
	{ "CONTAINS", GW_CONTAINS, false, false }, { "PREFIX", GW_UNDER, false, false },
	{ "REGEX", GW_EQ, false, false }, /* see read_regex */
};

static const struct operation equals = { "EQUALS", GW_EQ, false, false };

static const struct operation *find_operation(const char *name)
{
	for (size_t i = 0; name && i < GW_LEN(operations); i++)
		if (strcasecmp(operations[i].name, name) == 0)
			return &operations[i];
	return NULL;
}

static bool is_order(enum gw_compare compare)
{
	return compare == GW_LT || compare == GW_LE || compare == GW_GT || compare == GW_GE;
}

/* ---- Building ---- */

struct gw_filter gw_filter_text(struct gw_http_request *rq, const char *field,
	enum gw_compare compare, struct gw_slice text)
{
	struct gw_value *value = gw_arena_alloc(&rq->arena, sizeof(*value));
	*value = gw_value_text(text);
	return (struct gw_filter){
		.compare = compare, .field = field, .values = value, .n_values = 1
	};
}

struct gw_filter gw_filter_number(struct gw_http_request *rq, const char *field,
	enum gw_compare compare, int64_t number)
{
	struct gw_value *value = gw_arena_alloc(&rq->arena, sizeof(*value));
	*value = gw_value_number(number);
	return (struct gw_filter){
		.compare = compare, .field = field, .values = value, .n_values = 1
	};
}

static struct gw_filter nest(struct gw_http_request *rq, enum gw_compare compare,
	const struct gw_filter *filters, unsigned n)
{
	struct gw_filter *kept = gw_arena_alloc(&rq->arena, n * sizeof(*kept));
	memcpy(kept, filters, n * sizeof(*kept));
	return (struct gw_filter){ .compare = compare, .nested = kept, .n_nested = n };
}

struct gw_filter gw_filter_not(struct gw_http_request *rq, struct gw_filter filter)
{
	return nest(rq, GW_NOT, &filter, 1);
}

struct gw_filter gw_filter_any(struct gw_http_request *rq, const struct gw_filter *filters,
	unsigned n)
{
	return n ? nest(rq, GW_ANY, filters, n) : gw_filter_never();
}

struct gw_filter gw_filter_all(struct gw_http_request *rq, const struct gw_filter *filters,
	unsigned n)
{
	return n == 1 ? filters[0] : gw_filter_not(rq, nest(rq, GW_NOT, filters, n));
}

/* Every record has a key. */
struct gw_filter gw_filter_never(void)
{
	return (struct gw_filter){ .compare = GW_IS_NULL, .field = "key" };
}

static bool add_filter(struct gw_search *s, struct gw_filter filter, bool negated,
	struct gw_error *err)
{
	return gw_search_add(s, negated ? gw_filter_not(s->rq, filter) : filter, err);
}

static bool refuse(const struct gw_condition *c, struct gw_error *err)
{
	return gw_fail(err, GW_BAD_REQUEST, "operation %s is not known for the field '%s'",
		c->operation ? c->operation : "EQUALS", c->column->name);
}

static bool refuse_value(const struct gw_condition *c, const char *expected, struct gw_error *err)
{
	return gw_fail(err, GW_BAD_REQUEST, "%s must be %s, not '%.*s'", c->column->name, expected,
		GW_SLICE(c->value));
}

/* ---- Texts ---- */

/* The values of a list, terminated by nothing: slices of the text. */
static struct gw_value *split_list(struct gw_http_request *rq, struct gw_slice text, unsigned *n)
{
	unsigned commas = 0;
	for (size_t i = 0; i < text.len; i++)
		commas += text.data[i] == ',';
	struct gw_value *values = gw_arena_alloc(&rq->arena, (commas + 1) * sizeof(*values));
	*n = 0;
	while (text.len) {
		const char *comma = memchr(text.data, ',', text.len);
		size_t len = comma ? (size_t)(comma - text.data) : text.len;
		if (len)
			values[(*n)++] = gw_value_text(gw_slice(text.data, len));
		len += comma != NULL;
		text = gw_slice(text.data + len, text.len - len);
	}
	return values;
}

/* "^a\.b.*$": a literal text that may begin or end anywhere; data NULL if it is more than that. */
static struct gw_slice read_literal(struct gw_http_request *rq, struct gw_slice pattern)
{
	char *out = gw_arena_alloc(&rq->arena, pattern.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < pattern.len; i++) {
		bool escaped = pattern.data[i] == '\\' && i + 1 < pattern.len &&
			       strchr("\\.-_/$^", pattern.data[i + 1]);
		if (!escaped && strchr("\\^$.|?*+()[]{}", pattern.data[i]))
			return gw_slice(NULL, 0);
		i += escaped;
		out[len++] = pattern.data[i];
	}
	out[len] = '\0';
	return gw_slice(out, len);
}

static bool take_front(struct gw_slice *text, const char *what)
{
	if (!gw_slice_starts(*text, gw_slice_of(what)))
		return false;
	*text = gw_slice(text->data + strlen(what), text->len - strlen(what));
	return true;
}

static bool take_back(struct gw_slice *text, const char *what)
{
	if (!gw_slice_ends(*text, gw_slice_of(what)))
		return false;
	text->len -= strlen(what);
	return true;
}

static bool add_regex(struct gw_search *s, const struct gw_condition *c, struct gw_error *err)
{
	struct gw_slice pattern = c->value;
	bool from_start = take_front(&pattern, "^");
	bool to_end = !gw_slice_ends(pattern, gw_slice_of("\\$")) && take_back(&pattern, "$");
	from_start = !take_front(&pattern, ".*") && from_start;
	to_end = !take_back(&pattern, ".*") && to_end;
	struct gw_slice literal = read_literal(s->rq, pattern);
	if (!literal.data)
		return gw_fail(err, GW_BAD_REQUEST,
			"%s: only plain texts, with ^, $ and .* at their ends, are understood as "
			"REGEX, not '%.*s'",
			c->column->name, GW_SLICE(c->value));
	enum gw_compare compare = from_start && to_end ? GW_EQ
				  : from_start         ? GW_PREFIX
				  : to_end             ? GW_SUFFIX
						       : GW_CONTAINS;
	return gw_search_add(s, gw_filter_text(s->rq, c->column->field, compare, literal), err);
}

static bool add_text(struct gw_search *s, const struct gw_condition *c, const struct operation *op,
	struct gw_error *err)
{
	if (c->operation && strcasecmp(c->operation, "REGEX") == 0)
		return add_regex(s, c, err);
	struct gw_filter filter = gw_filter_text(s->rq, c->column->field, op->compare, c->value);
	if (op->is_list)
		filter.values = split_list(s->rq, c->value, &filter.n_values);
	if (!filter.n_values)
		filter = gw_filter_never();
	return add_filter(s, filter, op->negated, err);
}

static bool add_namespace(struct gw_search *s, const struct gw_condition *c,
	const struct operation *op, struct gw_error *err)
{
	static const struct operation below = { "PREFIX", GW_UNDER, false, false };
	return add_text(s, c, c->operation ? op : &below, err);
}

static bool add_state(struct gw_search *s, const struct gw_condition *c, const struct operation *op,
	struct gw_error *err)
{
	unsigned n;
	const struct gw_value *states = split_list(s->rq, c->value, &n);
	enum gw_state state;
	for (unsigned i = 0; op->compare == GW_EQ && i < n; i++)
		if (!gw_state_parse(states[i].text, &state))
			return refuse_value(c, "the name of a state", err);
	struct operation list = *op;
	list.is_list = op->compare == GW_EQ;
	return add_text(s, c, &list, err);
}

static bool add_words(struct gw_search *s, const struct gw_condition *c, const struct operation *op,
	struct gw_error *err)
{
	struct gw_filter filters[8];
	unsigned n = 0;
	if (op->compare != GW_EQ && op->compare != GW_CONTAINS)
		return refuse(c, err);
	if (!c->value.len)
		return true;
	const char *fields = c->column->field;
	while (*fields && n < GW_LEN(filters)) {
		size_t len = strcspn(fields, " ");
		const char *field = gw_arena_copy(&s->rq->arena, gw_slice(fields, len)).data;
		filters[n++] = gw_filter_text(s->rq, field, GW_CONTAINS, c->value);
		fields += len + (fields[len] == ' ');
	}
	return add_filter(s, gw_filter_any(s->rq, filters, n), op->negated, err);
}

/* ---- Numbers and flags ---- */

static bool add_number(struct gw_search *s, const struct gw_condition *c,
	const struct operation *op, struct gw_error *err)
{
	unsigned n;
	struct gw_value *values = split_list(s->rq, c->value, &n);
	if (op->compare != GW_EQ && (!is_order(op->compare) || n != 1))
		return refuse(c, err);
	for (unsigned i = 0; i < n; i++) {
		char *end;
		errno = 0;
		values[i] = gw_value_number(strtoll(values[i].text.data, &end, 10));
		if (errno || (*end && *end != ','))
			return refuse_value(c, "a whole number", err);
	}
	struct gw_filter filter = {
		.compare = op->compare, .field = c->column->field, .values = values, .n_values = n
	};
	return n ? add_filter(s, filter, op->negated, err) : refuse_value(c, "a number", err);
}

static bool add_flag(struct gw_search *s, const struct gw_condition *c, const struct operation *op,
	struct gw_error *err)
{
	bool is_true = strcasecmp(c->value.data, "true") == 0;
	if (op->compare != GW_EQ)
		return refuse(c, err);
	if (!is_true && strcasecmp(c->value.data, "false") != 0)
		return refuse_value(c, "true or false", err);
	bool wanted = (is_true != op->negated) != (c->column->type == GW_COLUMN_NOT_FLAG);
	return gw_search_add(s, gw_filter_number(s->rq, c->column->field, GW_EQ, wanted), err);
}

static bool add_level(struct gw_search *s, const struct gw_condition *c, const struct operation *op,
	struct gw_error *err)
{
	enum gw_level level;
	if (op->negated || op->is_list || (op->compare != GW_EQ && !is_order(op->compare)))
		return refuse(c, err);
	if (!gw_level_parse(c->value, &level))
		return refuse_value(c, "TRACE, DEBUG, INFO, WARN or ERROR", err);
	enum gw_compare compare = op->compare == GW_EQ ? GW_GE : op->compare;
	return gw_search_add(s, gw_filter_number(s->rq, c->column->field, compare, level), err);
}

/* ---- Times ---- */

/* "+" arrives as a blank where a client did not encode it. */
static bool read_instant(struct gw_search *s, const struct gw_condition *c, gw_time *out,
	struct gw_error *err)
{
	char *text = gw_arena_alloc(&s->rq->arena, c->value.len + 1);
	memcpy(text, c->value.data, c->value.len + 1);
	for (char *p = text; *p; p++)
		if (*p == ' ')
			*p = '+';
	struct gw_error why;
	if (gw_time_parse(gw_slice_of(text), gw_zone_local(), out, &why))
		return true;
	return gw_fail(err, GW_BAD_REQUEST, "%s: %s", c->column->name, why.message);
}

static bool add_instant(struct gw_search *s, const struct gw_condition *c,
	const struct operation *op, struct gw_error *err)
{
	gw_time at;
	enum gw_compare compare = op->compare;
	if (!c->operation)
		compare = c->column->type == GW_COLUMN_FROM ? GW_GE : GW_LE;
	if (op->is_list || (compare != GW_EQ && !is_order(compare)))
		return refuse(c, err);
	if (!read_instant(s, c, &at, err))
		return false;
	if (c->column->type == GW_COLUMN_FROM && (compare == GW_GE || compare == GW_GT))
		s->from = at;
	if (c->column->type == GW_COLUMN_UNTIL && (compare == GW_LE || compare == GW_LT))
		s->until = at;
	struct gw_filter filter = gw_filter_number(s->rq, c->column->field, compare, at);
	return add_filter(s, filter, op->negated, err);
}

static bool add_range(struct gw_search *s, const struct gw_condition *c, const struct operation *op,
	struct gw_error *err)
{
	int64_t us;
	struct gw_error why;
	if (op->compare != GW_EQ || op->negated)
		return refuse(c, err);
	if (!gw_duration_parse(c->value, &us, &why))
		return gw_fail(err, GW_BAD_REQUEST, "%s: %s", c->column->name, why.message);
	s->has_range = true;
	return gw_search_add(s, gw_filter_number(s->rq, c->column->field, GW_GE, s->now - us), err);
}

/* ---- The others ---- */

/* "key:value"; the first ":" or blank separates. */
static bool split_label(struct gw_slice text, struct gw_slice *key, struct gw_slice *value)
{
	size_t len = 0;
	while (len < text.len && text.data[len] != ':' && text.data[len] != ' ')
		len++;
	if (len == 0 || len == text.len)
		return false;
	*key = gw_slice(text.data, len);
	*value = gw_slice(text.data + len + 1, text.len - len - 1);
	while (value->len && value->data[0] == ' ')
		*value = gw_slice(value->data + 1, value->len - 1);
	return value->len > 0;
}

static struct gw_filter label_filter(struct gw_search *s, const char *field, struct gw_slice key,
	struct gw_slice value)
{
	struct gw_http_request *rq = s->rq;
	gw_auto_str keyword = { 0 };
	const char *name = gw_arena_copy(&rq->arena, key).data;
	gw_label_keyword(&keyword, name, gw_arena_copy(&rq->arena, value).data);
	struct gw_filter filters[2] = { gw_filter_text(rq, field, GW_EQ,
		gw_arena_copy(&rq->arena, gw_str_slice(&keyword))) };
	if (s->resource->kind != &gw_kind_execution || strcmp(name, GW_CORRELATION_LABEL) != 0)
		return filters[0];
	/* An execution's own id is not among its labels: it would be one for each. */
	filters[1] = gw_filter_text(rq, "key", GW_EQ, value);
	return gw_filter_any(rq, filters, 2);
}

static bool add_labels(struct gw_search *s, const struct gw_condition *c,
	const struct operation *op, struct gw_error *err)
{
	struct gw_filter filters[16];
	unsigned n = 1;
	struct gw_value *values = split_list(s->rq, c->value, &n);
	if (op->compare != GW_EQ && op->compare != GW_CONTAINS)
		return refuse(c, err);
	if (!op->is_list || !n) {
		values[0] = gw_value_text(c->value);
		n = 1;
	}
	for (unsigned i = 0; i < n; i++) {
		struct gw_slice key = gw_slice_of(c->key), value = values[i].text;
		if (n > GW_LEN(filters) || (!c->key && !split_label(values[i].text, &key, &value)))
			return gw_fail(err, GW_INVALID, "Invalid queryString parameter");
		filters[i] = label_filter(s, c->column->field, key, value);
	}
	return add_filter(s, n == 1 ? filters[0] : gw_filter_any(s->rq, filters, n), op->negated,
		err);
}

/* One of two words; *first says which. */
static bool read_word(const struct gw_condition *c, const struct operation *op,
	const char *const words[2], bool *first, struct gw_error *err)
{
	if (op->compare != GW_EQ)
		return refuse(c, err);
	*first = strcasecmp(c->value.data, words[0]) == 0;
	if (!*first && strcasecmp(c->value.data, words[1]) != 0)
		return gw_fail(err, GW_BAD_REQUEST, "%s must be %s or %s, not '%.*s'",
			c->column->name, words[0], words[1], GW_SLICE(c->value));
	*first = *first != op->negated;
	return true;
}

static bool add_scope(struct gw_search *s, const struct gw_condition *c, const struct operation *op,
	struct gw_error *err)
{
	static const char *const words[2] = { "SYSTEM", "USER" };
	bool is_system;
	/* Both together are everything. */
	if (op->is_list && strchr(c->value.data, ','))
		return true;
	if (!read_word(c, op, words, &is_system, err))
		return false;
	struct gw_filter filter =
		gw_filter_text(s->rq, c->column->field, GW_EQ, gw_slice_of(GW_SYSTEM_NAMESPACE));
	return add_filter(s, filter, !is_system, err);
}

static bool add_child(struct gw_search *s, const struct gw_condition *c, const struct operation *op,
	struct gw_error *err)
{
	static const char *const words[2] = { "CHILD", "MAIN" };
	bool is_child;
	if (!read_word(c, op, words, &is_child, err))
		return false;
	struct gw_filter filter = { .compare = GW_IS_NULL, .field = c->column->field };
	return add_filter(s, filter, is_child, err);
}

static bool add_kind(struct gw_search *s, const struct gw_condition *c, const struct operation *op,
	struct gw_error *err)
{
	if (op->compare != GW_EQ)
		return refuse(c, err);
	bool is_normal = strstr(c->value.data, "NORMAL") != NULL;
	return is_normal != op->negated || gw_search_add(s, gw_filter_never(), err);
}

static bool add_within(struct gw_search *s, const struct gw_condition *c,
	const struct operation *op, struct gw_error *err)
{
	unsigned n;
	struct gw_value *values = split_list(s->rq, c->value, &n);
	if (op->compare != GW_EQ || !n)
		return refuse(c, err);
	for (unsigned i = 0; i < n; i++) {
		gw_auto_free char *text = gw_sprintf("%.*s/", GW_SLICE(values[i].text));
		values[i].text = gw_arena_copy(&s->rq->arena, gw_slice_of(text));
	}
	struct gw_filter filter = {
		.compare = GW_PREFIX, .field = c->column->field, .values = values, .n_values = n
	};
	return add_filter(s, filter, op->negated, err);
}

static bool ignore(struct gw_search *s, const struct gw_condition *c, const struct operation *op,
	struct gw_error *err)
{
	(void)s;
	(void)c;
	(void)op;
	(void)err;
	return true;
}

static bool (*const adders[])(struct gw_search *s, const struct gw_condition *c,
	const struct operation *op, struct gw_error *err) = {
	[GW_COLUMN_TEXT] = add_text,
	[GW_COLUMN_NAMESPACE] = add_namespace,
	[GW_COLUMN_STATE] = add_state,
	[GW_COLUMN_NUMBER] = add_number,
	[GW_COLUMN_FLAG] = add_flag,
	[GW_COLUMN_NOT_FLAG] = add_flag,
	[GW_COLUMN_FROM] = add_instant,
	[GW_COLUMN_UNTIL] = add_instant,
	[GW_COLUMN_RANGE] = add_range,
	[GW_COLUMN_LEVEL] = add_level,
	[GW_COLUMN_LABELS] = add_labels,
	[GW_COLUMN_SCOPE] = add_scope,
	[GW_COLUMN_CHILD] = add_child,
	[GW_COLUMN_KIND] = add_kind,
	[GW_COLUMN_WORDS] = add_words,
	[GW_COLUMN_WITHIN] = add_within,
	[GW_COLUMN_IGNORED] = ignore,
};

bool gw_condition_add(struct gw_search *s, const struct gw_condition *condition,
	struct gw_error *err)
{
	const struct operation *op =
		condition->operation ? find_operation(condition->operation) : &equals;
	if (!op)
		return refuse(condition, err);
	return adders[condition->column->type](s, condition, op, err);
}

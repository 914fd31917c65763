/* search.c - reading filters, order and page from a request */
#include "api/search.h"

#include "base/json.h"

#include <stdio.h>

#define PAGE_MAX 1000000
#define SIZE_DEFAULT 10
#define SIZE_MAX_RESULTS 10000
#define NESTING_MAX 8

void gw_search_begin(struct gw_search *s, struct gw_http_request *rq,
	const struct gw_resource *resource, gw_time now)
{
	*s = (struct gw_search){ .rq = rq,
		.resource = resource,
		.now = now,
		.page = 1,
		.size = SIZE_DEFAULT,
		.from = GW_NEVER,
		.until = GW_NEVER };
	s->query.kind = resource->kind;
	s->query.tenant = gw_slice_of(rq->tenant);
	s->query.filters = s->filters;
	s->query.orders = s->orders;
}

bool gw_search_add(struct gw_search *s, struct gw_filter filter, struct gw_error *err)
{
	if (s->query.n_filters == GW_SEARCH_FILTERS)
		return gw_fail(err, GW_BAD_REQUEST, "at most %d filters are allowed",
			GW_SEARCH_FILTERS);
	s->filters[s->query.n_filters++] = filter;
	return true;
}

static const struct gw_column *find_column(const struct gw_resource *resource, struct gw_slice name)
{
	for (const struct gw_column *c = resource->columns; c->name; c++)
		if (gw_slice_is(name, c->name))
			return c;
	return NULL;
}

/* ---- ?filters[field][OPERATION][key]=value ---- */

/* The text within the brackets that open a slice. */
static bool take_brackets(struct gw_slice *text, struct gw_slice *inside)
{
	if (!text->len || text->data[0] != '[')
		return false;
	const char *end = memchr(text->data, ']', text->len);
	if (!end)
		return false;
	*inside = gw_slice(text->data + 1, (size_t)(end - text->data) - 1);
	*text = gw_slice(end + 1, (size_t)(text->data + text->len - end) - 1);
	return true;
}

static bool read_filter(struct gw_search *s, const struct gw_param *param, struct gw_error *err)
{
	struct gw_slice rest = gw_slice(param->name.data + 7, param->name.len - 7);
	struct gw_slice field, operation, key = { 0 };
	if (!take_brackets(&rest, &field) || !take_brackets(&rest, &operation) ||
		(rest.len && (!take_brackets(&rest, &key) || rest.len)))
		return gw_fail(err, GW_BAD_REQUEST,
			"'%.*s' is no filter: filters[field][OPERATION]=value is",
			GW_SLICE(param->name));
	struct gw_condition condition = { .column = find_column(s->resource, field),
		.operation = gw_arena_copy(&s->rq->arena, operation).data,
		.key = gw_arena_copy(&s->rq->arena, key).data,
		.value = param->value };
	if (!condition.column)
		return gw_fail(err, GW_BAD_REQUEST, "field '%.*s' is not known here",
			GW_SLICE(field));
	return gw_condition_add(s, &condition, err);
}

/* ---- ?field=value ---- */

static bool is_first_of_name(const struct gw_http_request *rq, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (gw_slice_equal(rq->query[j].name, rq->query[i].name))
			return false;
	return true;
}

/* All values of a name, joined by commas. */
static struct gw_slice join_values(struct gw_http_request *rq, size_t first)
{
	gw_auto_str text = { 0 };
	for (size_t i = first; i < rq->n_query; i++)
		if (gw_slice_equal(rq->query[i].name, rq->query[first].name) &&
			rq->query[i].value.len)
			gw_str_printf(&text, "%s%.*s", text.len ? "," : "",
				GW_SLICE(rq->query[i].value));
	return gw_arena_copy(&rq->arena, gw_slice(gw_str_text(&text), text.len));
}

static bool is_only_filter(enum gw_column_type type)
{
	return type == GW_COLUMN_FLAG || type == GW_COLUMN_NOT_FLAG;
}

static bool takes_many(enum gw_column_type type)
{
	return type == GW_COLUMN_STATE || type == GW_COLUMN_SCOPE || type == GW_COLUMN_TEXT ||
	       type == GW_COLUMN_NUMBER;
}

static bool read_param(struct gw_search *s, size_t i, struct gw_error *err)
{
	const struct gw_param *param = &s->rq->query[i];
	const struct gw_column *column = find_column(s->resource, param->name);
	if (!column || is_only_filter(column->type) || !param->value.len)
		return true;
	struct gw_condition condition = { .column = column, .value = param->value };
	if (takes_many(column->type)) {
		if (!is_first_of_name(s->rq, i))
			return true;
		condition.operation = "IN";
		condition.value = join_values(s->rq, i);
	}
	return gw_condition_add(s, &condition, err);
}

/* ---- {"field":…,"operation":…,"value":…} ---- */

/* "FLOW_ID" is flowId, "MIN_LEVEL" level, "QUERY" q. */
static const struct gw_column *find_json_column(const struct gw_resource *resource,
	const char *name)
{
	char camel[64];
	size_t n = 0;
	const struct gw_column *column = find_column(resource, gw_slice_of(name));
	if (column)
		return column;
	if (strcmp(name, "QUERY") == 0)
		return find_column(resource, gw_slice_of("q"));
	for (size_t i = 0; name[i] && n + 1 < sizeof(camel); i++) {
		bool starts_word = i && name[i - 1] == '_';
		if (name[i] == '_')
			continue;
		camel[n++] = (char)(name[i] >= 'A' && name[i] <= 'Z' && !starts_word
					    ? name[i] + 'a' - 'A'
					    : name[i]);
	}
	return find_column(resource, gw_slice(camel, n));
}

static bool value_text(struct gw_str *out, const json_t *value)
{
	if (json_is_object(value))
		value = json_object_get(value, "value");
	size_t i;
	json_t *item;
	if (json_is_array(value)) {
		json_array_foreach (value, i, item) {
			if (i)
				gw_str_putc(out, ',');
			if (!json_is_string(item))
				return false;
			gw_str_puts(out, json_string_value(item));
		}
		return true;
	}
	if (json_is_string(value))
		gw_str_puts(out, json_string_value(value));
	else if (value)
		gw_json_print(out, value);
	return value != NULL;
}

/* {"value":{"key":"value"}} of labels: the key; value becomes its value. */
static const char *take_key(const struct gw_column *column, const json_t **value)
{
	if (column->type != GW_COLUMN_LABELS || !json_is_object(*value) ||
		json_object_get(*value, "value"))
		return NULL;
	void *first = json_object_iter((json_t *)(uintptr_t)*value);
	*value = json_object_iter_value(first);
	return json_object_iter_key(first);
}

static bool read_json_condition(struct gw_search *s, const json_t *filter, struct gw_error *err)
{
	const char *field = gw_json_string(filter, "field");
	const char *operation = gw_json_string(filter, "operation");
	const json_t *value = json_object_get(filter, "value");
	const struct gw_column *column = field ? find_json_column(s->resource, field) : NULL;
	gw_auto_str text = { 0 };
	if (!column || !operation)
		return gw_fail(err, GW_BAD_REQUEST,
			"a filter needs an operation and a known field, not '%s'",
			field ? field : "");
	const char *key = take_key(column, &value);
	if (!value_text(&text, value))
		return gw_fail(err, GW_BAD_REQUEST, "the filter of '%s' needs a value", field);
	struct gw_condition condition = { .column = column,
		.operation = operation,
		.key = gw_arena_copy(&s->rq->arena, gw_slice_of(key)).data,
		.value = gw_arena_copy(&s->rq->arena, gw_str_slice(&text)) };
	return gw_condition_add(s, &condition, err);
}

static bool read_json_filter(struct gw_search *s, const json_t *filter, int depth,
	struct gw_error *err);

/* Children of which one must hold: what each adds is taken back and put into one filter. */
static bool read_json_any(struct gw_search *s, const json_t *children, int depth,
	struct gw_error *err)
{
	struct gw_filter branches[GW_SEARCH_FILTERS];
	unsigned n = 0, before = s->query.n_filters;
	size_t i;
	json_t *child;
	json_array_foreach (children, i, child) {
		if (n == GW_SEARCH_FILTERS)
			return gw_fail(err, GW_BAD_REQUEST, "at most %d filters are allowed",
				GW_SEARCH_FILTERS);
		if (!read_json_filter(s, child, depth, err))
			return false;
		branches[n++] =
			gw_filter_all(s->rq, s->filters + before, s->query.n_filters - before);
		s->query.n_filters = before;
	}
	return gw_search_add(s, gw_filter_any(s->rq, branches, n), err);
}

static bool read_json_all(struct gw_search *s, const json_t *filters, int depth,
	struct gw_error *err)
{
	size_t i;
	json_t *filter;
	json_array_foreach (filters, i, filter)
		if (!read_json_filter(s, filter, depth, err))
			return false;
	return true;
}

static bool read_json_filter(struct gw_search *s, const json_t *filter, int depth,
	struct gw_error *err)
{
	const json_t *children = json_object_get(filter, "children");
	const char *logical = gw_json_string(filter, "logical");
	if (depth > NESTING_MAX)
		return gw_fail(err, GW_BAD_REQUEST, "filters are nested too deeply");
	if (json_array_size(children) == 0)
		return read_json_condition(s, filter, err);
	return logical && strcasecmp(logical, "or") == 0
		       ? read_json_any(s, children, depth + 1, err)
		       : read_json_all(s, children, depth + 1, err);
}

/* ---- The whole ---- */

static bool check_times(const struct gw_search *s, struct gw_error *err)
{
	if (s->has_range && s->from != GW_NEVER)
		return gw_fail(err, GW_INVALID,
			"Parameters 'startDate' and 'timeRange' are mutually exclusive");
	if (s->from != GW_NEVER && s->until != GW_NEVER && s->from > s->until)
		return gw_fail(err, GW_INVALID, "Start date must be before End Date");
	return true;
}

bool gw_search_read_json(struct gw_search *s, const json_t *filters, struct gw_error *err)
{
	return read_json_all(s, filters, 0, err) && check_times(s, err);
}

bool gw_search_read(struct gw_search *s, struct gw_http_request *rq,
	const struct gw_resource *resource, gw_time now, struct gw_error *err)
{
	gw_search_begin(s, rq, resource, now);
	for (size_t i = 0; i < rq->n_query; i++) {
		bool is_filter = gw_slice_starts(rq->query[i].name, gw_slice_of("filters["));
		if (is_filter ? !read_filter(s, &rq->query[i], err) : !read_param(s, i, err))
			return false;
	}
	return check_times(s, err);
}

/* ---- Page and order ---- */

/* "field:asc": anything but exactly "asc" is descending. */
static bool add_order(struct gw_search *s, struct gw_slice text, struct gw_error *err)
{
	const char *colon = memchr(text.data, ':', text.len);
	size_t len = colon ? (size_t)(colon - text.data) : 0;
	if (!len || s->query.n_orders == GW_SEARCH_ORDERS)
		return gw_fail(err, GW_INVALID, "Invalid sort parameter");
	struct gw_slice name = gw_slice(text.data, len);
	struct gw_slice direction = gw_slice(colon + 1, text.len - len - 1);
	for (const struct gw_sort_key *key = s->resource->sort_keys; key->name; key++) {
		if (!gw_slice_is(name, key->name))
			continue;
		s->orders[s->query.n_orders++] =
			(struct gw_order){ key->field, !gw_slice_is(direction, "asc") };
		return true;
	}
	return gw_fail(err, GW_INVALID, "Invalid sort parameter: cannot sort by '%.*s'",
		GW_SLICE(name));
}

static bool read_sort(struct gw_search *s, struct gw_slice text, struct gw_error *err)
{
	while (text.len) {
		const char *comma = memchr(text.data, ',', text.len);
		size_t len = comma ? (size_t)(comma - text.data) : text.len;
		if (!add_order(s, gw_slice(text.data, len), err))
			return false;
		len += comma != NULL;
		text = gw_slice(text.data + len, text.len - len);
	}
	return true;
}

bool gw_search_read_page(struct gw_search *s, struct gw_error *err)
{
	const struct gw_http_request *rq = s->rq;
	if (!gw_request_int(rq, "page", &s->page, err) ||
		!gw_request_int(rq, "size", &s->size, err))
		return false;
	if (s->page < 1 || s->page > PAGE_MAX)
		return gw_fail(err, GW_INVALID, "page must be between 1 and %d", PAGE_MAX);
	if (s->size < 1 || s->size > SIZE_MAX_RESULTS)
		return gw_fail(err, GW_INVALID, "size must be between 1 and %d", SIZE_MAX_RESULTS);
	s->query.offset = (uint64_t)((s->page - 1) * s->size);
	s->query.limit = (uint64_t)s->size;
	for (size_t i = 0; i < rq->n_query; i++)
		if (gw_slice_is(rq->query[i].name, "sort") &&
			!read_sort(s, rq->query[i].value, err))
			return false;
	return true;
}

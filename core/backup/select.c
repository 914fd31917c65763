/* select.c - namespaces, flows and instants as filters */
#include "backup/select.h"

#include "base/mem.h"

bool gw_selection_covers(const struct gw_selection *selection, const struct gw_kind *kind)
{
	size_t i = gw_content_of(kind);
	return i != SIZE_MAX && (!selection->resources || gw_content_in(selection->resources, i));
}

bool gw_selection_is_partial(const struct gw_selection *s)
{
	return s->namespace || s->flow || s->since != GW_NEVER || s->until != GW_NEVER;
}

/* Where a kind says what it belongs to. */
static const char *flow_field(const struct gw_kind *kind)
{
	return kind == &gw_kind_flow ? "id" : "flow";
}

/* When data began; NULL: it is no data. */
static const char *instant_field(const struct gw_kind *kind)
{
	size_t i = gw_content_of(kind);
	if (i == SIZE_MAX || !(gw_contents[i].flags & GW_CONTENT_DATA))
		return NULL;
	return kind == &gw_kind_execution ? "start" : "at";
}

static bool add(struct gw_selecting *s, const char *field, enum gw_compare compare,
	struct gw_value value)
{
	unsigned i = s->query.n_filters++;
	s->values[i] = value;
	s->filters[i] = (struct gw_filter){
		.compare = compare, .field = field, .values = &s->values[i], .n_values = 1
	};
	s->query.filters = s->filters;
	return gw_kind_field(s->query.kind, field) >= 0;
}

bool gw_selection_query(const struct gw_selection *selection, const struct gw_kind *kind,
	struct gw_selecting *out)
{
	const char *at = instant_field(kind);
	bool ok = true;
	*out = (struct gw_selecting){ .query = { .kind = kind } };
	if (selection->namespace)
		ok = add(out, "namespace", GW_UNDER, gw_value_string(selection->namespace));
	if (ok && selection->flow)
		ok = add(out, flow_field(kind), GW_EQ, gw_value_string(selection->flow));
	if (ok && at && selection->since != GW_NEVER)
		ok = add(out, at, GW_GE, gw_value_time(selection->since));
	if (ok && at && selection->until != GW_NEVER)
		ok = add(out, at, GW_LT, gw_value_time(selection->until));
	return ok;
}

bool gw_selection_has_file(const struct gw_selection *selection, const char *path)
{
	gw_auto_str folder = { 0 };
	if (selection->namespace) {
		for (const char *c = selection->namespace; *c; c++)
			gw_str_putc(&folder, *c == '.' ? '/' : *c);
		gw_auto_free char *below = gw_sprintf("/%s/", gw_str_text(&folder));
		if (strncmp(path, below, strlen(below)) != 0)
			return false;
	}
	if (!selection->flow)
		return true;
	gw_auto_str slug = { 0 };
	gw_storage_slug(&slug, gw_slice_of(selection->flow));
	gw_auto_free char *of_flow = gw_sprintf("/%s/executions/", gw_str_text(&slug));
	return strstr(path, of_flow) != NULL;
}

static bool text_holds(const struct gw_filter *f, struct gw_slice text)
{
	struct gw_slice wanted = f->values[0].text;
	if (f->compare == GW_EQ || text.len <= wanted.len)
		return gw_slice_equal(text, wanted);
	return gw_slice_starts(text, wanted) && text.data[wanted.len] == '.';
}

static bool holds(const struct gw_filter *f, const struct gw_value *value)
{
	int64_t wanted = f->values[0].number;
	if (!value->is_set)
		return false;
	if (f->compare == GW_GE)
		return value->number >= wanted;
	if (f->compare == GW_LT)
		return value->number < wanted;
	return text_holds(f, value->text);
}

bool gw_selection_has(const struct gw_selection *selection, const struct gw_record *record)
{
	struct gw_selecting s;
	if (!gw_selection_query(selection, record->kind, &s))
		return false;
	for (unsigned i = 0; i < s.query.n_filters; i++) {
		int field = gw_kind_field(record->kind, s.filters[i].field);
		if (!holds(&s.filters[i], &record->fields[field]))
			return false;
	}
	return true;
}

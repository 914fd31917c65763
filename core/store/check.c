/* check.c - refusing what backends need not cope with */
#include "store/check.h"

#include "base/mem.h"
#include "base/utf8.h"

#define NESTING_MAX 16
#define VALUES_MAX 1000

/* Which comparisons a type of field allows. */
#define BIT(compare) (1u << (compare))
#define ORDERED (BIT(GW_EQ) | BIT(GW_LT) | BIT(GW_LE) | BIT(GW_GT) | BIT(GW_GE) | BIT(GW_IS_NULL))
#define TEXTUAL (BIT(GW_PREFIX) | BIT(GW_SUFFIX) | BIT(GW_UNDER) | BIT(GW_CONTAINS))

static const unsigned allowed[] = {
	[GW_KEYWORD] = ORDERED | TEXTUAL,
	[GW_KEYWORDS] = ORDERED | TEXTUAL,
	[GW_INTEGER] = ORDERED,
	[GW_INSTANT] = ORDERED,
	[GW_BOOLEAN] = BIT(GW_EQ) | BIT(GW_IS_NULL),
	[GW_TEXT] = BIT(GW_CONTAINS) | BIT(GW_IS_NULL),
};

static const struct gw_field envelope[] = {
	{ "tenant", GW_KEYWORD },
	{ "key", GW_KEYWORD },
	{ "owner", GW_KEYWORD },
	{ "due", GW_INSTANT },
};

static bool is_text(struct gw_slice s)
{
	return s.len == 0 || (!memchr(s.data, '\0', s.len) && gw_utf8_valid(s.data, s.len));
}

bool gw_check_key(struct gw_slice tenant, struct gw_slice key, struct gw_error *err)
{
	if (tenant.len > GW_TENANT_MAX || !is_text(tenant))
		return gw_fail(err, GW_INVALID, "a tenant is a text of at most %d bytes",
			GW_TENANT_MAX);
	if (key.len == 0 || key.len > GW_KEY_MAX || !is_text(key))
		return gw_fail(err, GW_INVALID, "a key is a text of 1 to %d bytes", GW_KEY_MAX);
	return true;
}

static bool check_field(const struct gw_record *r, unsigned i, struct gw_error *err)
{
	const struct gw_value *value = &r->fields[i];
	bool ok = is_text(value->text);
	for (unsigned k = 0; k < value->n_items; k++)
		ok = ok && is_text(value->items[k]);
	if (!ok)
		return gw_fail(err, GW_INVALID, "%s %.*s: field %s holds NUL or is not UTF-8",
			r->kind->name, GW_SLICE(r->key), r->kind->fields[i].name);
	return true;
}

static bool check_doc(const struct gw_record *r, struct gw_error *err)
{
	if (r->doc.len > GW_DOC_MAX)
		return gw_fail(err, GW_INVALID, "%s %.*s: %zu bytes are more than a document of %u",
			r->kind->name, GW_SLICE(r->key), r->doc.len, GW_DOC_MAX);
	if (r->doc.len == 0 || !is_text(r->doc) || !is_text(r->owner))
		return gw_fail(err, GW_INVALID, "%s %.*s: the document %s", r->kind->name,
			GW_SLICE(r->key), r->doc.len ? "holds NUL or is not UTF-8" : "is missing");
	return true;
}

bool gw_check_op(const struct gw_op *op, struct gw_error *err)
{
	const struct gw_record *r = &op->record;
	if (!gw_check_key(r->tenant, r->key, err))
		return gw_explain(err, "%s", r->kind->name);
	if (op->type == GW_DELETE)
		return true;
	for (unsigned i = 0; r->fields && i < r->kind->n_fields; i++)
		if (!check_field(r, i, err))
			return false;
	return check_doc(r, err);
}

static const struct gw_field *find_field(const struct gw_kind *kind, const char *name,
	struct gw_error *err)
{
	for (size_t i = 0; i < GW_LEN(envelope); i++)
		if (strcmp(envelope[i].name, name) == 0)
			return &envelope[i];
	int i = gw_kind_field(kind, name);
	if (i < 0)
		gw_fail(err, GW_INVALID, "%s has no field %s", kind->name, name);
	return i < 0 ? NULL : &kind->fields[i];
}

static bool check_filters(const struct gw_kind *kind, const struct gw_filter *filters, unsigned n,
	unsigned depth, struct gw_error *err);

static bool check_filter(const struct gw_kind *kind, const struct gw_filter *f, unsigned depth,
	struct gw_error *err)
{
	if (f->compare == GW_ANY || f->compare == GW_NOT)
		return check_filters(kind, f->nested, f->n_nested, depth + 1, err);
	const struct gw_field *field = find_field(kind, f->field, err);
	if (!field)
		return false;
	if (!(allowed[field->type] & BIT(f->compare)))
		return gw_fail(err, GW_INVALID, "%s cannot be compared like this", f->field);
	if (f->n_values > VALUES_MAX)
		return gw_fail(err, GW_INVALID, "%s is compared with more than %d values", f->field,
			VALUES_MAX);
	bool textual = field->type <= GW_KEYWORDS || field->type == GW_TEXT;
	for (unsigned i = 0; i < f->n_values; i++)
		if (textual != (f->values[i].text.data != NULL) || !is_text(f->values[i].text))
			return gw_fail(err, GW_INVALID, "%s is compared with a value of no use",
				f->field);
	return true;
}

static bool check_filters(const struct gw_kind *kind, const struct gw_filter *filters, unsigned n,
	unsigned depth, struct gw_error *err)
{
	if (depth > NESTING_MAX)
		return gw_fail(err, GW_INVALID, "filters are nested more than %d levels deep",
			NESTING_MAX);
	for (unsigned i = 0; i < n; i++)
		if (!check_filter(kind, &filters[i], depth, err))
			return false;
	return true;
}

bool gw_check_query(const struct gw_query *query, struct gw_error *err)
{
	if (query->after.data && (!query->tenant.data || query->n_orders))
		return gw_fail(err, GW_INVALID, "paging by key wants one tenant and no order");
	if (!is_text(query->tenant) || !is_text(query->after))
		return gw_fail(err, GW_INVALID, "the tenant or the key is not UTF-8");
	for (unsigned i = 0; i < query->n_orders; i++) {
		const struct gw_field *field = find_field(query->kind, query->orders[i].field, err);
		if (!field)
			return false;
		if (field->type == GW_TEXT || field->type == GW_KEYWORDS)
			return gw_fail(err, GW_INVALID, "%s cannot be ordered by", field->name);
	}
	return check_filters(query->kind, query->filters, query->n_filters, 0, err);
}

bool gw_check_group_field(const struct gw_kind *kind, const char *name, struct gw_error *err)
{
	const struct gw_field *field = find_field(kind, name, err);
	if (!field)
		return false;
	if (field->type == GW_TEXT)
		return gw_fail(err, GW_INVALID, "%s cannot be counted by", name);
	return true;
}

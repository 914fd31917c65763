/* row.c - records to columns and back
 *
 * Keywords are packed as "LENGTH:BYTES" one after another, so that every text can be one. */
#include "backends/sql/sql.h"

#include <godwit/mem.h>

#include <sys/random.h>

bool gw_sql_is_number(const struct gw_kind *kind, unsigned column)
{
	if (column == GW_SQL_VERSION || column == GW_SQL_DUE)
		return true;
	if (column < GW_SQL_FIELDS || column == gw_sql_n_columns(kind) - 1)
		return false;
	enum gw_field_type type = kind->fields[column - GW_SQL_FIELDS].type;
	return type == GW_INTEGER || type == GW_INSTANT || type == GW_BOOLEAN;
}

size_t gw_sql_kind_index(const struct gw_kind *const *kinds, const struct gw_kind *kind)
{
	size_t i = 0;
	while (kinds[i] != kind)
		i++;
	return i;
}

/* ---- Writing ---- */

struct gw_slice gw_sql_cut(struct gw_slice keyword)
{
	if (keyword.len <= GW_KEYWORD_INDEXED)
		return keyword;
	keyword.len = GW_KEYWORD_INDEXED;
	while (keyword.len && ((unsigned char)keyword.data[keyword.len] & 0xc0) == 0x80)
		keyword.len--;
	return keyword;
}

static struct gw_value text_value(struct gw_slice text)
{
	return (struct gw_value){ .is_set = text.data != NULL, .text = text };
}

static struct gw_value pack(const struct gw_value *value, struct gw_str *packed)
{
	if (!value->is_set || value->n_items == 0)
		return (struct gw_value){ 0 };
	gw_str_reset(packed);
	for (unsigned i = 0; i < value->n_items; i++) {
		gw_str_int(packed, (int64_t)value->items[i].len);
		gw_str_putc(packed, ':');
		gw_str_add(packed, value->items[i].data, value->items[i].len);
	}
	return text_value(gw_str_slice(packed));
}

static struct gw_value field_value(const struct gw_record *r, unsigned i, struct gw_str *packed)
{
	if (!r->fields || !r->fields[i].is_set)
		return (struct gw_value){ 0 };
	enum gw_field_type type = r->kind->fields[i].type;
	if (type == GW_KEYWORDS)
		return pack(&r->fields[i], packed);
	if (type == GW_KEYWORD)
		return text_value(gw_sql_cut(r->fields[i].text));
	return r->fields[i];
}

struct gw_value gw_sql_value(const struct gw_record *r, unsigned column, struct gw_str *packed)
{
	switch (column) {
	case GW_SQL_TENANT:
		return text_value(r->tenant.data ? r->tenant : gw_slice_of(""));
	case GW_SQL_KEY:
		return text_value(r->key);
	case GW_SQL_VERSION:
		return (struct gw_value){ .is_set = true, .number = (int64_t)r->version.a };
	case GW_SQL_DUE:
		return (struct gw_value){ .is_set = r->due != GW_NEVER, .number = r->due };
	case GW_SQL_OWNER:
		return text_value(r->owner);
	}
	if (column == gw_sql_n_columns(r->kind) - 1)
		return text_value(r->doc);
	return field_value(r, column - GW_SQL_FIELDS, packed);
}

/* ---- Reading ---- */

void gw_sql_row_init(struct gw_sql_row *row, const struct gw_kind *kind, enum gw_want want)
{
	*row = (struct gw_sql_row){ .record = { .kind = kind } };
	if (want == GW_WANT_KEYS)
		return;
	row->fields = gw_new_array(struct gw_value, kind->n_fields);
	row->items = gw_new_array(struct gw_slice *, kind->n_fields);
	row->record.fields = row->fields;
}

void gw_sql_row_clear(struct gw_sql_row *row)
{
	for (unsigned i = 0; row->items && i < row->record.kind->n_fields; i++)
		free(row->items[i]);
	free(row->items);
	free(row->fields);
}

/* Reads the length before a packed keyword; false = damaged. */
static bool next_length(struct gw_slice *packed, size_t *out)
{
	size_t len = 0, i = 0;
	while (i < packed->len && i < 9 && packed->data[i] >= '0' && packed->data[i] <= '9')
		len = len * 10 + (size_t)(packed->data[i++] - '0');
	if (i == packed->len || packed->data[i] != ':' || len > packed->len - i - 1)
		return false;
	*packed = gw_slice(packed->data + i + 1, packed->len - i - 1);
	*out = len;
	return true;
}

static void unpack(struct gw_sql_row *row, unsigned field, struct gw_slice packed)
{
	struct gw_value *value = &row->fields[field];
	size_t n = 0, cap = 0, len;
	struct gw_slice *items = NULL;
	while (packed.len && next_length(&packed, &len)) {
		items = gw_grow(items, n, &cap);
		items[n++] = gw_slice(packed.data, len);
		packed = gw_slice(packed.data + len, packed.len - len);
	}
	free(row->items[field]);
	row->items[field] = items;
	*value = (struct gw_value){ .is_set = n > 0, .items = items, .n_items = (unsigned)n };
}

void gw_sql_row_null(struct gw_sql_row *row, unsigned column)
{
	if (column == GW_SQL_DUE)
		row->record.due = GW_NEVER;
	else if (column == GW_SQL_OWNER)
		row->record.owner = gw_slice(NULL, 0);
	else if (column >= GW_SQL_FIELDS)
		row->fields[column - GW_SQL_FIELDS] = (struct gw_value){ 0 };
}

void gw_sql_row_number(struct gw_sql_row *row, unsigned column, int64_t number)
{
	if (column == GW_SQL_VERSION)
		row->record.version = (struct gw_version){ .a = (uint64_t)number };
	else if (column == GW_SQL_DUE)
		row->record.due = number;
	else
		row->fields[column - GW_SQL_FIELDS] =
			(struct gw_value){ .is_set = true, .number = number };
}

void gw_sql_row_text(struct gw_sql_row *row, unsigned column, struct gw_slice text)
{
	const struct gw_kind *kind = row->record.kind;
	if (column == GW_SQL_TENANT)
		row->record.tenant = text;
	else if (column == GW_SQL_KEY)
		row->record.key = text;
	else if (column == GW_SQL_OWNER)
		row->record.owner = text;
	else if (column == gw_sql_n_columns(kind) - 1)
		row->record.doc = text;
	else if (kind->fields[column - GW_SQL_FIELDS].type == GW_KEYWORDS)
		unpack(row, column - GW_SQL_FIELDS, text);
	else
		row->fields[column - GW_SQL_FIELDS] = text_value(text);
}

/* ---- Counts ---- */

void gw_sql_counts_add(struct gw_counts *counts, struct gw_slice value, uint64_t n)
{
	for (size_t i = 0; value.len == 0 && i < counts->n; i++) {
		if (counts->items[i].value[0] == '\0') {
			counts->items[i].n += n;
			return;
		}
	}
	counts->items = gw_grow(counts->items, counts->n, &counts->cap);
	counts->items[counts->n++] = (struct gw_count){ gw_strndup(value.data, value.len), n };
}

void gw_sql_counts_clear(struct gw_counts *counts)
{
	for (size_t i = 0; i < counts->n; i++)
		free(counts->items[i].value);
	free(counts->items);
}

/* ---- Versions ---- */

bool gw_sql_versions_init(struct gw_sql_versions *v, struct gw_error *err)
{
	uint64_t start;
	if (getrandom(&start, sizeof(start), 0) != sizeof(start))
		return gw_fail(err, GW_INTERNAL, "no random numbers to be had");
	atomic_init(&v->next, (int64_t)(start >> 2));
	return true;
}

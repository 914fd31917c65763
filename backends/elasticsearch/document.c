/* document.c - records as documents of the server, and back */
#include "backends/elasticsearch/elasticsearch.h"

#include <openssl/evp.h>

#define ID_MAX 512 /* bytes; the server's bound */
#define ID_KEPT 440 /* of a longer one, before its hash */

/* ---- Ids ---- */

static void add_hash(struct gw_str *out, struct gw_slice text)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (!EVP_Digest(text.data, text.len, hash, &len, EVP_sha256(), NULL))
		abort();
	for (unsigned i = 0; i < len; i++)
		gw_str_printf(out, "%02x", hash[i]);
}

void document_id(struct gw_str *out, struct gw_slice tenant, struct gw_slice key)
{
	size_t begin = out->len;
	for (size_t i = 0; i < tenant.len; i++) {
		char c = tenant.data[i];
		if (c == '/' || c == '%')
			gw_str_printf(out, "%%%02X", c);
		else
			gw_str_putc(out, c);
	}
	gw_str_putc(out, '/');
	gw_str_add(out, key.data, key.len);
	struct gw_slice id = gw_slice(out->data + begin, out->len - begin);
	if (id.len <= ID_MAX)
		return;
	gw_auto_free char *whole = gw_slice_dup(id);
	out->len = begin + cut_text(id, ID_KEPT).len;
	gw_str_putc(out, '#');
	add_hash(out, gw_slice_of(whole));
}

/* ---- Printing ---- */

struct gw_slice cut_text(struct gw_slice text, size_t most)
{
	if (text.len <= most)
		return text;
	while (most && ((unsigned char)text.data[most] & 0xc0) == 0x80)
		most--;
	return gw_slice(text.data, most);
}

static void print_items(struct gw_str *out, const struct gw_value *value, size_t most)
{
	gw_str_putc(out, '[');
	for (unsigned i = 0; i < value->n_items; i++) {
		gw_json_comma(out);
		gw_json_quote(out, cut_text(value->items[i], most));
	}
	gw_str_putc(out, ']');
}

/* A text that is too long for one term: pieces that overlap, so that what is searched for stands
 * whole in one of them. */
static void print_pieces(struct gw_str *out, struct gw_slice text)
{
	gw_str_putc(out, '[');
	for (;;) {
		struct gw_slice piece = cut_text(text, TEXT_PIECE);
		gw_json_comma(out);
		gw_json_quote(out, piece);
		if (piece.len == text.len)
			break;
		size_t step = cut_text(text, piece.len - TEXT_OVERLAP).len;
		text = gw_slice(text.data + step, text.len - step);
	}
	gw_str_putc(out, ']');
}

static void print_field(struct gw_str *out, const struct gw_field *field,
	const struct gw_value *value)
{
	switch (field->type) {
	case GW_KEYWORD:
		gw_json_text(out, field->name, cut_text(value->text, GW_KEYWORD_INDEXED));
		break;
	case GW_KEYWORDS:
		gw_json_key(out, field->name);
		print_items(out, value, GW_KEYWORD_INDEXED);
		break;
	case GW_INTEGER:
	case GW_INSTANT:
		gw_json_int(out, field->name, value->number);
		break;
	case GW_BOOLEAN:
		gw_json_bool(out, field->name, value->number != 0);
		break;
	case GW_TEXT:
		gw_json_key(out, field->name);
		if (value->text.len <= TEXT_PIECE)
			gw_json_quote(out, value->text);
		else
			print_pieces(out, value->text);
		break;
	}
}

static bool is_set(const struct gw_field *field, const struct gw_value *value)
{
	return field->type == GW_KEYWORDS ? value->n_items > 0 : value->is_set;
}

/* More than what is indexed of it. */
static bool is_long(const struct gw_field *field, const struct gw_value *value)
{
	bool found = false;
	if (field->type == GW_KEYWORD)
		return value->text.len > GW_KEYWORD_INDEXED;
	if (field->type == GW_TEXT)
		return value->text.len > TEXT_PIECE;
	for (unsigned i = 0; field->type == GW_KEYWORDS && i < value->n_items; i++)
		found |= value->items[i].len > GW_KEYWORD_INDEXED;
	return found;
}

static void print_whole(struct gw_str *out, const struct gw_record *r)
{
	bool any = false;
	for (unsigned i = 0; r->fields && i < r->kind->n_fields; i++) {
		const struct gw_field *field = &r->kind->fields[i];
		if (!is_set(field, &r->fields[i]) || !is_long(field, &r->fields[i]))
			continue;
		if (!any) {
			gw_json_key(out, FIELD_WHOLE);
			gw_str_putc(out, '{');
		}
		any = true;
		gw_json_key(out, field->name);
		if (field->type == GW_KEYWORDS)
			print_items(out, &r->fields[i], SIZE_MAX);
		else
			gw_json_quote(out, r->fields[i].text);
	}
	if (any)
		gw_str_putc(out, '}');
}

void document_print(struct gw_str *out, const struct gw_record *r)
{
	gw_str_putc(out, '{');
	gw_json_text(out, "tenant", r->tenant);
	gw_json_text(out, "key", r->key);
	if (r->due != GW_NEVER)
		gw_json_int(out, "due", r->due);
	if (r->owner.data)
		gw_json_text(out, "owner", r->owner);
	for (unsigned i = 0; r->fields && i < r->kind->n_fields; i++)
		if (is_set(&r->kind->fields[i], &r->fields[i]))
			print_field(out, &r->kind->fields[i], &r->fields[i]);
	print_whole(out, r);
	gw_json_text(out, FIELD_DOCUMENT, r->doc);
	gw_str_putc(out, '}');
}

/* ---- Reading ---- */

void row_init(struct row *row, const struct gw_kind *kind, enum gw_want want)
{
	*row = (struct row){ .record = { .kind = kind } };
	if (want == GW_WANT_RECORDS)
		row->fields = gw_new_array(struct gw_value, kind->n_fields + 1);
}

void row_clear(struct row *row)
{
	free(row->fields);
	free(row->items);
}

static struct gw_slice text_of(const json_t *value)
{
	return gw_slice(json_string_value(value), json_string_length(value));
}

/* Room for the items of all fields, which must not move once they are pointed to. */
static void make_room(struct row *row, const json_t *source)
{
	const char *name;
	json_t *value;
	size_t n = 0;
	json_object_foreach ((json_t *)(uintptr_t)source, name, value)
		n += json_array_size(value);
	json_object_foreach (json_object_get(source, FIELD_WHOLE), name, value)
		n += json_array_size(value);
	if (n <= row->cap_items)
		return;
	free(row->items);
	row->items = gw_new_array(struct gw_slice, n);
	row->cap_items = n;
}

static struct gw_value read_items(const json_t *value, struct gw_slice *items)
{
	size_t i;
	json_t *item;
	json_array_foreach (value, i, item)
		items[i] = text_of(item);
	return (struct gw_value){ .is_set = true, .items = items, .n_items = (unsigned)i };
}

static struct gw_value read_value(const json_t *value, struct gw_slice *items)
{
	if (json_is_array(value))
		return read_items(value, items);
	if (json_is_string(value))
		return (struct gw_value){ .is_set = true, .text = text_of(value) };
	if (json_is_boolean(value))
		return (struct gw_value){ .is_set = true, .number = json_is_true(value) };
	if (json_is_integer(value))
		return (struct gw_value){ .is_set = true, .number = json_integer_value(value) };
	return (struct gw_value){ 0 };
}

static void read_fields(struct row *row, const json_t *source)
{
	const struct gw_kind *kind = row->record.kind;
	const json_t *whole = json_object_get(source, FIELD_WHOLE);
	struct gw_slice *items = row->items;
	for (unsigned i = 0; i < kind->n_fields; i++) {
		const char *name = kind->fields[i].name;
		const json_t *value = json_object_get(whole, name);
		row->fields[i] = read_value(value ? value : json_object_get(source, name), items);
		items += row->fields[i].n_items;
	}
}

struct gw_version version_of(const json_t *hit)
{
	uint64_t number = index_number(gw_json_string(hit, "_index"));
	uint64_t term = (uint64_t)json_integer_value(json_object_get(hit, "_primary_term"));
	return (struct gw_version){ (uint64_t)json_integer_value(json_object_get(hit, "_seq_no")),
		number << 32 | term };
}

bool row_read(struct row *row, const json_t *hit, struct gw_error *err)
{
	const json_t *source = json_object_get(hit, "_source");
	const json_t *due = json_object_get(source, "due");
	struct gw_record *r = &row->record;
	r->tenant = text_of(json_object_get(source, "tenant"));
	r->key = text_of(json_object_get(source, "key"));
	r->owner = text_of(json_object_get(source, "owner"));
	r->due = due ? json_integer_value(due) : GW_NEVER;
	r->version = version_of(hit);
	if (!r->tenant.data || !r->key.data)
		return gw_fail(err, GW_INTERNAL, "%s %s is no record of Godwit", r->kind->name,
			gw_json_string(hit, "_id"));
	if (!row->fields)
		return true;
	make_room(row, source);
	read_fields(row, source);
	r->fields = row->fields;
	r->doc = text_of(json_object_get(source, FIELD_DOCUMENT));
	return r->doc.data || gw_fail(err, GW_INTERNAL, "%s %.*s has no document", r->kind->name,
				      GW_SLICE(r->key));
}

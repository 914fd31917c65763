/* packed.c - packing and unpacking records */
#include "backup/packed.h"

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "model/kinds.h"

enum flag { HAS_DUE = 1, WAS_OWNED = 2, FLAGS = 3 };
enum tag { TAG_NULL, TAG_NUMBER, TAG_TEXT, TAG_ITEMS };

static const char *const type_names[] = {
	[GW_KEYWORD] = "keyword",
	[GW_KEYWORDS] = "keywords",
	[GW_INTEGER] = "integer",
	[GW_INSTANT] = "instant",
	[GW_BOOLEAN] = "boolean",
	[GW_TEXT] = "text",
};

/* ---- Packing ---- */

static void put_number(struct gw_str *out, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		gw_str_putc(out, (char)(n | 0x80));
	gw_str_putc(out, (char)n);
}

static void put_signed(struct gw_str *out, int64_t n)
{
	put_number(out, ((uint64_t)n << 1) ^ (uint64_t)(n >> 63));
}

static void put_text(struct gw_str *out, struct gw_slice text)
{
	put_number(out, text.len);
	gw_str_add(out, text.data, text.len);
}

static void put_value(struct gw_str *out, enum gw_field_type type, const struct gw_value *value)
{
	if (type == GW_KEYWORDS && value->n_items) {
		gw_str_putc(out, TAG_ITEMS);
		put_number(out, value->n_items);
		for (unsigned i = 0; i < value->n_items; i++)
			put_text(out, value->items[i]);
	} else if (type == GW_KEYWORDS || !value->is_set) {
		gw_str_putc(out, TAG_NULL);
	} else if (type == GW_KEYWORD || type == GW_TEXT) {
		gw_str_putc(out, TAG_TEXT);
		put_text(out, value->text);
	} else {
		gw_str_putc(out, TAG_NUMBER);
		put_signed(out, value->number);
	}
}

void gw_pack_record(struct gw_str *out, const struct gw_record *r)
{
	static const struct gw_value none;
	bool has_due = r->due != GW_NEVER;
	gw_str_putc(out, (char)((has_due ? HAS_DUE : 0) | (r->owner.data ? WAS_OWNED : 0)));
	put_text(out, r->tenant);
	put_text(out, r->key);
	put_number(out, r->version.a);
	put_number(out, r->version.b);
	if (has_due)
		put_signed(out, r->due);
	for (unsigned i = 0; i < r->kind->n_fields; i++)
		put_value(out, r->kind->fields[i].type, r->fields ? &r->fields[i] : &none);
	put_text(out, r->doc);
}

void gw_pack_kind(struct gw_str *out, const struct gw_kind *kind)
{
	gw_str_putc(out, '{');
	gw_json_text(out, "kind", gw_slice_of(kind->name));
	gw_json_key(out, "fields");
	gw_str_putc(out, '[');
	for (unsigned i = 0; i < kind->n_fields; i++)
		gw_str_printf(out, "%s[\"%s\",\"%s\"]", i ? "," : "", kind->fields[i].name,
			type_names[kind->fields[i].type]);
	gw_str_puts(out, "]}");
}

/* ---- Kinds of an archive ---- */

/* A field is known by name and type: what became of another type is derived anew. */
static int place_of(const struct gw_kind *kind, const json_t *field)
{
	const char *name = json_string_value(json_array_get(field, 0));
	const char *type = json_string_value(json_array_get(field, 1));
	int place = kind && name ? gw_kind_field(kind, name) : -1;
	if (place < 0 || !type || strcmp(type_names[kind->fields[place].type], type) != 0)
		return -1;
	return place;
}

bool gw_packing_read(struct gw_packing *packing, struct gw_slice text, struct gw_error *err)
{
	json_auto_t *doc = gw_json_parse(text, err);
	const char *name = gw_json_string(doc, "kind");
	const json_t *fields = json_object_get(doc, "fields");
	size_t n = json_array_size(fields);
	if (!name || !json_is_array(fields) || n > GW_PACKED_FIELDS_MAX)
		return gw_fail(err, GW_INVALID, "the archive declares a kind in an unknown way");
	gw_packing_clear(packing);
	packing->name = gw_strdup(name);
	packing->kind = gw_kind_find(name);
	packing->n_fields = (unsigned)n;
	for (size_t i = 0; i < n; i++) {
		packing->place[i] = place_of(packing->kind, json_array_get(fields, i));
		for (size_t k = 0; packing->place[i] >= 0 && k < i; k++)
			if (packing->place[k] == packing->place[i])
				return gw_fail(err, GW_INVALID,
					"the archive declares a field of %s twice", name);
	}
	return true;
}

void gw_packing_clear(struct gw_packing *packing)
{
	free(packing->name);
	*packing = (struct gw_packing){ 0 };
}

/* ---- Unpacking: every length is checked against what is left ---- */

struct cursor {
	const unsigned char *at, *end;
};

static bool take_byte(struct cursor *c, unsigned *out)
{
	if (c->at == c->end)
		return false;
	*out = *c->at++;
	return true;
}

static bool take_number(struct cursor *c, uint64_t *out)
{
	unsigned byte;
	*out = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (!take_byte(c, &byte) || (shift == 63 && byte > 1))
			return false;
		*out |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

static bool take_signed(struct cursor *c, int64_t *out)
{
	uint64_t n;
	if (!take_number(c, &n))
		return false;
	*out = (int64_t)(n >> 1) ^ -(int64_t)(n & 1);
	return true;
}

static bool take_text(struct cursor *c, struct gw_slice *out)
{
	uint64_t len;
	if (!take_number(c, &len) || len > (uint64_t)(c->end - c->at))
		return false;
	*out = gw_slice((const char *)c->at, (size_t)len);
	c->at += len;
	return true;
}

/* Items may move while they grow: values get them at the end. */
static bool take_items(struct cursor *c, struct gw_unpacked *out, struct gw_value *value)
{
	uint64_t n;
	if (!take_number(c, &n) || n > (uint64_t)(c->end - c->at))
		return false;
	value->n_items = (unsigned)n;
	value->is_set = n > 0;
	for (uint64_t i = 0; i < n; i++) {
		out->items = gw_grow(out->items, out->n_items, &out->cap_items);
		if (!take_text(c, &out->items[out->n_items++]))
			return false;
	}
	return true;
}

static bool take_value(struct cursor *c, struct gw_unpacked *out, struct gw_value *value)
{
	unsigned tag;
	if (!take_byte(c, &tag))
		return false;
	value->is_set = tag != TAG_NULL;
	switch (tag) {
	case TAG_NULL:
		return true;
	case TAG_NUMBER:
		return take_signed(c, &value->number);
	case TAG_TEXT:
		return take_text(c, &value->text);
	case TAG_ITEMS:
		return take_items(c, out, value);
	default:
		return false;
	}
}

/* Whether the value is what a field of this type holds. */
static bool fits(enum gw_field_type type, const struct gw_value *value)
{
	bool is_text = value->text.data != NULL, has_items = value->n_items > 0;
	if (!value->is_set)
		return true;
	if (type == GW_KEYWORDS)
		return has_items;
	return !has_items && is_text == (type == GW_KEYWORD || type == GW_TEXT);
}

static bool take_fields(struct cursor *c, const struct gw_packing *packing, struct gw_unpacked *out)
{
	const struct gw_kind *kind = packing->kind;
	size_t n = kind ? kind->n_fields : 0;
	out->n_items = 0;
	out->fields = gw_realloc(out->fields, (n + 1) * sizeof(*out->fields));
	memset(out->fields, 0, (n + 1) * sizeof(*out->fields));
	for (unsigned i = 0; i < packing->n_fields; i++) {
		struct gw_value value = { 0 };
		int place = packing->place[i];
		size_t first = out->n_items;
		if (!take_value(c, out, &value) ||
			(place >= 0 && !fits(kind->fields[place].type, &value)))
			return false;
		if (place < 0) {
			out->n_items = first;
			continue;
		}
		out->fields[place] = value;
	}
	return true;
}

/* In the order in which they were read, which is not that of the fields. */
static void place_items(const struct gw_packing *packing, struct gw_unpacked *out)
{
	const struct gw_slice *items = out->items;
	for (unsigned i = 0; i < packing->n_fields; i++) {
		int place = packing->place[i];
		if (place < 0 || !out->fields[place].n_items)
			continue;
		out->fields[place].items = items;
		items += out->fields[place].n_items;
	}
}

bool gw_unpack_record(const struct gw_packing *packing, struct gw_slice bytes, size_t *at,
	struct gw_unpacked *out)
{
	struct cursor c = { (const unsigned char *)bytes.data + *at,
		(const unsigned char *)bytes.data + bytes.len };
	struct gw_record *r = &out->record;
	unsigned flags;
	*r = (struct gw_record){ .kind = packing->kind, .due = GW_NEVER };
	if (!take_byte(&c, &flags) || flags > FLAGS || !take_text(&c, &r->tenant) ||
		!take_text(&c, &r->key) || !take_number(&c, &r->version.a) ||
		!take_number(&c, &r->version.b) || (flags & HAS_DUE && !take_signed(&c, &r->due)) ||
		!take_fields(&c, packing, out) || !take_text(&c, &r->doc))
		return false;
	place_items(packing, out);
	r->fields = out->fields;
	out->was_owned = flags & WAS_OWNED;
	*at = (size_t)(c.at - (const unsigned char *)bytes.data);
	return true;
}

void gw_unpacked_clear(struct gw_unpacked *unpacked)
{
	free(unpacked->fields);
	free(unpacked->items);
	*unpacked = (struct gw_unpacked){ 0 };
}

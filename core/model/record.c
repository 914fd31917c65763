/* record.c - copying records and closing streams (godwit/record.h) */
#include <godwit/record.h>

#include "base/mem.h"

static size_t record_bytes(const struct gw_record *r)
{
	size_t n = r->tenant.len + r->key.len + r->owner.len + r->doc.len;
	for (unsigned i = 0; r->fields && i < r->kind->n_fields; i++) {
		n += r->fields[i].text.len;
		for (unsigned k = 0; k < r->fields[i].n_items; k++)
			n += r->fields[i].items[k].len;
	}
	return n;
}

static size_t record_items(const struct gw_record *r)
{
	size_t n = 0;
	for (unsigned i = 0; r->fields && i < r->kind->n_fields; i++)
		n += r->fields[i].n_items;
	return n;
}

static struct gw_slice put(char **at, struct gw_slice s)
{
	if (!s.data)
		return s;
	struct gw_slice copy = { *at, s.len };
	if (s.len)
		memcpy(*at, s.data, s.len);
	*at += s.len;
	return copy;
}

/* One block: the record, its fields, the items of all fields, then the bytes. */
struct gw_record *gw_record_copy(const struct gw_record *r)
{
	size_t n_fields = r->fields ? r->kind->n_fields : 0, n_items = record_items(r);
	char *block = gw_alloc(sizeof(*r) + n_fields * sizeof(struct gw_value) +
			       n_items * sizeof(struct gw_slice) + record_bytes(r));
	struct gw_record *copy = (struct gw_record *)block;
	struct gw_value *fields = (struct gw_value *)(copy + 1);
	struct gw_slice *items = (struct gw_slice *)(fields + n_fields);
	char *at = (char *)(items + n_items);
	*copy = *r;
	copy->tenant = put(&at, r->tenant);
	copy->key = put(&at, r->key);
	copy->owner = put(&at, r->owner);
	copy->doc = put(&at, r->doc);
	copy->fields = n_fields ? fields : NULL;
	for (size_t i = 0; i < n_fields; i++) {
		fields[i] = r->fields[i];
		fields[i].text = put(&at, r->fields[i].text);
		fields[i].items = items;
		for (unsigned k = 0; k < r->fields[i].n_items; k++)
			*items++ = put(&at, r->fields[i].items[k]);
	}
	return copy;
}

void gw_stream_close(struct gw_stream **s)
{
	if (*s)
		(*s)->close(*s);
	*s = NULL;
}

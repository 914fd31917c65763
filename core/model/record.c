/* record.c - copying records, lists and streams of them (godwit/record.h) */
#include <godwit/record.h>

#include "base/mem.h"

static size_t n_values(const struct gw_record *r)
{
	return r && r->fields ? r->kind->n_fields : 0;
}

static size_t n_items(const struct gw_record *r)
{
	size_t n = 0;
	for (size_t i = 0; i < n_values(r); i++)
		n += r->fields[i].n_items;
	return n;
}

static size_t n_bytes(const struct gw_record *r)
{
	if (!r)
		return 0;
	size_t n = r->tenant.len + r->key.len + r->owner.len + r->doc.len;
	for (size_t i = 0; i < n_values(r); i++) {
		n += r->fields[i].text.len;
		for (unsigned k = 0; k < r->fields[i].n_items; k++)
			n += r->fields[i].items[k].len;
	}
	return n;
}

/* Where the next value, item and byte of a block go. */
struct room {
	struct gw_value *values;
	struct gw_slice *items;
	char *bytes;
};

static struct gw_slice put(struct room *room, struct gw_slice s)
{
	if (!s.data)
		return s;
	struct gw_slice copy = { room->bytes, s.len };
	if (s.len)
		memcpy(room->bytes, s.data, s.len);
	room->bytes += s.len;
	return copy;
}

static void copy_record(struct room *room, const struct gw_record *r, struct gw_record *out)
{
	struct gw_value *values = room->values;
	*out = *r;
	out->tenant = put(room, r->tenant);
	out->key = put(room, r->key);
	out->owner = put(room, r->owner);
	out->doc = put(room, r->doc);
	out->fields = n_values(r) ? values : NULL;
	room->values += n_values(r);
	for (size_t i = 0; i < n_values(r); i++) {
		values[i] = r->fields[i];
		values[i].text = put(room, r->fields[i].text);
		values[i].items = room->items;
		for (unsigned k = 0; k < r->fields[i].n_items; k++)
			*room->items++ = put(room, r->fields[i].items[k]);
	}
}

/* One block: head bytes for the caller, the fields, the items of all fields, then the bytes. */
static void *make_block(size_t head, const struct gw_record *const *records, size_t n,
	struct room *room)
{
	size_t values = 0, items = 0, bytes = 0;
	for (size_t i = 0; i < n; i++) {
		values += n_values(records[i]);
		items += n_items(records[i]);
		bytes += n_bytes(records[i]);
	}
	char *block = gw_alloc(head + values * sizeof(struct gw_value) +
			       items * sizeof(struct gw_slice) + bytes);
	room->values = (struct gw_value *)(block + head);
	room->items = (struct gw_slice *)(room->values + values);
	room->bytes = (char *)(room->items + items);
	return block;
}

struct gw_record *gw_record_copy(const struct gw_record *r)
{
	struct room room;
	struct gw_record *copy = make_block(sizeof(*copy), &r, 1, &room);
	copy_record(&room, r, copy);
	return copy;
}

struct gw_record *gw_records_copy(struct gw_record *const *records, size_t n)
{
	struct room room;
	struct gw_record *copies =
		make_block(n * sizeof(*copies), (const struct gw_record *const *)records, n, &room);
	for (size_t i = 0; i < n; i++) {
		if (records[i])
			copy_record(&room, records[i], &copies[i]);
		else
			copies[i] = (struct gw_record){ 0 };
	}
	return copies;
}

void gw_stream_close(struct gw_stream **s)
{
	if (*s)
		(*s)->close(*s);
	*s = NULL;
}

void gw_records_add(struct gw_records *records, struct gw_record *copy)
{
	records->items = gw_grow(records->items, records->n, &records->cap);
	records->items[records->n++] = copy;
}

void gw_records_clear(struct gw_records *records)
{
	for (size_t i = 0; i < records->n; i++)
		free(records->items[i]);
	free(records->items);
	*records = (struct gw_records){ 0 };
}

struct list_stream {
	struct gw_stream base;
	struct gw_records records;
	size_t next;
};

static enum gw_next list_next(struct gw_stream *s, struct gw_record *out, struct gw_error *err)
{
	(void)err;
	struct list_stream *list = (struct list_stream *)s;
	if (list->next == list->records.n)
		return GW_NEXT_DONE;
	*out = *list->records.items[list->next++];
	return GW_NEXT_RECORD;
}

static void list_close(struct gw_stream *s)
{
	struct list_stream *list = (struct list_stream *)s;
	gw_records_clear(&list->records);
	free(list);
}

struct gw_stream *gw_records_stream(struct gw_records *records)
{
	struct list_stream *list = gw_new(struct list_stream);
	list->base = (struct gw_stream){ list_next, list_close };
	list->records = *records;
	*records = (struct gw_records){ 0 };
	return &list->base;
}

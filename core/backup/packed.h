/* packed.h - records as bytes: what stands in the frames of an archive */
#ifndef GW_BACKUP_PACKED_H
#define GW_BACKUP_PACKED_H

#include <godwit/json.h>
#include <godwit/record.h>

#define GW_PACKED_FIELDS_MAX 256

/* How the records of a kind were packed, and which field of today's kind each value belongs to. */
struct gw_packing {
	char *name; /* of the kind; owned */
	const struct gw_kind *kind; /* NULL = no longer, or not yet known */
	unsigned n_fields;
	int place[GW_PACKED_FIELDS_MAX]; /* in kind->fields; -1 = dropped */
};

/* An unpacked record. It points into the packed bytes. */
struct gw_unpacked {
	struct gw_record record;
	bool was_owned; /* somebody worked on it at that moment */
	struct gw_value *fields; /* record.fields; owned */
	struct gw_slice *items; /* of KEYWORDS; owned */
	size_t n_items, cap_items;
};

GW_EXPORT void gw_pack_record(struct gw_str *out, const struct gw_record *record);
/* {"kind": …, "fields": [[name, type], …]} */
GW_EXPORT void gw_pack_kind(struct gw_str *out, const struct gw_kind *kind);

GW_EXPORT bool gw_packing_read(struct gw_packing *packing, struct gw_slice text,
	struct gw_error *err);
GW_EXPORT void gw_packing_clear(struct gw_packing *packing);

/* Reads the record at *at and moves on. False: these are no records. */
GW_EXPORT bool gw_unpack_record(const struct gw_packing *packing, struct gw_slice bytes, size_t *at,
	struct gw_unpacked *out);
GW_EXPORT void gw_unpacked_clear(struct gw_unpacked *unpacked);

#endif

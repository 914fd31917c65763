/* tally.h - how many records of which kind, and a digest that does not depend on their order */
#ifndef GW_BACKUP_TALLY_H
#define GW_BACKUP_TALLY_H

#include <godwit/record.h>

#include <jansson.h>

#define GW_TALLIES_MAX 128 /* kinds */

struct gw_digest {
	uint64_t lanes[4]; /* sums of hashes */
};

struct gw_tally {
	char name[64]; /* of the kind */
	uint64_t n, bytes; /* records; of their keys and documents */
	struct gw_digest digest;
};

struct gw_tallies {
	struct gw_tally items[GW_TALLIES_MAX];
	size_t n;
};

/* A new one with zeros if there is none; NULL if there are too many. */
GW_EXPORT struct gw_tally *gw_tally_of(struct gw_tallies *tallies, struct gw_slice name);
GW_EXPORT const struct gw_tally *gw_tally_find(const struct gw_tallies *tallies, const char *name);
/* Tenant, key and document count; version, due and fields do not. */
GW_EXPORT void gw_tally_add(struct gw_tally *tally, struct gw_slice tenant, struct gw_slice key,
	struct gw_slice doc);
GW_EXPORT bool gw_tally_equal(const struct gw_tally *a, const struct gw_tally *b);
GW_EXPORT void gw_tallies_print(struct gw_str *out, const struct gw_tallies *tallies);
GW_EXPORT bool gw_tallies_read(const json_t *list, struct gw_tallies *out);

#endif

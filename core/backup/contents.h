/* contents.h - what a backup is made of, in the words of those who make it */
#ifndef GW_BACKUP_CONTENTS_H
#define GW_BACKUP_CONTENTS_H

#include "backup/tally.h"

#include "model/kinds.h"

enum gw_content_flag {
	GW_CONTENT_INSTANCE = 1 << 0, /* of the whole installation: in no TENANT archive */
	GW_CONTENT_DATA = 1 << 1, /* what executions leave: only if wanted */
};

/* A resource: its first kind is the one that is counted. */
struct gw_content {
	const char *name; /* "FLOW" */
	unsigned flags;
	const struct gw_kind *kinds[3]; /* ended by NULL */
};

/* In the order in which they are stored and restored: what is referred to comes first. */
extern const struct gw_content gw_contents[];
extern const size_t gw_n_contents;

/* A set of resources: bit i = gw_contents[i]. */
static inline bool gw_content_in(uint64_t set, size_t i)
{
	return set >> i & 1;
}

/* "FLOW,TRIGGER", letters in any case, added to *set; GW_BAD_REQUEST names what is unknown. */
GW_EXPORT bool gw_contents_parse(const char *list, uint64_t *set, struct gw_error *err);
/* Position, or SIZE_MAX if the kind is in no backup. */
GW_EXPORT size_t gw_content_of(const struct gw_kind *kind);
/* "[BINDING: 0, FLOW: 13, …]" by name: those of the set, and all that were counted. */
GW_EXPORT void gw_contents_print(struct gw_str *out, const struct gw_tallies *tallies,
	uint64_t set);

#endif

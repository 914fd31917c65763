/* multipart.h - reading multipart/form-data piece by piece, large parts into unnamed files */
#ifndef GW_API_MULTIPART_H
#define GW_API_MULTIPART_H

#include <godwit/text.h>

struct gw_part {
	char *name;
	char *filename; /* NULL = not a file */
	struct gw_str text; /* what it holds, unless fd is valid */
	int fd; /* an unnamed file; -1 = in text */
	uint64_t size;
};

struct gw_multipart_limits {
	size_t parts; /* how many */
	size_t header; /* bytes before one part's content */
	size_t inline_part; /* a part with more goes to a file */
	size_t inline_total; /* so do parts when all of them in memory would exceed this */
	const char *folder; /* where the files are made */
};

struct gw_multipart;

/* content_type names the boundary; GW_BAD_REQUEST if it does not. limits must outlive it. */
GW_EXPORT struct gw_multipart *gw_multipart_new(const char *content_type,
	const struct gw_multipart_limits *limits, struct gw_error *err);
/* After an error only free is allowed. */
GW_EXPORT bool gw_multipart_feed(struct gw_multipart *m, const char *data, size_t len,
	struct gw_error *err);
/* The body is over: an error unless the closing boundary was seen, or nothing was. */
GW_EXPORT bool gw_multipart_finish(struct gw_multipart *m, struct gw_error *err);
GW_EXPORT void gw_multipart_free(struct gw_multipart *m);

/* Parts that have a name, in their order. */
GW_EXPORT struct gw_part *gw_multipart_part(struct gw_multipart *m, size_t i); /* NULL = no more */
/* A descriptor that reads the part from its start (of a memory file if it was inline): the
 * caller's. -1 on error. */
GW_EXPORT int gw_part_open(const struct gw_part *part, struct gw_error *err);

#endif

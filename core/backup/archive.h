/* archive.h - writing and reading archives: docs/backup-format.md
 *
 * backup may use: everything but api, cli. */
#ifndef GW_BACKUP_ARCHIVE_H
#define GW_BACKUP_ARCHIVE_H

#include "backup/packed.h"
#include "backup/tally.h"

#define GW_ARCHIVE_FORMAT 1

/* ---- Writing ---- */

struct gw_archive_sink {
	bool (*write)(void *arg, struct gw_slice bytes, struct gw_error *err);
	void *arg;
};

struct gw_archive_writer;

/* header is an object that describes the archive; how it is sealed is added to it. key NULL: not
 * encrypted. */
GW_EXPORT struct gw_archive_writer *gw_archive_create(json_t *header, const char *key,
	const struct gw_archive_sink *sink, struct gw_error *err);
GW_EXPORT bool gw_archive_add(struct gw_archive_writer *w, const struct gw_record *record,
	struct gw_error *err);
/* A record of the archive that this one is based on, which is gone. */
GW_EXPORT bool gw_archive_add_deleted(struct gw_archive_writer *w, const struct gw_record *record,
	struct gw_error *err);
/* A file of internal storage: announces it, then its content in parts. */
GW_EXPORT bool gw_archive_begin_file(struct gw_archive_writer *w, const char *tenant,
	const char *path, struct gw_error *err);
GW_EXPORT bool gw_archive_add_part(struct gw_archive_writer *w, struct gw_slice part,
	struct gw_error *err);
/* Counts a kind even if nothing of it comes. */
GW_EXPORT void gw_archive_expect(struct gw_archive_writer *w, const struct gw_kind *kind);
/* The manifest; the archive is complete. */
GW_EXPORT bool gw_archive_finish(struct gw_archive_writer *w, struct gw_error *err);
GW_EXPORT const struct gw_tallies *gw_archive_written(const struct gw_archive_writer *w);
GW_EXPORT uint64_t gw_archive_size(const struct gw_archive_writer *w); /* bytes so far */
GW_EXPORT void gw_archive_writer_free(struct gw_archive_writer **w);
#define gw_auto_archive_writer \
	__attribute__((cleanup(gw_archive_writer_free))) struct gw_archive_writer

/* ---- Reading ---- */

enum gw_archive_next {
	GW_ARCHIVE_RECORD,
	GW_ARCHIVE_DELETED, /* only tenant and key */
	GW_ARCHIVE_FILE, /* tenant and path; its parts follow */
	GW_ARCHIVE_PART,
	GW_ARCHIVE_DONE, /* the manifest says the same */
	GW_ARCHIVE_FAILED,
};

/* What comes next. It belongs to the reader until the next call. */
struct gw_archive_item {
	const char *kind; /* name, also of one that is unknown here (then record.kind is NULL) */
	struct gw_record record; /* owner is never set */
	bool was_owned;
	const char *tenant, *path; /* of a file */
	struct gw_slice part;
};

struct gw_archive_reader;

/* Takes fd over. GW_INVALID: no archive, or damaged; GW_CONFLICT: of a newer format; GW_DENIED: it
 * needs another key. */
GW_EXPORT struct gw_archive_reader *gw_archive_open(int fd, const char *key, struct gw_error *err);
/* Only what stands in front; needs no key. A new reference. */
GW_EXPORT json_t *gw_archive_peek(int fd, struct gw_error *err);
GW_EXPORT const json_t *gw_archive_header(const struct gw_archive_reader *r);
/* Of what stands in front: tells an archive from all others. */
struct gw_slice gw_archive_hash(const struct gw_archive_reader *r);
GW_EXPORT enum gw_archive_next gw_archive_next(struct gw_archive_reader *r,
	struct gw_archive_item *out, struct gw_error *err);
GW_EXPORT const struct gw_tallies *gw_archive_read(const struct gw_archive_reader *r);
GW_EXPORT uint64_t gw_archive_position(const struct gw_archive_reader *r); /* bytes so far */
GW_EXPORT void gw_archive_reader_free(struct gw_archive_reader **r);
#define gw_auto_archive_reader \
	__attribute__((cleanup(gw_archive_reader_free))) struct gw_archive_reader

#endif

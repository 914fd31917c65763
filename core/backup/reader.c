/* reader.c - reading an archive: nothing of a frame is used before all of it was verified */
#include "backup/archive.h"
#include "backup/frame.h"
#include "backup/seal.h"

#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/mem.h"

#include <errno.h>
#include <unistd.h>
#include <zstd.h>

#define READ_STEP (1u << 20) /* memory is taken as bytes come, whatever a length says */
#define WINDOW_LOG_MAX 27

struct gw_archive_reader {
	int fd;
	uint64_t position;
	json_t *header;
	struct gw_seal seal;
	ZSTD_DCtx *zstd;
	struct gw_str sealed, plain, raw;
	enum gw_frame_type type; /* of raw; 0 = there is none */
	size_t at; /* in raw */
	bool was_last;
	struct gw_packing packing;
	struct gw_tally *tally;
	struct gw_unpacked unpacked;
	struct gw_tallies tallies;
	json_t *file; /* whose parts come */
};

void gw_archive_reader_free(struct gw_archive_reader **r)
{
	struct gw_archive_reader *reader = gw_steal(r);
	if (!reader)
		return;
	gw_fd_close(&reader->fd);
	json_decref(reader->header);
	json_decref(reader->file);
	ZSTD_freeDCtx(reader->zstd);
	gw_str_clear(&reader->sealed);
	gw_str_clear(&reader->plain);
	gw_str_clear(&reader->raw);
	gw_packing_clear(&reader->packing);
	gw_unpacked_clear(&reader->unpacked);
	sodium_memzero(&reader->seal, sizeof(reader->seal));
	free(reader);
}

/* ---- Bytes ---- */

/* Appends n bytes; fewer if the file ends before. */
static bool read_bytes(int fd, size_t n, struct gw_str *out, struct gw_error *err)
{
	while (n > 0) {
		size_t step = n < READ_STEP ? n : READ_STEP;
		char *to = gw_str_extend(out, step);
		ssize_t got = read(fd, to, step);
		out->len -= got > 0 ? step - (size_t)got : step;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return gw_fail_errno(err, errno, "reading the archive");
		if (got == 0)
			return true;
		n -= (size_t)got;
	}
	return true;
}

static bool read_exactly(int fd, size_t n, struct gw_str *out, struct gw_error *err)
{
	size_t before = out->len;
	if (!read_bytes(fd, n, out, err))
		return false;
	return out->len - before == n ||
	       gw_fail(err, GW_INVALID, "the archive is cut off: it was not copied completely");
}

/* ---- The head ---- */

static bool check_magic(const struct gw_str *head, struct gw_error *err)
{
	if (head->len < GW_ARCHIVE_MAGIC_LEN ||
		memcmp(head->data, GW_ARCHIVE_MAGIC, GW_ARCHIVE_MAGIC_LEN) != 0)
		return gw_fail(err, GW_INVALID, "this is no archive of Godwit");
	return true;
}

/* Magic, format, header; *head is all of it. */
static json_t *read_head(int fd, struct gw_str *head, struct gw_error *err)
{
	size_t fixed = GW_ARCHIVE_MAGIC_LEN + 8;
	if (!read_bytes(fd, fixed, head, err) || !check_magic(head, err) ||
		!read_exactly(fd, fixed - head->len, head, err))
		return NULL;
	const unsigned char *numbers = (const unsigned char *)head->data + GW_ARCHIVE_MAGIC_LEN;
	uint32_t format = gw_get_u32(numbers), len = gw_get_u32(numbers + 4);
	unsigned char wanted[GW_SEAL_HASH];
	gw_auto_str hash = { 0 };
	struct gw_seal seal;
	if (format > GW_ARCHIVE_FORMAT) {
		gw_fail(err, GW_CONFLICT,
			"the archive has format %u, known are those up to %d: use a newer Godwit",
			format, GW_ARCHIVE_FORMAT);
		return NULL;
	}
	if (format == 0 || len > GW_ARCHIVE_HEADER_MAX) {
		gw_fail(err, GW_INVALID, "the archive's header is damaged");
		return NULL;
	}
	if (!read_exactly(fd, len, head, err) || !read_exactly(fd, sizeof(wanted), &hash, err))
		return NULL;
	gw_seal_begin(&seal, gw_str_slice(head));
	if (memcmp(seal.head, hash.data, sizeof(seal.head)) != 0) {
		gw_fail(err, GW_INVALID, "the archive's header is damaged");
		return NULL;
	}
	return gw_json_parse(gw_slice(head->data + fixed, len), err);
}

json_t *gw_archive_peek(int fd, struct gw_error *err)
{
	gw_auto_str head = { 0 };
	return read_head(fd, &head, err);
}

struct gw_archive_reader *gw_archive_open(int fd, const char *key, struct gw_error *err)
{
	gw_auto_str head = { 0 };
	gw_auto_archive_reader *r = gw_new(struct gw_archive_reader);
	r->fd = fd;
	r->header = read_head(fd, &head, err);
	if (!r->header || !gw_seal_open(&r->seal, key, r->header, err))
		return NULL;
	gw_seal_begin(&r->seal, gw_str_slice(&head));
	r->position = head.len + GW_SEAL_HASH;
	r->zstd = ZSTD_createDCtx();
	if (!r->zstd) {
		gw_fail(err, GW_UNAVAILABLE, "no memory for zstd");
		return NULL;
	}
	ZSTD_DCtx_setParameter(r->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	return gw_steal(&r);
}

const json_t *gw_archive_header(const struct gw_archive_reader *r)
{
	return r->header;
}

struct gw_slice gw_archive_hash(const struct gw_archive_reader *r)
{
	return gw_slice((const char *)r->seal.head, sizeof(r->seal.head));
}

const struct gw_tallies *gw_archive_read(const struct gw_archive_reader *r)
{
	return &r->tallies;
}

uint64_t gw_archive_position(const struct gw_archive_reader *r)
{
	return r->position;
}

/* ---- Frames ---- */

static bool fail_frame(struct gw_archive_reader *r, struct gw_error *err)
{
	return gw_fail(err, GW_INVALID, "the archive is damaged in frame %llu, at byte %llu",
		(unsigned long long)r->seal.n, (unsigned long long)r->position);
}

static bool read_sealed(struct gw_archive_reader *r, struct gw_error *err)
{
	gw_str_reset(&r->sealed);
	if (!read_exactly(r->fd, 4, &r->sealed, err))
		return false;
	uint32_t len = gw_get_u32((const unsigned char *)r->sealed.data);
	if (len > ZSTD_COMPRESSBOUND(GW_FRAME_MAX))
		return fail_frame(r, err);
	gw_str_reset(&r->sealed);
	return read_exactly(r->fd, len, &r->sealed, err);
}

static bool decompress(struct gw_archive_reader *r, struct gw_error *err)
{
	const unsigned char *head = (const unsigned char *)r->plain.data;
	if (r->plain.len < GW_FRAME_HEAD)
		return fail_frame(r, err);
	uint32_t len = gw_get_u32(head + 1);
	if (len == 0 || len > GW_FRAME_MAX)
		return fail_frame(r, err);
	r->type = head[0];
	r->at = 0;
	gw_str_reset(&r->raw);
	char *to = gw_str_extend(&r->raw, len);
	size_t n = ZSTD_decompressDCtx(r->zstd, to, len, r->plain.data + GW_FRAME_HEAD,
		r->plain.len - GW_FRAME_HEAD);
	return (!ZSTD_isError(n) && n == len) || fail_frame(r, err);
}

static bool read_frame(struct gw_archive_reader *r, struct gw_error *err)
{
	if (!read_sealed(r, err))
		return false;
	if (!gw_unseal_frame(&r->seal, gw_str_slice(&r->sealed), &r->was_last, &r->plain))
		return fail_frame(r, err);
	r->position += 4 + r->sealed.len;
	return decompress(r, err) &&
	       (r->was_last == (r->type == GW_FRAME_MANIFEST) || fail_frame(r, err));
}

/* ---- What is in them ---- */

static bool begin_kind(struct gw_archive_reader *r, struct gw_error *err)
{
	if (!gw_packing_read(&r->packing, gw_str_slice(&r->raw), err))
		return false;
	r->tally = gw_tally_of(&r->tallies, gw_slice_of(r->packing.name));
	return r->tally || gw_fail(err, GW_INVALID, "the archive has too many kinds");
}

static enum gw_archive_next next_record(struct gw_archive_reader *r, struct gw_archive_item *out,
	struct gw_error *err)
{
	struct gw_unpacked *u = &r->unpacked;
	if (!r->tally || !gw_unpack_record(&r->packing, gw_str_slice(&r->raw), &r->at, u)) {
		fail_frame(r, err);
		return GW_ARCHIVE_FAILED;
	}
	out->kind = r->packing.name;
	out->record = u->record;
	out->was_owned = u->was_owned;
	if (r->type == GW_FRAME_DELETED)
		return GW_ARCHIVE_DELETED;
	gw_tally_add(r->tally, u->record.tenant, u->record.key, u->record.doc);
	return GW_ARCHIVE_RECORD;
}

static enum gw_archive_next begin_file(struct gw_archive_reader *r, struct gw_archive_item *out,
	struct gw_error *err)
{
	json_decref(r->file);
	r->file = gw_json_parse(gw_str_slice(&r->raw), err);
	out->tenant = gw_json_string(r->file, "tenant");
	out->path = gw_json_string(r->file, "path");
	struct gw_tally *tally = gw_tally_of(&r->tallies, gw_slice_of(GW_FILES));
	if (!out->tenant || !out->path || !tally) {
		fail_frame(r, err);
		return GW_ARCHIVE_FAILED;
	}
	gw_tally_add(tally, gw_slice_of(out->tenant), gw_slice_of(out->path), gw_slice_of(""));
	r->at = r->raw.len;
	return GW_ARCHIVE_FILE;
}

static enum gw_archive_next next_part(struct gw_archive_reader *r, struct gw_archive_item *out,
	struct gw_error *err)
{
	if (!r->file) {
		fail_frame(r, err);
		return GW_ARCHIVE_FAILED;
	}
	out->tenant = gw_json_string(r->file, "tenant");
	out->path = gw_json_string(r->file, "path");
	out->part = gw_str_slice(&r->raw);
	gw_tally_of(&r->tallies, gw_slice_of(GW_FILES))->bytes += r->raw.len;
	r->at = r->raw.len;
	return GW_ARCHIVE_PART;
}

static bool same_tallies(const struct gw_tallies *written, const struct gw_tallies *read)
{
	size_t n_read = 0;
	for (size_t i = 0; i < written->n; i++) {
		const struct gw_tally *w = &written->items[i];
		const struct gw_tally *t = gw_tally_find(read, w->name);
		n_read += t != NULL;
		if (t ? !gw_tally_equal(w, t) || w->bytes != t->bytes : w->n > 0)
			return false;
	}
	return n_read == read->n;
}

/* Kinds of which nothing came are counted from now on. */
static enum gw_archive_next finish(struct gw_archive_reader *r, struct gw_error *err)
{
	struct gw_tallies written;
	gw_auto_str more = { 0 };
	json_auto_t *manifest = gw_json_parse(gw_str_slice(&r->raw), err);
	if (!manifest || !gw_tallies_read(json_object_get(manifest, "kinds"), &written) ||
		!same_tallies(&written, &r->tallies)) {
		gw_fail(err, GW_INVALID,
			"the archive's manifest does not say what the archive holds");
		return GW_ARCHIVE_FAILED;
	}
	if (!read_bytes(r->fd, 1, &more, err))
		return GW_ARCHIVE_FAILED;
	if (more.len) {
		gw_fail(err, GW_INVALID, "something follows the end of the archive");
		return GW_ARCHIVE_FAILED;
	}
	r->tallies = written;
	r->at = r->raw.len;
	return GW_ARCHIVE_DONE;
}

enum gw_archive_next gw_archive_next(struct gw_archive_reader *r, struct gw_archive_item *out,
	struct gw_error *err)
{
	*out = (struct gw_archive_item){ 0 };
	while (r->at == r->raw.len || r->type == GW_FRAME_KIND) {
		if (r->was_last)
			return GW_ARCHIVE_DONE;
		if (!read_frame(r, err))
			return GW_ARCHIVE_FAILED;
		if (r->type == GW_FRAME_KIND && !begin_kind(r, err))
			return GW_ARCHIVE_FAILED;
	}
	switch (r->type) {
	case GW_FRAME_RECORDS:
	case GW_FRAME_DELETED:
		return next_record(r, out, err);
	case GW_FRAME_FILE:
		return begin_file(r, out, err);
	case GW_FRAME_PART:
		return next_part(r, out, err);
	case GW_FRAME_MANIFEST:
		return finish(r, err);
	default:
		fail_frame(r, err);
		return GW_ARCHIVE_FAILED;
	}
}

/* writer.c - writing an archive, frame by frame */
#include "backup/archive.h"
#include "backup/frame.h"
#include "backup/seal.h"

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

#include <zstd.h>

#define LEVEL 3

struct gw_archive_writer {
	struct gw_archive_sink sink;
	struct gw_seal seal;
	ZSTD_CCtx *zstd;
	enum gw_frame_type type; /* of what is in raw */
	struct gw_str raw, plain, sealed;
	const struct gw_kind *kind; /* of the records; NULL = none was announced */
	struct gw_tally *tally;
	struct gw_tallies tallies;
	uint64_t written;
};

void gw_archive_writer_free(struct gw_archive_writer **w)
{
	struct gw_archive_writer *writer = gw_steal(w);
	if (!writer)
		return;
	ZSTD_freeCCtx(writer->zstd);
	gw_str_clear(&writer->raw);
	gw_str_clear(&writer->plain);
	gw_str_clear(&writer->sealed);
	sodium_memzero(&writer->seal, sizeof(writer->seal));
	free(writer);
}

static bool emit(struct gw_archive_writer *w, struct gw_slice bytes, struct gw_error *err)
{
	w->written += bytes.len;
	return w->sink.write(w->sink.arg, bytes, err);
}

static bool write_head(struct gw_archive_writer *w, const json_t *header, struct gw_error *err)
{
	unsigned char number[4];
	gw_auto_str text = { 0 }, head = { 0 };
	gw_json_print(&text, header);
	if (text.len > GW_ARCHIVE_HEADER_MAX)
		return gw_fail(err, GW_INVALID, "the options of the archive are too long");
	gw_str_add(&head, GW_ARCHIVE_MAGIC, GW_ARCHIVE_MAGIC_LEN);
	gw_put_u32(number, GW_ARCHIVE_FORMAT);
	gw_str_add(&head, (const char *)number, sizeof(number));
	gw_put_u32(number, (uint32_t)text.len);
	gw_str_add(&head, (const char *)number, sizeof(number));
	gw_str_add(&head, text.data, text.len);
	gw_seal_begin(&w->seal, gw_str_slice(&head));
	gw_str_add(&head, (const char *)w->seal.head, sizeof(w->seal.head));
	return emit(w, gw_str_slice(&head), err);
}

struct gw_archive_writer *gw_archive_create(json_t *header, const char *key,
	const struct gw_archive_sink *sink, struct gw_error *err)
{
	gw_auto_archive_writer *w = gw_new(struct gw_archive_writer);
	w->sink = *sink;
	w->zstd = ZSTD_createCCtx();
	if (!w->zstd) {
		gw_fail(err, GW_UNAVAILABLE, "no memory for zstd");
		return NULL;
	}
	ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, LEVEL);
	if (!gw_seal_create(&w->seal, key, header, err) || !write_head(w, header, err))
		return NULL;
	return gw_steal(&w);
}

/* ---- Frames ---- */

/* Type, length, then raw compressed. */
static bool compress(struct gw_archive_writer *w, struct gw_error *err)
{
	unsigned char head[GW_FRAME_HEAD];
	head[0] = (unsigned char)w->type;
	gw_put_u32(head + 1, (uint32_t)w->raw.len);
	gw_str_reset(&w->plain);
	gw_str_add(&w->plain, (const char *)head, sizeof(head));
	size_t bound = ZSTD_compressBound(w->raw.len);
	char *to = gw_str_extend(&w->plain, bound);
	size_t n = ZSTD_compress2(w->zstd, to, bound, gw_str_text(&w->raw), w->raw.len);
	if (ZSTD_isError(n))
		return gw_fail(err, GW_INTERNAL, "zstd: %s", ZSTD_getErrorName(n));
	w->plain.len -= bound - n;
	return true;
}

static bool flush(struct gw_archive_writer *w, bool is_last, struct gw_error *err)
{
	unsigned char size[4];
	if (w->raw.len == 0)
		return true;
	if (w->raw.full || w->raw.len > GW_FRAME_MAX)
		return gw_fail(err, GW_INVALID, "a record is too large for an archive");
	if (!compress(w, err))
		return false;
	gw_str_reset(&w->raw);
	gw_str_reset(&w->sealed);
	gw_str_add(&w->sealed, "size", sizeof(size));
	gw_seal_frame(&w->seal, gw_str_slice(&w->plain), is_last, &w->sealed);
	gw_put_u32(size, (uint32_t)(w->sealed.len - sizeof(size)));
	memcpy(w->sealed.data, size, sizeof(size));
	return emit(w, gw_str_slice(&w->sealed), err);
}

/* What follows is of this type. */
static bool turn_to(struct gw_archive_writer *w, enum gw_frame_type type, struct gw_error *err)
{
	if (w->type != type && !flush(w, false, err))
		return false;
	w->type = type;
	return true;
}

/* ---- Records ---- */

void gw_archive_expect(struct gw_archive_writer *w, const struct gw_kind *kind)
{
	gw_tally_of(&w->tallies, gw_slice_of(kind->name));
}

static bool turn_to_kind(struct gw_archive_writer *w, const struct gw_kind *kind,
	struct gw_error *err)
{
	if (w->kind == kind)
		return true;
	if (!flush(w, false, err))
		return false;
	w->type = GW_FRAME_KIND;
	gw_pack_kind(&w->raw, kind);
	w->kind = kind;
	w->tally = gw_tally_of(&w->tallies, gw_slice_of(kind->name));
	if (!w->tally)
		return gw_fail(err, GW_INTERNAL, "there are too many kinds");
	return flush(w, false, err);
}

bool gw_archive_add(struct gw_archive_writer *w, const struct gw_record *record,
	struct gw_error *err)
{
	if (!turn_to_kind(w, record->kind, err) || !turn_to(w, GW_FRAME_RECORDS, err))
		return false;
	gw_pack_record(&w->raw, record);
	gw_tally_add(w->tally, record->tenant, record->key, record->doc);
	return w->raw.len < GW_FRAME_BYTES || flush(w, false, err);
}

bool gw_archive_add_deleted(struct gw_archive_writer *w, const struct gw_record *record,
	struct gw_error *err)
{
	struct gw_record gone = {
		.kind = record->kind, .tenant = record->tenant, .key = record->key, .due = GW_NEVER
	};
	if (!turn_to_kind(w, record->kind, err) || !turn_to(w, GW_FRAME_DELETED, err))
		return false;
	gw_pack_record(&w->raw, &gone);
	return w->raw.len < GW_FRAME_BYTES || flush(w, false, err);
}

/* ---- Files ---- */

bool gw_archive_begin_file(struct gw_archive_writer *w, const char *tenant, const char *path,
	struct gw_error *err)
{
	if (!flush(w, false, err))
		return false;
	w->type = GW_FRAME_FILE;
	gw_str_putc(&w->raw, '{');
	gw_json_text(&w->raw, "tenant", gw_slice_of(tenant));
	gw_json_text(&w->raw, "path", gw_slice_of(path));
	gw_str_putc(&w->raw, '}');
	gw_tally_add(gw_tally_of(&w->tallies, gw_slice_of(GW_FILES)), gw_slice_of(tenant),
		gw_slice_of(path), gw_slice_of(""));
	return flush(w, false, err);
}

bool gw_archive_add_part(struct gw_archive_writer *w, struct gw_slice part, struct gw_error *err)
{
	if (!turn_to(w, GW_FRAME_PART, err))
		return false;
	gw_str_add(&w->raw, part.data, part.len);
	gw_tally_of(&w->tallies, gw_slice_of(GW_FILES))->bytes += part.len;
	return w->raw.len < GW_FRAME_BYTES || flush(w, false, err);
}

/* ---- The end ---- */

bool gw_archive_finish(struct gw_archive_writer *w, struct gw_error *err)
{
	uint64_t n = 0, bytes = 0;
	if (!flush(w, false, err))
		return false;
	for (size_t i = 0; i < w->tallies.n; i++) {
		n += w->tallies.items[i].n;
		bytes += w->tallies.items[i].bytes;
	}
	w->type = GW_FRAME_MANIFEST;
	gw_str_putc(&w->raw, '{');
	gw_json_key(&w->raw, "kinds");
	gw_tallies_print(&w->raw, &w->tallies);
	gw_json_int(&w->raw, "records", (int64_t)n);
	gw_json_int(&w->raw, "bytes", (int64_t)bytes);
	gw_json_int(&w->raw, "frames", (int64_t)w->seal.n);
	gw_str_putc(&w->raw, '}');
	return flush(w, true, err);
}

const struct gw_tallies *gw_archive_written(const struct gw_archive_writer *w)
{
	return &w->tallies;
}

uint64_t gw_archive_size(const struct gw_archive_writer *w)
{
	return w->written;
}

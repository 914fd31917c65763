/* frame.h - what writer and reader agree on */
#ifndef GW_BACKUP_FRAME_H
#define GW_BACKUP_FRAME_H

#include <godwit/text.h>

/* As PNG's: a transfer that changes line ends or drops a bit is noticed. */
#define GW_ARCHIVE_MAGIC "\x89GWB\r\n\x1a\n"
#define GW_ARCHIVE_MAGIC_LEN 8
#define GW_ARCHIVE_HEADER_MAX (64u << 10)
#define GW_ARCHIVE_HEAD_MAX (GW_ARCHIVE_HEADER_MAX + 64) /* with what stands around the header */
#define GW_FRAME_HEAD 5 /* type, length unpacked */
#define GW_FRAME_BYTES (2u << 20) /* unpacked, unless a record is larger */
#define GW_FRAME_MAX (160u << 20) /* unpacked: a document, its searched texts and some */

/* What the unpacked bytes of a frame are. */
enum gw_frame_type {
	GW_FRAME_KIND = 'K', /* JSON: how the records that follow are packed */
	GW_FRAME_RECORDS = 'R',
	GW_FRAME_DELETED = 'D', /* records without values and documents */
	GW_FRAME_FILE = 'F', /* JSON: tenant and path of the file whose parts follow */
	GW_FRAME_PART = 'P',
	GW_FRAME_MANIFEST = 'M', /* JSON; the last one */
};

static inline void gw_put_u32(unsigned char out[4], uint32_t n)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(n >> (8 * i));
}

static inline uint32_t gw_get_u32(const unsigned char in[4])
{
	return in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

/* Files are counted like a kind of this name. */
#define GW_FILES "file"

#endif

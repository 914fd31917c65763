/* fuzz_archive.c - reading archives: their frames, and the records within them
 *
 * An input that begins with "r" is records behind a kind; any other is a whole archive. */
#include "tests/fuzz/fuzz.h"

#include "backup/archive.h"
#include "base/fd.h"

#include <sys/mman.h>
#include <unistd.h>

static void read_archive(struct gw_slice bytes)
{
	struct gw_error err;
	struct gw_archive_item item;
	enum gw_archive_next next;
	int fd = memfd_create("archive", MFD_CLOEXEC);
	MUST(gw_fd_write_all(fd, bytes.data, bytes.len, &err) && lseek(fd, 0, SEEK_SET) == 0);
	gw_auto_archive_reader *r = gw_archive_open(fd, NULL, &err);
	do {
		next = r ? gw_archive_next(r, &item, &err) : GW_ARCHIVE_FAILED;
	} while (next < GW_ARCHIVE_DONE);
}

/* Kind and records, separated by a newline. */
static void read_records(struct gw_slice bytes)
{
	struct gw_error err;
	struct gw_packing packing = { 0 };
	struct gw_unpacked unpacked = { 0 };
	const char *end = memchr(bytes.data, '\n', bytes.len);
	size_t at = end ? (size_t)(end - bytes.data) + 1 : bytes.len;
	if (end && gw_packing_read(&packing, gw_slice(bytes.data, at - 1), &err))
		while (at < bytes.len && gw_unpack_record(&packing, bytes, &at, &unpacked))
			if (packing.kind)
				free(gw_record_copy(&unpacked.record));
	gw_packing_clear(&packing);
	gw_unpacked_clear(&unpacked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size && data[0] == 'r')
		read_records(fuzz_slice(data + 1, size - 1));
	else
		read_archive(fuzz_slice(data, size));
	return 0;
}

/* verify.c - reading an archive from end to end */
#include "backup/place.h"

#include "base/error.h"
#include "base/mem.h"

#define REPORT_EVERY 500

static bool report(const struct gw_watcher *watcher, const struct gw_archive_reader *reader,
	uint64_t done, struct gw_error *err)
{
	const struct gw_progress progress = { "records", done, 0, gw_archive_position(reader) };
	if (!watcher || !watcher->report || watcher->report(watcher->arg, &progress))
		return true;
	return gw_fail(err, GW_CONFLICT, "cancelled");
}

static bool read_all(struct gw_archive_reader *reader, const struct gw_watcher *watcher,
	struct gw_error *err)
{
	struct gw_archive_item item;
	enum gw_archive_next next;
	uint64_t done = 0;
	while ((next = gw_archive_next(reader, &item, err)) < GW_ARCHIVE_DONE)
		if (++done % REPORT_EVERY == 0 && !report(watcher, reader, done, err))
			return false;
	return next == GW_ARCHIVE_DONE;
}

bool gw_backup_verify(struct gw_storage *storage, const char *uri, const char *key,
	const struct gw_watcher *watcher, struct gw_verify_result *out, struct gw_error *err)
{
	int fd = gw_backup_file(storage, uri, err);
	if (fd < 0)
		return false;
	gw_auto_archive_reader *reader = gw_archive_open(fd, key, err);
	if (!reader || !read_all(reader, watcher, err))
		return gw_explain(err, "%s", uri);
	*out = (struct gw_verify_result){
		.header = json_incref((json_t *)(uintptr_t)gw_archive_header(reader)),
		.tallies = *gw_archive_read(reader),
		.bytes = gw_archive_position(reader)
	};
	return true;
}

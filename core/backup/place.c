/* place.c - naming archives and finding them */
#include "backup/place.h"

#include "base/error.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

const char *gw_backup_path(const char *uri)
{
	size_t len = strlen(GW_BACKUPS_URI);
	return strncmp(uri, GW_BACKUPS_URI "/", len + 1) == 0 ? uri + len : NULL;
}

static bool is_taken(struct gw_storage *storage, const char *uri)
{
	struct gw_error ignored;
	int64_t bytes;
	return gw_storage_size(storage, GW_BACKUPS_TENANT, gw_backup_path(uri), &bytes, &ignored);
}

char *gw_backup_name(struct gw_storage *storage, const char *tenant, gw_time now)
{
	struct gw_civil c = gw_civil_at(now, 0);
	for (int i = 1;; i++) {
		gw_auto_str uri = { 0 };
		gw_str_printf(&uri, "%s/%s%s/backup-%04d%02d%02d%02d%02d%02d", GW_BACKUPS_URI,
			tenant ? "tenants/" : "full", tenant ? tenant : "", c.year, c.month, c.day,
			c.hour, c.minute, c.second);
		if (i > 1)
			gw_str_printf(&uri, "-%d", i);
		gw_str_puts(&uri, ".kestra");
		if (!is_taken(storage, gw_str_text(&uri)))
			return gw_str_steal(&uri);
	}
}

/* A path on this machine. */
static int open_file(const char *path, struct gw_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		gw_fail_errno(err, errno, "%s", path);
	return fd;
}

int gw_backup_file(struct gw_storage *storage, const char *uri, struct gw_error *err)
{
	const char *path = gw_backup_path(uri);
	if (path)
		return gw_storage_read(storage, GW_BACKUPS_TENANT, path, err);
	if (strncmp(uri, "file://", 7) == 0)
		return open_file(uri + 7, err);
	if (!strstr(uri, "://"))
		return open_file(uri, err);
	gw_fail(err, GW_BAD_REQUEST, "%s: archives are under " GW_BACKUPS_URI "/, or files", uri);
	return -1;
}

/* fd.c - reading, writing, replacing and removing files */
#include "base/fd.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void gw_fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

bool gw_fd_write_all(int fd, const void *data, size_t len, struct gw_error *err)
{
	const char *p = data;
	while (len > 0) {
		ssize_t n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return gw_fail_errno(err, errno, "writing");
		p += n;
		len -= (size_t)n;
	}
	return true;
}

bool gw_fd_read_all(int fd, size_t limit, struct gw_str *out, struct gw_error *err)
{
	char part[16384];
	size_t total = 0;
	for (;;) {
		ssize_t n = read(fd, part, sizeof(part));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return gw_fail_errno(err, errno, "reading");
		if (n == 0)
			return true;
		total += (size_t)n;
		if (total > limit)
			return gw_fail(err, GW_INVALID, "more than %zu bytes", limit);
		gw_str_add(out, part, (size_t)n);
	}
}

bool gw_file_read(const char *path, size_t limit, struct gw_str *out, struct gw_error *err)
{
	gw_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		gw_fail_errno(err, errno, "%s", path);
		if (errno == ENOENT)
			err->code = GW_NOT_FOUND;
		return false;
	}
	if (!gw_fd_read_all(fd, limit, out, err))
		return gw_explain(err, "%s", path);
	return true;
}

static bool sync_parent(const char *path, struct gw_error *err)
{
	const char *slash = strrchr(path, '/');
	gw_auto_free char *dir =
		slash ? gw_strndup(path, (size_t)(slash - path) + 1) : gw_strdup(".");
	gw_auto_fd fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		return gw_fail_errno(err, errno, "%s", dir);
	return true;
}

bool gw_file_replace(const char *path, struct gw_slice content, struct gw_error *err)
{
	gw_auto_free char *beside = gw_sprintf("%s.new", path);
	gw_auto_fd fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return gw_fail_errno(err, errno, "%s", beside);
	bool written = gw_fd_write_all(fd, content.data, content.len, err);
	if (written && fsync(fd) != 0)
		written = gw_fail_errno(err, errno, "syncing");
	if (written && rename(beside, path) != 0)
		written = gw_fail_errno(err, errno, "renaming");
	if (!written) {
		unlink(beside);
		return gw_explain(err, "%s", path);
	}
	return sync_parent(path, err);
}

bool gw_dir_make(const char *path, struct gw_error *err)
{
	gw_auto_free char *part = gw_strdup(path);
	for (char *p = part + 1;; p++) {
		if (*p != '/' && *p != '\0')
			continue;
		char kept = *p;
		*p = '\0';
		if (mkdir(part, 0700) != 0 && errno != EEXIST)
			return gw_fail_errno(err, errno, "making folder %s", part);
		*p = kept;
		if (kept == '\0')
			return true;
	}
}

#define TREE_DEPTH 500 /* a descriptor each */

/* Opens a folder for emptying, whatever its owner has forbidden himself; -1 with errno. */
static int open_folder(int parent, const char *name)
{
	struct stat st;
	char itself[32];
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == EACCES) {
		gw_auto_fd place =
			openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		snprintf(itself, sizeof(itself), "/proc/self/fd/%d", place);
		if (place < 0 || chmod(itself, 0700) != 0)
			return -1;
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0700) != 0700)
		fchmod(fd, 0700);
	return fd;
}

static bool remove_at(int parent, const char *name, int depth);

static bool remove_entries(int folder, int depth)
{
	DIR *dir = fdopendir(folder);
	bool ok = dir && depth < TREE_DEPTH;
	for (struct dirent *e; ok && (e = readdir(dir));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			ok = remove_at(dirfd(dir), e->d_name, depth + 1);
	int kept = depth < TREE_DEPTH ? errno : ELOOP;
	if (dir)
		closedir(dir); /* and with it the folder */
	else
		close(folder);
	errno = kept;
	return ok;
}

/* Step by step from the folder above: nobody can lead us elsewhere by changing a path. */
static bool remove_at(int parent, const char *name, int depth)
{
	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return false;
	int folder = open_folder(parent, name);
	if (folder < 0)
		return errno == ENOENT;
	return remove_entries(folder, depth) &&
	       (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT);
}

bool gw_tree_remove(const char *path, struct gw_error *err)
{
	return remove_at(AT_FDCWD, path, 0) || gw_fail_errno(err, errno, "removing %s", path);
}

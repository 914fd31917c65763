/* local.c - internal storage in a folder: <base>/<tenant>/<path>
 *
 * Every step down is an openat with O_NOFOLLOW, so that no symbolic link leads out of the base. A
 * file is written in a staging folder and renamed into its place. */
#include "storage/storage.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAGING ".staging" /* no tenant's name begins with a dot */
#define STAGING_AGE_S 86400 /* what a stopped server left there is removed after a day */
#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

enum { DEEPEST = 100 };

struct gw_depot {
	char *path;
	int base;
	int staging;
};

static bool fail_place(struct gw_error *err, int why, const char *uri)
{
	if (why == ENOENT)
		return gw_fail(err, GW_NOT_FOUND, "%s (File not found)", uri);
	if (why == ELOOP || why == ENOTDIR)
		return gw_fail(err, GW_INVALID,
			"storage: %s leads through something that is no folder", uri);
	return gw_fail_errno(err, why, "storage: %s", uri);
}

/* ---- Finding the place of a file ---- */

struct place {
	char *path; /* name points into it */
	int folder; /* that holds the name; -1 before */
	const char *name;
	bool make; /* folders that are not there */
};

static void leave(struct place *place)
{
	free(place->path);
	gw_fd_close(&place->folder);
}

#define auto_place __attribute__((cleanup(leave))) struct place

static bool step_down(int *folder, const char *name, bool make)
{
	int next = openat(*folder, name, FOLDER);
	if (next < 0 && errno == ENOENT && make) {
		if (mkdirat(*folder, name, 0700) != 0 && errno != EEXIST)
			return false;
		fsync(*folder);
		next = openat(*folder, name, FOLDER);
	}
	if (next < 0)
		return false;
	gw_fd_close(folder);
	*folder = next;
	return true;
}

static bool enter(struct gw_depot *depot, const struct gw_file_name *name, struct place *place,
	struct gw_error *err)
{
	place->path = gw_strdup(name->path);
	place->folder = openat(depot->base, ".", FOLDER);
	if (place->folder < 0)
		return fail_place(err, errno, name->uri);
	char *rest = place->path;
	place->name = strsep(&rest, "/");
	for (; rest; place->name = strsep(&rest, "/"))
		if (!step_down(&place->folder, place->name, place->make))
			return fail_place(err, errno, name->uri);
	return true;
}

/* ---- Reading ---- */

static int read_file(struct gw_depot *depot, const struct gw_file_name *name, int64_t bytes,
	struct gw_error *err)
{
	(void)bytes; /* opening more costs nothing */
	auto_place place = { .folder = -1 };
	if (!enter(depot, name, &place, err))
		return -1;
	int how = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	gw_auto_fd fd = openat(place.folder, place.name, how);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0) {
		fail_place(err, errno, name->uri);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		fail_place(err, ENOENT, name->uri);
		return -1;
	}
	int file = fd;
	fd = -1;
	return file;
}

static bool size_file(struct gw_depot *depot, const struct gw_file_name *name, int64_t *bytes,
	struct gw_error *err)
{
	struct stat st;
	gw_auto_fd fd = read_file(depot, name, GW_WHOLE, err);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0)
		return fail_place(err, errno, name->uri);
	*bytes = st.st_size;
	return true;
}

/* ---- Writing ---- */

struct gw_delivery {
	struct gw_depot *depot;
	char *path, *uri;
	int fd; /* of a file without a name, or of a staged one */
	struct gw_id staged; /* its name; "" = it has none */
};

static void abandon(struct gw_delivery *delivery)
{
	if (delivery->staged.text[0])
		unlinkat(delivery->depot->staging, delivery->staged.text, 0);
	gw_fd_close(&delivery->fd);
	free(delivery->path);
	free(delivery->uri);
	free(delivery);
}

static struct gw_delivery *begin(struct gw_depot *depot, const struct gw_file_name *name,
	struct gw_error *err)
{
	struct gw_delivery *delivery = gw_new(struct gw_delivery);
	delivery->depot = depot;
	delivery->path = gw_strdup(name->path);
	delivery->uri = gw_strdup(name->uri);
	delivery->fd = openat(depot->staging, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (delivery->fd < 0) { /* not all file systems have files without names */
		delivery->staged = gw_id_new(gw_clock_now());
		delivery->fd = openat(depot->staging, delivery->staged.text,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	}
	if (delivery->fd >= 0)
		return delivery;
	gw_fail_errno(err, errno, "storage: %s", name->uri);
	abandon(delivery);
	return NULL;
}

static bool write_part(struct gw_delivery *delivery, struct gw_slice part, struct gw_error *err)
{
	return gw_fd_write_all(delivery->fd, part.data, part.len, err) ||
	       gw_explain(err, "storage: %s", delivery->uri);
}

/* Links the file there unless the name is taken; 0, or an errno. */
static int link_file(const struct gw_delivery *delivery, int folder, const char *name)
{
	char self[40];
	snprintf(self, sizeof(self), "/proc/self/fd/%d", delivery->fd);
	bool has_name = delivery->staged.text[0];
	int from = has_name ? delivery->depot->staging : AT_FDCWD;
	int linked = linkat(from, has_name ? delivery->staged.text : self, folder, name,
		has_name ? 0 : AT_SYMLINK_FOLLOW);
	return linked == 0 ? 0 : errno;
}

/* A name in the staging folder, then in one step that of the file which was there. */
static int replace(struct gw_delivery *delivery, const struct place *place)
{
	int staging = delivery->depot->staging;
	struct gw_id name = gw_id_new(gw_clock_now());
	int why = link_file(delivery, staging, name.text);
	if (!why && renameat(staging, name.text, place->folder, place->name) != 0) {
		why = errno;
		unlinkat(staging, name.text, 0);
	}
	return why;
}

static bool publish(struct gw_delivery *delivery, bool may_replace, struct gw_error *err)
{
	auto_place place = { .folder = -1, .make = true };
	const char *uri = delivery->uri;
	if (fsync(delivery->fd) != 0)
		return gw_fail_errno(err, errno, "storage: syncing %s", uri);
	if (!enter(delivery->depot, &(struct gw_file_name){ delivery->path, uri }, &place, err))
		return false;
	int why = link_file(delivery, place.folder, place.name);
	if (why == EEXIST && may_replace)
		why = replace(delivery, &place);
	if (why == EEXIST)
		return gw_fail(err, GW_CONFLICT, "storage: %s exists already", uri);
	if (why)
		return gw_fail_errno(err, why, "storage: %s", uri);
	return fsync(place.folder) == 0 || gw_fail_errno(err, errno, "storage: syncing %s", uri);
}

/* ---- Walking ---- */

struct walk {
	const struct gw_storage_visit *visit;
	struct gw_str path;
	struct gw_error *err;
};

static bool walk_folder(struct walk *w, int folder, int depth);

static bool walk_entry(struct walk *w, int folder, const char *name, int depth)
{
	struct stat st;
	bool ok = true;
	size_t before = w->path.len;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
		fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return true;
	gw_str_printf(&w->path, "/%s", name);
	if (S_ISREG(st.st_mode))
		ok = w->visit->visit(w->visit->arg, gw_str_text(&w->path), st.st_size, w->err);
	else if (S_ISDIR(st.st_mode) && depth < DEEPEST)
		ok = walk_folder(w, openat(folder, name, FOLDER), depth + 1);
	w->path.len = before;
	w->path.data[before] = '\0';
	return ok;
}

/* Takes folder over. */
static bool walk_folder(struct walk *w, int folder, int depth)
{
	bool ok = true;
	DIR *dir = folder >= 0 ? fdopendir(folder) : NULL;
	if (!dir) {
		gw_fd_close(&folder);
		return true; /* it went meanwhile */
	}
	for (struct dirent *entry; ok && (entry = readdir(dir));)
		ok = walk_entry(w, dirfd(dir), entry->d_name, depth);
	closedir(dir);
	return ok;
}

static bool walk(struct gw_depot *depot, const struct gw_file_name *folder,
	const struct gw_storage_visit *visit, struct gw_error *err)
{
	auto_place place = { .folder = -1 };
	struct walk w = { .visit = visit, .err = err };
	gw_auto_free char *below = gw_sprintf("%s/-", folder->path);
	if (!enter(depot, &(struct gw_file_name){ below, folder->uri }, &place, err))
		return err->code == GW_NOT_FOUND;
	const char *in_tenant = strchr(folder->path, '/');
	gw_str_puts(&w.path, in_tenant ? in_tenant : "");
	int fd = place.folder;
	place.folder = -1;
	bool ok = walk_folder(&w, fd, 0);
	gw_str_clear(&w.path);
	return ok;
}

/* ---- Deleting: returns 0, or an errno ---- */

static int remove_at(int folder, const char *name, int depth);

static int remove_entries(DIR *dir, int depth)
{
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		int why = remove_at(dirfd(dir), entry->d_name, depth);
		if (why)
			return why;
	}
	return 0;
}

static int remove_folder(int folder, const char *name, int depth)
{
	gw_auto_fd fd = openat(folder, name, FOLDER);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!dir)
		return errno;
	fd = -1; /* dir's now */
	int why = depth < DEEPEST ? remove_entries(dir, depth + 1) : ENAMETOOLONG;
	closedir(dir);
	if (!why && unlinkat(folder, name, AT_REMOVEDIR) != 0)
		why = errno;
	return why;
}

static int remove_at(int folder, const char *name, int depth)
{
	int why = unlinkat(folder, name, 0) == 0 ? 0 : errno;
	if (why == EISDIR)
		why = remove_folder(folder, name, depth);
	return why == ENOENT ? 0 : why;
}

static bool remove_file(struct gw_depot *depot, const struct gw_file_name *name,
	struct gw_error *err)
{
	auto_place place = { .folder = -1 };
	if (!enter(depot, name, &place, err))
		return err->code == GW_NOT_FOUND;
	int why = remove_at(place.folder, place.name, 0);
	return why == 0 || gw_fail_errno(err, why, "storage: deleting %s", name->uri);
}

/* ---- Opening ---- */

static void remove_if_old(int staging, const char *name)
{
	struct stat st;
	if (fstatat(staging, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		st.st_mtime < gw_clock_now() / GW_SECOND - STAGING_AGE_S)
		unlinkat(staging, name, 0);
}

static bool open_staging(struct gw_depot *depot, struct gw_error *err)
{
	if (mkdirat(depot->base, STAGING, 0700) != 0 && errno != EEXIST)
		return gw_fail_errno(err, errno, STAGING);
	depot->staging = openat(depot->base, STAGING, FOLDER);
	int again = openat(depot->base, STAGING, FOLDER);
	DIR *dir = again >= 0 ? fdopendir(again) : NULL;
	if (depot->staging < 0 || !dir)
		return gw_fail_errno(err, errno, STAGING);
	for (struct dirent *entry; (entry = readdir(dir));)
		remove_if_old(depot->staging, entry->d_name);
	closedir(dir);
	return true;
}

static bool open_base(struct gw_depot *depot, const char *path, struct gw_error *err)
{
	if (!gw_dir_make(path, err))
		return false;
	depot->base = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (depot->base < 0)
		return gw_fail_errno(err, errno, "opening it");
	return open_staging(depot, err);
}

static void close_depot(struct gw_depot *depot)
{
	gw_fd_close(&depot->base);
	gw_fd_close(&depot->staging);
	free(depot->path);
	free(depot);
}

static struct gw_depot *open_depot(const json_t *settings, struct gw_error *err)
{
	const char *path = gw_json_string(settings, "base-path");
	struct gw_depot *depot = gw_new(struct gw_depot);
	depot->base = depot->staging = -1;
	depot->path = gw_strdup(path);
	if (!path)
		gw_fail(err, GW_INVALID, "storage.local.base-path is not set");
	else if (open_base(depot, path, err))
		return depot;
	else
		gw_explain(err, "storage.local.base-path %s", path);
	close_depot(depot);
	return NULL;
}

static void describe(struct gw_depot *depot, struct gw_str *out)
{
	gw_str_puts(out, depot->path);
}

const struct gw_storage_type gw_storage_local = {
	.name = "local",
	.summary = "Files in a folder of this machine, or of a file system that machines share.",
	.open = open_depot,
	.close = close_depot,
	.describe = describe,
	.read = read_file,
	.size = size_file,
	.begin = begin,
	.write = write_part,
	.publish = publish,
	.abandon = abandon,
	.walk = walk,
	.remove = remove_file,
};

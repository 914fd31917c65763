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
#include "storage/path.h"

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

struct gw_storage {
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

/* ---- Finding the place of a URI ---- */

struct place {
	struct gw_str path; /* name points into it */
	int folder; /* that holds the name; -1 before */
	const char *name;
	bool make; /* folders that are not there */
};

static void leave(struct place *place)
{
	gw_str_clear(&place->path);
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

static bool enter(struct gw_storage *storage, const char *tenant, const char *uri,
	struct place *place, struct gw_error *err)
{
	if (!gw_storage_path(&place->path, tenant, uri, err))
		return false;
	place->folder = openat(storage->base, ".", FOLDER);
	if (place->folder < 0)
		return fail_place(err, errno, uri);
	char *rest = place->path.data;
	place->name = strsep(&rest, "/");
	for (; rest; place->name = strsep(&rest, "/"))
		if (!step_down(&place->folder, place->name, place->make))
			return fail_place(err, errno, uri);
	return true;
}

/* ---- Reading ---- */

int gw_storage_read(struct gw_storage *storage, const char *tenant, const char *uri,
	struct gw_error *err)
{
	auto_place place = { .folder = -1 };
	if (!enter(storage, tenant, uri, &place, err))
		return -1;
	int how = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	gw_auto_fd fd = openat(place.folder, place.name, how);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0) {
		fail_place(err, errno, uri);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		fail_place(err, ENOENT, uri);
		return -1;
	}
	int file = fd;
	fd = -1;
	return file;
}

bool gw_storage_size(struct gw_storage *storage, const char *tenant, const char *uri,
	int64_t *bytes, struct gw_error *err)
{
	struct stat st;
	gw_auto_fd fd = gw_storage_read(storage, tenant, uri, err);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0)
		return fail_place(err, errno, uri);
	*bytes = st.st_size;
	return true;
}

/* ---- Writing ---- */

static bool copy(int from, int to, struct gw_error *err)
{
	char part[65536];
	for (off_t at = 0;;) {
		ssize_t n = pread(from, part, sizeof(part), at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return gw_fail_errno(err, errno, "reading what is to be stored");
		if (n == 0)
			return true;
		if (!gw_fd_write_all(to, part, (size_t)n, err))
			return false;
		at += n;
	}
}

static bool stage(struct gw_storage *storage, const char *name, int fd, struct gw_error *err)
{
	int how = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	gw_auto_fd staged = openat(storage->staging, name, how, 0600);
	if (staged < 0)
		return gw_fail_errno(err, errno, STAGING);
	if (!copy(fd, staged, err))
		return false;
	return fsync(staged) == 0 || gw_fail_errno(err, errno, "syncing");
}

bool gw_storage_write(struct gw_storage *storage, const char *tenant, const char *uri, int fd,
	struct gw_error *err)
{
	auto_place place = { .folder = -1, .make = true };
	struct gw_id name = gw_id_new(gw_clock_now());
	if (!enter(storage, tenant, uri, &place, err))
		return false;
	bool written = stage(storage, name.text, fd, err) || gw_explain(err, "storage: %s", uri);
	if (written && renameat(storage->staging, name.text, place.folder, place.name) != 0)
		written = gw_fail_errno(err, errno, "storage: %s", uri);
	if (!written) {
		unlinkat(storage->staging, name.text, 0);
		return false;
	}
	return fsync(place.folder) == 0 || gw_fail_errno(err, errno, "storage: syncing %s", uri);
}

/* ---- Writing part by part ---- */

struct gw_upload {
	struct gw_storage *storage;
	char *tenant, *uri;
	int fd; /* of a file without a name, or of a staged one */
	struct gw_id staged; /* its name; "" = it has none */
};

struct gw_upload *gw_storage_begin(struct gw_storage *storage, const char *tenant, const char *uri,
	struct gw_error *err)
{
	gw_auto_str path = { 0 };
	if (!gw_storage_path(&path, tenant, uri, err))
		return NULL;
	struct gw_upload *upload = gw_new(struct gw_upload);
	upload->storage = storage;
	upload->tenant = gw_strdup(tenant);
	upload->uri = gw_strdup(uri);
	upload->fd = openat(storage->staging, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (upload->fd < 0) { /* not all file systems have files without names */
		upload->staged = gw_id_new(gw_clock_now());
		upload->fd = openat(storage->staging, upload->staged.text,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	}
	if (upload->fd >= 0)
		return upload;
	gw_fail_errno(err, errno, "storage: %s", uri);
	gw_upload_close(&upload);
	return NULL;
}

bool gw_upload_write(struct gw_upload *upload, struct gw_slice part, struct gw_error *err)
{
	return gw_fd_write_all(upload->fd, part.data, part.len, err) ||
	       gw_explain(err, "storage: %s", upload->uri);
}

/* Links the file there unless the name is taken; 0, or an errno. */
static int link_upload(const struct gw_upload *upload, int folder, const char *name)
{
	char self[40];
	snprintf(self, sizeof(self), "/proc/self/fd/%d", upload->fd);
	bool has_name = upload->staged.text[0];
	int from = has_name ? upload->storage->staging : AT_FDCWD;
	int linked = linkat(from, has_name ? upload->staged.text : self, folder, name,
		has_name ? 0 : AT_SYMLINK_FOLLOW);
	return linked == 0 ? 0 : errno;
}

/* A name in the staging folder, then in one step that of the file which was there. */
static int replace_by_upload(struct gw_upload *upload, const struct place *place)
{
	int staging = upload->storage->staging;
	struct gw_id name = gw_id_new(gw_clock_now());
	int why = link_upload(upload, staging, name.text);
	if (!why && renameat(staging, name.text, place->folder, place->name) != 0) {
		why = errno;
		unlinkat(staging, name.text, 0);
	}
	return why;
}

bool gw_upload_publish(struct gw_upload *upload, bool may_replace, struct gw_error *err)
{
	auto_place place = { .folder = -1, .make = true };
	if (fsync(upload->fd) != 0)
		return gw_fail_errno(err, errno, "storage: syncing %s", upload->uri);
	if (!enter(upload->storage, upload->tenant, upload->uri, &place, err))
		return false;
	int why = link_upload(upload, place.folder, place.name);
	if (why == EEXIST && may_replace)
		why = replace_by_upload(upload, &place);
	if (why == EEXIST)
		return gw_fail(err, GW_CONFLICT, "storage: %s exists already", upload->uri);
	if (why)
		return gw_fail_errno(err, why, "storage: %s", upload->uri);
	return fsync(place.folder) == 0 ||
	       gw_fail_errno(err, errno, "storage: syncing %s", upload->uri);
}

void gw_upload_close(struct gw_upload **upload)
{
	struct gw_upload *closing = gw_steal(upload);
	if (!closing)
		return;
	if (closing->staged.text[0])
		unlinkat(closing->storage->staging, closing->staged.text, 0);
	gw_fd_close(&closing->fd);
	free(closing->tenant);
	free(closing->uri);
	free(closing);
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

bool gw_storage_walk(struct gw_storage *storage, const char *tenant, const char *uri,
	const struct gw_storage_visit *visit, struct gw_error *err)
{
	auto_place place = { .folder = -1 };
	struct walk w = { .visit = visit, .err = err };
	gw_auto_free char *below = gw_sprintf("%s/-", strcmp(uri, "/") == 0 ? "" : uri);
	if (!enter(storage, tenant, below, &place, err))
		return err->code == GW_NOT_FOUND;
	if (strcmp(uri, "/") != 0)
		gw_str_puts(&w.path, uri);
	int folder = place.folder;
	place.folder = -1;
	bool ok = walk_folder(&w, folder, 0);
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

bool gw_storage_delete(struct gw_storage *storage, const char *tenant, const char *uri,
	struct gw_error *err)
{
	auto_place place = { .folder = -1 };
	if (!enter(storage, tenant, uri, &place, err))
		return err->code == GW_NOT_FOUND;
	int why = remove_at(place.folder, place.name, 0);
	return why == 0 || gw_fail_errno(err, why, "storage: deleting %s", uri);
}

/* ---- Opening ---- */

static void remove_if_old(int staging, const char *name)
{
	struct stat st;
	if (fstatat(staging, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		st.st_mtime < gw_clock_now() / GW_SECOND - STAGING_AGE_S)
		unlinkat(staging, name, 0);
}

static bool open_staging(struct gw_storage *storage, struct gw_error *err)
{
	if (mkdirat(storage->base, STAGING, 0700) != 0 && errno != EEXIST)
		return gw_fail_errno(err, errno, STAGING);
	storage->staging = openat(storage->base, STAGING, FOLDER);
	int again = openat(storage->base, STAGING, FOLDER);
	DIR *dir = again >= 0 ? fdopendir(again) : NULL;
	if (storage->staging < 0 || !dir)
		return gw_fail_errno(err, errno, STAGING);
	for (struct dirent *entry; (entry = readdir(dir));)
		remove_if_old(storage->staging, entry->d_name);
	closedir(dir);
	return true;
}

static bool open_base(struct gw_storage *storage, const char *path, struct gw_error *err)
{
	if (!gw_dir_make(path, err))
		return false;
	storage->base = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (storage->base < 0)
		return gw_fail_errno(err, errno, "opening it");
	return open_staging(storage, err);
}

struct gw_storage *gw_storage_open(const json_t *settings, struct gw_error *err)
{
	const char *path = gw_json_string(json_object_get(settings, "local"), "base-path");
	struct gw_storage *storage = gw_new(struct gw_storage);
	storage->base = storage->staging = -1;
	if (!path)
		gw_fail(err, GW_INVALID, "storage.local.base-path is not set");
	else if (open_base(storage, path, err))
		return storage;
	else
		gw_explain(err, "storage.local.base-path %s", path);
	gw_storage_close(&storage);
	return NULL;
}

void gw_storage_close(struct gw_storage **storage)
{
	struct gw_storage *closing = gw_steal(storage);
	if (!closing)
		return;
	gw_fd_close(&closing->base);
	gw_fd_close(&closing->staging);
	free(closing);
}

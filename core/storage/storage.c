/* storage.c - checking the names of files and handing them to the storage that is configured */
#include "storage/storage.h"

#include "base/mem.h"
#include "storage/path.h"

#include <errno.h>
#include <unistd.h>

struct gw_storage {
	const struct gw_storage_type *type;
	struct gw_depot *depot;
};

struct gw_storage *gw_storage_open(const struct gw_storage_type *type, const json_t *settings,
	struct gw_error *err)
{
	struct gw_depot *depot = type->open(json_object_get(settings, type->name), err);
	if (!depot)
		return NULL;
	struct gw_storage *storage = gw_new(struct gw_storage);
	storage->type = type;
	storage->depot = depot;
	return storage;
}

void gw_storage_close(struct gw_storage **storage)
{
	struct gw_storage *closing = gw_steal(storage);
	if (!closing)
		return;
	closing->type->close(closing->depot);
	free(closing);
}

void gw_storage_describe(struct gw_storage *storage, struct gw_str *out)
{
	storage->type->describe(storage->depot, out);
}

/* ---- Files ---- */

int gw_storage_read_start(struct gw_storage *storage, const char *tenant, const char *uri,
	int64_t bytes, struct gw_error *err)
{
	gw_auto_str path = { 0 };
	if (!gw_storage_path(&path, tenant, uri, err))
		return -1;
	const struct gw_file_name name = { path.data, uri };
	return storage->type->read(storage->depot, &name, bytes, err);
}

int gw_storage_read(struct gw_storage *storage, const char *tenant, const char *uri,
	struct gw_error *err)
{
	return gw_storage_read_start(storage, tenant, uri, GW_WHOLE, err);
}

bool gw_storage_size(struct gw_storage *storage, const char *tenant, const char *uri,
	int64_t *bytes, struct gw_error *err)
{
	gw_auto_str path = { 0 };
	if (!gw_storage_path(&path, tenant, uri, err))
		return false;
	const struct gw_file_name name = { path.data, uri };
	return storage->type->size(storage->depot, &name, bytes, err);
}

bool gw_storage_delete(struct gw_storage *storage, const char *tenant, const char *uri,
	struct gw_error *err)
{
	gw_auto_str path = { 0 };
	if (!gw_storage_path(&path, tenant, uri, err))
		return false;
	const struct gw_file_name name = { path.data, uri };
	return storage->type->remove(storage->depot, &name, err);
}

bool gw_storage_walk(struct gw_storage *storage, const char *tenant, const char *uri,
	const struct gw_storage_visit *visit, struct gw_error *err)
{
	static const char any[] = "/-";
	gw_auto_str path = { 0 };
	gw_auto_free char *below = gw_sprintf("%s%s", strcmp(uri, "/") == 0 ? "" : uri, any);
	if (!gw_storage_path(&path, tenant, below, err))
		return false;
	path.len -= strlen(any);
	path.data[path.len] = '\0';
	const struct gw_file_name folder = { path.data, uri };
	return storage->type->walk(storage->depot, &folder, visit, err);
}

/* ---- Writing ---- */

struct gw_upload {
	const struct gw_storage_type *type;
	struct gw_delivery *delivery;
};

struct gw_upload *gw_storage_begin(struct gw_storage *storage, const char *tenant, const char *uri,
	struct gw_error *err)
{
	gw_auto_str path = { 0 };
	if (!gw_storage_path(&path, tenant, uri, err))
		return NULL;
	const struct gw_file_name name = { path.data, uri };
	struct gw_delivery *delivery = storage->type->begin(storage->depot, &name, err);
	if (!delivery)
		return NULL;
	struct gw_upload *upload = gw_new(struct gw_upload);
	upload->type = storage->type;
	upload->delivery = delivery;
	return upload;
}

bool gw_upload_write(struct gw_upload *upload, struct gw_slice part, struct gw_error *err)
{
	return upload->type->write(upload->delivery, part, err);
}

bool gw_upload_publish(struct gw_upload *upload, bool may_replace, struct gw_error *err)
{
	return upload->type->publish(upload->delivery, may_replace, err);
}

void gw_upload_close(struct gw_upload **upload)
{
	struct gw_upload *closing = gw_steal(upload);
	if (!closing)
		return;
	closing->type->abandon(closing->delivery);
	free(closing);
}

static bool copy(int from, struct gw_upload *to, struct gw_error *err)
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
		if (!gw_upload_write(to, gw_slice(part, (size_t)n), err))
			return false;
		at += n;
	}
}

bool gw_storage_write(struct gw_storage *storage, const char *tenant, const char *uri, int fd,
	struct gw_error *err)
{
	struct gw_upload *upload = gw_storage_begin(storage, tenant, uri, err);
	bool ok = upload && copy(fd, upload, err) && gw_upload_publish(upload, true, err);
	gw_upload_close(&upload);
	return ok;
}

/* list.c - which archives there are, and getting rid of some */
#include "backup/place.h"

#include "backup/frame.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/mem.h"

#include <sys/stat.h>

#define SUFFIX ".kestra"

struct listing {
	struct gw_storage *storage;
	struct gw_backup_list *list;
};

void gw_backup_list_clear(struct gw_backup_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].uri);
		json_decref(list->items[i].header);
	}
	free(list->items);
	*list = (struct gw_backup_list){ 0 };
}

static bool add(void *arg, const char *path, int64_t bytes, struct gw_error *err)
{
	struct listing *l = arg;
	struct gw_error ignored;
	(void)err;
	if (!gw_slice_ends(gw_slice_of(path), gw_slice_of(SUFFIX)))
		return true;
	gw_auto_fd fd = gw_storage_read_start(l->storage, GW_BACKUPS_TENANT, path,
		GW_ARCHIVE_HEAD_MAX, &ignored);
	struct gw_backup_list *list = l->list;
	list->items = gw_grow(list->items, list->n, &list->cap);
	list->items[list->n++] =
		(struct gw_backup_entry){ .uri = gw_sprintf("%s%s", GW_BACKUPS_URI, path),
			.bytes = bytes,
			.header = fd < 0 ? NULL : gw_archive_peek(fd, &ignored) };
	return true;
}

/* Without the suffix: what follows within a second has a number behind its name. */
static int by_name(const void *a, const void *b)
{
	const char *x = ((const struct gw_backup_entry *)a)->uri;
	const char *y = ((const struct gw_backup_entry *)b)->uri;
	gw_auto_free char *stem = gw_strndup(x, strlen(x) - strlen(SUFFIX));
	gw_auto_free char *other = gw_strndup(y, strlen(y) - strlen(SUFFIX));
	return strverscmp(stem, other);
}

bool gw_backup_list(struct gw_storage *storage, struct gw_backup_list *out, struct gw_error *err)
{
	struct listing l = { storage, out };
	const struct gw_storage_visit visit = { add, &l };
	*out = (struct gw_backup_list){ 0 };
	if (!gw_storage_walk(storage, GW_BACKUPS_TENANT, "/", &visit, err)) {
		gw_backup_list_clear(out);
		return false;
	}
	if (out->n)
		qsort(out->items, out->n, sizeof(out->items[0]), by_name);
	return true;
}

/* Its head at least. */
static int open_head(struct gw_storage *storage, const char *uri, int64_t *bytes,
	struct gw_error *err)
{
	struct stat st;
	const char *path = gw_backup_path(uri);
	if (!path) {
		int fd = gw_backup_file(storage, uri, err);
		*bytes = fd >= 0 && fstat(fd, &st) == 0 ? st.st_size : 0;
		return fd;
	}
	if (!gw_storage_size(storage, GW_BACKUPS_TENANT, path, bytes, err))
		return -1;
	return gw_storage_read_start(storage, GW_BACKUPS_TENANT, path, GW_ARCHIVE_HEAD_MAX, err);
}

json_t *gw_backup_show(struct gw_storage *storage, const char *uri, int64_t *bytes,
	struct gw_error *err)
{
	gw_auto_fd fd = open_head(storage, uri, bytes, err);
	if (fd < 0)
		return NULL;
	json_t *header = gw_archive_peek(fd, err);
	if (!header)
		gw_explain(err, "%s", uri);
	return header;
}

static const char *base_of(const struct gw_backup_entry *entry)
{
	return gw_json_string(json_object_get(entry->header, "base"), "uri");
}

/* Without it those that are based on it could not be read. */
static bool check_unused(struct gw_storage *storage, const char *uri, struct gw_error *err)
{
	gw_auto_backup_list list = { 0 };
	if (!gw_backup_list(storage, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		const char *base = base_of(&list.items[i]);
		if (base && strcmp(base, uri) == 0)
			return gw_fail(err, GW_CONFLICT, "%s is based on it: delete that first",
				list.items[i].uri);
	}
	return true;
}

static bool delete (struct gw_storage *storage, const char *uri, struct gw_error *err)
{
	return gw_storage_delete(storage, GW_BACKUPS_TENANT, gw_backup_path(uri), err);
}

bool gw_backup_delete(struct gw_storage *storage, const char *uri, struct gw_error *err)
{
	const char *path = gw_backup_path(uri);
	int64_t bytes;
	if (!path || !gw_slice_ends(gw_slice_of(path), gw_slice_of(SUFFIX)))
		return gw_fail(err, GW_BAD_REQUEST,
			"%s is no backup: those are " GW_BACKUPS_URI "/….kestra", uri);
	return gw_storage_size(storage, GW_BACKUPS_TENANT, path, &bytes, err) &&
	       (check_unused(storage, uri, err) || gw_explain(err, "%s", uri)) &&
	       delete (storage, uri, err);
}

/* ---- Pruning ---- */

static size_t folder_len(const char *uri)
{
	return (size_t)(strrchr(uri, '/') - uri);
}

static bool same_folder(const struct gw_backup_entry *a, const struct gw_backup_entry *b)
{
	size_t len = folder_len(a->uri);
	return len == folder_len(b->uri) && strncmp(a->uri, b->uri, len) == 0;
}

/* How many newer ones are in its folder. */
static size_t newer(const struct gw_backup_list *list, size_t i)
{
	size_t n = 0;
	for (size_t k = i + 1; k < list->n; k++)
		n += same_folder(&list->items[k], &list->items[i]);
	return n;
}

static void keep_bases(const struct gw_backup_list *list, size_t of, bool *kept)
{
	const char *base = base_of(&list->items[of]);
	for (size_t i = 0; base && i < list->n; i++)
		kept[i] |= strcmp(list->items[i].uri, base) == 0;
}

/* The newest of each folder, and what they are based on. A base is older, so it comes before. */
static bool *choose_kept(const struct gw_backup_list *list, size_t keep)
{
	bool *kept = gw_new_array(bool, list->n + 1);
	for (size_t i = list->n; i-- > 0;) {
		kept[i] |= newer(list, i) < keep;
		if (kept[i])
			keep_bases(list, i, kept);
	}
	return kept;
}

bool gw_backup_prune(struct gw_storage *storage, size_t keep, void (*deleted)(const char *uri),
	size_t *n, struct gw_error *err)
{
	gw_auto_backup_list list = { 0 };
	*n = 0;
	if (!gw_backup_list(storage, &list, err))
		return false;
	gw_auto_free bool *kept = choose_kept(&list, keep);
	for (size_t i = 0; i < list.n; i++) {
		if (kept[i])
			continue;
		if (!delete (storage, list.items[i].uri, err))
			return false;
		++*n;
		deleted(list.items[i].uri);
	}
	return true;
}

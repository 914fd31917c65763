/* files.c - reading files of flows, and folders of them */
#include "cli/files.h"

#include "base/fd.h"
#include "base/mem.h"

#include <errno.h>
#include <fts.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST = 64 << 20 };

static bool add_file(struct gw_files *files, const char *path, struct gw_error *err)
{
	files->items = gw_grow(files->items, files->n, &files->cap);
	struct gw_file *file = &files->items[files->n++];
	*file = (struct gw_file){ .path = gw_strdup(path) };
	if (strcmp(path, "-") == 0)
		return gw_fd_read_all(STDIN_FILENO, LARGEST, &file->text, err) ||
		       gw_explain(err, "standard input");
	return gw_file_read(path, LARGEST, &file->text, err);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_yaml(const char *name)
{
	struct gw_slice text = gw_slice_of(name);
	return gw_slice_ends(text, gw_slice_of(".yml")) ||
	       gw_slice_ends(text, gw_slice_of(".yaml"));
}

static bool add_entry(struct gw_files *files, const FTSENT *entry, struct gw_error *err)
{
	if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR || entry->fts_info == FTS_NS)
		return gw_fail_errno(err, entry->fts_errno, "%s", entry->fts_path);
	if (entry->fts_info != FTS_F || !is_yaml(entry->fts_name))
		return true;
	return add_file(files, entry->fts_path, err);
}

static bool add_folder(struct gw_files *files, const char *path, struct gw_error *err)
{
	gw_auto_free char *root = gw_strdup(path);
	char *const roots[] = { root, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	bool fine = tree || gw_fail_errno(err, errno, "%s", path);
	for (FTSENT *entry; fine && (entry = fts_read(tree));)
		fine = add_entry(files, entry, err);
	if (tree)
		fts_close(tree);
	return fine;
}

bool gw_files_add(struct gw_files *files, const char *path, struct gw_error *err)
{
	struct stat st;
	size_t before = files->n;
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return add_file(files, path, err);
	if (!add_folder(files, path, err))
		return false;
	return files->n > before ||
	       gw_fail(err, GW_NOT_FOUND, "%s: there are no files *.yml or *.yaml", path);
}

void gw_files_join(const struct gw_files *files, struct gw_str *out)
{
	for (size_t i = 0; i < files->n; i++) {
		if (i > 0)
			gw_str_puts(out, "\n---\n");
		gw_str_add(out, files->items[i].text.data, files->items[i].text.len);
	}
}

void gw_files_clear(struct gw_files *files)
{
	for (size_t i = 0; i < files->n; i++) {
		free(files->items[i].path);
		gw_str_clear(&files->items[i].text);
	}
	free(files->items);
	*files = (struct gw_files){ 0 };
}

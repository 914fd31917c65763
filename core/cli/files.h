/* files.h - files of flows that a command names */
#ifndef GW_CLI_FILES_H
#define GW_CLI_FILES_H

#include <godwit/text.h>

struct gw_file {
	char *path;
	struct gw_str text;
};

struct gw_files {
	struct gw_file *items;
	size_t n, cap;
};

/* Adds a file ("-" = standard input), or all *.yml and *.yaml below a folder, ordered by name.
 * GW_NOT_FOUND if there is nothing. */
GW_EXPORT bool gw_files_add(struct gw_files *files, const char *path, struct gw_error *err);
/* All of them, joined by lines "---". */
GW_EXPORT void gw_files_join(const struct gw_files *files, struct gw_str *out);
GW_EXPORT void gw_files_clear(struct gw_files *files);
#define gw_auto_files __attribute__((cleanup(gw_files_clear))) struct gw_files

#endif

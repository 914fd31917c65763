/* fd.h - descriptors, files and folders */
#ifndef GW_BASE_FD_H
#define GW_BASE_FD_H

#include <godwit/text.h>

static inline bool gw_fd_valid(int fd)
{
	return fd >= 0;
}

GW_EXPORT void gw_fd_close(int *fd); /* closes and sets -1; tolerates -1 */
#define gw_auto_fd __attribute__((cleanup(gw_fd_close))) int

GW_EXPORT bool gw_fd_write_all(int fd, const void *data, size_t len, struct gw_error *err);
/* Appends what is left to read, at most limit bytes; more is GW_INVALID. */
GW_EXPORT bool gw_fd_read_all(int fd, size_t limit, struct gw_str *out, struct gw_error *err);
GW_EXPORT bool gw_file_read(const char *path, size_t limit, struct gw_str *out,
	struct gw_error *err);
/* Writes beside the path, syncs, renames over it: the file is the old or the new one. */
GW_EXPORT bool gw_file_replace(const char *path, struct gw_slice content, struct gw_error *err);
GW_EXPORT bool gw_dir_make(const char *path, struct gw_error *err); /* parents too; 0700 */
/* Removes a tree without following symbolic links, whoever changes it meanwhile; also folders that
 * forbid writing. What is not there is no error. */
GW_EXPORT bool gw_tree_remove(const char *path, struct gw_error *err);

#endif

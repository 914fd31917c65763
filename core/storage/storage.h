/* storage.h - internal storage: files under kestra:///… URIs
 *
 * storage may use: base, model. */
#ifndef GW_STORAGE_STORAGE_H
#define GW_STORAGE_STORAGE_H

#include <godwit/storage.h>

struct gw_storage;

/* Files in a folder; others are modules. */
GW_EXPORT extern const struct gw_storage_type gw_storage_local;

/* settings is the section "storage" of the configuration: {type, local: {base-path}, …}. */
GW_EXPORT struct gw_storage *gw_storage_open(const struct gw_storage_type *type,
	const json_t *settings, struct gw_error *err);
GW_EXPORT void gw_storage_close(struct gw_storage **storage);
GW_EXPORT void gw_storage_describe(struct gw_storage *storage, struct gw_str *out);

/* All paths are checked: "..", NUL, foreign tenants and symbolic links out of the base are
 * refused. uri is "kestra:///a/b" or "/a/b". */
GW_EXPORT int gw_storage_read(struct gw_storage *storage, const char *tenant, const char *uri,
	struct gw_error *err); /* a descriptor; -1 with GW_NOT_FOUND */
/* The same where nothing but the first bytes is needed: more may be there, or not. */
GW_EXPORT int gw_storage_read_start(struct gw_storage *storage, const char *tenant, const char *uri,
	int64_t bytes, struct gw_error *err);
/* Stores what fd holds from its start, complete or not at all. */
GW_EXPORT bool gw_storage_write(struct gw_storage *storage, const char *tenant, const char *uri,
	int fd, struct gw_error *err);
/* A file that is written part by part: it appears complete, when it is published, or never. */
struct gw_upload;
GW_EXPORT struct gw_upload *gw_storage_begin(struct gw_storage *storage, const char *tenant,
	const char *uri, struct gw_error *err);
GW_EXPORT bool gw_upload_write(struct gw_upload *upload, struct gw_slice part,
	struct gw_error *err);
/* On disk, under its URI. If there is a file already it is replaced, or GW_CONFLICT. */
GW_EXPORT bool gw_upload_publish(struct gw_upload *upload, bool may_replace, struct gw_error *err);
GW_EXPORT void gw_upload_close(struct gw_upload **upload); /* unpublished it is gone */
/* Calls visit for every file below a folder ("/" = all of the tenant), in no order. An absent
 * folder is empty. */
GW_EXPORT bool gw_storage_walk(struct gw_storage *storage, const char *tenant, const char *uri,
	const struct gw_storage_visit *visit, struct gw_error *err);
GW_EXPORT bool gw_storage_size(struct gw_storage *storage, const char *tenant, const char *uri,
	int64_t *bytes, struct gw_error *err);
/* A file, or everything below a folder; absent is no error. */
GW_EXPORT bool gw_storage_delete(struct gw_storage *storage, const char *tenant, const char *uri,
	struct gw_error *err);

/* Where things live (Kestra's layout): "/company/team/flow/executions/ID". */
GW_EXPORT void gw_storage_execution_path(struct gw_str *out, const char *namespace,
	const char *flow, const char *execution);
GW_EXPORT void gw_storage_slug(struct gw_str *out, struct gw_slice text);

#endif

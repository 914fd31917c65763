/* storage.h - the contract of an internal storage, for those who write one
 *
 * It keeps files by name and knows nothing of what is in them. Functions are called from many
 * threads at once; each call blocks until it is done. */
#ifndef GODWIT_STORAGE_H
#define GODWIT_STORAGE_H

#include <godwit/text.h>

#include <jansson.h>

struct gw_depot; /* the storage's own */
struct gw_delivery; /* a file that is being written, the storage's own */

/* The path is "tenant/a/b" and has been checked: at most 65 plain names of at most 255 bytes, none
 * of them "." or "..". The URI is how the caller calls it, for messages. */
struct gw_file_name {
	const char *path;
	const char *uri;
};

/* Called for every file below a folder; path as in "/a/b", without the tenant. False ends the
 * walk. */
struct gw_storage_visit {
	bool (*visit)(void *arg, const char *path, int64_t bytes, struct gw_error *err);
	void *arg;
};

struct gw_storage_type {
	const char *name; /* storage.type */
	const char *summary;

	/* settings is the object storage.NAME of the configuration, with secrets in place; unknown
	 * members are an error. What cannot be used is refused here, not at the first file. */
	struct gw_depot *(*open)(const json_t *settings, struct gw_error *err);
	void (*close)(struct gw_depot *depot);
	void (*describe)(struct gw_depot *depot, struct gw_str *out); /* where it is, for people */

	/* A descriptor at the start of a regular file, which keeps this content whatever becomes
	 * of the name; only the first `bytes` are needed, GW_WHOLE = all. -1 with GW_NOT_FOUND. */
	int (*read)(struct gw_depot *depot, const struct gw_file_name *name, int64_t bytes,
		struct gw_error *err);
	bool (*size)(struct gw_depot *depot, const struct gw_file_name *name, int64_t *bytes,
		struct gw_error *err);

	/* A file appears complete and durable when it is published, or never. publish: if there is
	 * a file already it is replaced, or GW_CONFLICT. abandon frees, published or not. */
	struct gw_delivery *(*begin)(struct gw_depot *depot, const struct gw_file_name *name,
		struct gw_error *err);
	bool (*write)(struct gw_delivery *delivery, struct gw_slice part, struct gw_error *err);
	bool (*publish)(struct gw_delivery *delivery, bool may_replace, struct gw_error *err);
	void (*abandon)(struct gw_delivery *delivery);

	/* A folder, in no order; the path may be a tenant alone. An absent folder is empty. */
	bool (*walk)(struct gw_depot *depot, const struct gw_file_name *folder,
		const struct gw_storage_visit *visit, struct gw_error *err);
	/* A file, or everything below a folder; absent is no error. */
	bool (*remove)(struct gw_depot *depot, const struct gw_file_name *name,
		struct gw_error *err);
};

#define GW_WHOLE INT64_MAX

#endif

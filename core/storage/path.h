/* path.h - URIs of internal storage as safe relative paths */
#ifndef GW_STORAGE_PATH_H
#define GW_STORAGE_PATH_H

#include <godwit/text.h>

/* "tenant/a/b" for "kestra:///a/b" or "/a/b". Refused: no name at all, empty segments, "." and
 * "..", segments of more than 255 bytes, more than 64 of them, a host, another scheme, a tenant
 * that is no plain name. What it yields contains only plain names. */
GW_EXPORT bool gw_storage_path(struct gw_str *out, const char *tenant, const char *uri,
	struct gw_error *err);

#endif

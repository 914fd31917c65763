/* path.c - URIs of internal storage as safe relative paths, and where things live */
#include "storage/path.h"

#include "base/mem.h"
#include "storage/storage.h"

#include <ctype.h>
#include <limits.h>

enum { DEEPEST = 64 };

static bool check_segment(struct gw_slice segment, const char *uri, struct gw_error *err)
{
	if (segment.len == 0 || gw_slice_is(segment, ".") || gw_slice_is(segment, ".."))
		return gw_fail(err, GW_INVALID,
			"storage: '%s' must not contain empty names, \".\" or \"..\"", uri);
	if (segment.len > NAME_MAX)
		return gw_fail(err, GW_INVALID, "storage: a name in '%s' is longer than %d bytes",
			uri, NAME_MAX);
	return true;
}

static bool check_tenant(const char *tenant, struct gw_error *err)
{
	size_t n = strspn(tenant, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	if (n > 0 && n <= NAME_MAX && tenant[n] == '\0')
		return true;
	return gw_fail(err, GW_INVALID, "storage: '%s' is no name of a tenant", tenant);
}

bool gw_storage_path(struct gw_str *out, const char *tenant, const char *uri, struct gw_error *err)
{
	static const char scheme[] = "kestra://";
	const char *path = uri;
	if (strncmp(uri, scheme, strlen(scheme)) == 0)
		path += strlen(scheme);
	if (*path != '/')
		return gw_fail(err, GW_INVALID,
			"storage: '%s' is no URI such as kestra:///path/file", uri);
	if (!check_tenant(tenant, err))
		return false;
	int depth = 0;
	for (const char *p = path; *p; depth++) {
		struct gw_slice segment = { p + 1, strcspn(p + 1, "/") };
		if (!check_segment(segment, uri, err))
			return false;
		p = segment.data + segment.len;
	}
	if (depth > DEEPEST)
		return gw_fail(err, GW_INVALID, "storage: '%.100s…' is more than %d folders deep",
			uri, DEEPEST);
	gw_str_printf(out, "%s%s", tenant, path);
	return true;
}

void gw_storage_slug(struct gw_str *out, struct gw_slice text)
{
	bool dash = false;
	size_t start = out->len;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		dash = dash || c == '-' || c == '_' || isspace(c);
		if (!isascii(c) || !isalnum(c))
			continue;
		if (dash && out->len > start)
			gw_str_putc(out, '-');
		gw_str_putc(out, (char)tolower(c));
		dash = false;
	}
}

void gw_storage_execution_path(struct gw_str *out, const char *namespace, const char *flow,
	const char *execution)
{
	gw_str_putc(out, '/');
	for (const char *c = namespace; *c; c++)
		gw_str_putc(out, *c == '.' ? '/' : *c);
	gw_str_putc(out, '/');
	gw_storage_slug(out, gw_slice_of(flow));
	gw_str_printf(out, "/executions/%s", execution);
}

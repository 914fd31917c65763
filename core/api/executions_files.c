/* executions_files.c - files that belong to executions: download, size, preview */
#include "api/executions.h"

#include "base/base64.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/utf8.h"
#include "model/kinds.h"
#include "storage/storage.h"

#include <ctype.h>
#include <errno.h>
#include <unistd.h>

#define PREVIEW_MAX ((size_t)8 << 20) /* bytes of a file that are looked at */
#define ROWS_DEFAULT 100
#define ROWS_MAX 100000

/* ---- Which file ---- */

static const char *without_scheme(const char *uri)
{
	return strncmp(uri, "kestra://", 9) == 0 ? uri + 9 : uri;
}

/* The execution that a path belongs to: "/…/executions/ID/…". */
static struct gw_slice owner_of(const char *path)
{
	const char *at = strstr(path, "/executions/");
	if (!at)
		return gw_slice(NULL, 0);
	at += strlen("/executions/");
	return gw_slice(at, strcspn(at, "/"));
}

/* Sends the client to the execution that owns the file. */
static bool redirect(struct gw_http_request *rq, struct gw_slice owner, const char *path)
{
	gw_auto_str location = { 0 };
	gw_str_printf(&location, "/api/v1/%s/executions/%.*s/file?path=", rq->tenant,
		GW_SLICE(owner));
	for (const char *p = path; *p; p++) {
		if (strchr("/:.-_", *p) || ((unsigned char)*p < 0x80 && isalnum((unsigned char)*p)))
			gw_str_putc(&location, *p);
		else
			gw_str_printf(&location, "%%%02X", (unsigned char)*p);
	}
	rq->out.status = 302;
	rq->out.location = gw_request_keep(rq, gw_str_text(&location));
	return true;
}

/* The parameter path, if it is a file of the execution. *redirected: the answer is written. */
static const char *find_path(struct gw_http_request *rq, bool *redirected, struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	gw_auto_str prefix = { 0 };
	const char *path = gw_request_param(rq, "path");
	struct gw_key key = { gw_slice_of(rq->tenant), gw_slice_of(rq->args[0]) };
	*redirected = false;
	if (!path) {
		gw_fail(err, GW_BAD_REQUEST, "Required QueryValue [path] not specified");
		return NULL;
	}
	if (!gw_store_get(gw_api_of(rq)->store, &gw_kind_execution, key, &record, &hold, err)) {
		if (err->code == GW_NOT_FOUND)
			gw_fail(err, GW_NOT_FOUND, "Unable to find execution id '%s'", rq->args[0]);
		return NULL;
	}
	gw_auto_free char *namespace = gw_slice_dup(record.fields[GW_EXECUTION_NAMESPACE].text);
	gw_auto_free char *flow = gw_slice_dup(record.fields[GW_EXECUTION_FLOW].text);
	gw_storage_execution_path(&prefix, namespace, flow, rq->args[0]);
	gw_str_putc(&prefix, '/');
	if (gw_slice_starts(gw_slice_of(without_scheme(path)), gw_str_slice(&prefix)))
		return path;
	struct gw_slice owner = owner_of(without_scheme(path));
	*redirected = owner.len && !gw_slice_is(owner, rq->args[0]);
	if (*redirected)
		redirect(rq, owner, path);
	else
		gw_fail(err, GW_INVALID, "Invalid prefix path");
	return NULL;
}

static bool open_file(struct gw_http_request *rq, const char *path, int *fd, int64_t *size,
	struct gw_error *err)
{
	struct gw_storage *storage = gw_api_of(rq)->storage;
	if (!gw_storage_size(storage, rq->tenant, path, size, err))
		return false;
	*fd = gw_storage_read(storage, rq->tenant, path, err);
	return *fd >= 0;
}

/* ---- Download and size ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void put_disposition(struct gw_http_request *rq, const char *path)
{
	gw_auto_str text = { 0 };
	gw_str_puts(&text, "attachment; filename=\"");
	for (const char *p = base_name(path); *p; p++)
		gw_str_putc(&text, strchr("\"\\", *p) || (unsigned char)*p < ' ' ? '_' : *p);
	gw_str_putc(&text, '"');
	rq->out.disposition = gw_request_keep(rq, gw_str_text(&text));
}

static bool download_file(struct gw_http_request *rq, struct gw_error *err)
{
	bool redirected;
	int64_t size;
	const char *path = find_path(rq, &redirected, err);
	if (!path)
		return redirected;
	if (!open_file(rq, path, &rq->out.fd, &size, err))
		return false;
	rq->out.size = (uint64_t)size;
	rq->out.content_type = "application/octet-stream";
	put_disposition(rq, path);
	return true;
}

static bool show_file_size(struct gw_http_request *rq, struct gw_error *err)
{
	bool redirected;
	int64_t size;
	const char *path = find_path(rq, &redirected, err);
	if (!path)
		return redirected;
	if (!gw_storage_size(gw_api_of(rq)->storage, rq->tenant, path, &size, err))
		return false;
	gw_str_putc(&rq->out.body, '{');
	gw_json_int(&rq->out.body, "size", size);
	gw_str_putc(&rq->out.body, '}');
	return true;
}

/* ---- Preview ---- */

static const struct {
	const char *extension, *type;
} preview_types[] = {
	{ "ion", "LIST" },
	{ "jsonl", "LIST" },
	{ "ndjson", "LIST" },
	{ "md", "MARKDOWN" },
	{ "pdf", "PDF" },
	{ "png", "IMAGE" },
	{ "jpg", "IMAGE" },
	{ "jpeg", "IMAGE" },
	{ "gif", "IMAGE" },
	{ "svg", "IMAGE" },
	{ "webp", "IMAGE" },
};

static const char *preview_type(const char *extension)
{
	for (size_t i = 0; i < GW_LEN(preview_types); i++)
		if (strcasecmp(preview_types[i].extension, extension) == 0)
			return preview_types[i].type;
	return "TEXT";
}

/* The first rows of a text; *cut if there are more. */
static struct gw_slice first_rows(struct gw_slice text, int64_t rows, bool *cut)
{
	size_t end = 0;
	for (int64_t i = 0; i < rows && end < text.len; i++) {
		const char *at = memchr(text.data + end, '\n', text.len - end);
		end = at ? (size_t)(at - text.data) + 1 : text.len;
	}
	*cut = *cut || end < text.len;
	return gw_slice(text.data, end);
}

/* One JSON value a line; a line that is none is shown as text. */
static void put_rows(struct gw_str *out, struct gw_slice text)
{
	gw_str_putc(out, '[');
	while (text.len) {
		struct gw_error ignored;
		const char *at = memchr(text.data, '\n', text.len);
		size_t len = at ? (size_t)(at - text.data) : text.len;
		struct gw_slice line = gw_slice(text.data, len);
		json_auto_t *row = gw_json_parse(line, &ignored);
		gw_json_comma(out);
		if (row)
			gw_json_print(out, row);
		else
			gw_json_quote(out, line);
		len += at != NULL;
		text = gw_slice(text.data + len, text.len - len);
	}
	gw_str_putc(out, ']');
}

static void put_content(struct gw_str *out, const char *type, const struct gw_str *content,
	int64_t rows, bool *cut)
{
	gw_auto_str text = { 0 };
	gw_json_key(out, "content");
	if (strcmp(type, "IMAGE") == 0 || strcmp(type, "PDF") == 0) {
		gw_base64_encode(&text, gw_str_text(content), content->len);
		gw_json_quote(out, gw_str_slice(&text));
		return;
	}
	gw_utf8_clean(&text, gw_str_text(content), content->len);
	struct gw_slice shown = first_rows(gw_str_slice(&text), rows, cut);
	if (strcmp(type, "LIST") == 0)
		put_rows(out, shown);
	else
		gw_json_quote(out, shown);
}

static bool read_preview_limits(struct gw_http_request *rq, int64_t *rows, struct gw_error *err)
{
	static const char *const encodings[] = { "UTF-8", "US-ASCII", "ASCII", "UTF8" };
	const char *encoding = gw_request_param(rq, "encoding");
	bool known = !encoding;
	*rows = ROWS_DEFAULT;
	for (size_t i = 0; !known && i < GW_LEN(encodings); i++)
		known = strcasecmp(encodings[i], encoding) == 0;
	if (!known)
		return gw_fail(err, GW_INVALID, "Unable to preview using encoding '%s'", encoding);
	if (!gw_request_int(rq, "maxRows", rows, err))
		return false;
	return (*rows >= 1 && *rows <= ROWS_MAX) ||
	       gw_fail(err, GW_BAD_REQUEST, "maxRows must be between 1 and %d", ROWS_MAX);
}

/* At most PREVIEW_MAX bytes from the start. */
static bool read_start(int fd, struct gw_str *out, struct gw_error *err)
{
	char part[65536];
	ssize_t n;
	while (out->len < PREVIEW_MAX && (n = read(fd, part, sizeof(part))) != 0) {
		if (n < 0)
			return gw_fail_errno(err, errno, "reading a file");
		gw_str_add(out, part, (size_t)n);
	}
	return true;
}

static bool preview_file(struct gw_http_request *rq, struct gw_error *err)
{
	bool redirected, cut;
	int64_t size, rows;
	gw_auto_fd fd = -1;
	gw_auto_str content = { 0 };
	struct gw_str *out = &rq->out.body;
	const char *path = find_path(rq, &redirected, err);
	if (!path)
		return redirected;
	if (!read_preview_limits(rq, &rows, err) || !open_file(rq, path, &fd, &size, err) ||
		!read_start(fd, &content, err))
		return false;
	const char *dot = strrchr(base_name(path), '.');
	const char *type = preview_type(dot ? dot + 1 : "");
	cut = size > (int64_t)content.len;
	gw_str_putc(out, '{');
	gw_json_text(out, "extension", gw_slice_of(dot ? dot + 1 : ""));
	gw_json_text(out, "type", gw_slice_of(type));
	put_content(out, type, &content, rows, &cut);
	gw_json_int(out, "maxLine", rows);
	gw_json_bool(out, "truncated", cut);
	gw_str_putc(out, '}');
	return true;
}

const struct gw_route gw_execution_file_routes[] = {
	{ GW_HTTP_GET, "~/executions/{id}/file", download_file, 0 },
	{ GW_HTTP_GET, "~/executions/{id}/file/metas", show_file_size, 0 },
	{ GW_HTTP_GET, "~/executions/{id}/file/preview", preview_file, 0 },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

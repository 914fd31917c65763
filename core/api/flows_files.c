/* flows_files.c - flows as files: zip archives and sources with several documents */
#include "api/flows.h"

#include "base/fd.h"
#include "base/json.h"
#include "model/kinds.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <zip.h>

#define ARCHIVE_FLOWS 100000 /* entries of an archive that are read */
#define SOURCE_MAX ((size_t)4 << 20) /* bytes of one entry */
#define ARCHIVE_MAX ((size_t)256 << 20) /* bytes of all entries */

/* ---- Export ---- */

static bool zip_failed(zip_t *archive, const char *what, struct gw_error *err)
{
	return gw_fail(err, GW_INTERNAL, "%s: %s", what,
		zip_error_strerror(zip_get_error(archive)));
}

/* company.team.hello.yml */
static bool add_entry(zip_t *archive, const struct gw_record *record, size_t *total,
	struct gw_error *err)
{
	struct gw_slice source = gw_flow_source(record);
	gw_auto_str name = { 0 };
	gw_str_printf(&name, "%.*s.%.*s.yml", GW_SLICE(record->fields[GW_FLOW_NAMESPACE].text),
		GW_SLICE(record->fields[GW_FLOW_ID].text));
	*total += source.len;
	if (*total > ARCHIVE_MAX)
		return gw_fail(err, GW_INVALID, "more than %zu MB of flows: export fewer at once",
			ARCHIVE_MAX >> 20);
	zip_source_t *content =
		zip_source_buffer(archive, gw_strndup(source.data, source.len), source.len, 1);
	if (zip_file_add(archive, gw_str_text(&name), content, ZIP_FL_ENC_UTF_8) >= 0)
		return true;
	zip_source_free(content);
	return zip_failed(archive, "adding to the archive", err);
}

static bool add_entries(struct gw_http_request *rq, zip_t *archive,
	const struct gw_flow_names *names, struct gw_error *err)
{
	size_t total = 0;
	for (size_t i = 0; i < names->n; i++) {
		struct gw_record record;
		gw_auto_free void *hold = NULL;
		const struct gw_flow_choice choice = { names->items[i].namespace,
			names->items[i].id, 0, false };
		if (gw_flow_find(rq, &choice, &record, &hold, err)) {
			if (!add_entry(archive, &record, &total, err))
				return false;
		} else if (err->code != GW_NOT_FOUND) {
			return false;
		}
	}
	return true;
}

/* An archive without entries: libzip writes no file for it. */
static const char empty_archive[22] = "PK\5\6";

static bool read_buffer(zip_source_t *buffer, struct gw_str *out, struct gw_error *err)
{
	char part[16384];
	zip_int64_t n;
	if (zip_source_open(buffer) != 0) {
		gw_str_add(out, empty_archive, sizeof(empty_archive));
		return true;
	}
	while ((n = zip_source_read(buffer, part, sizeof(part))) > 0)
		gw_str_add(out, part, (size_t)n);
	zip_source_close(buffer);
	return n == 0 || gw_fail(err, GW_INTERNAL, "reading the archive");
}

static bool write_archive(struct gw_http_request *rq, const struct gw_flow_names *names,
	struct gw_error *err)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *buffer = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *archive = buffer ? zip_open_from_source(buffer, ZIP_TRUNCATE, &error) : NULL;
	if (!archive) {
		zip_source_free(buffer);
		return gw_fail(err, GW_INTERNAL, "making an archive");
	}
	zip_source_keep(buffer);
	bool fine = add_entries(rq, archive, names, err);
	if (fine && zip_close(archive) != 0)
		fine = zip_failed(archive, "writing the archive", err);
	else if (fine)
		archive = NULL;
	fine = fine && read_buffer(buffer, &rq->out.body, err);
	if (archive)
		zip_discard(archive);
	zip_source_free(buffer);
	rq->out.content_type = "application/octet-stream";
	rq->out.disposition = "attachment; filename=\"flows.zip\"";
	return fine;
}

static bool export_by_query(struct gw_http_request *rq, struct gw_error *err)
{
	gw_auto_flow_names names = { 0 };
	return gw_flow_names_search(rq, &names, err) && write_archive(rq, &names, err);
}

static bool export_by_ids(struct gw_http_request *rq, struct gw_error *err)
{
	gw_auto_flow_names names = { 0 };
	return gw_flow_names_read(rq, &names, err) && write_archive(rq, &names, err);
}

/* ---- Import ---- */

struct import {
	struct gw_http_request *rq;
	struct gw_error first; /* what the first failure was */
	size_t n_failed;
};

/* Saves a source; a failure is noted under its label. */
static void import_source(struct import *import, struct gw_slice source, const char *label)
{
	struct gw_http_request *rq = import->rq;
	gw_auto_violations violations = { 0 };
	struct gw_save_request request = { .mode = GW_SAVE_EITHER, .violations = &violations };
	struct gw_error err;
	json_t *doc = NULL;
	if (gw_engine_save_flow(gw_api_of(rq)->engine, rq->tenant, source, &request, &doc, &err)) {
		json_decref(doc);
		return;
	}
	if (!import->n_failed++)
		import->first = err;
	gw_json_comma(&rq->out.body);
	gw_json_quote(&rq->out.body, gw_slice_of(label));
}

static void import_documents(struct import *import, struct gw_slice text, const char *name)
{
	struct gw_slice source;
	size_t at = 0;
	for (int i = 0; gw_yaml_next_document(text, &at, &source); i++) {
		char index[16];
		snprintf(index, sizeof(index), "%d", i);
		if (source.len)
			import_source(import, source, name ? name : index);
	}
}

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);
	return len >= n && strcasecmp(name + len - n, end) == 0;
}

static bool is_source(const char *name)
{
	return ends_with(name, ".yml") || ends_with(name, ".yaml");
}

/* What an entry holds, whatever its header says of its size. */
static bool read_entry(zip_t *archive, zip_uint64_t i, struct gw_str *out)
{
	char part[16384];
	zip_int64_t n = -1;
	zip_file_t *file = zip_fopen_index(archive, i, 0);
	out->limit = SOURCE_MAX;
	while (file && !out->full && (n = zip_fread(file, part, sizeof(part))) > 0)
		gw_str_add(out, part, (size_t)n);
	if (file)
		zip_fclose(file);
	return n == 0 && !out->full;
}

static bool import_entries(struct import *import, zip_t *archive, struct gw_error *err)
{
	size_t total = 0;
	zip_int64_t n = zip_get_num_entries(archive, 0);
	if (n > ARCHIVE_FLOWS)
		return gw_fail(err, GW_INVALID, "the archive has more than %d entries",
			ARCHIVE_FLOWS);
	for (zip_int64_t i = 0; i < n && total <= ARCHIVE_MAX; i++) {
		gw_auto_str text = { 0 };
		const char *name = zip_get_name(archive, (zip_uint64_t)i, 0);
		if (!name || !is_source(name))
			continue;
		bool fine = read_entry(archive, (zip_uint64_t)i, &text);
		total += text.len;
		/* What could not be read fails as an empty flow. */
		import_documents(import, fine ? gw_str_slice(&text) : gw_slice_of("{}"), name);
	}
	return total <= ARCHIVE_MAX ||
	       gw_fail(err, GW_INVALID, "the archive has more than %zu MB of flows",
		       ARCHIVE_MAX >> 20);
}

static bool import_archive(struct import *import, const struct gw_part *part, struct gw_error *err)
{
	int fd = gw_part_open(part, err);
	if (fd < 0)
		return false;
	int code;
	zip_t *archive = zip_fdopen(fd, ZIP_CHECKCONS, &code);
	if (!archive) {
		gw_fd_close(&fd);
		return gw_fail(err, GW_INVALID, "fileUpload is no zip archive");
	}
	bool fine = import_entries(import, archive, err);
	zip_discard(archive);
	return fine;
}

static bool import_text(struct import *import, const struct gw_part *part, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	gw_auto_fd fd = gw_part_open(part, err);
	if (fd < 0 || !gw_fd_read_all(fd, ARCHIVE_MAX, &text, err))
		return false;
	import_documents(import, gw_str_slice(&text), NULL);
	return true;
}

static const struct gw_part *find_upload(struct gw_http_request *rq)
{
	const struct gw_part *part;
	for (size_t i = 0; (part = gw_multipart_part(rq->form, i)); i++)
		if (strcmp(part->name, "fileUpload") == 0)
			return part;
	return NULL;
}

static bool import_flows(struct gw_http_request *rq, struct gw_error *err)
{
	struct import import = { .rq = rq };
	bool fails;
	const struct gw_part *part = find_upload(rq);
	if (!gw_request_flag(rq, "failOnError", false, &fails, err))
		return false;
	if (!part)
		return gw_fail(err, GW_BAD_REQUEST, "the part fileUpload is missing");
	const char *name = part->filename ? part->filename : "";
	gw_str_putc(&rq->out.body, '[');
	if (ends_with(name, ".zip") ? !import_archive(&import, part, err)
				    : is_source(name) && !import_text(&import, part, err))
		return false;
	if (!ends_with(name, ".zip") && !is_source(name))
		return gw_fail(err, GW_INVALID, "Cannot import file of type '%s'", name);
	gw_str_putc(&rq->out.body, ']');
	if (!fails || !import.n_failed)
		return true;
	*err = import.first;
	return gw_explain(err, "%zu flows could not be imported", import.n_failed);
}

const struct gw_route gw_flow_file_routes[] = {
	{ GW_HTTP_GET, "~/flows/export/by-query", export_by_query, 0 },
	{ GW_HTTP_POST, "~/flows/export/by-ids", export_by_ids, GW_ROUTE_BODY },
	{ GW_HTTP_POST, "~/flows/import", import_flows, GW_ROUTE_FORM },
	{ GW_HTTP_GET, NULL, NULL, 0 },
};

/* create.c - making a backup: one moment of the repository, streamed into an archive */
#include "backup/increment.h"
#include "backup/place.h"
#include "backup/select.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <config.h>

#define REPORT_EVERY 500 /* records */
#define PAGE 1000 /* executions whose task runs are looked for at once */

struct maker {
	const struct gw_site *site;
	const struct gw_backup_request *request;
	struct gw_snapshot *snapshot;
	struct gw_upload *upload;
	struct gw_archive_writer *writer;
	struct gw_increment *increment; /* NULL = all is written */
	struct gw_progress progress;
	int64_t began; /* boot time */
	uint64_t sent; /* bytes of the archive */
};

/* ---- The archive's way into storage ---- */

/* Sleeps until so many bytes are allowed. */
static void keep_rate(struct maker *m)
{
	if (!m->request->max_rate)
		return;
	int64_t due = m->began + (int64_t)((double)m->sent / (double)m->request->max_rate * 1e6);
	int64_t wait = due - gw_clock_boot();
	struct timespec t = { .tv_sec = wait / GW_SECOND, .tv_nsec = wait % GW_SECOND * 1000 };
	if (wait > 0)
		nanosleep(&t, NULL);
}

static bool store_bytes(void *arg, struct gw_slice bytes, struct gw_error *err)
{
	struct maker *m = arg;
	m->sent += bytes.len;
	keep_rate(m);
	return gw_upload_write(m->upload, bytes, err);
}

static bool report(struct maker *m, struct gw_error *err)
{
	const struct gw_watcher *w = &m->request->watcher;
	m->progress.bytes = m->sent;
	if (!w->report || w->report(w->arg, &m->progress))
		return true;
	return gw_fail(err, GW_CONFLICT, "cancelled");
}

/* ---- Records ---- */

static bool add_record(struct maker *m, const struct gw_record *record, struct gw_error *err)
{
	bool is_same = false;
	if (m->increment && !gw_increment_pass(m->increment, record, m->writer, &is_same, err))
		return false;
	if (!is_same && !gw_archive_add(m->writer, record, err))
		return false;
	return ++m->progress.done % REPORT_EVERY != 0 || report(m, err);
}

static bool copy(struct maker *m, const struct gw_query *query, struct gw_error *err)
{
	struct gw_record record;
	enum gw_next next;
	gw_auto_stream *s = gw_store_scan(m->site->store, query, err);
	if (!s)
		return false;
	while ((next = gw_stream_next(s, &record, err)) == GW_NEXT_RECORD)
		if (!add_record(m, &record, err))
			return false;
	return next == GW_NEXT_DONE;
}

static void complete(const struct maker *m, struct gw_query *query)
{
	query->snapshot = m->snapshot;
	if (m->request->tenant)
		query->tenant = gw_slice_of(m->request->tenant);
}

static bool copy_kind(struct maker *m, const struct gw_kind *kind, struct gw_error *err)
{
	struct gw_selecting s;
	gw_archive_expect(m->writer, kind);
	if (!gw_selection_query(&m->request->selection, kind, &s))
		return true;
	complete(m, &s.query);
	return copy(m, &s.query, err) || gw_explain(err, "%s", kind->name);
}

/* ---- Task runs of selected executions: both are ordered by the execution's id ---- */

struct page {
	struct gw_records executions; /* keys only */
	struct gw_map ids;
	struct gw_slice tenant;
};

static void clear_page(struct page *page)
{
	gw_records_clear(&page->executions);
	gw_map_clear(&page->ids, NULL);
}

#define auto_page __attribute__((cleanup(clear_page))) struct page

static bool key_in(const struct page *page, struct gw_slice key)
{
	const char *slash = memchr(key.data, '/', key.len);
	size_t len = slash ? (size_t)(slash - key.data) : key.len;
	return gw_map_get(&page->ids, gw_slice(key.data, len)) != NULL;
}

/* All records of the kind between the page's first and last execution that belong to one of it. */
static bool copy_of_page(struct maker *m, const struct page *page, const struct gw_kind *kind,
	struct gw_error *err)
{
	struct gw_record record;
	enum gw_next next;
	struct gw_slice last = page->executions.items[page->executions.n - 1]->key;
	gw_auto_free char *end = gw_sprintf("%.*s0", GW_SLICE(last)); /* "0" follows "/" */
	const struct gw_value range[] = { gw_value_text(page->executions.items[0]->key),
		gw_value_string(end) };
	const struct gw_filter filters[] = {
		{ .compare = GW_GE, .field = "key", .values = &range[0], .n_values = 1 },
		{ .compare = GW_LT, .field = "key", .values = &range[1], .n_values = 1 },
	};
	const struct gw_query query = { .kind = kind,
		.tenant = page->tenant,
		.filters = filters,
		.n_filters = 2,
		.snapshot = m->snapshot };
	gw_auto_stream *s = gw_store_scan(m->site->store, &query, err);
	if (!s)
		return false;
	while ((next = gw_stream_next(s, &record, err)) == GW_NEXT_RECORD)
		if (key_in(page, record.key) && !add_record(m, &record, err))
			return false;
	return next == GW_NEXT_DONE;
}

static bool read_page(struct maker *m, struct page *page, struct gw_slice after,
	struct gw_error *err)
{
	struct gw_selecting s;
	struct gw_record record;
	enum gw_next next;
	gw_selection_query(&m->request->selection, &gw_kind_execution, &s);
	s.query.snapshot = m->snapshot;
	s.query.tenant = page->tenant;
	s.query.after = after;
	s.query.limit = PAGE;
	s.query.want = GW_WANT_KEYS;
	gw_auto_stream *stream = gw_store_scan(m->site->store, &s.query, err);
	if (!stream)
		return false;
	while ((next = gw_stream_next(stream, &record, err)) == GW_NEXT_RECORD) {
		gw_records_add(&page->executions, gw_record_copy(&record));
		gw_map_put(&page->ids, record.key, page);
	}
	return next == GW_NEXT_DONE;
}

static bool copy_executions_of(struct maker *m, struct gw_slice tenant, struct gw_error *err)
{
	gw_auto_str after = { 0 };
	for (;;) {
		auto_page page = { .tenant = tenant };
		struct gw_slice from = gw_slice(after.data, after.len);
		if (!read_page(m, &page, from, err))
			return false;
		if (page.executions.n == 0)
			return true;
		if (!copy_of_page(m, &page, &gw_kind_taskrun, err) ||
			!copy_of_page(m, &page, &gw_kind_execution, err))
			return false;
		struct gw_slice last = page.executions.items[page.executions.n - 1]->key;
		gw_str_reset(&after);
		gw_str_add(&after, last.data, last.len);
	}
}

/* ---- Tenants ---- */

/* "main" exists always; the others are stored. */
static bool list_tenants(struct maker *m, struct gw_records *out, struct gw_error *err)
{
	const char *only = m->request->tenant;
	struct gw_record record = {
		.kind = &gw_kind_tenant, .key = gw_slice_of(only ? only : "main"), .due = GW_NEVER
	};
	const struct gw_query query = {
		.kind = &gw_kind_tenant, .want = GW_WANT_KEYS, .snapshot = m->snapshot
	};
	enum gw_next next = GW_NEXT_DONE;
	gw_records_add(out, gw_record_copy(&record));
	gw_auto_stream *s = only ? NULL : gw_store_scan(m->site->store, &query, err);
	if (!only && !s)
		return false;
	while (s && (next = gw_stream_next(s, &record, err)) == GW_NEXT_RECORD)
		if (!gw_slice_is(record.key, "main"))
			gw_records_add(out, gw_record_copy(&record));
	return next == GW_NEXT_DONE;
}

static bool copy_selected_executions(struct maker *m, const struct gw_records *tenants,
	struct gw_error *err)
{
	gw_archive_expect(m->writer, &gw_kind_taskrun);
	gw_archive_expect(m->writer, &gw_kind_execution);
	for (size_t i = 0; i < tenants->n; i++)
		if (!copy_executions_of(m, tenants->items[i]->key, err))
			return gw_explain(err, "execution");
	return true;
}

/* ---- Files ---- */

struct file_walk {
	struct maker *maker;
	const char *tenant;
};

/* Files of namespaces and values of keys are metadata, the rest is data. */
static bool wants_file(const struct file_walk *w, const char *path)
{
	const struct gw_backup_request *r = w->maker->request;
	if (!gw_selection_has_file(&r->selection, path))
		return false;
	return r->data || r->files || strstr(path, "/_files/") || strstr(path, "/_kv/");
}

static bool copy_parts(struct maker *m, int fd, struct gw_error *err)
{
	gw_auto_free char *part = gw_alloc(1 << 16);
	for (;;) {
		ssize_t n = read(fd, part, 1 << 16);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return gw_fail_errno(err, errno, "reading a file");
		if (n == 0)
			return true;
		if (!gw_archive_add_part(m->writer, gw_slice(part, (size_t)n), err) ||
			!report(m, err))
			return false;
	}
}

static bool copy_file(void *arg, const char *path, int64_t bytes, struct gw_error *err)
{
	struct file_walk *w = arg;
	struct maker *m = w->maker;
	(void)bytes;
	if (!wants_file(w, path))
		return true;
	gw_auto_fd fd = gw_storage_read(m->site->storage, w->tenant, path, err);
	if (fd < 0)
		return err->code == GW_NOT_FOUND; /* deleted meanwhile */
	return gw_archive_begin_file(m->writer, w->tenant, path, err) && copy_parts(m, fd, err);
}

static bool copy_files(struct maker *m, const struct gw_records *tenants, struct gw_error *err)
{
	for (size_t i = 0; i < tenants->n; i++) {
		gw_auto_free char *tenant = gw_slice_dup(tenants->items[i]->key);
		struct file_walk w = { m, tenant };
		const struct gw_storage_visit visit = { copy_file, &w };
		if (!gw_storage_walk(m->site->storage, tenant, "/", &visit, err))
			return gw_explain(err, "files of tenant %s", tenant);
	}
	return true;
}

/* ---- All of it ---- */

/* The resources that are meant. */
static uint64_t chosen(const struct gw_backup_request *r)
{
	uint64_t set = r->selection.resources;
	for (size_t i = 0; i < gw_n_contents; i++) {
		bool is_data = gw_contents[i].flags & GW_CONTENT_DATA;
		if (!r->selection.resources && (r->data || !is_data))
			set |= UINT64_C(1) << i;
		if (r->tenant && gw_contents[i].flags & GW_CONTENT_INSTANCE)
			set &= ~(UINT64_C(1) << i);
	}
	return set;
}

static bool copy_content(struct maker *m, const struct gw_content *resource,
	const struct gw_records *tenants, struct gw_error *err)
{
	size_t n = 0;
	if (resource->kinds[0] == &gw_kind_execution &&
		gw_selection_is_partial(&m->request->selection))
		return copy_selected_executions(m, tenants, err);
	while (resource->kinds[n])
		n++;
	while (n-- > 0) /* what belongs to a record comes before it */
		if (!copy_kind(m, resource->kinds[n], err))
			return false;
	return true;
}

/* Files first: a record refers to them. */
static bool copy_all(struct maker *m, uint64_t set, struct gw_error *err)
{
	gw_auto_records tenants = { 0 };
	bool only_records = m->request->selection.resources && !m->request->files;
	if (!list_tenants(m, &tenants, err) || (!only_records && !copy_files(m, &tenants, err)))
		return false;
	for (size_t i = 0; i < gw_n_contents; i++)
		if (gw_content_in(set, i) && !copy_content(m, &gw_contents[i], &tenants, err))
			return false;
	if (m->increment && !gw_increment_finish(m->increment, m->writer, err))
		return false;
	return gw_archive_finish(m->writer, err);
}

static void set_time(json_t *object, const char *name, gw_time at)
{
	gw_auto_str text = { 0 };
	if (at == GW_NEVER)
		return;
	gw_time_print(&text, at);
	json_object_set_new(object, name, json_string(gw_str_text(&text)));
}

/* What was asked for, without the key. */
static json_t *describe(const struct maker *m, gw_time now)
{
	const struct gw_backup_request *r = m->request;
	json_t *options =
		json_pack("{s:b, s:b, s:s*, s:s*}", "includeData", r->data, "includeFiles",
			r->files, "namespace", r->selection.namespace, "flow", r->selection.flow);
	set_time(options, "since", r->selection.since);
	set_time(options, "until", r->selection.until);
	json_t *header = json_pack("{s:s, s:s*, s:s, s:s}", "type", r->tenant ? "TENANT" : "FULL",
		"tenant", r->tenant, "program", "Godwit", "version", PACKAGE_VERSION);
	set_time(header, "createdAt", now);
	json_object_set_new(header, "oneMoment", json_boolean(m->snapshot != NULL));
	json_object_set_new(header, "options", options);
	if (m->increment)
		json_object_set_new(header, "base",
			gw_chain_base(m->increment->chain, m->increment->uri));
	return header;
}

static bool make(struct maker *m, gw_time now, struct gw_backup_result *out, struct gw_error *err)
{
	const struct gw_archive_sink sink = { store_bytes, m };
	json_auto_t *header = describe(m, now);
	m->upload = gw_storage_begin(m->site->storage, GW_BACKUPS_TENANT, gw_backup_path(out->uri),
		err);
	if (!m->upload)
		return false;
	m->writer = gw_archive_create(header, m->request->key, &sink, err);
	return m->writer && copy_all(m, out->resources, err) &&
	       gw_upload_publish(m->upload, false, err);
}

static bool create(const struct gw_site *site, const struct gw_backup_request *request,
	struct gw_increment *increment, struct gw_backup_result *out, struct gw_error *err)
{
	gw_time now = gw_clock_now();
	struct maker m = { .site = site,
		.request = request,
		.increment = increment,
		.progress = { .what = "records" },
		.began = gw_clock_boot() };
	if (!gw_store_snapshot(site->store, &m.snapshot, err))
		return false;
	*out = (struct gw_backup_result){ .uri = gw_backup_name(site->storage, request->tenant,
						  now),
		.base = increment ? gw_strdup(increment->uri) : NULL,
		.resources = chosen(request),
		.one_moment = m.snapshot != NULL };
	bool ok = make(&m, now, out, err);
	if (ok) {
		out->tallies = *gw_archive_written(m.writer);
		out->bytes = gw_archive_size(m.writer);
	} else {
		gw_backup_result_clear(out);
	}
	gw_archive_writer_free(&m.writer);
	gw_upload_close(&m.upload);
	gw_store_release(site->store, m.snapshot);
	return ok;
}

bool gw_backup_create(const struct gw_site *site, const struct gw_backup_request *request,
	struct gw_backup_result *out, struct gw_error *err)
{
	struct gw_increment increment = { 0 };
	struct gw_backup_request full = *request;
	bool ok = !request->base || gw_increment_begin(&increment, site->storage, &full, err);
	ok = ok && create(site, &full, request->base ? &increment : NULL, out, err);
	gw_increment_end(&increment);
	return ok;
}

void gw_backup_result_clear(struct gw_backup_result *result)
{
	free(result->uri);
	free(result->base);
	*result = (struct gw_backup_result){ 0 };
}

/* restore.c - an archive back into a repository */
#include "backup/restore.h"

#include "backup/chain.h"
#include "backup/lanes.h"
#include "backup/place.h"
#include "backup/select.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"

struct restorer {
	const struct gw_site *site;
	const struct gw_restore_request *request;
	struct gw_restore_result *result;
	struct gw_chain *reader;
	struct gw_editor editor;
	struct gw_lanes *lanes;
	struct gw_restore_count written[GW_TALLIES_MAX]; /* by lanes; as result->counts */
	struct gw_restore_batch *batch; /* that is filled */
	const struct gw_kind *kind; /* of the records that come */
	bool is_fresh; /* nothing of the batch's kind was there before */
	struct gw_map executions; /* tenant/id of those that are selected, if only a part is */
	struct gw_upload *upload; /* of the file whose parts come; NULL = it is left out */
	bool in_file;
	struct gw_progress progress;
};

void gw_restore_result_clear(struct gw_restore_result *result)
{
	json_decref(result->header);
	*result = (struct gw_restore_result){ 0 };
}

static bool report(struct restorer *r, struct gw_error *err)
{
	const struct gw_watcher *w = &r->request->watcher;
	r->progress.bytes = gw_chain_position(r->reader);
	if (!w->report || w->report(w->arg, &r->progress))
		return true;
	return gw_fail(err, GW_CONFLICT, "cancelled");
}

/* ---- Before anything is written ---- */

static bool tenant_exists(struct restorer *r, const char *tenant, bool *out, struct gw_error *err)
{
	struct gw_record record;
	gw_auto_free void *hold = NULL;
	const struct gw_key key = { gw_slice_of(""), gw_slice_of(tenant) };
	*out = strcmp(tenant, "main") == 0 ||
	       gw_store_get(r->site->store, &gw_kind_tenant, key, &record, &hold, err);
	return *out || err->code == GW_NOT_FOUND;
}

static bool create_tenant(struct restorer *r, const char *tenant, struct gw_error *err)
{
	gw_auto_str doc = { 0 };
	const struct gw_value fields[GW_TENANT_N] = { gw_value_string(tenant) };
	json_auto_t *json =
		json_pack("{s:s, s:s, s:b}", "id", tenant, "name", tenant, "deleted", 0);
	gw_json_print(&doc, json);
	struct gw_op op = { .type = GW_PUT,
		.record = { .kind = &gw_kind_tenant,
			.tenant = gw_slice_of(""),
			.key = gw_slice_of(tenant),
			.due = GW_NEVER,
			.fields = fields,
			.doc = gw_str_slice(&doc) } };
	return r->request->dry_run || gw_store_write_one(r->site->store, &op, err);
}

/* Where the records of a TENANT archive go. */
static bool check_tenant(struct restorer *r, const json_t *header, struct gw_error *err)
{
	const char *own = gw_json_string(header, "tenant"), *to = r->request->to_tenant;
	bool exists;
	if (!own)
		return !to || gw_fail(err, GW_BAD_REQUEST,
				      "--to-tenant is for TENANT archives; this one is FULL");
	to = to ? to : own;
	if (strlen(to) == 0 || strlen(to) > GW_TENANT_MAX || strcmp(to, GW_BACKUPS_TENANT) == 0)
		return gw_fail(err, GW_BAD_REQUEST, "'%s' cannot be a tenant", to);
	if (!tenant_exists(r, to, &exists, err))
		return false;
	if (exists)
		return true;
	return r->request->create_tenant ? create_tenant(r, to, err)
					 : gw_fail(err, GW_NOT_FOUND,
						   "tenant '%s' does not exist: create it, or give "
						   "--create-tenant",
						   to);
}

/* Task runs come before their execution and do not say what it belongs to: a part of the executions
 * is looked up first. */
static bool find_executions(struct restorer *r, struct gw_chain *reader, struct gw_error *err)
{
	struct gw_archive_item item;
	enum gw_archive_next next;
	gw_auto_str name = { 0 };
	while ((next = gw_chain_next(reader, &item, err)) < GW_ARCHIVE_DONE) {
		if (next != GW_ARCHIVE_RECORD || item.record.kind != &gw_kind_execution ||
			!gw_selection_has(&r->request->selection, &item.record))
			continue;
		gw_str_reset(&name);
		gw_str_printf(&name, "%.*s/%.*s", GW_SLICE(item.record.tenant),
			GW_SLICE(item.record.key));
		gw_map_put(&r->executions, gw_str_slice(&name), r);
	}
	return next == GW_ARCHIVE_DONE;
}

static bool select_executions(struct restorer *r, const char *uri, struct gw_error *err)
{
	if (!gw_selection_is_partial(&r->request->selection) ||
		!gw_selection_covers(&r->request->selection, &gw_kind_execution))
		return true;
	gw_auto_chain *reader = gw_chain_open(r->site->storage, uri, r->request->key, err);
	return (reader && find_executions(r, reader, err)) || gw_explain(err, "%s", uri);
}

/* Whether a task run's execution is selected; its tenant is the archive's. */
static bool has_execution(const struct restorer *r, const struct gw_record *run)
{
	gw_auto_str name = { 0 };
	const char *slash = memchr(run->key.data, '/', run->key.len);
	size_t len = slash ? (size_t)(slash - run->key.data) : run->key.len;
	gw_str_printf(&name, "%.*s/%.*s", GW_SLICE(run->tenant), (int)len, run->key.data);
	return gw_map_get(&r->executions, gw_str_slice(&name)) != NULL;
}

static bool verify_first(struct restorer *r, const char *uri, struct gw_tallies *out,
	struct gw_error *err)
{
	struct gw_verify_result found;
	if (!gw_backup_verify(r->site->storage, uri, r->request->key, &r->request->watcher, &found,
		    err))
		return false;
	json_decref(found.header);
	*out = found.tallies;
	for (size_t i = 0; i < found.tallies.n; i++)
		r->progress.total += found.tallies.items[i].n;
	return true;
}

static bool open_archive(struct restorer *r, const char *uri, struct gw_error *err)
{
	struct gw_tallies tallies;
	bool verifies = !r->request->no_verify_first;
	if ((verifies && !verify_first(r, uri, &tallies, err)) || !select_executions(r, uri, err))
		return false;
	r->reader = gw_chain_open(r->site->storage, uri, r->request->key, err);
	if (!r->reader)
		return false;
	const json_t *header = gw_chain_header(r->reader);
	const char *made = gw_json_string(header, "createdAt");
	r->result->header = json_incref((json_t *)(uintptr_t)header);
	if (!made || !gw_time_parse(gw_slice_of(made), gw_zone_utc(), &r->editor.made, err))
		return gw_fail(err, GW_INVALID, "%s: the archive says no time", uri);
	if (!check_tenant(r, header, err))
		return false;
	if (r->request->announce)
		r->request->announce(r->request->announce_arg, header, verifies ? &tallies : NULL);
	return true;
}

/* ---- Records ---- */

/* A kind's counters stand where its tally stands. */
static struct gw_restore_count *count_of(struct restorer *r, const char *kind)
{
	struct gw_tally *tally = gw_tally_of(&r->result->restored, gw_slice_of(kind));
	return &r->result->counts[tally - r->result->restored.items];
}

/* On its way; the next batch is filled meanwhile. */
static bool apply_batch(struct restorer *r, struct gw_error *err)
{
	if (r->batch->records.n == 0)
		return true;
	struct gw_restore_count *count = count_of(r, r->batch->kind->name);
	size_t i = (size_t)(count - r->result->counts);
	return gw_lanes_put(r->lanes, &r->batch, &r->written[i], err) && report(r, err);
}

/* What comes next may refer to what came before: that is written first. */
static bool finish_kind(struct restorer *r, struct gw_error *err)
{
	return apply_batch(r, err) && gw_lanes_wait(r->lanes, err);
}

static void refuse(struct restorer *r, struct gw_restore_count *count,
	const struct gw_archive_item *item, const char *why)
{
	count->by[GW_CHANGE_REFUSE]++;
	if (item->record.kind)
		gw_tell_changed(r->request, GW_CHANGE_REFUSE, NULL, &item->record, why);
}

static bool is_selected(const struct restorer *r, const struct gw_record *record)
{
	const struct gw_selection *selection = &r->request->selection;
	if (!gw_selection_covers(selection, record->kind))
		return false;
	if (record->kind == &gw_kind_taskrun && gw_selection_is_partial(selection))
		return has_execution(r, record);
	return gw_selection_has(selection, record);
}

/* Whether there is nothing of a kind yet. */
static bool look_at_kind(struct restorer *r, const struct gw_kind *kind, struct gw_error *err)
{
	uint64_t n;
	const struct gw_query query = { .kind = kind };
	bool ok = gw_store_count(r->site->store, &query, 1, &n, err);
	r->is_fresh = ok && n == 0;
	return ok;
}

static bool add_to_batch(struct restorer *r, const struct gw_record *record, bool killed,
	struct gw_error *err)
{
	bool is_full = r->batch->records.n == GW_BATCH_RECORDS || r->batch->bytes > GW_BATCH_BYTES;
	if (r->kind != record->kind) {
		if (!finish_kind(r, err) || !look_at_kind(r, record->kind, err))
			return false;
	} else if (is_full && !apply_batch(r, err)) {
		return false;
	}
	struct gw_restore_batch *batch = r->batch;
	batch->kind = r->kind = record->kind;
	batch->is_fresh = r->is_fresh;
	batch->killed[batch->records.n] = killed;
	batch->bytes += record->doc.len;
	gw_records_add(&batch->records, gw_record_copy(record));
	return true;
}

static bool take_record(struct restorer *r, struct gw_archive_item *item, struct gw_error *err)
{
	bool killed;
	struct gw_record *record = &item->record;
	struct gw_restore_count *count = count_of(r, item->kind);
	count->read++;
	r->result->total.read++;
	r->progress.done++;
	if (!record->kind || gw_content_of(record->kind) == SIZE_MAX) {
		refuse(r, count, item, "this version does not know the kind");
		return true;
	}
	if (!is_selected(r, record)) {
		count->by[GW_CHANGE_SKIP]++;
		return true;
	}
	if (!gw_edit_restored(&r->editor, record, item->was_owned, &killed, err)) {
		refuse(r, count, item, err->message);
		return true;
	}
	return add_to_batch(r, record, killed, err);
}

/* ---- Files ---- */

static bool finish_file(struct restorer *r, struct gw_error *err)
{
	bool may_replace = r->request->on_conflict != GW_SKIP;
	bool ok = !r->upload || gw_upload_publish(r->upload, may_replace, err) ||
		  (!may_replace && err->code == GW_CONFLICT);
	r->result->files += ok && r->upload;
	gw_upload_close(&r->upload);
	r->in_file = false;
	return ok;
}

static bool begin_file(struct restorer *r, const struct gw_archive_item *item, struct gw_error *err)
{
	const char *own = gw_json_string(r->result->header, "tenant");
	const char *tenant = item->tenant;
	if ((own && strcmp(own, tenant) != 0) || strcmp(tenant, GW_BACKUPS_TENANT) == 0)
		return gw_fail(err, GW_INVALID, "the archive holds a file of tenant '%s'", tenant);
	if (r->request->to_tenant)
		tenant = r->request->to_tenant;
	r->in_file = true;
	if (r->request->dry_run || r->request->selection.resources ||
		!gw_selection_has_file(&r->request->selection, item->path))
		return true;
	r->upload = gw_storage_begin(r->site->storage, tenant, item->path, err);
	return r->upload != NULL;
}

/* ---- All of it ---- */

static bool take(struct restorer *r, enum gw_archive_next what, struct gw_archive_item *item,
	struct gw_error *err)
{
	if (r->in_file && what != GW_ARCHIVE_PART && !finish_file(r, err))
		return false;
	switch (what) {
	case GW_ARCHIVE_RECORD:
		return take_record(r, item, err);
	case GW_ARCHIVE_FILE:
		return begin_file(r, item, err);
	case GW_ARCHIVE_PART:
		return !r->upload || gw_upload_write(r->upload, item->part, err);
	case GW_ARCHIVE_DONE:
		return finish_kind(r, err);
	case GW_ARCHIVE_DELETED:
	case GW_ARCHIVE_FAILED:
		break;
	}
	return false;
}

static bool run(struct restorer *r, struct gw_error *err)
{
	struct gw_archive_item item;
	enum gw_archive_next what;
	do {
		what = gw_chain_next(r->reader, &item, err);
		if (!take(r, what, &item, err))
			return false;
	} while (what != GW_ARCHIVE_DONE);
	return true;
}

/* What became of each kind, and of all; no lane writes any more. */
static void sum_up(struct restorer *r)
{
	struct gw_restore_result *result = r->result;
	for (size_t i = 0; i < result->tallies.n; i++)
		gw_tally_of(&result->restored, gw_slice_of(result->tallies.items[i].name));
	for (size_t i = 0; i < result->restored.n; i++) {
		uint64_t *by = result->counts[i].by;
		for (int k = 0; k < GW_CHANGE_N; k++) {
			by[k] += r->written[i].by[k];
			result->total.by[k] += by[k];
		}
		result->restored.items[i].n =
			by[GW_CHANGE_CREATE] + by[GW_CHANGE_UPDATE] + by[GW_CHANGE_SAME];
	}
}

static bool account(const struct gw_restore_result *result, struct gw_error *err)
{
	uint64_t n = 0;
	for (int i = 0; i < GW_CHANGE_N; i++)
		n += result->total.by[i];
	uint64_t refused = result->total.by[GW_CHANGE_REFUSE];
	if (n != result->total.read)
		return gw_fail(err, GW_INTERNAL, "%llu records were read, %llu accounted for",
			(unsigned long long)result->total.read, (unsigned long long)n);
	return refused == 0 ||
	       gw_fail(err, GW_INVALID, "%llu records were refused", (unsigned long long)refused);
}

bool gw_backup_restore(const struct gw_site *site, const char *uri,
	const struct gw_restore_request *request, struct gw_restore_result *out,
	struct gw_error *err)
{
	struct restorer r = { .site = site,
		.request = request,
		.result = out,
		.editor = { .request = request, .now = gw_clock_now() },
		.batch = gw_new(struct gw_restore_batch),
		.progress = { .what = "records" } };
	*out = (struct gw_restore_result){ 0 };
	r.lanes = gw_lanes_start(site->store, &r.editor, err);
	bool ok = r.lanes && open_archive(&r, uri, err) && run(&r, err);
	gw_lanes_stop(&r.lanes);
	if (r.reader)
		out->tallies = *gw_chain_read(r.reader);
	sum_up(&r);
	if (!request->dry_run)
		gw_store_signal(site->store); /* servers look at their flows and triggers anew */
	gw_batch_restored_clear(r.batch);
	free(r.batch);
	gw_upload_close(&r.upload);
	gw_chain_free(&r.reader);
	gw_editor_clear(&r.editor);
	gw_map_clear(&r.executions, NULL);
	return ok && account(out, err);
}

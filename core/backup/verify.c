/* verify.c - reading an archive from end to end */
#include "backup/chain.h"
#include "backup/restore.h"

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

#define REPORT_EVERY 500

/* ---- Against what is stored ---- */

/* Records of the archive's kinds that are there, whatever their keys. */
static bool count_live(const struct gw_site *site, const char *tenant, const char *name,
	uint64_t *out, struct gw_error *err)
{
	const struct gw_query query = { .kind = gw_kind_find(name), .tenant = gw_slice_of(tenant) };
	*out = 0;
	return !query.kind || gw_store_count(site->store, &query, 0, out, err);
}

bool gw_backup_verify_live(const struct gw_site *site, const char *uri,
	const struct gw_restore_request *given, struct gw_live_result *out, struct gw_error *err)
{
	struct gw_restore_request request = *given;
	struct gw_restore_result found;
	request.dry_run = request.no_verify_first = true;
	request.on_conflict = GW_OVERWRITE;
	request.triggers = GW_TRIGGERS_RECOVER;
	request.running = GW_RUNNING_AS_IS;
	*out = (struct gw_live_result){ .equal = true };
	bool ok = gw_backup_restore(site, uri, &request, &found, err);
	const char *own = gw_json_string(found.header, "tenant");
	const char *tenant = request.to_tenant ? request.to_tenant : own;
	out->kinds = found.restored;
	for (size_t i = 0; ok && i < found.restored.n; i++) {
		const uint64_t *by = found.counts[i].by;
		struct gw_live_count *c = &out->counts[i];
		*c = (struct gw_live_count){ found.counts[i].read, 0, by[GW_CHANGE_SAME],
			by[GW_CHANGE_UPDATE], by[GW_CHANGE_CREATE] };
		ok = count_live(site, tenant, found.restored.items[i].name, &c->live, err);
		out->equal &= c->same == c->archive && c->live == c->archive;
	}
	gw_restore_result_clear(&found);
	return ok;
}

/* ---- Alone ---- */

static bool report(const struct gw_watcher *watcher, const struct gw_chain *reader, uint64_t done,
	struct gw_error *err)
{
	const struct gw_progress progress = { "records", done, 0, gw_chain_position(reader) };
	if (!watcher || !watcher->report || watcher->report(watcher->arg, &progress))
		return true;
	return gw_fail(err, GW_CONFLICT, "cancelled");
}

static bool read_all(struct gw_chain *reader, const struct gw_watcher *watcher,
	struct gw_error *err)
{
	struct gw_archive_item item;
	enum gw_archive_next next;
	uint64_t done = 0;
	while ((next = gw_chain_next(reader, &item, err)) < GW_ARCHIVE_DONE)
		if (++done % REPORT_EVERY == 0 && !report(watcher, reader, done, err))
			return false;
	return next == GW_ARCHIVE_DONE;
}

bool gw_backup_verify(struct gw_storage *storage, const char *uri, const char *key,
	const struct gw_watcher *watcher, struct gw_verify_result *out, struct gw_error *err)
{
	gw_auto_chain *reader = gw_chain_open(storage, uri, key, err);
	if (!reader)
		return false;
	if (!read_all(reader, watcher, err))
		return gw_explain(err, "%s", uri);
	*out = (struct gw_verify_result){
		.header = json_incref((json_t *)(uintptr_t)gw_chain_header(reader)),
		.tallies = *gw_chain_read(reader),
		.bytes = gw_chain_position(reader)
	};
	return true;
}

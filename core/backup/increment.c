/* increment.c - what changed since an archive was made: its records and the live ones in step.
 * Versions tell, and documents too, since another repository's versions mean nothing. */
#include "backup/increment.h"

#include "backup/place.h"
#include "backup/select.h"

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"

/* ---- The base ---- */

static char *find_last(struct gw_storage *storage, const char *tenant, struct gw_error *err)
{
	gw_auto_backup_list list = { 0 };
	gw_auto_free char *folder = gw_sprintf("%s/%s%s/", GW_BACKUPS_URI,
		tenant ? "tenants/" : "full", tenant ? tenant : "");
	if (!gw_backup_list(storage, &list, err))
		return NULL;
	for (size_t i = list.n; i-- > 0;)
		if (gw_slice_starts(gw_slice_of(list.items[i].uri), gw_slice_of(folder)))
			return gw_strdup(list.items[i].uri);
	gw_fail(err, GW_NOT_FOUND,
		"there is no backup in %s that this one could be based on: make a whole one first",
		folder);
	return NULL;
}

static bool check_base(const struct gw_increment *inc, const char *tenant, struct gw_error *err)
{
	static const char *const parts[] = { "namespace", "flow", "since", "until" };
	const json_t *header = gw_chain_header(inc->chain);
	const json_t *options = json_object_get(header, "options");
	const char *own = gw_json_string(header, "tenant");
	if (!own != !tenant || (own && strcmp(own, tenant) != 0))
		return gw_fail(err, GW_BAD_REQUEST, "%s is a backup of %s, not of %s", inc->uri,
			own ? own : "the whole installation",
			tenant ? tenant : "the whole installation");
	for (size_t i = 0; i < GW_LEN(parts); i++)
		if (json_object_get(options, parts[i]))
			return gw_fail(err, GW_BAD_REQUEST,
				"%s holds only a part (%s): a backup cannot be based on it",
				inc->uri, parts[i]);
	return gw_chain_length(inc->chain) < GW_CHAIN_MAX ||
	       gw_fail(err, GW_CONFLICT, "%s is the last of %d backups in a row: make a whole one",
		       inc->uri, GW_CHAIN_MAX);
}

/* Files are passed over: an archive has all of them. */
static bool step(struct gw_increment *inc, struct gw_error *err)
{
	do
		inc->what = gw_chain_next(inc->chain, &inc->item, err);
	while (inc->what == GW_ARCHIVE_FILE || inc->what == GW_ARCHIVE_PART);
	return inc->what != GW_ARCHIVE_FAILED || gw_explain(err, "%s", inc->uri);
}

bool gw_increment_begin(struct gw_increment *inc, struct gw_storage *storage,
	struct gw_backup_request *request, struct gw_error *err)
{
	if (request->selection.resources || gw_selection_is_partial(&request->selection))
		return gw_fail(err, GW_BAD_REQUEST,
			"a backup that is based on another cannot select resources, a namespace, "
			"a flow or dates");
	inc->uri = strcmp(request->base, "last") == 0 ? find_last(storage, request->tenant, err)
						      : gw_strdup(request->base);
	if (inc->uri && !gw_backup_path(inc->uri))
		return gw_fail(err, GW_BAD_REQUEST,
			"%s: a backup is based on one under " GW_BACKUPS_URI "/", inc->uri);
	inc->chain = inc->uri ? gw_chain_open(storage, inc->uri, request->key, err) : NULL;
	if (!inc->chain || !check_base(inc, request->tenant, err) || !step(inc, err))
		return false;
	const json_t *options = json_object_get(gw_chain_header(inc->chain), "options");
	request->data |= gw_json_true(options, "includeData");
	request->files |= gw_json_true(options, "includeFiles");
	return true;
}

void gw_increment_end(struct gw_increment *inc)
{
	gw_chain_free(&inc->chain);
	free(gw_steal(&inc->uri));
	gw_str_clear(&inc->tenant);
	gw_str_clear(&inc->key);
}

/* ---- In step ---- */

/* A live record out of order would make others look gone. */
static bool check_order(struct gw_increment *inc, const struct gw_record *record,
	struct gw_error *err)
{
	const struct gw_record last = { .kind = inc->kind,
		.tenant = gw_str_slice(&inc->tenant),
		.key = gw_str_slice(&inc->key) };
	if (inc->kind && gw_chain_order(&last, record) >= 0)
		return gw_fail(err, GW_INTERNAL,
			"the repository yields %s/%.*s out of order: make a whole backup",
			record->kind->name, GW_SLICE(record->key));
	inc->kind = record->kind;
	gw_str_reset(&inc->tenant);
	gw_str_add(&inc->tenant, record->tenant.data, record->tenant.len);
	gw_str_reset(&inc->key);
	gw_str_add(&inc->key, record->key.data, record->key.len);
	return true;
}

bool gw_increment_pass(struct gw_increment *inc, const struct gw_record *record,
	struct gw_archive_writer *writer, bool *is_same, struct gw_error *err)
{
	int order = -1;
	*is_same = false;
	if (!check_order(inc, record, err))
		return false;
	while (inc->what == GW_ARCHIVE_RECORD &&
		(order = gw_chain_order(&inc->item.record, record)) < 0)
		if (!gw_archive_add_deleted(writer, &inc->item.record, err) || !step(inc, err))
			return false;
	if (inc->what != GW_ARCHIVE_RECORD || order != 0)
		return true;
	*is_same = gw_version_equal(inc->item.record.version, record->version) &&
		   gw_slice_equal(inc->item.record.doc, record->doc);
	return step(inc, err);
}

bool gw_increment_finish(struct gw_increment *inc, struct gw_archive_writer *writer,
	struct gw_error *err)
{
	while (inc->what == GW_ARCHIVE_RECORD)
		if (!gw_archive_add_deleted(writer, &inc->item.record, err) || !step(inc, err))
			return false;
	return true;
}

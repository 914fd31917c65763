/* connections.c - checking what a configuration connects to, without making anything */
#include "cli/connections.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/mem.h"
#include "model/kinds.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#define READS 9
#define SLOW (20 * GW_MILLISECOND)
#define CLOCKS_APART (2 * GW_SECOND) /* some servers tell only whole seconds */

/* ---- The repository ---- */

static bool read_once(struct gw_store *store, bool has_tables, struct gw_error *err)
{
	gw_time now;
	struct gw_record *record;
	const struct gw_key key = { gw_slice_of(""), gw_slice_of("config-check") };
	if (!has_tables)
		return gw_store_clock(store, &now, err);
	if (!gw_store_get_many(store, &gw_kind_setting, &key, 1, &record, err))
		return false;
	free(record);
	return true;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static void check_latency(struct gw_store *store, bool has_tables, struct gw_findings *found)
{
	struct gw_error err = { 0 };
	int64_t took[READS];
	for (size_t i = 0; i < READS; i++) {
		took[i] = gw_clock_boot();
		if (!read_once(store, has_tables, &err)) {
			gw_findings_fail(found, "reading", &err);
			return;
		}
		took[i] = gw_clock_boot() - took[i];
	}
	qsort(took, READS, sizeof(*took), by_size);
	int64_t median = took[READS / 2];
	gw_findings_add(found, median < SLOW ? GW_FINE : GW_WORTH_KNOWING, "latency",
		"%.2f ms, the median of %d small reads", (double)median / GW_MILLISECOND, READS);
	if (median >= SLOW)
		gw_findings_advise(found, "Executions wait for several of these each: "
					  "move the server and its database closer together");
}

static void check_clock(struct gw_store *store, struct gw_findings *found)
{
	struct gw_error err = { 0 };
	gw_time there, before = gw_clock_now();
	if (!gw_store_clock(store, &there, &err)) {
		gw_findings_fail(found, "clock", &err);
		return;
	}
	int64_t ahead = there - (before + gw_clock_now()) / 2;
	int64_t apart = ahead < 0 ? -ahead : ahead;
	gw_findings_add(found, apart < CLOCKS_APART ? GW_FINE : GW_WORTH_KNOWING, "clock",
		"the database's is %" PRId64 " ms %s this machine's", apart / GW_MILLISECOND,
		ahead < 0 ? "behind" : "ahead of");
	if (apart >= CLOCKS_APART)
		gw_findings_advise(found, "Servers go by the database's clock; let both machines "
					  "follow a time server");
}

static bool apply(struct gw_store *store, struct gw_op *op, struct gw_error *err)
{
	struct gw_group group = { op, 1 };
	if (!gw_store_write(store, &group, 1, 0, err))
		return false;
	return op->outcome == GW_OP_DONE ||
	       gw_fail(err, GW_CONFLICT, "the record %.*s was changed by somebody else",
		       GW_SLICE(op->record.key));
}

static void check_rights(struct gw_store *store, struct gw_findings *found)
{
	struct gw_error err = { 0 };
	struct gw_id id = gw_id_new(gw_clock_now());
	gw_auto_free char *key = gw_sprintf("config-check-%s", id.text);
	struct gw_op create = { .type = GW_CREATE,
		.record = { .kind = &gw_kind_setting,
			.tenant = gw_slice_of(""),
			.key = gw_slice_of(key),
			.due = GW_NEVER,
			.doc = gw_slice_of("{}") } };
	struct gw_op delete = { .type = GW_DELETE, .record = create.record };
	bool ok = apply(store, &create, &err);
	delete.record.version = create.version;
	if (ok && !apply(store, &delete, &err))
		ok = gw_explain(&err, "deleting the record %s again", key);
	if (ok)
		gw_findings_add(found, GW_FINE, "rights", "a record was written and deleted");
	else
		gw_findings_fail(found, "rights", &err);
}

/* Whether there are tables to read and write. */
static bool check_tables(struct gw_store *store, struct gw_findings *found)
{
	struct gw_error err = { 0 };
	int layout = 0;
	if (!gw_store_layout(store, &layout, &err))
		gw_findings_fail(found, "tables", &err);
	else if (layout < 0)
		gw_findings_add(found, GW_FINE, "tables",
			"this backend makes them when a server starts");
	else if (layout == 0)
		gw_findings_add(found, GW_FINE, "tables",
			"not all are there yet: they are made when a server starts");
	else
		gw_findings_add(found, GW_FINE, "tables", "they are there, with layout %d", layout);
	return layout > 0;
}

static void check_store(struct gw_store *store, struct gw_findings *found)
{
	gw_auto_str text = { 0 };
	struct gw_error err = { 0 };
	if (gw_store_describe(store, &text, &err))
		gw_findings_add(found, GW_FINE, "repository", "%s", gw_str_text(&text));
	else
		gw_findings_fail(found, "repository", &err);
	bool has_tables = check_tables(store, found);
	if (has_tables || gw_store_has_clock(store))
		check_latency(store, has_tables, found);
	if (has_tables)
		check_rights(store, found);
	if (gw_store_has_clock(store))
		check_clock(store, found);
}

static void check_repository(struct gw_setup *setup, struct gw_findings *found)
{
	struct gw_error err = { 0 };
	struct gw_store *store = gw_setup_look(setup, &err);
	if (store)
		check_store(store, found);
	else
		gw_findings_fail(found, "repository", &err);
	gw_store_close(&store);
}

/* ---- The internal storage ---- */

/* In a folder a file that never appears; elsewhere only a published one tells of all rights. */
static bool try_file(struct gw_storage *storage, bool publishes, struct gw_error *err)
{
	struct gw_id id = gw_id_new(gw_clock_now());
	gw_auto_free char *path = gw_sprintf("/config-check-%s", id.text);
	struct gw_upload *upload = gw_storage_begin(storage, "main", path, err);
	bool ok = upload && gw_upload_write(upload, gw_slice_of("check\n"), err);
	if (ok && publishes)
		ok = gw_upload_publish(upload, false, err) &&
		     gw_storage_delete(storage, "main", path, err);
	gw_upload_close(&upload);
	return ok;
}

static void check_storage(struct gw_setup *setup, struct gw_findings *found)
{
	struct gw_error err = { 0 };
	gw_auto_str where = { 0 };
	const char *path = gw_config_text(setup->config, "storage.local.base-path");
	const char *type = gw_config_text(setup->config, "storage.type");
	bool is_local = strcmp(type, gw_storage_local.name) == 0;
	if (is_local && path && access(path, F_OK) != 0 && errno == ENOENT) {
		gw_findings_add(found, GW_FINE, "storage",
			"%s is not there yet: it is made when a server starts", path);
		return;
	}
	struct gw_storage *storage = gw_setup_storage(setup, &err);
	if (storage)
		gw_storage_describe(storage, &where);
	if (storage && try_file(storage, !is_local, &err))
		gw_findings_add(found, GW_FINE, "storage", "a file was written to %s and deleted",
			gw_str_text(&where));
	else
		gw_findings_fail(found, "storage", &err);
	gw_storage_close(&storage);
}

void gw_check_connections(struct gw_setup *setup, struct gw_findings *found)
{
	check_repository(setup, found);
	check_storage(setup, found);
}

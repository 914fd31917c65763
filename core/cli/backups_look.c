/* backups_look.c - commands that list, show, verify and delete backups */
#include "cli/backups.h"

#include "backup/restore.h"
#include "base/error.h"
#include "base/mem.h"
#include "cli/show.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

#include <inttypes.h>

static bool wants_json(const struct gw_args *args)
{
	const char *format = gw_args_get(args, "output");
	return format && strcmp(format, "json") == 0;
}

/* Only the storage: no repository is needed. */
static struct gw_storage *open_storage(struct gw_setup *setup, const struct gw_args *args,
	struct gw_error *err)
{
	return gw_setup_configure(setup, args, err) ? gw_setup_storage(setup, err) : NULL;
}

static void close_storage(struct gw_storage **storage)
{
	gw_storage_close(storage);
}

#define auto_storage __attribute__((cleanup(close_storage))) struct gw_storage

/* ---- backups list, show ---- */

/* The header with what is not in it. */
static json_t *describe(const char *uri, int64_t bytes, const json_t *header)
{
	json_t *out = json_object();
	json_object_set_new(out, "uri", json_string(uri));
	json_object_set_new(out, "bytes", json_integer(bytes));
	if (header)
		json_object_update(out, (json_t *)(uintptr_t)header);
	json_object_del(out, "stream");
	json_object_del(out, "check");
	json_object_del(out, "kdf");
	return out;
}

static void print_list(const struct gw_backup_list *list)
{
	gw_auto_table table = { .columns = 5 };
	static const char *const heads[] = { "type", "created", "version", "bytes", "uri" };
	for (size_t i = 0; i < GW_LEN(heads); i++)
		gw_table_add(&table, heads[i]);
	for (size_t i = 0; i < list->n; i++) {
		const struct gw_backup_entry *e = &list->items[i];
		gw_auto_free char *bytes = gw_sprintf("%" PRId64, e->bytes);
		gw_table_add(&table, e->header ? gw_member(e->header, "type") : "unreadable");
		gw_table_add(&table, gw_member(e->header, "createdAt"));
		gw_table_add(&table, gw_member(e->header, "version"));
		gw_table_add(&table, bytes);
		gw_table_add(&table, e->uri);
	}
	gw_table_print(&table, stdout);
}

bool gw_verb_backups_list(struct gw_args *args, struct gw_error *err)
{
	gw_auto_setup setup = { 0 };
	auto_storage *storage = open_storage(&setup, args, err);
	gw_auto_backup_list list = { 0 };
	if (!storage || !gw_backup_list(storage, &list, err))
		return false;
	if (!wants_json(args)) {
		print_list(&list);
		return true;
	}
	json_auto_t *all = json_array();
	for (size_t i = 0; i < list.n; i++)
		json_array_append_new(all,
			describe(list.items[i].uri, list.items[i].bytes, list.items[i].header));
	gw_show_json(all);
	return true;
}

static void show_part(const json_t *header)
{
	static const char *const names[] = { "type", "tenant", "createdAt", "program", "version",
		"cipher" };
	const char *name;
	json_t *value;
	for (size_t i = 0; i < GW_LEN(names); i++)
		gw_show_field(names[i], gw_member(header, names[i]));
	if (json_object_get(header, "base"))
		gw_show_field("base", gw_member(json_object_get(header, "base"), "uri"));
	json_object_foreach (json_object_get(header, "options"), name, value) {
		if (json_is_string(value))
			gw_show_field(name, json_string_value(value));
		else
			gw_show_field(name, json_is_true(value) ? "true" : "false");
	}
}

bool gw_verb_backups_show(struct gw_args *args, struct gw_error *err)
{
	gw_auto_setup setup = { 0 };
	int64_t bytes;
	auto_storage *storage = open_storage(&setup, args, err);
	json_auto_t *header = storage ? gw_backup_show(storage, args->words[0], &bytes, err) : NULL;
	if (!header)
		return false;
	if (wants_json(args)) {
		json_auto_t *doc = describe(args->words[0], bytes, header);
		gw_show_json(doc);
		return true;
	}
	gw_auto_free char *size = gw_sprintf("%" PRId64, bytes);
	show_part(header);
	gw_show_field("bytes", size);
	return true;
}

/* ---- backups delete, prune ---- */

static void tell_deleted(const char *uri)
{
	printf("Backup deleted: %s\n", uri);
}

bool gw_verb_backups_delete(struct gw_args *args, struct gw_error *err)
{
	gw_auto_setup setup = { 0 };
	auto_storage *storage = open_storage(&setup, args, err);
	if (!storage || !gw_backup_delete(storage, args->words[0], err))
		return false;
	tell_deleted(args->words[0]);
	return true;
}

bool gw_verb_backups_prune(struct gw_args *args, struct gw_error *err)
{
	gw_auto_setup setup = { 0 };
	size_t n;
	char *end = NULL;
	const char *text = gw_args_get(args, "keep");
	long keep = text ? strtol(text, &end, 10) : 0;
	if (keep < 1 || *end)
		return gw_fail(err, GW_BAD_REQUEST,
			"--keep N says how many of each kind are to stay, at least 1");
	auto_storage *storage = open_storage(&setup, args, err);
	if (!storage || !gw_backup_prune(storage, (size_t)keep, tell_deleted, &n, err))
		return false;
	printf("%zu backups deleted\n", n);
	return true;
}

/* ---- backups verify ---- */

static void show_difference(void *arg, enum gw_change change, const struct gw_record *before,
	const struct gw_record *after, const char *why)
{
	(void)arg, (void)change, (void)why;
	printf("%-9s %s ", before ? "different" : "missing", after->kind->name);
	gw_print_foreign(stdout, after->tenant);
	putchar('/');
	gw_print_foreign(stdout, after->key);
	putchar('\n');
}

static void print_live(const struct gw_live_result *result)
{
	static const char *const heads[] = { "kind", "backup", "live", "same", "different",
		"missing" };
	gw_auto_table table = { .columns = GW_LEN(heads) };
	for (size_t i = 0; i < GW_LEN(heads); i++)
		gw_table_add(&table, heads[i]);
	for (size_t k = 0; k < result->kinds.n; k++) {
		const struct gw_live_count *c = &result->counts[k];
		if (c->archive + c->live == 0)
			continue;
		const uint64_t numbers[] = { c->archive, c->live, c->same, c->different,
			c->missing };
		gw_table_add(&table, result->kinds.items[k].name);
		for (size_t i = 0; i < GW_LEN(numbers); i++) {
			gw_auto_free char *number = gw_sprintf("%" PRIu64, numbers[i]);
			gw_table_add(&table, number);
		}
	}
	gw_table_print(&table, stdout);
}

static bool verify_live(struct gw_args *args, const struct gw_installation *in,
	struct gw_error *err)
{
	struct gw_live_result result;
	const struct gw_restore_request request = { .key = gw_backup_key(in, args),
		.selection = { .since = GW_NEVER, .until = GW_NEVER },
		.changed = show_difference };
	if (!gw_backup_verify_live(&in->site, args->words[0], &request, &result, err))
		return false;
	print_live(&result);
	args->exit_status = result.equal ? 0 : 1;
	return true;
}

static bool verify(const struct gw_args *args, const struct gw_installation *in,
	struct gw_error *err)
{
	struct gw_verify_result result;
	struct gw_meter_line line;
	gw_auto_str summary = { 0 };
	struct gw_watcher watcher = gw_meter_line_start(&line, "verify");
	bool ok = gw_backup_verify(in->site.storage, args->words[0], gw_backup_key(in, args),
		&watcher, &result, err);
	gw_meter_line_end(&line);
	if (!ok)
		return false;
	gw_contents_print(&summary, &result.tallies, 0);
	gw_backup_say("verify", "Backup summary: %s", gw_str_text(&summary));
	printf("Backup verified: %s\n", args->words[0]);
	json_decref(result.header);
	return true;
}

bool gw_verb_backups_verify(struct gw_args *args, struct gw_error *err)
{
	gw_auto_installation in = { 0 };
	bool live = gw_args_has(args, "against-live");
	if (live ? !gw_installation_open(&in, args, err)
		 : !(in.site.storage = open_storage(&in.setup, args, err)))
		return false;
	return verify(args, &in, err) && (!live || verify_live(args, &in, err));
}
